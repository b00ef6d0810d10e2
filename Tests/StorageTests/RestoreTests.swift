import Centre
import Organization
import Primitives
import Routing
import Testing

@testable import Operation
@testable import Storage

struct RestoreTests {
    @Test(arguments: Engine.all, [11, 12, 13, 14, 15, 16] as [UInt64])
    func `a restored engine is the one that was, and goes on as it would have`(engine: Engine, seed: UInt64) async throws {
        try await Scratch.store(on: engine) { store, _ in
            var history = History(seed: seed)
            let recorder = Recorder()
            recorder.start(store)
            for round in 0..<4 {
                let stored = history.engine.position
                history.live(steps: 150)
                await recorder.store(history, in: store, after: round == 0 ? .start : stored)
                var restored = try await store.restore().engine
                expectSame(restored, history.engine, "seed \(seed), round \(round)")
                var future = history
                for step in 0..<60 {
                    let (own, other) = future.liveBeside(&restored)
                    #expect(own?.entries.map(\.event) == other?.entries.map(\.event), "seed \(seed), round \(round), step \(step)")
                    #expect(own?.directives == other?.directives, "seed \(seed), round \(round), step \(step)")
                }
            }
        }
    }

    @Test(arguments: Engine.all) func `an empty log restores an empty centre`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let restored = try await store.restore()
            #expect(restored.engine.position == .start && restored.performed.isEmpty && restored.engine.contacts.isEmpty)
        }
    }

    @Test(arguments: Engine.all) func `the tables can be made again from the log`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, scratch in
            var history = History(seed: 21)
            history.live(steps: 600)
            let recorder = Recorder()
            recorder.start(store)
            await recorder.store(history, in: store)
            let connection = try scratch.database.connect(for: .writing)
            defer { connection.close() }
            func tables() -> [String: [String]] {
                Dictionary(uniqueKeysWithValues: Schema.derived.map { ($0, Dump.rows(of: $0, on: connection)) })
            }
            let before = tables()
            #expect(before.values.allSatisfy { !$0.isEmpty && $0 != ["unreadable"] })
            try connection.execute("UPDATE contact SET outcome = 'failed'; DELETE FROM agent_state; DELETE FROM queue")
            #expect(tables() != before)
            try await store.rebuildTables()
            #expect(tables() == before)
            // And the writer goes on from there.
            let stored = history.engine.position
            history.live(steps: 100)
            await recorder.store(history, in: store, after: stored)
            #expect(recorder.failures.isEmpty)
            expectSame(try await store.restore().engine, history.engine, "after the rebuild")
        }
    }

    @Test(arguments: Engine.all) func `commands are remembered over a restart, the oldest first`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let recorder = Recorder()
            recorder.start(store)
            let history = History(seed: 1)
            await recorder.store(history, in: store)
            let keys = (0..<30).map { CommandKey(user: history.user, key: "key \($0)") }.compactMap { $0 }
            for key in keys + [keys[3]] {
                store.append(LogBatch(entries: [], filings: [.performed(key, history.engine.position)], through: history.engine.position))
            }
            try await store.setLanguage(.turkish, of: history.user)
            let performed = try await store.restore().performed
            #expect(performed.map(\.0) == keys.filter { $0 != keys[3] } + [keys[3]])
            #expect(performed.allSatisfy { $0.1 == history.engine.position })
        }
    }

    private func expectSame(_ left: CentreEngine, _ right: CentreEngine, _ comment: String) {
        #expect(left.position == right.position, "\(comment)")
        #expect(left.organization.projects == right.organization.projects, "\(comment)")
        #expect(left.organization.queues == right.organization.queues, "\(comment)")
        #expect(left.organization.entryPoints == right.organization.entryPoints, "\(comment)")
        #expect(left.organization.dispositions == right.organization.dispositions, "\(comment)")
        #expect(left.organization.agents == right.organization.agents, "\(comment)")
        #expect(left.contacts == right.contacts, "\(comment)")
        #expect(left.calls == right.calls, "\(comment)")
        #expect(left.handlings == right.handlings, "\(comment)")
        #expect(left.helpFlags == right.helpFlags, "\(comment)")
        #expect(left.seats == right.seats, "\(comment)")
        for agent in right.organization.agents.keys {
            #expect(left.routing.agents[agent]?.state == right.routing.agents[agent]?.state, "\(comment), agent \(agent)")
            #expect(left.routing.agents[agent]?.profile == right.routing.agents[agent]?.profile, "\(comment), agent \(agent)")
        }
        for queue in right.organization.queues.keys {
            #expect(Array(left.routing.waiting(in: queue)) == Array(right.routing.waiting(in: queue)), "\(comment), queue \(queue)")
            #expect(Array(left.routing.free(in: queue)) == Array(right.routing.free(in: queue)), "\(comment), queue \(queue)")
            #expect(Array(left.routing.members(of: queue)) == Array(right.routing.members(of: queue)), "\(comment), queue \(queue)")
        }
    }
}
