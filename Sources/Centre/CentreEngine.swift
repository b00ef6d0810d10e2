// Long because state changes in one place, which is in this file with what it changes.
import Calls
import Contacts
import HeapModule
import Organization
import Primitives
import Routing

/// The whole centre as one value: every contact, call, queue and agent, and every decision about them.
///
/// `step` decides from the state and an input, and applies the events it decides on; state changes only in `apply`, so
/// that the log alone brings the same state back. It reads no clock and draws no chance of its own: both are passed.
package struct CentreEngine: Sendable {
    package private(set) var organization = Organization()
    package private(set) var routing = RoutingEngine()
    package private(set) var contacts: [ContactID: Contact] = [:]
    package private(set) var calls: [ContactID: Call] = [:]
    /// What an agent does with a contact, from the offer to the close.
    package private(set) var handlings: [ContactID: Handling] = [:]
    /// The position of the last event applied.
    package private(set) var position = LogPosition.start
    /// Offers that still ring.
    private(set) var contactOfOffer: [OfferID: ContactID] = [:]
    private(set) var contactOfLeg: [LegID: ContactID] = [:]
    private(set) var agentsOfPhone: [PhoneID: SortedRun<AgentID>] = [:]
    private(set) var deadlines = Heap<Deadline>()
    /// What agents who are free may still say something of: one contact for each, until his next.
    package private(set) var writeUps: [AgentID: ContactID] = [:]
    /// Of agents who want a supervisor to come.
    package private(set) var helpFlags: [AgentID: HelpFlag] = [:]
    /// Who sits beside whom, by the one who sits there.
    package private(set) var seats: [AgentID: Seat] = [:]

    /// Whether what is recorded is kept. Who keeps it says so at each start; nil until then.
    package private(set) var keepsRecordings: Bool?

    /// Set for the time of one step: what it has brought about so far, and in whose name.
    var step = StepResult()
    private var actor = Actor.system
    private var cause = ""

    /// More open contacts than this are refused with busy: memory must not grow without bound.
    package static let contactsMax = 1_000_000

    package init() {}

    /// Takes one input at `now` and says what came of it.
    ///
    /// - Throws: a `Refusal`, and then nothing has changed. Inputs from the network are never refused: what comes too late
    ///   is ignored.
    package mutating func step(
        _ input: Input, by actor: Actor = .system, at now: Timestamp, using random: inout Random
    ) throws(Refusal) -> StepResult {
        step = StepResult()
        self.actor = actor
        cause = input.kind
        switch input {
        case .setUp(let definitions): try setUp(definitions, at: now, using: &random)
        case .audited(let audit): emit(.audited(audit), at: now)
        case .callArrived(let leg, let entryPoint): callArrived(leg, at: entryPoint, now: now, using: &random)
        case .legEnded(let leg): legEnded(leg, at: now, using: &random)
        case .legAnswered(let leg): legAnswered(leg, at: now, using: &random)
        case .legRefused(let leg, let cause): legRefused(leg, cause, at: now, using: &random)
        case .legHeld(let leg, let isHeld): legHeld(leg, isHeld, at: now)
        case .soundEnded(let leg): soundEnded(leg, at: now)
        case .legLost(let leg, let loss): legLost(leg, loss, at: now, using: &random)
        case .phoneReachable(let phone, let reachable): phoneReachable(phone, reachable, at: now, using: &random)
        case .headsetConnected(let agent, let isConnected): headsetConnected(agent, isConnected, at: now, using: &random)
        case .legInterrupted(let leg): legInterrupted(leg, at: now, using: &random)
        case .legResumed(let leg): legResumed(leg, at: now)
        case .presenceWanted(let agent, let presence): try presenceWanted(presence, by: agent, at: now, using: &random)
        case .dialWanted(let agent, let contact, let queue):
            try dialWanted(contact, in: queue, by: agent, at: now, using: &random)
        case .dialledByPhone(let agent, let contact, let queue, let leg):
            try dialledByPhone(contact, in: queue, by: agent, on: leg, at: now, using: &random)
        case .numberRefused(let agent, let project, let reason, let rule): numberRefused(reason, by: rule, to: agent, of: project, at: now)
        case .colleagueDialWanted(let agent, let contact, let colleague):
            try colleagueDialWanted(contact, by: agent, to: colleague, at: now, using: &random)
        case .offerDeclined(let agent, let offer): try offerDeclined(offer, by: agent, at: now, using: &random)
        case .answerWanted(let agent, let contact): try answerWanted(contact, by: agent, at: now, using: &random)
        case .declineWanted(let agent, let contact): try declineWanted(contact, by: agent, at: now, using: &random)
        case .contactCompleted(let agent, let contact, let disposition):
            try contactCompleted(contact, by: agent, as: disposition, at: now, using: &random)
        case .dismissalWanted(let agent, let contact, let reason):
            try dismissalWanted(contact, by: agent, for: reason, at: now, using: &random)
        case .warningGiven(let agent, let contact): try warningGiven(contact, by: agent, at: now)
        case .phoneWanted(let agent, let contact): try phoneWanted(for: contact, by: agent, at: now, using: &random)
        case .holdWanted(let agent, let contact, let isWanted): try holdWanted(isWanted, of: contact, by: agent, at: now)
        case .muteWanted(let agent, let contact, let isWanted): try muteWanted(isWanted, in: contact, by: agent, at: now)
        case .wrapUpWanted(let agent, let contact, let isWanted): try wrapUpWanted(isWanted, after: contact, by: agent, at: now)
        case .keysWanted(let agent, let contact, let keys): try keysWanted(keys, in: contact, by: agent)
        case .consultWanted(let agent, let contact, let colleague):
            try consultWanted(about: contact, by: agent, with: colleague, at: now, using: &random)
        case .queueConsultWanted(let agent, let contact, let queue):
            try queueConsultWanted(about: contact, by: agent, in: queue, at: now, using: &random)
        case .outsideConsultWanted(let agent, let contact, let leg): try outsideConsultWanted(on: leg, about: contact, by: agent, at: now)
        case .outsideTransferWanted(let agent, let contact, let leg):
            try outsideTransferWanted(contact, by: agent, on: leg, at: now, using: &random)
        case .consultDialledByPhone(let agent, let contact, let party, let line):
            try consultDialledByPhone(about: contact, by: agent, with: party, on: line, at: now, using: &random)
        case .consultChangeWanted(let agent, let contact, let stage): try consultChangeWanted(stage, in: contact, by: agent, at: now)
        case .consultEndWanted(let agent, let contact, let isTransfer):
            try consultEndWanted(of: contact, by: agent, isTransfer: isTransfer, at: now, using: &random)
        case .transferWanted(let agent, let contact, let target):
            try transferWanted(contact, by: agent, to: target, at: now, using: &random)
        case .handOverWanted(let agent, let contact): try handOverWanted(contact, by: agent, at: now, using: &random)
        case .recordingWanted(let agent, let contact, let isWanted):
            try recordingWanted(isWanted, of: contact, by: agent, at: now, using: &random)
        case .privacyWanted(let agent, let contact, let isWanted): try privacyWanted(isWanted, in: contact, by: agent, at: now)
        case .recordingFated(let recording, let contact, let project, let fate):
            emit(.recordingFated(recording, contact, project, fate), at: now)
        case .recordingRefused(let leg, let recording): recordingRefused(recording, of: leg, at: now)
        case .keepingChanged(let isKept): emit(.keepingChanged(isKept: isKept), at: now)
        case .voiceMeasured(let facts): emit(.voiceMeasured(facts), at: now)
        case .documentPublished(let document, let project, let version):
            emit(.documentPublished(document, project, version: version), at: now)
        case .documentRetired(let document, let project): emit(.documentRetired(document, project), at: now)
        case .contactIdentified(let contact, let customer, let agent): try contactIdentified(contact, as: customer, by: agent, at: now)
        case .formSubmitted(let agent, let contact, let form, let version):
            try formSubmitted(form, in: version, about: contact, by: agent, at: now)
        case .supervisionWanted(let agent, let contact, let mode):
            try supervisionWanted(mode, of: contact, by: agent, at: now, using: &random)
        case .microphoneWanted(let agent, let contact, let isWanted): try microphoneWanted(isWanted, in: contact, by: agent, at: now)
        case .supervisionEndWanted(let agent, let contact): try supervisionEndWanted(of: contact, by: agent, at: now, using: &random)
        case .takeOverWanted(let agent, let contact): try takeOverWanted(contact, by: agent, at: now, using: &random)
        case .helpWanted(let agent, let isWanted): try helpWanted(isWanted, by: agent, at: now)
        case .agentFreed(let agent): try agentFreed(agent, at: now, using: &random)
        case .seatWanted(let guest, let host): try seatWanted(by: guest, beside: host, at: now)
        case .seatEndWanted(let agent): try seatEndWanted(of: agent, at: now, using: &random)
        case .signOffWanted(let agent, let isSignedOff): try signOffWanted(isSignedOff, for: agent, at: now, using: &random)
        case .timePassed: timePassed(at: now, using: &random)
        case .restarted(let legs):
            let recorded = calls.filter { $0.value.recording != nil || $0.value.isPrivate }.keys.sorted()
            restarted(taking: legs, at: now, using: &random)
            restartRecordings(recorded, at: now, using: &random)
            listenAgain(at: now, using: &random)
        }
        settleSeats(at: now, using: &random)
        settleRecordings(at: now, using: &random)
        defer { step = StepResult() }
        return step
    }

    /// When `timePassed` is due next; nil if nothing waits for the clock.
    package var nextDeadline: Timestamp? { deadlines.min?.at }

    // MARK: Deciding

    private mutating func timePassed(at now: Timestamp, using random: inout Random) {
        while let due = deadlines.min, due.at <= now {
            deadlines.removeMin()
            // Deadlines are not taken back when their reason goes; here they are held against what is still there.
            guard stands(due) else { continue }
            switch due.kind {
            case .offer(let offer): offerLapsed(offer, at: now, using: &random)
            case .wrapUp(let contact): wrapUpLapsed(contact, at: now, using: &random)
            case .help(let contact): assign(contact, at: now, using: &random)
            case .leftBehind(let contact): leftBehindTooLong(contact, at: now, using: &random)
            case .consult(let contact): consultLapsed(contact, at: now, using: &random)
            case .interruption(let contact): interruptedTooLong(contact, at: now, using: &random)
            case .outside(let contact): outsideLapsed(contact, at: now, using: &random)
            case .dial(let contact): dialLapsed(contact, at: now, using: &random)
            case .toldClosed(let contact): hangUpWhenTold(contact, at: now)
            case .announcement(let contact): announcementEnded(in: contact, isWhole: false, at: now)
            case .supervision(let leg): supervisionLapsed(leg, at: now, using: &random)
            }
        }
    }

    /// Records an event of this step and applies it.
    mutating func emit(_ event: Event, at now: Timestamp) {
        endRecordings(before: event, at: now)
        endSeats(before: event, at: now)
        let contact = event.contact.flatMap { contacts[$0] }
        let entry = LogEntry(
            position: position.next, at: now, event: event, project: project(of: event), contact: event.contact, agent: event.agent,
            queue: queue(of: event, about: contact), actor: actor, cause: cause)
        step.entries.append(entry)
        apply(entry)
    }

    mutating func direct(_ directive: CallDirective) { step.directives.append(directive) }

    /// A state that must not be: said, and the decision is left out, instead of ending the centre.
    mutating func fault(_ description: String) { step.faults.append(description) }

    // MARK: Applying

    /// Brings the state to what it is after `entry`. Total: an entry of the log is never refused.
    package mutating func apply(_ entry: LogEntry) {
        defer {
            weighSeats()
            if let contact = entry.contact { lowerFlags(of: contact) }
        }
        position = entry.position
        let now = entry.at
        switch entry.event {
        case .defined(let definition): apply(definition, at: now)
        case .contactOpened(let contact, let leg):
            contacts[contact.id] = contact
            calls[contact.id] = Call(customer: leg)
            contactOfLeg[leg] = contact.id
        case .dialStarted(let contact, let agent, let leg, let until): startDial(of: contact, by: agent, on: leg, until: until, at: now)
        case .colleagueDialled(let contact, let agent, let colleague, let leg, let until):
            contacts[contact]?.colleague = colleague
            startDial(of: contact, by: agent, on: leg, until: until, at: now)
        case .colleagueCalled(let contact, let colleague, let until):
            if let agent = contacts[contact]?.state.agent { dial(contact, by: agent, .number, until: until) }
            changeRouting(of: colleague, to: .consulted(contact), at: now)
        case .colleagueLeft(_, let colleague): changeRouting(of: colleague, to: freeState(of: colleague), at: now)
        case .numberCalled(let contact, let agent, let until): dial(contact, by: agent, .number, until: until)
        case .dialEnded(let contact, let agent, let result): apply(result, of: contact, by: agent, at: now)
        case .toldClosed(let contact, let until):
            contacts[contact]?.state = .toldClosed(until: until)
            deadlines.insert(Deadline(at: until, kind: .toldClosed(contact)))
        case .contactQueued(let id, let queue): applyQueued(id, in: queue, at: now)
        case .offerMade(let offering): apply(offering, at: now)
        case .offerEnded(let offer, let contact, let agent, let result): apply(result, of: offer, for: contact, to: agent, at: now)
        case .holdStarted(let contact, let agent, let side):
            calls[contact]?.heldBy.insert(side)
            if side == .connection { interrupt(contact, by: agent, until: now + Self.interruptionMax) }
        case .holdEnded(let contact, let agent, .connection): resume(contact, by: agent)
        case .holdEnded(let contact, _, let side): calls[contact]?.heldBy.remove(side)
        case .muteChanged(let contact, _, let isMuted): calls[contact]?.isMuted = isMuted
        case .talkEnded(let contact, _, let party):
            dropAgentLeg(of: contact)
            handlings[contact]?.endedAt = now
            handlings[contact]?.endedBy = party
        case .agentHungUp(let contact, let agent, let until):
            dropAgentLeg(of: contact)
            leave(contact, by: agent, until: until)
        case .phoneRungAgain(let contact, let agent, let leg, let until):
            calls[contact]?.agent = leg
            contactOfLeg[leg] = contact
            leave(contact, by: agent, until: until)
        case .agentReturned(let contact, let agent): contacts[contact]?.state = .talking(agent, since: now)
        case .customerWarned(let contact, _): contacts[contact]?.wasWarned = true
        case .consultStarted(let contact, let colleague, _, let leg, let until, _):
            calls[contact]?.consult = Consult(leg: leg, agent: colleague, deadline: until)
            calls[contact]?.consultResult = nil
            contactOfLeg[leg] = contact
            if let colleague { changeRouting(of: colleague, to: .consulted(contact), at: now) }
            deadlines.insert(Deadline(at: until, kind: .consult(contact)))
        case .secondLineOpened(let contact, _, let leg):
            calls[contact]?.consult?.secondLine = leg
            contactOfLeg[leg] = contact
        case .consultArranged(let contact, _, let stage): calls[contact]?.consult?.stage = stage
        case .consultEnded(let contact, let colleague):
            for leg in calls[contact]?.consult?.legs ?? [] { contactOfLeg[leg] = nil }
            calls[contact]?.consult = nil
            if let colleague { changeRouting(of: colleague, to: freeState(of: colleague), at: now) }
        case .consultRefused(let contact, let result): calls[contact]?.consultResult = result
        case .sentOutside(let contact, let agent, let leg, let until):
            dropAgentLeg(of: contact)
            handlings[contact]?.endedAt = now
            if let queue = contacts[contact]?.queue { contacts[contact]?.sender = Sender(agent: agent, queue: queue) }
            calls[contact]?.outside = OutsideParty(leg: leg, deadline: until)
            contactOfLeg[leg] = contact
            deadlines.insert(Deadline(at: until, kind: .outside(contact)))
        case .outsideAnswered(let contact): calls[contact]?.outside?.isAnswered = true
        case .outsideRefused(let contact, _):
            dropOutside(of: contact)
            if let agent = contacts[contact]?.state.agent { release(contact, agent, at: now) }
            // What follows in the same step says where it waits.
            contacts[contact]?.state = .arriving
        case .outsideEnded(let contact, _): dropOutside(of: contact)
        case .agentReleased(let contact, let agent):
            release(contact, agent, at: now)
            contacts[contact]?.state = .outside
        case .supervisionStarted(let contact, let supervisor, _, let leg, let mode, let until):
            calls[contact]?.supervisions.append(Supervision(supervisor: supervisor, leg: leg, mode: mode, deadline: until))
            contactOfLeg[leg] = contact
            changeRouting(of: supervisor, to: .consulted(contact), at: now)
            deadlines.insert(Deadline(at: until, kind: .supervision(leg)))
        case .supervisionArranged(let contact, let supervisor, let mode, let isMicrophoneOpen):
            guard let place = calls[contact]?.supervisions.firstIndex(where: { $0.supervisor == supervisor }) else { return }
            calls[contact]?.supervisions[place].isAnswered = true
            calls[contact]?.supervisions[place].mode = mode
            calls[contact]?.supervisions[place].isMicrophoneOpen = isMicrophoneOpen
            // Whoever asked for help has it.
            if let agent = contacts[contact]?.state.agent { helpFlags[agent] = nil }
        case .supervisionEnded(let contact, let supervisor, let leg):
            calls[contact]?.supervisions.removeAll { $0.leg == leg }
            contactOfLeg[leg] = nil
            changeRouting(of: supervisor, to: freeState(of: supervisor), at: now)
        case .helpRequested(let contact, let agent): helpFlags[agent] = HelpFlag(contact: contact, since: now)
        case .helpWithdrawn(_, let agent): helpFlags[agent] = nil
        case .contactTransferred(let contact, let agent, _), .contactTakenOver(let contact, let agent, _):
            dropAgentLeg(of: contact)
            handlings[contact] = nil
            if let queue = contacts[contact]?.queue { contacts[contact]?.sender = Sender(agent: agent, queue: queue) }
            // What follows in the same step says where it waits.
            contacts[contact]?.state = .arriving
            routing.change(agent) { $0.idleSince = now }
            changeRouting(of: agent, to: freeState(of: agent), at: now)
        case .wrapUpStarted(let contact, let agent, let until):
            contacts[contact]?.state = .wrapUp(agent, until: until)
            if let until { deadlines.insert(Deadline(at: until, kind: .wrapUp(contact))) }
            changeRouting(of: agent, to: .wrapUp(contact), at: now)
        case .wrapUpRequested(let contact, _, let isWanted): handlings[contact]?.wantsWrapUp = isWanted
        case .writeUpStarted(let contact, let agent):
            contacts[contact]?.state = .writeUp(agent)
            writeUps[agent] = contact
            routing.change(agent) { $0.idleSince = now }
            changeRouting(of: agent, to: freeState(of: agent), at: now)
        case .recording(let contact, let step):
            if case .announced(let until) = step { deadlines.insert(Deadline(at: until, kind: .announcement(contact))) }
            if var call = calls[contact] {
                Self.apply(step, to: &call, at: now)
                calls[contact] = call
            }
        case .keepingChanged(let isKept): keepsRecordings = isKept
        case .setUpApplied, .audited, .numberRefused, .contactDisposed, .customerDismissed, .recordingFated, .voiceMeasured,
            .documentPublished, .documentRetired, .formSubmitted, .contactIdentified:
            break
        case .contactClosed(let contact, let outcome): applyClosed(contact, outcome, at: now)
        case .presenceChanged(let agent, let presence): apply(presence, of: agent, at: now)
        case .presencePlanned(let agent, let presence): routing.change(agent) { $0.next = presence }
        case .agentStoppedResponding(let agent, _): changeRouting(of: agent, to: .notResponding, at: now)
        case .phoneReachabilityChanged(let agent, let reachable): routing.change(agent) { $0.phoneReachable = reachable }
        case .headsetChanged(let agent, let isConnected): routing.change(agent) { $0.hasHeadset = isConnected }
        case .seatTaken(let guest, let host):
            seats[guest] = Seat(host: host, since: now)
            routing.sit(guest, true)
        case .seatLeft(let guest, let host):
            seats[guest] = nil
            routing.sit(guest, false)
            routing.mentor(host, isThere: false)
        case .signOffChanged(let agent, let isSignedOff):
            guard var changed = organization.agents[agent] else { return }
            changed.isTrainee = !isSignedOff
            apply(.agent(changed), at: now)
        }
    }

    /// Gives agents the states that tables kept for them, and the position that the log has reached: for a restart that
    /// does not read the log from its beginning. The set-up, the seats and the open contacts' entries have been applied before.
    package mutating func restore(_ states: [(agent: AgentID, state: AgentState)], through position: LogPosition) {
        for (agent, state) in states { routing.change(agent) { $0 = state } }
        // A flag goes with the contact it was about; how the agent was rid of that may stand in entries that are not read.
        helpFlags = helpFlags.filter { routing.agents[$0.key]?.state.routing.contact == $0.value.contact }
        weighSeats()
        self.position = max(self.position, position)
    }

    private mutating func apply(_ definition: Definition, at now: Timestamp) {
        if case .agent(let agent) = definition {
            if let old = organization.agents[agent.id]?.phone { agentsOfPhone[old]?.remove(agent.id) }
            if let phone = agent.phone { agentsOfPhone[phone, default: SortedRun()].insert(agent.id) }
            let newDelays = agent.profile.entries.filter { !routing.delays(of: $0.queue).contains($0.delay) }
            routing.define(agent, at: now)
            // Those who wait already were not promised this helper when they queued.
            for entry in newDelays where entry.delay > .zero {
                for place in routing.waiting(in: entry.queue) where place.since + entry.delay > now {
                    deadlines.insert(Deadline(at: place.since + entry.delay, kind: .help(place.contact)))
                }
            }
        }
        if case .queue(let queue) = definition { routing.define(queue.id) }
        if case .retired(.agent(let agent)) = definition {
            if let phone = organization.agents[agent]?.phone { agentsOfPhone[phone]?.remove(agent) }
            routing.retire(agent)
        }
        if case .retired(.queue(let queue)) = definition { routing.retire(queue) }
        organization.apply(definition)
    }

    /// A trainee has a mentor as long as somebody sits beside him who is in reach and has nothing else to do.
    private mutating func weighSeats() {
        for (guest, seat) in seats where routing.agents[seat.host]?.isTrainee == true {
            routing.mentor(seat.host, isThere: routing.agents[guest]?.state.mayBeMentor(of: routing.agents[seat.host]?.state) == true)
        }
    }

    private mutating func applyQueued(_ id: ContactID, in queue: QueueID, at now: Timestamp) {
        guard var contact = contacts[id] else { return }
        // Back from an agent, and in another queue, too, it keeps the time at which it first queued, and so its rank.
        if !contact.hasQueued { contact.queuedAt = now }
        contact.hasQueued = true
        contact.queue = queue
        contact.state = .queued
        handlings[id] = nil
        contacts[id] = contact
        routing.enqueue(contact)
        for delay in routing.delays(of: queue) where contact.queuedAt + delay > now {
            deadlines.insert(Deadline(at: contact.queuedAt + delay, kind: .help(id)))
        }
    }

    private mutating func interrupt(_ contact: ContactID, by agent: AgentID, until: Timestamp) {
        calls[contact]?.apart.insert(agent)
        calls[contact]?.interruptedUntil = until
        deadlines.insert(Deadline(at: until, kind: .interruption(contact)))
    }

    private mutating func resume(_ contact: ContactID, by agent: AgentID) {
        calls[contact]?.apart.remove(agent)
        guard calls[contact]?.apart.isEmpty == true else { return }
        calls[contact]?.heldBy.remove(.connection)
        calls[contact]?.interruptedUntil = nil
    }

    private mutating func dropOutside(of contact: ContactID) {
        if let leg = calls[contact]?.outside?.leg { contactOfLeg[leg] = nil }
        calls[contact]?.outside = nil
    }

    private mutating func release(_ contact: ContactID, _ agent: AgentID, at now: Timestamp) {
        handlings[contact] = nil
        // He has been free since the talk, and may have the next one.
        if writeUps[agent] == contact { return writeUps[agent] = nil }
        routing.change(agent) { $0.idleSince = now }
        changeRouting(of: agent, to: freeState(of: agent), at: now)
    }

    private mutating func startDial(of contact: ContactID, by agent: AgentID, on leg: LegID, until: Timestamp, at now: Timestamp) {
        handlings[contact] = Handling(startedAt: now)
        calls[contact]?.agent = leg
        contactOfLeg[leg] = contact
        dial(contact, by: agent, .phone, until: until)
        changeRouting(of: agent, to: .handling(contact), at: now)
    }

    private mutating func dial(_ contact: ContactID, by agent: AgentID, _ stage: DialStage, until: Timestamp) {
        contacts[contact]?.state = .dialling(agent, stage, until: until)
        deadlines.insert(Deadline(at: until, kind: .dial(contact)))
    }

    private mutating func apply(_ result: DialResult, of contact: ContactID, by agent: AgentID, at now: Timestamp) {
        contacts[contact]?.dialResult = result
        if result == .answered {
            handlings[contact]?.answeredAt = now
            contacts[contact]?.state = .talking(agent, since: now)
            contacts[contact]?.wasAnswered = true
        } else {
            // What follows in the same step says whether he has something to say of it.
            dropAgentLeg(of: contact)
            handlings[contact]?.endedAt = now
        }
    }

    private mutating func leave(_ contact: ContactID, by agent: AgentID, until: Timestamp) {
        contacts[contact]?.state = .leftBehind(agent, until: until)
        deadlines.insert(Deadline(at: until, kind: .leftBehind(contact)))
    }

    private mutating func apply(_ offering: Event.Offering, at now: Timestamp) {
        handlings[offering.contact] = Handling(offering: offering, startedAt: now)
        contactOfOffer[offering.offer] = offering.contact
        contacts[offering.contact]?.state = .offered(offering.offer, offering.agent)
        calls[offering.contact]?.agent = offering.leg
        contactOfLeg[offering.leg] = offering.contact
        routing.dequeue(offering.contact)
        changeRouting(of: offering.agent, to: .offered(offering.offer, offering.contact), at: now)
        deadlines.insert(Deadline(at: offering.deadline, kind: .offer(offering.offer)))
    }

    private mutating func apply(_ result: OfferResult, of offer: OfferID, for contact: ContactID, to agent: AgentID, at now: Timestamp) {
        contactOfOffer[offer] = nil
        if result == .answered {
            handlings[contact]?.answeredAt = now
            contacts[contact]?.state = .talking(agent, since: now)
            contacts[contact]?.wasAnswered = true
            changeRouting(of: agent, to: .handling(contact), at: now)
        } else {
            dropAgentLeg(of: contact)
            handlings[contact] = nil
            changeRouting(of: agent, to: freeState(of: agent), at: now)
        }
    }

    private mutating func applyClosed(_ id: ContactID, _ outcome: ContactOutcome, at now: Timestamp) {
        routing.dequeue(id)
        dropAgentLeg(of: id)
        handlings[id] = nil
        if let leg = calls.removeValue(forKey: id)?.customer { contactOfLeg[leg] = nil }
        guard let contact = contacts.removeValue(forKey: id), let agent = contact.state.agent else { return }
        if writeUps[agent] == id { writeUps[agent] = nil }
        // Handled work moves an agent to the end of the idle line; a caller who left while his phone rang does not.
        let worked = routing.agents[agent]?.state.routing.contact == id
        if worked, outcome.wasWork { routing.change(agent) { $0.idleSince = now } }
        if worked { changeRouting(of: agent, to: freeState(of: agent), at: now) }
    }

    private mutating func apply(_ presence: Presence, of agent: AgentID, at now: Timestamp) {
        routing.change(agent) { state in
            state.presence = presence
            state.presenceSince = now
            state.next = nil
            if presence == .ready, state.idleSince == nil { state.idleSince = now }
        }
        if routing.agents[agent]?.state.routing.contact == nil { changeRouting(of: agent, to: freeState(of: agent), at: now) }
    }

    private mutating func changeRouting(of agent: AgentID, to state: RoutingState, at now: Timestamp) {
        routing.change(agent) {
            if $0.routing != state { $0.routingSince = now }
            $0.routing = state
        }
        // It was about what he has no more.
        if let flag = helpFlags[agent], flag.contact != state.contact { helpFlags[agent] = nil }
    }

    /// Somebody else has the contact, or nobody: it is not its agent's to ask help for.
    private mutating func lowerFlags(of contact: ContactID) {
        for (agent, flag) in helpFlags where flag.contact == contact && contacts[contact]?.state.agent != agent { helpFlags[agent] = nil }
    }

    /// What an agent without a contact is, by his presence.
    private func freeState(of agent: AgentID) -> RoutingState {
        switch routing.agents[agent]?.state.presence {
        case .ready: .idle
        case .notReady: .notReady
        case .off, nil: .off
        }
    }

    private mutating func dropAgentLeg(of contact: ContactID) {
        guard let leg = calls[contact]?.agent else { return }
        calls[contact]?.agent = nil
        calls[contact]?.heldBy = []
        calls[contact]?.apart = []
        calls[contact]?.interruptedUntil = nil
        calls[contact]?.isMuted = false
        contactOfLeg[leg] = nil
    }
}
