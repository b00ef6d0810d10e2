import Contacts
import Operation
import Primitives

/// A call between two agents, to one of them.
struct InternalCallWire: WireType, Hashable {
    var contact: String
    var with: NamedWire
    /// Whether this agent called.
    var own: Bool
    /// Whose phone rings: the caller's, or the colleague's; or that they talk.
    var stage: String
    /// When that phone has rung long enough; null in the talk.
    @OrNull var until: Int64?
    /// Since when they talk, or the caller has dialled.
    var since: Int64
    /// It rings on the agent's headset: he answers at the desk.
    var answerable: Bool

    static let schemaName = "InternalCall"
    static let schema = Schema.object([
        .required("contact", .id), .required("with", .reference(NamedWire.self)), .required("own", .boolean),
        .required("stage", .enumeration(["phone", "colleague", "talking"])), .required("until", .nullable(.time)),
        .required("since", .time),
        .required("answerable", .boolean),
    ])

    /// - Parameter rangFor: what the agent's headset rang for last.
    init(_ call: InternalCall, rangFor: ContactID?, names: Names) {
        contact = call.contact.description
        with = NamedWire(id: call.other.description, name: names.agent(call.other))
        own = call.isOwn
        since = call.startedAt.milliseconds
        switch call.state {
        case .dialling(_, .phone, let end):
            stage = "phone"
            until = end.milliseconds
        case .dialling(_, .number, let end):
            stage = "colleague"
            until = end.milliseconds
        case .arriving, .toldClosed, .queued, .offered, .talking, .leftBehind, .wrapUp, .writeUp, .outside: stage = "talking"
        }
        answerable = stage == "colleague" && !call.isOwn && call.contact == rangFor
    }
}

/// `GET /api/desk/colleagues`
struct ColleaguesWire: WireType {
    var agents: [TransferTargetsWire.ColleagueWire]

    static let schemaName = "Colleagues"
    static let schema = Schema.object([.required("agents", .array(.reference(TransferTargetsWire.ColleagueWire.self)))])
}
