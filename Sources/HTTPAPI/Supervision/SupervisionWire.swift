import Calls
import Operation
import Organization
import Primitives

/// Somebody beside an agent, as the floor shows him.
struct SupervisorWire: WireType, Hashable {
    var name: String
    var mode: String
    var microphoneOpen: Bool

    static let schemaName = "Supervisor"
    static let schema = Schema.object([
        .required("name", .string), .required("mode", .enumeration(SupervisionMode.allCases.map(\.rawValue))),
        .required("microphoneOpen", .boolean),
    ])
}

/// The same as the agent sees it, where his project tells him.
struct BesideWire: WireType, Hashable {
    var name: String
    var mode: String

    static let schemaName = "Beside"
    static let schema = Schema.object([
        .required("name", .string), .required("mode", .enumeration(SupervisionMode.allCases.map(\.rawValue))),
    ])
}

/// Whom the desk's own agent supervises.
struct SupervisingWire: WireType, Hashable {
    var contact: String
    /// The agent's name.
    var agent: String
    var agentId: String
    var mode: String
    var microphoneOpen: Bool
    /// Whether his phone still rings for it.
    var state: String
    var since: Int64
    /// The agent keeps a part to himself and his customer: no supervisor hears it, nor is heard, until it is over.
    var keptOut: Bool

    static let schemaName = "Supervising"
    static let schema = Schema.object([
        .required("contact", .id), .required("agent", .string), .required("agentId", .id),
        .required("mode", .enumeration(SupervisionMode.allCases.map(\.rawValue))), .required("microphoneOpen", .boolean),
        .required("state", .enumeration(["ringing", "on"])), .required("since", .time), .required("keptOut", .boolean),
    ])

    init(_ supervising: DeskSupervision, since: Timestamp, names: Names) {
        contact = supervising.contact.description
        agent = names.agent(supervising.agent)
        agentId = supervising.agent.description
        mode = supervising.supervision.mode.rawValue
        microphoneOpen = supervising.supervision.isMicrophoneOpen
        state = supervising.supervision.isAnswered ? "on" : "ringing"
        self.since = since.milliseconds
        keptOut = supervising.isKeptOut
    }
}

/// A message that the agent has not read.
struct MessageWire: WireType, Hashable {
    var id: String
    var from: String
    var text: String
    var at: Int64

    static let schemaName = "Message"
    static let schema = Schema.object([
        .required("id", .id), .required("from", .string), .required("text", .string), .required("at", .time),
    ])

    init(_ message: Message, names: Names) {
        id = message.id.description
        from = names.user(message.sender)
        text = message.text
        at = message.at.milliseconds
    }
}

// MARK: What supervisors and agents ask for

/// `POST /api/floor/contacts/{contact}/supervise`
struct SupervisionWish: WireInput {
    var mode: String

    static let schemaName = "SupervisionWish"
    static let schema = Schema.object([.required("mode", .enumeration(SupervisionMode.allCases.map(\.rawValue)))])

    func checked() throws -> SupervisionMode {
        guard let mode = SupervisionMode(rawValue: mode) else { throw Problem.invalid("mode", .unknown) }
        return mode
    }
}

/// `POST /api/floor/contacts/{contact}/supervise/microphone`
struct MicrophoneWish: WireInput {
    var open: Bool

    static let schemaName = "MicrophoneWish"
    static let schema = Schema.object([.required("open", .boolean)])
}

/// `POST /api/floor/agents/{agent}/presence`
struct DirectedPresence: WireInput {
    var presence: String
    var reason: String?

    static let schemaName = "DirectedPresence"
    static let schema = Schema.object([.required("presence", .enumeration(PresenceState.names)), .optional("reason", .nullable(.id))])

    var wish: PresenceWish { PresenceWish(state: presence, reason: reason) }
}

/// `POST /api/floor/messages`: to one agent, a team or all of a project.
struct MessageWish: WireInput {
    var text: String
    var agent: String?
    var team: String?
    var project: String?

    static let schemaName = "MessageWish"
    static let schema = Schema.object([
        .required("text", .string), .optional("agent", .nullable(.id)), .optional("team", .nullable(.id)),
        .optional("project", .nullable(.id)),
    ])

    enum Receiver: Sendable {
        case agent(AgentID)
        case team(TeamID)
        case project(ProjectID)
    }

    func checked() throws -> Receiver {
        var check = FieldCheck()
        check.text(text, "text", limit: Limits.messageMax)
        let agent: AgentID? = check.id(self.agent, "agent")
        let team: TeamID? = check.id(self.team, "team")
        let project: ProjectID? = check.id(self.project, "project")
        let named = [self.agent, self.team, self.project].count { $0 != nil }
        if named == 0 { check.refuse("agent", .required) }
        if named > 1 { check.refuse("agent", .notAllowed) }
        try check.pass()
        if let agent { return .agent(agent) }
        if let team { return .team(team) }
        guard let project else { throw Problem.invalid("agent", .required) }
        return .project(project)
    }
}

/// `POST /api/desk/help`
struct HelpWish: WireInput {
    var wanted: Bool

    static let schemaName = "HelpWish"
    static let schema = Schema.object([.required("wanted", .boolean)])
}
