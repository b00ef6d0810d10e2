import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// A centre small enough to tell stories about: two queues, a few people, one project. Each thing that happens returns
/// what the centre does about it (`Deed`), with names for ids.
struct Centre {
    private(set) var engine = CentreEngine()
    private(set) var now = Timestamp(microseconds: 1_772_438_400_000_000)  // 2026-03-02T08:00Z
    /// The events of the last thing that happened.
    private(set) var events: [Event] = []
    private var random = Random(seed: 1)
    private var rung: [LegID: Name] = [:]
    /// The phone that was rung last, or the headset.
    private(set) var lastRung: PhoneID?
    private var calls: [LegID: Caller] = [:]

    enum Name: UInt64, CaseIterable {
        case ana = 1
        case beso, keti, stranger
    }

    enum Line: UInt64, CaseIterable {
        case billing = 1
        case support
    }

    private func ear(_ leg: LegID) -> Ear { rung[leg].map { .phone($0) } ?? .outside(Caller(leg: leg)) }

    // MARK: Setting up

    /// A centre in which these people serve billing, ready or signed off.
    static func with(
        _ names: Name..., ready: Bool, wrapUp: WrapUpRule = .none, ringTimeout: Duration = .seconds(20), waitingMax: Int = 500,
        escalation: Line? = nil, senior: Name? = nil, recording: RecordingRule = .standard
    ) throws -> Self {
        var centre = Centre()
        let queues = Line.allCases.map { line in
            Queue(
                id: line.id, project: Self.project, ringTimeout: ringTimeout, wrapUp: wrapUp, waitingMax: waitingMax,
                escalation: line == escalation ? nil : escalation?.id, escalationAgent: senior?.agent)
        }
        let entries = Line.allCases.flatMap { line in
            [entryPoint(to: line, urgent: false), entryPoint(to: line, urgent: true)]
        }
        try centre.setUp(
            [.project(Project(id: Self.project, time: .utc, language: .english, recording: recording))] + queues.map { .queue($0) }
                + entries.map { .entryPoint($0) })
        try centre.setUp([.disposition(Disposition(id: Self.branch, project: Self.project))])
        try centre.setUp([.disposition(Disposition(id: Self.solved, project: Self.project, parent: Self.branch, meanings: .resolved))])
        for name in names { try centre.hire(name, for: [.init(queue: Line.billing.id)]) }
        for name in names where ready {
            try centre.wants(.ready, name)
            centre.pass(.seconds(1))
        }
        return centre
    }

    static let project = ProjectID(high: 1, low: 1)
    static let branch = DispositionID(high: 2, low: 1)
    static let solved = DispositionID(high: 2, low: 2)

    static func entryPoint(to line: Line, urgent: Bool) -> EntryPoint {
        EntryPoint(
            id: EntryPointID(high: urgent ? 4 : 3, low: line.rawValue), project: project, queue: line.id,
            priority: urgent ? .urgent : .normal, language: .english)
    }

    mutating func setUp(_ definitions: [Definition]) throws {
        _ = try take(.setUp(definitions))
    }

    /// Takes somebody on, or changes what he serves.
    mutating func hire(_ name: Name, for entries: [RoutingProfile.Entry], hasPhone: Bool = true) throws {
        try setUp([.agent(Agent(id: name.agent, phone: hasPhone ? name.phone : nil, profile: RoutingProfile(entries)))])
    }

    // MARK: What happens

    mutating func pass(_ span: Duration) { now = now + span }

    /// Time passes, and what is due is done at its moment.
    @discardableResult
    mutating func after(_ span: Duration) throws -> [Deed] {
        let end = now + span
        var deeds: [Deed] = []
        while let next = engine.nextDeadline, next <= end {
            now = max(now, next)
            deeds += try take(.timePassed)
        }
        now = end
        return deeds
    }

    mutating func incomingCall(to line: Line, urgent: Bool = false) throws -> Caller {
        try arrive(to: line, urgent: urgent).caller
    }

