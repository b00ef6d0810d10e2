import Calls
import Operation
import Organization
import Primitives
import Routing

/// Where a contact can be sent.
struct TransferTargetsWire: WireType {
    var queues: [DeskWire.LineWire]
    var agents: [ColleagueWire]
    /// Whether there are supervisors to hand over to.
    var escalation: Bool
    /// Who gets the contact then, if he is free.
    @OrNull var senior: ColleagueWire?
    /// Whether numbers outside can be called.
    var numbers: Bool

    static let schemaName = "TransferTargets"
    static let schema = Schema.object([
        .required("queues", .array(.reference(DeskWire.LineWire.self))), .required("agents", .array(.reference(ColleagueWire.self))),
        .required("escalation", .boolean),
        .required("senior", .nullable(.reference(ColleagueWire.self))), .required("numbers", .boolean),
    ])

    init(_ targets: TransferTargets, names: Names, language: Language) {
        queues = targets.queues.map {
            DeskWire.LineWire(
                id: $0.id.description, name: names.queue($0.id, in: language), waiting: $0.waiting,
                oldestSince: $0.oldestSince?.milliseconds, callsOut: names.callsOut($0.project))
        }
        agents = targets.agents.map { ColleagueWire($0, names: names) }
        escalation = targets.hasEscalation
        senior = targets.senior.map { ColleagueWire($0, names: names) }
        numbers = names.callsOut(targets.project)
    }

    struct ColleagueWire: WireType, Hashable {
        var id: String
        var name: String
        var state: String
        /// Whether he can be sent a contact, or called, now.
        var free: Bool

        init(_ agent: FloorAgent, names: Names) {
            id = agent.id.description
            name = names.agent(agent.id)
            state = agent.state.routing.name
            free = agent.isFree
        }

        static let schemaName = "Colleague"
        static let schema = Schema.object([
            .required("id", .id), .required("name", .string), .required("state", .enumeration(RoutingState.names)),
            .required("free", .boolean),
        ])
    }
}

/// Who sent a contact on, and from which queue.
struct SenderWire: WireType, Hashable {
    var agent: NamedWire
    var queue: NamedWire

    static let schemaName = "Sender"
    static let schema = Schema.object([.required("agent", .reference(NamedWire.self)), .required("queue", .reference(NamedWire.self))])
}

/// A number outside to which the customer was sent, while its agent wraps up.
struct OutsideWire: WireType, Hashable {
    @OrNull var number: String?
    var answered: Bool

    static let schemaName = "Outside"
    static let schema = Schema.object([.required("number", .nullable(.string)), .required("answered", .boolean)])
}

/// A consult, to the one who asks: with a colleague, or with a number outside.
struct ConsultWire: WireType, Hashable {
    @OrNull var agent: NamedWire?
    @OrNull var number: String?
    var stage: String

    static let schemaName = "Consult"
    static let schema = Schema.object([
        .required("agent", .nullable(.reference(NamedWire.self))), .required("number", .nullable(.string)),
        .required("stage", .enumeration(ConsultStage.allCases.map(\.rawValue))),
    ])
}

/// A consult, to the one who is asked.
struct ConsultedWire: WireType, Hashable {
    var contact: String
    var by: NamedWire
    var queue: NamedWire
    var stage: String
    /// It rings on the agent's headset: he answers at the desk.
    var answerable: Bool

    static let schemaName = "Consulted"
    static let schema = Schema.object([
        .required("contact", .id), .required("by", .reference(NamedWire.self)), .required("queue", .reference(NamedWire.self)),
        .required("stage", .enumeration(ConsultStage.allCases.map(\.rawValue))), .required("answerable", .boolean),
    ])
}
