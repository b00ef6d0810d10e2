import Calls
import Centre
import Contacts
import Operation
import Organization
import Primitives
import Reporting
import Routing

/// Watches a simulated day and says what is wrong with it. It believes the engine nothing: from the events alone it keeps
/// its own account of every contact and agent, and a second engine that is fed with nothing but events.
struct DayChecker: Sendable {
    /// The engine as the log alone makes it. Before an entry is applied it is also the state in which it was decided.
    private(set) var shadow = CentreEngine()
    private(set) var account = DayAccount()
    private(set) var figures = DayFigures()
    private(set) var broken: [String] = []
    private var learners = Learners()
    private let thorough: Bool
    private var sweeps = 0

    /// How late a deadline may be handled: the clock of the simulation is late on purpose, as real ones are.
    static let latenessMax = Duration.milliseconds(5)

    /// - Parameter thorough: compare with everybody who waits and not only with the first in each line.
    init(thorough: Bool) {
        self.thorough = thorough
    }

    mutating func fail(_ description: String) { broken.append(description) }

    // MARK: After every step

    mutating func check(_ result: StepResult, of input: Input, engine: CentreEngine, at now: Timestamp) {
        for fault in result.faults { fail("fault: \(fault)") }
        for entry in result.entries {
            if entry.position != shadow.position.next { fail("\(entry.position) follows \(shadow.position)") }
            if entry.at != now { fail("event \(entry.position) is dated \(entry.at)") }
            if case .offerMade(let offering) = entry.event { checkChoice(offering, at: now) }
            learners.check(entry, before: shadow, broken: &broken)
            account.count(entry, before: shadow, broken: &broken)
            shadow.apply(entry)
            figures.count(entry)
        }
        if engine.position != shadow.position { fail("the engine stands at \(engine.position), its events at \(shadow.position)") }
        if input == .timePassed, let next = engine.nextDeadline, next <= now { fail("a deadline of \(next) is left after its time") }
        if !result.entries.isEmpty { checkNobodyIdles(engine, at: now) }
    }

    /// Keeps up with the log and checks nothing.
    mutating func follow(_ result: StepResult) {
        for entry in result.entries { shadow.apply(entry) }
    }

    /// A refusal has no effect.
    mutating func checkUnchanged(_ engine: CentreEngine) {
        if engine.position != shadow.position { fail("a refused input moved the log to \(engine.position)") }
    }

    /// The longest idle agent who may take the contact got it, and no contact that goes before it was there for him.
    private mutating func checkChoice(_ offering: Event.Offering, at now: Timestamp) {
        guard let contact = shadow.contacts[offering.contact], let chosen = shadow.routing.agents[offering.agent] else {
            return fail("offer \(offering.offer) names what is not there")
        }
        // Whom a colleague sends goes before all others, to whom he is sent.
        if offering.explanation.rule == .transferred {
            if contact.sender == nil || chosen.state.routing != .idle { fail("offer \(offering.offer) of a transfer that cannot be") }
            if contact.queuedAt != account.queuedAt(contact.id) { fail("contact \(contact.id) has lost its rank in a transfer") }
            return
        }
        // Who takes over has the customer on the line; he need not be ready.
        if offering.explanation.rule == .takenOver {
            if contact.sender == nil || chosen.state.routing.contact != nil { fail("offer \(offering.offer) of what was not taken over") }
            if contact.queuedAt != account.queuedAt(contact.id) { fail("contact \(contact.id) has lost its rank when it was taken over") }
            return
        }
        // Whoever is named for contacts that need a senior gets them before all others, too.
        if offering.explanation.rule == .escalated {
            if chosen.state.routing != .idle { fail("offer \(offering.offer) to a senior who is not free") }
            if contact.queuedAt != account.queuedAt(contact.id) { fail("contact \(contact.id) has lost its rank when it was handed over") }
            return
        }
        guard contact.state == .queued, chosen.isFree, let chosenSince = chosen.state.idleSince,
            let entry = chosen.profile.entries.first(where: { $0.queue == contact.queue }), contact.queuedAt + entry.delay <= now
        else { return fail("offer \(offering.offer) to \(offering.agent), who cannot take it") }

        if contact.queuedAt != account.queuedAt(contact.id) { fail("contact \(contact.id) has lost its rank") }
        for other in shadow.routing.free(in: contact.queue) {
            if (other.since, other.agent) >= (chosenSince, offering.agent) { break }
            // Whose delay ends within the clock's lateness may count or not.
            if contact.queuedAt + delay(of: other.agent, in: contact.queue) <= now - Self.latenessMax {
                fail("contact \(contact.id) went to \(offering.agent), but \(other.agent) has been idle longer")
            }
        }
        let rank = Rank(entry: entry, contact: contact)
        for entry in chosen.profile.entries where entry.priority <= rank.queuePriority {
            let waiting = shadow.routing.waiting(in: entry.queue)
            for place in thorough ? waiting[...] : waiting.prefix(1) {
                guard let other = shadow.contacts[place.contact] else { return fail("\(place.contact) waits and is not there") }
                if other.queuedAt + entry.delay <= now - Self.latenessMax, Rank(entry: entry, contact: other) < rank {
                    fail("agent \(offering.agent) got \(contact.id), but \(other.id) goes before it")
                }
            }
        }
    }

    /// The order in which an agent is given contacts, said once more without any of the engine's structures.
    private struct Rank: Comparable {
        let queuePriority: UInt8
        let contact: Contact

        init(entry: RoutingProfile.Entry, contact: Contact) {
            queuePriority = entry.priority
            self.contact = contact
        }

