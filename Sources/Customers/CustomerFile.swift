import Organization
import Primitives

/// Customers as a table in a text, as they are taken along and brought in: one row for each, under the names of the columns.
///
/// `numbers` and `emails` hold several between semicolons, a number with its label behind it in brackets. Of a second address the columns
/// end in 2, and so on.
package struct CustomerFile: Sendable {
    private let bytes: [UInt8]
    private let columns: [Column]
    private let numbers: PhoneNumber.NationalPlan?

    /// Bytes of a file that is brought in.
    package static let bytesMax = 16 * 1024 * 1024

    /// Why none of a file can be read.
    package enum Unreadable: Error, Hashable {
        /// It is not written in UTF-8; in which line that shows.
        case encoding(line: Int)
        /// The first row names a column that there is not, or one twice.
        case column(String)
        /// There is neither a name nor a number in it.
        case noName
    }

    /// Why a row is not taken.
    package struct Refusal: Hashable, Sendable {
        package var line: Int
        package var column: String
        package var rule: Rule
        package var limit: Int?

        package enum Rule: String, CaseIterable, Hashable, Sendable {
            case required, malformed, tooLong, unknown
        }

        package init(line: Int, column: String, rule: Rule, limit: Int? = nil) {
            self.line = line
            self.column = column
            self.rule = rule
            self.limit = limit
        }
    }

    /// By which two rows without ids are of one customer: his name, and a number or an e-mail address.
    package struct Likeness: Hashable, Sendable {
        fileprivate var name: [String]
        fileprivate var way: String
    }

    fileprivate enum Column: Hashable, Sendable {
        case id, kind, name, languages, numbers, emails, note, consents
        /// Of which address, 0 first.
        case address(Customer.Address.Part, Int)

        static let plain: [(String, Column)] = [
            ("id", .id), ("kind", .kind), ("name", .name), ("languages", .languages), ("numbers", .numbers), ("emails", .emails),
        ]
        static let last: [(String, Column)] = [("note", .note), ("consents", .consents)]

        static func addresses(_ count: Int) -> [(String, Column)] {
            (0..<count).flatMap { index in
                Customer.Address.Part.allCases.map { ($0.rawValue + (index == 0 ? "" : String(index + 1)), .address($0, index)) }
            }
        }

        static let named = Dictionary(
            (plain + last + addresses(Customer.addressesMax)).map { ($0.lowercased(), $1) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameter numbers: how numbers are written in the project's country.
    package init(_ bytes: [UInt8], numbers: PhoneNumber.NationalPlan?) throws(Unreadable) {
        if let line = CSVReader.badLine(in: bytes) { throw .encoding(line: line) }
        var reader = CSVReader(bytes)
        var columns: [Column] = []
        for cell in reader.next()?.cells ?? [] {
            let name = CSVLine.trimmed(cell)
            guard let column = Column.named[name.lowercased()], !columns.contains(column) else { throw .column(name) }
            columns.append(column)
        }
        guard columns.contains(.name) || columns.contains(.numbers) else { throw .noName }
        self.bytes = bytes
        self.columns = columns
        self.numbers = numbers
    }

    package var rows: Rows {
        var reader = CSVReader(bytes)
        _ = reader.next()
        return Rows(reader: reader, columns: columns, numbers: numbers)
    }

    /// The rows of a file, from the first on.
    package struct Rows: Sendable {
        fileprivate var reader: CSVReader
        fileprivate let columns: [Column]
        fileprivate let numbers: PhoneNumber.NationalPlan?

        /// The next so many; fewer at the end.
        package mutating func next(_ count: Int) -> [Row] {
            var rows: [Row] = []
            while rows.count < count, let row = reader.next() { rows.append(Row(row, columns, numbers)) }
            return rows
        }
    }

    package struct Row: Sendable {
        /// Where it begins in the file, 1 first.
        package let line: Int
        package private(set) var id: CustomerID?
        /// What stands in it; the rest is as in a new customer. Without an id and a project of its own.
        package private(set) var customer: Customer
        private var kind: Customer.Kind?
        package private(set) var refusals: [Refusal] = []

        fileprivate init(_ row: CSVReader.Row, _ columns: [Column], _ numbers: PhoneNumber.NationalPlan?) {
            line = row.line
            customer = Customer(id: CustomerID(high: 0, low: 0), project: ProjectID(high: 0, low: 0))
            if row.isUnended || row.cells.dropFirst(columns.count).contains(where: { !$0.isEmpty }) {
                refuse("", .malformed)
                return
            }
            var addresses: [Int: [Customer.Address.Part: String]] = [:]
            for (cell, column) in zip(row.cells, columns) {
                let text = CSVLine.unguarded(CSVLine.trimmed(cell))
                if text.isEmpty { continue }
                switch column {
                case .id:
                    id = CustomerID(text)
                    if id == nil { refuse("id", .malformed) }
                case .kind:
                    kind = Customer.Kind(rawValue: text.lowercased())
                    if kind == nil { refuse("kind", .unknown) }
                case .name: customer.name = held(text, "name", Customer.nameMax)
                case .languages: readLanguages(text)
                case .numbers: readNumbers(text, numbers)
                case .emails: readEmails(text)
                case .note: customer.note = held(text, "note", Customer.noteMax)
                // Said by somebody at a time of his own: a table does not say it for him.
                case .consents: break
                case .address(let part, let index): addresses[index, default: [:]][part] = held(text, part.rawValue, Customer.partMax)
                }
            }
            customer.addresses = addresses.keys.sorted().map { Customer.Address(parts: addresses[$0] ?? [:]) }
            if id == nil, refusals.isEmpty, customer.isEmpty { refuse("name", .required) }
        }

        private mutating func refuse(_ column: String, _ rule: Refusal.Rule, limit: Int? = nil) {
            refusals.append(Refusal(line: line, column: column, rule: rule, limit: limit))
        }

        private mutating func held(_ text: String, _ column: String, _ limit: Int) -> String {
            if text.utf16.count > limit { refuse(column, .tooLong, limit: limit) }
            return text
        }

        private mutating func readLanguages(_ text: String) {
            for word in text.split(whereSeparator: { " ;,".contains($0) }) {
                guard let language = Language(rawValue: word.lowercased()) else { return refuse("languages", .unknown) }
                if !customer.languages.contains(language) { customer.languages.append(language) }
            }
        }

        private mutating func readNumbers(_ text: String, _ plan: PhoneNumber.NationalPlan?) {
            for piece in text.split(separator: ";") {
                var number = CSVLine.trimmed(String(piece))
                var label = ""
                if number.hasSuffix(")"), let bracket = number.lastIndex(of: "("), bracket != number.startIndex {
                    label = CSVLine.trimmed(String(number[number.index(after: bracket)...].dropLast()))
                    // Digits in brackets belong to the number.
                    if label.unicodeScalars.contains(where: { $0.properties.isAlphabetic }) {
                        number = CSVLine.trimmed(String(number[..<bracket]))
                    } else {
                        label = ""
                    }
                }
                if number.isEmpty { continue }
                let written = Customer.Number.written(number, plan)
                let held = Customer.Number(
                    number: held(written, "numbers", Customer.numberMax), label: held(label, "numbers", Customer.labelMax))
                if !customer.numbers.contains(where: { $0.number == held.number }) { customer.numbers.append(held) }
            }
            if customer.numbers.count > Customer.numbersMax { refuse("numbers", .tooLong, limit: Customer.numbersMax) }
        }

        private mutating func readEmails(_ text: String) {
            for piece in text.split(whereSeparator: { "; ,".contains($0) }) {
                let email = held(String(piece), "emails", Customer.emailMax)
                guard email.dropFirst().dropLast().contains("@") else { return refuse("emails", .malformed) }
                if !customer.emails.contains(email) { customer.emails.append(email) }
            }
            if customer.emails.count > Customer.emailsMax { refuse("emails", .tooLong, limit: Customer.emailsMax) }
        }

        package var likenesses: [Likeness] {
            if let id { return [Likeness(name: [], way: id.description)] }
            let name = SearchWords.words(of: customer.name)
            return (customer.numbers.map(\.number) + customer.emails).map { Likeness(name: name, way: $0) }
        }

        /// Writes what stands in the row over what a customer is; to lists it adds.
        package func change(_ known: inout Customer) {
            if let kind { known.kind = kind }
            if !customer.name.isEmpty { known.name = customer.name }
            if !customer.note.isEmpty { known.note = customer.note }
            known.takeOver(from: customer)
            known.numbers = Array(known.numbers.prefix(Customer.numbersMax))
            known.emails = Array(known.emails.prefix(Customer.emailsMax))
            known.addresses = Array(known.addresses.prefix(Customer.addressesMax))
        }
    }

    // MARK: Writing

    /// The first row of a file, with columns for so many addresses of each.
    package static func header(addresses: Int) -> String { CSVLine.of(columns(addresses).map(\.0)) }

    package static func line(of customer: Customer, consents: [Consent], addresses: Int) -> String {
        CSVLine.of(
            columns(addresses).map { _, column in
                switch column {
                case .id: customer.id.description
                case .kind: customer.kind.rawValue
                case .name: CSVLine.guarded(customer.name)
                case .languages: customer.languages.map(\.rawValue).joined(separator: " ")
                case .numbers:
                    CSVLine.guarded(
                        customer.numbers.map { $0.label.isEmpty ? $0.number : "\($0.number) (\($0.label))" }.joined(separator: "; "))
                case .emails: CSVLine.guarded(customer.emails.joined(separator: "; "))
                case .note: CSVLine.guarded(customer.note)
                case .consents: consents.map { "\($0.channel.rawValue)=\($0.isGiven ? "given" : "refused")" }.joined(separator: " ")
                case .address(let part, let index):
                    CSVLine.guarded(customer.addresses.count > index ? customer.addresses[index].parts[part] ?? "" : "")
                }
            })
    }

    private static func columns(_ addresses: Int) -> [(String, Column)] { Column.plain + Column.addresses(addresses) + Column.last }
}
