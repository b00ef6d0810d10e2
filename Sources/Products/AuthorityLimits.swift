import Organization

/// What an agent may give without asking.
package enum Concession: String, CaseIterable, Sendable, Hashable {
    /// Percent of a price.
    case discount
    /// Money back, and money for the trouble one had.
    case refund, goodwill
}

/// What each role of a project may decide alone. A role of which nothing is said may give nothing.
package struct AuthorityLimits: Hashable, Sendable {
    package var limits: [Role: [Concession: Amount]]

    /// From the one who may least.
    package static let roles: [Role] = [.agent, .senior, .supervisor, .manager]
    package static let discountMax = Amount(hundredths: 10_000)

    package init(_ limits: [Role: [Concession: Amount]] = [:]) {
        self.limits = limits
    }

    package func limit(of role: Role, for concession: Concession) -> Amount { limits[role]?[concession] ?? .zero }

    package func allows(_ role: Role, _ concession: Concession, _ amount: Amount) -> Bool { amount <= limit(of: role, for: concession) }

    /// The first role that may less than one below it: who asks him would be told no by rule.
    package var flaw: (role: Role, concession: Concession)? {
        for (lower, higher) in zip(Self.roles, Self.roles.dropFirst()) {
            for concession in Concession.allCases where limit(of: higher, for: concession) < limit(of: lower, for: concession) {
                return (higher, concession)
            }
        }
        return nil
    }
}
