import Calls
import Centre
import Contacts
import Organization
import Primitives
import Reporting
import Routing

/// The checker's own books: what became of each contact, and what each agent did with his time.
struct DayAccount: Sendable {
    /// Every queue of the day, in the order of their ids.
    private(set) var queues: [QueueID] = []
    /// All waits, in the order in which they began.
    private(set) var waits: [Wait] = []
    private(set) var events = 0
    private(set) var talksMeasured = 0
    private(set) var opened = 0
    private(set) var closed = 0
    private(set) var refusedFull = 0
    private(set) var lost = 0
    /// Came when we were closed.
    private(set) var toldClosed = 0
    private(set) var handled = 0
    /// Dialled by agents, and nobody talked.
    private(set) var notReached = 0
    /// Calls between two agents.
    private(set) var betweenAgents = 0
    /// Had an agent, lost him, and left while waiting for the next.
    private(set) var letDown = 0
    private(set) var offers = 0
    private(set) var talk: Duration = .zero
    private(set) var wrapUp: Duration = .zero
    private(set) var idle: Duration = .zero
    private(set) var ringing: Duration = .zero

    private var open: [ContactID: Stage] = [:]
    /// The open contacts' newest wait, when the first of each began, and those who are sent to a queue.
    private var waitOf: [ContactID: Int] = [:]
    private var ranks: [ContactID: Timestamp] = [:]
    private var sent: Set<ContactID> = []
    private var slots: [AgentID: ContactID] = [:]

    /// One contact in one queue, and what became of him.
    struct Wait: Sendable {
        let queue: QueueID
        let queuedAt: Timestamp
        let target: Duration
        let shortAbandon: Duration
        var answeredAt: Timestamp?
        var abandonedAt: Timestamp?
    }

    /// How far a contact is: what may come next follows from it.
    private enum Stage: Hashable {
        case opened, queued
        case told
        case dialling(AgentID)
        case ringing(OfferID, AgentID)
        /// The offer came to nothing; the customer is still there, or not.
        case returned
        case left
        case talking(AgentID)
        /// His phone hung up first.
        case leftBehind(AgentID)
        /// The agent has said why, and the talk is about to end.
        case dismissed(AgentID)
        /// The agent did not say why: only the queue may follow.
        case forsaken(AgentID)
        case ended(AgentID)
        case wrapUp(AgentID)
        /// Its agent is free, and may still say what came of it.
        case writeUp(AgentID)
        /// With a number outside, and with no agent.
        case outside
    }

    var openContacts: [ContactID] { open.keys.sorted() }

    /// When an open contact first entered a queue, by the events alone: its rank, whatever came in between.
    func queuedAt(_ contact: ContactID) -> Timestamp? { ranks[contact] }

    /// - Parameter before: the state in which the event was decided.
    mutating func count(_ entry: LogEntry, before: CentreEngine, broken: inout [String]) {
        events += 1
        // It is told when the talk is over, and its contact closed or somebody else's.
        if case .voiceMeasured = entry.event { return talksMeasured += 1 }
        if case .defined(.queue(let queue)) = entry.event, !queues.contains(queue.id) {
            queues.append(queue.id)
            queues.sort()
        }
        if let contact = entry.contact, !follow(entry, of: contact, before: before) {
            broken.append("event \(entry.position) of contact \(contact) cannot follow \(open[contact].map { "\($0)" } ?? "its close")")
        }
        if let agent = entry.agent ?? entry.contact.flatMap({ before.contacts[$0]?.state.agent }) {
            countTime(of: agent, entry, before: before, broken: &broken)
        }
    }

