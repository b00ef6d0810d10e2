import Centre
import HTTPAPI
import NIOPosix
import Operation
import Organization
import Primitives
import SIP
import Storage

/// Applies a set-up file to the running centre: all of it or nothing.
struct SetUpApplier: Sendable {
    let store: Store
    let centre: CentreActor
    let clock: ServerClock
    /// One file after another: two at once would both give ids to what is new.
    private let turns = Turns()
    /// Hands the whole set-up, names and accounts, to those who keep their own copy.
    let spread: @Sendable (SetUp) async throws -> Void

    init(store: Store, centre: CentreActor, clock: ServerClock, spread: @escaping @Sendable (SetUp) async throws -> Void) {
        self.store = store
        self.centre = centre
        self.clock = clock
        self.spread = spread
    }

    /// The same for HTTP, which has a form of its own for what is wrong.
    func answer(_ yaml: String, by user: UserID?) async throws -> SetUpReport {
        do {
            return try await apply(yaml, by: user)
        } catch let refused as SetUpRefused {
            throw HTTPAPI.SetUpRefused(
                refused.flaws.map { FieldError(field: $0.path, rule: "malformed", value: $0.value, expected: $0.expected) })
        }
    }

    /// - Throws: `SetUpRefused` with every flaw of the file; nothing has changed then.
    func apply(_ yaml: String, by user: UserID?) async throws -> SetUpReport {
        await turns.take()
        do {
            let report = try await applyAlone(yaml, by: user)
            await turns.give()
            return report
        } catch {
            await turns.give()
            throw error
        }
    }

    private func applyAlone(_ yaml: String, by user: UserID?) async throws -> SetUpReport {
        let known = try await store.setUp()
        let now = clock.now
        // Passwords are hashed in there, each for tens of milliseconds: nobody else is to wait for that.
        let wanted = try await NIOThreadPool.singleton.runIfActive {
            try SetUpFile.read(yaml, known: known, secrets: Self.secrets, at: now, random: Random(seed: .random(in: 0 ... .max)))
        }
        let changes = SetUpChanges(from: known, to: wanted)
        if !changes.changed.isEmpty {
            do {
                try await centre.apply(.setUp(wanted.definitions), by: user, filings: [.setUp(wanted)])
            } catch Refusal.setUp(let index, let flaw) {
                throw SetUpRefused(flaws: [.init(path: "definition \(index)", value: "\(flaw)", expected: "a set-up that fits together")])
            }
            try await spread(try await store.setUp())
        }
        return SetUpReport(changed: changes.changed, unchanged: changes.unchanged)
    }
}

extension SetUpApplier {
    static var secrets: SetUpFile.Secrets {
        SetUpFile.Secrets(
            phone: { user, secret in
                let hash = HA1(user: user, realm: ServerConfiguration.realm, password: secret)
                return (hash.md5 ?? "", hash.sha256 ?? "")
            },
            password: { password, stored in
                if let stored, Password.matches(password, stored) { return stored }
                return try Password.hash(password)
            })
    }
}

/// Lets one in at a time, in the order of asking.
private actor Turns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        guard isTaken else { return isTaken = true }
        await withCheckedContinuation { waiting.append($0) }
    }

    func give() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}

/// What a set-up changes, by key, for the one who applies it.
struct SetUpChanges {
    private(set) var changed: [String] = []
    private(set) var unchanged = 0

    init(from known: SetUp, to wanted: SetUp) {
        compare("project", wanted.projects, known.projects, \.key)
        compare("team", wanted.teams, known.teams, \.key)
        compare("queue", wanted.queues, known.queues, \.key)
        compare("reason", wanted.reasons, known.reasons, \.key)
        compare("disposition", wanted.dispositions, known.dispositions, \.key)
        compare("trunk", wanted.trunks, known.trunks, \.key)
        compare("phone", wanted.phones, known.phones, \.user)
        compare("entry point", wanted.entryPoints, known.entryPoints, \.number)
        compare("user", wanted.users, known.users, \.login)
        let agents = Dictionary(known.agents.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for user in wanted.users {
            guard let agent = wanted.agents.first(where: { $0.id == user.user.agent }), agents[agent.id] != agent else { continue }
            let name = "user \(user.login)"
            if !changed.contains(name) {
                changed.append(name)
                unchanged -= 1
            }
        }
    }

    private mutating func compare<Thing: Hashable>(_ kind: String, _ wanted: [Thing], _ known: [Thing], _ key: KeyPath<Thing, String>) {
        let known = Set(known)
        for thing in wanted {
            if known.contains(thing) { unchanged += 1 } else { changed.append("\(kind) \(thing[keyPath: key])") }
        }
    }
}
