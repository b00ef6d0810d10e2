import Primitives

/// How many of something are let through: a number a second on average, and so many at once (the generic cell rate algorithm, ITU-T
/// I.371). Reads no clock.
package struct Allowance: Sendable {
    private let interval: Duration
    /// How far `due` may lie ahead.
    private let tolerance: Duration
    /// When the next would be due if all came evenly.
    private var due = Timestamp.distantPast

    /// Both at least one.
    package init(perSecond: Int, burst: Int) {
        interval = .seconds(1) / max(1, perSecond)
        tolerance = interval * max(0, burst - 1)
    }

    /// Takes one; false, and nothing is taken, if there are too many.
    package mutating func take(at now: Timestamp) -> Bool {
        guard due <= now + tolerance else { return false }
        due = max(due, now) + interval
        return true
    }
}
