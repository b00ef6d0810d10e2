import Centre
import Contacts
import Organization
import Primitives
import Routing

/// What the engine knows at one moment, small enough to be read between two of its steps: it looks at queues, agents and
/// contacts in hand, not at everybody who waits.
struct CentreReading: Sendable {
    struct Line: Sendable {
        var queue: QueueID
        var project: ProjectID
        var waiting = 0
        var oldestSince: Timestamp?
        /// Agents who could take its next contact.
        var free = 0
        var offered = 0
        var talking = 0
        var dialling = 0
        var leftBehind = 0
        var wrapUp = 0
    }

    var position: LogPosition
    /// In the order of the queues' ids.
    var lines: [Line] = []
    /// By the name of the routing state, in the order of `RoutingState.names`.
    var agents: [(state: String, count: Int)]
    /// Agents who would be free if their phones could be reached.
    var unreachable = 0

    init(of engine: CentreEngine) {
        position = engine.position
        var places: [QueueID: Int] = [:]
        for queue in engine.organization.queues.keys.sorted() {
            guard let project = engine.organization.queues[queue]?.project else { continue }
            let waiting = engine.routing.waiting(in: queue)
            places[queue] = lines.count
            lines.append(
                Line(
                    queue: queue, project: project, waiting: waiting.count, oldestSince: Self.oldest(waiting),
                    free: engine.routing.free(in: queue).count))
        }
        for contact in engine.handlings.keys {
            guard let contact = engine.contacts[contact], contact.direction != .internal, let place = places[contact.queue] else {
                continue
            }
            switch contact.state {
            // Of what is only to be written up nobody is kept from the next.
            case .arriving, .toldClosed, .queued, .outside, .writeUp: break
            case .offered: lines[place].offered += 1
            case .talking: lines[place].talking += 1
            case .dialling: lines[place].dialling += 1
            case .leftBehind: lines[place].leftBehind += 1
            case .wrapUp: lines[place].wrapUp += 1
            }
        }
        var counts: [String: Int] = [:]
        for member in engine.routing.agents.values {
            counts[member.state.routing.name, default: 0] += 1
            if member.state.routing == .idle, !member.state.isReachable { unreachable += 1 }
        }
        agents = RoutingState.names.map { ($0, counts[$0] ?? 0) }
    }

    /// The first of each priority has waited longest of them; so many comparisons as there are priorities, not contacts.
    private static func oldest(_ waiting: SortedRun<WaitingPlace>) -> Timestamp? {
        var oldest: Timestamp?
        var index = 0
        while index < waiting.count {
            let place = waiting[index]
            oldest = min(oldest ?? place.since, place.since)
            var (low, high) = (index + 1, waiting.count)
            while low < high {
                let middle = (low + high) / 2
                if waiting[middle].priority == place.priority { low = middle + 1 } else { high = middle }
            }
            index = low
        }
        return oldest
    }
}

/// What has come about since the start of the program, counted from entries of the log as they become durable.
struct CentreCounters: Sendable {
    private struct Key: Hashable {
        var queue: QueueID
        var result: String
    }

    private var closed: [Key: Int] = [:]
    private var offers: [Key: Int] = [:]
    private var queuedAt: [ContactID: Timestamp] = [:]
    private var answered: [QueueID: Histogram] = [:]
    private(set) var entries = 0

    /// Seconds of waiting: around the service levels that are usual.
    static let waitBounds: [Double] = [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800]

    mutating func count(_ entry: LogEntry) {
        entries += 1
        switch entry.event {
        case .contactQueued(let contact, _):
            // Back from a failed offer it has waited since it first came.
            if queuedAt[contact] == nil { queuedAt[contact] = entry.at }
        case .offerEnded(_, let contact, _, let result):
            guard let queue = entry.queue else { return }
            offers[Key(queue: queue, result: result.rawValue), default: 0] += 1
            guard result == .answered, let since = queuedAt.removeValue(forKey: contact) else { return }
            answered[queue, default: Histogram(bounds: Self.waitBounds)].observe(entry.at - since)
        case .contactTransferred: break  // Whoever waits again has waited long enough to be counted once.
        case .contactClosed(let contact, let outcome):
            queuedAt[contact] = nil
            guard let queue = entry.queue else { return }
            closed[Key(queue: queue, result: OutcomeName.of(outcome)), default: 0] += 1
        case .defined, .setUpApplied, .audited, .numberRefused, .contactOpened, .dialStarted, .colleagueDialled, .colleagueCalled,
            .colleagueLeft,
            .numberCalled, .dialEnded,
            .toldClosed, .offerMade, .holdStarted, .holdEnded,
            .muteChanged, .recording, .recordingFated, .keepingChanged, .voiceMeasured, .talkEnded, .agentHungUp,
            .phoneRungAgain, .agentReturned, .customerWarned, .customerDismissed, .consultStarted,
            .consultArranged, .consultRefused, .consultEnded, .sentOutside, .outsideAnswered, .outsideRefused, .outsideEnded,
            .secondLineOpened, .supervisionStarted, .supervisionArranged, .supervisionEnded, .contactTakenOver, .helpRequested,
            .helpWithdrawn,
            .agentReleased, .wrapUpRequested, .wrapUpStarted, .writeUpStarted, .contactDisposed, .presenceChanged,
            .presencePlanned, .agentStoppedResponding, .phoneReachabilityChanged, .headsetChanged, .seatTaken, .seatLeft,
            .signOffChanged,
            .documentPublished, .documentRetired, .formSubmitted, .contactIdentified:
            break
        }
    }

