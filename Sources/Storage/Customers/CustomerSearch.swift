import Customers
import Organization
import Primitives

/// A customer in a list.
package struct CustomerListedRow: Hashable, Sendable {
    package var id: CustomerID
    package var project: ProjectID
    package var kind: Customer.Kind
    package var name: String
    package var numbers: [String]
    package var city: String
    package var changedAt: Timestamp
    package var lastContactAt: Timestamp?
    /// His contacts that are not closed.
    package var open: Int
}

/// Where a list of customers that were changed last goes on: behind this one.
package struct CustomerCursor: Hashable, Sendable, LosslessStringConvertible {
    package let changedAt: Timestamp
    package let customer: CustomerID

    package init(changedAt: Timestamp, customer: CustomerID) {
        self.changedAt = changedAt
        self.customer = customer
    }

    /// `<microseconds>.<id>`; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let microseconds = Int64(parts[0]), let customer = CustomerID(String(parts[1])) else { return nil }
        self.init(changedAt: Timestamp(microseconds: microseconds), customer: customer)
    }

    package var description: String { "\(changedAt.microseconds).\(customer)" }
}

extension Store {
    /// Customers on one page.
    package static let customersMax = 100

    /// Those whose names, numbers, e-mail and postal addresses have all words of a text, at least as beginnings, or the number that it is;
    /// who has open contacts first. A text without words finds nobody.
    ///
    /// - Parameter rowsMax: a word with as many rows in the index is a common one.
    package func customers(
        matching text: String, in projects: Set<ProjectID>, limit: Int, rowsMax: Int = 10_000
    ) async throws -> [CustomerListedRow] {
        let limit = min(max(limit, 1), Self.customersMax)
        let searches = CustomerSearch.all(for: text, rowsMax: rowsMax)
        return try await readers.read { connection in
            try connection.transaction(.reading) {
                var found: [CustomerID] = []
                for search in searches {
                    for project in projects.sorted() where found.count < limit {
                        found += try search.customers(in: project, limit: limit, on: connection).filter { !found.contains($0) }
                    }
                }
                return try found.prefix(limit).compactMap { try CustomerListedRow($0, on: connection) }.openFirst
            }
        }
    }

    /// Those of a project who have a number: who it may be that calls.
    package func customers(withNumber number: String, in project: ProjectID, limit: Int) async throws -> [CustomerListedRow] {
        try await readers.read { connection in
            try connection.transaction(.reading) {
                let values: Bindings = [
                    "number": .of(number), "project": .of(project), "limit": .of(min(max(limit, 1), Self.customersMax)),
                ]
                let found = try connection.all(CustomerSearchStatements.withNumber, values) { try $0.id() as CustomerID }
                return try found.compactMap { try CustomerListedRow($0, on: connection) }.openFirst
            }
        }
    }

    /// Those who were changed last, the newest first; `next` is where to read on.
    package func customersChanged(in projects: Set<ProjectID>, limit: Int, before: CustomerCursor? = nil) async throws
        -> (rows: [CustomerListedRow], next: CustomerCursor?)
    {
        let limit = min(max(limit, 1), Self.customersMax)
        return try await readers.read { connection in
            try connection.transaction(.reading) {
                var found: [(Timestamp, CustomerID)] = []
                for project in projects.sorted() {
                    let values: Bindings = [
                        "project": .of(project), "at": .of(before?.changedAt ?? .distantFuture),
                        "id": before.map { .of($0.customer) } ?? .id(.max, .max), "limit": .of(limit + 1),
                    ]
                    found += try connection.all(CustomerSearchStatements.changed, values) { (try $0.time(), try $0.id()) }
                }
                found.sort { $0 > $1 }
                let rows = try found.prefix(limit).compactMap { try CustomerListedRow($0.1, on: connection) }
                let next = found.count > limit ? found[limit - 1] : nil
                return (rows, next.map { CustomerCursor(changedAt: $0.0, customer: $0.1) })
            }
        }
    }
}

/// Customers who have all of some words.
private struct CustomerSearch {
    /// The first is what the index is asked for; the others are looked for in those it gives.
    var words: [String]
    /// Of more rows of the index than this, the first are looked through: what they share, such as a city, says little of whom is meant.
    var rowsMax: Int

    /// Words of a text that are looked for; more are left out.
    private static let wordsMax = 6
    /// Of as many rows one is looked through where each costs the reading of a record.
    private static let beginnings = 4
    /// So many more are looked through where the index alone can say who has the other words.
    private static let indexed = 3

    static func all(for text: String, rowsMax: Int) -> [Self] {
        let words = Array(SearchWords.words(of: text).prefix(wordsMax))
        let number = SearchWords.number(in: text)
        return [number.map { [$0] }, words.isEmpty || words == number.map { [$0] } ? nil : words].compactMap(\.self).map {
            Self(words: $0, rowsMax: rowsMax)
        }
    }