        static func < (left: Self, right: Self) -> Bool {
            if left.queuePriority != right.queuePriority { return left.queuePriority < right.queuePriority }
            if left.contact.priority != right.contact.priority { return left.contact.priority < right.contact.priority }
            if left.contact.queuedAt != right.contact.queuedAt { return left.contact.queuedAt < right.contact.queuedAt }
            return left.contact.id < right.contact.id
        }
    }

    private func delay(of agent: AgentID, in queue: QueueID) -> Duration {
        shadow.routing.agents[agent]?.profile.entries.first { $0.queue == queue }?.delay ?? .zero
    }

    /// No agent is free while somebody waits whom he may take.
    private mutating func checkNobodyIdles(_ engine: CentreEngine, at now: Timestamp) {
        for queue in account.queues {
            let free = engine.routing.free(in: queue)
            guard !free.isEmpty else { continue }
            let waiting = engine.routing.waiting(in: queue)
            guard let oldest = waiting.lazy.map(\.since).min() else { continue }
            for agent in free where oldest + delay(of: agent.agent, in: queue) <= now - Self.latenessMax {
                fail("agent \(agent.agent) is free, and somebody has waited in \(queue) since \(oldest)")
            }
        }
    }

    // MARK: Now and then, everything

    /// Looks at the whole state.
    mutating func sweep(_ engine: CentreEngine, at now: Timestamp) {
        sweeps += 1
        for contradiction in engine.contradictions() { fail(contradiction) }
        compareWithShadow(engine)
        checkDeadlines(engine, at: now)
        // The recount walks the whole day, so it is not done every minute.
        if sweeps.isMultiple(of: 15) { checkFigures(at: now) }
    }

    /// Snapshot + events = state.
    private mutating func compareWithShadow(_ engine: CentreEngine) {
        if engine.contacts != shadow.contacts { fail("contacts differ from those of the log") }
        if engine.calls != shadow.calls { fail("calls differ from those of the log") }
        if engine.writeUps != shadow.writeUps { fail("what is to be written up differs from the log's") }
        if engine.seats != shadow.seats { fail("who sits beside whom differs from the log's") }
        if engine.helpFlags != shadow.helpFlags { fail("who wants help differs from the log's") }
        if engine.handlings != shadow.handlings { fail("handlings differ from those of the log") }
        for (id, agent) in engine.routing.agents {
            let same = shadow.routing.agents[id]
            if agent.state != same?.state || agent.profile != same?.profile || agent.isFree != same?.isFree
                || agent.isAlone != same?.isAlone
            {
                fail("agent \(id) differs from the log's")
            }
        }
        for queue in account.queues {
            let waiting = engine.routing.waiting(in: queue)
            if !waiting.elementsEqual(shadow.routing.waiting(in: queue)) { fail("the line of \(queue) differs from the log's") }
            if !zip(waiting, waiting.dropFirst()).allSatisfy({ $0 < $1 }) { fail("the line of \(queue) is out of order") }
            let free = engine.routing.free(in: queue)
            if !free.elementsEqual(shadow.routing.free(in: queue)) { fail("the free agents of \(queue) differ from the log's") }
            if !zip(free, free.dropFirst()).allSatisfy({ $0 < $1 }) { fail("the free agents of \(queue) are out of order") }
        }
    }

    private mutating func checkDeadlines(_ engine: CentreEngine, at now: Timestamp) {
        for (id, contact) in engine.contacts {
            switch contact.state {
            case .offered:
                if let deadline = engine.handlings[id]?.offering?.deadline, deadline + Self.latenessMax < now {
                    fail("the offer of \(id) rings beyond its deadline")
                }
            case .wrapUp(_, let until?):
                if until + Self.latenessMax < now { fail("the wrap-up of \(id) goes on beyond its deadline") }
            case .leftBehind(_, let until):
                if until + Self.latenessMax < now { fail("the customer of \(id) is left behind beyond the deadline") }
            case .dialling(_, _, let until):
                if until + Self.latenessMax < now { fail("the dialling of \(id) goes on beyond its deadline") }
            case .toldClosed(let until):
                if until + Self.latenessMax < now { fail("contact \(id) hears for too long that we are closed") }
            case .arriving: fail("contact \(id) has been left arriving")
            case .queued, .talking, .outside, .wrapUp(_, nil), .writeUp: break
            }
            if let outside = engine.calls[id]?.outside, !outside.isAnswered, outside.deadline + Self.latenessMax < now {
                fail("the number to which \(id) was sent rings beyond its deadline")
            }
        }
    }

    /// The day's figures are what the contacts add up to.
    private mutating func checkFigures(at now: Timestamp) {
        for queue in account.queues {
            guard let project = shadow.organization.queues[queue]?.project, let time = shadow.organization.projects[project]?.time else {
                continue
            }
            let recount = account.recount(of: queue, since: time.startOfDay(now))
            let counted = figures[queue, at: now]
            if counted != recount { fail("figures of \(queue): counted \(counted), recounted \(recount)") }
        }
    }

    // MARK: At the end

    /// Nothing is left when everybody has gone home.
    mutating func checkEnd(_ engine: CentreEngine, at now: Timestamp) {
        sweep(engine, at: now)
        checkFigures(at: now)
        for id in engine.contacts.keys { fail("contact \(id) is left open at the end of the day") }
        if let next = engine.nextDeadline { fail("a deadline of \(next) is left at the end of the day") }
        for id in account.openContacts { fail("contact \(id) has no outcome at the end of the day") }
        for (id, member) in engine.routing.agents where member.state.routing != .off { fail("agent \(id) is left \(member.state.routing)") }
    }
}
