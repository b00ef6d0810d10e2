import Centre
import Organization
import Primitives
import Testing

@testable import Operation
@testable import Storage

struct SetUpTests {
    private func applied(_ setUp: SetUp, to engine: inout CentreEngine, _ store: Store, _ recorder: Recorder) async throws {
        var random = Random(seed: 1)
        let result = try engine.step(.setUp(setUp.definitions), at: Samples.moment, using: &random)
        store.append(LogBatch(entries: result.entries, filings: [.setUp(setUp)], through: engine.position))
        await recorder.wait(for: engine.position)
        try #require(recorder.failures.isEmpty)
    }

    @Test(arguments: Engine.all) func `a set-up comes back whole, however often it is applied`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let recorder = Recorder()
            recorder.start(store)
            var random = Random(seed: 5)
            let setUp = Samples.setUp(agents: 5, using: &random)
            var centre = CentreEngine()
            #expect(try await store.setUp() == SetUp())
            for _ in 0..<2 {
                try await applied(setUp, to: &centre, store, recorder)
                #expect(try await store.setUp() == setUp)
            }
        }
    }

    @Test(arguments: Engine.all) func `what changes is changed, and what is not mentioned stays`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let recorder = Recorder()
            recorder.start(store)
            var random = Random(seed: 5)
            var setUp = Samples.setUp(agents: 4, using: &random)
            var centre = CentreEngine()
            try await applied(setUp, to: &centre, store, recorder)
            setUp.projects[0].name = Localised([.welsh: "Prosiect"])
            setUp.projects[0].numbers = nil
            setUp.projects[1].numbers = .init(countryCode: "90")
            setUp.queues[0].queue.wrapUp = .timed(.seconds(5))
            setUp.trunks[0].addresses = [.v4(0x7F00_0009)]
            setUp.trunks[1].login?.password = Secret("another")
            setUp.trunks[1].presents?.number = nil
            setUp.phones[0].access = .fixed(NetworkAddress(.v6(high: 1, low: 2), port: 5060))
            setUp.users[0].user.projects = [setUp.projects[1].project.id]
            setUp.users[0].passwordHash = nil
            setUp.agents[0].profile = RoutingProfile([])
            // Two change their logins, two phones their names, two entry points their numbers.
            (setUp.users[1].login, setUp.users[2].login) = (setUp.users[2].login, setUp.users[1].login)
            (setUp.phones[1].user, setUp.phones[2].user) = (setUp.phones[2].user, setUp.phones[1].user)
            (setUp.entryPoints[0].number, setUp.entryPoints[1].number) = (setUp.entryPoints[1].number, setUp.entryPoints[0].number)
            try await applied(setUp, to: &centre, store, recorder)
            var expected = setUp
            expected.users[0].passwordHash = "$scrypt$0"
            #expect(try await store.setUp() == expected)
            var fewer = setUp
            fewer.users.removeLast()
            fewer.agents.removeLast()
            fewer.reasons = []
            try await applied(fewer, to: &centre, store, recorder)
            #expect(try await store.setUp() == expected)
        }
    }

    @Test(arguments: Engine.all) func `a login that two have goes to the later, and the log is stored`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let recorder = Recorder()
            recorder.start(store)
            var random = Random(seed: 5)
            var setUp = Samples.setUp(agents: 3, using: &random)
            var centre = CentreEngine()
            setUp.users[1].login = setUp.users[0].login
            setUp.phones[1].user = setUp.phones[0].user
            setUp.entryPoints[1].number = setUp.entryPoints[0].number
            try await applied(setUp, to: &centre, store, recorder)
            let stored = try await store.setUp()
            #expect(stored.users.map(\.user.id) == [setUp.users[1].user.id, setUp.users[2].user.id])
            #expect(stored.agents.map(\.id) == [setUp.agents[1].id, setUp.agents[2].id])
            #expect(stored.phones.map(\.id) == [setUp.phones[1].id, setUp.phones[2].id])
            #expect(try await store.account(setUp.users[0].user.id) == nil)
        }
    }

    @Test(arguments: Engine.all) func `a disposition comes after its parent, wherever the file has it`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let recorder = Recorder()
            recorder.start(store)
            var random = Random(seed: 5)
            let setUp = Samples.setUp(agents: 1, using: &random)
            var centre = CentreEngine()
            var turned = SetUp()
            turned.dispositions = setUp.dispositions.reversed()
            store.append(LogBatch(entries: [], filings: [.setUp(turned)], through: centre.position))
            try await applied(setUp, to: &centre, store, recorder)
            try await store.setLanguage(.urdu, of: setUp.users[0].user.id)
            let order = try await store.setUp().dispositions.map(\.disposition.id)
            #expect(order == [2, 3, 0, 1].map { setUp.dispositions[$0].disposition.id })
        }
    }

    @Test(arguments: Engine.all) func `a trunk changes its server and login, and can lose both`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let recorder = Recorder()
            recorder.start(store)
            var random = Random(seed: 5)
            var setUp = Samples.setUp(agents: 1, using: &random)
            var centre = CentreEngine()
            try await applied(setUp, to: &centre, store, recorder)
            let (plain, whole) = (setUp.trunks[0], setUp.trunks[1])
            #expect(whole.login?.password.text == "trunk password")
            setUp.trunks[0] = TrunkAccount(
                id: plain.id, key: plain.key, addresses: plain.addresses,
                server: .init(host: .address(.v6(high: 0x2001_0DB8 << 32, low: 1))),
                login: .init(user: "u", password: Secret("p")), callers: .from, presents: .init())
            setUp.trunks[1] = TrunkAccount(id: whole.id, key: whole.key, addresses: [.v4(1)])
            try await applied(setUp, to: &centre, store, recorder)
            #expect(try await store.setUp().trunks == setUp.trunks)
        }
    }

    @Test(arguments: Engine.all) func `a trunk from before there were servers is read as it was`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, scratch in
            let recorder = Recorder()
            recorder.start(store)
            var random = Random(seed: 5)
            let setUp = Samples.setUp(agents: 1, using: &random)
            var centre = CentreEngine()
            try await applied(setUp, to: &centre, store, recorder)
            let connection = try scratch.database.connect(for: .writing)
            defer { connection.close() }
            try connection.execute("DELETE FROM trunk")
            #expect(try await store.setUp().trunks.first == setUp.trunks.first)
        }
    }

    // MARK: People

    @Test(arguments: Engine.all) func `an account is found by login and by id, with its projects and its password`(engine: Engine)
        async throws
    {
        try await Scratch.store(on: engine) { store, _ in
            let recorder = Recorder()
            recorder.start(store)
            var random = Random(seed: 5)
            let setUp = Samples.setUp(agents: 3, using: &random)
            var centre = CentreEngine()
            try await applied(setUp, to: &centre, store, recorder)
            for user in setUp.users {
                #expect(try await store.account(login: user.login) == user)
                #expect(try await store.account(user.user.id) == user)
            }
            #expect(try await store.account(login: "nobody") == nil)
            #expect(try await store.account(login: "login-0' OR 1=1") == nil)
        }
    }

    @Test(arguments: Engine.all) func `the language that somebody chose outlasts the set-up`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let recorder = Recorder()
            recorder.start(store)
            var random = Random(seed: 5)
            let setUp = Samples.setUp(agents: 2, using: &random)
            var centre = CentreEngine()
            try await applied(setUp, to: &centre, store, recorder)
            try await store.setLanguage(.hindi, of: setUp.users[0].user.id)
            store.append(LogBatch(entries: [], filings: [.setUp(setUp)], through: centre.position))
            try await store.setLanguage(.turkish, of: setUp.users[1].user.id)
            #expect(try await store.account(login: "login-0")?.language == .hindi)
            #expect(try await store.account(login: "login-1")?.language == .turkish)
            #expect(try await store.setUp() == setUp)
        }
    }

    @Test(arguments: Engine.all) func `a session is there until it expires or is closed`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let recorder = Recorder()
            recorder.start(store)
            let history = History(seed: 1)
            await recorder.store(history, in: store)
            let token = [UInt8](repeating: 7, count: 32)
            let end = Samples.moment + .seconds(60)
            #expect(try await store.session(tokenHash: token, at: Samples.moment) == nil)
            try await store.openSession(tokenHash: token, user: history.user, expires: end)
            let session = try await store.session(tokenHash: token, at: Samples.moment)
            #expect(session?.user == history.user && session?.expires == end)
            #expect(try await store.session(tokenHash: token, at: end) == nil)
            #expect(try await store.renewSession(tokenHash: token, expires: end + .seconds(60)))
            #expect(try await store.session(tokenHash: token, at: end) != nil)
            try await store.closeSession(tokenHash: token)
            #expect(try await !store.renewSession(tokenHash: token, expires: end + .seconds(90)))
            #expect(try await store.session(tokenHash: token, at: Samples.moment) == nil)
        }
    }

    @Test(arguments: Engine.all) func `a new password ends the sessions of before, the same one does not`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let recorder = Recorder()
            recorder.start(store)
            var random = Random(seed: 5)
            var setUp = Samples.setUp(agents: 2, using: &random)
            var centre = CentreEngine()
            try await applied(setUp, to: &centre, store, recorder)
            let token = [UInt8](repeating: 7, count: 32)
            try await store.openSession(tokenHash: token, user: setUp.users[0].user.id, expires: .distantFuture)
            store.append(LogBatch(entries: [], filings: [.setUp(setUp)], through: centre.position))
            try await store.setLanguage(.turkish, of: setUp.users[1].user.id)
            #expect(try await store.session(tokenHash: token, at: Samples.moment) != nil)
            setUp.users[0].passwordHash = "another"
            store.append(LogBatch(entries: [], filings: [.setUp(setUp)], through: centre.position))
            try await store.setLanguage(.hindi, of: setUp.users[1].user.id)
            #expect(try await store.session(tokenHash: token, at: Samples.moment) == nil)
        }
    }

    @Test(arguments: Engine.all) func `one user's oldest sessions end when he opens too many`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let recorder = Recorder()
            recorder.start(store)
            let history = History(seed: 1)
            await recorder.store(history, in: store)
            let count = Store.sessionsMax + 5
            for number in 0..<count {
                try await store.openSession(
                    tokenHash: [UInt8(number)], user: history.user, expires: Samples.moment + .seconds(Int64(number + 1)))
            }
            for number in 0..<count {
                let session = try await store.session(tokenHash: [UInt8(number)], at: Samples.moment)
                #expect((session != nil) == (number >= 5), "\(number)")
            }
        }
    }
}
