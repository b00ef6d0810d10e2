import FoundationEssentials
import NIOCore
import Organization
import Primitives
import Products
import Scripting
import Storage

/// What is said of a product, as it is sent either way and stored.
struct ProductFieldsWire: WireType, WireInput, Codable, Hashable {
    var name: TextsWire
    /// What to say about it.
    var about: TextsWire
    var category: String
    var price: String
    var per: String
    var validFrom: String?
    var validUntil: String?
    var regions: [String]
    var licence: String?
    var replaces: [String]
    var answers: [String]
    var retired: Bool

    static let schemaName = "ProductFields"
    static let schema = Schema.object([
        .required("name", TextsWire.schema), .required("about", TextsWire.schema), .required("category", .string),
        .required("price", .string), .required("per", .enumeration(Product.Period.allCases.map(\.rawValue))),
        .optional("validFrom", .nullable(.day)),
        .optional("validUntil", .nullable(.day)), .required("regions", .array(.string)), .optional("licence", .nullable(.string)),
        .required("replaces", .array(.string)), .required("answers", .array(.string)), .required("retired", .boolean),
    ])

    static let nameMax = 200
    static let aboutMax = 2000
    static let regionMax = 100

    /// What is wrong with it goes into `check`; nil only then.
    func product(_ id: ProductID, _ key: String, _ check: inout FieldCheck) -> Product? {
        check.texts(name, "name", limit: Self.nameMax, required: true)
        check.texts(about, "about", limit: Self.aboutMax, required: false)
        check.text(category, "category", limit: Product.keyMax, required: false)
        let amount = check.amount(price, "price")
        let period: Product.Period? = check.choice(per, "per")
        let (from, until) = (check.day(validFrom, "validFrom"), check.day(validUntil, "validUntil"))
        if let from, let until, until < from { check.refuse("validUntil", .tooSmall) }
        for (field, list) in [("regions", regions), ("replaces", replaces), ("answers", answers)] {
            if list.count > Product.listMax { check.refuse(field, .tooLong, limit: Product.listMax) }
            for (place, one) in list.prefix(Product.listMax).enumerated() { check.text(one, "\(field).\(place)", limit: Self.regionMax) }
        }
        if let licence { check.text(licence, "licence", limit: Product.keyMax) }
        if replaces.contains(key) { check.refuse("replaces", .notAllowed) }
        guard let amount, let period else { return nil }
        return Product(
            id: id, key: key, category: category, price: amount, period: period, validFrom: from, validUntil: until, regions: regions,
            licence: licence, replaces: replaces, answers: answers, isRetired: retired)
    }

    /// As it is stored.
    var text: String { String(buffer: json(self)) }
}

/// A product with what is said of it, as it was stored.
struct KnownProduct: Sendable {
    var row: ProductRow
    var fields: ProductFieldsWire
    var product: Product

    init(_ row: ProductRow) throws {
        var check = FieldCheck()
        guard let fields = try? JSONDecoder().decode(ProductFieldsWire.self, from: Data(row.body.utf8)),
            let product = fields.product(row.id, row.key, &check)
        else { throw StorageError.unreadable("the product \(row.key)") }
        self.row = row
        self.fields = fields
        self.product = product
    }
}

struct ProductWire: WireType, Hashable {
    var id: String
    var key: String
    var fields: ProductFieldsWire
    var revision: Int
    var changedAt: Int64
    @OrNull var changedBy: String?

    static let schemaName = "Product"
    static let schema = Schema.object([
        .required("id", .id), .required("key", .string), .required("fields", .named(ProductFieldsWire.schemaName)),
        .required("revision", .integer), .required("changedAt", .time), .required("changedBy", .nullable(.string)),
    ])

    init(_ known: KnownProduct, names: Names) {
        id = known.row.id.description
        key = known.row.key
        fields = known.fields
        revision = known.row.revision
        changedAt = known.row.changedAt.milliseconds
        let by = names.user(known.row.changedBy)
        changedBy = by.isEmpty ? nil : by
    }
}

// MARK: Sheets

/// Why people refuse, in its place in the tree.
struct ReasonWire: WireType, Codable, Hashable {
    var key: String
    var parent: String?
    var name: TextsWire
    /// It can be given no more.
    var retired: Bool

    static let schemaName = "RefusalReason"
    static let schema = Schema.object([
        .required("key", .string), .optional("parent", .nullable(.string)), .required("name", TextsWire.schema),
        .required("retired", .boolean),
    ])
}

/// What a role may give without asking: percent, and amounts in one contact.
struct AuthorityLimitWire: WireType, Codable, Hashable {
    var role: String
    var discount: String
    var refund: String
    var goodwill: String

    static let schemaName = "AuthorityLimit"
    static let schema = Schema.object([
        .required("role", .enumeration(AuthorityLimits.roles.map(\.rawValue))), .required("discount", .string),
        .required("refund", .string), .required("goodwill", .string),
    ])
}

/// Somebody is licensed for something, until a day or for good.
struct LicenceWire: WireType, Codable, Hashable {
    var user: String
    var licence: String
    var until: String?