    mutating func arrive(to line: Line, urgent: Bool = false) throws -> (caller: Caller, deeds: [Deed]) {
        let caller = Caller(leg: LegID(at: now, using: &random))
        calls[caller.leg] = caller
        return (caller, try take(.callArrived(caller.leg, Self.entryPoint(to: line, urgent: urgent).id)))
    }

    @discardableResult
    mutating func hangsUp(_ caller: Caller) throws -> [Deed] { try take(.legEnded(caller.leg)) }

    /// The agent's phone hangs up.
    @discardableResult
    mutating func hangsUp(_ name: Name) throws -> [Deed] { try take(.legEnded(leg(of: name))) }

    @discardableResult
    mutating func answers(_ name: Name) throws -> [Deed] { try take(.legAnswered(leg(of: name))) }

    @discardableResult
    mutating func phoneRefuses(_ name: Name, _ cause: LegRefusal) throws -> [Deed] { try take(.legRefused(leg(of: name), cause)) }

    @discardableResult
    mutating func declines(_ name: Name) throws -> [Deed] {
        guard case .offered(let offer, _) = state(of: name).routing else { throw Refusal.staleState }
        return try take(.offerDeclined(name.agent, offer))
    }

    @discardableResult
    mutating func wants(_ presence: Presence, _ name: Name) throws -> [Deed] { try take(.presenceWanted(name.agent, presence)) }

    @discardableResult
    mutating func completes(_ name: Name, _ caller: Caller, as disposition: DispositionID? = nil) throws -> [Deed] {
        try take(.contactCompleted(name.agent, caller.contact, disposition))
    }

    @discardableResult
    mutating func holds(_ name: Name, _ isHeld: Bool) throws -> [Deed] { try take(.legHeld(leg(of: name), isHeld)) }

    @discardableResult
    mutating func holdsAtDesk(_ name: Name, _ caller: Caller, _ isWanted: Bool) throws -> [Deed] {
        try take(.holdWanted(name.agent, caller.contact, isWanted))
    }

    @discardableResult
    mutating func mutes(_ name: Name, _ caller: Caller, _ isWanted: Bool) throws -> [Deed] {
        try take(.muteWanted(name.agent, caller.contact, isWanted))
    }

    /// What the agent does at the desk with the call in his slot.
    @discardableResult
    mutating func dismisses(_ name: Name, _ caller: Caller, for reason: DismissalReason?) throws -> [Deed] {
        try take(.dismissalWanted(name.agent, caller.contact, reason))
    }

    @discardableResult
    mutating func warns(_ name: Name, _ caller: Caller) throws -> [Deed] { try take(.warningGiven(name.agent, caller.contact)) }

    @discardableResult
    mutating func ringsAgain(_ name: Name, for caller: Caller) throws -> [Deed] { try take(.phoneWanted(name.agent, caller.contact)) }

    @discardableResult
    mutating func transfers(_ name: Name, _ caller: Caller, to target: TransferTarget) throws -> [Deed] {
        try take(.transferWanted(name.agent, caller.contact, to: target))
    }

    @discardableResult
    mutating func handsOver(_ name: Name, _ caller: Caller) throws -> [Deed] { try take(.handOverWanted(name.agent, caller.contact)) }

    /// The agent's phone is gone without a word.
    @discardableResult
    mutating func loses(_ name: Name, _ loss: LegLoss = .vanished) throws -> [Deed] { try take(.legLost(leg(of: name), loss)) }

    @discardableResult
    mutating func loses(_ caller: Caller, _ loss: LegLoss = .vanished) throws -> [Deed] { try take(.legLost(caller.leg, loss)) }

    @discardableResult
    mutating func phone(of name: Name, reachable: Bool) throws -> [Deed] { try take(.phoneReachable(name.phone, reachable)) }

    @discardableResult
    mutating func headset(of name: Name, isConnected: Bool) throws -> [Deed] { try take(.headsetConnected(name.agent, isConnected)) }

    /// The headset on which she talks is cut off, or is back.
    @discardableResult
    mutating func isCutOff(_ name: Name, _ isCutOff: Bool) throws -> [Deed] {
        try take(isCutOff ? .legInterrupted(leg(of: name)) : .legResumed(leg(of: name)))
    }

