import Contacts
import Customers
import Organization
import Primitives
import Products
import Scripting
import Storage

/// A customer with all that is kept in his record.
struct CustomerWire: WireType, Hashable {
    var id: String
    var project: String
    var kind: String
    var name: String
    var languages: [String]
    var numbers: [CustomerNumberWire]
    var emails: [String]
    var addresses: [CustomerAddressWire]
    var note: String
    var consents: [ConsentWire]
    var revision: Int
    var createdAt: Int64
    var changedAt: Int64
    @OrNull var changedBy: String?
    @OrNull var mergedInto: String?
    var mayEdit: Bool
    var mayManage: Bool

    static let schemaName = "Customer"
    static let schema = Schema.object([
        .required("id", .id), .required("project", .id), .required("kind", .enumeration(Customer.Kind.allCases.map(\.rawValue))),
        .required("name", .string), .required("languages", .array(.enumeration(Language.allCases.map(\.rawValue)))),
        .required("numbers", .array(.named(CustomerNumberWire.schemaName))), .required("emails", .array(.string)),
        .required("addresses", .array(.named(CustomerAddressWire.schemaName))), .required("note", .string),
        .required("consents", .array(.reference(ConsentWire.self))), .required("revision", .integer), .required("createdAt", .time),
        .required("changedAt", .time), .required("changedBy", .nullable(.string)), .required("mergedInto", .nullable(.id)),
        .required("mayEdit", .boolean), .required("mayManage", .boolean),
    ])

    init(_ row: CustomerRow, _ consents: [Consent], names: Names, mayManage: Bool) {
        let customer = row.customer
        id = customer.id.description
        project = customer.project.description
        kind = customer.kind.rawValue
        name = customer.name
        languages = customer.languages.map(\.rawValue)
        numbers = customer.numbers.map { CustomerNumberWire(number: $0.number, label: $0.label) }
        emails = customer.emails
        addresses = customer.addresses.map { CustomerAddressWire($0) }
        note = customer.note
        self.consents = consents.map { ConsentWire($0, names: names) }
        revision = row.revision
        createdAt = row.createdAt.milliseconds
        changedAt = row.changedAt.milliseconds
        let by = names.user(row.changedBy)
        changedBy = by.isEmpty ? nil : by
        mergedInto = row.mergedInto?.description
        mayEdit = row.mergedInto == nil
        self.mayManage = mayManage
    }
}

struct ConsentWire: WireType, Hashable {
    var channel: String
    var state: String
    var at: Int64
    @OrNull var by: String?

    static let schemaName = "Consent"
    static let schema = Schema.object([
        .required("channel", .enumeration(Consent.Channel.allCases.map(\.rawValue))),
        .required("state", .enumeration(["given", "refused"])),
        .required("at", .time), .required("by", .nullable(.string)),
    ])

    init(_ consent: Consent, names: Names) {
        channel = consent.channel.rawValue
        state = consent.isGiven ? "given" : "refused"
        at = consent.at.milliseconds
        let name = names.user(consent.by)
        by = name.isEmpty ? nil : name
    }
}

/// Fields of a customer as they are now, where somebody else has changed them meanwhile.
struct CustomerConflictsWire: WireType, Hashable {
    var kind: String?
    var name: String?
    var languages: [String]?
    var numbers: [CustomerNumberWire]?
    var emails: [String]?
    var addresses: [CustomerAddressWire]?
    var note: String?

    static let schemaName = "CustomerConflicts"
    static let schema = CustomerFieldsInput.schema

    init(_ fields: Set<CustomerPart.Field>, _ customer: Customer) {
        if fields.contains(.kind) { kind = customer.kind.rawValue }
        if fields.contains(.name) { name = customer.name }
        if fields.contains(.languages) { languages = customer.languages.map(\.rawValue) }
        if fields.contains(.numbers) { numbers = customer.numbers.map { CustomerNumberWire(number: $0.number, label: $0.label) } }
        if fields.contains(.emails) { emails = customer.emails }
        if fields.contains(.addresses) { addresses = customer.addresses.map { CustomerAddressWire($0) } }
        if fields.contains(.note) { note = customer.note }
    }
}

struct CustomerListedWire: WireType, Hashable {
    var id: String
    var project: String
    var kind: String
    var name: String
    var numbers: [String]
    var city: String
    @OrNull var lastContactAt: Int64?
    /// His contacts that are not closed.
    var open: Int

    static let schemaName = "CustomerListed"
    static let schema = Schema.object([
        .required("id", .id), .required("project", .id), .required("kind", .enumeration(Customer.Kind.allCases.map(\.rawValue))),
        .required("name", .string), .required("numbers", .array(.string)), .required("city", .string),
        .required("lastContactAt", .nullable(.time)), .required("open", .integer),
    ])

    init(_ row: CustomerListedRow) {
        id = row.id.description
        project = row.project.description
        kind = row.kind.rawValue
        name = row.name
        numbers = row.numbers
        city = row.city
        lastContactAt = row.lastContactAt?.milliseconds
        open = row.open
    }
}

/// `GET /api/customers`
struct CustomerListWire: WireType {
    var customers: [CustomerListedWire]
    /// For `before`, to read on; null at the end, and where a text was looked for.
    @OrNull var next: String?
    /// Those whose customers the caller sees: in one of them he makes a new one.
    var projects: [NamedWire]

    static let schemaName = "CustomerList"
    static let schema = Schema.object([
        .required("customers", .array(.reference(CustomerListedWire.self))), .required("next", .nullable(.string)),
        .required("projects", .array(.reference(NamedWire.self))),
    ])
}

