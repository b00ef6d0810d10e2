import Organization
import Primitives

/// A centre and its people, drawn from a seed: another one for each, from one quiet queue to six that overflow.
struct Scenario: Sendable {
    let start: Timestamp
    let end: Timestamp
    let definitions: [Definition]
    let projects: [Project]
    let queues: [Queue]
    let entryPoints: [EntryPoint]
    let leaves: [ProjectID: [DispositionID]]
    /// A node of each project's tree that is no leaf, which agents choose by mistake.
    let branches: [ProjectID: DispositionID]
    let agents: [Agent]
    let reasons: [PresenceReasonID]

    /// How long callers wait before they give up, and how they differ.
    let patience: Duration
    let patienceSpread: Double
    let redialChance: Double
    let talk: Duration
    /// How soon agents reach for the phone.
    let reaction: Duration
    let wrapUp: Duration
    /// Of all rings, how many are not answered, rejected at the phone, and declined at the desk.
    let ignoreChance: Double
    let rejectChance: Double
    let declineChance: Double
    let messageDelay: Duration
    /// When the server of this day is killed and started again; nil on three of four.
    let restart: Timestamp?
    let habits: Habits

    /// By the seed: the day's chance is that of days before there were recordings.
    private static func recording(seed: UInt64, _ index: Int) -> RecordingRule {
        let calls: [RecordingRule.Calls] = [.all, .none, .share(40), .onDemand]
        let number = seed &+ UInt64(index)
        return RecordingRule(calls: calls[Int(number % 4)], announces: number % 3 == 0, mayPause: number % 5 != 0)
    }

    static let queuesMax = 6

