import Calls
import Contacts
import Primitives
import Routing

/// Everything one agent's desk shows.
struct DeskWire: WireType {
    var position: Int64
    /// The server's time, which the desk's clocks follow.
    var now: Int64
    var agent: AgentWire
    var presence: PresenceWire
    var routing: RoutingWire
    /// How his browser is connected as his phone; null if it is not.
    @OrNull var audio: AudioWire?
    @OrNull var contact: DeskContactWire?
    /// A contact whose talk is over and of which the agent, who is free, may still say what came, until his next one.
    @OrNull var writeUp: DeskContactWire?
    /// The contact about which a colleague asks this agent.
    @OrNull var consulted: ConsultedWire?
    /// His call to a colleague, or a colleague's to him: there is no customer.
    @OrNull var `internal`: InternalCallWire?
    /// Beside whom he is, as a supervisor.
    @OrNull var supervising: SupervisingWire?
    /// Without a mentor beside him he gets no calls.
    var trainee: Bool
    /// Who sits beside him, or beside whom he sits.
    @OrNull var seat: SeatWire?
    /// The desk of him beside whom he sits, as it changes.
    @OrNull var beside: MirrorWire?
    /// Who is beside him, where his project tells him.
    var supervisors: [BesideWire]
    /// What supervisors have told him and he has not read.
    var messages: [MessageWire]
    /// Since when he has wanted help.
    @OrNull var helpWanted: Int64?
    var reasons: [NamedWire]
    var queues: [LineWire]
    /// His own, then those of his team and his projects.
    var quotas: [QuotaWire]

    static let schemaName = "Desk"
    static let schema = Schema.object([
        .required("position", .integer), .required("now", .time), .required("agent", .reference(AgentWire.self)),
        .required("presence", .reference(PresenceWire.self)), .required("routing", .reference(RoutingWire.self)),
        .required("audio", .nullable(.reference(AudioWire.self))),
        .required("contact", .nullable(.reference(DeskContactWire.self))),
        .required("writeUp", .nullable(.reference(DeskContactWire.self))),
        .required("consulted", .nullable(.reference(ConsultedWire.self))),
        .required("internal", .nullable(.reference(InternalCallWire.self))),
        .required("supervising", .nullable(.reference(SupervisingWire.self))),
        .required("trainee", .boolean), .required("seat", .nullable(.reference(SeatWire.self))),
        .required("beside", .nullable(.reference(MirrorWire.self))),
        .required("supervisors", .array(.reference(BesideWire.self))), .required("messages", .array(.reference(MessageWire.self))),
        .required("helpWanted", .nullable(.time)), .required("reasons", .array(.reference(NamedWire.self))),
        .required("queues", .array(.reference(LineWire.self))), .required("quotas", .array(.reference(QuotaWire.self))),
    ])

    struct AgentWire: WireType, Hashable {
        var id: String
        var name: String
        @OrNull var phone: PhoneWire?

        static let schemaName = "DeskAgent"
        static let schema = Schema.object([
            .required("id", .id), .required("name", .string), .required("phone", .nullable(.reference(PhoneWire.self))),
        ])
    }

    struct PhoneWire: WireType, Hashable {
        var name: String
        var reachable: Bool

        static let schemaName = "DeskPhone"
        static let schema = Schema.object([.required("name", .string), .required("reachable", .boolean)])
    }

    /// What the agent set himself.
    struct PresenceWire: WireType, Hashable {
        var state: String
        @OrNull var reason: NamedWire?
        var since: Int64
        /// What comes about when the contact is done.
        @OrNull var next: NextWire?

        static let schemaName = "Presence"
        static let schema = Schema.object([
            .required("state", .enumeration(PresenceState.names)), .required("reason", .nullable(.reference(NamedWire.self))),
            .required("since", .time), .required("next", .nullable(.reference(NextWire.self))),
        ])
    }

    struct NextWire: WireType, Hashable {
        var state: String
        @OrNull var reason: NamedWire?

        static let schemaName = "NextPresence"
        static let schema = Schema.object([
            .required("state", .enumeration(PresenceState.names)), .required("reason", .nullable(.reference(NamedWire.self))),
        ])
    }

    /// What the system knows.
    struct RoutingWire: WireType, Hashable {
        var state: String
        var since: Int64

        static let schemaName = "RoutingState"
        static let schema = Schema.object([.required("state", .enumeration(RoutingState.names)), .required("since", .time)])
    }

