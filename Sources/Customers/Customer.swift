import Organization
import Primitives

/// Who calls and is called: a person or a company, known in one project.
///
/// All of it is personal: it lives in tables of its own, keyed by the id, which is all that the log knows.
package struct Customer: Hashable, Sendable {
    package let id: CustomerID
    package let project: ProjectID
    package var kind: Kind
    package var name: String
    /// In which he can be spoken to, the best first.
    package var languages: [Language]
    package var numbers: [Number]
    package var emails: [String]
    package var addresses: [Address]
    package var note: String

    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case person, company
    }

    package struct Number: Hashable, Sendable {
        /// International where the project's numbering makes it so, else as it was typed.
        package var number: String
        package var label: String

        package init(number: String, label: String = "") {
            self.number = number
            self.label = label
        }

        /// A number as it is kept, and as that of a caller comes: international where it is written so, or the project's numbering makes it
        /// so; else its digits as they were typed.
        package static func written(_ text: String, _ plan: PhoneNumber.NationalPlan?) -> String {
            guard let number = try? PhoneNumber(parsing: text, national: plan) else { return text }
            let isInternational = plan != nil || text.hasPrefix("+") || text.hasPrefix("00")
            return isInternational ? number.description : String(number.description.dropFirst())
        }
    }

    package struct Address: Hashable, Sendable {
        package var label: String
        /// What is not known is empty, and is not in it.
        package var parts: [Part: String]

        package enum Part: String, CaseIterable, Hashable, Sendable {
            case street, houseNumber, unit, postcode, city, region, country, directions
        }

        package init(label: String = "", parts: [Part: String]) {
            self.label = label
            self.parts = parts.filter { !$0.value.isEmpty }
        }
    }

    /// UTF-16 units of a name, a number, an e-mail address, a label, a part of an address, a note.
    package static let nameMax = 200
    package static let numberMax = 40
    package static let emailMax = 254  // RFC 5321 section 4.5.3.1.3
    package static let labelMax = 40
    package static let partMax = 200
    package static let noteMax = 4000
    package static let numbersMax = 20
    package static let emailsMax = 20
    package static let addressesMax = 10

    package init(id: CustomerID, project: ProjectID, kind: Kind = .person, name: String = "") {
        self.id = id
        self.project = project
        self.kind = kind
        self.name = name
        languages = []
        numbers = []
        emails = []
        addresses = []
        note = ""
    }

    /// Whether there is anything by which he could be found again.
    package var isEmpty: Bool { name.isEmpty && numbers.isEmpty && emails.isEmpty }

    /// The words by which he is found, and those parts of his numbers, each once: whoever looks for him types how one of them begins.
    package var searchWords: [String] {
        let addresses = addresses.flatMap { address in
            Address.Part.allCases.filter { $0 != .directions }.compactMap { address.parts[$0] }
        }
        let words = SearchWords.words(of: ([name] + emails + addresses).joined(separator: " "))
        var seen = Set(words)
        return words + numbers.flatMap { SearchWords.endings(of: $0.number) }.filter { seen.insert($0).inserted }
    }
}

/// What a customer allows us to use for telling him of ourselves; what he needs to know of his own matter is told in any case.
package struct Consent: Hashable, Sendable {
    package var channel: Channel
    package var isGiven: Bool
    package var at: Timestamp
    package var by: UserID

    package enum Channel: String, CaseIterable, Hashable, Sendable {
        case call, email, text
    }

    package init(_ channel: Channel, isGiven: Bool, at: Timestamp, by: UserID) {
        self.channel = channel
        self.isGiven = isGiven
        self.at = at
        self.by = by
    }
}
