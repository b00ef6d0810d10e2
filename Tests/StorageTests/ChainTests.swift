import Centre
import Operation
import Primitives
import Testing

@testable import Storage

/// Whoever changes the log, wherever he does it, is found, and where.
struct ChainTests {
    /// A log, and what somebody with the database's password does to it: each is undone before the next.
    private func tampered(
        _ engine: Engine, seed: UInt64,
        _ body: (_ head: ChainMark, _ after: (String, ChainMark?) async throws -> ChainReport) async throws -> Void
    ) async throws {
        try await Scratch.store(on: engine) { store, scratch in
            var history = History(seed: seed, agents: 2)
            history.live(steps: 60)
            let recorder = Recorder()
            recorder.start(store)
            await recorder.store(history, in: store)
            let whole = try await store.verifyChain()
            #expect(whole.isWhole && whole.entries == history.engine.position.number)
            let connection = try scratch.database.connect(for: .writing)
            defer { connection.close() }
            try connection.execute("CREATE TABLE kept AS SELECT * FROM log")
            try await body(try #require(whole.mark)) { change, mark in
                try connection.execute(change)
                let report = try await store.verifyChain(expecting: mark)
                // Without a server it is found just the same.
                let read = try Store.verifyChain(in: scratch.location, expecting: mark)
                #expect(read == report)
                try connection.execute("DELETE FROM log; INSERT INTO log SELECT * FROM kept")
                return report
            }
            #expect(try await store.verifyChain() == whole)
        }
    }

    @Test(arguments: Engine.all) func `a change of any column is found, and named`(engine: Engine) async throws {
        try await tampered(engine, seed: 9) { (_, after) async throws in
            let some = engine == .sqlite ? "x'00'" : "'\\x00'::bytea"
            let id = engine == .sqlite ? "x'00112233445566778899aabbccddeeff'" : "'\\x00112233445566778899aabbccddeeff'::bytea"
            for change in [
                "at = at + 1", "kind = 'talkEnded' || kind", "version = version + 1", "project = \(id)", "contact = \(id)", "agent = \(id)",
                "queue = \(id)", "customer = \(id)", "actor = 'network' || actor", "cause = 'x' || cause", "payload = '{}' || payload",
                "hash = \(some)", "project = \(some)", "customer = \(some)", "payload = ''",
            ] {
                #expect(try await after("UPDATE log SET \(change) WHERE position = 17", nil).flaw == .changed(LogPosition(17)), "\(change)")
            }
        }
    }

    @Test(arguments: Engine.all) func `a row taken out, put in or moved is found, and named`(engine: Engine) async throws {
        try await tampered(engine, seed: 10) { (head, after) async throws in
            let last = head.position.number
            #expect(try await after("DELETE FROM log WHERE position = 17", nil).flaw == .missing(LogPosition(17)))
            #expect(try await after("DELETE FROM log WHERE position = 1", nil).flaw == .missing(LogPosition(1)))
            // The hole is closed: what stands there now is another.
            let closed = "DELETE FROM log WHERE position = 17; UPDATE log SET position = -position WHERE position > 17; "
            #expect(
                try await after(closed + "UPDATE log SET position = -position - 1 WHERE position < 0", nil).flaw
                    == .changed(LogPosition(17)))
            let swap = "UPDATE log SET position = -1 WHERE position = 17; UPDATE log SET position = 17 WHERE position = 30; "
            #expect(
                try await after(swap + "UPDATE log SET position = 30 WHERE position = -1", nil).flaw
                    == .moved(from: LogPosition(17), to: LogPosition(30)))
            #expect(
                try await after("UPDATE log SET position = 100000 WHERE position = 17", nil).flaw
                    == .moved(from: LogPosition(17), to: LogPosition(100_000)))
            let columns = LogStatements.columns.text(in: engine == .sqlite ? .sqlite : .postgreSQL).split(separator: ",").dropFirst()
                .joined(separator: ",")
            for place in [0, -5] {
                let copy = "INSERT INTO log SELECT \(place), \(columns), hash FROM log WHERE position = 17"
                #expect(try await after(copy, nil).flaw == .putIn(LogPosition(Int64(place))))
            }
            let copy = "INSERT INTO log SELECT \(last + 1), \(columns), hash FROM log WHERE position = \(last)"
            #expect(try await after(copy, nil).flaw == .changed(LogPosition(last + 1)))
        }
    }

    @Test(arguments: Engine.all) func `an end that is cut off, or all written anew, is found by what was noted elsewhere`(
        engine: Engine
    ) async throws {
        try await tampered(engine, seed: 11) { (head, after) async throws in
            let last = head.position.number
            let cut = "DELETE FROM log WHERE position > \(last - 7)"
            // The rest is a whole chain: only somebody who knows that there was more can tell.
            #expect(try await after(cut, nil).isWhole)
            #expect(try await after(cut, head).flaw == .cutOff(after: LogPosition(last - 7)))
            #expect(try await after("DELETE FROM log", head).flaw == .cutOff(after: .start))
            #expect(try await after("UPDATE log SET at = at", head).isWhole)
            var other = head
            other.hash[31] ^= 1
            #expect(try await after("UPDATE log SET at = at", other).flaw == .rewritten(head.position))
            // A noted entry in the middle is as good.
            let early = ChainMark(LogPosition(5), other.hash)
            #expect(try await after("UPDATE log SET at = at", early).flaw == .rewritten(LogPosition(5)))
        }
    }

    @Test func `a noted entry is read as it is written, and nothing else is`() throws {
        let mark = ChainMark(LogPosition(41_870), (0..<32).map { UInt8($0 * 8) })
        #expect(ChainMark(mark.description) == mark)
        for text in ["", "5", "5:", "0:" + String(repeating: "a", count: 64), "5:" + String(repeating: "g", count: 64), "5:+1", "5:a:b"] {
            #expect(ChainMark(text) == nil, "\(text)")
        }
    }
}