    /// How a queue's line stands.
    struct LineWire: WireType, Hashable {
        var id: String
        var name: String
        var waiting: Int
        @OrNull var oldestSince: Int64?
        /// Whether numbers outside can be called for it.
        var callsOut: Bool

        static let schemaName = "Line"
        static let schema = Schema.object([
            .required("id", .id), .required("name", .string), .required("waiting", .integer), .required("oldestSince", .nullable(.time)),
            .required("callsOut", .boolean),
        ])
    }
}

/// What has changed on a desk since it was sent, but for what its agent and his contact do: then it is sent whole.
struct LinesWire: WireType {
    var now: Int64
    /// The lines that stand otherwise.
    var queues: [DeskWire.LineWire]
    /// All his quotas; null: they stand as they did.
    @OrNull var quotas: [QuotaWire]?

    static let schemaName = "Lines"
    static let schema = Schema.object([
        .required("now", .time), .required("queues", .array(.reference(DeskWire.LineWire.self))),
        .required("quotas", .nullable(.array(.reference(QuotaWire.self)))),
    ])
}

/// The contact in an agent's slot.
struct DeskContactWire: WireType, Hashable {
    var id: String
    var channel: String
    var direction: String
    var state: String
    /// The agent has a number called.
    @OrNull var dial: DialWire?
    /// What came of the number that was dialled.
    @OrNull var dialResult: String?
    @OrNull var offer: String?
    /// It rings on the agent's headset: he answers at the desk.
    var answerable: Bool
    var project: NamedWire
    /// What the project's agents say first, in the customer's language, with its place for the agent's name: `{agent.name}`.
    @OrNull var greeting: String?
    var greetingLanguage: String
    /// What the work for the project is.
    @OrNull var jobDescription: String?
    var queue: NamedWire
    @OrNull var number: String?
    @OrNull var dialled: String?
    var arrivedAt: Int64
    var offeredAt: Int64
    @OrNull var answerBy: Int64?
    @OrNull var answeredAt: Int64?
    @OrNull var endedAt: Int64?
    @OrNull var endedBy: String?
    @OrNull var wrapUpUntil: Int64?
    /// The queue gives time after the talk to those who ask for it; null where it does not.
    @OrNull var wrapUpOnRequest: RequestWire?
    /// The agent's phone hung up first, and the customer is still there.
    @OrNull var leftBehind: LeftBehindWire?
    /// The colleague, or the number outside, whom the agent asks.
    @OrNull var consult: ConsultWire?
    /// Why the number outside that he wanted to ask last did not take the call.
    @OrNull var consultResult: String?
    /// The number outside to which he has sent the customer.
    @OrNull var outside: OutsideWire?
    /// Who transferred the contact to this desk.
    @OrNull var transferredBy: SenderWire?
    /// Where the customer was put on hold: `desk` can take him back at the desk, `phone` only at the phone, `connection` is the agent's
    /// headset, which has to come back.
    @OrNull var held: String?
    /// Nobody hears the agent.
    var muted: Bool
    /// The customer has been warned.
    var warned: Bool
    var recording: RecordingStateWire
    /// Why the contact came to this agent; null for one that he began himself.
    @OrNull var why: WhyWire?
    var earlier: [EarlierWire]
    var dispositions: [DispositionWire]
    var draft: DraftWire

