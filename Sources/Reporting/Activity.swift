import Organization
import Primitives
import Routing

/// What an agent's time is spent on, as occupancy and pay see it; off is no activity.
package enum Activity: Hashable, Sendable {
    case idle
    /// His phone rings.
    case ringing
    /// With a customer, or dialling one.
    case handling
    case wrapUp
    /// With a colleague's customer.
    case consulted
    case notResponding
    case notReady(PresenceReasonID?)

    /// Nil: signed off.
    package init?(_ state: AgentState) {
        switch state.routing {
        case .off: return nil
        case .idle: self = .idle
        case .offered: self = .ringing
        case .handling: self = .handling
        case .wrapUp: self = .wrapUp
        case .consulted: self = .consulted
        case .notResponding: self = .notResponding
        case .notReady:
            guard case .notReady(let reason) = state.presence else { return nil }
            self = .notReady(reason)
        }
    }

    package var name: String {
        switch self {
        case .idle: "idle"
        case .ringing: "ringing"
        case .handling: "handling"
        case .wrapUp: "wrapUp"
        case .consulted: "consulted"
        case .notResponding: "notResponding"
        case .notReady: "notReady"
        }
    }

    /// Nil: there is none of this name.
    package init?(_ name: String, reason: PresenceReasonID?) {
        let all: [Activity] = [.idle, .ringing, .handling, .wrapUp, .consulted, .notResponding, .notReady(reason)]
        guard let activity = all.first(where: { $0.name == name }) else { return nil }
        self = activity
    }

    /// How occupancy sees it.
    package enum Use: Sendable, Hashable, CaseIterable {
        /// For customers, ringing included.
        case work
        case idle
        /// Signed on and not to be had.
        case away
    }

    package var use: Use {
        switch self {
        case .ringing, .handling, .wrapUp, .consulted: .work
        case .idle: .idle
        case .notResponding, .notReady: .away
        }
    }

    /// The names of all that is used so.
    package static func names(of use: Use) -> [String] {
        let all: [Activity] = [.idle, .ringing, .handling, .wrapUp, .consulted, .notResponding, .notReady(nil)]
        return all.filter { $0.use == use }.map(\.name)
    }
}

extension AgentState {
    /// Since when his activity has been what it is: another reason to be away is another activity.
    package var activitySince: Timestamp { routing == .notReady ? max(routingSince, presenceSince) : routingSince }
}

/// The quarter of an hour: figures of time are kept by it, because every time zone of today differs from UTC by whole quarters.
package enum QuarterHour {
    package static let length = Duration.seconds(900)

    /// The quarter in which a moment lies.
    package static func start(of moment: Timestamp) -> Timestamp {
        let length = length.microseconds
        let rest = moment.microseconds % length
        return Timestamp(microseconds: moment.microseconds - (rest < 0 ? rest + length : rest))
    }

    /// Cuts a span at the quarters. Spans longer than `spanMax` are cut off there: a clock that leaps must not fill the disk.
    package static func pieces(from: Timestamp, to: Timestamp) -> [(quarter: Timestamp, span: Duration)] {
        let end = min(to, from + spanMax)
        var pieces: [(quarter: Timestamp, span: Duration)] = []
        var start = from
        while start < end {
            let quarter = Self.start(of: start)
            let next = min(quarter + length, end)
            pieces.append((quarter, next - start))
            start = next
        }
        return pieces
    }

    /// A week: nobody is idle for longer.
    package static let spanMax = Duration.seconds(7 * 86_400)
}