struct CustomerMadeWire: WireType {
    var id: String
    var position: Int64

    static let schemaName = "CustomerMade"
    static let schema = Schema.object([.required("id", .id), .required("position", .integer)])
}

struct CustomerRevisionWire: WireType {
    var id: String
    var revision: Int

    static let schemaName = "CustomerRevision"
    static let schema = Schema.object([.required("id", .id), .required("revision", .integer)])
}

/// Who else has the record open.
struct CustomerReadersWire: WireType {
    var others: [String]

    static let schemaName = "CustomerReaders"
    static let schema = Schema.object([.required("others", .array(.string))])
}

/// `GET /api/customers/{id}/timeline`
struct TimelineWire: WireType {
    var entries: [EntryWire]
    @OrNull var next: String?

    static let schemaName = "Timeline"
    static let schema = Schema.object([.required("entries", .array(.reference(EntryWire.self))), .required("next", .nullable(.string))])

    struct EntryWire: WireType, Hashable {
        var kind: String
        var at: Int64
        /// Of a contact.
        @OrNull var id: String?
        @OrNull var direction: String?
        @OrNull var outcome: String?
        @OrNull var queue: String?
        @OrNull var agent: String?
        @OrNull var disposition: String?
        @OrNull var note: String?
        var open = false
        /// Of a merge: the other customer.
        @OrNull var other: String?
        /// Of a proposal.
        @OrNull var product: TextsWire?
        @OrNull var reason: TextsWire?
        /// What it was to cost, or what was given.
        @OrNull var amount: String?
        @OrNull var currency: String?
        @OrNull var per: String?
        /// Of whom he became a part: this customer, or one who is a part of him.
        @OrNull var into: String?
        /// Who did what is no contact.
        @OrNull var by: String?
        /// Of a consent.
        @OrNull var channel: String?
        @OrNull var state: String?

        static let schemaName = "TimelineEntry"
        static let schema = Schema.object([
            .required("kind", .enumeration(["contact", "consent", "proposal", "concession", "merged", "unmerged"])), .required("at", .time),
            .required("id", .nullable(.id)),
            .required("direction", .nullable(.enumeration(ContactDirection.ofCustomers.map(\.rawValue)))),
            .required("outcome", .nullable(.enumeration(OutcomeName.all))), .required("queue", .nullable(.string)),
            .required("agent", .nullable(.string)), .required("disposition", .nullable(.string)), .required("note", .nullable(.string)),
            .required("open", .boolean), .required("other", .nullable(.id)), .required("into", .nullable(.id)),
            .required("by", .nullable(.string)),
            .required("channel", .nullable(.enumeration(Consent.Channel.allCases.map(\.rawValue)))),
            .required(
                "state",
                .nullable(
                    .enumeration(["given", "refused", "proposed", "accepted"] + [Concession.refund, .goodwill].map(\.rawValue)))),
            .required("product", .nullable(TextsWire.schema)), .required("reason", .nullable(TextsWire.schema)),
            .required("amount", .nullable(.string)), .required("currency", .nullable(.string)),
            .required("per", .nullable(.enumeration(Product.Period.allCases.map(\.rawValue)))),
        ])

        init(_ entry: TimelineEntry, names: Names, language: Language) {
            at = entry.at.milliseconds
            func person(_ user: UserID) -> String? {
                let name = names.user(user)
                return name.isEmpty ? nil : name
            }
            switch entry {
            case .contact(let row):
                kind = "contact"
                id = row.id.description
                direction = row.direction.rawValue
                outcome = row.outcome.map { OutcomeName.of($0) }
                queue = row.queue.map { names.queue($0, in: language) }
                agent = row.agent.map { names.agent($0) }
                disposition = row.disposition.map { names.disposition($0, in: language) }
                note = row.note
                open = row.closedAt == nil
            case .consent(let consent):
                kind = "consent"
                channel = consent.channel.rawValue
                state = consent.isGiven ? "given" : "refused"
                by = person(consent.by)
            case .proposal(let row):
                kind = "proposal"
                id = row.contact.description
                state = row.state.rawValue
                product = TextsWire(stored: row.name)
                reason = row.reasonName.map { TextsWire(stored: $0) }
                amount = row.total.description
                currency = row.currency
                per = row.period.rawValue
                note = row.note
                by = person(row.by)
            case .concession(let row):
                kind = "concession"
                id = row.contact.description
                state = row.kind.rawValue
                amount = row.amount.description
                currency = row.currency
                note = row.note
                by = person(row.by)
            case .merged(let customer, let whole, _, let user):
                kind = "merged"
                other = customer.description
                into = whole.description
                by = person(user)
            case .unmerged(let customer, _, let user):
                kind = "unmerged"
                other = customer.description
                by = person(user)
            }
        }
    }
}

/// `GET /api/desk/contacts/{contact}/customer`
struct DeskCustomerWire: WireType {
    /// Whose contact it is: chosen by the agent, or the only one of the project with the number.
    @OrNull var chosen: CustomerWire?
    /// Who has the number.
    var matches: [CustomerListedWire]
    @OrNull var number: String?

    static let schemaName = "DeskCustomer"
    static let schema = Schema.object([
        .required("chosen", .nullable(.reference(CustomerWire.self))), .required("matches", .array(.reference(CustomerListedWire.self))),
        .required("number", .nullable(.string)),
    ])
}
