import Contacts
import Organization
import Primitives

/// Which contacts somebody wants to see, and which he may.
package struct ContactFilter: Sendable, Hashable {
    package var reach: Reach
    package var queue: QueueID?
    package var agent: AgentID?
    /// The caller's number, its end (4 digits or more) or its beginning (7 or more); whatever is written between the digits
    /// is left out.
    package var number: String?
    /// The first word of an outcome: `handled`, `abandoned`, `refused`, `closed`, `failed`, `lostInRestart`, `notReached`.
    package var outcome: String?
    package var project: ProjectID?
    /// `.some(nil)`: those without one.
    package var disposition: DispositionID??
    /// Those behind a figure; queue, agent, project and disposition are then those that the figure counts.
    package var figure: FigureSelection?

    /// How far the rights of whoever asks reach.
    package enum Reach: Sendable, Hashable {
        case all
        case projects(Set<ProjectID>)
        /// What agents of the team handled while they were in it, and what `alsoAgent` did.
        case team(TeamID, alsoAgent: AgentID?)
        case agent(AgentID)
    }

    package init(reach: Reach, queue: QueueID? = nil, agent: AgentID? = nil, number: String? = nil, outcome: String? = nil) {
        self.reach = reach
        self.queue = queue
        self.agent = agent
        self.number = number
        self.outcome = outcome
    }
}

/// A figure of a span, whose contacts somebody wants to see.
package struct FigureSelection: Sendable, Hashable {
    package var figure: CountedFigure
    package var since: Timestamp
    package var until: Timestamp
    /// For what counts visits: only waits of at least so long, and shorter than so long.
    package var waitMin: Duration?
    package var waitEnd: Duration?

    package init(
        _ figure: CountedFigure, since: Timestamp, until: Timestamp, waitMin: Duration? = nil, waitEnd: Duration? = nil
    ) {
        self.figure = figure
        self.since = since
        self.until = until
        self.waitMin = waitMin
        self.waitEnd = waitEnd
    }
}

/// The figures that are counts of something: each opens the contacts behind it.
package enum CountedFigure: String, Sendable, Hashable, CaseIterable {
    case offered, answered, abandoned, shortAbandons
    /// Answered within the target, and after it.
    case inTime, late
    /// Answered or abandoned: whose wait is over.
    case waited
    case handled, agentReleasedFirst
    /// Of talks that were measured: both spoke at the same time, neither spoke for a while, somebody raised his voice.
    case talkedOver, deadAir, raisedVoices

    /// Whether it counts visits to queues, each of which has a wait.
    package var countsVisits: Bool {
        switch self {
        case .offered, .answered, .abandoned, .shortAbandons, .inTime, .late, .waited: true
        case .handled, .agentReleasedFirst, .talkedOver, .deadAir, .raisedVoices: false
        }
    }
}

/// One contact as lists and desks show it.
package struct ContactRow: Sendable, Hashable {
    package var id: ContactID
    package var project: ProjectID
    package var channel: Channel
    package var direction: ContactDirection
    package var queue: QueueID?
    /// Who answered it, or dialled.
    package var agent: AgentID?
    /// His team then.
    package var team: TeamID?
    package var openedAt: Timestamp
    package var queuedAt: Timestamp?
    package var answeredAt: Timestamp?
    package var talkEndedAt: Timestamp?
    /// When it was sent to a number outside, where it is or was until it ended.
    package var outsideAt: Timestamp?
    /// When its agent was done with it, which a number outside had by then.
    package var releasedAt: Timestamp?
    package var closedAt: Timestamp?
    package var outcome: ContactOutcome?
    package var endedBy: Party?
    package var disposition: DispositionID?
    package var note: String?
    /// Nil if it was withheld, or erased.
    package var number: String?
    package var dialled: String?
    /// Whose it is; nil: nobody knows.
    package var customer: CustomerID?
}

/// Where a list of contacts goes on: behind this one.
package struct ContactCursor: Sendable, Hashable, LosslessStringConvertible {
    package let openedAt: Timestamp
    package let contact: ContactID

    package init(openedAt: Timestamp, contact: ContactID) {
        self.openedAt = openedAt
        self.contact = contact
    }

    /// `<microseconds>.<id>`; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let microseconds = Int64(parts[0]), let contact = ContactID(String(parts[1])) else { return nil }
        self.init(openedAt: Timestamp(microseconds: microseconds), contact: contact)
    }

    package var description: String { "\(openedAt.microseconds).\(contact)" }
}

extension ContactRow {
    /// The columns that `init(_:)` reads, with the tables under the names that `tables` gives them.
    static let columns: SQL =
        """
        contact.id, contact.project, contact.channel, contact.direction, contact.queue, contact.agent, contact.team, contact.opened_at,
        contact.queued_at, contact.answered_at, contact.talk_ended_at, contact.outside_at, contact.released_at, contact.closed_at, contact.outcome, contact.outcome_detail,
        contact.ended_by, contact.disposition, contact_note.note, contact_caller.number, contact_caller.dialled,
        contact.customer
        """

    static let tables: SQL =
        """
        contact LEFT JOIN contact_note ON contact_note.contact = contact.id
        LEFT JOIN contact_caller ON contact_caller.contact = contact.id
        """

    init(_ row: inout Row) throws {
        id = try row.id()
        project = try row.id()
        channel = try row.choice()
        direction = try row.choice()
        queue = try row.idOrNil()
        agent = try row.idOrNil()
        team = try row.idOrNil()
        openedAt = try row.time()
        queuedAt = try row.timeOrNil()
        answeredAt = try row.timeOrNil()
        talkEndedAt = try row.timeOrNil()
        outsideAt = try row.timeOrNil()
        releasedAt = try row.timeOrNil()
        closedAt = try row.timeOrNil()
        let word = try row.textOrNil()
        let detail = try row.textOrNil()
        outcome = try word.map { word in
            guard let outcome = ContactOutcome(word, detail: detail) else { throw StorageError.unreadable("the outcome \(word)") }
            return outcome
        }
        endedBy = try row.choiceOrNil()
        disposition = try row.idOrNil()
        note = try row.textOrNil()
        number = try row.textOrNil()
        dialled = try row.textOrNil()
        customer = try row.idOrNil()
    }
}