    /// Whether the event may happen to the contact now; if so, it has.
    private mutating func follow(_ entry: LogEntry, of contact: ContactID, before: CentreEngine) -> Bool {
        switch (entry.event, open[contact]) {
        case (.contactOpened, nil):
            opened += 1
            open[contact] = .opened
        case (.dialStarted(_, let agent, _, _), .opened):
            guard before.contacts[contact]?.direction == .outbound, slots.updateValue(contact, forKey: agent) == nil else { return false }
            open[contact] = .dialling(agent)
        case (.numberCalled(_, let agent, _), .dialling(let dialling)):
            guard agent == dialling else { return false }
        case (.dialEnded(_, let agent, let result), .dialling(let dialling)) where agent == dialling:
            open[contact] = result == .answered ? .talking(agent) : .ended(agent)
        case (.numberRefused(_, let agent, let project, _, _), _):
            guard before.contacts[contact]?.state.agent == agent, before.contacts[contact]?.project == project else { return false }
        case (.colleagueDialled(_, let agent, let colleague, _, _), .opened):
            guard before.contacts[contact]?.direction == .internal, agent != colleague,
                slots.updateValue(contact, forKey: agent) == nil
            else { return false }
            open[contact] = .dialling(agent)
        case (.colleagueCalled(_, let colleague, _), .dialling):
            guard before.contacts[contact]?.colleague == colleague, before.routing.agents[colleague]?.state.isAtHand == true else {
                return false
            }
        case (.colleagueLeft(_, let colleague), .ended):
            guard before.routing.agents[colleague]?.state.routing == .consulted(contact) else { return false }
        case (.toldClosed, .opened):
            guard isOpen(contact, at: entry.at, before) == false else { return false }
            open[contact] = .told
        case (.contactClosed(_, .closed), .told):
            toldClosed += 1
            close(contact)
        case (.contactQueued, .opened) where isOpen(contact, at: entry.at, before) == false: return false
        case (.contactQueued(_, let queue), .opened), (.contactQueued(_, let queue), .returned):
            enter(queue, contact, entry, before)
        case (.contactQueued(_, let queue), .ended(let agent)), (.contactQueued(_, let queue), .forsaken(let agent)):
            // The agent was lost in the talk, or left it.
            slots[agent] = nil
            enter(queue, contact, entry, before)
        case (.offerMade(let offering), .queued):
            offers += 1
            guard slots.updateValue(contact, forKey: offering.agent) == nil else { return false }
            open[contact] = .ringing(offering.offer, offering.agent)
        case (.offerEnded(let offer, _, let agent, let result), .ringing(let ringing, let at)) where ringing == offer && at == agent:
            if result == .answered {
                open[contact] = .talking(agent)
                if let index = waitOf[contact], waits[index].answeredAt == nil { waits[index].answeredAt = entry.at }
            } else {
                slots[agent] = nil
                open[contact] = result == .callerLeft ? .left : .returned
            }
        case (.holdStarted(_, let agent, _), .talking(let talking)), (.holdEnded(_, let agent, _), .talking(let talking)),
            (.muteChanged(_, let agent, _), .talking(let talking)):
            guard agent == talking || agent == before.contacts[contact]?.colleague else { return false }
        case (.recording(_, .started(_, let agent)), .talking(let talking)), (.recording(_, .paused(let agent)), .talking(let talking)):
            guard agent == talking, before.contacts[contact]?.colleague == nil else { return false }
        case (.recording(_, .announced), .talking): break
        // It ends just before what ends it, and a pause with whatever ends the talk.
        case (.recording(_, .ended(let recording)), _): guard before.calls[contact]?.recording == recording else { return false }
        case (.recording(_, .resumed(let agent)), _): guard before.calls[contact]?.privateBy == agent else { return false }
        case (.recording(_, .told), _): guard before.calls[contact]?.announcedUntil != nil else { return false }
        case (.agentHungUp(_, let agent, _), .talking(let talking)), (.agentHungUp(_, let agent, _), .leftBehind(let talking)):
            guard agent == talking else { return false }
            open[contact] = .leftBehind(agent)
        case (.secondLineOpened(_, let agent, _), .talking(let talking)):
            guard agent == talking else { return false }
        case (.consultStarted, .talking), (.consultArranged, .talking), (.consultRefused, .talking), (.consultEnded, .talking): break
        case (.supervisionStarted(_, let supervisor, let agent, _, _, _), .talking(let talking)),
            (.supervisionStarted(_, let supervisor, let agent, _, _, _), .leftBehind(let talking)):
            guard agent == talking, supervisor != agent, before.routing.agents[supervisor]?.state.mayDial == true else { return false }
        case (.supervisionArranged(_, let supervisor, let mode, let isMicrophoneOpen), .talking),
            (.supervisionArranged(_, let supervisor, let mode, let isMicrophoneOpen), .leftBehind):
            // A microphone is opened only in the mode that is on.
            guard let was = before.calls[contact]?.supervision(by: supervisor), !isMicrophoneOpen || (was.isAnswered && was.mode == mode)
            else { return false }
        case (.supervisionEnded(_, let supervisor, let leg), .talking), (.supervisionEnded(_, let supervisor, let leg), .leftBehind):
            guard before.calls[contact]?.supervision(by: supervisor)?.leg == leg else { return false }
        case (.contactTakenOver(_, let agent, let supervisor), .talking(let talking)),
            (.contactTakenOver(_, let agent, let supervisor), .leftBehind(let talking)):
            guard agent == talking, supervisor != agent else { return false }
            slots[agent] = nil
            open[contact] = .returned
        case (.helpRequested(_, let agent), .talking(let had)), (.helpRequested(_, let agent), .leftBehind(let had)),
            (.helpRequested(_, let agent), .dialling(let had)), (.helpRequested(_, let agent), .wrapUp(let had)):
            guard agent == had || agent == before.contacts[contact]?.colleague else { return false }
        case (.helpWithdrawn(_, let agent), _):
            guard before.helpFlags[agent]?.contact == contact else { return false }
        case (.sentOutside(_, let agent, _, _), .talking(let talking)), (.sentOutside(_, let agent, _, _), .leftBehind(let talking)):
            guard agent == talking else { return false }
            open[contact] = .ended(agent)
        case (.outsideAnswered, .wrapUp), (.outsideAnswered, .writeUp), (.outsideAnswered, .outside), (.outsideAnswered, .ended):
            guard before.calls[contact]?.outside?.isAnswered == false else { return false }
        // Whom the number does not take waits again, whatever his agent has said of him by then.
        case (.outsideRefused, .wrapUp(let agent)):
            slots[agent] = nil
            open[contact] = .returned
        case (.outsideRefused, .outside), (.outsideRefused, .writeUp): open[contact] = .returned
        case (.outsideEnded, .wrapUp), (.outsideEnded, .writeUp), (.outsideEnded, .outside):
            guard before.calls[contact]?.outside != nil else { return false }
        case (.agentReleased(_, let agent), .ended(let had)), (.agentReleased(_, let agent), .wrapUp(let had)):
            guard agent == had, before.calls[contact]?.outside != nil else { return false }
            slots[agent] = nil
            open[contact] = .outside
        case (.agentReleased(_, let agent), .writeUp(let had)):
            guard agent == had, before.calls[contact]?.outside != nil else { return false }
            open[contact] = .outside
        case (.phoneRungAgain(_, let agent, _, _), .leftBehind(let left)):
            guard agent == left else { return false }
        case (.agentReturned(_, let agent), .leftBehind(let left)) where agent == left:
            open[contact] = .talking(agent)
        case (.customerWarned(_, let agent), .talking(let talking)):
            guard agent == talking else { return false }
        case (.customerDismissed(_, let agent, let reason), .talking(let talking)),
            (.customerDismissed(_, let agent, let reason), .leftBehind(let talking)):
            guard agent == talking, reason != .abuse || before.contacts[contact]?.wasWarned == true else { return false }
            open[contact] = .dismissed(agent)
        case (.contactTransferred(_, let agent, let target), .talking(let talking)),
            (.contactTransferred(_, let agent, let target), .leftBehind(let talking)):
            guard agent == talking else { return false }
            if case .queue = target { sent.insert(contact) }
            slots[agent] = nil
            open[contact] = .returned
        // An agent never hangs up first: no talk ends by him without a word why, or the customer waits again.
        case (.talkEnded(_, let agent, .agent), .dismissed(let talking)) where talking == agent:
            open[contact] = .ended(agent)
        case (.talkEnded(_, let agent, .agent), .leftBehind(let left)) where left == agent:
            open[contact] = .forsaken(agent)
        case (.talkEnded(_, let agent, _), .talking(let talking)) where talking == agent && before.contacts[contact]?.colleague != nil:
            open[contact] = .ended(agent)
        case (.talkEnded(_, let agent, let party), .talking(let talking)) where talking == agent && party != .agent,
            (.talkEnded(_, let agent, let party), .leftBehind(let talking)) where talking == agent && party != .agent:
            open[contact] = .ended(agent)
        case (.wrapUpRequested(_, let agent, _), .talking(let talking)), (.wrapUpRequested(_, let agent, _), .leftBehind(let talking)):
            guard agent == talking, let queue = before.contacts[contact]?.queue, case .onRequest = before.organization.queues[queue]?.wrapUp
            else { return false }
        case (.writeUpStarted(_, let agent), .ended(let ended)) where ended == agent:
            guard before.writeUps[agent] == nil else { return false }
            slots[agent] = nil
            open[contact] = .writeUp(agent)
        case (.wrapUpStarted(_, let agent, _), .ended(let ended)) where ended == agent:
            open[contact] = .wrapUp(agent)
        case (.contactDisposed(_, let agent, _), .wrapUp(let wrapping)) where wrapping == agent,
            (.contactDisposed(_, let agent, _), .writeUp(let wrapping)) where wrapping == agent:
            break
        case (.contactClosed(_, .handled), .writeUp):
            guard before.calls[contact]?.outside == nil else { return false }
            guard before.contacts[contact]?.direction == .inbound || before.contacts[contact]?.wasAnswered == true else { return false }
            handled += 1
            close(contact)
        case (.contactClosed(_, .notReached(let result)), .writeUp):
            guard before.contacts[contact]?.dialResult == result, result != .answered else { return false }
            notReached += 1
            close(contact)
        case (.contactClosed(_, .handled), .ended(let agent)), (.contactClosed(_, .handled), .wrapUp(let agent)):
            guard before.calls[contact]?.outside == nil, before.contacts[contact]?.colleague == nil else { return false }
            guard before.contacts[contact]?.direction == .inbound || before.contacts[contact]?.wasAnswered == true else { return false }
            handled += 1
            slots[agent] = nil
            close(contact)
        case (.contactClosed(_, .internal(let result)), .ended(let agent)):
            guard before.contacts[contact]?.direction == .internal, before.contacts[contact]?.dialResult == result else { return false }
            betweenAgents += 1
            slots[agent] = nil
            close(contact)
        case (.contactClosed(_, .handled), .outside):
            guard before.calls[contact]?.outside == nil else { return false }
            handled += 1
            close(contact)
        case (.contactClosed(_, .notReached(let result)), .ended(let agent)),
            (.contactClosed(_, .notReached(let result)), .wrapUp(let agent)):
            guard before.contacts[contact]?.dialResult == result, result != .answered else { return false }
            notReached += 1
            slots[agent] = nil
            close(contact)
        case (.contactClosed(_, .abandoned(.queue)), .queued), (.contactClosed(_, .abandoned(.ringing)), .left):
            guard let index = waitOf[contact], waits[index].answeredAt == nil else { return false }
            waits[index].abandonedAt = entry.at
            close(contact)
        case (.contactClosed(_, .failed), .queued), (.contactClosed(_, .failed), .left):
            guard let index = waitOf[contact], before.contacts[contact]?.wasAnswered == true else { return false }
            // Nobody in this queue has answered him.
            if waits[index].answeredAt == nil { waits[index].abandonedAt = entry.at }
            letDown += 1
            close(contact)
        case (.contactClosed(_, .refused(.queueFull)), .opened):
            refusedFull += 1
            close(contact)
        case (.contactClosed(_, .lostInRestart), .queued), (.contactClosed(_, .lostInRestart), .returned):
            lost += 1
            close(contact)
        default:
            return false
        }
        return true
    }