    static let schemaName = "Licence"
    static let schema = Schema.object([
        .required("user", .id), .required("licence", .string), .optional("until", .nullable(.day)),
    ])
}

/// `PUT /api/products/reasons`
struct ReasonsChange: WireInput {
    var revision: Int
    var reasons: [ReasonWire]

    static let schemaName = "ReasonsChange"
    static let schema = Schema.object([.required("revision", .integer), .required("reasons", .array(.reference(ReasonWire.self)))])
}

/// `PUT /api/products/authority`
struct AuthorityChange: WireInput {
    var revision: Int
    /// ISO 4217: of all prices of the project.
    var currency: String
    var limits: [AuthorityLimitWire]

    static let schemaName = "AuthorityChange"
    static let schema = Schema.object([
        .required("revision", .integer), .required("currency", .string), .required("limits", .array(.reference(AuthorityLimitWire.self))),
    ])
}

/// `PUT /api/products/licences`
struct LicencesChange: WireInput {
    var revision: Int
    var licences: [LicenceWire]

    static let schemaName = "LicencesChange"
    static let schema = Schema.object([.required("revision", .integer), .required("licences", .array(.reference(LicenceWire.self)))])
}

/// `POST /api/products`
struct ProductWish: WireInput {
    var project: String
    var key: String
    var fields: ProductFieldsWire

    static let schemaName = "ProductWish"
    static let schema = Schema.object([
        .required("project", .id), .required("key", .string), .required("fields", .named(ProductFieldsWire.schemaName)),
    ])
}

/// `PUT /api/products/{id}`
struct ProductChangeInput: WireInput {
    var revision: Int
    var fields: ProductFieldsWire

    static let schemaName = "ProductChange"
    static let schema = Schema.object([.required("revision", .integer), .required("fields", .named(ProductFieldsWire.schemaName))])
}

struct ProductMadeWire: WireType {
    var id: String
    var revision: Int

    static let schemaName = "ProductMade"
    static let schema = Schema.object([.required("id", .id), .required("revision", .integer)])
}

struct SheetRevisionWire: WireType {
    var revision: Int

    static let schemaName = "SheetRevision"
    static let schema = Schema.object([.required("revision", .integer)])
}

/// `GET /api/products`
struct ProductListWire: WireType {
    var project: String
    var projects: [NamedWire]
    var products: [ProductWire]
    var reasons: [ReasonWire]
    var currency: String
    var limits: [AuthorityLimitWire]
    var licences: [LicenceWire]
    /// Who may be licensed.
    var people: [NamedWire]
    var revisions: [String: Int]
    /// The project's, in which everything is named.
    var language: String
    var mayManage: Bool

    static let schemaName = "ProductList"
    static let schema = Schema.object([
        .required("project", .id), .required("projects", .array(.reference(NamedWire.self))),
        .required("products", .array(.reference(ProductWire.self))), .required("reasons", .array(.reference(ReasonWire.self))),
        .required("currency", .string), .required("limits", .array(.reference(AuthorityLimitWire.self))),
        .required("licences", .array(.reference(LicenceWire.self))), .required("people", .array(.reference(NamedWire.self))),
        .required("revisions", .map(.integer)), .required("language", .enumeration(Language.allCases.map(\.rawValue))),
        .required("mayManage", .boolean),
    ])
}

/// `GET /api/products/{id}/answered`
struct AnsweredWire: WireType {
    var customers: [RefusalWire]
    /// Who would be among them and does not want to be called.
    var suppressed: Int
    var currency: String
    var price: String

    static let schemaName = "Answered"
    static let schema = Schema.object([
        .required("customers", .array(.reference(RefusalWire.self))), .required("suppressed", .integer), .required("currency", .string),
        .required("price", .string),
    ])

    struct RefusalWire: WireType {
        var id: String
        var name: String
        var product: TextsWire
        var reason: TextsWire
        var refusedAt: Int64
        var refusedPrice: String
        var gap: String

        static let schemaName = "Refusal"
        static let schema = Schema.object([
            .required("id", .id), .required("name", .string), .required("product", TextsWire.schema), .required("reason", TextsWire.schema),
            .required("refusedAt", .time), .required("refusedPrice", .string), .required("gap", .string),
        ])
    }
}

extension TextsWire {
    /// What was stored; empty if it cannot be read.
    init(stored text: String?) {
        self = text.flatMap { try? JSONDecoder().decode(TextsWire.self, from: Data($0.utf8)) } ?? TextsWire(Texts([:]))
    }

    var stored: String { String(buffer: json(self)) }
}

extension FieldCheck {
    mutating func texts(_ texts: TextsWire, _ field: String, limit: Int, required: Bool) {
        if required, texts.texts.texts.isEmpty { refuse(field, .required) }
        for (language, text) in texts.texts.texts where text.utf16.count > limit {
            refuse("\(field).\(language.rawValue)", .tooLong, limit: limit)
        }
    }

    /// The amount that `text` is; nil, and refused, if it is none.
    mutating func amount(_ text: String, _ field: String) -> Amount? {
        if text.isEmpty { refuse(field, .required) }
        let amount = Amount(text)
        if amount == nil, !text.isEmpty { refuse(field, .malformed) }
        return amount
    }
}
