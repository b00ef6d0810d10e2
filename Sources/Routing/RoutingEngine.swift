import Contacts
import Organization
import Primitives

/// Who waits, who is free, and who gets whom. One value for all queues, because an agent belongs to many of them: an
/// assignment is one decision, not a negotiation.
///
/// The `match` functions only read; the rest changes what they read and is called when an event is applied.
package struct RoutingEngine: Sendable {
    /// Raised when a change of the rules would decide the same state differently.
    package static let version = 1

    fileprivate var lines: [QueueID: Line] = [:]
    package private(set) var agents: [AgentID: Member] = [:]
    private var places: [ContactID: WaitingPlace] = [:]

    /// One agent as routing holds him.
    package struct Member: Sendable {
        package var profile: RoutingProfile
        package var phone: PhoneID?
        package var state: AgentState
        package var isTrainee = false
        /// A mentor sits beside him, and is in reach.
        package var hasMentor = false
        /// He sits beside a colleague, and is given nothing of his own.
        package var isBeside = false

        /// A trainee who has nobody beside him gets no customer.
        package var isAlone: Bool { isTrainee && !hasMentor }

        /// Whether he may be offered a contact now.
        package var isFree: Bool { state.isAtHand && !isBeside && !isAlone }
    }

    /// One queue: its waiting contacts in order, its free agents in order, and everybody who serves it.
    fileprivate struct Line: Sendable {
        var waiting = SortedRun<WaitingPlace>()
        var idle = SortedRun<IdlePlace>()
        var members = SortedRun<AgentID>()
        /// How many agents serve it after each delay, delays ascending.
        var delays: [(delay: Duration, agents: Int)] = []
    }

    package init() {}

    // MARK: What is there

    /// The contacts waiting in `queue`, first in line first.
    package func waiting(in queue: QueueID) -> SortedRun<WaitingPlace> {
        lines[queue]?.waiting ?? SortedRun()
    }

    /// Where `contact` stands: its number in line, from 1; nil if it does not wait.
    package func position(of contact: ContactID) -> Int? {
        guard let place = places[contact], let line = lines[place.queue] else { return nil }
        return line.waiting.position(of: place) + 1
    }

    /// The agents who serve `queue`, in the order of their ids.
    package func members(of queue: QueueID) -> SortedRun<AgentID> {
        lines[queue]?.members ?? SortedRun()
    }

    /// The free agents of `queue`, the longest idle first.
    package func free(in queue: QueueID) -> SortedRun<IdlePlace> {
        lines[queue]?.idle ?? SortedRun()
    }

    /// The spans of waiting after which more agents count for a contact of `queue`, without zero, ascending.
    package func delays(of queue: QueueID) -> [Duration] {
        (lines[queue]?.delays ?? []).lazy.map(\.delay).filter { $0 > .zero }
    }

    // MARK: Deciding

    /// The agent for a waiting contact: of the free ones whom the profile lets serve it by now, the longest idle.
    package func match(_ contact: ContactID, at now: Timestamp) -> Assignment? {
        guard let place = places[contact], let line = lines[place.queue] else { return nil }
        let waited = now - place.since
        let (considered, free) = candidates(in: line, of: place.queue, after: waited)
        guard let chosen = considered.first else { return nil }
        return assignment(
            of: contact, in: place, to: chosen.agent, idleSince: chosen.idleSince, rule: .longestIdle, free: free,
            considered: considered, waited: waited)
    }

    /// Whom a contact that has waited so long would be offered to in `queue`; nil while nobody is free for it. For who wants to ask him.
    package func choice(in queue: QueueID, after waited: Duration) -> (agent: AgentID, explanation: Explanation)? {
        guard let line = lines[queue] else { return nil }
        let (considered, free) = candidates(in: line, of: queue, after: waited)
        guard let chosen = considered.first else { return nil }
        let explanation = explanation(
            of: chosen.agent, in: queue, idleSince: chosen.idleSince, rule: .longestIdle, free: free, considered: considered,
            waited: waited)
        return (chosen.agent, explanation)
    }

    /// The free agents who count after that long a wait, the longest idle first, and how many there are.
    private func candidates(
        in line: Line, of queue: QueueID, after waited: Duration
    ) -> (considered: [Explanation.Candidate], free: Int) {
        var considered: [Explanation.Candidate] = []
        var free = 0
        // Once the longest delay has passed, everybody counts and nobody need be asked.
        let everybodyCounts = line.delays.last.map { $0.delay <= waited } ?? true
        for candidate in line.idle where everybodyCounts || entry(of: candidate.agent, for: queue)?.delay ?? .zero <= waited {
            free += 1
            if considered.count < Explanation.consideredMax {
                considered.append(.init(agent: candidate.agent, idleSince: candidate.since))
            } else if everybodyCounts {
                free = line.idle.count
                break
            }
        }
        return (considered, free)
    }

    /// The contact for a free agent: his queues by priority; in those of one priority the most urgent contact, then the
    /// one that has waited longest.
    package func match(_ agent: AgentID, at now: Timestamp) -> Assignment? {
        guard let member = agents[agent], member.isFree, let idleSince = member.state.idleSince else { return nil }
        var best: WaitingPlace?
        var bestPriority: UInt8 = .max
        for entry in member.profile.entries {
            if best != nil, entry.priority > bestPriority { break }
            guard let head = head(of: entry.queue, waitedAtLeast: entry.delay, at: now) else { continue }
            if best == nil || head < best! {
                best = head
                bestPriority = entry.priority
            }
        }
        guard let best else { return nil }
        return assignment(
            of: best.contact, in: best, to: agent, idleSince: idleSince, rule: .longestWaiting, free: 1,
            considered: [.init(agent: agent, idleSince: idleSince)], waited: now - best.since)
    }

    /// A waiting contact for the free agent to whom a colleague sends it; nil if he is not free.
    package func assignment(
        of contact: ContactID, sentTo agent: AgentID, by rule: Explanation.Rule = .transferred, at now: Timestamp
    ) -> Assignment? {
        guard let place = places[contact], let member = agents[agent], member.isFree, let idleSince = member.state.idleSince else {
            return nil
        }
        return assignment(
            of: contact, in: place, to: agent, idleSince: idleSince, rule: rule, free: 1,
            considered: [.init(agent: agent, idleSince: idleSince)], waited: now - place.since)
    }

    /// A waiting contact for the agent who has its customer on the line already.
    package func assignment(
        of contact: ContactID, heldBy agent: AgentID, by rule: Explanation.Rule = .transferred, at now: Timestamp
    ) -> Assignment? {
        guard let place = places[contact], let state = agents[agent]?.state else { return nil }
        let idleSince = state.idleSince ?? now
        return assignment(
            of: contact, in: place, to: agent, idleSince: idleSince, rule: rule, free: 1,
            considered: [.init(agent: agent, idleSince: idleSince)], waited: now - place.since)
    }

    /// The first in line that has waited long enough. Within one priority those behind have waited less, so a head that
    /// has not waited enough rules out its whole priority.
    private func head(of queue: QueueID, waitedAtLeast delay: Duration, at now: Timestamp) -> WaitingPlace? {
        guard let waiting = lines[queue]?.waiting, let first = waiting.first else { return nil }
        if delay == .zero { return first }
        var index = 0
        while index < waiting.count {
            let place = waiting[index]
            if now - place.since >= delay { return place }
            index = waiting.position(of: .endOfPriority(place.priority, in: queue))
        }
        return nil
    }

    private func assignment(
        of contact: ContactID, in place: WaitingPlace, to agent: AgentID, idleSince: Timestamp, rule: Explanation.Rule, free: Int,
        considered: [Explanation.Candidate], waited: Duration
    ) -> Assignment {
        Assignment(
            contact: contact, agent: agent,
            explanation: explanation(
                of: agent, in: place.queue, idleSince: idleSince, rule: rule, free: free, considered: considered, waited: waited))
    }

    private func explanation(
        of agent: AgentID, in queue: QueueID, idleSince: Timestamp, rule: Explanation.Rule, free: Int,
        considered: [Explanation.Candidate], waited: Duration
    ) -> Explanation {
        Explanation(
            rule: rule, version: Self.version, queue: queue, priority: entry(of: agent, for: queue)?.priority ?? 1, waited: waited,
            idleSince: idleSince, free: free, considered: considered, excluded: excluded(from: queue, waited: waited))
    }

    private func entry(of agent: AgentID, for queue: QueueID) -> RoutingProfile.Entry? {
        agents[agent]?.profile.entries.first { $0.queue == queue }
    }

    /// The queue's agents who could not take the contact, by reason, in the order of `Exclusion`'s cases.
    private func excluded(from queue: QueueID, waited: Duration) -> [Explanation.Excluded] {
        guard let line = lines[queue] else { return [] }
        var found: [Explanation.Excluded] = []
        for index in 0..<min(line.members.count, Explanation.membersMax) {
            let agent = line.members[index]
            guard let reason = exclusion(of: agent, from: queue, waited: waited) else { continue }
            // There are few reasons: looking through them is quicker than hashing them.
            guard let known = found.firstIndex(where: { $0.reason == reason }) else {
                found.append(.init(reason: reason, count: 1, agents: [agent]))
                continue
            }
            found[known].count += 1
            if found[known].agents.count < Explanation.namedMax { found[known].agents.append(agent) }
        }
        return found.sorted { $0.reason < $1.reason }
    }

    private func exclusion(of agent: AgentID, from queue: QueueID, waited: Duration) -> Exclusion? {
        guard let member = agents[agent] else { return nil }
        return switch member.state.routing {
        case .off: .off
        case .notReady: .notReady
        case .offered: .offered
        case .handling, .consulted: .handling
        case .wrapUp: .wrapUp
        case .notResponding: .notResponding
        case .idle where !member.state.isReachable: .unreachable
        case .idle where member.isBeside: .beside
        case .idle where member.isAlone: .trainee
        case .idle: entry(of: agent, for: queue)?.delay ?? .zero > waited ? .delay : nil
        }
    }

    // MARK: Changing, when events are applied

    /// Takes a queue into the set of lines.
    package mutating func define(_ queue: QueueID) {
        if lines[queue] == nil { lines[queue] = Line() }
    }

    /// Takes an agent, or his new profile and phone.
    package mutating func define(_ agent: Agent, at now: Timestamp) {
        var member = agents[agent.id] ?? Member(profile: RoutingProfile([]), state: AgentState(at: now))
        leaveIdle(agent.id, member)
        for entry in member.profile.entries {
            lines[entry.queue]?.members.remove(agent.id)
            lines[entry.queue]?.drop(entry.delay)
        }
        member.state.take(agent.phone, insteadOf: member.phone)
        member.phone = agent.phone
        member.profile = agent.profile
        member.isTrainee = agent.isTrainee
        for entry in member.profile.entries {
            lines[entry.queue]?.members.insert(agent.id)
            lines[entry.queue]?.add(entry.delay)
        }
        agents[agent.id] = member
        joinIdle(agent.id, member)
    }

    /// Lets an agent go, who has nothing to do any more.
    package mutating func retire(_ agent: AgentID) {
        guard let member = agents.removeValue(forKey: agent) else { return }
        leaveIdle(agent, member)
        for entry in member.profile.entries {
            lines[entry.queue]?.members.remove(agent)
            lines[entry.queue]?.drop(entry.delay)
        }
    }

    /// Closes a line in which nobody waits.
    package mutating func retire(_ queue: QueueID) {
        if lines[queue]?.waiting.isEmpty == true { lines[queue] = nil }
    }

    /// Changes an agent's state and keeps his place among the free in step with it.
    package mutating func change(_ agent: AgentID, _ change: (inout AgentState) -> Void) {
        changeMember(agent) { change(&$0.state) }
    }

    private mutating func changeMember(_ agent: AgentID, _ change: (inout Member) -> Void) {
        guard var member = agents[agent] else { return }
        leaveIdle(agent, member)
        change(&member)
        agents[agent] = member
        joinIdle(agent, member)
    }

    /// The agent sits beside another, or does not any more.
    package mutating func sit(_ agent: AgentID, _ isBeside: Bool) {
        guard agents[agent].map({ $0.isBeside != isBeside }) ?? false else { return }
        changeMember(agent) { $0.isBeside = isBeside }
    }

    /// A mentor is there for the agent, or is not any more.
    package mutating func mentor(_ agent: AgentID, isThere: Bool) {
        guard agents[agent].map({ $0.hasMentor != isThere }) ?? false else { return }
        changeMember(agent) { $0.hasMentor = isThere }
    }

    /// Puts a contact into a line at the rank of its priority and first waiting time: one who comes back after a failed
    /// offer stands where he stood.
    package mutating func enqueue(_ contact: Contact) {
        let place = WaitingPlace(queue: contact.queue, priority: contact.priority, since: contact.queuedAt, contact: contact.id)
        places[contact.id] = place
        lines[contact.queue]?.waiting.insert(place)
    }

    package mutating func dequeue(_ contact: ContactID) {
        guard let place = places.removeValue(forKey: contact) else { return }
        lines[place.queue]?.waiting.remove(place)
    }

    private mutating func joinIdle(_ agent: AgentID, _ member: Member) {
        guard member.isFree, let since = member.state.idleSince else { return }
        for entry in member.profile.entries { lines[entry.queue]?.idle.insert(IdlePlace(since: since, agent: agent)) }
    }

    private mutating func leaveIdle(_ agent: AgentID, _ member: Member) {
        guard member.isFree, let since = member.state.idleSince else { return }
        for entry in member.profile.entries { lines[entry.queue]?.idle.remove(IdlePlace(since: since, agent: agent)) }
    }
}

