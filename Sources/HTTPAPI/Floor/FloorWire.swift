/// Queues and agents as a supervisor sees them: all (`whole`), or those that have changed.
struct FloorWire: WireType {
    var position: Int64
    var now: Int64
    var whole: Bool
    var queues: [QueueWire]
    var agents: [AgentWire]
    /// How teams and projects stand with their quotas: all of them, whole or not.
    var quotas: [QuotaWire]
    /// Queues and agents that are to be shown no longer.
    var gone: [String]

    static let schemaName = "Floor"
    static let schema = Schema.object([
        .required("position", .integer), .required("now", .time), .required("whole", .boolean),
        .required("queues", .array(.reference(QueueWire.self))), .required("agents", .array(.reference(AgentWire.self))),
        .required("quotas", .array(.reference(QuotaWire.self))), .required("gone", .array(.id)),
    ])

    /// One queue; the counts are those of the project's day.
    struct QueueWire: WireType, Hashable {
        var id: String
        var name: String
        var project: String
        /// Out of hours: callers are told so. Who waits already is served.
        var closed: Bool
        var waiting: Int
        @OrNull var oldestSince: Int64?
        var offered: Int
        var answered: Int
        var abandoned: Int
        var serviceLevel: ServiceLevelWire
        /// In milliseconds.
        @OrNull var averageSpeedOfAnswer: Int64?
        /// The project's day: where it began, and where it will end.
        @OrNull var since: Int64?
        @OrNull var until: Int64?
        var ready: Int
        var signedIn: Int

        static let schemaName = "FloorQueue"
        static let schema = Schema.object([
            .required("id", .id), .required("name", .string), .required("project", .string), .required("closed", .boolean),
            .required("waiting", .integer),
            .required("oldestSince", .nullable(.time)), .required("offered", .integer), .required("answered", .integer),
            .required("abandoned", .integer), .required("serviceLevel", .reference(ServiceLevelWire.self)),
            .required("averageSpeedOfAnswer", .nullable(.integer)), .required("since", .nullable(.time)),
            .required("until", .nullable(.time)), .required("ready", .integer), .required("signedIn", .integer),
        ])
    }

    struct ServiceLevelWire: WireType, Hashable {
        /// With one decimal; null while nothing has ended.
        @OrNull var percent: Double?
        /// Seconds.
        var within: Int64
        var variant: String

        static let schemaName = "ServiceLevel"
        static let schema = Schema.object([
            .required("percent", .nullable(.number)), .required("within", .integer), .required("variant", .string),
        ])
    }

    struct AgentWire: WireType, Hashable {
        var id: String
        var name: String
        var state: String
        var since: Int64
        @OrNull var reason: String?
        /// The presence that comes when the contact is done.
        @OrNull var next: String?
        @OrNull var queue: String?
        @OrNull var contact: String?
        /// With whom he talks where no customer is.
        @OrNull var colleague: String?
        @OrNull var team: NamedWire?
        /// Those for which he works, as far as the reader may see them.
        var projects: [NamedWire]
        /// Since when he has wanted help.
        @OrNull var help: Int64?
        /// Who is beside him.
        var supervisors: [SupervisorWire]
        /// He talks with a customer of whom the reader may be told: somebody may come beside him.
        var mayBeSupervised: Bool
        /// What is wrong with the voices of that talk right now.
        var voice: [String]
        /// Without a mentor beside him he gets no calls.
        var trainee: Bool
        @OrNull var seat: SeatWire?
        /// His own quotas.
        var quotas: [QuotaWire]

        static let schemaName = "FloorAgent"
        static let schema = Schema.object([
            .required("id", .id), .required("name", .string), .required("state", .enumeration(states)), .required("since", .time),
            .required("reason", .nullable(.string)), .required("next", .nullable(.enumeration(PresenceState.names))),
            .required("queue", .nullable(.string)), .required("contact", .nullable(.id)), .required("colleague", .nullable(.string)),
            .required("team", .nullable(.reference(NamedWire.self))), .required("projects", .array(.reference(NamedWire.self))),
            .required("help", .nullable(.time)), .required("supervisors", .array(.reference(SupervisorWire.self))),
            .required("mayBeSupervised", .boolean), .required("voice", .array(.enumeration(VoiceWire.signNames))),
            .required("trainee", .boolean), .required("seat", .nullable(.reference(SeatWire.self))),
            .required("quotas", .array(.reference(QuotaWire.self))),
        ])

        static let states = ["off", "notReady", "idle", "offered", "talking", "wrapUp", "notResponding"]
    }
}
