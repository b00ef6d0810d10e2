import Foundation
import Primitives

/// What the simulation draws: the shapes in which people's delays come.
extension Random {
    /// Evenly between both.
    mutating func between(_ low: Duration, _ high: Duration) -> Duration {
        let span = max(0, (high - low).microseconds)
        return low + .microseconds(Int64(Double(span) * fraction()))
    }

    mutating func between(_ low: Int, _ high: Int) -> Int { low + Int(Double(high - low + 1) * fraction()) }

    /// Log-normal with this median: how long people wait, talk and hesitate. `spread` is the standard deviation of the
    /// logarithm: two thirds lie within a factor of e^spread.
    mutating func around(_ median: Duration, spread: Double) -> Duration {
        // Box and Muller; 1 − fraction, because fraction may be 0 and its logarithm is not for us.
        let normal = (-2 * log(1 - fraction())).squareRoot() * cos(2 * .pi * fraction())
        return .microseconds(Int64(min(Double(median.microseconds) * exp(spread * normal), 8.64e10)))
    }

    mutating func oneOf<Element>(_ choices: [Element]) -> Element { choices[between(0, choices.count - 1)] }
}
