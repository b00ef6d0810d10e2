import Calls
import Centre
import Contacts
import Operation
import Organization
import Primitives
import Routing

/// Everything outside the engine on a simulated day, and the engine in the middle: callers, agents, their phones, and the
/// network between, which is slow and keeps order on one line only.
struct World {
    private let seed: UInt64
    private let check: SimulatedDay.Check
    private let course: Course
    private let record: (@Sendable (StepRecord, _ caller: Int?) -> Void)?
    let scenario: Scenario
    /// The chance of the world; the engine has its own, so that a recording can be stepped again without the world.
    var random: Random
    private var engineRandom: Random
    /// What is measured of voices changes nothing in the day.
    var voiceRandom: Random
    /// The talks whose voices are measured.
    var heardTalks: [ContactID: VoiceFacts] = [:]
    var engine = CentreEngine()
    private(set) var now: Timestamp
    private var agenda = Agenda<Happening>()

    var callers: [Caller] = []
    var agents: [SimulatedAgent] = []
    var agentOfPhone: [PhoneID: Int] = [:]
    var agentOf: [AgentID: Int] = [:]
    /// The lines that exist outside, whatever the engine thinks.
    var legs: [LegID: OutsideLeg] = [:]
    var offerOnLeg: [LegID: OfferID] = [:]
    /// With whom lines are put through that are about to be there.
    var awaited: [LegID: [Voice]] = [:]
    /// The messages under way to or from a leg, which need not exist outside yet or any more.
    private var underWay: [LegID: Traffic] = [:]
    /// Calls of which the server has not heard yet.
    var coming: Set<LegID> = []
    /// Restarts so far: what the killed server had sent to itself dies with it.
    private var generation = 0

    private var checker: DayChecker
    private var recent = RecentInputs()
    private var digest = TraceDigest()
    private var steps = 0
    private var clockSetFor: Timestamp?

    /// What travels on one line: in each direction nothing overtakes.
    private struct Traffic {
        var messages = 0
        var lastIn = Timestamp.distantPast
        var lastOut = Timestamp.distantPast
    }

    enum Happening: Sendable {
        case input(Input, by: Actor, leg: LegID?)
        case directive(CallDirective, generation: Int)
        case clock
        case sweep
        case restart
        case dial(caller: Int)
        case patienceEnds(LegID)
        case talkEnds(LegID)
        case calledAnswers(LegID)
        case calledRefuses(LegID, LegRefusal)
        case hold(LegID, Bool)
        case vanish(LegID)
        case agent(Int, AgentDeed)
        case setUpChanges
        case noise
    }

    /// What is lived through.
    private enum Course: Sendable {
        /// A day of troubles, with so many first calls.
        case drawn(contacts: Int)
        case given([SimulatedHistory.Workday])
    }

    init(_ day: SimulatedDay) {
        var random = Random(seed: day.seed)
        let scenario = Scenario(seed: day.seed, agents: day.agents, hours: day.hours, using: &random)
        var record: (@Sendable (StepRecord, _ caller: Int?) -> Void)?
        if let hear = day.record { record = { step, _ in hear(step) } }
        self.init(
            scenario, .drawn(contacts: day.contacts), seed: day.seed, engineSeed: day.engineSeed, random: random, check: day.check,
            record: record)
    }

    init(_ history: SimulatedHistory) {
        self.init(
            Scenario(history), .given(history.days), users: history.users, seed: history.seed, engineSeed: history.seed &* 2 &+ 1,
            random: Random(seed: history.seed), check: history.check, record: history.record)
    }

