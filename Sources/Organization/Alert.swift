import Primitives

package typealias AlertID = ID<Alert>

/// Something to be told when a measure is beyond a threshold for so long.
package struct Alert: Hashable, Sendable {
    package let id: AlertID
    package let place: MeasuredPlace
    package var measure: Measure
    package var side: Side
    /// In the measure's unit.
    package var threshold: Int
    /// Where it ends: between here and the threshold it stays as it is, so that it does not come and go with every caller.
    package var clears: Int
    /// How long the measure must be beyond the threshold.
    package var lasting: Duration

    package static let lastingMax = 3600

    package init(
        id: AlertID, place: MeasuredPlace, measure: Measure, side: Side, threshold: Int, clears: Int, lasting: Duration
    ) {
        self.id = id
        self.place = place
        self.measure = measure
        self.side = side
        self.threshold = threshold
        self.clears = clears
        self.lasting = lasting
    }

    package enum Side: String, CaseIterable, Hashable, Sendable {
        case above, below
    }

    /// A measure that says nothing yet crosses nothing.
    package func isCrossed(by value: Double?) -> Bool {
        guard let value else { return false }
        return side == .above ? value > Double(threshold) : value < Double(threshold)
    }

    package func isCleared(by value: Double?) -> Bool {
        guard let value else { return true }
        return side == .above ? value <= Double(clears) : value >= Double(clears)
    }
}
