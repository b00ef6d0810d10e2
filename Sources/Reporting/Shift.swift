import Primitives

/// Since when an agent has been at work. Who is off for less than `pauseMax` goes on with his shift; of whom nobody hears that he goes home
/// the next one begins after `lengthMax`.
package struct Shift: Hashable, Sendable {
    /// When he came on.
    package private(set) var began: Timestamp
    /// When he went off; nil while he is on.
    package private(set) var left: Timestamp?

    package static let pauseMax = Duration.seconds(4 * 3600)
    package static let lengthMax = Duration.seconds(24 * 3600)
    /// What a target for a shift is spread over.
    package static let lengthUsual = Duration.seconds(8 * 3600)

    package init(began: Timestamp, left: Timestamp? = nil) {
        self.began = began
        self.left = left
    }

    /// What a presence makes of the shift of before; nil: he has never been on.
    package static func after(_ shift: Shift?, isOn: Bool, at now: Timestamp) -> Shift? {
        guard var shift else { return isOn ? Shift(began: now) : nil }
        // Told again of what is known, as after a restart, it stays what it is.
        guard now >= shift.began else { return shift }
        if isOn {
            if let left = shift.left, now - left >= pauseMax { return Shift(began: now) }
            shift.left = nil
        } else if shift.left == nil {
            shift.left = now
        }
        return shift
    }

    /// When the shift that goes on at `now` began; nil: none does.
    package func start(at now: Timestamp) -> Timestamp? {
        if let left, now - left >= Self.pauseMax { return nil }
        let whole = (now - began).microseconds / Self.lengthMax.microseconds
        return began + Self.lengthMax * Int(max(0, whole))
    }
}
