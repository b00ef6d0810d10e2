import Calls
import Centre
import Operation
import Organization
import Primitives
import Reporting
import Routing

/// How much of the floor somebody sees.
enum FloorReach: Hashable, Sendable {
    case all
    case projects(Set<ProjectID>)
    case team(TeamID?, AgentID?)

    /// Nil: nothing at all.
    init?(_ caller: Caller, of permission: Permission = .viewFloor) {
        let user = caller.account.user
        switch caller.scope(of: permission) {
        case nil: return nil
        case .all: self = .all
        case .project: self = .projects(user.projects)
        case .team, .own: self = .team(user.team, user.agent)
        }
    }
}

/// Those who get the same rows in the same words.
struct FloorAudience: Hashable, Sendable {
    var reach: FloorReach
    var language: Language
}

/// What of the floor a reach contains: worked out once, held until the set-up changes.
struct FloorSight: Sendable {
    var queues: Set<QueueID>
    var agents: Set<AgentID>
    /// The projects whose contacts may be told; nil: all.
    var projects: Set<ProjectID>?
    /// Who sees only people of one team sees what that one is to reach; nil: all.
    var teams: Set<TeamID>?

    init(_ reach: FloorReach, _ names: Names) {
        switch reach {
        case .all:
            queues = Set(names.allQueues)
            agents = Set(names.allAgents)
        case .projects(let mine):
            let visible = Set(names.allQueues.filter { names.project(of: $0).map(mine.contains) ?? false })
            queues = visible
            agents = Set(names.allAgents.filter { !visible.isDisjoint(with: names.queues(of: $0)) })
            projects = mine
        case .team(let team, let own):
            // A queue belongs to no team: shown are those that the team serves.
            agents = Set(names.allAgents.filter { $0 == own || (team != nil && names.team(of: $0) == team) })
            queues = Set(agents.flatMap { names.queues(of: $0) })
            teams = Set([team].compactMap(\.self))
        }
    }

    /// Whether what a team or a project is to reach together may be told.
    func shows(_ group: QuotaBook.Holder) -> Bool {
        switch group {
        case .agent: false
        case .team(let team): teams?.contains(team) ?? true
        case .project: teams == nil
        }
    }

    /// Whether a contact of `project` may be told: an agent may work for several projects, of which one is seen.
    func tells(_ project: ProjectID?) -> Bool {
        guard let projects else { return true }
        return project.map(projects.contains) ?? false
    }
}

/// Rows read from the engine at one position.
struct FloorRows: Sendable {
    var position: LogPosition
    var queues: [FloorQueue]
    var agents: [FloorAgent]
    /// The queues that get no calls now.
    var closed: Set<QueueID>

    /// All of them.
    init(of engine: CentreEngine, at now: Timestamp) {
        position = engine.position
        closed = engine.organization.closedQueues(at: now)
        queues = engine.organization.queues.keys.sorted().compactMap { engine.floorQueue($0) }
        agents = engine.organization.agents.keys.sorted().compactMap { engine.floorAgent($0) }
    }

    /// Those named, and the queues of the agents: their ready and signed-in counts change with them.
    init(of engine: CentreEngine, queues: Set<QueueID>, agents: Set<AgentID>, at now: Timestamp) {
        position = engine.position
        closed = engine.organization.closedQueues(at: now)
        var queues = queues
        for agent in agents {
            for entry in engine.organization.agents[agent]?.profile.entries ?? [] { queues.insert(entry.queue) }
        }
        self.queues = queues.sorted().compactMap { engine.floorQueue($0) }
        self.agents = agents.sorted().compactMap { engine.floorAgent($0) }
    }
}

extension FloorWire.QueueWire {
    init(_ queue: FloorQueue, isClosed: Bool, figures: QueueFigures, day: Range<Timestamp>?, names: Names, language: Language) {
        id = queue.id.description
        name = names.queue(queue.id, in: language)
        project = names.project(queue.project, in: language)
        waiting = queue.waiting
        offered = figures.offered
        answered = figures.answered
        abandoned = figures.abandoned
        let variant = ServiceLevelVariant.answeredOfOffered
        serviceLevel = FloorWire.ServiceLevelWire(
            percent: figures.serviceLevel(variant).map { ($0 * 1000).rounded() / 10 },
            within: queue.serviceLevelTarget.components.seconds, variant: variant.rawValue)
        closed = isClosed
        ready = queue.ready
        signedIn = queue.signedIn
        oldestSince = queue.oldestSince?.milliseconds
        since = day?.lowerBound.milliseconds
        until = day?.upperBound.milliseconds
        averageSpeedOfAnswer = figures.averageSpeedOfAnswer?.milliseconds
    }
}

extension FloorWire.AgentWire {
    init(_ agent: FloorAgent, quotas: [QuotaWire], voice: VoiceNow?, sight: FloorSight, names: Names, language: Language) {
        let state = agent.state
        self.quotas = quotas
        id = agent.id.description
        name = names.agent(agent.id)
        // Another reason is another state to those who watch the clock.
        since = (state.routing == .notReady ? max(state.routingSince, state.presenceSince) : state.routingSince).milliseconds
        switch state.routing {
        case .off, .notReady, .idle, .offered, .wrapUp, .notResponding: self.state = state.routing.name
        case .handling, .consulted: self.state = "talking"
        }
        let isTold = agent.project != nil && sight.tells(agent.project)
        projects = names.projects(of: agent.id).filter { sight.tells($0) }.map {
            NamedWire(id: $0.description, name: names.project($0, in: language))
        }
        supervisors = (isTold ? agent.supervisions : []).map {
            SupervisorWire(name: names.agent($0.supervisor), mode: $0.mode.rawValue, microphoneOpen: $0.isMicrophoneOpen)
        }
        mayBeSupervised = isTold && agent.isInTalk
        self.voice = isTold && agent.isInTalk ? voice?.signNames ?? [] : []
        trainee = agent.isTrainee
        seat = agent.seat.map { SeatWire($0, names: names) }
        if state.routing == .notReady, case .notReady(let id?) = state.presence { reason = names.reason(id, in: language) }
        next = state.next?.wire(names, language).state
        queue = isTold ? agent.queue.map { names.queue($0, in: language) } : nil
        colleague = agent.colleague.map { names.agent($0) }
        team = agent.team.map { NamedWire(id: $0.description, name: names.team($0, in: language)) }
        help = agent.helpSince?.milliseconds
        contact = isTold ? state.routing.contact?.description : nil
    }
}
