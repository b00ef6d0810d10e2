import Gazetteer
import Testing

/// A gazetteer as programs write it.
struct GazetteerFileTests {
    private func rows(_ text: String) throws -> [GazetteerFile.Row] {
        var rows: [GazetteerFile.Row] = []
        try GazetteerFile(Array(text.utf8)).read { rows.append($0) }
        return rows
    }

    private func refusals(_ text: String) throws -> [String] {
        try rows(text).compactMap { row in
            guard case .refused(let refusal) = row else { return nil }
            return "\(refusal.line) \(refusal.column) \(refusal.rule.rawValue)"
        }
    }

    @Test func `columns stand in any order, names and houses hold several`() throws {
        let text = "City;Street;houses;names;postcode\r\nTbilisi;Rustaveli Avenue;1-99; 2-40 ;რუსთაველი | Руставели;0108\r\n"
        let rows = try rows(text.replacing("1-99; 2-40 ", with: "\"1-99; 2-40 ;7\""))
        #expect(
            rows == [
                .street(
                    Street(
                        name: "Rustaveli Avenue", city: "Tbilisi", postcode: "0108", names: ["რუსთაველი", "Руставели"],
                        houses: [1...99, 2...40, 7...7]))
            ])
    }

    @Test func `what is written is read again`() throws {
        let street = Street(
            name: "=\"High\", St", city: "Town; small", region: "R", postcode: "AB1 2CD", country: "GB", names: ["a", "b"],
            houses: [1...9, 12...12])
        #expect(try rows(GazetteerFile.header + GazetteerFile.line(of: street)) == [.street(street)])
    }

    @Test func `rows that are no streets are told with column and rule`() throws {
        let text =
            "street,city,houses\n,Gori,\nA,,\nB,Gori,9-1\nC,Gori,x\nD,Gori,1-2-3\n…,Gori,\nE,Gori,1,2\n\(String(repeating: "x", count: 201)),Gori,\n"
        #expect(
            try refusals(text) == [
                "2 street required", "3 city required", "4 houses malformed", "5 houses malformed", "6 houses malformed",
                "7 street required",
                "8  malformed", "9 street tooLong",
            ])
        #expect(try refusals("street,city\n\(String(repeating: "x", count: 200)),Gori\n") == [])
        #expect(try refusals("street,city\n\"A,Gori\n") == ["2  malformed"])
        let names = { (count: Int) in Array(repeating: "n", count: count).joined(separator: "|") }
        #expect(try refusals("street,city,names\nA,Gori,\(names(GazetteerFile.namesMax))\n") == [])
        #expect(try refusals("street,city,names\nA,Gori,\(names(GazetteerFile.namesMax + 1))\n") == ["2 names tooMany"])
        let houses = { (count: Int) in Array(repeating: "1", count: count).joined(separator: ";") }
        #expect(try refusals("street,city,houses\nA,Gori,\(houses(GazetteerFile.housesMax))\n") == [])
        #expect(try refusals("street,city,houses\nA,Gori,\(houses(GazetteerFile.housesMax + 1))\n") == ["2 houses tooMany"])
    }

    @Test func `a file that is none is refused as a whole`() {
        #expect(throws: GazetteerFile.Unreadable.column("colour")) { try GazetteerFile(Array("street,city,colour\n".utf8)) }
        #expect(throws: GazetteerFile.Unreadable.column("Street")) { try GazetteerFile(Array("street,Street,city\n".utf8)) }
        #expect(throws: GazetteerFile.Unreadable.missing("city")) { try GazetteerFile(Array("street\n".utf8)) }
        #expect(throws: GazetteerFile.Unreadable.missing("street")) { try GazetteerFile([]) }
        #expect(throws: GazetteerFile.Unreadable.encoding(line: 2)) { try GazetteerFile(Array("street,city\n".utf8) + [0xFF]) }
    }

    @Test func `no more rows than an index holds`() throws {
        func file(_ rows: Int) throws -> GazetteerFile {
            try GazetteerFile(Array(("street,city\n" + String(repeating: "a,b\n", count: rows)).utf8))
        }
        var count = 0
        try file(30).read(atMost: 30) { _ in count += 1 }
        #expect(count == 30)
        #expect(throws: GazetteerFile.Unreadable.tooMany) { try file(31).read(atMost: 30) { _ in } }
    }
}
