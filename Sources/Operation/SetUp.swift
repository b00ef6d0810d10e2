import Centre
import Organization
import Primitives

/// A whole set-up with its names, as `callfloor admin apply` reads it and the tables keep it: what the engine needs of it
/// (`definitions`), and what only people and shells need.
package struct SetUp: Hashable, Sendable {
    package var projects: [NamedProject] = []
    package var teams: [Named<TeamID>] = []
    package var queues: [NamedQueue] = []
    package var reasons: [Named<PresenceReasonID>] = []
    package var dispositions: [NamedDisposition] = []
    package var trunks: [TrunkAccount] = []
    package var phones: [PhoneAccount] = []
    package var entryPoints: [NumberedEntryPoint] = []
    package var users: [UserAccount] = []
    /// The agents that the users are; same order as their users.
    package var agents: [Agent] = []

    package init() {}

    /// The part that the engine reads, each thing after those it names.
    package var definitions: [Definition] {
        projects.map { .project($0.project) } + queues.map { .queue($0.queue) } + dispositions.map { .disposition($0.disposition) }
            + entryPoints.map { .entryPoint($0.entryPoint) } + agents.map { .agent($0) }
    }
}

/// A text in some of the languages; `text(in:)` falls back to English, then to any.
package struct Localised: Hashable, Sendable {
    package var texts: [Language: String]

    package init(_ texts: [Language: String]) {
        self.texts = texts
    }

    package func text(in language: Language) -> String {
        texts[language] ?? texts[.english] ?? Language.allCases.lazy.compactMap { texts[$0] }.first ?? ""
    }
}

/// Something with a key in the set-up file and a name on screen.
package struct Named<Identity: Hashable & Sendable>: Hashable, Sendable {
    package var id: Identity
    /// Unique in its kind; what the set-up file calls it.
    package var key: String
    package var name: Localised

    package init(id: Identity, key: String, name: Localised) {
        self.id = id
        self.key = key
        self.name = name
    }
}

package struct NamedProject: Hashable, Sendable {
    package var project: Project
    package var key: String
    package var name: Localised
    /// How numbers are written where the project's callers live.
    package var numbers: PhoneNumber.NationalPlan?
    /// Nil: it calls nobody.
    package var outbound: OutboundRules?
    package var quotas: [NamedQuota]
    package var wallboards: [NamedWallboard]
    package var alerts: [NamedAlert]
    /// Its agents see who listens to them.
    package var showsSupervision: Bool
    /// What an agent says first, in the customer's language.
    package var greeting: Localised
    /// UTF-16 code units in one language.
    package static let greetingMax = 500
    package static let jobDescriptionMax = 4000
    /// What the work is, for whom and how, in the agent's language.
    package var jobDescription: Localised

    package init(
        project: Project, key: String, name: Localised, numbers: PhoneNumber.NationalPlan?, outbound: OutboundRules? = nil,
        quotas: [NamedQuota] = [], wallboards: [NamedWallboard] = [], alerts: [NamedAlert] = [], showsSupervision: Bool = true,
        greeting: Localised = Localised([:]), jobDescription: Localised = Localised([:])
    ) {
        self.project = project
        self.key = key
        self.name = name
        self.numbers = numbers
        self.outbound = outbound
        self.quotas = quotas
        self.wallboards = wallboards
        self.alerts = alerts
        self.showsSupervision = showsSupervision
        self.greeting = greeting
        self.jobDescription = jobDescription
    }
}

package struct NamedQuota: Hashable, Sendable {
    package var quota: Quota
    package var key: String
    /// Without texts it is called by what it counts.
    package var name: Localised

    package init(quota: Quota, key: String, name: Localised) {
        self.quota = quota
        self.key = key
        self.name = name
    }
}

package struct NamedQueue: Hashable, Sendable {
    package var queue: Queue
    package var key: String
    package var name: Localised

    package init(queue: Queue, key: String, name: Localised) {
        self.queue = queue
        self.key = key
        self.name = name
    }
}

package struct NamedDisposition: Hashable, Sendable {
    package var disposition: Disposition
    package var key: String
    package var name: Localised
    /// Its place among its siblings.
    package var order: Int

    package init(disposition: Disposition, key: String, name: Localised, order: Int) {
        self.disposition = disposition
        self.key = key
        self.name = name
        self.order = order
    }
}

/// A SIP phone: one that registers with a secret of its own (kept as digest HA1, RFC 7616 section 3.4.2), or one at a
/// fixed address.
package struct PhoneAccount: Hashable, Sendable {
    package var id: PhoneID
    /// Its SIP user name, and its key in the set-up file.
    package var user: String
    package var access: Access

    package enum Access: Hashable, Sendable {
        case registers(md5: String, sha256: String)
        case fixed(NetworkAddress)
    }

    package init(id: PhoneID, user: String, access: Access) {
        self.id = id
        self.user = user
        self.access = access
    }
}

package struct NumberedEntryPoint: Hashable, Sendable {
    package var entryPoint: EntryPoint
    /// As the provider sends it in the request URI: `+…` or the bare user part.
    package var number: String

    package init(entryPoint: EntryPoint, number: String) {
        self.entryPoint = entryPoint
        self.number = number
    }
}

package struct UserAccount: Hashable, Sendable {
    package var user: User
    package var login: String
    package var name: String
    package var language: Language
    /// A scrypt hash in modular crypt form; nil leaves the one that is there, and none to who comes back.
    package var passwordHash: String?

    package init(user: User, login: String, name: String, language: Language, passwordHash: String?) {
        self.user = user
        self.login = login
        self.name = name
        self.language = language
        self.passwordHash = passwordHash
    }
}
