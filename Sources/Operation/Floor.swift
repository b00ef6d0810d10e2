import Calls
import Centre
import Contacts
import OrderedCollections
import Organization
import Primitives
import Reporting
import Routing

/// One queue as the floor shows it.
package struct FloorQueue: Hashable, Sendable {
    package var id: QueueID
    package var project: ProjectID
    package var waiting: Int
    package var oldestSince: Timestamp?
    /// Agents who could take its next contact.
    package var ready: Int
    package var signedIn: Int
    package var serviceLevelTarget: Duration
}

/// One agent as the floor shows him.
package struct FloorAgent: Hashable, Sendable {
    package var id: AgentID
    package var team: TeamID?
    package var state: AgentState
    /// The queue of the contact in his slot.
    package var queue: QueueID?
    package var project: ProjectID?
    /// With whom he talks, or whom he calls, where no customer is.
    package var colleague: AgentID?
    /// Since when he has wanted help.
    package var helpSince: Timestamp?
    /// Those beside him, whose phone is answered.
    package var supervisions: [Supervision] = []
    /// He has a customer on the line, or left him behind: somebody may come beside him.
    package var isInTalk = false
    package var isTrainee = false
    /// Who sits beside whom, if he is one of the two.
    package var seat: FloorSeat?
    /// Whether he may be offered a contact now.
    package var isFree = false
}

/// Two who sit beside each other, as the floor shows one of them.
package struct FloorSeat: Hashable, Sendable {
    package var other: AgentID
    /// The other sits beside him, and not he beside the other.
    package var isHost: Bool
    package var since: Timestamp
}

extension CentreEngine {
    package func floorQueue(_ id: QueueID) -> FloorQueue? {
        guard let queue = organization.queues[id] else { return nil }
        let waiting = routing.waiting(in: id)
        var signedIn = 0
        for agent in routing.members(of: id) where routing.agents[agent]?.state.routing != .off { signedIn += 1 }
        return FloorQueue(
            id: id, project: queue.project, waiting: waiting.count, oldestSince: waiting.first?.since, ready: routing.free(in: id).count,
            signedIn: signedIn, serviceLevelTarget: queue.serviceLevelTarget)
    }

    package func floorAgent(_ id: AgentID) -> FloorAgent? {
        guard let member = routing.agents[id] else { return nil }
        let contact = member.state.routing.contact.flatMap { contacts[$0] }
        if let contact, let colleague = contact.colleague {
            return learner(
                FloorAgent(
                    id: id, team: organization.agents[id]?.team, state: member.state,
                    colleague: colleague == id ? contact.state.agent : colleague))
        }
        var row = FloorAgent(
            id: id, team: organization.agents[id]?.team, state: member.state, queue: contact?.queue, project: contact?.project)
        row.helpSince = helpFlags[id]?.since
        if let contact, contact.state.agent == id {
            row.supervisions = calls[contact.id]?.supervisions.filter(\.isAnswered) ?? []
            switch contact.state {
            case .talking, .leftBehind: row.isInTalk = true
            case .arriving, .toldClosed, .dialling, .queued, .offered, .wrapUp, .writeUp, .outside: break
            }
        }
        return learner(row)
    }

    private func learner(_ row: FloorAgent) -> FloorAgent {
        var row = row
        row.isTrainee = routing.agents[row.id]?.isTrainee == true
        row.isFree = routing.agents[row.id]?.isFree == true
        row.seat = floorSeat(of: row.id)
        return row
    }

    package func floorSeat(of agent: AgentID) -> FloorSeat? {
        seat(of: agent).map { guest, host, since in
            FloorSeat(other: agent == guest ? host : guest, isHost: agent == host, since: since)
        }
    }
}

/// The day's figures of every queue, counted from the log's entries as they become durable: of the visits that began on it, as in every
/// report. A value: feed it the day's entries from the start and it is what it was before a restart.
package struct DayFigures: Sendable {
    private var figures: [QueueID: QueueFigures] = [:]
    private var days: [ProjectID: (start: Timestamp, end: Timestamp)] = [:]
    private var book = FactBook()
    private var organization = Organization()

    package init() {}

    package subscript(queue: QueueID, at now: Timestamp) -> QueueFigures {
        mutating get {
            if let project = organization.queues[queue]?.project { turn(project, at: now) }
            return figures[queue] ?? QueueFigures()
        }
    }

    /// The day of which the queue's figures tell.
    package mutating func day(of queue: QueueID, at now: Timestamp) -> Range<Timestamp>? {
        guard let project = organization.queues[queue]?.project else { return nil }
        turn(project, at: now)
        return days[project].map { $0.start..<$0.end }
    }

    /// - Returns: the agent's part that the entry brought to its end.
    @discardableResult
    package mutating func count(_ entry: LogEntry) -> HandlingFacts? {
        if case .defined(let definition) = entry.event { organization.apply(definition) }
        let news = book.apply(entry)
        for visit in news.visits {
            turn(visit.project, at: entry.at)
            guard let day = days[visit.project], day.start <= visit.enteredAt else { continue }
            if visit.end == nil {
                figures[visit.queue, default: QueueFigures()].countOffered()
            } else {
                figures[visit.queue, default: QueueFigures()].countEnd(of: visit)
            }
        }
        return news.handling
    }

    /// Begins a new day for the project's queues once its midnight has passed.
    private mutating func turn(_ project: ProjectID, at now: Timestamp) {
        if let day = days[project], day.start <= now, now < day.end { return }
        guard let time = organization.projects[project]?.time else { return }
        let start = time.startOfDay(now)
        // 30 hours on is the next day whatever the clocks do; its start is this day's end.
        days[project] = (start, time.startOfDay(start + .seconds(30 * 3600)))
        for queue in organization.queues.values where queue.project == project { figures[queue.id] = nil }
    }
}
