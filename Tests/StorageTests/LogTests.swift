import Centre
import Contacts
import Foundation
import Logging
import Operation
import Primitives
import Testing

@testable import Storage

struct LogTests {
    @Test(arguments: Engine.all) func `what was appended is read as it was, in order`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            var history = History(seed: 3)
            history.live(steps: 300)
            let recorder = Recorder()
            recorder.start(store)
            await recorder.store(history, in: store)
            #expect(recorder.failures.isEmpty)
            #expect(recorder.committed == recorder.committed.sorted())
            #expect(try await store.entries(after: .start, limit: Store.entriesMax) == history.entries)
            let some = try await store.entries(after: LogPosition(10), limit: 5)
            #expect(some == Array(history.entries[10..<15]))
            let contact = try #require(history.entries.compactMap(\.contact).first)
            #expect(try await store.entries(of: contact) == history.entries.filter { $0.contact == contact })
        }
    }

    @Test(arguments: Engine.all) func `a day begins with the definitions from before it`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            var history = History(seed: 5)
            history.live(steps: 100)
            let midnight = history.now + .microseconds(1)
            history.live(steps: 100)
            let recorder = Recorder()
            recorder.start(store)
            await recorder.store(history, in: store)
            let expected = history.entries.filter { entry in
                if case .defined = entry.event { return true }
                return entry.at >= midnight
            }
            var found: [LogEntry] = []
            try await store.forEachEntry(since: midnight) { found.append($0) }
            #expect(found == expected)
            found = []
            try await store.forEachEntry(since: .distantFuture) { found.append($0) }
            #expect(found == history.entries.filter { if case .defined = $0.event { true } else { false } })
        }
    }

    @Test(arguments: Engine.all) func `what was called committed is seen by others, also after a restart`(engine: Engine) async throws {
        let scratch = try Scratch(on: engine)
        defer { scratch.remove() }
        var history = History(seed: 8)
        for _ in 0..<3 {
            let store = try await scratch.open()
            let recorder = Recorder()
            recorder.start(store)
            let stored = try await store.entries(after: .start, limit: Store.entriesMax).last?.position ?? .start
            history.live(steps: 50)
            await recorder.store(history, in: store, after: stored)
            let other = try scratch.database.connect(for: .reading)
            let last = try other.first(LogStatements.head) { try $0.integer() }
            other.close()
            #expect(last == history.engine.position.number)
            #expect(try await store.verifyChain().isWhole)
            await store.close()
        }
    }

    @Test(arguments: Engine.all) func `the chain tells which entry was changed, taken out or put in`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, scratch in
            var history = History(seed: 9, agents: 2)
            history.live(steps: 60)
            let recorder = Recorder()
            recorder.start(store)
            await recorder.store(history, in: store)
            let whole = try await store.verifyChain()
            #expect(whole.isWhole && whole.entries == history.engine.position.number)
            let connection = try scratch.database.connect(for: .writing)
            defer { connection.close() }
            let position = try #require(history.entries.first { $0.contact != nil && $0.agent != nil }).position
            let row = "WHERE position = \(position)"
            for change in [
                "UPDATE log SET payload = '{}' \(row)", "UPDATE log SET at = at + 1 \(row)", "DELETE FROM log \(row)",
                "UPDATE log SET contact = NULL \(row)", "UPDATE log SET contact = agent, agent = contact \(row)",
                "UPDATE log SET cause = 'x' || cause \(row)", "UPDATE log SET hash = contact \(row)",
            ] {
                // A copy to put back afterwards: the change is undone with it.
                try connection.execute("CREATE TABLE kept AS SELECT * FROM log \(row)")
                try connection.execute(change)
                let report = try await store.verifyChain()
                #expect(report.brokenAt == position, "\(change)")
                try connection.execute("DELETE FROM log \(row); INSERT INTO log SELECT * FROM kept; DROP TABLE kept")
            }
            #expect(try await store.verifyChain() == whole)
        }
    }

    @Test(arguments: Engine.all) func `no personal value stands in the log`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, scratch in
            var history = History(seed: 12)
            history.live(steps: 600)
            let recorder = Recorder()
            recorder.start(store)
            await recorder.store(history, in: store)
            let connection = try scratch.database.connect(for: .reading)
            defer { connection.close() }
            let text = Dump.rows(of: "log", on: connection).joined(separator: "\n")
            #expect(text.contains("contactOpened") && history.secrets.count > 100)
            for secret in Set(history.secrets) {
                let digits = secret.filter(\.isNumber)
                #expect(!text.contains(secret), "\(secret)")
                if secret.hasPrefix("+") { #expect(!text.contains(digits), "\(digits)") }
            }
            // They are where they belong.
            let filed = Dump.rows(of: "contact_caller", on: connection).joined() + Dump.rows(of: "user_account", on: connection).joined()
            #expect(filed.contains("+9955") && filed.contains("Nino Person-0"))
        }
    }

    // MARK: Failures

    @Test func `a full disk fails the log once, and nothing is called committed that is not`() async throws {
        let scratch = try Scratch(on: .sqlite)
        defer { scratch.remove() }
        guard case .sqlite(let path) = scratch.location else { return }
        let store = try await Store.open(
            SQLiteDatabase(path: path, pagesMax: 160), logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let recorder = Recorder()
        recorder.start(store)
        var history = History(seed: 4)
        history.live(steps: 2000)
        for batch in history.batches {
            store.append(batch)
            if batch.through.number % 50 == 0 { await recorder.wait(for: batch.through) }
        }
        await recorder.wait(for: history.engine.position)
        #expect(recorder.failures.count == 1)
        #expect(recorder.failures.first?.contains("full") == true)
        let last = try #require(recorder.committed.last)
        #expect(last < history.engine.position)
        #expect(try await store.entries(after: .start, limit: Store.entriesMax).last?.position == last)
        // Whatever comes after is not stored either.
        if let batch = history.batches.last { store.append(batch) }
        await store.close()
        #expect(recorder.failures.count == 1)
        let again = try await scratch.open()
        let report = try await again.verifyChain()
        #expect(report.isWhole && report.entries == last.number)
        await again.close()
    }

    @Test(arguments: Engine.all) func `a batch that does not follow fails the log, which can be started again`(engine: Engine) async throws
    {
        try await Scratch.store(on: engine) { store, _ in
            var history = History(seed: 6)
            let first = Recorder()
            first.start(store)
            await first.store(history, in: store)
            let stored = history.engine.position
            history.live(steps: 50)
            let astray = try #require(history.batches.last)
            store.append(astray)
            await first.wait(for: astray.through)
            #expect(first.failures.count == 1)
            #expect(first.committed.last == stored)
            let second = Recorder()
            second.start(store)
            await second.store(history, in: store, after: stored)
            #expect(second.failures.isEmpty && first.failures.count == 1)
            #expect(try await store.entries(after: .start, limit: Store.entriesMax) == history.entries)
            #expect(try await store.verifyChain().isWhole)
        }
    }

    @Test(arguments: Engine.all) func `what fails beside the log fails alone`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            var history = History(seed: 7)
            history.live(steps: 200)
            let recorder = Recorder()
            recorder.start(store)
            async let stored: Void = recorder.store(history, in: store)
            for number in 0..<20 {
                await #expect(throws: DatabaseError.self) {
                    try await store.openSession(tokenHash: [UInt8(number)], user: Samples.id(99), expires: .distantFuture)
                }
            }
            await stored
            #expect(recorder.failures.isEmpty && recorder.committed.last == history.engine.position)
        }
    }

    @Test(arguments: Engine.all) func `closing stores what has been appended, and refuses what comes later`(engine: Engine) async throws {
        let scratch = try Scratch(on: engine)
        defer { scratch.remove() }
        let store = try await scratch.open()
        var history = History(seed: 2)
        history.live(steps: 200)
        let recorder = Recorder()
        recorder.start(store)
        for batch in history.batches { store.append(batch) }
        await store.close()
        #expect(recorder.committed.last == history.engine.position)
        await #expect(throws: StorageError.self) { try await store.entries(after: .start, limit: 1) }
        await #expect(throws: StorageError.self) { try await store.setLanguage(.urdu, of: history.user) }
    }
}
