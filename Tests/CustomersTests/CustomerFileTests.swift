import Organization
import Primitives
import Testing

@testable import Customers

/// Files of customers as programs of all countries write them, and what is wrong with some.
struct CustomerFileTests {
    private static let georgia = PhoneNumber.NationalPlan(countryCode: "995")

    private func rows(_ text: String) throws -> [CustomerFile.Row] {
        var reader = try CustomerFile(Array(text.utf8), numbers: Self.georgia).rows
        return reader.next(100)
    }

    @Test(arguments: [",", ";", "\t"]) func `a table is read whatever is between its cells`(separator: String) throws {
        let lines = [["Name", "numbers", "city"], ["Nino", "0555 123456", "თბილისი"], ["\"Sons \"\"&\"\" Co\"", "", "\"a\r\nb\""]]
        let text = "\u{FEFF}" + lines.map { $0.joined(separator: separator) }.joined(separator: "\r\n")
        let rows = try rows(text)
        #expect(rows.map(\.customer.name) == ["Nino", "Sons \"&\" Co"])
        #expect(rows[0].customer.numbers == [.init(number: "+995555123456")])
        #expect(rows.map { $0.customer.addresses.first?.parts[.city] } == ["თბილისი", "a\nb"])
        #expect(rows.map(\.line) == [2, 3] && rows.allSatisfy(\.refusals.isEmpty))
    }

    @Test func `numbers have labels, and addresses may be several`() throws {
        let row = try #require(
            try rows(
                "name,numbers,languages,emails,street,street2,city2\nNino,+44 20 7946 0000 (work); 0555(12)3456,ka EN,a@b.c; d@e.f,One,Two,Gori\n"
            ).first)
        #expect(row.customer.numbers == [.init(number: "+442079460000", label: "work"), .init(number: "+995555123456")])
        #expect(row.customer.languages == [.georgian, .english] && row.customer.emails == ["a@b.c", "d@e.f"])
        #expect(row.customer.addresses.map(\.parts) == [[.street: "One"], [.street: "Two", .city: "Gori"]])
    }

    @Test(arguments: [
        ("name,kind\nNino,robot", "kind", CustomerFile.Refusal.Rule.unknown), ("name,languages\nNino,xx", "languages", .unknown),
        ("name,emails\nNino,nobody", "emails", .malformed), ("name,id\nNino,7", "id", .malformed), ("name,city\n,Gori", "name", .required),
        ("name\nNino,more", "", .malformed), ("name\n\"Nino", "", .malformed),
    ])
    func `a row is refused with its line, its column and the rule`(text: String, column: String, rule: CustomerFile.Refusal.Rule) throws {
        #expect(try rows(text).map(\.refusals) == [[CustomerFile.Refusal(line: 2, column: column, rule: rule)]])
    }

    @Test func `a text too long is refused with how long it may be`() throws {
        let refusals = try rows("name\n\(String(repeating: "x", count: 201))").flatMap(\.refusals)
        #expect(refusals == [CustomerFile.Refusal(line: 2, column: "name", rule: .tooLong, limit: 200)])
    }

    @Test func `what is no table of customers says why`() {
        #expect(throws: CustomerFile.Unreadable.encoding(line: 2)) {
            try CustomerFile(Array("name\n".utf8) + [0xC7, 0xE1], numbers: nil)
        }
        #expect(throws: CustomerFile.Unreadable.encoding(line: 1)) { try CustomerFile([0xFF, 0xFE, 0x6E, 0x00], numbers: nil) }
        #expect(throws: CustomerFile.Unreadable.column("colour")) { try CustomerFile(Array("name,colour".utf8), numbers: nil) }
        #expect(throws: CustomerFile.Unreadable.column("name")) { try CustomerFile(Array("name,name".utf8), numbers: nil) }
        #expect(throws: CustomerFile.Unreadable.noName) { try CustomerFile([], numbers: nil) }
        #expect(throws: CustomerFile.Unreadable.noName) { try CustomerFile(Array("city".utf8), numbers: nil) }
    }

    @Test func `what is written is read again, and no cell is a formula`() throws {
        var customer = Customer(id: CustomerID(high: 7, low: 8), project: ProjectID(high: 1, low: 1), name: "=HYPERLINK(\"x\")")
        customer.kind = .company
        customer.numbers = [.init(number: "+995555123456", label: "home"), .init(number: "12a")]
        customer.emails = ["@a@b"]
        customer.languages = [.urdu]
        customer.addresses = [.init(parts: [.street: "-1", .city: "a,b"]), .init(parts: [.directions: "x\ny"])]
        customer.note = "+\u{301}1, a \"\u{301} mark"
        let text = CustomerFile.header(addresses: 2) + CustomerFile.line(of: customer, consents: [], addresses: 2)
        let cells = text.split(separator: ",").filter { "=+-@".contains($0.first ?? " ") }
        #expect(cells.isEmpty)
        let row = try #require(try rows(text).first)
        #expect(row.id == customer.id && row.refusals.isEmpty)
        var read = Customer(id: customer.id, project: customer.project)
        row.change(&read)
        #expect(read == customer)
    }

    @Test(arguments: 0..<200) func `any bytes are a table, or are refused`(seed: UInt64) throws {
        var random = Random(seed: seed)
        let letters: [UInt8] = Array("name,;\"\r\n\tx1+=".utf8) + [0xC3, 0xA9, 0xFF]
        let head = random.next() % 2 == 0 ? Array("name,numbers\n".utf8) : []
        let bytes = head + (0..<Int(random.next() % 200)).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
        guard let file = try? CustomerFile(bytes, numbers: nil) else { return }
        var reader = file.rows
        var lines: [Int] = []
        while let row = reader.next(1).first { lines.append(row.line) }
        #expect(lines == lines.sorted() && Set(lines).count == lines.count)
    }
}
