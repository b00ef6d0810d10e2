import Calls
import Operation
import Organization
import Primitives
import Storage

/// Who sits beside somebody, or beside whom he sits.
struct SeatWire: WireType, Hashable {
    /// The other of the two.
    var other: NamedWire
    /// The other sits beside him; else he beside the other.
    var host: Bool
    var since: Int64

    static let schemaName = "Seat"
    static let schema = Schema.object([
        .required("other", .reference(NamedWire.self)), .required("host", .boolean), .required("since", .time),
    ])

    init(_ seat: FloorSeat, names: Names) {
        other = NamedWire(id: seat.other.description, name: names.agent(seat.other))
        host = seat.isHost
        since = seat.since.milliseconds
    }
}

/// The desk of him beside whom somebody sits: to look at.
struct MirrorWire: WireType, Hashable {
    var agent: NamedWire
    var state: String
    var since: Int64
    /// Null also where it is of a project for which the reader does not work.
    @OrNull var contact: DeskContactWire?

    static let schemaName = "Mirror"
    static let schema = Schema.object([
        .required("agent", .reference(NamedWire.self)), .required("state", .string), .required("since", .time),
        .required("contact", .nullable(.reference(DeskContactWire.self))),
    ])
}

/// A span in which two sat beside each other.
struct SeatSpanWire: WireType, Hashable {
    /// Who sat there, and beside whom.
    var guest: NamedWire
    var host: NamedWire
    /// The host was the trainee, the guest his mentor.
    var mentored: Bool
    var since: Int64
    @OrNull var until: Int64?
    /// The contacts that the guest was put beside.
    var contacts: Int

    static let schemaName = "SeatSpan"
    static let schema = Schema.object([
        .required("guest", .reference(NamedWire.self)), .required("host", .reference(NamedWire.self)), .required("mentored", .boolean),
        .required("since", .time), .required("until", .nullable(.time)), .required("contacts", .integer),
    ])

    init(_ span: SeatSpan, names: Names) {
        guest = NamedWire(id: span.guest.description, name: names.agent(span.guest))
        host = NamedWire(id: span.host.description, name: names.agent(span.host))
        mentored = span.isMentored
        since = span.since.milliseconds
        until = span.until?.milliseconds
        contacts = span.contacts
    }
}

/// `GET /api/floor/agents/{agent}/seats`: the last ones first.
struct SeatHoursWire: WireType, Hashable {
    /// All of them together, in milliseconds.
    var total: Int64
    var seats: [SeatSpanWire]

    static let schemaName = "SeatHours"
    static let schema = Schema.object([.required("total", .integer), .required("seats", .array(.reference(SeatSpanWire.self)))])
}

/// `POST /api/floor/agents/{agent}/seat`
struct SeatWish: WireInput {
    /// Beside whom the agent of the path is to sit.
    var beside: String

    static let schemaName = "SeatWish"
    static let schema = Schema.object([.required("beside", .id)])

    func checked() throws -> AgentID {
        var check = FieldCheck()
        let agent: AgentID? = check.id(beside, "beside")
        try check.pass()
        guard let agent else { throw Problem.invalid("beside", .required) }
        return agent
    }
}

/// `POST /api/floor/agents/{agent}/sign-off`
struct SignOffWish: WireInput {
    var signedOff: Bool

    static let schemaName = "SignOffWish"
    static let schema = Schema.object([.required("signedOff", .boolean)])
}
