/// One thing wrong with a set-up: where, what stands there, which rule it breaks, and what was expected.
package struct SetUpFlaw: Hashable, Sendable, CustomStringConvertible {
    /// The keys from the top, joined by dots: `users.ana.role`.
    package var path: String
    package var value: String
    package var rule: Rule
    /// In English, for the command line; screens have words of their own for each rule.
    package var expected: String
    /// In which line of the text, 1 first; nil: there is nothing there.
    package var line: Int?

    package var description: String { "\(path): '\(value)' – expected \(expected)" }

    /// A closed list: screens have a text for each in every language.
    package enum Rule: Hashable, Sendable {
        case required
        /// So many characters.
        case text(min: Int, max: Int)
        /// So many bytes, in one line.
        case secret(min: Int, max: Int)
        case range(min: Int, max: Int)
        case choice([String])
        /// An international phone number.
        case number
        case address, socketAddress, hostOrAddress, timeZone, digits, destination
        /// Where a webhook is.
        case webhook
        case language([String])
        /// There is no such setting, or nothing of that name to remove.
        case unknownKey
        case unknownProject, unknownTeam, unknownQueue, unknownPhone, unknownTrunk, unknownUser
        /// It belongs to another project.
        case otherProject
        /// The key or number is another's.
        case taken
        case notAnAgent, notOfProject, itself
        case mappingNeeded, listNeeded
        case tooMany(max: Int)
        case timeRange, date
        /// To remove it would strand callers or people; the value says what uses it.
        case inUse
        /// One's own role, or oneself.
        case ownAccount
        case lastAdministrator
        /// Parts of it contradict each other.
        case conflict
        case malformed

        package var name: String {
            switch self {
            case .text: "text"
            case .secret: "secret"
            case .range: "range"
            case .choice: "choice"
            case .language: "language"
            case .tooMany: "tooMany"
            case .required, .number, .address, .socketAddress, .hostOrAddress, .timeZone, .digits, .destination, .webhook, .unknownKey,
                .unknownProject, .unknownTeam, .unknownQueue, .unknownPhone, .unknownTrunk, .unknownUser, .otherProject, .taken,
                .notAnAgent, .notOfProject, .itself, .mappingNeeded, .listNeeded, .timeRange, .date, .inUse, .ownAccount,
                .lastAdministrator, .conflict, .malformed:
                "\(self)"
            }
        }

        package var min: Int? { limits?.min }
        package var max: Int? { limits?.max }

        private var limits: (min: Int?, max: Int)? {
            if case .text(let min, let max) = self { return (min, max) }
            if case .secret(let min, let max) = self { return (min, max) }
            if case .range(let min, let max) = self { return (min, max) }
            if case .tooMany(let max) = self { return (nil, max) }
            return nil
        }

        package var choices: [String]? {
            if case .choice(let choices) = self { return choices }
            if case .language(let choices) = self { return choices }
            return nil
        }
    }
}

/// Everything wrong with a set-up, at once. Nothing has been changed.
package struct SetUpRefused: Error, Hashable, Sendable, CustomStringConvertible {
    package var flaws: [SetUpFlaw]

    package var description: String { flaws.map(\.description).joined(separator: "\n") }
}
