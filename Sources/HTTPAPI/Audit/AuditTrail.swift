import Centre
import Operation
import Organization
import Primitives
import Synchronization

/// Writes into the log who saw what. A look that goes on is one entry: a screen asks again every half minute, and a player for each part
/// of a recording that somebody goes to.
final class AuditTrail: Sendable {
    private let centre: CentreActor
    private let names: NameBook
    private let now: @Sendable () -> Timestamp
    private let looks = Mutex(LookBook())
    private let failures = Mutex((known: 0, unknown: 0))

    init(centre: CentreActor, names: NameBook, now: @escaping @Sendable () -> Timestamp) {
        self.centre = centre
        self.names = names
        self.now = now
    }

    /// Returns when it is durable that the caller was given the answer to this call.
    ///
    /// - Throws: `CentreActor.Unavailable`: then he must not be given it.
    func write(_ call: Call, to route: Route) async throws {
        guard let audit = route.audited(call, names: names.current) else { return }
        try await write(audit, by: call.caller?.account.user.id)
    }

    /// - Parameter user: nil: the administrator of the machine.
    func write(_ audit: Audit, by user: UserID?) async throws {
        let look = LookBook.Look(user, audit)
        let position = try await entry(of: look, audit, on: centre)
        do {
            try await centre.durable(through: position)
        } catch {
            looks.withLock { $0.forget(look) }
            throw error
        }
    }

    /// Where the entry of the look stands. On the centre's own thread: two requests at once are one look, too.
    private func entry(of look: LookBook.Look, _ audit: Audit, on centre: isolated CentreActor) throws -> LogPosition {
        if let position = looks.withLock({ $0.again(look, at: now()) }) { return position }
        let position = try centre.submit(.audited(audit), by: look.user.map { .user($0) } ?? .system)
        looks.withLock { $0.keep(look, at: now(), position) }
        return position
    }

    /// Somebody came or went; each time is an entry.
    func write(_ action: Audit.Action, of user: UserID, by way: String? = nil) async throws {
        let question = way.flatMap { Audit.Term("way", $0) }.map { [$0] } ?? []
        try await centre.apply(.audited(Audit(action, .account(user), question: question)), by: user)
    }

    /// A wrong password; where there is no such login it is only counted. The answer does not wait for it: how long it takes must not tell
    /// whether the login is known.
    func failed(_ user: UserID?) async {
        failures.withLock { if user == nil { $0.unknown += 1 } else { $0.known += 1 } }
        guard let user else { return }
        // While nothing can be stored nobody can sign in either.
        _ = try? await centre.submit(.audited(Audit(.signInFailed, .account(user))), by: .network)
    }

    func add(to metrics: inout Metrics) {
        let failures = failures.withLock { $0 }
        metrics.add(.counter, "callfloor_sign_in_failures_total", "Sign-ins with a wrong password, by whether there is such a login.") {
            $0.sample(failures.known, ["login": "known"])
            $0.sample(failures.unknown, ["login": "unknown"])
        }
    }
}

/// Which looks are going on.
struct LookBook: Sendable {
    struct Look: Hashable, Sendable {
        let user: UserID?
        let audit: Audit

        /// How figures are cut into rows is not what is looked at: their screen asks several times, to know what there is to choose.
        init(_ user: UserID?, _ audit: Audit) {
            self.user = user
            var audit = audit
            audit.question.removeAll { ["by", "interval"].contains($0.name) }
            self.audit = audit
        }
    }

    private struct State: Sendable {
        var writtenAt: Timestamp
        var seenAt: Timestamp
        var position: LogPosition
    }

    /// A look that comes so soon after the same one is still the same look.
    static let pause = Duration.seconds(60)
    /// One that goes on is said again so often: until when somebody looked is to be seen, too.
    static let span = Duration.seconds(15 * 60)
    /// A recording is fetched in parts, and again wherever somebody goes in it, with as much time between as he listens: what is fetched so
    /// soon after the entry is of the same hearing.
    static let hearing = span
    /// Looks remembered; when there are more, those that are over are forgotten, and if none is, all.
    static let looksMax = 20_000

    private var looks: [Look: State] = [:]
    var count: Int { looks.count }

    /// Where the entry stands of which this look is a part; nil if it is one of its own.
    mutating func again(_ look: Look, at now: Timestamp) -> LogPosition? {
        guard let state = looks[look], Self.goesOn(look, state, at: now) else { return nil }
        looks[look]?.seenAt = now
        return state.position
    }

    mutating func keep(_ look: Look, at now: Timestamp, _ position: LogPosition) {
        if looks.count >= Self.looksMax {
            looks = looks.filter { Self.goesOn($0.key, $0.value, at: now) }
            if looks.count >= Self.looksMax { looks = [:] }
        }
        looks[look] = State(writtenAt: now, seenAt: now, position: position)
    }

    private static func goesOn(_ look: Look, _ state: State, at now: Timestamp) -> Bool {
        look.audit.action == .heard
            ? now - state.writtenAt < hearing : now - state.seenAt < pause && now - state.writtenAt < span
    }

    mutating func forget(_ look: Look) { looks[look] = nil }
}