extension RoutingEngine.Line {
    fileprivate mutating func add(_ delay: Duration) {
        if let index = delays.firstIndex(where: { $0.delay >= delay }) {
            if delays[index].delay == delay { delays[index].agents += 1 } else { delays.insert((delay, 1), at: index) }
        } else {
            delays.append((delay, 1))
        }
    }

    fileprivate mutating func drop(_ delay: Duration) {
        guard let index = delays.firstIndex(where: { $0.delay == delay }) else { return }
        delays[index].agents -= 1
        if delays[index].agents == 0 { delays.remove(at: index) }
    }
}

/// A contact's place in a line: by priority, then by how long it has waited, then by id so that ties are decided.
package struct WaitingPlace: Hashable, Comparable, Sendable {
    package let queue: QueueID
    package let priority: ContactPriority
    package let since: Timestamp
    package let contact: ContactID

    package static func < (left: Self, right: Self) -> Bool {
        if left.priority != right.priority { return left.priority < right.priority }
        if left.since != right.since { return left.since < right.since }
        return left.contact < right.contact
    }

    /// Behind everybody of `priority`.
    fileprivate static func endOfPriority(_ priority: ContactPriority, in queue: QueueID) -> Self {
        WaitingPlace(queue: queue, priority: priority, since: .distantFuture, contact: ContactID(high: .max, low: .max))
    }
}

/// A free agent's place: the longest idle first.
package struct IdlePlace: Hashable, Comparable, Sendable {
    package let since: Timestamp
    package let agent: AgentID

    package static func < (left: Self, right: Self) -> Bool {
        left.since != right.since ? left.since < right.since : left.agent < right.agent
    }
}