    func customers(in project: ProjectID, limit: Int, on connection: any Connection) throws -> [CustomerID] {
        var words = words
        var rowsMax = rowsMax
        // The rarest leads: all others are then few.
        if words.count > 1 {
            let counts = try words.map { word in
                try connection.first(CustomerSearchStatements.count, Self.range(word, in: project, rowsMax)) { try $0.integer() } ?? 0
            }
            guard let rarest = counts.indices.min(by: { counts[$0] < counts[$1] }), counts[rarest] > 0 else { return [] }
            words.swapAt(0, rarest)
            if counts[rarest] == rowsMax {
                let found = try customersWithWholeWords(words, in: project, limit: limit, on: connection)
                if !found.isEmpty { return found }
                // What is left are beginnings of words among very many: each costs a record.
                rowsMax /= Self.beginnings
            }
        }
        var values = Self.range(words[0], in: project, rowsMax)
        values += ["limit": .of(limit)]
        for (index, word) in words.dropFirst().enumerated() {
            values.pairs.append(("word\(index)", .of("% \(word)%")))
        }
        return try distinct(CustomerSearchStatements.found(others: words.count - 1), values, on: connection)
    }

    /// Where all words are common: those who have the others as they stand, which the index alone can say.
    private func customersWithWholeWords(
        _ words: [String], in project: ProjectID, limit: Int, on connection: any Connection
    ) throws -> [CustomerID] {
        var values = Self.range(words[0], in: project, rowsMax * Self.indexed)
        values += ["limit": .of(limit)]
        for (index, word) in words.dropFirst().enumerated() { values.pairs.append(("word\(index)", .of(word))) }
        return try distinct(CustomerSearchStatements.indexed(others: words.count - 1), values, on: connection)
    }

    private func distinct(_ statement: Statement, _ values: Bindings, on connection: any Connection) throws -> [CustomerID] {
        // One whom two words of a beginning lead to is found twice.
        var seen: Set<CustomerID> = []
        return try connection.all(statement, values) { try $0.id() as CustomerID }.filter { seen.insert($0).inserted }
    }

    private static func range(_ word: String, in project: ProjectID, _ rows: Int) -> Bindings {
        ["project": .of(project), "from": .of(word), "to": .of(word + "\u{10FFFF}"), "rows": .of(rows)]
    }
}

extension CustomerListedRow {
    fileprivate init?(_ id: CustomerID, on connection: any Connection) throws {
        let values: Bindings = ["id": .of(id)]
        let row = try connection.first(CustomerSearchStatements.listed, values) { row in
            CustomerListedRow(
                id: id, project: try row.id(), kind: try row.choice(), name: try row.text(), numbers: [], city: try row.textOrNil() ?? "",
                changedAt: try row.time(), lastContactAt: nil, open: 0)
        }
        guard let row else { return nil }
        self = row
        numbers = try connection.all(CustomerSearchStatements.numbers, values) { try $0.text() }
        for member in try CustomerTable.members(of: id, on: connection) {
            let values: Bindings = ["id": .of(member)]
            let last = try connection.first(CustomerSearchStatements.lastContact, values) { try $0.timeOrNil() }.flatMap { $0 }
            lastContactAt = [lastContactAt, last].compactMap(\.self).max()
            open += Int(try connection.first(CustomerSearchStatements.open, values) { try $0.integer() } ?? 0)
        }
    }
}

extension [CustomerListedRow] {
    fileprivate var openFirst: Self { filter { $0.open > 0 } + filter { $0.open == 0 } }
}

private enum CustomerSearchStatements {
    private static let inRange: SQL =
        "SELECT customer FROM customer_word WHERE project = $project AND word >= $from AND word < $to LIMIT $rows"
    static let count = Statement("SELECT count(*) FROM (\(inRange)) AS hit")

    private static let searches = Combinations<Int>()
    static func found(others: Int) -> Statement {
        searches.statement(for: others) {
            let conditions = SQL.joined(
                ["customer.merged_into IS NULL"] + (0..<others).map { SQL(stringLiteral: "customer.words LIKE $word\($0)") }, by: " AND ")
            return
                "SELECT customer.id FROM (\(inRange)) AS hit JOIN customer ON customer.id = hit.customer WHERE \(conditions) LIMIT $limit"
        }
    }

    private static let indexSearches = Combinations<Int>()
    static func indexed(others: Int) -> Statement {
        indexSearches.statement(for: others) {
            let conditions = SQL.joined(
                (0..<others).map { index in
                    SQL(
                        stringLiteral:
                            "EXISTS (SELECT 1 FROM customer_word WHERE project = $project AND word = $word\(index) AND customer = hit.customer)"
                    )
                } + ["customer.merged_into IS NULL"], by: " AND ")
            return
                "SELECT customer.id FROM (\(inRange)) AS hit JOIN customer ON customer.id = hit.customer WHERE \(conditions) LIMIT $limit"
        }
    }

    static let withNumber = Statement(
        """
        SELECT DISTINCT customer.id FROM customer_number JOIN customer ON customer.id = customer_number.customer
        WHERE customer_number.number = $number AND customer.project = $project AND customer.merged_into IS NULL LIMIT $limit
        """)
    static let changed = Statement(
        """
        SELECT changed_at, id FROM customer
        WHERE project = $project AND merged_into IS NULL AND (changed_at < $at OR changed_at = $at AND id < $id)
        ORDER BY changed_at DESC, id DESC LIMIT $limit
        """)
    static let listed = Statement(
        """
        SELECT project, kind, name, (SELECT city FROM customer_address WHERE customer_address.customer = customer.id ORDER BY place LIMIT 1),
            changed_at
        FROM customer WHERE id = $id
        """)
    static let numbers = Statement("SELECT number FROM customer_number WHERE customer = $id ORDER BY place")
    static let lastContact = Statement("SELECT max(opened_at) FROM contact WHERE customer = $id")
    static let open = Statement("SELECT count(*) FROM contact WHERE customer = $id AND closed_at IS NULL")
}
