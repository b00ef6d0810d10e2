import Centre
import Operation
import Organization
import Primitives
import Routing

/// Days of a centre that is given, lived through on virtual time one after another: its people come and go by their shifts, take their
/// breaks and know their work; nobody changes the set-up, and nothing is killed. Everything follows from the seed and the days.
package struct SimulatedHistory: Sendable {
    package var seed: UInt64
    /// The first thing that happens, at `start`.
    package var definitions: [Definition]
    /// As whom agents act, where they are users.
    package var users: [AgentID: UserID] = [:]
    /// Why people take breaks, the short ones first, then the long one; none: they take none.
    package var reasons: [PresenceReasonID]
    package var start: Timestamp
    /// In their order; none overlaps the next.
    package var days: [Workday]
    package var check: SimulatedDay.Check
    /// Hears of every step; of a call that comes, who calls: people who call again have the same number. Nil: he has hung up by then.
    package var record: (@Sendable (StepRecord, _ caller: Int?) -> Void)?

    /// One day: when it is open, who works, and what is out of the ordinary.
    package struct Workday: Sendable {
        package var opening: Timestamp
        /// Who calls, calls before this.
        package var closing: Timestamp
        /// First calls, without those that a rush brings.
        package var contacts: Int
        package var shifts: [Shift]
        /// While it lasts, calls are twice as many.
        package var rush: Range<Timestamp>?

        package init(opening: Timestamp, closing: Timestamp, contacts: Int, shifts: [Shift], rush: Range<Timestamp>? = nil) {
            self.opening = opening
            self.closing = max(opening, closing)
            self.contacts = min(max(0, contacts), SimulatedDay.contactsMax)
            self.shifts = shifts
            self.rush = rush
        }
    }

    package struct Shift: Sendable {
        package var agent: AgentID
        package var from: Timestamp
        package var until: Timestamp
        /// When he is away besides his breaks, and why.
        package var absence: Absence?

        package init(_ agent: AgentID, from: Timestamp, until: Timestamp, absence: Absence? = nil) {
            self.agent = agent
            self.from = from
            self.until = until
            self.absence = absence
        }
    }

    package struct Absence: Sendable {
        package var from: Timestamp
        package var until: Timestamp
        package var reason: PresenceReasonID?

        package init(from: Timestamp, until: Timestamp, reason: PresenceReasonID?) {
            self.from = from
            self.until = until
            self.reason = reason
        }
    }

    package init(
        seed: UInt64, definitions: [Definition], reasons: [PresenceReasonID], start: Timestamp, days: [Workday],
        check: SimulatedDay.Check = .sweep
    ) {
        self.seed = seed
        self.definitions = definitions
        self.reasons = reasons
        self.start = start
        self.days = days
        self.check = check
    }

    /// Lets the days pass.
    ///
    /// - Throws: the first rule they broke.
    package func run() throws(SimulationFailure) -> DayReport {
        let clock = ContinuousClock()
        let began = clock.now
        var world = World(self)
        try world.run()
        return world.report(took: clock.now - began)
    }
}

extension Scenario {
    /// The centre as it is set up, with the tempers of usual customers and agents.
    init(_ history: SimulatedHistory) {
        start = history.start
        end = max(history.start, history.days.last?.closing ?? history.start)
        definitions = history.definitions
        reasons = history.reasons
        var projects: [Project] = []
        var queues: [Queue] = []
        var entryPoints: [EntryPoint] = []
        var dispositions: [Disposition] = []
        var agents: [Agent] = []
        for definition in history.definitions {
            switch definition {
            case .project(let project): projects.append(project)
            case .queue(let queue): queues.append(queue)
            case .entryPoint(let entryPoint): entryPoints.append(entryPoint)
            case .disposition(let disposition): dispositions.append(disposition)
            case .agent(let agent): agents.append(agent)
            // A history begins with what there is.
            case .retired: break
            }
        }
        self.projects = projects
        self.queues = queues
        self.entryPoints = entryPoints
        self.agents = agents
        let parents = Set(dispositions.compactMap(\.parent))
        leaves = Dictionary(grouping: dispositions.filter { !parents.contains($0.id) }, by: \.project).mapValues { $0.map(\.id) }
        branches = [:]

        patience = .seconds(100)
        patienceSpread = 0.7
        redialChance = 0.4
        talk = .seconds(170)
        reaction = .seconds(3)
        wrapUp = .seconds(28)
        ignoreChance = 0.015
        rejectChance = 0.003
        declineChance = 0.003
        messageDelay = .milliseconds(40)
        restart = nil
        habits = .orderly
    }
}

extension World {
    mutating func plan(_ workday: SimulatedHistory.Workday) {
        for shift in workday.shifts { plan(shift) }
        guard !scenario.entryPoints.isEmpty else { return }
        let length = workday.closing - workday.opening
        for _ in 0..<workday.contacts {
            let moment = workday.opening + length * placeOfCall()
            plan(callTo: random.oneOf(scenario.entryPoints).id, at: moment, until: workday.closing)
            guard let rush = workday.rush, rush.contains(moment) else { continue }
            let another = rush.lowerBound + random.between(.zero, rush.upperBound - rush.lowerBound)
            plan(callTo: random.oneOf(scenario.entryPoints).id, at: another, until: workday.closing)
        }
    }

    /// There, at the headset if there is no phone, a long break between two short ones, and home.
    private mutating func plan(_ shift: SimulatedHistory.Shift) {
        guard let index = agentOf[shift.agent], shift.from < shift.until else { return }
        put(.agent(index, .come), at: shift.from)
        if agents[index].agent.phone == nil { put(.agent(index, .plugIn), at: shift.from) }
        put(.agent(index, .want(.ready)), at: shift.from + random.between(.seconds(5), .seconds(120)))
        put(.agent(index, .goHome), at: shift.until)
        if agents[index].agent.phone == nil { put(.agent(index, .cutOff), at: shift.until + Self.lastTalkMax) }
        let length = shift.until - shift.from
        if let short = scenario.reasons.first {
            let long = scenario.reasons.dropFirst().first ?? short
            for (place, duration, reason) in [
                (0.22, Duration.seconds(600), short), (0.5, .seconds(1800), long), (0.78, .seconds(600), short),
            ] {
                let start = shift.from + length * place + random.between(.seconds(-600), .seconds(600))
                let end = start + duration + random.between(.seconds(-60), .seconds(90))
                if let absence = shift.absence, start < absence.until, absence.from < end { continue }
                plan(absenceOf: index, SimulatedHistory.Absence(from: start, until: end, reason: reason))
            }
        }
        if let absence = shift.absence { plan(absenceOf: index, absence) }
    }

    private mutating func plan(absenceOf index: Int, _ absence: SimulatedHistory.Absence) {
        put(.agent(index, .stepAway(absence.reason, until: absence.until)), at: absence.from)
        put(.agent(index, .want(.ready)), at: absence.until)
    }

    /// Nobody's last talk takes longer; then the headset is unplugged.
    private static let lastTalkMax = Duration.seconds(2 * 3600)
}
