import Centre
import Foundation
import Logging
import Primitives
import Synchronization
import Testing

@testable import Operation
@testable import Storage

/// What storing costs on this machine. Only on demand, and then in a release build:
/// `CALLFLOOR_MEASURE=1 swift test -c release -Xswiftc -enable-testing --filter SpeedTests`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["CALLFLOOR_MEASURE"] == "1"))
struct SpeedTests {
    private static let steps = 40_000

    @Test(arguments: Engine.all) func `appends by the second, and what each costs`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            var history = History(seed: 1, agents: 50)
            history.live(steps: Self.steps)
            let recorder = Recorder()
            recorder.start(store)
            let cpu = Self.cpuTime()
            let start = ContinuousClock.now
            await recorder.store(history, in: store)
            let wall = ContinuousClock.now - start
            let spent = Self.cpuTime() - cpu
            let count = history.entries.count
            #expect(recorder.failures.isEmpty)
            print("\(engine.rawValue): \(count) events, \(Int(Double(count) / wall.inSeconds)) events/s;", terminator: " ")
            print("\(spent.microseconds / Int64(count)) µs CPU of ours for each; commits \(recorder.committed.count)")
            let restoring = ContinuousClock.now
            let restored = try await store.restore()
            print(
                "  restore \((ContinuousClock.now - restoring).milliseconds) ms, \(restored.engine.contacts.count) contacts open;",
                terminator: " ")
            let reading = ContinuousClock.now
            var read = 0
            try await store.forEachEntry(since: .distantPast) { _ in read += 1 }
            let readTime = ContinuousClock.now - reading
            print("read \(read) entries in \(readTime.milliseconds) ms;", terminator: " ")
            let listing = ContinuousClock.now
            for number in 0..<100 {
                _ = try await store.contacts(ContactFilter(reach: .all, number: "995510\(100000 + number % 50)"), limit: 50)
            }
            print("a search by number \((ContinuousClock.now - listing).microseconds / 100) µs")
        }
    }

    @Test(arguments: Engine.all) func `how long one commit takes, one after the other`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            var history = History(seed: 2, agents: 50)
            history.live(steps: 4000)
            let recorder = Recorder()
            recorder.start(store)
            var latencies: [Duration] = []
            for batch in history.batches {
                let start = ContinuousClock.now
                store.append(batch)
                await recorder.wait(for: batch.through)
                latencies.append(ContinuousClock.now - start)
            }
            latencies.sort()
            func percentile(_ share: Double) -> Int64 { latencies[Int(Double(latencies.count - 1) * share)].microseconds }
            print(
                "\(engine.rawValue): \(latencies.count) commits, p50 \(percentile(0.5)) µs, p99 \(percentile(0.99)) µs, max \(percentile(1)) µs"
            )
        }
    }

    @Test(arguments: Engine.all) func `a backup, a restore, and what commits cost meanwhile`(engine: Engine) async throws {
        let scratch = try BackupScratch()
        let source = try scratch.target(engine)
        try FileManager.default.createDirectory(atPath: source.folder, withIntermediateDirectories: true)
        let store = try await Store.open(source.location, logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let recorder = Recorder()
        recorder.start(store)
        var history = History(seed: 3, agents: 50)
        history.live(steps: 4 * Self.steps)
        await recorder.store(history, in: store)
        let stored = history.engine.position
        history.live(steps: 30_000)
        let rest = history.batches.filter { $0.through > stored }
        let alone = await commits(rest.prefix(1000), in: store, recorder)
        let isDone = Mutex(false)
        let memory = Self.memoryMax()
        async let backup = onItsOwnThread {
            defer { isDone.withLock { $0 = true } }
            return try scratch.backUp(source, to: "beside", key: BackupScratch.key)
        }
        let beside = await commits(rest.dropFirst(1000), in: store, recorder) { isDone.withLock { $0 } }
        _ = try await backup
        let wal = (try? FileManager.default.attributesOfItem(atPath: "\(source.folder)/callfloor.sqlite-wal")[.size] as? Int) ?? 0
        var words: [String] = []
        func measure(_ name: String, _ body: () throws -> BackupReport) rethrows {
            let (start, cpu) = (ContinuousClock.now, Self.cpuTime())
            let report = try body()
            let (wall, spent) = (ContinuousClock.now - start, Self.cpuTime() - cpu)
            func rate(_ span: Duration) -> Int { Int(Double(report.bytes) / 1e6 / span.inSeconds) }
            if words.isEmpty { words.append("\(report.bytes / 1_000_000) MB, \(report.chain.entries) entries") }
            words.append("\(name) \(wall.milliseconds) ms, \(rate(wall)) MB/s, \(rate(spent)) MB for a second of CPU")
        }
        try measure("backup") { try scratch.backUp(source, to: "one", key: BackupScratch.key) }
        try measure("without a key") { try scratch.backUp(source, to: "open") }
        try measure("verify") { try Backup.verify(scratch.path("one"), key: BackupScratch.key) }
        try measure("restore") { try scratch.restore("one", to: scratch.target(engine), key: BackupScratch.key) }
        print("\(engine.rawValue): \(words.joined(separator: "; "))")
        print("  memory + \((Self.memoryMax() - memory) / 1024) MiB, write-ahead log \(wal / 1_000_000) MB")
        print("  commits alone \(alone), beside the backup \(beside)")
        await store.close()
    }

    /// Stores batch after batch, each when the one before is committed.
    private func commits(
        _ batches: ArraySlice<LogBatch>, in store: Store, _ recorder: Recorder, until isOver: () -> Bool = { false }
    ) async -> String {
        var latencies: [Duration] = []
        for batch in batches where !isOver() {
            let start = ContinuousClock.now
            store.append(batch)
            await recorder.wait(for: batch.through)
            latencies.append(ContinuousClock.now - start)
        }
        latencies.sort()
        guard let longest = latencies.last else { return "none" }
        let middle = latencies[latencies.count / 2]
        let late = latencies[latencies.count * 99 / 100]
        return "\(latencies.count): p50 \(middle.microseconds) µs, p99 \(late.microseconds) µs, max \(longest.microseconds) µs"
    }

    /// The most memory that this process has had, in KiB.
    private static func memoryMax() -> Int {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage.ru_maxrss
    }

    /// The processor time of this process so far.
    private static func cpuTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}
