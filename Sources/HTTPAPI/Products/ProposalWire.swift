import Operation
import Organization
import Primitives
import Products
import Scripting
import Storage

/// `GET /api/desk/contacts/{contact}/proposals`
struct DeskProposalsWire: WireType {
    /// Nil: nobody has said whose contact it is; then nothing is known of him.
    @OrNull var customer: String?
    /// Best first.
    var suggestions: [SuggestionWire]
    var notProposed: [NotProposedWire]
    /// Of this contact, the oldest first.
    var proposals: [ProposalWire]
    /// Of the customer in other contacts, the newest first.
    var earlier: [ProposalWire]
    var reasons: [ReasonWire]
    var currency: String
    /// What the agent may give without asking.
    var limits: AuthorityLimitWire
    var concessions: [ConcessionWire]
    var approvals: [ApprovalWire]

    static let schemaName = "DeskProposals"
    static let schema = Schema.object([
        .required("customer", .nullable(.id)), .required("suggestions", .array(.reference(SuggestionWire.self))),
        .required("notProposed", .array(.reference(NotProposedWire.self))), .required("proposals", .array(.reference(ProposalWire.self))),
        .required("earlier", .array(.reference(ProposalWire.self))), .required("reasons", .array(.reference(ReasonWire.self))),
        .required("currency", .string), .required("limits", .reference(AuthorityLimitWire.self)),
        .required("concessions", .array(.reference(ConcessionWire.self))), .required("approvals", .array(.reference(ApprovalWire.self))),
    ])

    struct SuggestionWire: WireType {
        var key: String
        var fields: ProductFieldsWire
        var why: [WhyProposalWire]

        static let schemaName = "ProposalSuggestion"
        static let schema = Schema.object([
            .required("key", .string), .required("fields", .named(ProductFieldsWire.schemaName)),
            .required("why", .array(.reference(WhyProposalWire.self))),
        ])
    }

    /// Why something is suggested, or not.
    struct WhyProposalWire: WireType {
        var kind: String
        /// Another product.
        @OrNull var product: TextsWire?
        @OrNull var reason: TextsWire?
        /// How much cheaper.
        @OrNull var gap: String?
        /// A region, or a licence.
        @OrNull var name: String?
        @OrNull var at: Int64?

        static let schemaName = "WhyProposal"
        static let schema = Schema.object([
            .required(
                "kind",
                .enumeration(["answers", "replaces", "region", "new", "licence", "elsewhere", "refused", "accepted", "has"])),
            .required("product", .nullable(TextsWire.schema)), .required("reason", .nullable(TextsWire.schema)),
            .required("gap", .nullable(.string)), .required("name", .nullable(.string)), .required("at", .nullable(.time)),
        ])

        init(_ why: ProposalAdvice.Why, _ book: ProductBook) {
            switch why {
            case .answers(let reason, let product, let gap):
                kind = "answers"
                self.product = book.product(product)?.fields.name
                self.reason = book.reasons.first { $0.key == reason }?.name
                self.gap = gap.description
            case .replaces(let product):
                kind = "replaces"
                self.product = book.product(product)?.fields.name
            case .region(let region):
                kind = "region"
                name = region
            case .new: kind = "new"
            }
        }

        init(_ obstacle: ProposalAdvice.Obstacle, _ book: ProductBook) {
            switch obstacle {
            case .licence(let licence):
                kind = "licence"
                name = licence
            case .region: kind = "elsewhere"
            case .refused(let at, let reason):
                kind = "refused"
                self.at = at.milliseconds
                self.reason = book.reasons.first { $0.key == reason }?.name
            case .accepted(let at):
                kind = "accepted"
                self.at = at.milliseconds
            case .has(let product):
                kind = "has"
                self.product = book.product(product)?.fields.name
            }
        }
    }

    struct NotProposedWire: WireType {
        var name: TextsWire
        var why: WhyProposalWire

        static let schemaName = "NotProposed"
        static let schema = Schema.object([.required("name", TextsWire.schema), .required("why", .reference(WhyProposalWire.self))])
    }
}

struct ProposalWire: WireType {
    var id: String
    var contact: String
    var product: String
    var name: TextsWire
    var price: String
    /// Percent.
    var discount: String
    var total: String
    var currency: String
    var per: String
    var state: String
    @OrNull var reason: String?
    @OrNull var reasonName: TextsWire?
    @OrNull var competitorPrice: String?
    var note: String
    var at: Int64
    @OrNull var by: String?

    static let schemaName = "Proposal"
    static let schema = Schema.object([
        .required("id", .id), .required("contact", .id), .required("product", .string), .required("name", TextsWire.schema),
        .required("price", .string), .required("discount", .string), .required("total", .string), .required("currency", .string),
        .required("per", .enumeration(Product.Period.allCases.map(\.rawValue))),
        .required("state", .enumeration(Proposal.State.allCases.map(\.rawValue))), .required("reason", .nullable(.string)),
        .required("reasonName", .nullable(TextsWire.schema)), .required("competitorPrice", .nullable(.string)),
        .required("note", .string), .required("at", .time), .required("by", .nullable(.string)),
    ])