    private init(
        _ scenario: Scenario, _ course: Course, users: [AgentID: UserID] = [:], seed: UInt64, engineSeed: UInt64, random: Random,
        check: SimulatedDay.Check, record: (@Sendable (StepRecord, _ caller: Int?) -> Void)?
    ) {
        self.seed = seed
        self.check = check
        self.course = course
        self.record = record
        self.scenario = scenario
        self.random = random
        engineRandom = Random(seed: engineSeed)
        voiceRandom = Random(seed: seed &* 3 &+ 2)
        now = scenario.start
        checker = DayChecker(thorough: check == .step)
        for (index, agent) in scenario.agents.enumerated() {
            agents.append(SimulatedAgent(agent, user: users[agent.id]))
            agentOf[agent.id] = index
            if let phone = agent.phone { agentOfPhone[phone] = index }
            agentOfPhone[agent.id.headset] = index
        }
    }

    mutating func run() throws(SimulationFailure) {
        try submit(.setUp(scenario.definitions), by: .system)
        switch course {
        case .drawn(let contacts): planDay(contacts: contacts)
        case .given(let days): for day in days { plan(day) }
        }
        if check != .none { put(.sweep, after: .seconds(60)) }
        while let (at, happening) = agenda.next() {
            now = at
            try handle(happening)
        }
        guard check != .none else { return }
        checker.checkEnd(engine, at: now)
        for leg in legs.keys.sorted() { checker.fail("leg \(leg) is left at the end of the day") }
        try stopIfBroken()
    }

    mutating func put(_ happening: Happening, after delay: Duration) { agenda.put(happening, at: now + delay) }

    mutating func put(_ happening: Happening, at moment: Timestamp) { agenda.put(happening, at: moment) }

    private mutating func handle(_ happening: Happening) throws(SimulationFailure) {
        switch happening {
        case .input(let input, let actor, let leg):
            if let leg { arrived(leg) }
            if case .callArrived(let leg, _) = input { coming.remove(leg) }
            try submit(input, by: actor)
        case .directive(let directive, let generation):
            arrived(directive.leg)
            if generation == self.generation { carryOut(directive) }
        case .clock:
            clockSetFor = nil
            if let next = engine.nextDeadline, next <= now { try submit(.timePassed, by: .system) } else { setClock() }
        case .sweep:
            sweep()
            try stopIfBroken()
            if !agenda.isEmpty { put(.sweep, after: .seconds(60)) }
        case .restart: try restart()
        case .dial(let caller): dial(caller)
        case .patienceEnds(let leg): patienceEnds(on: leg)
        case .talkEnds(let leg): hangUp(leg)
        case .calledAnswers(let leg): calledAnswers(leg)
        case .calledRefuses(let leg, let cause): if legs[leg]?.isUp == false { refuse(leg, cause) }
        case .hold(let leg, let isHeld): if legs[leg] != nil { send(.legHeld(leg, isHeld), on: leg) }
        case .vanish(let leg): vanish(leg, .vanished)
        case .agent(let index, let deed): act(index, deed)
        case .setUpChanges: changeSetUp()
        case .noise: makeNoise()
        }
    }

    // MARK: To the engine and back

    /// Sends something to the engine; what comes over one leg keeps its order, different legs overtake each other.
    mutating func send(_ input: Input, by actor: Actor = .network, on leg: LegID? = nil) {
        var arrival = now + random.between(.zero, scenario.messageDelay)
        if let leg {
            var traffic = underWay[leg] ?? Traffic()
            arrival = max(arrival, traffic.lastIn)
            traffic.lastIn = arrival
            traffic.messages += 1
            underWay[leg] = traffic
        }
        agenda.put(.input(input, by: actor, leg: leg), at: arrival)
    }

    func isUnderWay(_ leg: LegID) -> Bool { underWay[leg] != nil }

    private mutating func arrived(_ leg: LegID) {
        underWay[leg]?.messages -= 1
        if underWay[leg]?.messages == 0 { underWay[leg] = nil }
    }

