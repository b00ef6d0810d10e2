import Primitives

/// Which calls of a project are recorded, and what becomes of the recordings.
package struct RecordingRule: Hashable, Sendable {
    package enum Calls: Hashable, Sendable {
        case none, all
        /// So many of a hundred.
        case share(Int)
        /// Those for which their agent asks.
        case onDemand
    }

    package var calls: Calls
    /// Whether the customer is told before he talks.
    package var announces: Bool
    /// Whether the agent may keep a part of a talk out of it.
    package var mayPause: Bool
    /// For how many days a recording is kept.
    package var days: Int

    package static let daysAllowed = 1...3650
    package static let shareAllowed = 1...99
    package static let standard = RecordingRule()

    package init(calls: Calls = .none, announces: Bool = true, mayPause: Bool = true, days: Int = 90) {
        self.calls = calls
        self.announces = announces
        self.mayPause = mayPause
        self.days = days
    }

    /// Whether a contact's talks are recorded without anybody's asking. Its id decides on a share: no die is cast twice for one call.
    package func takes<Tag>(_ contact: ID<Tag>) -> Bool {
        switch calls {
        case .none, .onDemand: false
        case .all: true
        case .share(let percent): contact.low & 0xFFFF_FFFF % 100 < UInt64(max(0, percent))
        }
    }

    /// The word for its calls.
    package var word: String {
        switch calls {
        case .none: "none"
        case .all: "all"
        case .share: "share"
        case .onDemand: "onDemand"
        }
    }

    package static let words = ["none", "all", "share", "onDemand"]
}

extension RecordingRule: LosslessStringConvertible {
    /// As one word: `share=30;announces;mayPause;days=90`.
    package var description: String {
        let share: String = if case .share(let percent) = calls { "=\(percent)" } else { "" }
        return ([word + share] + (announces ? ["announces"] : []) + (mayPause ? ["mayPause"] : []) + ["days=\(days)"])
            .joined(separator: ";")
    }

    /// Nil for anything that `description` does not write.
    package init?(_ text: String) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last, last.hasPrefix("days="), let days = Int(last.dropFirst(5)),
            Self.daysAllowed.contains(days)
        else { return nil }
        let calls: Calls
        switch first {
        case "none": calls = .none
        case "all": calls = .all
        case "onDemand": calls = .onDemand
        default:
            guard first.hasPrefix("share="), let percent = Int(first.dropFirst(6)), Self.shareAllowed.contains(percent) else { return nil }
            calls = .share(percent)
        }
        self.init(calls: calls, announces: parts.contains("announces"), mayPause: parts.contains("mayPause"), days: days)
        guard description == text else { return nil }
    }
}