    init(_ row: ProposalRow, names: Names) {
        id = row.id.description
        contact = row.contact.description
        product = row.product
        name = TextsWire(stored: row.name)
        price = row.price.description
        discount = row.discount.description
        total = row.total.description
        currency = row.currency
        per = row.period.rawValue
        state = row.state.rawValue
        note = row.note
        at = row.at.milliseconds
        reason = row.reason
        reasonName = row.reasonName.map { TextsWire(stored: $0) }
        competitorPrice = row.competitorPrice?.description
        let person = names.user(row.by)
        by = person.isEmpty ? nil : person
    }
}

struct ConcessionWire: WireType {
    var id: String
    var kind: String
    var amount: String
    var currency: String
    var note: String
    var at: Int64
    @OrNull var by: String?

    static let schemaName = "Concession"
    static let schema = Schema.object([
        .required("id", .id), .required("kind", .enumeration(Concession.allCases.map(\.rawValue))), .required("amount", .string),
        .required("currency", .string), .required("note", .string), .required("at", .time), .required("by", .nullable(.string)),
    ])

    init(_ row: ConcessionRow, names: Names) {
        id = row.id.description
        kind = row.kind.rawValue
        amount = row.amount.description
        currency = row.currency
        note = row.note
        at = row.at.milliseconds
        let person = names.user(row.by)
        by = person.isEmpty ? nil : person
    }
}

struct ApprovalWire: WireType {
    var id: String
    var contact: String
    var project: NamedWire
    /// Who asks.
    var agent: String
    @OrNull var customer: String?
    var kind: String
    var amount: String
    var currency: String
    @OrNull var product: TextsWire?
    @OrNull var productKey: String?
    var note: String
    var state: String
    var askedAt: Int64
    @OrNull var decidedAt: Int64?
    @OrNull var decidedBy: String?

    static let schemaName = "Approval"
    static let schema = Schema.object([
        .required("id", .id), .required("contact", .id), .required("project", .reference(NamedWire.self)), .required("agent", .string),
        .required("customer", .nullable(.string)), .required("kind", .enumeration(Concession.allCases.map(\.rawValue))),
        .required("amount", .string), .required("currency", .string), .required("product", .nullable(TextsWire.schema)),
        .required("productKey", .nullable(.string)), .required("note", .string),
        .required("state", .enumeration(ApprovalRow.State.allCases.map(\.rawValue))), .required("askedAt", .time),
        .required("decidedAt", .nullable(.time)), .required("decidedBy", .nullable(.string)),
    ])

    init(_ row: ApprovalRow, _ book: ProductBook, customer: String? = nil, names: Names, language: Language) {
        id = row.id.description
        contact = row.contact.description
        project = NamedWire(id: row.project.description, name: names.project(row.project, in: language))
        agent = names.agent(row.agent)
        kind = row.kind.rawValue
        amount = row.amount.description
        currency = row.currency
        note = row.note
        state = row.state.rawValue
        askedAt = row.askedAt.milliseconds
        self.customer = customer
        product = row.product.flatMap { book.product($0)?.fields.name }
        productKey = row.product
        decidedAt = row.decidedAt?.milliseconds
        let person = row.decidedBy.map { names.user($0) } ?? ""
        decidedBy = person.isEmpty ? nil : person
    }
}

/// The event `approvals`: they are to be read again.
struct ApprovalsWire: WireType {
    static let schemaName = "Approvals"
    static let schema = Schema.object([])
}

/// `GET /api/approvals`
struct ApprovalListWire: WireType {
    var approvals: [ApprovalWire]

    static let schemaName = "ApprovalList"
    static let schema = Schema.object([.required("approvals", .array(.reference(ApprovalWire.self)))])
}

/// `POST /api/desk/contacts/{contact}/proposals`, and `PUT …/proposals/{proposal}`, which changes what came of it.
struct ProposalWish: WireInput {
    var product: String
    /// Percent.
    var discount: String
    var state: String
    var reason: String?
    var competitorPrice: String?
    var note: String

    static let schemaName = "ProposalWish"
    static let schema = Schema.object([
        .required("product", .string), .required("discount", .string),
        .required("state", .enumeration(Proposal.State.allCases.map(\.rawValue))), .optional("reason", .nullable(.string)),
        .optional("competitorPrice", .nullable(.string)), .required("note", .string),
    ])
}

/// `POST /api/desk/contacts/{contact}/concessions`
struct ConcessionWish: WireInput {
    var kind: String
    var amount: String
    var note: String

    static let schemaName = "ConcessionWish"
    static let schema = Schema.object([
        .required("kind", .enumeration([Concession.refund, .goodwill].map(\.rawValue))), .required("amount", .string),
        .required("note", .string),
    ])
}

/// `POST /api/desk/contacts/{contact}/approvals`
struct ApprovalWish: WireInput {
    var kind: String
    var amount: String
    var product: String?
    var note: String

    static let schemaName = "ApprovalWish"
    static let schema = Schema.object([
        .required("kind", .enumeration(Concession.allCases.map(\.rawValue))), .required("amount", .string),
        .optional("product", .nullable(.string)), .required("note", .string),
    ])
}

/// `POST /api/approvals/{id}/decision`
struct ApprovalDecision: WireInput {
    var approved: Bool

    static let schemaName = "ApprovalDecision"
    static let schema = Schema.object([.required("approved", .boolean)])
}