    @discardableResult
    mutating func restarts(taking legs: [LegID] = []) throws -> [Deed] { try take(.restarted(legs)) }

    @discardableResult
    mutating func take(_ input: Input) throws -> [Deed] {
        let result = try engine.step(input, at: now, using: &random)
        #expect(result.faults == [])
        events = result.entries.map(\.event)
        #expect(engine.contradictions() == [])
        return result.directives.map { deed($0) }
    }

    /// Somebody dials: whoever he will reach, and what the centre does.
    mutating func dials(_ name: Name, for line: Line = .billing) throws -> (called: Caller, deeds: [Deed]) {
        let called = Caller(leg: LegID(at: now, using: &random))
        calls[called.leg] = called
        return (called, try take(.dialWanted(name.agent, called.contact, line.id)))
    }

    /// Somebody dials on the phone.
    mutating func dialsByPhone(_ name: Name, for line: Line = .billing) throws -> (called: Caller, deeds: [Deed]) {
        let called = Caller(leg: LegID(at: now, using: &random))
        let leg = LegID(at: now, using: &random)
        rung[leg] = name
        calls[called.leg] = called
        do {
            return (called, try take(.dialledByPhone(name.agent, called.contact, line.id, leg)))
        } catch {
            rung[leg] = nil
            throw error
        }
    }

    /// Somebody calls by a second line of the phone whom she wants to ask.
    mutating func asksByPhone(_ name: Name, about caller: Caller, _ party: DialledParty) throws -> (line: LegID, deeds: [Deed]) {
        let line = LegID(at: now, using: &random)
        rung[line] = name
        do {
            return (line, try take(.consultDialledByPhone(name.agent, caller.contact, with: party, on: line)))
        } catch {
            rung[line] = nil
            throw error
        }
    }

    /// She calls a colleague: the call of the two, and what the centre does.
    mutating func callsColleague(_ name: Name, _ colleague: Name) throws -> (call: Caller, deeds: [Deed]) {
        let call = Caller(leg: LegID(at: now, using: &random))
        return (call, try take(.colleagueDialWanted(name.agent, call.contact, to: colleague.agent)))
    }

    /// She sends her customer to a number outside: whoever has it, and what the centre does.
    mutating func sendsOutside(_ name: Name, _ caller: Caller) throws -> (called: Caller, deeds: [Deed]) {
        let called = Caller(leg: LegID(at: now, using: &random))
        return (called, try take(.outsideTransferWanted(name.agent, caller.contact, called.leg)))
    }

    mutating func consultsOutside(_ name: Name, _ caller: Caller) throws -> (called: Caller, deeds: [Deed]) {
        let called = Caller(leg: LegID(at: now, using: &random))
        return (called, try take(.outsideConsultWanted(name.agent, caller.contact, called.leg)))
    }

    /// Whoever is called answers, or not.
    @discardableResult
    mutating func answers(_ called: Caller) throws -> [Deed] { try take(.legAnswered(called.leg)) }

    @discardableResult
    mutating func refuses(_ called: Caller, _ cause: LegRefusal) throws -> [Deed] { try take(.legRefused(called.leg, cause)) }

    // MARK: What is seen

    func state(of name: Name) -> AgentState { engine.routing.agents[name.agent]?.state ?? AgentState(at: now) }

    /// Who rings, talks with or wraps up whom.
    func contact(of name: Name) -> Caller? { state(of: name).routing.contact.map { Caller(leg: LegID(sameAs: $0)) } }

    /// Those who wait, first in line first.
    func line(_ line: Line) -> [Caller] { engine.routing.waiting(in: line.id).map { Caller(leg: LegID(sameAs: $0.contact)) } }

    /// Whose phone rings, if any.
    var ringing: [Name] {
        Name.allCases.filter { if case .offered = state(of: $0).routing { true } else { false } }
    }

    /// How the contact ended in the last thing that happened.
    func outcome(of caller: Caller) -> ContactOutcome? {
        for case .contactClosed(caller.contact, let outcome) in events { return outcome }
        return nil
    }