    private mutating func submit(_ input: Input, by actor: Actor) throws(SimulationFailure) {
        steps += 1
        recent.add(input, by: actor, at: now)
        do throws(Refusal) {
            let result = try engine.step(input, by: actor, at: now, using: &engineRandom)
            record?(StepRecord(at: now, actor: actor, input: input, result: .success(result)), caller(in: input))
            digest.add(result)
            if check != .none {
                checker.check(result, of: input, engine: engine, at: now)
            } else if scenario.restart != nil {
                checker.follow(result)  // Checked or not, the day is the same: the restart needs the engine of the log.
            }
            for entry in result.entries {
                notice(entry.event)
                hearVoices(entry.event)
            }
            for directive in result.directives { dispatch(directive) }
        } catch {
            record?(StepRecord(at: now, actor: actor, input: input, result: .failure(error)), nil)
            if check != .none { checker.checkUnchanged(engine) }
            // The phone is told that it cannot call now.
            if case .dialledByPhone(_, _, _, let leg) = input { legGone(leg) }
            if case .consultDialledByPhone(_, _, _, let leg) = input { legGone(leg) }
        }
        if check == .step { sweep() }
        try stopIfBroken()
        setClock()
    }

    private func caller(in input: Input) -> Int? {
        guard case .callArrived(let leg, _) = input, case .caller(let caller) = legs[leg]?.party else { return nil }
        return caller
    }

    private mutating func dispatch(_ directive: CallDirective) {
        // Who hears whom is settled in the server itself, in order and at once.
        if directive.isSound { return carryOut(directive) }
        // What lies on a headset is there at once, too.
        if case .supervise(let leg, let phone, _) = directive, let index = agentOfPhone[phone], phone == agents[index].agent.id.headset {
            return superviseOnHeadset(leg, index)
        }
        let leg = directive.leg
        var traffic = underWay[leg] ?? Traffic()
        traffic.lastOut = max(now + random.between(.zero, scenario.messageDelay), traffic.lastOut)
        traffic.messages += 1
        underWay[leg] = traffic
        agenda.put(.directive(directive, generation: generation), at: traffic.lastOut)
    }

    /// The clock rings for the next deadline, at times a little late.
    private mutating func setClock() {
        guard let next = engine.nextDeadline, clockSetFor.map({ next < $0 }) ?? true else { return }
        clockSetFor = next
        let lateness = random.chance(0.1) ? random.between(.zero, DayChecker.latenessMax - .milliseconds(1)) : .zero
        agenda.put(.clock, at: max(now, next + lateness))
    }

    // MARK: Trouble

    /// The server is killed and starts again from the log, and the engine is the one that the events alone have made. Most
    /// lines outside are still there; which of them can be taken up is left to chance.
    private mutating func restart() throws(SimulationFailure) {
        generation += 1
        var alive: [LegID] = []
        // A call that has not reached the server yet reaches the next.
        for (leg, line) in legs.sorted(by: { $0.key < $1.key }) where !coming.contains(leg) {
            if line.isUp, random.chance(0.8) { alive.append(leg) } else { legGone(leg) }
        }
        engine = checker.shadow
        // Whatever they heard came from the server that is gone.
        for leg in legs.keys {
            legs[leg]?.hears = .nothing
            legs[leg]?.linked = []
        }
        for leg in alive {
            legs[leg]?.recording = nil
            legs[leg]?.isPrivate = false
        }
        try submit(.restarted(alive), by: .system)
        // The server hangs up on lines of which its log knows nothing.
        let known = Set(engine.calls.values.flatMap { [$0.customer, $0.agent, $0.outside?.leg].compactMap(\.self) })
        for leg in alive where !known.contains(leg) && underWay[leg] == nil { legGone(leg) }
    }

    // MARK: Watching

    private mutating func sweep() {
        guard check != .none else { return }
        checker.sweep(engine, at: now)
        checkLegs()
    }

