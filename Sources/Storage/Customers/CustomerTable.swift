import Customers
import Organization
import Primitives

/// A customer as he is kept.
package struct CustomerRow: Hashable, Sendable {
    package var customer: Customer
    /// Grows with each change.
    package var revision: Int
    package var createdAt: Timestamp
    package var changedAt: Timestamp
    package var changedBy: UserID
    /// Of whom he has become a part; then he is found no more, and shown as that one.
    package var mergedInto: CustomerID?
}

/// The tables of customers, of one customer at a time.
enum CustomerTable {
    /// Every table with rows of a customer's own, with the column that says whose they are.
    static let tables: [(name: String, column: String)] = [
        ("customer", "id"), ("customer_number", "customer"), ("customer_email", "customer"), ("customer_address", "customer"),
        ("customer_consent", "customer"), ("customer_merge", "customer"), ("customer_merge", "other"),
    ]

    static func read(_ id: CustomerID, on connection: any Connection) throws -> CustomerRow? {
        let values: Bindings = ["id": .of(id)]
        var row = try connection.first(one, values) { row in
            var customer = Customer(id: id, project: try row.id(), kind: try row.choice(), name: try row.text())
            customer.languages = languages(try row.text())
            customer.note = try row.text()
            return CustomerRow(
                customer: customer, revision: try row.number(), createdAt: try row.time(), changedAt: try row.time(),
                changedBy: try row.id(), mergedInto: try row.idOrNil())
        }
        guard row != nil else { return nil }
        row?.customer.numbers = try connection.all(numbers, values) { Customer.Number(number: try $0.text(), label: try $0.text()) }
        row?.customer.emails = try connection.all(emails, values) { try $0.text() }
        row?.customer.addresses = try connection.all(addresses, values) { row in
            let label = try row.text()
            var parts: [Customer.Address.Part: String] = [:]
            for part in Customer.Address.Part.allCases { parts[part] = try row.text() }
            return Customer.Address(label: label, parts: parts)
        }
        return row
    }

    /// Writes a customer, whoever he was before.
    ///
    /// - Parameter other: whose values those are that he did not have before.
    static func write(_ row: CustomerRow, mergedFrom other: CustomerID? = nil, to connection: any Connection) throws {
        let customer = row.customer
        let before = try connection.first(words, ["id": .of(customer.id)]) { try $0.text() }
        let after = row.mergedInto == nil ? customer.searchWords : []
        try connection.run(
            save,
            [
                "id": .of(customer.id), "project": .of(customer.project), "kind": .of(customer.kind.rawValue), "name": .of(customer.name),
                "languages": .of(customer.languages.map(\.rawValue).joined(separator: " ")), "note": .of(customer.note),
                "words": .of(" \(after.joined(separator: " ")) "), "revision": .of(row.revision), "created_at": .of(row.createdAt),
                "changed_at": .of(row.changedAt), "changed_by": .of(row.changedBy), "merged_into": .of(row.mergedInto),
            ])
        try writeWords(of: customer, from: (before ?? "").split(separator: " ").map(String.init), to: after, on: connection)
        try writeLists(of: customer, isNew: before == nil, mergedFrom: other, to: connection)
    }

    private static func writeWords(of customer: Customer, from before: [String], to after: [String], on connection: any Connection) throws {
        func values(_ word: String) -> Bindings { ["project": .of(customer.project), "word": .of(word), "customer": .of(customer.id)] }
        for word in Set(before).subtracting(after) { try connection.run(dropWord, values(word)) }
        // In their order, which is that of the table: neighbours are written together.
        for word in Set(after).subtracting(before).sorted() { try connection.run(addWord, values(word)) }
    }

    private static func writeLists(of customer: Customer, isNew: Bool, mergedFrom other: CustomerID?, to connection: any Connection) throws
    {
        let id: Bindings = ["customer": .of(customer.id)]
        // A value that stays keeps where it came from.
        func sources(_ statement: Statement) throws -> [String: CustomerID?] {
            guard !isNew else { return [:] }
            return Dictionary(
                try connection.all(statement, id) { (try $0.text(), try $0.idOrNil() as CustomerID?) }, uniquingKeysWith: { $1 })
        }
        var known = try sources(numberSources)
        if !isNew { try connection.run(dropNumbers, id) }
        for (place, number) in customer.numbers.enumerated() {
            try connection.run(
                addNumber,
                [
                    "customer": .of(customer.id), "place": .of(place), "number": .of(number.number), "label": .of(number.label),
                    "merged_from": .of(known[number.number] ?? other),
                ])
        }
        known = try sources(emailSources)
        if !isNew { try connection.run(dropEmails, id) }
        for (place, email) in customer.emails.enumerated() {
            try connection.run(
                addEmail,
                [
                    "customer": .of(customer.id), "place": .of(place), "email": .of(email), "merged_from": .of(known[email] ?? other),
                ])
        }
        known = try sources(addressSources)
        if !isNew { try connection.run(dropAddresses, id) }
        for (place, address) in customer.addresses.enumerated() {
            func part(_ part: Customer.Address.Part) -> Value { .of(address.parts[part] ?? "") }
            let whole = Customer.Address.Part.allCases.map { address.parts[$0] ?? "" }.joined(separator: "\n")
            try connection.run(
                addAddress,
                [
                    "customer": .of(customer.id), "place": .of(place), "label": .of(address.label), "street": part(.street),
                    "house_number": part(.houseNumber), "unit": part(.unit), "postcode": part(.postcode), "city": part(.city),
                    "region": part(.region), "country": part(.country), "directions": part(.directions),
                    "merged_from": .of(known[whole] ?? other),
                ])
        }
    }

