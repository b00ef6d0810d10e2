import Centre
import Contacts
import Organization
import Primitives
import Reporting
import Routing

/// Every agent's state as the engine has it, followed event by event while the log is written: what `agent_state` holds, and
/// a restart begins with. The rules are those of `CentreEngine.apply` as far as they touch agents; a test compares the two
/// over random days.
struct AgentStates {
    private(set) var states: [AgentID: AgentState] = [:]
    private var phones: [AgentID: PhoneID] = [:]
    /// Who was offered a contact, or handles it.
    private var holders: [ContactID: AgentID] = [:]
    /// What the last entry put an end to.
    private(set) var ended: EndedActivity?

    /// An agent's activity from its beginning to its end.
    struct EndedActivity {
        let agent: AgentID
        let activity: Activity
        let from: Timestamp
        let to: Timestamp
    }

    init() {}

    /// - Returns: the agent whose state may have changed.
    mutating func apply(_ entry: LogEntry) -> AgentID? {
        let now = entry.at
        ended = nil
        switch entry.event {
        case .defined(.agent(let agent)):
            define(agent, at: now)
            return agent.id
        case .defined(.retired(.agent(let agent))):
            states[agent] = nil
            phones[agent] = nil
            return agent
        case .offerMade(let offering):
            holders[offering.contact] = offering.agent
            enter(.offered(offering.offer, offering.contact), offering.agent, at: now)
            return offering.agent
        case .offerEnded(_, let contact, let agent, let result):
            if result == .answered {
                enter(.handling(contact), agent, at: now)
            } else {
                holders[contact] = nil
                enter(freeState(of: agent), agent, at: now)
            }
            return agent
        case .dialStarted(let contact, let agent, _, _), .colleagueDialled(let contact, let agent, _, _, _):
            holders[contact] = agent
            enter(.handling(contact), agent, at: now)
            return agent
        case .consultStarted(let contact, let colleague?, _, _, _, _):
            enter(.consulted(contact), colleague, at: now)
            return colleague
        case .colleagueCalled(let contact, let colleague, _):
            enter(.consulted(contact), colleague, at: now)
            return colleague
        case .supervisionStarted(let contact, let supervisor, _, _, _, _):
            enter(.consulted(contact), supervisor, at: now)
            return supervisor
        case .supervisionEnded(_, let supervisor, _):
            enter(freeState(of: supervisor), supervisor, at: now)
            return supervisor
        case .consultEnded(_, let colleague?), .colleagueLeft(_, let colleague):
            enter(freeState(of: colleague), colleague, at: now)
            return colleague
        case .agentReleased(let contact, _), .outsideRefused(let contact, _):
            guard let agent = holders.removeValue(forKey: contact) else { return nil }
            states[agent]?.idleSince = now
            enter(freeState(of: agent), agent, at: now)
            return agent
        case .contactTransferred(let contact, let agent, _), .contactTakenOver(let contact, let agent, _):
            holders[contact] = nil
            states[agent]?.idleSince = now
            enter(freeState(of: agent), agent, at: now)
            return agent
        case .writeUpStarted(let contact, let agent):
            holders[contact] = nil
            states[agent]?.idleSince = now
            enter(freeState(of: agent), agent, at: now)
            return agent
        case .wrapUpStarted(let contact, let agent, _):
            enter(.wrapUp(contact), agent, at: now)
            return agent
        case .contactClosed(let contact, let outcome): return close(contact, outcome, at: now)
        case .presenceChanged(let agent, let presence):
            change(presence, of: agent, at: now)
            return agent
        case .presencePlanned(let agent, let presence):
            states[agent]?.next = presence
            return agent
        case .agentStoppedResponding(let agent, _):
            enter(.notResponding, agent, at: now)
            return agent
        case .phoneReachabilityChanged(let agent, let reachable):
            states[agent]?.phoneReachable = reachable
            return agent
        case .headsetChanged(let agent, let isConnected):
            states[agent]?.hasHeadset = isConnected
            return agent
        case .defined, .setUpApplied, .audited, .numberRefused, .contactOpened, .toldClosed, .contactQueued, .numberCalled, .dialEnded,
            .holdStarted, .holdEnded,
            .muteChanged, .recording, .recordingFated, .keepingChanged, .voiceMeasured,
            .talkEnded, .agentHungUp,
            .phoneRungAgain,
            .agentReturned, .customerWarned, .customerDismissed, .consultStarted, .consultArranged, .consultRefused, .consultEnded,
            .secondLineOpened, .supervisionArranged, .helpRequested, .helpWithdrawn,
            .sentOutside,
            .outsideAnswered, .outsideEnded, .wrapUpRequested, .contactDisposed, .seatTaken, .seatLeft, .signOffChanged,
            .documentPublished, .documentRetired, .formSubmitted, .contactIdentified:
            return nil
        }
    }

    private mutating func define(_ agent: Agent, at now: Timestamp) {
        states[agent.id, default: AgentState(at: now)].take(agent.phone, insteadOf: phones[agent.id])
        phones[agent.id] = agent.phone
    }

    private mutating func close(_ contact: ContactID, _ outcome: ContactOutcome, at now: Timestamp) -> AgentID? {
        guard let agent = holders.removeValue(forKey: contact), states[agent]?.routing.contact == contact else { return nil }
        if outcome.wasWork { states[agent]?.idleSince = now }
        enter(freeState(of: agent), agent, at: now)
        return agent
    }

