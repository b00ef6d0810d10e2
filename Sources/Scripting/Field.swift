import Primitives

/// One thing that a form asks for, and what an answer to it must be.
package struct Field: Hashable, Sendable {
    package var key: String
    package var kind: Kind
    package var label: Texts
    package var help: Texts?
    package var isRequired: Bool
    /// Of a text: how many are seen; 1: it is a single one.
    package var lines: Int
    /// Of a text, in code points.
    package var lengthMax: Int?
    /// Of a text or a number as typed: see `Pattern`.
    package var pattern: String?
    /// What is said to whoever does not follow it.
    package var patternSays: Texts?
    /// Of a number, money or a date: `0.5`, `2026-01-31`, `today`, `today+90`.
    package var least: String?
    package var most: String?
    /// Digits after the point.
    package var decimals: Int?
    /// ISO 4217.
    package var currency: String?
    package var options: [Option]
    /// When it is shown; nil: always.
    package var visibleIf: String?
    /// What it is; nobody fills it in.
    package var computed: String?
    /// Of an address: it is one of the project's gazetteer, if the project has one.
    package var isInGazetteer = false

    package static let optionsMax = 200
    /// What a text may have where the field does not say less.
    package static let textMax = 4000
    package static let linesMax = 40

    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case text, number, money, date, choice, phone, address, card, check
    }

    package struct Option: Hashable, Sendable {
        package var key: String
        package var label: Texts

        package init(key: String, label: Texts) {
            self.key = key
            self.label = label
        }
    }

    package init(key: String, kind: Kind, label: Texts) {
        self.key = key
        self.kind = kind
        self.label = label
        isRequired = false
        lines = 1
        options = []
    }

    /// Digits after the point that are kept; money has two where nothing is said, a number as many as there are.
    var places: Int? { kind == .money ? decimals ?? 2 : decimals }
}

/// A day that a field is held against.
enum DateBound {
    /// Further from today than any form needs.
    static let daysMax = 36_600

    /// `2026-01-31`, `today`, `today+90`, `today-3`; nil for anything else.
    static func date(_ text: String, today: CivilDate) -> CivilDate? {
        guard text.hasPrefix("today") else { return CivilDate(text) }
        let shift = text.utf8.dropFirst(5)
        guard let sign = shift.first else { return today }
        let digits = shift.dropFirst()
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), (1...5).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let days = Int(String(decoding: digits, as: UTF8.self)),
            days <= daysMax
        else { return nil }
        return CivilDate(daysSince1970: today.daysSince1970 + (sign == UInt8(ascii: "-") ? -days : days))
    }
}

/// What stands in a field: as it is kept, or as it was typed.
package enum FieldValue: Hashable, Sendable {
    case text(String)
    case address(PostalAddress)

    package var isEmpty: Bool {
        switch self {
        case .text(let text): text.isEmpty
        case .address(let address): address.isEmpty
        }
    }
}

/// Where somebody lives; what is not known is empty.
package struct PostalAddress: Hashable, Sendable {
    package var parts: [Part: String]

    package enum Part: String, CaseIterable, Hashable, Sendable {
        case street, houseNumber, unit, postcode, city, region, country, directions
    }

    /// Code points of one part.
    package static let lengthMax = 200

    package init(_ parts: [Part: String]) {
        self.parts = parts.filter { !$0.value.isEmpty }
    }

    package var isEmpty: Bool { parts.isEmpty }
}
