/// A street of a gazetteer as a file has it: one row.
package struct Street: Hashable, Sendable {
    package var name: String
    package var city: String
    package var region: String
    package var postcode: String
    package var country: String
    /// As the street is called or written besides, in whatever script.
    package var names: [String]
    /// Which houses there are; empty: nobody says.
    package var houses: [ClosedRange<UInt32>]

    package init(
        name: String, city: String, region: String = "", postcode: String = "", country: String = "", names: [String] = [],
        houses: [ClosedRange<UInt32>] = []
    ) {
        self.name = name
        self.city = city
        self.region = region
        self.postcode = postcode
        self.country = country
        self.names = names
        self.houses = houses
    }
}

/// What somebody who types an address may mean.
package struct AddressSuggestion: Hashable, Sendable {
    package var street: String
    /// As it was typed with the street; empty: none was.
    package var houseNumber: String
    package var city: String
    package var region: String
    /// Empty where the street has several and the house number does not tell which.
    package var postcode: String
    package var country: String
    package var match: Match

    package enum Match: String, CaseIterable, Hashable, Sendable {
        /// The whole name as it is called.
        case exact
        /// Words that begin so.
        case prefix
        /// Misspelled, or written in another script.
        case spelling
    }
}

/// Which part of an address a gazetteer does not know.
package enum UnknownPart: String, CaseIterable, Hashable, Sendable {
    case street, city, houseNumber, postcode
}

/// A house number's digits and what stands behind them.
enum HouseNumber {
    /// The number that a text begins with; nil if it does not, or it is none that a house has.
    static func leading(_ text: String) -> UInt32? {
        let digits = (Spelling.words(of: text).first?.letters ?? []).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty, digits.count <= digitsMax else { return nil }
        return digits.reduce(0) { $0 * 10 + UInt32($1 - UInt8(ascii: "0")) }
    }

    /// Whether a piece of a typed line may be one: 12, 12b, 12/4, 7-9.
    static func isOne(_ text: Substring) -> Bool {
        text.first?.isNumber == true && text.count <= lengthMax && leading(String(text)) != nil
    }

    private static let digitsMax = 6
    private static let lengthMax = 10
}
