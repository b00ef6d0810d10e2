import Contacts
import Customers
import Operation
import Organization
import Primitives
import Storage

/// `POST /api/customers/import`
struct CustomerImportWire: WireType {
    var rows: Int
    var added: Int
    var changed: Int
    var unchanged: Int
    /// The first of those that are refused.
    var refused: [RefusalWire]
    var refusedCount: Int
    /// Whether it has been brought in: not where it was only looked at, and not while rows are refused and nobody has said to leave them out.
    var imported: Bool

    static let schemaName = "CustomerImport"
    static let schema = Schema.object([
        .required("rows", .integer), .required("added", .integer), .required("changed", .integer), .required("unchanged", .integer),
        .required("refused", .array(.reference(RefusalWire.self))), .required("refusedCount", .integer), .required("imported", .boolean),
    ])

    init(_ outcome: CustomerImport, isImported: Bool) {
        rows = outcome.rows
        added = outcome.added
        changed = outcome.changed
        unchanged = outcome.unchanged
        refused = outcome.refused.map { RefusalWire(row: $0.line, field: $0.column, rule: $0.rule.rawValue, limit: $0.limit) }
        refusedCount = outcome.refusedCount
        imported = isImported
    }

    struct RefusalWire: WireType, Hashable {
        /// In which line of the file it begins, 1 first.
        var row: Int
        /// The column; empty: the row as a whole.
        var field: String
        var rule: String
        @OrNull var limit: Int?

        static let schemaName = "CustomerRefusal"
        static let schema = Schema.object([
            .required("row", .integer), .required("field", .string),
            .required("rule", .enumeration(CustomerFile.Refusal.Rule.allCases.map(\.rawValue))), .required("limit", .nullable(.integer)),
        ])
    }
}

/// `GET /api/customers/{id}/kept`: what a person is shown, or takes along, who asks what is kept of him.
struct CustomerKeptWire: WireType {
    /// He, and records that have become part of his.
    var records: [CustomerWire]
    var consents: [ConsentWire]
    var contacts: [ContactKeptWire]
    var proposals: [ProposalWire]
    var concessions: [ConcessionWire]
    /// There are more contacts than are told at once.
    var more: Bool

    static let schemaName = "CustomerKept"
    static let schema = Schema.object([
        .required("records", .array(.reference(CustomerWire.self))), .required("consents", .array(.reference(ConsentWire.self))),
        .required("contacts", .array(.reference(ContactKeptWire.self))), .required("proposals", .array(.reference(ProposalWire.self))),
        .required("concessions", .array(.reference(ConcessionWire.self))), .required("more", .boolean),
    ])

    init(_ kept: KeptOfCustomer, names: Names, language: Language) {
        records = kept.customers.map { CustomerWire($0, [], names: names, mayManage: true) }
        consents = kept.consents.map { ConsentWire($0, names: names) }
        contacts = kept.contacts.map { ContactKeptWire($0, names: names, language: language) }
        proposals = kept.proposals.map { ProposalWire($0, names: names) }
        concessions = kept.concessions.map { ConcessionWire($0, names: names) }
        more = kept.isCut
    }

    struct ContactKeptWire: WireType {
        var id: String
        var direction: String
        var openedAt: Int64
        @OrNull var closedAt: Int64?
        @OrNull var number: String?
        @OrNull var dialled: String?
        var calledOutside: [String]
        @OrNull var agent: String?
        @OrNull var queue: String?
        @OrNull var outcome: String?
        @OrNull var disposition: String?
        @OrNull var note: String?
        /// By the field of a form, and of an address its part.
        var answers: [AnswerKeptWire]
        /// When recordings of it began; they are heard in its story.
        var recordings: [Int64]

        static let schemaName = "ContactKept"
        static let schema = Schema.object([
            .required("id", .id), .required("direction", .enumeration(ContactDirection.ofCustomers.map(\.rawValue))),
            .required("openedAt", .time), .required("closedAt", .nullable(.time)), .required("number", .nullable(.string)),
            .required("dialled", .nullable(.string)), .required("calledOutside", .array(.string)), .required("agent", .nullable(.string)),
            .required("queue", .nullable(.string)), .required("outcome", .nullable(.enumeration(OutcomeName.all))),
            .required("disposition", .nullable(.string)), .required("note", .nullable(.string)),
            .required("answers", .array(.reference(AnswerKeptWire.self))), .required("recordings", .array(.time)),
        ])

        init(_ kept: KeptOfContact, names: Names, language: Language) {
            let row = kept.contact
            id = row.id.description
            direction = row.direction.rawValue
            openedAt = row.openedAt.milliseconds
            closedAt = row.closedAt?.milliseconds
            number = row.number
            dialled = row.dialled
            calledOutside = kept.outside
            agent = row.agent.map { names.agent($0) }
            queue = row.queue.map { names.queue($0, in: language) }
            outcome = row.outcome.map { OutcomeName.of($0) }
            disposition = row.disposition.map { names.disposition($0, in: language) }
            note = row.note
            answers = kept.values.map { AnswerKeptWire(field: $0.field, part: $0.part, text: $0.text) }
            recordings = kept.recordings.filter { $0.erasedAt == nil }.map(\.startedAt.milliseconds)
        }
    }

    struct AnswerKeptWire: WireType, Hashable {
        var field: String
        var part: String
        var text: String

        static let schemaName = "AnswerKept"
        static let schema = Schema.object([.required("field", .string), .required("part", .string), .required("text", .string)])
    }
}
