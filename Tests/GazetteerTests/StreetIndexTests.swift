import Testing

@testable import Gazetteer

/// What a line typed at the desk finds among the streets of a few towns.
struct StreetIndexTests {
    private let index = StreetIndex([
        Street(
            name: "Rustaveli Avenue", city: "Tbilisi", region: "Tbilisi", postcode: "0108", country: "GE", names: ["რუსთაველის გამზირი"],
            houses: [1...60]),
        Street(name: "Rustaveli Street", city: "Batumi", region: "Adjara", postcode: "6000", country: "GE", names: ["რუსთაველის ქუჩა"]),
        Street(name: "Chavchavadze Avenue", city: "Tbilisi", postcode: "0179", names: ["ჭავჭავაძის გამზირი"], houses: [1...39]),
        Street(name: "Chavchavadze Avenue", city: "Tbilisi", postcode: "0162", houses: [41...90]),
        Street(name: "26 May Street", city: "Tbilisi"),
        Street(name: "May Street", city: "Gori"),
        Street(name: "Old Rustaveli Lane", city: "Gori"),
        Street(name: "شاہراہ فیصل", city: "کراچی", names: ["Main Airport Road"]),
        Street(name: "गांधी मार्ग", city: "दिल्ली"),
        Street(name: "Vazha-Pshavela Avenue", city: "Tbilisi"),
        Street(name: "Gorky", city: "Gorgasali"),
    ])

    private func found(_ line: String, city: String = "", limit: Int = 8) -> [String] {
        index.suggestions(for: line, city: city, limit: limit).map {
            "\($0.street)\($0.houseNumber.isEmpty ? "" : " \($0.houseNumber)"), \($0.city): \($0.match.rawValue)"
        }
    }

    @Test func `words may be half typed, in any order, and the first of a name goes before later ones`() {
        #expect(
            found("rust") == [
                "Rustaveli Avenue, Tbilisi: prefix", "Rustaveli Street, Batumi: prefix", "Old Rustaveli Lane, Gori: prefix",
            ])
        #expect(found("ave rus") == ["Rustaveli Avenue, Tbilisi: prefix"])
        #expect(found("rustaveli avenue") == ["Rustaveli Avenue, Tbilisi: exact"])
        #expect(found("rustaveli", limit: 1).count == 1)
        #expect(found("") == [])
        #expect(found("…") == [])
        #expect(found("zzzz") == [])
        #expect(found("rust", limit: 0) == [])
    }

    @Test func `the town that is known goes first, but a whole name elsewhere before a misspelled one`() {
        #expect(found("rust", city: "Batumi").first == "Rustaveli Street, Batumi: prefix")
        #expect(found("rustaveli avenue", city: "Batumi").first == "Rustaveli Avenue, Tbilisi: exact")
        #expect(found("rust", city: "batu").first == "Rustaveli Street, Batumi: prefix")
        #expect(found("rust", city: "Nowhere").first == "Rustaveli Avenue, Tbilisi: prefix")
    }

    @Test func `a town behind the street says where`() {
        #expect(found("rust batumi") == ["Rustaveli Street, Batumi: prefix"])
        #expect(found("rustaveli 12 batu", city: "Tbilisi") == ["Rustaveli Street 12, Batumi: prefix"])
        #expect(found("რუსთაველი ბათუმი") == ["Rustaveli Street, Batumi: prefix"])
    }

    @Test func `a house number is split off`() {
        #expect(found("rustaveli 12", city: "Tbilisi").first == "Rustaveli Avenue 12, Tbilisi: prefix")
        #expect(found("12b rustaveli avenue") == ["Rustaveli Avenue 12b, Tbilisi: exact"])
        #expect(found("rustaveli avenue ۱۲") == ["Rustaveli Avenue ۱۲, Tbilisi: exact"])
        #expect(found("12") == [])
    }

    @Test func `a number of a street's own name stays with it`() {
        #expect(found("26 may").first == "26 May Street, Tbilisi: prefix")
        #expect(found("26 may street 7") == ["26 May Street 7, Tbilisi: exact"])
    }

    @Test(arguments: [
        ("rustveli", "Rustaveli Avenue, Tbilisi: spelling"), ("rutsaveli", "Rustaveli Avenue, Tbilisi: spelling"),
        ("rustavely aveneu", "Rustaveli Avenue, Tbilisi: spelling"), ("chavchavadse", "Chavchavadze Avenue, Tbilisi: spelling"),
        ("ravchawadze", "Chavchavadze Avenue, Tbilisi: spelling"), ("pshavella", "Vazha-Pshavela Avenue, Tbilisi: prefix"),
        ("რუსთავლის გამზირი", "Rustaveli Avenue, Tbilisi: spelling"),
    ])
    func `misspelled words are found`(line: String, first: String) {
        #expect(found(line).first == first)
    }

    @Test func `short words are not guessed at`() {
        #expect(found("mys") == [])
        #expect(found("mayz").contains { $0.hasPrefix("May Street") })
        #expect(found("ruxxavxli") == [])
    }

    @Test(arguments: [
        ("shahrah faisal", "شاہراہ فیصل, کراچی: spelling"), ("شاهراه فيصل", "شاہراہ فیصل, کراچی: exact"),
        ("gandhi marg", "गांधी मार्ग, दिल्ली: exact"),
        ("گاندھی مارگ", "गांधी मार्ग, दिल्ली: spelling"), ("رستاولی", "Rustaveli Avenue, Tbilisi: spelling"),
        ("რუსთავ", "Rustaveli Avenue, Tbilisi: prefix"),
        ("faisal karachi", "شاہراہ فیصل, کراچی: spelling"), ("रुस्तावेली", "Rustaveli Avenue, Tbilisi: prefix"),
    ])
    func `one script finds another`(line: String, first: String) {
        #expect(found(line).first == first)
    }

    @Test func `of a street in several rows one is shown, with the postcode of the house`() {
        func postcodes(_ line: String) -> [String] { index.suggestions(for: line, limit: 8).map(\.postcode) }
        #expect(postcodes("chavchavadze") == [""])
        #expect(postcodes("chavchavadze 38") == ["0179"])
        #expect(postcodes("chavchavadze 41a") == ["0162"])
        #expect(postcodes("chavchavadze 400") == [""])
    }

    @Test func `an address is known, or something of it is not`() {
        #expect(index.unknown(street: "rustaveli avenue", houseNumber: "12", city: "TBILISI", postcode: "0108") == nil)
        #expect(index.unknown(street: "რუსთაველის გამზირი", city: "თბილისი") == nil)
        #expect(index.unknown(street: "Rustaveli", city: "Tbilisi") == .street)
        #expect(index.unknown(street: "") == .street)
        #expect(index.unknown(street: "Rustaveli Avenue", city: "Batumi") == .city)
        #expect(index.unknown(street: "Rustaveli Avenue", houseNumber: "61") == .houseNumber)
        #expect(index.unknown(street: "Rustaveli Avenue", houseNumber: "60/2") == nil)
        #expect(index.unknown(street: "Rustaveli Avenue", houseNumber: "A") == .houseNumber)
        #expect(index.unknown(street: "Rustaveli Street", houseNumber: "9999") == nil)
        #expect(index.unknown(street: "Rustaveli Avenue", postcode: "0109") == .postcode)
        #expect(index.unknown(street: "26 May Street", postcode: "0109") == nil)
        #expect(index.unknown(street: "Chavchavadze Avenue", houseNumber: "41", postcode: "0179") == .postcode)
    }

    @Test func `nothing is found in none`() {
        let none = StreetIndex([])
        #expect(none.suggestions(for: "rustaveli 12", city: "Tbilisi", limit: 8) == [])
        #expect(none.unknown(street: "Rustaveli") == .street)
        #expect(none.count == 0)
    }

    @Test func `streets and towns are counted`() {
        #expect(index.count == 11)
        // Tbilisi of two regions: with one and without.
        #expect(index.places == 7)
    }
}