    static let schemaName = "DeskContact"
    static let schema = Schema.object([
        .required("id", .id), .required("channel", .enumeration(["phone"])),
        .required("direction", .enumeration(ContactDirection.ofCustomers.map(\.rawValue))),
        .required("state", .enumeration(["dialling", "ringing", "talking", "wrapUp", "writeUp"])),
        .required("dial", .nullable(.reference(DialWire.self))),
        .required("dialResult", .nullable(.enumeration(DialResult.allCases.map(\.rawValue)))), .required("offer", .nullable(.id)),
        .required("answerable", .boolean), .required("project", .reference(NamedWire.self)), .required("greeting", .nullable(.string)),
        .required("greetingLanguage", .enumeration(Language.allCases.map(\.rawValue))), .required("jobDescription", .nullable(.string)),
        .required("queue", .reference(NamedWire.self)),
        .required("number", .nullable(.string)), .required("dialled", .nullable(.string)), .required("arrivedAt", .time),
        .required("offeredAt", .time), .required("answerBy", .nullable(.time)), .required("answeredAt", .nullable(.time)),
        .required("endedAt", .nullable(.time)), .required("endedBy", .nullable(.enumeration(["customer", "agent", "system"]))),
        .required("wrapUpUntil", .nullable(.time)), .required("wrapUpOnRequest", .nullable(.reference(RequestWire.self))),
        .required("leftBehind", .nullable(.reference(LeftBehindWire.self))),
        .required("consult", .nullable(.reference(ConsultWire.self))),
        .required("consultResult", .nullable(.enumeration(DialResult.allCases.map(\.rawValue)))),
        .required("outside", .nullable(.reference(OutsideWire.self))),
        .required("transferredBy", .nullable(.reference(SenderWire.self))),
        .required("held", .nullable(.enumeration(HoldSide.allCases.map(\.rawValue)))), .required("muted", .boolean),
        .required("warned", .boolean), .required("recording", .reference(RecordingStateWire.self)),
        .required("why", .nullable(.reference(WhyWire.self))),
        .required("earlier", .array(.reference(EarlierWire.self))), .required("dispositions", .array(.reference(DispositionWire.self))),
        .required("draft", .reference(DraftWire.self)),
    ])

    /// Until when the agent has to say why, and whether his phone rings to go on.
    struct LeftBehindWire: WireType, Hashable {
        var until: Int64
        var phoneRings: Bool

        static let schemaName = "LeftBehind"
        static let schema = Schema.object([.required("until", .time), .required("phoneRings", .boolean)])
    }

    /// An earlier contact of the same caller and project.
    struct EarlierWire: WireType, Hashable {
        var id: String
        var openedAt: Int64
        @OrNull var queue: String?
        @OrNull var agent: String?
        @OrNull var outcome: String?
        @OrNull var disposition: String?
        @OrNull var note: String?

        static let schemaName = "EarlierContact"
        static let schema = Schema.object([
            .required("id", .id), .required("openedAt", .time), .required("queue", .nullable(.string)),
            .required("agent", .nullable(.string)), .required("outcome", .nullable(.enumeration(OutcomeName.all))),
            .required("disposition", .nullable(.string)), .required("note", .nullable(.string)),
        ])
    }

    struct DraftWire: WireType, Hashable {
        @OrNull var disposition: String?
        var note: String

        static let schemaName = "Draft"
        static let schema = Schema.object([.required("disposition", .nullable(.id)), .required("note", .string)])
    }
}

/// One node of a project's dispositions; agents choose a leaf.
struct DispositionWire: WireType, Hashable {
    var id: String
    var name: String
    var children: [DispositionWire]
    var meanings: [String]

    static let schemaName = "Disposition"
    static let schema = Schema.object([
        .required("id", .id), .required("name", .string), .required("children", .array(.named(schemaName))),
        .required("meanings", .array(.string)),
    ])
}

/// Why a contact went to an agent.
struct WhyWire: WireType, Hashable {
    var rule: String
    var version: Int
    var idleSince: Int64
    var waitedMilliseconds: Int64
    var free: Int
    var priority: Int
    var considered: [ConsideredWire]
    var excluded: [ExcludedWire]

    static let schemaName = "Why"
    static let schema = Schema.object([
        .required("rule", .enumeration(Explanation.Rule.allCases.map(\.rawValue))), .required("version", .integer),
        .required("idleSince", .time), .required("waitedMilliseconds", .integer), .required("free", .integer),
        .required("priority", .integer), .required("considered", .array(.reference(ConsideredWire.self))),
        .required("excluded", .array(.reference(ExcludedWire.self))),
    ])

    struct ConsideredWire: WireType, Hashable {
        var agent: String
        var name: String
        var idleSince: Int64

        static let schemaName = "Considered"
        static let schema = Schema.object([.required("agent", .id), .required("name", .string), .required("idleSince", .time)])
    }

    struct ExcludedWire: WireType, Hashable {
        var reason: String
        var count: Int
        var names: [String]

        static let schemaName = "Excluded"
        static let schema = Schema.object([
            .required("reason", .enumeration(Exclusion.allCases.map(\.rawValue))), .required("count", .integer),
            .required("names", .array(.string)),
        ])
    }
}

/// Time after the talk for those who ask for it.
struct RequestWire: WireType, Hashable {
    var wanted: Bool
    /// How much.
    var seconds: Int64

    static let schemaName = "WrapUpOnRequest"
    static let schema = Schema.object([.required("wanted", .boolean), .required("seconds", .integer)])
}
