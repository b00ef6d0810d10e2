import Organization
import Primitives

package typealias ProductID = ID<Product>

/// Something a project sells: once, or for each month or year.
package struct Product: Hashable, Sendable {
    package enum Period: String, CaseIterable, Sendable { case once, month, year }

    package var id: ProductID
    /// Unique in its project.
    package var key: String
    /// What of its kind a customer has one of, such as `internet`; may be empty.
    package var category: String
    package var price: Amount
    package var period: Period
    /// The first and the last day on which it is proposed.
    package var validFrom: CivilDate?
    package var validUntil: CivilDate?
    /// Regions or cities of customers to whom it is proposed; none: everywhere.
    package var regions: [String]
    /// What whoever proposals it must be licensed for.
    package var licence: String?
    /// Whoever has one of these is proposed this instead, by keys.
    package var replaces: [String]
    /// Reasons of refusals that it answers, by keys.
    package var answers: [String]
    package var isRetired: Bool

    package static let keyMax = 40
    package static let listMax = 50
    package static let productsMax = 500

    package init(
        id: ProductID, key: String, category: String = "", price: Amount, period: Period = .month, validFrom: CivilDate? = nil,
        validUntil: CivilDate? = nil, regions: [String] = [], licence: String? = nil, replaces: [String] = [], answers: [String] = [],
        isRetired: Bool = false
    ) {
        self.id = id
        self.key = key
        self.category = category
        self.price = price
        self.period = period
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.regions = regions
        self.licence = licence
        self.replaces = replaces
        self.answers = answers
        self.isRetired = isRetired
    }

    package func isSold(on day: CivilDate) -> Bool {
        !isRetired && validFrom.map { $0 <= day } ?? true && validUntil.map { day <= $0 } ?? true
    }
}

/// Why people refuse, as a tree by keys.
package struct ReasonTree: Hashable, Sendable {
    /// The parent of each key; nil: it stands at the top.
    private let parents: [String: String?]

    package static let reasonsMax = 200
    package static let depthMax = 4

    /// Where a list of reasons is no tree.
    package enum Flaw: Error, Hashable, Sendable {
        case twice(at: Int), unknownParent(at: Int), tooDeep(at: Int)
    }

    /// Without a reason.
    package init() { parents = [:] }

    package init(_ reasons: [(key: String, parent: String?)]) throws(Flaw) {
        var parents: [String: String?] = [:]
        for (place, reason) in reasons.enumerated() {
            guard parents.updateValue(reason.parent, forKey: reason.key) == nil else { throw .twice(at: place) }
        }
        self.parents = parents
        for (place, reason) in reasons.enumerated() {
            if let parent = reason.parent, parents[parent] == nil { throw .unknownParent(at: place) }
            if path(of: reason.key).count > Self.depthMax { throw .tooDeep(at: place) }
        }
    }

    package func contains(_ key: String) -> Bool { parents[key] != nil }

    /// Whether a reason is one of `ancestors` or stands below one.
    package func stands(_ key: String, under ancestors: some Sequence<String>) -> Bool {
        let path = Set(path(of: key))
        return ancestors.contains(where: path.contains)
    }

    /// From a reason upwards; a circle is cut behind the depth that is allowed.
    private func path(of key: String) -> [String] {
        var path = [key]
        while path.count <= Self.depthMax, let parent = parents[path[path.count - 1]] ?? nil { path.append(parent) }
        return path
    }
}
