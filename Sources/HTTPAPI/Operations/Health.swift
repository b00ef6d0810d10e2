import Centre
import Hummingbird
import Primitives

/// How the parts of the server are. What is wrong for everybody (`Trouble`) is told to `Announcements` instead.
package struct Health: Sendable {
    /// The last entry of the log that a crash cannot take back.
    package var position: LogPosition
    /// Whether entries are being written.
    package var isStorageWriting: Bool
    /// Whether SIP's socket for datagrams is open.
    package var isSIPUp: Bool

    package init(position: LogPosition, isStorageWriting: Bool, isSIPUp: Bool) {
        self.position = position
        self.isStorageWriting = isStorageWriting
        self.isSIPUp = isSIPUp
    }

    enum Status: String, CaseIterable {
        /// Calls and commands are taken.
        case ok
        case storageFailing, draining
        /// A part is down that nobody has announced as a trouble.
        case unavailable
    }

    /// The worst of it.
    func status(_ troubles: [Trouble]) -> Status {
        if !isStorageWriting || troubles.contains(where: { $0.code == .storageFailing }) { return .storageFailing }
        if !isSIPUp { return .unavailable }
        return troubles.contains { $0.code == .draining } ? .draining : .ok
    }
}

struct HealthWire: WireType {
    var status: String
    // The rest is for operators only.
    var version: String?
    var uptimeSeconds: Int64?
    var position: Int64?
    var storageWriting: Bool?
    var sip: Bool?
    var troubles: [TroubleWire]?

    static let schemaName = "Health"
    static let schema = Schema.object([
        .required("status", .enumeration(Health.Status.allCases.map(\.rawValue))), .optional("version", .string),
        .optional("uptimeSeconds", .integer), .optional("position", .integer), .optional("storageWriting", .boolean),
        .optional("sip", .boolean), .optional("troubles", .array(.reference(TroubleWire.self))),
    ])

    struct TroubleWire: WireType, Hashable {
        var code: String
        var since: Int64
        var reason: String

        static let schemaName = "HealthTrouble"
        static let schema = Schema.object([
            .required("code", .enumeration(Trouble.Code.allCases.map(\.rawValue))), .required("since", .time), .required("reason", .string),
        ])
    }
}

/// For whoever watches over the server: people, load balancers, service managers.
struct HealthRoutes: Sendable {
    let health: @Sendable () async -> Health
    let announcements: Announcements
    let version: String
    let startedAt: Timestamp
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            route(
                "/health",
                """
                Whether the server takes calls and commands; 503 with the same body if not. The details are for this machine itself and \
                for who has the administration token.
                """
            ) { call in
                let health = await health()
                let troubles = announcements.troubles
                let status = health.status(troubles)
                var wire = HealthWire(status: status.rawValue)
                if call.isOperator { wire.add(health, troubles, version: version, uptime: now() - startedAt) }
                return answer(wire, isWell: status == .ok)
            },
            route("/health/ready", "Whether new calls should be sent here; 503 if not. For load balancers.") { _ in
                let status = await health().status(announcements.troubles)
                return answer(HealthWire(status: status.rawValue), isWell: status == .ok)
            },
            route("/health/live", "Answers as long as the engine does; whoever gets no answer in time starts the server again.") { _ in
                answer(HealthWire(status: await health().status(announcements.troubles).rawValue), isWell: true)
            },
        ]
    }

    private func route(_ path: String, _ summary: String, _ handle: @escaping @Sendable (Call) async throws -> Response) -> Route {
        Route(
            method: .get, path: path, summary: summary, access: .open, kind: .read, audit: .nothing(because: "how the server is"),
            answer: Route.AnswerShape(status: .ok, contentType: "application/json", schema: .reference(HealthWire.self)), handle: handle)
    }

    private func answer(_ wire: HealthWire, isWell: Bool) -> Response {
        Response(json: wire, status: isWell ? .ok : .serviceUnavailable)
    }
}

extension HealthWire {
    fileprivate mutating func add(_ health: Health, _ troubles: [Trouble], version: String, uptime: Duration) {
        self.version = version
        uptimeSeconds = uptime.components.seconds
        position = health.position.number
        storageWriting = health.isStorageWriting
        sip = health.isSIPUp
        self.troubles = troubles.map { TroubleWire(code: $0.code.rawValue, since: $0.since.milliseconds, reason: $0.reason) }
    }
}
