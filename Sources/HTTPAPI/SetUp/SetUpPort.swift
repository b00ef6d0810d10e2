import Operation
import Organization
import Primitives

/// What the settings ask of the server: the set-up to be read, changed, and taken back.
package struct SetUpPort: Sendable {
    /// Applies a file or a part of one: all of it or nothing; returns when that is durable. Throws `SetUpRefused` or `SetUpOutdated`.
    package var apply: @Sendable (SetUpRequest) async throws -> SetUpReport
    package var read: @Sendable () async throws -> SetUpSight
    /// The whole as a file.
    package var file: @Sendable () async throws -> String
    /// The changes before one (nil: from the newest), newest first, at most so many.
    package var changes: @Sendable (_ before: Int64?, _ limit: Int) async throws -> [SetUpChangeSight]
    /// Takes a change back, in somebody's name; nil: there is no such change. Throws as `apply` does, and `SetUpChangedSince`.
    package var undo: @Sendable (_ change: Int64, UserID?) async throws -> SetUpReport?
    /// What the provider of a trunk answers; nil: there is no such trunk. Throws `TrunkTestUnderWay`.
    package var test: @Sendable (_ trunk: String) async throws -> TrunkTestSight?
    package var welcome: WelcomePort

    package init(
        apply: @escaping @Sendable (SetUpRequest) async throws -> SetUpReport, read: @escaping @Sendable () async throws -> SetUpSight,
        file: @escaping @Sendable () async throws -> String,
        changes: @escaping @Sendable (Int64?, Int) async throws -> [SetUpChangeSight],
        undo: @escaping @Sendable (Int64, UserID?) async throws -> SetUpReport?,
        test: @escaping @Sendable (String) async throws -> TrunkTestSight?, welcome: WelcomePort
    ) {
        self.apply = apply
        self.read = read
        self.file = file
        self.changes = changes
        self.undo = undo
        self.test = test
        self.welcome = welcome
    }
}

/// A set-up file, or a part of one, that somebody wants applied.
package struct SetUpRequest: Sendable {
    /// YAML; JSON is YAML, too.
    package var text: String
    /// A part that need not say the version of the format.
    package var isFragment: Bool
    /// Nil: the local administrator, at the command line.
    package var author: UserID?
    /// The version that must be the newest still; nil: whatever it is.
    package var version: String?
    /// Only said is what it would change.
    package var isTrial: Bool

    package init(text: String, isFragment: Bool, author: UserID?, version: String?, isTrial: Bool = false) {
        self.text = text
        self.isTrial = isTrial
        self.isFragment = isFragment
        self.author = author
        self.version = version
    }
}

/// What applying a set-up changed.
package struct SetUpReport: Sendable, Hashable {
    /// What is new or different, such as `queue support`.
    package var changed: [String]
    package var unchanged: Int
    /// The number under which the change is kept; nil: nothing has changed.
    package var change: Int64?
    package var version: String

    package init(changed: [String], unchanged: Int, change: Int64?, version: String) {
        self.changed = changed
        self.unchanged = unchanged
        self.change = change
        self.version = version
    }
}

/// A set-up that cannot be applied; nothing has changed.
package struct SetUpRefused: Error, Sendable {
    package var errors: [FieldError]

    package init(_ errors: [FieldError]) {
        self.errors = errors
    }
}

/// The set-up is another than the one that was to be changed; nothing has changed.
package struct SetUpOutdated: Error, Sendable {
    package init() {}
}

/// What was changed cannot be taken back: these parts of it have been changed again.
package struct SetUpChangedSince: Error, Sendable {
    package var parts: [String]

    package init(parts: [String]) {
        self.parts = parts
    }
}

/// The set-up as the settings show it.
package struct SetUpSight: Sendable {
    package var version: String
    package var document: SetUpValue
    package var facts: SetUpFacts
    package var warnings: [SetUpWarning]

    package init(version: String, document: SetUpValue, facts: SetUpFacts, warnings: [SetUpWarning]) {
        self.version = version
        self.document = document
        self.facts = facts
        self.warnings = warnings
    }
}

/// What is so of the things of a set-up without being set.
package struct SetUpFacts: Sendable {
    package struct Phone: Sendable {
        package var registers: Bool
        package var isReachable: Bool
        /// The login of whose it is.
        package var user: String?

        package init(registers: Bool, isReachable: Bool, user: String?) {
            self.registers = registers
            self.isReachable = isReachable
            self.user = user
        }
    }

    package struct Trunk: Sendable {
        package var state: TrunkState
        /// Whether a project calls out by it.
        package var isUsed: Bool

        package init(state: TrunkState, isUsed: Bool) {
            self.state = state
            self.isUsed = isUsed
        }
    }

    /// In the order of the set-up.
    package var phones: [(key: String, value: Phone)] = []
    package var users: [(login: String, hasPassword: Bool)] = []
    package var trunks: [(key: String, value: Trunk)] = []
    /// Where phones find us: the transport and its port.
    package var sip: [(transport: String, port: Int)] = []

    package init() {}
}

