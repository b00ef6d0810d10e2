import Calls
import Centre
import Contacts
import Organization
import Primitives

/// Turns the log into what figures are made of: each contact's visits to queues, and the agents' parts in it. A value: fed the definitions
/// and everything about the contacts that are open, it goes on as if it had seen the whole log.
package struct FactBook: Sendable {
    private var open: [ContactID: OpenContact] = [:]
    private var queues: [QueueID: Queue] = [:]

    /// What an entry came to.
    package struct News: Hashable, Sendable {
        /// Begun, or ended.
        package var visits: [QueueVisit] = []
        /// Done.
        package var handling: HandlingFacts?
    }

    package init() {}

    package mutating func apply(_ entry: LogEntry) -> News {
        if case .defined(.queue(let queue)) = entry.event { queues[queue.id] = queue }
        guard let id = entry.event.contact else { return News() }
        // What agents have to say to each other is nobody's contact.
        if case .contactOpened(let contact, _) = entry.event, contact.direction != .internal { open[id] = OpenContact(contact) }
        guard var contact = open[id] else { return News() }
        contact.news = News()
        contact.follow(entry.event, at: entry.at, queues)
        open[id] = contact
        if case .contactClosed = entry.event { open[id] = nil }
        return contact.news
    }
}

private struct OpenContact: Sendable {
    let id: ContactID
    let project: ProjectID
    var queue: QueueID
    var visit: QueueVisit?
    var visits = 0
    /// Sent to a queue by an agent: even to the same one that is a visit of its own.
    var isSent = false
    var part: Part?
    var parts = 0
    var news = FactBook.News()

    init(_ contact: Contact) {
        id = contact.id
        project = contact.project
        queue = contact.queue
    }

    mutating func follow(_ event: Event, at now: Timestamp, _ queues: [QueueID: Queue]) {
        switch event {
        case .contactQueued(_, let queue):
            finishPart(at: now)
            enter(queue, at: now, queues)
        case .offerEnded(_, _, let agent, .answered):
            endVisit(.answered, at: now)
            begin(agent, at: now)
        case .dialEnded(_, let agent, .answered): begin(agent, at: now)
        case .holdStarted(_, _, let side): part?.hold(.side(side), at: now)
        case .holdEnded(_, _, let side): part?.retrieve(.side(side), at: now)
        case .agentHungUp:
            part?.facts.agentReleasedFirst = true
            part?.hold(.leftBehind, at: now)
        case .agentReturned: part?.retrieve(.leftBehind, at: now)
        case .customerDismissed: part?.facts.agentReleasedFirst = true
        case .talkEnded, .sentOutside: part?.endTalk(at: now)
        case .wrapUpStarted: part?.wrapUpSince = now
        case .contactDisposed(_, _, let disposition): part?.facts.disposition = disposition
        case .agentReleased, .outsideRefused: finishPart(at: now)
        case .contactTransferred(_, _, let target):
            if case .queue = target { isSent = true }
            finishPart(at: now)
        case .contactTakenOver: finishPart(at: now)
        case .contactClosed(_, let outcome):
            switch outcome {
            case .abandoned, .failed: endVisit(.abandoned, at: now)
            case .handled, .refused, .closed, .lostInRestart, .notReached, .internal: endVisit(.otherwise, at: now)
            }
            finishPart(at: now)
        case .defined, .setUpApplied, .audited, .contactOpened, .toldClosed, .dialStarted, .numberCalled, .dialEnded, .offerMade,
            .offerEnded, .muteChanged, .recording, .recordingFated, .keepingChanged, .voiceMeasured,
            .phoneRungAgain, .customerWarned, .wrapUpRequested, .writeUpStarted, .consultStarted, .secondLineOpened, .consultArranged,
            .consultRefused, .consultEnded,
            .supervisionStarted, .supervisionArranged, .supervisionEnded, .helpRequested, .helpWithdrawn,
            .outsideAnswered, .outsideEnded, .colleagueDialled, .colleagueCalled, .colleagueLeft, .numberRefused, .presenceChanged,
            .presencePlanned, .agentStoppedResponding, .phoneReachabilityChanged, .headsetChanged, .seatTaken, .seatLeft,
            .signOffChanged,
            .documentPublished, .documentRetired, .formSubmitted, .contactIdentified:
            break
        }
    }

    private mutating func enter(_ queue: QueueID, at now: Timestamp, _ queues: [QueueID: Queue]) {
        defer { isSent = false }
        self.queue = queue
        guard isSent || visit?.queue != queue, let settings = queues[queue] else { return }
        endVisit(.otherwise, at: now)
        visits += 1
        let visit = QueueVisit(contact: id, number: visits, project: project, queue: settings, enteredAt: now)
        self.visit = visit
        news.visits.append(visit)
    }

    /// The first end counts: who is answered and waits again has had his answer.
    private mutating func endVisit(_ kind: QueueVisit.EndKind, at now: Timestamp) {
        guard var ended = visit, ended.end == nil else { return }
        ended.end = QueueVisit.End(kind, at: now)
        visit = ended
        news.visits.append(ended)
    }

    private mutating func begin(_ agent: AgentID, at now: Timestamp) {
        parts += 1
        part = Part(HandlingFacts(contact: id, number: parts, project: project, queue: queue, agent: agent, answeredAt: now))
    }

    private mutating func finishPart(at now: Timestamp) {
        guard var done = part else { return }
        part = nil
        done.endTalk(at: now)
        if let since = done.wrapUpSince { done.facts.wrapUp = now - since }
        news.handling = done.facts
    }
}

/// An agent's part that is not over.
private struct Part: Sendable {
    var facts: HandlingFacts
    var wrapUpSince: Timestamp?
    private var holds: Set<Hold> = []
    private var heldSince: Timestamp?
    private var isTalkOver = false

    enum Hold: Hashable, Sendable {
        case side(HoldSide)
        case leftBehind
    }

    init(_ facts: HandlingFacts) {
        self.facts = facts
    }

    mutating func hold(_ hold: Hold, at now: Timestamp) {
        if holds.isEmpty { heldSince = now }
        holds.insert(hold)
    }

    mutating func retrieve(_ hold: Hold, at now: Timestamp) {
        guard holds.remove(hold) != nil, holds.isEmpty else { return }
        addHold(until: now)
    }

    mutating func endTalk(at now: Timestamp) {
        guard !isTalkOver else { return }
        isTalkOver = true
        addHold(until: now)
        facts.talk = now - facts.answeredAt - facts.hold
    }

    private mutating func addHold(until now: Timestamp) {
        guard let since = heldSince else { return }
        facts.hold += now - since
        heldSince = nil
    }
}