    var explanation: Explanation? {
        for case .offerMade(let offering) in events { return offering.explanation }
        return nil
    }

    func leg(of name: Name) -> LegID {
        rung.filter { $0.value == name }.keys.max() ?? LegID(high: 0, low: 0)
    }

    private mutating func deed(_ directive: CallDirective) -> Deed {
        switch directive {
        case .ring(let leg, let phone, let customer):
            lastRung = phone
            rung[leg] = Name(rawValue: phone.low) ?? .stranger
            return .ring(rung[leg] ?? .stranger, for: Caller(leg: customer))
        case .call(let leg, let agent):
            calls[leg] = Caller(leg: leg)
            guard let name = rung[agent] else { return .callOutside(Caller(leg: leg), for: Caller(leg: agent)) }
            return .call(Caller(leg: leg), for: name)
        case .answer(let leg) where rung[leg] != nil: return .answerPhone(rung[leg] ?? .stranger)
        case .answer(let leg): return .answer(Caller(leg: leg))
        case .refuse(let leg, let reason): return .refuse(Caller(leg: leg), reason)
        case .end(let leg):
            if let name = rung[leg] { return .stopPhone(name) }
            return calls[leg].map { .hangUp($0) } ?? .endUnknownLine
        case .play(let leg, let sound) where rung[leg] != nil: return .playPhone(sound, rung[leg] ?? .stranger)
        case .play(let leg, let sound): return .play(sound, to: Caller(leg: leg))
        case .recover(let leg): return rung[leg].map { .recoverPhone($0) } ?? .recover(Caller(leg: leg))
        case .consult(let leg, let phone, let customer, let agent):
            rung[leg] = Name(rawValue: phone.low) ?? .stranger
            return .ringToAsk(rung[leg] ?? .stranger, about: Caller(leg: customer), for: rung[agent] ?? .stranger)
        case .supervise(let leg, let phone, let customer):
            rung[leg] = Name(rawValue: phone.low) ?? .stranger
            return .ringToSupervise(rung[leg] ?? .stranger, Caller(leg: customer))
        case .confer(let voices):
            let legs = voices.map(\.leg), agent = rung[legs.count > 1 ? legs[1] : legs[0]] ?? .stranger
            if voices.allSatisfy({ voice in voices.allSatisfy { voice.isHeard(by: $0) } }), legs.count == 3 {
                return rung[legs[2]].map { .connectAll(Caller(leg: legs[0]), agent, $0) }
                    ?? .connectThree(Caller(leg: legs[0]), agent, Caller(leg: legs[2]))
            }
            if legs.count == 2, voices[1].heardBy == .nobody, rung[legs[0]] == nil { return .connectMuted(Caller(leg: legs[0]), agent) }
            return .mix(
                voices.map { listener in
                    Heard(by: ear(listener.leg), Set(voices.filter { $0 != listener && $0.isHeard(by: listener) }.map { ear($0.leg) }))
                })
        case .record(let leg, _): return .record(Caller(leg: leg))
        case .stopRecording(let leg): return .stopRecording(Caller(leg: leg))
        case .keepPrivate(let leg, let isWanted): return .keepPrivate(Caller(leg: leg), isWanted)
        case .press(let leg, let keys): return .press(keys, to: Caller(leg: leg))
        case .bridge(let one, let other) where rung[one] != nil && rung[other] == nil:
            return .connectNumber(rung[one] ?? .stranger, Caller(leg: other))
        case .bridge(let one, let other) where rung[other] == nil: return .connectOutside(Caller(leg: one), Caller(leg: other))
        case .bridge(let one, let other) where rung[one] != nil: return .connectPhones(rung[one] ?? .stranger, rung[other] ?? .stranger)
        case .bridge(let customer, let leg): return .connect(Caller(leg: customer), rung[leg] ?? .stranger)
        }
    }
}

extension Centre.Name {
    var agent: AgentID { AgentID(high: 10, low: rawValue) }
    var phone: PhoneID { PhoneID(high: 11, low: rawValue) }
}

extension Centre.Line {
    var id: QueueID { QueueID(high: 12, low: rawValue) }
}
