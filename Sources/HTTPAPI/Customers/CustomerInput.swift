import Customers
import Organization
import Primitives

/// A number of a customer, as it is sent either way.
struct CustomerNumberWire: WireType, WireInput, Hashable {
    var number: String
    var label: String

    static let schemaName = "CustomerNumber"
    static let schema = Schema.object([.required("number", .string), .required("label", .string)])
}

/// An address of a customer, as it is sent either way.
struct CustomerAddressWire: WireType, WireInput, Hashable {
    var label: String
    var street: String
    var houseNumber: String
    var unit: String
    var postcode: String
    var city: String
    var region: String
    var country: String
    var directions: String

    static let schemaName = "CustomerAddress"
    static let schema = Schema.object(
        (["label"] + Customer.Address.Part.allCases.map(\.rawValue)).map { .required($0, .string) })

    init(_ address: Customer.Address) {
        func part(_ part: Customer.Address.Part) -> String { address.parts[part] ?? "" }
        label = address.label
        street = part(.street)
        houseNumber = part(.houseNumber)
        unit = part(.unit)
        postcode = part(.postcode)
        city = part(.city)
        region = part(.region)
        country = part(.country)
        directions = part(.directions)
    }

    var address: Customer.Address {
        Customer.Address(
            label: label,
            parts: [
                .street: street, .houseNumber: houseNumber, .unit: unit, .postcode: postcode, .city: city, .region: region,
                .country: country,
                .directions: directions,
            ])
    }
}

/// Fields of a customer that are sent; those that are missing stay as they are.
struct CustomerFieldsInput: WireInput {
    var kind: String?
    var name: String?
    var languages: [String]?
    var numbers: [CustomerNumberWire]?
    var emails: [String]?
    var addresses: [CustomerAddressWire]?
    var note: String?

    static let schemaName = "CustomerFields"
    static let schema = Schema.object([
        .optional("kind", .enumeration(Customer.Kind.allCases.map(\.rawValue))), .optional("name", .string),
        .optional("languages", .array(.enumeration(Language.allCases.map(\.rawValue)))),
        .optional("numbers", .array(.named(CustomerNumberWire.schemaName))), .optional("emails", .array(.string)),
        .optional("addresses", .array(.named(CustomerAddressWire.schemaName))), .optional("note", .string),
    ])

    /// The fields as they are kept, with numbers as the project's country writes them abroad; what is wrong with them goes into `check`.
    func part(_ plan: PhoneNumber.NationalPlan?, _ check: inout FieldCheck) -> CustomerPart {
        var part = CustomerPart()
        part.kind = check.choice(kind, "kind")
        part.name = name
        check.text(name ?? "", "name", limit: Customer.nameMax, required: false)
        part.note = note
        check.text(note ?? "", "note", limit: Customer.noteMax, required: false)
        part.languages = languages?.enumerated().compactMap { index, code in check.choice(code, "languages.\(index)") }
        part.numbers = numbers?.enumerated().map { index, number in
            check.text(number.number, "numbers.\(index)", limit: Customer.numberMax)
            check.text(number.label, "numbers.\(index)", limit: Customer.labelMax, required: false)
            return Customer.Number(number: Customer.Number.written(number.number, plan), label: number.label)
        }
        if numbers?.count ?? 0 > Customer.numbersMax { check.refuse("numbers", .tooLong, limit: Customer.numbersMax) }
        part.emails = emails
        for (index, email) in (emails ?? []).enumerated() {
            check.text(email, "emails.\(index)", limit: Customer.emailMax)
            if !email.isEmpty, !email.dropFirst().dropLast().contains("@") || email.contains(where: \.isWhitespace) {
                check.refuse("emails.\(index)", .malformed)
            }
        }
        if emails?.count ?? 0 > Customer.emailsMax { check.refuse("emails", .tooLong, limit: Customer.emailsMax) }
        part.addresses = addresses?.enumerated().map { index, wire in
            let address = wire.address
            check.text(address.label, "addresses.\(index).label", limit: Customer.labelMax, required: false)
            for (name, text) in address.parts { check.text(text, "addresses.\(index).\(name)", limit: Customer.partMax, required: false) }
            return address
        }
        if addresses?.count ?? 0 > Customer.addressesMax { check.refuse("addresses", .tooLong, limit: Customer.addressesMax) }
        return part
    }
}

/// `POST /api/customers`
struct CustomerWish: WireInput {
    var project: String
    var kind: String
    var name: String
    var languages: [String]
    var numbers: [CustomerNumberWire]
    var emails: [String]
    var addresses: [CustomerAddressWire]
    var note: String