/// Whether a provider knows where we are.
package enum TrunkState: String, CaseIterable, Sendable {
    /// It need not: it knows us by our address.
    case byAddress
    /// It has been asked and has not answered yet.
    case registering
    case registered
    /// It refused; it is asked again.
    case refused
    /// It was not found, or gave no answer; it is asked again.
    case unreachable
}

/// Something that stays wrong with a set-up until somebody puts it right.
package struct SetUpWarning: Sendable, Hashable {
    package enum Code: String, CaseIterable, Sendable {
        /// No agent serves it: whoever calls waits for nobody.
        case queueWithoutPeople
        /// No number leads to it, and no other queue hands over to it.
        case queueWithoutNumber
        /// A number leads to a queue that nobody serves.
        case numberWithoutPeople
        /// The provider of a trunk that registers does not know where we are.
        case trunkNotReached
        case projectWithoutQueue
        /// Agents cannot say what came of a contact.
        case projectWithoutDispositions
        /// It is nobody's.
        case phoneWithoutPerson
        /// He cannot sign in.
        case personWithoutPassword
        /// An agent whom no call reaches.
        case personWithoutQueue
        /// He sees nothing.
        case userWithoutProject
        case noProject
        case noTrunk

        /// Whether callers suffer from it: then the floor shows it, too.
        package var strandsCallers: Bool {
            switch self {
            case .queueWithoutPeople, .numberWithoutPeople, .trunkNotReached: true
            case .queueWithoutNumber, .projectWithoutQueue, .projectWithoutDispositions, .phoneWithoutPerson, .personWithoutPassword,
                .personWithoutQueue, .userWithoutProject, .noProject, .noTrunk:
                false
            }
        }
    }

    package var code: Code
    /// The keys from the top down to what it is about.
    package var place: [String]
    /// Whose rights show it; nil: who sees everything.
    package var project: ProjectID?

    /// The key path, as errors have it.
    var path: String { place.joined(separator: ".") }

    package init(_ code: Code, at place: [String], project: ProjectID?) {
        self.code = code
        self.place = place
        self.project = project
    }
}

/// One change of the set-up as people read it.
package struct SetUpChangeSight: Sendable {
    package struct Part: Sendable, Hashable {
        package var kind: String
        package var key: String
        package var project: String?
        /// Nil: it was not there.
        package var before: SetUpValue?
        /// Nil: it was taken away.
        package var after: SetUpValue?
        /// A password or the like was changed, which is never shown.
        package var secretChanged: Bool

        package init(kind: String, key: String, project: String?, before: SetUpValue?, after: SetUpValue?, secretChanged: Bool) {
            self.kind = kind
            self.key = key
            self.project = project
            self.before = before
            self.after = after
            self.secretChanged = secretChanged
        }
    }

    package var number: Int64
    package var at: Timestamp
    /// Nil: the command line.
    package var author: (login: String, name: String)?
    package var parts: [Part]
    package var undoes: Int64?
    package var undoneBy: Int64?

    package init(
        number: Int64, at: Timestamp, author: (login: String, name: String)?, parts: [Part], undoes: Int64?, undoneBy: Int64?
    ) {
        self.number = number
        self.at = at
        self.author = author
        self.parts = parts
        self.undoes = undoes
        self.undoneBy = undoneBy
    }
}

/// The provider is being asked already.
package struct TrunkTestUnderWay: Error, Sendable {
    package init() {}
}

/// What a provider answered when it was asked whether it is there.
package struct TrunkTestSight: Sendable {
    package enum Outcome: String, CaseIterable, Sendable {
        case answered, noAnswer, nameUnknown, notConnected, loginRefused
    }

    package var outcome: Outcome
    /// `OPTIONS` or `REGISTER`.
    package var request: String
    package var address: String?
    package var status: Int?
    package var reason: String?
    package var took: Duration?

    package init(outcome: Outcome, request: String, address: String?, status: Int?, reason: String?, took: Duration?) {
        self.outcome = outcome
        self.request = request
        self.address = address
        self.status = status
        self.reason = reason
        self.took = took
    }
}
