import Calls
import Contacts
import Organization
import Primitives
import Routing

/// What stands in the log's `payload`, one struct for each kind of event, in the version written today. The contact and the
/// agent of an event stand in its envelope and not here. Ids are UUID texts, times and spans are microseconds.
///
/// A struct is changed only together with the kind's version, an upcaster for the old one, and a new golden file. How each is
/// written stands in `Payloads+Text.swift`.
enum Payload {
    struct ProjectDefined: Decodable {
        var project: String
        var timeZone: String
        var language: String
        /// As one word (`OpeningHours.description`); nil: always open.
        var hours: String?
        /// As one word; nil: nothing, until there was something to be said.
        var recording: String?
    }

    struct QueueDefined: Decodable {
        var queue: String
        var project: String
        var ringTimeout: Int64
        var wrapUp: String
        var wrapUpLimit: Int64?
        var serviceLevelTarget: Int64
        var shortAbandon: Int64
        var waitingMax: Int
        var reasonTimeout: Int64
        var escalation: String?
        var escalationAgent: String?
    }

    struct EntryPointDefined: Decodable {
        var entryPoint: String
        var project: String
        var queue: String
        var priority: Int
        var language: String
        /// `always`, or as one word; nil: as its project.
        var hours: String?
    }

    struct DispositionDefined: Decodable {
        var disposition: String
        var project: String
        var parent: String?
        /// The bits of `Disposition.Meanings`.
        var meanings: UInt16
    }

    struct AgentDefined: Decodable {
        var team: String?
        var phone: String?
        var profile: [Entry]
        /// Written where it is true.
        var trainee: Bool?

        struct Entry: Decodable {
            var queue: String
            var priority: UInt8
            var delay: Int64
        }
    }

    struct Retired: Decodable {
        /// What sort of thing it was.
        var thing: String
        var id: String
    }

    struct Seat: Decodable {
        var beside: String
    }

    struct SignOffChanged: Decodable {
        var signedOff: Bool
    }

    struct SetUpApplied: Decodable {
        var changes: Int
    }

    struct Audited: Decodable {
        var action: String
        var project: String?
        /// `name` or `name=value` each.
        var question: [String]
        var subject: String
        /// The contact, or whose login it is.
        var subjectID: String?
    }

    struct ContactOpened: Decodable {
        var project: String
        var channel: String
        var direction: String
        /// Of an inbound one only.
        var entryPoint: String?
        var language: String
        var queue: String
        var priority: Int
        var openedAt: Int64
        var leg: String
    }

    /// The same for a customer who is sent outside.
    struct DialStarted: Decodable {
        var leg: String
        var until: Int64
    }

    struct NumberRefused: Decodable {
        var project: String
        var reason: String
        var rule: String?
    }

    struct ColleagueDialled: Decodable {
        var leg: String
        var to: String
        var until: Int64
    }

    /// The same for a colleague.
    struct NumberCalled: Decodable {
        var until: Int64
    }

    struct DialEnded: Decodable {
        var result: String
    }

    struct ToldClosed: Decodable {
        var until: Int64
    }

    struct ContactQueued: Decodable {
        var queue: String
    }

    struct OfferMade: Decodable {
        var offer: String
        var leg: String
        var deadline: Int64
        var explanation: Explained
    }

    struct Explained: Decodable {
        var rule: String
        var version: Int
        var queue: String
        var priority: UInt8
        var waited: Int64
        var idleSince: Int64
        var free: Int
        var considered: [Candidate]
        var excluded: [Excluded]

        struct Candidate: Decodable {
            var agent: String
            var idleSince: Int64
        }

        struct Excluded: Decodable {
            var reason: String
            var count: Int
            var agents: [String]
        }
    }

    struct OfferEnded: Decodable {
        var offer: String
        var result: String
    }

    /// Everything there is to say stands in the envelope.
    struct Empty: Decodable {}

    struct Hold: Decodable {
        var by: String
    }

    struct MuteChanged: Decodable {
        var muted: Bool
    }

    struct RecordingTold: Decodable {
        var whole: Bool
    }

    struct RecordingNamed: Decodable {
        var recording: String
    }

    struct RecordingFated: Decodable {
        var recording: String
        var project: String
        /// Of its erasure.
        var reason: String?
    }

    struct KeepingChanged: Decodable {
        var kept: Bool
    }

    struct TalkEnded: Decodable {
        var by: String
    }

    struct AgentHungUp: Decodable {
        var until: Int64
    }

    struct PhoneRungAgain: Decodable {
        var leg: String
        var until: Int64
    }

    /// The same for a supervisor's line that is over.
    struct SecondLineOpened: Decodable {
        var leg: String
    }

    struct SupervisionStarted: Decodable {
        var leg: String
        var mode: String
        /// Whom he is beside; the supervisor stands in the envelope.
        var of: String
        var until: Int64
    }

    struct SupervisionArranged: Decodable {
        var microphoneOpen: Bool
        var mode: String
    }

    struct ContactTakenOver: Decodable {
        /// The supervisor; whose contact it was stands in the envelope.
        var by: String
    }

    struct ConsultStarted: Decodable {
        /// Who asks; the colleague stands in the envelope, and nobody where it is a number outside.
        var by: String
        /// Where routing chose the colleague.
        var explanation: Explained?
        var leg: String
        var until: Int64
    }

    struct ConsultArranged: Decodable {
        var stage: String
    }

    struct CustomerDismissed: Decodable {
        var reason: String
    }

    /// One of both.
    struct ContactTransferred: Decodable {
        var queue: String?
        /// The agent it was sent to; who sent it stands in the envelope.
        var to: String?
    }

    struct WrapUpRequested: Decodable {
        var wanted: Bool
    }

    struct WrapUpStarted: Decodable {
        var until: Int64?
    }

    struct ContactDisposed: Decodable {
        var disposition: String
    }

    struct ContactClosed: Decodable {
        var outcome: String
        /// In which phase the customer left, why he was refused, or not reached.
        var detail: String?
    }

    struct PresenceChanged: Decodable {
        var presence: String
        var reason: String?
    }

    struct PresencePlanned: Decodable {
        /// Nil: the plan was taken back.
        var presence: String?
        var reason: String?
    }

    struct AgentStoppedResponding: Decodable {
        /// Nil: he had dialled.
        var offer: String?
    }

    struct PhoneReachabilityChanged: Decodable {
        var reachable: Bool
    }

    struct HeadsetChanged: Decodable {
        var connected: Bool
    }
}