    static let schemaName = "CustomerWish"
    static let schema = Schema.object([
        .required("project", .id), .required("kind", .enumeration(Customer.Kind.allCases.map(\.rawValue))), .required("name", .string),
        .required("languages", .array(.enumeration(Language.allCases.map(\.rawValue)))),
        .required("numbers", .array(.named(CustomerNumberWire.schemaName))), .required("emails", .array(.string)),
        .required("addresses", .array(.named(CustomerAddressWire.schemaName))), .required("note", .string),
    ])

    func customer(_ id: CustomerID, of project: ProjectID, _ plan: PhoneNumber.NationalPlan?) throws -> Customer {
        var check = FieldCheck()
        let fields = CustomerFieldsInput(
            kind: kind, name: name, languages: languages, numbers: numbers, emails: emails, addresses: addresses, note: note)
        let part = fields.part(plan, &check)
        var customer = Customer(id: id, project: project)
        // Everything is new, so nothing is in the way.
        _ = customer.change(from: CustomerPart(of: customer), to: part)
        if customer.isEmpty { check.refuse("name", .required) }
        try check.pass()
        return customer
    }
}

/// `PATCH /api/customers/{id}`
struct CustomerPatch: WireInput {
    var fields: Fields

    static let schemaName = "CustomerChange"
    static let schema = Schema.object([.required("fields", .map(.object([.required("was", .any), .required("now", .any)])))])

    /// Of each field what whoever changes it saw, and what it shall be.
    struct Fields: Decodable {
        var kind: Pair<String>?
        var name: Pair<String>?
        var languages: Pair<[String]>?
        var numbers: Pair<[CustomerNumberWire]>?
        var emails: Pair<[String]>?
        var addresses: Pair<[CustomerAddressWire]>?
        var note: Pair<String>?
    }

    struct Pair<Value: Decodable & Sendable>: Decodable, Sendable {
        var was: Value
        var now: Value
    }

    func parts(_ plan: PhoneNumber.NationalPlan?) throws -> (were: CustomerPart, now: CustomerPart) {
        var check = FieldCheck()
        let now = CustomerFieldsInput(
            kind: fields.kind?.now, name: fields.name?.now, languages: fields.languages?.now, numbers: fields.numbers?.now,
            emails: fields.emails?.now, addresses: fields.addresses?.now, note: fields.note?.now
        ).part(plan, &check)
        try check.pass()
        // What was there may break rules of today.
        var aside = FieldCheck()
        let were = CustomerFieldsInput(
            kind: fields.kind?.was, name: fields.name?.was, languages: fields.languages?.was, numbers: fields.numbers?.was,
            emails: fields.emails?.was, addresses: fields.addresses?.was, note: fields.note?.was
        ).part(plan, &aside)
        return (were, now)
    }
}

/// `POST /api/customers/{id}/merge` and `…/unmerge`
struct CustomerOther: WireInput {
    var other: String

    static let schemaName = "CustomerOther"
    static let schema = Schema.object([.required("other", .id)])

    func checked() throws -> CustomerID {
        guard let id = CustomerID(other) else { throw Problem.invalid("other", .malformed) }
        return id
    }
}

/// `PUT /api/customers/{id}/consents/{channel}`
struct ConsentChange: WireInput {
    var state: String

    static let schemaName = "ConsentChange"
    static let schema = Schema.object([.required("state", .enumeration(["given", "refused"]))])

    func checked() throws -> Bool {
        guard ["given", "refused"].contains(state) else { throw Problem.invalid("state", .unknown) }
        return state == "given"
    }
}

/// `POST /api/customers/{id}/erase`
struct CustomerErasure: WireInput {
    var reason: String

    enum Reason: String, CaseIterable {
        case asked, expired, mistake
    }

    static let schemaName = "CustomerErasure"
    static let schema = Schema.object([.required("reason", .enumeration(Reason.allCases.map(\.rawValue)))])

    func checked() throws -> Reason {
        guard let reason = Reason(rawValue: reason) else { throw Problem.invalid("reason", .unknown) }
        return reason
    }
}

/// `PUT /api/desk/contacts/{contact}/customer`
struct CustomerChoice: WireInput {
    var customer: String

    static let schemaName = "CustomerChoice"
    static let schema = Schema.object([.required("customer", .id)])

    func checked() throws -> CustomerID {
        guard let id = CustomerID(customer) else { throw Problem.invalid("customer", .malformed) }
        return id
    }
}
