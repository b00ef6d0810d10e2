import Centre
import HTTPAPI
import NIOPosix
import Operation
import Organization
import Primitives
import Routing
import SIP
import Storage

/// Applies a set-up file to the running centre: all of it or nothing.
struct SetUpApplier: Sendable {
    let store: Store
    let centre: CentreActor
    let clock: ServerClock
    /// One file after another: two at once would both give ids to what is new.
    private let turns = Turns()
    /// Whether calls go on by a trunk.
    let carriesCalls: @Sendable (TrunkID) async throws -> Bool
    /// Hands the whole set-up, names and accounts, to those who keep their own copy.
    let spread: @Sendable (SetUp) async throws -> Void

    init(
        store: Store, centre: CentreActor, clock: ServerClock, carriesCalls: @escaping @Sendable (TrunkID) async throws -> Bool,
        spread: @escaping @Sendable (SetUp) async throws -> Void
    ) {
        self.store = store
        self.centre = centre
        self.clock = clock
        self.carriesCalls = carriesCalls
        self.spread = spread
    }

    /// - Throws: `SetUpRefused` with every flaw of the file, `SetUpOutdated`; nothing has changed then.
    func apply(_ request: SetUpRequest) async throws -> SetUpReport {
        try await inTurn {
            let whole = try await store.wholeSetUp()
            if let version = request.version, version != Self.version(whole) { throw SetUpOutdated() }
            return try await apply(request, to: whole, undoing: nil)
        }
    }

    /// Applies the file that brings the first administrator; false: there is one already.
    func begin(with file: String) async throws -> Bool {
        try await inTurn {
            let whole = try await store.wholeSetUp()
            guard !whole.known.users.contains(where: { $0.user.role == .administrator }) else { return false }
            _ = try await apply(SetUpRequest(text: file, isFragment: true, author: nil, version: nil), to: whole, undoing: nil)
            return true
        }
    }

    /// Takes a change back; nil: there is none of that number.
    ///
    /// - Throws: as `apply`, and `SetUpChangedSince` if a part of it is another by now.
    func undo(_ number: Int64, by author: UserID?) async throws -> SetUpReport? {
        try await inTurn {
            guard let change = try await store.setUpChange(number) else { return nil }
            let parts = try SetUpParts.parts(change.record.parts)
            let whole = try await store.wholeSetUp()
            let exporter = SetUpExporter(whole.known)
            let changed = parts.filter { exporter.value($0) != $0.after }
            guard changed.isEmpty else { throw SetUpChangedSince(parts: changed.map { "\($0.kind) \($0.key)" }) }
            guard parts.contains(where: { $0.before != $0.after }) else {
                throw Server.SetUpRefused(
                    flaws: parts.map {
                        SetUpFlaw(
                            path: "\($0.kind) \($0.key)", value: "(not shown)", rule: .conflict,
                            expected: "more than a new secret: old secrets are not kept")
                    })
            }
            let request = SetUpRequest(text: SetUpUndo.document(of: parts).line, isFragment: true, author: author, version: nil)
            return try await apply(request, to: whole, undoing: number)
        }
    }

    private func inTurn<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        await turns.take()
        do {
            let value = try await work()
            await turns.give()
            return value
        } catch {
            await turns.give()
            throw error
        }
    }

    private func apply(_ request: SetUpRequest, to whole: WholeSetUp, undoing undone: Int64?) async throws -> SetUpReport {
        let now = clock.now
        // Passwords are hashed in there, each for tens of milliseconds: nobody else is to wait for that.
        let plan = try await NIOThreadPool.singleton.runIfActive {
            try SetUpFile.read(
                request.text, known: whole.known, retired: whole.retired, author: request.author, isFragment: request.isFragment,
                isUndo: undone != nil, secrets: Self.secrets, at: now, random: Random(seed: .random(in: 0 ... .max)))
        }
        let changes = SetUpChanges(from: whole.known, to: plan.wanted, without: plan.removed)
        guard !changes.changed.isEmpty, !request.isTrial else {
            if request.isTrial { try await refuseBusy(plan) }
            return SetUpReport(
                changed: changes.changed, unchanged: changes.unchanged, change: nil, version: Self.version(whole))
        }
        try await refuseBusy(plan)
        let parts = SetUpParts(from: whole.known, to: plan.result).parts
        let record = SetUpChangeRecord(
            number: whole.change + 1, at: now, author: request.author, undoes: undone, parts: SetUpParts.line(parts))
        do {
            try await centre.apply(
                .setUp(plan.definitions), by: request.author, filings: [.setUp(plan.wanted), .retired(plan.removed), .setUpChange(record)])
        } catch Refusal.setUp(let index, let flaw) {
            throw Self.refused(flaw, index, plan)
        }
        try await spread(plan.result)
        return SetUpReport(
            changed: changes.changed, unchanged: changes.unchanged, change: record.number, version: String(record.number))
    }

    static func version(_ whole: WholeSetUp) -> String { String(whole.change) }

    /// Refuses to take away lines over which people talk.
    private func refuseBusy(_ plan: SetUpPlan) async throws {
        var flaws: [SetUpFlaw] = []
        for (thing, path) in plan.places {
            let isBusy: Bool
            switch thing {
            case .trunk(let trunk): isBusy = try await carriesCalls(trunk)
            case .phone(let phone):
                isBusy = await centre.read { engine in
                    engine.organization.agents.values.contains { agent in
                        agent.phone == phone && engine.routing.agents[agent.id]?.state.routing.contact != nil
                    }
                }
            case .reason, .team, .user, .project, .queue, .disposition, .entryPoint: isBusy = false
            }
            if isBusy { flaws.append(Self.calls(at: path)) }
        }
        guard flaws.isEmpty else { throw Server.SetUpRefused(flaws: flaws) }
    }

    private static func calls(at path: String) -> SetUpFlaw {
        SetUpFlaw(path: path, value: "calls", rule: .inUse, expected: "something that no call needs at the moment")
    }

    private static func refused(_ flaw: Organization.Flaw, _ index: Int, _ plan: SetUpPlan) -> Server.SetUpRefused {
        if case .inUse(let retirement) = flaw { return Server.SetUpRefused(flaws: [calls(at: plan.place(of: retirement))]) }
        return Server.SetUpRefused(flaws: [
            .init(path: "definition \(index)", value: "\(flaw)", rule: .conflict, expected: "a set-up that fits together")
        ])
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