    init(seed: UInt64, agents agentCount: Int, hours: Double, using random: inout Random) {
        // Nights count too: some days cross midnight, and one in ten the last Sunday of March, when clocks change.
        let day = random.chance(0.1) ? 1_774_728_000 : 1_772_409_600 + 86_400 * Int64(random.between(0, 27))
        let start = Timestamp(microseconds: (day + 3600 * Int64(random.chance(0.7) ? 8 : random.between(0, 23))) * 1_000_000)
        self.start = start
        end = start + .seconds(max(0.1, hours) * 3600)
        func id<Tag>() -> ID<Tag> { ID(at: start, using: &random) }

        let zones = ["GMT", "Europe/London", "Asia/Tbilisi", "Asia/Karachi", "Asia/Kolkata", "Europe/Istanbul"]
        projects = (0..<random.between(1, 2)).map { index in
            Project(
                id: id(), time: CivilTime(zone: random.oneOf(zones)) ?? .utc, language: random.oneOf(Language.allCases),
                hours: random.chance(0.3) ? Scenario.hours(of: start, using: &random) : nil,
                recording: Scenario.recording(seed: seed, index))
        }
        let scenarioProjects = projects
        let queueIDs: [QueueID] = (0..<random.between(1, Self.queuesMax)).map { _ in id() }
        queues = queueIDs.indices.map { index in
            let rule: WrapUpRule =
                switch random.between(0, 5) {
                case 0: .none
                case 1: .untilDisposed
                case 2: .optional
                case 3: .onRequest(random.between(.seconds(5), .seconds(90)))
                default: .timed(random.between(.seconds(5), .seconds(90)))
                }
            // Queues of one project take turns: the one before of the same project helps.
            let helper = index - scenarioProjects.count
            return Queue(
                id: queueIDs[index], project: scenarioProjects[index % scenarioProjects.count].id,
                ringTimeout: random.between(.seconds(8), .seconds(25)),
                wrapUp: rule, serviceLevelTarget: .seconds(random.oneOf([10, 20, 30, 60])),
                shortAbandon: .seconds(random.oneOf([0, 5, 10])),
                waitingMax: random.chance(0.2) ? random.between(1, 10) : 500,
                reasonTimeout: random.between(.seconds(5), .seconds(25)), escalation: helper >= 0 ? queueIDs[helper] : nil)
        }
        entryPoints = queues.flatMap { queue in
            (0..<random.between(1, 2)).map { _ in
                EntryPoint(
                    id: id(), project: queue.project, queue: queue.id,
                    priority: random.chance(0.8) ? .normal : ContactPriority(random.between(1, 99)) ?? .urgent,
                    language: random.oneOf(Language.allCases),
                    hours: random.chance(0.8)
                        ? nil : random.chance(0.5) ? .always : Scenario.hours(of: start, using: &random).map { .own($0) })
            }
        }
        var dispositions: [Disposition] = []
        var leaves: [ProjectID: [DispositionID]] = [:]
        var branches: [ProjectID: DispositionID] = [:]
        for project in projects {
            let branch = Disposition(id: id(), project: project.id)
            let below = (0..<random.between(1, 4)).map { _ in
                Disposition(id: id(), project: project.id, parent: branch.id, meanings: .reached)
            }
            dispositions += [branch] + below
            branches[project.id] = branch.id
            leaves[project.id] = below.map(\.id)
        }
        self.leaves = leaves
        self.branches = branches
        reasons = (0..<3).map { _ in id() }

        // Agents of one scenario differ in what they serve, unless everybody serves all.
        let everybodyServesAll = random.chance(0.3)
        let delayChance = random.chance(0.5) ? 0.3 : 0
        let scenarioQueues = queues
        let ids: [AgentID] = (0..<max(1, agentCount)).map { _ in id() }
        agents = ids.enumerated().map { index, agent in
            let profile = Scenario.profile(
                of: scenarioQueues, everything: everybodyServesAll, first: index, delayChance: delayChance, using: &random)
            return Agent(id: agent, phone: id(), profile: profile, isTrainee: index > 1 && random.chance(0.12))
        }
        definitions =
            projects.map { .project($0) } + queues.map { .queue($0) } + dispositions.map { .disposition($0) }
            + entryPoints.map { .entryPoint($0) } + agents.map { .agent($0) }

        patience = random.between(.seconds(30), .seconds(240))
        patienceSpread = 0.5 + random.fraction()
        redialChance = random.fraction() * 0.6
        talk = random.between(.seconds(60), .seconds(360))
        reaction = random.between(.seconds(1), .seconds(5))
        wrapUp = random.between(.seconds(5), .seconds(60))
        ignoreChance = random.fraction() * 0.04
        rejectChance = random.fraction() * 0.02
        declineChance = random.fraction() * 0.02
        messageDelay = random.between(.milliseconds(1), .milliseconds(150))
        restart = random.chance(0.25) ? start + random.between(.seconds(1800), .seconds(max(0.1, hours) * 3600)) : nil
        habits = .rough
    }

    /// Ranges of any kind, also past midnight, and days that are otherwise.
    private static func hours(of start: Timestamp, using random: inout Random) -> OpeningHours? {
        func ranges() -> [OpeningHours.Range] {
            let from = random.between(0, 20) * 60
            return [OpeningHours.Range(from: from, to: (from + random.between(1, 47) * 30) % OpeningHours.Range.dayLength)].compactMap(
                \.self)
        }
        let today = CivilTime.utc.date(of: start)
        return OpeningHours(
            week: (0..<7).map { _ in ranges() }, days: random.chance(0.3) ? [today: random.chance(0.5) ? [] : ranges()] : [:])
    }

    /// Which queues somebody serves: at least one, the number `first` among them.
    static func profile(
        of queues: [Queue], everything: Bool, first: Int, delayChance: Double, using random: inout Random
    ) -> RoutingProfile {
        var entries: [RoutingProfile.Entry] = []
        for (index, queue) in queues.enumerated() {
            let isOwn = index == first % queues.count
            guard everything || isOwn || random.chance(0.3) else { continue }
            let delay: Duration = !isOwn && random.chance(delayChance) ? .seconds(random.oneOf([10, 30, 60])) : .zero
            entries.append(.init(queue: queue.id, priority: UInt8(random.between(1, 3)), delay: delay))
        }
        return RoutingProfile(entries)
    }
}
