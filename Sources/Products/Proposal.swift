import Primitives

/// What was proposed to somebody in a contact.
package struct Proposal: Hashable, Sendable {
    package enum State: String, CaseIterable, Sendable { case proposed, accepted, refused }

    /// A product's key.
    package var product: String
    package var category: String
    package var state: State
    /// Why it was refused.
    package var reason: String?
    /// What it was to cost, without the discount.
    package var total: Amount
    package var period: Product.Period
    package var at: Timestamp

    package init(
        product: String, category: String = "", state: State, reason: String? = nil, total: Amount, period: Product.Period = .month,
        at: Timestamp
    ) {
        self.product = product
        self.category = category
        self.state = state
        self.reason = reason
        self.total = total
        self.period = period
        self.at = at
    }
}

/// What of a project's products suits a customer, and why.
package struct ProposalAdvice: Sendable {
    /// Best first.
    package enum Why: Hashable, Sendable {
        /// It answers what he refused another for, and is so much cheaper.
        case answers(reason: String, product: String, gap: Amount)
        /// It follows on what he has.
        case replaces(product: String)
        /// It is made for where he lives.
        case region(String)
        /// He was never proposed it.
        case new

        fileprivate var rank: Int {
            switch self {
            case .answers: 0
            case .replaces: 1
            case .region: 2
            case .new: 3
            }
        }
    }

    package enum Obstacle: Hashable, Sendable {
        /// The agent lacks it.
        case licence(String)
        case region
        case refused(at: Timestamp, reason: String?)
        case accepted(at: Timestamp)
        /// He has another of the kind, which this one does not replace.
        case has(product: String)
    }

    package var suggested: [(product: Product, why: [Why])] = []
    package var notProposed: [(product: Product, obstacle: Obstacle)] = []

    /// - Parameters:
    ///   - today: where the project is.
    ///   - places: regions and cities of the customer; none: not known.
    ///   - licences: what the agent is licensed for.
    ///   - past: everything he was proposed, in any order.
    package init(
        _ products: [Product], reasons: ReasonTree, today: CivilDate, places: [String], licences: Set<String>, past: [Proposal]
    ) {
        let newest = Dictionary(past.map { ($0.product, $0) }, uniquingKeysWith: { $0.at >= $1.at ? $0 : $1 })
        let has = newest.values.filter { $0.state == .accepted }.sorted { $0.at > $1.at }
        let refused = newest.values.filter { $0.state == .refused }.sorted { $0.at > $1.at }
        let places = Set(places.map(Self.folded))
        for product in products where product.isSold(on: today) {
            if let obstacle = Self.obstacle(product, newest[product.key], has: has, places: places, licences: licences) {
                notProposed.append((product, obstacle))
                continue
            }
            var why: [Why] = refused.compactMap { proposal in
                guard let reason = proposal.reason, proposal.period == product.period, reasons.stands(reason, under: product.answers),
                    let gap = proposal.total.gap(to: product.price)
                else { return nil }
                return .answers(reason: reason, product: proposal.product, gap: gap)
            }
            why += has.filter { product.replaces.contains($0.product) }.map { .replaces(product: $0.product) }
            why += product.regions.filter { places.contains(Self.folded($0)) }.prefix(1).map { .region($0) }
            suggested.append((product, why.isEmpty ? [.new] : why))
        }
        // What is equally good stays in the project's order.
        suggested = suggested.enumerated().sorted { ($0.element.why[0].rank, $0.offset) < ($1.element.why[0].rank, $1.offset) }.map(
            \.element)
    }

    private static func obstacle(
        _ product: Product, _ last: Proposal?, has: [Proposal], places: Set<String>, licences: Set<String>
    ) -> Obstacle? {
        switch last?.state {
        case .accepted: return .accepted(at: last?.at ?? .distantPast)
        case .refused: return .refused(at: last?.at ?? .distantPast, reason: last?.reason)
        case .proposed, nil: break
        }
        if !product.category.isEmpty, let other = has.first(where: { $0.category == product.category }),
            !product.replaces.contains(other.product)
        {
            return .has(product: other.product)
        }
        if !product.regions.isEmpty, !places.isEmpty, places.isDisjoint(with: product.regions.map(folded)) { return .region }
        if let licence = product.licence, !licences.contains(licence) { return .licence(licence) }
        return nil
    }

    private static func folded(_ place: String) -> String { place.lowercased() }
}