    /// Every line outside belongs to an open contact, or a message that ends it is under way; and no open contact counts
    /// on a line that is gone.
    private mutating func checkLegs() {
        var known: Set<LegID> = []
        for (id, call) in engine.calls {
            known.formUnion(call.legs)
            switch engine.contacts[id]?.state {
            case .wrapUp, .writeUp: continue
            case .arriving, .toldClosed, .dialling, .queued, .offered, .talking, .leftBehind, .outside, nil: break
            }
            // The number is not called before the agent's phone is answered.
            if case .dialling(_, .phone, _) = engine.contacts[id]?.state { continue }
            checkHearing(id, call)
            for leg in call.legs where legs[leg] == nil && underWay[leg] == nil {
                checker.fail("contact \(id) holds leg \(leg), which is gone")
            }
        }
        for leg in legs.keys where !known.contains(leg) && underWay[leg] == nil {
            checker.fail("leg \(leg) exists and belongs to nobody")
        }
    }

    /// Nobody is stranded in silence, and nobody hears whom he should not: what each line hears follows from where its contact is. Lines
    /// that something is under way to are looked at later.
    private mutating func checkHearing(_ id: ContactID, _ call: Call) {
        guard call.legs.allSatisfy({ underWay[$0] == nil }), legs[call.customer] != nil, let state = engine.contacts[id]?.state else {
            return
        }
        let hears = legs[call.customer]?.hears ?? .nothing
        let isRight =
            switch state {
            case .arriving, .wrapUp, .writeUp: true
            case .dialling: call.agent.flatMap { legs[$0]?.hears } == .sound(.ringBack)
            case .outside:
                hears == (call.outside?.isAnswered == true ? .parties(Set([call.outside?.leg].compactMap(\.self))) : .sound(.ringBack))
            case .toldClosed: if case .sound(.closed) = hears { true } else { false }
            case .queued: if case .sound(.greeting) = hears { true } else { hears == .sound(.music) }
            case .offered: hears == .sound(.ringBack)
            case .leftBehind:
                hears == .sound(.music)
                    && call.supervisions.allSatisfy { !$0.isAnswered || legs[$0.leg]?.hears == .sound(.music) }
            case .talking: hearsRight(in: call)
            }
        if legs[call.customer]?.recording != call.recording || legs[call.customer]?.isPrivate != call.isPrivate {
            checker.fail("contact \(id) is recorded otherwise than its call says")
        }
        if !isRight {
            let all = call.legs.map { "\($0) hears \(legs[$0]?.hears ?? .nothing)" }.joined(separator: "; ")
            checker.fail("contact \(id) is \(state), in \(call): \(all)")
        }
    }

    private func stopIfBroken() throws(SimulationFailure) {
        guard !checker.broken.isEmpty else { return }
        throw SimulationFailure(seed: seed, at: now, broken: checker.broken, inputs: recent.lines)
    }

    func report(took wall: Duration) -> DayReport {
        DayReport(
            seed: seed, agents: agents.count, queues: scenario.queues.count, dialled: callers.reduce(0) { $0 + $1.calls },
            account: checker.account, steps: steps, digest: digest.value, isChecked: check != .none,
            simulated: now - scenario.start, wall: wall)
    }
}

extension CallDirective {
    /// Whether it only changes what is heard.
    fileprivate var isSound: Bool {
        switch self {
        case .play, .bridge, .confer: true
        case .ring, .consult, .supervise, .call, .answer, .refuse, .end, .press, .recover, .record, .stopRecording, .keepPrivate: false
        }
    }

    /// The line on which it travels; a bridge on the customer's.
    fileprivate var leg: LegID {
        switch self {
        case .ring(let leg, _, _), .answer(let leg), .refuse(let leg, _), .end(let leg), .play(let leg, _), .bridge(let leg, _),
            .press(let leg, _), .supervise(let leg, _, _), .consult(let leg, _, _, _), .call(let leg, _), .recover(let leg),
            .record(let leg, _), .stopRecording(let leg), .keepPrivate(let leg, _):
            leg
        case .confer(let voices): voices[0].leg
        }
    }
}