    private mutating func change(_ presence: Presence, of agent: AgentID, at now: Timestamp) {
        guard var state = states[agent] else { return }
        let before = state
        state.presence = presence
        state.presenceSince = now
        state.next = nil
        if presence == .ready, state.idleSince == nil { state.idleSince = now }
        states[agent] = state
        if state.routing.contact == nil { set(freeState(of: agent), agent, at: now) }
        noteEnd(of: before, agent, at: now)
    }

    private mutating func enter(_ routing: RoutingState, _ agent: AgentID, at now: Timestamp) {
        guard let before = states[agent] else { return }
        set(routing, agent, at: now)
        noteEnd(of: before, agent, at: now)
    }

    private mutating func set(_ routing: RoutingState, _ agent: AgentID, at now: Timestamp) {
        guard states[agent]?.routing != routing else { return }
        states[agent]?.routing = routing
        states[agent]?.routingSince = now
    }

    private mutating func noteEnd(of before: AgentState, _ agent: AgentID, at now: Timestamp) {
        guard let activity = Activity(before), let state = states[agent], state.activitySince != before.activitySince else { return }
        ended = EndedActivity(agent: agent, activity: activity, from: before.activitySince, to: now)
    }

    private func freeState(of agent: AgentID) -> RoutingState {
        switch states[agent]?.presence {
        case .ready: .idle
        case .notReady: .notReady
        case .off, nil: .off
        }
    }
}

// MARK: The table

extension AgentStates {
    /// As the table has them.
    init(from connection: any Connection) throws {
        for (agent, state) in try connection.all(Self.select, [:], { (try $0.id() as AgentID, try AgentState(&$0)) }) {
            states[agent] = state
            if case .consulted = state.routing { continue }
            if let contact = state.routing.contact { holders[contact] = agent }
        }
        for (agent, phone) in try connection.all(Self.selectPhones, [:], { (try $0.id() as AgentID, try $0.id() as PhoneID) }) {
            phones[agent] = phone
        }
    }

    /// Writes one agent's state as it is now.
    func write(_ agent: AgentID, to connection: any Connection) throws {
        guard let state = states[agent] else {
            try connection.run(Self.delete, ["agent": .of(agent)])
            return
        }
        let routing = state.routing.words
        try connection.run(
            Self.upsert,
            [
                "agent": .of(agent), "presence": .of(state.presence.words.presence), "presence_reason": .of(state.presence.words.reason),
                "presence_since": .of(state.presenceSince), "next": .of(state.next?.words.presence),
                "next_reason": .of(state.next?.words.reason), "routing": .of(routing.state), "routing_contact": .of(routing.contact),
                "routing_offer": .of(routing.offer), "routing_since": .of(state.routingSince), "idle_since": .of(state.idleSince),
                "phone_reachable": .of(state.phoneReachable), "has_headset": .of(state.hasHeadset),
            ])
    }

    private static let select = Statement(
        """
        SELECT agent, presence, presence_reason, presence_since, next, next_reason, routing, routing_contact, routing_offer,
            routing_since, idle_since, phone_reachable, has_headset
        FROM agent_state ORDER BY agent
        """)

    private static let selectPhones = Statement("SELECT id, phone FROM agent WHERE phone IS NOT NULL")

    private static let delete = Statement("DELETE FROM agent_state WHERE agent = $agent")

    private static let upsert = Statement(
        """
        INSERT INTO agent_state (agent, presence, presence_reason, presence_since, next, next_reason, routing, routing_contact,
            routing_offer, routing_since, idle_since, phone_reachable, has_headset)
        VALUES ($agent, $presence, $presence_reason, $presence_since, $next, $next_reason, $routing, $routing_contact,
            $routing_offer, $routing_since, $idle_since, $phone_reachable, $has_headset)
        ON CONFLICT (agent) DO UPDATE SET presence = excluded.presence, presence_reason = excluded.presence_reason,
            presence_since = excluded.presence_since, next = excluded.next, next_reason = excluded.next_reason,
            routing = excluded.routing, routing_contact = excluded.routing_contact, routing_offer = excluded.routing_offer,
            routing_since = excluded.routing_since, idle_since = excluded.idle_since, phone_reachable = excluded.phone_reachable,
            has_headset = excluded.has_headset
        """)
}

extension AgentState {
    fileprivate init(_ row: inout Row) throws {
        let presence = Presence(try row.text(), reason: try row.idOrNil())
        let presenceSince = try row.time()
        let nextWord = try row.textOrNil()
        let nextReason: PresenceReasonID? = try row.idOrNil()
        let next = nextWord.map { Presence($0, reason: nextReason) }
        let routing = RoutingState(try row.text(), contact: try row.idOrNil(), offer: try row.idOrNil())
        guard let presence, let routing, next != .some(nil) else { throw StorageError.unreadable("an agent's state") }
        self.init(at: presenceSince)
        self.presence = presence
        self.next = next ?? nil
        self.routing = routing
        routingSince = try row.time()
        idleSince = try row.timeOrNil()
        phoneReachable = try row.truth()
        hasHeadset = try row.truth()
    }
}
