import Calls
import Contacts
import Organization
import Primitives
import Routing

/// What stands in the log's `payload`, one struct for each kind of event, in the version written today. The contact and the
/// agent of an event stand in its envelope and not here. Ids are UUID texts, times and spans are microseconds.
///
/// A struct is changed only together with the kind's version, an upcaster for the old one, and a new golden file.
enum Payload {
    struct ProjectDefined: Codable {
        var project: String
        var timeZone: String
        var language: String
    }

    struct QueueDefined: Codable {
        var queue: String
        var project: String
        var ringTimeout: Int64
        var wrapUp: String
        var wrapUpLimit: Int64?
        var serviceLevelTarget: Int64
        var shortAbandon: Int64
        var waitingMax: Int
    }

    struct EntryPointDefined: Codable {
        var entryPoint: String
        var project: String
        var queue: String
        var priority: Int
        var language: String
    }

    struct DispositionDefined: Codable {
        var disposition: String
        var project: String
        var parent: String?
        /// The bits of `Disposition.Meanings`.
        var meanings: UInt16
    }

    struct AgentDefined: Codable {
        var team: String?
        var phone: String?
        var profile: [Entry]

        struct Entry: Codable {
            var queue: String
            var priority: UInt8
            var delay: Int64
        }
    }

    struct SetUpApplied: Codable {
        var changes: Int
    }

    struct ContactOpened: Codable {
        var project: String
        var channel: String
        var entryPoint: String
        var language: String
        var queue: String
        var priority: Int
        var openedAt: Int64
        var leg: String
    }

    struct ContactQueued: Codable {
        var queue: String
    }

    struct OfferMade: Codable {
        var offer: String
        var leg: String
        var deadline: Int64
        var explanation: Explained
    }

    struct Explained: Codable {
        var rule: String
        var version: Int
        var queue: String
        var priority: UInt8
        var waited: Int64
        var idleSince: Int64
        var free: Int
        var considered: [Candidate]
        var excluded: [Excluded]

        struct Candidate: Codable {
            var agent: String
            var idleSince: Int64
        }

        struct Excluded: Codable {
            var reason: String
            var count: Int
            var agents: [String]
        }
    }

    struct OfferEnded: Codable {
        var offer: String
        var result: String
    }

    /// Everything there is to say stands in the envelope.
    struct Empty: Codable {}

    struct TalkEnded: Codable {
        var by: String
    }

    struct WrapUpStarted: Codable {
        var until: Int64?
    }

    struct ContactDisposed: Codable {
        var disposition: String
    }

    struct ContactClosed: Codable {
        var outcome: String
        /// In which phase the customer left, or why he was refused.
        var detail: String?
    }

    struct PresenceChanged: Codable {
        var presence: String
        var reason: String?
    }

    struct PresencePlanned: Codable {
        /// Nil: the plan was taken back.
        var presence: String?
        var reason: String?
    }

    struct AgentStoppedResponding: Codable {
        var offer: String
    }

    struct PhoneReachabilityChanged: Codable {
        var reachable: Bool
    }
}
