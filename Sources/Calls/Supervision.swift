import Organization
import Primitives

/// A supervisor beside an agent in a talk, on a line of his own.
package struct Supervision: Hashable, Sendable {
    package let supervisor: AgentID
    package let leg: LegID
    package var mode: SupervisionMode
    /// While it is closed nobody hears him, whatever the mode.
    package var isMicrophoneOpen = false
    /// His phone is answered: he hears the talk.
    package var isAnswered = false
    /// When his phone has rung long enough.
    package let deadline: Timestamp

    package init(supervisor: AgentID, leg: LegID, mode: SupervisionMode, deadline: Timestamp) {
        self.supervisor = supervisor
        self.leg = leg
        self.mode = mode
        self.deadline = deadline
    }
}

/// By whom a supervisor is heard while his microphone is open; in each he hears what the agent hears, and the agent.
package enum SupervisionMode: String, Sendable, Hashable, CaseIterable {
    /// By nobody.
    case monitor
    /// By the agent alone.
    case whisper
    /// By everybody in the talk.
    case barge
}

/// A party of a talk in which not everybody hears everybody. One hears another if both agree.
package struct Voice: Hashable, Sendable {
    package let leg: LegID
    package var hears: Audience
    package var heardBy: Audience

    package init(_ leg: LegID, hears: Audience = .everyone, heardBy: Audience = .everyone) {
        self.leg = leg
        self.hears = hears
        self.heardBy = heardBy
    }

    package func isHeard(by other: Voice) -> Bool { heardBy.contains(other.leg) && other.hears.contains(leg) }
}

/// Which others of a talk are meant.
package enum Audience: Hashable, Sendable {
    case everyone
    case nobody
    case only(Set<LegID>)

    package func contains(_ leg: LegID) -> Bool {
        switch self {
        case .everyone: true
        case .nobody: false
        case .only(let legs): legs.contains(leg)
        }
    }
}
