import Centre
import Operation
import Organization
import Primitives
import Testing

@testable import Storage

/// What was removed from the set-up, and who changed what of it.
struct RetirementTests {
    /// A centre of samples and somebody signed in.
    private func filed(_ store: Store) async throws -> (setUp: SetUp, position: LogPosition) {
        let recorder = Recorder()
        recorder.start(store)
        var random = Random(seed: 5)
        let setUp = Samples.setUp(agents: 2, using: &random)
        var engine = CentreEngine()
        let result = try engine.step(.setUp(setUp.definitions), at: Samples.moment, using: &random)
        store.append(LogBatch(entries: result.entries, filings: [.setUp(setUp)], through: engine.position))
        try await store.openSession(tokenHash: [7], user: setUp.users[0].user.id, expires: .distantFuture)
        return (setUp, engine.position)
    }

    /// Files something, and waits until it is.
    private func file(_ filing: Filing, _ store: Store, _ filed: (setUp: SetUp, position: LogPosition)) async throws {
        store.append(LogBatch(entries: [], filings: [filing], through: filed.position))
        try await store.setLanguage(.urdu, of: filed.setUp.users[1].user.id)
    }

    @Test(arguments: Engine.all) func `what is retired is no longer set up, and comes back when it is filed again`(engine: Engine)
        async throws
    {
        try await Scratch.store(on: engine) { store, _ in
            let filed = try await filed(store)
            let setUp = filed.setUp
            var gone = SetUp()
            gone.queues = [setUp.queues[0]]
            gone.dispositions = setUp.dispositions.filter { $0.disposition.project == setUp.projects[0].project.id }
            gone.entryPoints = [setUp.entryPoints[0]]
            gone.phones = [setUp.phones[0]]
            gone.trunks = [setUp.trunks[0]]
            gone.teams = setUp.teams
            gone.reasons = setUp.reasons
            gone.users = [setUp.users[0]]
            gone.agents = setUp.agents.filter { $0.id == setUp.users[0].user.agent }
            try await file(.retired(gone), store, filed)
            let whole = try await store.wholeSetUp()
            #expect(whole.retired == gone)
            #expect(whole.known.queues == Array(setUp.queues.dropFirst()) && whole.known.users == Array(setUp.users.dropFirst()))
            #expect(whole.known.agents == setUp.agents.filter { $0.id != gone.agents.first?.id })
            // Whoever goes is out at once, and does not come in again.
            #expect(try await store.session(tokenHash: [7], at: Samples.moment) == nil)
            #expect(try await store.account(login: setUp.users[0].login) == nil)
            #expect(try await store.account(setUp.users[0].user.id) == nil)

            try await file(.setUp(gone), store, filed)
            #expect(try await store.setUp() == setUp)
            #expect(try await store.account(login: setUp.users[0].login)?.passwordHash == setUp.users[0].passwordHash)
        }
    }

    @Test(arguments: Engine.all) func `who comes back without a password has none, not that of before`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let filed = try await filed(store)
            var user = SetUp()
            user.users = [filed.setUp.users[0]]
            try await file(.retired(user), store, filed)
            user.users[0].passwordHash = nil
            try await file(.setUp(user), store, filed)
            let account = try #require(try await store.account(login: user.users[0].login))
            #expect(account.passwordHash == nil)
            // Of who is there, saying nothing changes nothing.
            user.users[0].passwordHash = "$scrypt$new"
            try await file(.setUp(user), store, filed)
            user.users[0].passwordHash = nil
            try await file(.setUp(user), store, filed)
            #expect(try await store.account(login: user.users[0].login)?.passwordHash == "$scrypt$new")
        }
    }

    @Test(arguments: Engine.all) func `changes are read from the newest down, with who made them and what took them back`(engine: Engine)
        async throws
    {
        try await Scratch.store(on: engine) { store, _ in
            let filed = try await filed(store)
            let setUp = filed.setUp
            #expect(try await store.wholeSetUp().change == 0)
            for number in Int64(1)...5 {
                let record = SetUpChangeRecord(
                    number: number, at: Samples.moment + .seconds(number), author: number == 2 ? nil : setUp.users[0].user.id,
                    undoes: number == 4 ? 3 : nil, parts: "[\(number)]")
                try await file(.setUpChange(record), store, filed)
            }
            #expect(try await store.wholeSetUp().change == 5)
            let page = try await store.setUpChanges(limit: 3)
            #expect(page.map(\.record.number) == [5, 4, 3] && page.map(\.undoneBy) == [nil, nil, 4])
            #expect(page[0].record.parts == "[5]" && page[0].author?.login == setUp.users[0].login)
            let rest = try await store.setUpChanges(before: 3, limit: 3)
            #expect(rest.map(\.record.number) == [2, 1] && rest[0].author == nil)
            #expect(try await store.setUpChange(4)?.record.undoes == 3)
            #expect(try await store.setUpChange(9) == nil)
        }
    }
}
