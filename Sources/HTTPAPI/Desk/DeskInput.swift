import Calls
import Contacts
import Organization
import Primitives
import Routing

/// `PUT /api/desk/presence`
struct PresenceWish: WireInput {
    var state: String
    var reason: String?

    static let schemaName = "PresenceWish"
    static let schema = Schema.object([.required("state", .enumeration(PresenceState.names)), .optional("reason", .nullable(.id))])

    /// The presence it asks for; a reason goes only with not being ready.
    func checked(_ names: Names) throws -> Presence {
        var check = FieldCheck()
        let reason: PresenceReasonID? = check.id(self.reason, "reason")
        if let reason, !names.knows(reason) { check.refuse("reason", .unknown) }
        let state = PresenceState(rawValue: state)
        if state == nil { check.refuse("state", self.state.isEmpty ? .required : .unknown) }
        if self.reason != nil, state == .ready || state == .off { check.refuse("reason", .notAllowed) }
        try check.pass()
        switch state {
        case .ready: return .ready
        case .notReady: return .notReady(reason)
        case .off, nil: return .off
        }
    }
}

/// The names of presences on the wire.
enum PresenceState: String, CaseIterable {
    case ready, notReady, off

    static var names: [String] { allCases.map(\.rawValue) }
}

/// A body without fields.
struct Nothing: WireInput {
    static let schemaName = "Nothing"
    static let schema = Schema.object([])
}

/// `PUT /api/desk/contacts/{contact}/draft`
struct DraftChange: WireInput {
    var disposition: String?
    var note: String

    static let schemaName = "DraftChange"
    static let schema = Schema.object([.optional("disposition", .nullable(.id)), .required("note", .string)])

    func checked() throws -> DispositionID? {
        var check = FieldCheck()
        let disposition: DispositionID? = check.id(self.disposition, "disposition")
        check.text(note, "note", limit: Limits.noteMax, required: false)
        try check.pass()
        return disposition
    }
}

/// `POST /api/desk/contacts/{contact}/end`
struct Dismissal: WireInput {
    var reason: String?

    static let schemaName = "Dismissal"
    static let schema = Schema.object([.optional("reason", .nullable(.enumeration(DismissalReason.allCases.map(\.rawValue))))])

    /// Nil: no reason was given, which the engine refuses while the customer is there.
    func checked() throws -> DismissalReason? {
        guard let reason, !reason.isEmpty else { return nil }
        guard let known = DismissalReason(rawValue: reason) else { throw Problem.invalid("reason", .unknown) }
        return known
    }
}

/// `POST /api/desk/contacts/{contact}/transfer`: to a queue, to an agent or to a number outside.
struct TransferWish: WireInput {
    var queue: String?
    var agent: String?
    var number: String?

    static let schemaName = "TransferWish"
    static let schema = Schema.object([
        .optional("queue", .nullable(.id)), .optional("agent", .nullable(.id)), .optional("number", .nullable(.string)),
    ])

    enum Target {
        case inside(TransferTarget)
        case number(String)
    }

    func checked() throws -> Target {
        var check = FieldCheck()
        let queue: QueueID? = check.id(self.queue, "queue")
        let agent: AgentID? = check.id(self.agent, "agent")
        if let number { check.text(number, "number", limit: Limits.numberMax) }
        let named = [self.queue, self.agent, number].count { $0 != nil }
        if named == 0 { check.refuse("to", .required) }
        if named > 1 { check.refuse("to", .notAllowed) }
        try check.pass()
        if let queue { return .inside(.queue(queue)) }
        if let agent { return .inside(.agent(agent)) }
        guard let number else { throw Problem.invalid("to", .required) }
        return .number(number)
    }
}

/// `POST /api/desk/contacts/{contact}/consult`: a colleague, whoever is next in a queue, or a number outside.
struct ConsultWish: WireInput {
    var agent: String?
    var queue: String?
    var number: String?

    static let schemaName = "ConsultWish"
    static let schema = Schema.object([
        .optional("agent", .nullable(.id)), .optional("queue", .nullable(.id)), .optional("number", .nullable(.string)),
    ])

    enum Target {
        case agent(AgentID)
        case queue(QueueID)
        case number(String)
    }

    func checked() throws -> Target {
        var check = FieldCheck()
        let agent: AgentID? = check.id(self.agent, "agent")
        let queue: QueueID? = check.id(self.queue, "queue")
        if let number { check.text(number, "number", limit: Limits.numberMax) }
        let named = [self.agent, self.queue, number].count { $0 != nil }
        if named == 0 { check.refuse("agent", .required) }
        if named > 1 { check.refuse(number == nil ? "queue" : "number", .notAllowed) }
        try check.pass()
        if let agent { return .agent(agent) }
        if let queue { return .queue(queue) }
        return .number(number ?? "")
    }
}

/// `POST /api/desk/contacts/{contact}/consult/change`
struct ConsultChange: WireInput {
    var stage: String

    static let stages = ConsultStage.allCases.filter { $0 != .ringing }.map(\.rawValue)
    static let schemaName = "ConsultChange"
    static let schema = Schema.object([.required("stage", .enumeration(stages))])

    func checked() throws -> ConsultStage {
        guard Self.stages.contains(stage), let stage = ConsultStage(rawValue: stage) else { throw Problem.invalid("stage", .unknown) }
        return stage
    }
}

/// `POST /api/desk/contacts/{contact}/keys`
struct KeyPresses: WireInput {
    var keys: String

    static let schemaName = "KeyPresses"
    static let schema = Schema.object([.required("keys", .string)])

    func checked() throws -> String {
        var check = FieldCheck()
        check.text(keys, "keys", limit: Limits.keysMax)
        if !keys.allSatisfy({ "0123456789*#ABCD".contains($0) }) { check.refuse("keys", .malformed) }
        try check.pass()
        return keys
    }
}

/// `POST /api/desk/contacts/{contact}/complete`
struct Completion: WireInput {
    var disposition: String
    var note: String?

    static let schemaName = "Completion"
    static let schema = Schema.object([.required("disposition", .id), .optional("note", .nullable(.string))])

    func checked() throws -> DispositionID {
        var check = FieldCheck()
        if disposition.isEmpty { check.refuse("disposition", .required) }
        let id: DispositionID? = disposition.isEmpty ? nil : check.id(disposition, "disposition")
        check.text(note ?? "", "note", limit: Limits.noteMax, required: false)
        try check.pass()
        guard let id else { throw Problem.invalid("disposition", .malformed) }
        return id
    }
}