/// Nearness once more, by a plain account of edits.
struct KeyTableTests {
    @Test func `near keys are those that few edits make`() {
        var state: UInt64 = 7
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        func key() -> [UInt8] { (0..<(3 + next(6))).map { _ in UInt8(97 + next(3)) } }
        let keys = Set((0..<400).map { _ in key() }).sorted { $0.lexicographicallyPrecedes($1) }
        let table = KeyTable(keys)
        for _ in 0..<60 {
            let word = key() + [97]
            for edits in 1...2 {
                let found = Set(table.near(word, edits: edits).flatMap { Array($0.0) })
                let expected = keys.indices.filter { index in
                    let key = keys[index]
                    let depths = (1...key.count).filter { $0 >= word.count || $0 == key.count }
                    return depths.contains { Self.distance(word, Array(key.prefix($0))) <= edits }
                }
                #expect(found == Set(expected), "\(word) \(edits)")
            }
        }
    }

    @Test func `keys are found whole and by how they begin`() {
        let table = KeyTable(["a", "ab", "abc", "b"].map { Array($0.utf8) })
        #expect(table.range(of: Array("ab".utf8)) == 1..<3)
        #expect(table.range(of: []) == 0..<4)
        #expect(table.range(of: Array("c".utf8)).isEmpty)
        #expect(table.index(of: Array("abc".utf8)) == 2)
        #expect(table.index(of: Array("aba".utf8)) == nil)
        #expect(KeyTable([]).near(Array("abcd".utf8), edits: 1).isEmpty)
    }

    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var rows = [Array(0...other.count)]
        for (row, letter) in one.enumerated() {
            var costs = [row + 1]
            for (column, second) in other.enumerated() {
                var cost = min(rows[row][column] + (letter == second ? 0 : 1), rows[row][column + 1] + 1, costs[column] + 1)
                if row > 0, column > 0, one[row - 1] == second, letter == other[column - 1] {
                    cost = min(cost, rows[row - 1][column - 1] + 1)
                }
                costs.append(cost)
            }
            rows.append(costs)
        }
        return rows[one.count][other.count]
    }
}