    /// Nil for a contact that came by no entry point.
    private func isOpen(_ contact: ContactID, at now: Timestamp, _ before: CentreEngine) -> Bool? {
        before.contacts[contact]?.entryPoint.flatMap { before.organization.entryPoints[$0] }.map { before.organization.isOpen($0, at: now) }
    }

    /// Its rank begins with its first queue, and a wait with each one that it is sent to.
    private mutating func enter(_ queue: QueueID, _ contact: ContactID, _ entry: LogEntry, _ before: CentreEngine) {
        open[contact] = .queued
        if ranks[contact] == nil { ranks[contact] = entry.at }
        if sent.remove(contact) == nil, let index = waitOf[contact], waits[index].queue == queue { return }
        let settings = before.organization.queues[queue]
        waitOf[contact] = waits.count
        waits.append(
            Wait(
                queue: queue, queuedAt: entry.at, target: settings?.serviceLevelTarget ?? .zero,
                shortAbandon: settings?.shortAbandon ?? .zero))
    }

    private mutating func close(_ contact: ContactID) {
        closed += 1
        open[contact] = nil
        waitOf[contact] = nil
        ranks[contact] = nil
        sent.remove(contact)
    }

    /// Adds up the state that the event ends, and holds the agent against his slot.
    private mutating func countTime(of agent: AgentID, _ entry: LogEntry, before: CentreEngine, broken: inout [String]) {
        guard let state = before.routing.agents[agent]?.state else { return }
        // Of the last contact he may still say something while the next is there.
        if let contact = entry.contact, before.writeUps[agent] == contact { return }
        if let slot = state.routing.contact, let contact = entry.contact, slot != contact {
            broken.append("event \(entry.position): agent \(agent) has \(slot) in his slot and something else to do with \(contact)")
        }
        // What two agents have to say to each other is no handling.
        if let contact = entry.contact, before.contacts[contact]?.direction == .internal { return }
        let span = entry.at - state.routingSince
        switch (state.routing, entry.event) {
        case (.idle, .offerMade), (.idle, .presenceChanged): idle += span
        case (.offered, .offerEnded): ringing += span
        case (.handling, .talkEnded), (.handling, .contactTransferred), (.handling, .contactTakenOver), (.handling, .dialEnded),
            (.handling, .sentOutside):
            talk += span
        case (.wrapUp, .contactClosed), (.wrapUp, .agentReleased), (.wrapUp, .outsideRefused): wrapUp += span
        default: break
        }
    }

    /// The figures of `queue` counted anew from the waits that began at `since` or later.
    func recount(of queue: QueueID, since: Timestamp) -> QueueFigures {
        var figures = QueueFigures()
        for wait in waits where wait.queue == queue && wait.queuedAt >= since {
            figures.countOffered()
            if let answeredAt = wait.answeredAt { figures.countAnswered(after: answeredAt - wait.queuedAt, target: wait.target) }
            if let abandonedAt = wait.abandonedAt {
                figures.countAbandoned(after: abandonedAt - wait.queuedAt, target: wait.target, shortAbandon: wait.shortAbandon)
            }
        }
        return figures
    }

    /// The whole day's figures over all queues.
    var total: QueueFigures {
        queues.reduce(QueueFigures()) { $0 + recount(of: $1, since: .distantPast) }
    }
}