    /// Entries were lost: what waits now is not known. Counters only fall short by that.
    mutating func forgetWaiting() { queuedAt = [:] }

    fileprivate func forEachClosed(_ body: (QueueID, String, Int) -> Void) { Self.forEach(closed, body) }
    fileprivate func forEachOffer(_ body: (QueueID, String, Int) -> Void) { Self.forEach(offers, body) }
    fileprivate func forEachAnswered(_ body: (QueueID, Histogram) -> Void) {
        for (queue, histogram) in answered.sorted(by: { $0.key < $1.key }) { body(queue, histogram) }
    }

    private static func forEach(_ counts: [Key: Int], _ body: (QueueID, String, Int) -> Void) {
        for (key, count) in counts.sorted(by: { ($0.key.queue, $0.key.result) < ($1.key.queue, $1.key.result) }) {
            body(key.queue, key.result, count)
        }
    }
}

extension Metrics {
    /// The trade's figures. Queues are named by their keys in the set-up, which stay when somebody renames them on screen.
    mutating func add(_ reading: CentreReading, _ counters: CentreCounters, names: Names, at now: Timestamp) {
        add(.gauge, "callfloor_contacts", "Contacts that are open, by queue and by where they are.") { family in
            for line in reading.lines {
                let (project, queue) = (names.key(of: line.project), names.key(of: line.queue))
                for (state, count) in [
                    ("waiting", line.waiting), ("dialling", line.dialling), ("offered", line.offered), ("talking", line.talking),
                    ("leftBehind", line.leftBehind), ("wrapUp", line.wrapUp),
                ] {
                    family.sample(count, ["project": project, "queue": queue, "state": state])
                }
            }
        }
        add(.gauge, "callfloor_queue_longest_wait_seconds", "How long the one who waits longest has waited; 0 if nobody does.") { family in
            for line in reading.lines {
                family.sample(
                    line.oldestSince.map { max(.zero, now - $0) } ?? .zero,
                    ["project": names.key(of: line.project), "queue": names.key(of: line.queue)])
            }
        }
        add(.gauge, "callfloor_queue_free_agents", "Agents who could take the queue's next contact now.") { family in
            for line in reading.lines {
                family.sample(line.free, ["project": names.key(of: line.project), "queue": names.key(of: line.queue)])
            }
        }
        add(.gauge, "callfloor_agents", "Agents by routing state.") { family in
            for (state, count) in reading.agents { family.sample(count, ["state": state]) }
        }
        gauge("callfloor_agents_unreachable", "Agents who are ready and whose phones cannot be reached.", reading.unreachable)
        addCounters(counters, names)
    }

    private mutating func addCounters(_ counters: CentreCounters, _ names: Names) {
        func project(_ queue: QueueID) -> String { names.project(of: queue).map { names.key(of: $0) } ?? "" }
        add(.counter, "callfloor_contacts_closed_total", "Contacts that have ended, by queue and outcome.") { family in
            counters.forEachClosed { queue, outcome, count in
                family.sample(count, ["project": project(queue), "queue": names.key(of: queue), "outcome": outcome])
            }
        }
        add(.counter, "callfloor_offers_total", "Offers that have ended, by queue and result.") { family in
            counters.forEachOffer { queue, result, count in
                family.sample(count, ["project": project(queue), "queue": names.key(of: queue), "result": result])
            }
        }
        add(.histogram, "callfloor_answer_wait_seconds", "How long the callers who were answered had waited.") { family in
            counters.forEachAnswered { queue, histogram in
                family.sample(histogram, ["project": project(queue), "queue": names.key(of: queue)])
            }
        }
        counter("callfloor_log_entries_total", "Entries of the log that have become durable.", counters.entries)
    }
}
