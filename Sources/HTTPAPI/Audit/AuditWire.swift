import Centre
import Operation
import Organization
import Primitives
import Storage

/// `GET /api/audit`
struct AuditWire: WireType {
    var entries: [EntryWire]
    /// For `before`, to read on; null at the end.
    @OrNull var next: Int64?
    /// Whom the caller can ask about.
    var people: [NamedWire]
    /// In which the days of the question are meant.
    var timeZone: String

    static let schemaName = "Audit"
    static let schema = Schema.object([
        .required("entries", .array(.reference(EntryWire.self))), .required("next", .nullable(.integer)),
        .required("people", .array(.reference(NamedWire.self))), .required("timeZone", .string),
    ])

    struct EntryWire: WireType, Hashable {
        var position: Int64
        var at: Int64
        var action: String
        var subject: String
        @OrNull var contact: String?
        /// Null: the server itself, or its administrator on the machine.
        @OrNull var user: String?
        /// Empty for somebody whom the set-up no longer names.
        @OrNull var person: String?
        @OrNull var project: String?
        var question: [TermWire]

        static let schemaName = "AuditEntry"
        static let schema = Schema.object([
            .required("position", .integer), .required("at", .time),
            .required("action", .enumeration(Audit.Action.allCases.map(\.rawValue))),
            .required("subject", .enumeration(Audit.Subject.Kind.allCases.map(\.rawValue))), .required("contact", .nullable(.id)),
            .required("user", .nullable(.id)), .required("person", .nullable(.string)), .required("project", .nullable(.string)),
            .required("question", .array(.reference(TermWire.self))),
        ])

        init(_ row: AuditRow, names: Names, language: Language) {
            position = row.position.number
            at = row.at.milliseconds
            action = row.audit.action.rawValue
            subject = row.audit.subject.kind.rawValue
            if case .contact(let id) = row.audit.subject { contact = id.description }
            user = row.user?.description
            person = row.user.map { names.user($0) }
            project = row.audit.project.map { names.project($0, in: language) }
            question = row.audit.question.map { TermWire($0, names: names, language: language) }
        }
    }

    /// A field that was asked for.
    struct TermWire: WireType, Hashable {
        var name: String
        /// Null where it may have been a name or a number of somebody: then it was not written down.
        @OrNull var value: String?
        /// What the value is called, if it has a name.
        @OrNull var text: String?

        static let schemaName = "AuditTerm"
        static let schema = Schema.object([
            .required("name", .string), .required("value", .nullable(.string)), .required("text", .nullable(.string)),
        ])

        init(_ term: Audit.Term, names: Names, language: Language) {
            name = term.name
            value = term.value
            let id = term.value ?? ""
            let found: String? =
                switch term.name {
                case "queue": QueueID(id).map { names.queue($0, in: language) }
                case "project": ProjectID(id).map { names.project($0, in: language) }
                case "agent": AgentID(id).map { names.agent($0) }
                case "user": UserID(id).map { names.user($0) }
                default: nil
                }
            text = found
        }
    }
}

/// Somebody who looked at a contact.
struct LookerWire: WireType, Hashable {
    var user: String
    var person: String
    var last: Int64
    var looks: Int

    static let schemaName = "Looker"
    static let schema = Schema.object([
        .required("user", .id), .required("person", .string), .required("last", .time), .required("looks", .integer),
    ])

    init(_ looker: Looker, names: Names) {
        user = looker.user.description
        person = names.user(looker.user)
        last = looker.last.milliseconds
        looks = looker.looks
    }
}

/// `GET` and `POST /api/audit/chain`
struct ChainWire: WireType {
    var state: String
    /// Entries whose hash fits, and how many there are while it is counted.
    var checked: Int64
    @OrNull var of: Int64?
    @OrNull var checkedAt: Int64?
    /// The last entry that fits and its hash, to be noted elsewhere.
    @OrNull var mark: String?
    @OrNull var flaw: FlawWire?

    static let schemaName = "Chain"
    static let schema = Schema.object([
        .required("state", .enumeration(["unchecked", "running", "whole", "broken"])), .required("checked", .integer),
        .required("of", .nullable(.integer)), .required("checkedAt", .nullable(.time)), .required("mark", .nullable(.string)),
        .required("flaw", .nullable(.reference(FlawWire.self))),
    ])

    struct FlawWire: WireType, Hashable {
        var kind: String
        /// The first position that does not fit.
        var position: Int64
        /// Where that which was written here stands now.
        @OrNull var to: Int64?

        static let schemaName = "ChainFlaw"
        static let schema = Schema.object([
            .required("kind", .enumeration(["changed", "missing", "moved", "putIn", "cutOff", "rewritten"])),
            .required("position", .integer),
            .required("to", .nullable(.integer)),
        ])

        init(_ flaw: ChainFlaw) {
            position = flaw.position.number
            switch flaw {
            case .changed: kind = "changed"
            case .missing: kind = "missing"
            case .moved(_, let place):
                kind = "moved"
                to = place.number
            case .putIn: kind = "putIn"
            case .cutOff: kind = "cutOff"
            case .rewritten: kind = "rewritten"
            }
        }
    }

    init(_ state: ChainWatch.State) {
        checked = 0
        switch state {
        case .unchecked: self.state = "unchecked"
        case .running(let entries, let total):
            self.state = "running"
            checked = entries
            of = total
        case .checked(let report, let moment):
            self.state = report.isWhole ? "whole" : "broken"
            checked = report.entries
            checkedAt = moment.milliseconds
            mark = report.mark?.description
            flaw = report.flaw.map { FlawWire($0) }
        }
    }
}

/// `POST /api/audit/chain`
struct ChainWish: WireInput {
    /// An entry that was noted before: `position:hash`.
    var expecting: String?

    static let schemaName = "ChainWish"
    static let schema = Schema.object([.optional("expecting", .string)])

    func checked() throws -> ChainMark? {
        guard let expecting else { return nil }
        guard let mark = ChainMark(expecting) else { throw Problem.invalid("expecting", .malformed) }
        return mark
    }
}
