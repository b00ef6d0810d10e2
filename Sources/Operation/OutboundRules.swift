import Calls
import Contacts
import Organization
import Primitives

/// How a project calls out: by which line, whom it shows, where to, and how much. Numbers are held against it before anything reaches
/// the engine, which knows none.
package struct OutboundRules: Hashable, Sendable {
    package var trunk: TrunkID
    /// The number that is shown: the project's own.
    package var callerNumber: PhoneNumber
    package var destinations: Destinations
    /// Calls of the project to numbers outside that go on at once.
    package var callsMax: Int
    /// Numbers that one agent calls within an hour.
    package var callsPerHourMax: Int

    package init(trunk: TrunkID, callerNumber: PhoneNumber, destinations: Destinations, callsMax: Int, callsPerHourMax: Int) {
        self.trunk = trunk
        self.callerNumber = callerNumber
        self.destinations = destinations
        self.callsMax = callsMax
        self.callsPerHourMax = callsPerHourMax
    }
}

/// Where calls may go. What no rule names is not allowed: so premium numbers abroad, satellites and whatever is invented next are not.
package struct Destinations: Hashable, Sendable {
    /// By prefix, shortest first; each once.
    package private(set) var rules: [Rule]

    /// More than so many are a mistake in the set-up.
    package static let rulesMax = 1000
    /// Numbers with fewer digits behind the plus are emergency and service numbers, wherever they are.
    package static let digitsMin = 7

    package struct Rule: Hashable, Sendable {
        /// Digits of an international number from its country code on.
        package var prefix: String
        package var isAllowed: Bool

        package init(prefix: String, isAllowed: Bool) {
            self.prefix = prefix
            self.isAllowed = isAllowed
        }

        /// Reads `+44`, or `!+4490` for numbers that are not to be called; nil for anything else.
        package init?(_ text: String) {
            var rest = Substring(text)
            isAllowed = rest.first != "!"
            if !isAllowed { rest.removeFirst() }
            guard rest.first == "+" else { return nil }
            rest.removeFirst()
            guard (1...15).contains(rest.utf8.count), rest.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
                return nil
            }
            prefix = String(rest)
        }

        /// As it stands in the set-up.
        package var written: String { "\(isAllowed ? "" : "!")+\(prefix)" }
    }

    /// Of two rules for one prefix the later one holds.
    package init(_ rules: [Rule]) {
        let byPrefix = Dictionary(rules.map { ($0.prefix, $0) }, uniquingKeysWith: { _, later in later })
        self.rules = byPrefix.values.sorted { ($0.prefix.utf8.count, $0.prefix) < ($1.prefix.utf8.count, $1.prefix) }
    }

    /// Whether the number may be called: the longest prefix that fits decides.
    package func allows(_ number: PhoneNumber) -> Bool {
        guard number.description.dropFirst().utf8.count >= Self.digitsMin else { return false }
        return rule(for: number)?.isAllowed ?? false
    }

    /// The rule that decides on the number; nil: none fits, so it is not called.
    package func rule(for number: PhoneNumber) -> Rule? {
        let digits = number.description.dropFirst()
        return rules.last { digits.hasPrefix($0.prefix) }
    }
}

/// A number that may be called, and is kept for it.
package struct AcceptedNumber: Hashable, Sendable {
    package var number: PhoneNumber
    /// Whom it will see.
    package var shown: PhoneNumber

    package init(number: PhoneNumber, shown: PhoneNumber) {
        self.number = number
        self.shown = shown
    }
}

/// Where numbers are judged and kept until they are called: with the calls.
package struct NumberDesk: Sendable {
    /// Holds what was written against the rules of the project; keeps it under the id of the leg that will call it.
    /// Throws `DialRefusal`.
    package var accept: @Sendable (_ written: String, _ leg: LegID, ProjectID, AgentID) async throws -> AcceptedNumber
    /// Forgets the number unless the engine has taken it up.
    package var settle: @Sendable (LegID) async -> Void

    package init(
        accept: @escaping @Sendable (String, LegID, ProjectID, AgentID) async throws -> AcceptedNumber,
        settle: @escaping @Sendable (LegID) async -> Void
    ) {
        self.accept = accept
        self.settle = settle
    }

    /// Of a centre that calls nobody.
    package static let none = NumberDesk(accept: { _, _, _, _ in throw DialRefusal.noTrunk }, settle: { _ in })
}