    /// Takes away what came with another.
    static func drop(mergedFrom other: CustomerID, of customer: CustomerID, on connection: any Connection) throws {
        for statement in dropMerged { try connection.run(statement, ["customer": .of(customer), "other": .of(other)]) }
    }

    /// A customer and all who have become part of him, he first.
    static func members(of customer: CustomerID, on connection: any Connection) throws -> [CustomerID] {
        [customer] + (try connection.all(members, ["id": .of(customer)]) { try $0.id() }).filter { $0 != customer }
    }

    /// Who has been merged into him himself.
    static func parts(of customer: CustomerID, on connection: any Connection) throws -> [CustomerID] {
        try connection.all(parts, ["id": .of(customer)]) { try $0.id() }
    }

    /// The last word on each channel, of a customer and of all who have become part of him.
    static func consents(of members: [CustomerID], on connection: any Connection) throws -> [Consent] {
        var last: [Consent.Channel: Consent] = [:]
        for consent in try allConsents(of: members, on: connection) where last[consent.channel].map({ $0.at <= consent.at }) ?? true {
            last[consent.channel] = consent
        }
        return Consent.Channel.allCases.compactMap { last[$0] }
    }

    static func allConsents(of members: [CustomerID], on connection: any Connection) throws -> [Consent] {
        try members.flatMap { member in
            try connection.all(consents, ["id": .of(member)]) { row in
                let (channel, isGiven): (Consent.Channel, Bool) = (try row.choice(), try row.truth())
                return Consent(channel, isGiven: isGiven, at: try row.time(), by: try row.id())
            }
        }
    }

    static func languages(_ text: String) -> [Language] { text.split(separator: " ").compactMap { Language(rawValue: String($0)) } }

    private static let one = Statement(
        """
        SELECT project, kind, name, languages, note, revision, created_at, changed_at, changed_by, merged_into FROM customer WHERE id = $id
        """)
    private static let words = Statement("SELECT words FROM customer WHERE id = $id")
    private static let numbers = Statement("SELECT number, label FROM customer_number WHERE customer = $id ORDER BY place")
    private static let emails = Statement("SELECT email FROM customer_email WHERE customer = $id ORDER BY place")
    private static let addresses = Statement(
        """
        SELECT label, street, house_number, unit, postcode, city, region, country, directions FROM customer_address
        WHERE customer = $id ORDER BY place
        """)
    private static let consents = Statement(
        "SELECT channel, given, at, by_user FROM customer_consent WHERE customer = $id ORDER BY at")
    private static let parts = Statement("SELECT id FROM customer WHERE merged_into = $id ORDER BY id")
    private static let members = Statement(
        """
        WITH RECURSIVE part (id) AS (
            SELECT id FROM customer WHERE merged_into = $id
            UNION SELECT customer.id FROM customer JOIN part ON customer.merged_into = part.id
        )
        SELECT id FROM part
        """)
    private static let save = Statement(
        """
        INSERT INTO customer (id, project, kind, name, languages, note, words, revision, created_at, changed_at, changed_by, merged_into)
        VALUES ($id, $project, $kind, $name, $languages, $note, $words, $revision, $created_at, $changed_at, $changed_by, $merged_into)
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, languages = excluded.languages, note = excluded.note,
            words = excluded.words, revision = excluded.revision, changed_at = excluded.changed_at, changed_by = excluded.changed_by,
            merged_into = excluded.merged_into
        """)
    private static let addWord = Statement(
        "INSERT INTO customer_word (project, word, customer) VALUES ($project, $word, $customer) ON CONFLICT DO NOTHING")
    private static let dropWord = Statement(
        "DELETE FROM customer_word WHERE project = $project AND word = $word AND customer = $customer")
    private static let numberSources = Statement("SELECT number, merged_from FROM customer_number WHERE customer = $customer")
    private static let emailSources = Statement("SELECT email, merged_from FROM customer_email WHERE customer = $customer")
    private static let addressSources = Statement(
        """
        SELECT street || '\n' || house_number || '\n' || unit || '\n' || postcode || '\n' || city || '\n' || region || '\n' || country
            || '\n' || directions, merged_from
        FROM customer_address WHERE customer = $customer
        """)
    private static let dropNumbers = Statement("DELETE FROM customer_number WHERE customer = $customer")
    private static let dropEmails = Statement("DELETE FROM customer_email WHERE customer = $customer")
    private static let dropAddresses = Statement("DELETE FROM customer_address WHERE customer = $customer")
    private static let addNumber = Statement(
        """
        INSERT INTO customer_number (customer, place, number, label, merged_from) VALUES ($customer, $place, $number, $label, $merged_from)
        """)
    private static let addEmail = Statement(
        "INSERT INTO customer_email (customer, place, email, merged_from) VALUES ($customer, $place, $email, $merged_from)")
    private static let addAddress = Statement(
        """
        INSERT INTO customer_address (customer, place, label, street, house_number, unit, postcode, city, region, country, directions,
            merged_from)
        VALUES ($customer, $place, $label, $street, $house_number, $unit, $postcode, $city, $region, $country, $directions, $merged_from)
        """)
    private static let dropMerged = [
        Statement("DELETE FROM customer_number WHERE customer = $customer AND merged_from = $other"),
        Statement("DELETE FROM customer_email WHERE customer = $customer AND merged_from = $other"),
        Statement("DELETE FROM customer_address WHERE customer = $customer AND merged_from = $other"),
    ]
}
