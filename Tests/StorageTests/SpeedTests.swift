import Centre
import Foundation
import Primitives
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

    /// The processor time of this process so far.
    private static func cpuTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}
