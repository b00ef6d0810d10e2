import Centre
import Contacts
import Organization
import Primitives
import Testing

@testable import Operation
@testable import Storage

struct AuditTests {
    private let ana: UserID = Samples.id(101)
    private let max: UserID = Samples.id(102)
    private let project: ProjectID = Samples.id(103)
    private let contact: ContactID = Samples.id(104)

    /// Stores audits one second after the other, and a change of the set-up.
    private func written(on engine: Engine, _ body: (Store, Recorder) async throws -> Void) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let recorder = Recorder()
            recorder.start(store)
            var centre = CentreEngine()
            var random = Random(seed: 1)
            var inputs: [(Input, Actor)] = [
                (.audited(Audit(.signedIn, .account(ana))), .user(ana)),
                (.audited(Audit(.saw, .contact(contact), of: project)), .user(ana)),
                (.audited(Audit(.saw, .contact(contact), of: project)), .user(max)),
                (.audited(Audit(.saw, .contact(contact), of: project)), .user(ana)),
                (.setUp([]), .user(max)),
                (.audited(Audit(.signInFailed, .account(ana))), .network),
                (.setUp([]), .system),
            ]
            let terms = [Audit.Term("number"), Audit.Term("outcome", "handled")].compactMap(\.self)
            inputs.append((.audited(Audit(.searched, .contacts, question: terms)), .user(max)))
            for (second, (input, actor)) in inputs.enumerated() {
                let result = try centre.step(input, by: actor, at: Samples.moment + .seconds(second), using: &random)
                store.append(LogBatch(entries: result.entries, filings: [], through: centre.position))
            }
            await recorder.wait(for: centre.position)
            try await body(store, recorder)
        }
    }

    private func positions(_ store: Store, _ change: (inout AuditFilter) -> Void) async throws -> [Int64] {
        var filter = AuditFilter(reach: .all)
        change(&filter)
        return try await store.audit(filter, limit: 100).rows.map(\.position.number)
    }

    @Test(arguments: Engine.all) func `the audit is what the log says, and is found by each of its columns`(engine: Engine) async throws {
        try await written(on: engine) { store, recorder in
            #expect(recorder.failures.isEmpty)
            let all = try await store.audit(AuditFilter(reach: .all), limit: 100)
            #expect(all.rows.map(\.position.number) == [8, 7, 6, 5, 4, 3, 2, 1] && all.next == nil)
            #expect(all.rows[0].audit.question.map(\.text) == ["number", "outcome=handled"])
            #expect(all.rows[1].audit == Audit(.changed, .setUp) && all.rows[1].user == nil)
            #expect(all.rows[2].user == ana && all.rows[3].user == max)
            #expect(all.rows[6].audit == Audit(.saw, .contact(contact), of: project) && all.rows[6].at == Samples.moment + .seconds(1))
            #expect(try await positions(store) { $0.user = ana } == [6, 4, 2, 1])
            #expect(try await positions(store) { $0.action = .signInFailed } == [6])
            #expect(try await positions(store) { $0.subject = .setUp } == [7, 5])
            #expect(try await positions(store) { $0.contact = contact } == [4, 3, 2])
            #expect(try await positions(store) { $0.since = Samples.moment + .seconds(2) } == [8, 7, 6, 5, 4, 3])
            #expect(try await positions(store) { $0.until = Samples.moment + .seconds(2) } == [2, 1])
            #expect(
                try await positions(store) {
                    $0.user = ana
                    $0.contact = contact
                    $0.action = .saw
                } == [4, 2])
            #expect(
                try await store.lookers(at: contact)
                    == [
                        Looker(user: ana, last: Samples.moment + .seconds(3), looks: 2),
                        Looker(user: max, last: Samples.moment + .seconds(2), looks: 1),
                    ])
            #expect(try await store.lookers(at: Samples.id(105)).isEmpty)
        }
    }

    @Test(arguments: Engine.all) func `it is read page by page`(engine: Engine) async throws {
        try await written(on: engine) { store, _ in
            var found: [Int64] = []
            var before: LogPosition?
            repeat {
                let page = try await store.audit(AuditFilter(reach: .all), limit: 3, before: before)
                #expect(page.rows.count <= 3)
                found += page.rows.map(\.position.number)
                before = page.next
            } while before != nil
            #expect(found == [8, 7, 6, 5, 4, 3, 2, 1])
        }
    }

    @Test(arguments: Engine.all) func `who may see some projects sees what was done with them, and what their people did`(
        engine: Engine
    ) async throws {
        try await Scratch.store(on: engine) { store, _ in
            var history = History(seed: 21, agents: 2)
            let recorder = Recorder()
            recorder.start(store)
            await recorder.store(history, in: store)
            let user = try #require(try await store.setUp().users.first).user
            let mine = try #require(user.projects.first)
            for (audit, actor) in [
                (Audit(.saw, .figures), Actor.user(user.id)), (Audit(.saw, .figures, of: mine), .user(max)),
                (Audit(.saw, .figures), .user(max)),
                (Audit(.saw, .figures, of: project), .user(user.id)),
            ] { history.take(.audited(audit), by: actor) }
            await recorder.store(history, in: store, after: LogPosition(history.engine.position.number - 4))
            let end = history.engine.position.number
            func seen(_ projects: Set<ProjectID>) async throws -> [Int64] {
                try await positions(store) {
                    $0.reach = .projects(projects)
                    $0.subject = .figures
                }.map { $0 - end }
            }
            #expect(try await seen([mine]) == [-2, -3])
            #expect(try await seen([project]) == [0])
            #expect(try await seen([]) == [])
            #expect(try await seen([mine, project]) == [0, -2, -3])
        }
    }

    @Test(arguments: Engine.all) func `the audit is made again from the log alone`(engine: Engine) async throws {
        try await written(on: engine) { store, _ in
            let before = try await store.audit(AuditFilter(reach: .all), limit: 100).rows
            try await store.rebuildTables()
            #expect(try await store.audit(AuditFilter(reach: .all), limit: 100).rows == before)
        }
    }
}
