import Operation
import Organization
import Primitives
import Storage
import Synchronization

/// What things are called, in every language: read from the set-up, since the engine knows only ids.
struct Names: Sendable {
    private(set) var reasons: [Named<PresenceReasonID>] = []
    private(set) var allProjects: [ProjectID] = []
    private(set) var allQueues: [QueueID] = []
    private(set) var allAgents: [AgentID] = []
    /// Of all projects, in the order of the set-up.
    private(set) var quotas: [NamedQuota] = []
    private(set) var wallboards: [NamedWallboard] = []
    private(set) var alerts: [NamedAlert] = []
    private var teams: [TeamID: Localised] = [:]
    private var projects: [ProjectID: NamedProject] = [:]
    private var queues: [QueueID: NamedQueue] = [:]
    private var agents: [AgentID: Agent] = [:]
    private var people: [AgentID: String] = [:]
    private var users: [UserID: UserAccount] = [:]
    private var phones: [PhoneID: String] = [:]
    private var reasonNames: [PresenceReasonID: Localised] = [:]
    private var dispositionNames: [DispositionID: Localised] = [:]
    /// The roots of each project's tree and what lies below each node, in the set-up's order.
    private var roots: [ProjectID: [NamedDisposition]] = [:]
    private var children: [DispositionID: [NamedDisposition]] = [:]

    init() {}

    /// - Parameter retired: what is no longer given to anybody; the past still names it.
    init(_ setUp: SetUp, retired: SetUp = SetUp()) {
        reasons = setUp.reasons
        learn(retired)
        learn(setUp)
        quotas = setUp.projects.flatMap(\.quotas)
        wallboards = setUp.projects.flatMap(\.wallboards)
        alerts = setUp.projects.flatMap(\.alerts)
        allProjects = setUp.projects.map(\.project.id).sorted()
        allQueues = setUp.queues.map(\.queue.id).sorted()
        allAgents = setUp.agents.map(\.id).sorted()
        let dispositions = setUp.dispositions.sorted { ($0.order, $0.key) < ($1.order, $1.key) }
        for disposition in dispositions {
            if let parent = disposition.disposition.parent {
                children[parent, default: []].append(disposition)
            } else {
                roots[disposition.disposition.project, default: []].append(disposition)
            }
        }
    }

    private mutating func learn(_ setUp: SetUp) {
        for team in setUp.teams { teams[team.id] = team.name }
        for project in setUp.projects { projects[project.project.id] = project }
        for queue in setUp.queues { queues[queue.queue.id] = queue }
        for agent in setUp.agents { agents[agent.id] = agent }
        for user in setUp.users { users[user.user.id] = user }
        for user in setUp.users { if let agent = user.user.agent { people[agent] = user.name } }
        for phone in setUp.phones { phones[phone.id] = phone.user }
        for reason in setUp.reasons { reasonNames[reason.id] = reason.name }
        for disposition in setUp.dispositions { dispositionNames[disposition.disposition.id] = disposition.name }
    }

    // What the set-up no longer names is shown empty rather than by its id.

    func project(_ id: ProjectID, in language: Language) -> String { projects[id]?.name.text(in: language) ?? "" }
    func team(_ id: TeamID, in language: Language) -> String { teams[id]?.text(in: language) ?? "" }
    func queue(_ id: QueueID, in language: Language) -> String { queues[id]?.name.text(in: language) ?? "" }
    func agent(_ id: AgentID) -> String { people[id] ?? "" }
    func user(_ id: UserID) -> String { users[id]?.name ?? "" }
    func phone(_ id: PhoneID) -> String { phones[id] ?? "" }
    func reason(_ id: PresenceReasonID, in language: Language) -> String { reasonNames[id]?.text(in: language) ?? "" }
    func disposition(_ id: DispositionID, in language: Language) -> String { dispositionNames[id]?.text(in: language) ?? "" }

    // Keys stay what they are when a name changes, and are the same in every language.
    func knows(_ project: ProjectID) -> Bool { projects[project] != nil }
    /// What is said first in a language, if the project says it.
    func greeting(of project: ProjectID, in language: Language) -> String? {
        projects[project].flatMap { $0.greeting.texts.isEmpty ? nil : $0.greeting.text(in: language) }
    }
    func jobDescription(of project: ProjectID, in language: Language) -> String? {
        projects[project].flatMap { $0.jobDescription.texts.isEmpty ? nil : $0.jobDescription.text(in: language) }
    }
    func time(of project: ProjectID) -> CivilTime? { projects[project]?.project.time }
    func language(of project: ProjectID) -> Language { projects[project]?.project.language ?? .english }

    /// The clock by which somebody reads days who has said no project: that of the first of his.
    func time(of caller: Caller) -> CivilTime {
        let mine = allProjects.first { caller.account.user.projects.contains($0) }
        return (mine ?? allProjects.first).flatMap { time(of: $0) } ?? .utc
    }

    /// Who belongs to a project.
    func people(of project: ProjectID) -> [(id: UserID, name: String)] {
        users.values.filter { account in
            account.user.role != .client
                && (account.user.projects.contains(project) || account.user.agent.map { projects(of: $0).contains(project) } ?? false)
        }.map { ($0.user.id, $0.name) }.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// Of whom somebody may see the audit.
    func people(seenBy caller: Caller) -> [(id: UserID, name: String)] {
        let seesAll = caller.scope(of: .viewAudit) == .all
        return users.values.filter { seesAll || !$0.user.projects.isDisjoint(with: caller.account.user.projects) }
            .map { ($0.user.id, $0.name) }.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// Who signs in as the agent.
    func users(of agent: AgentID) -> [UserID] { users.values.filter { $0.user.agent == agent }.map(\.user.id).sorted() }

    func key(of project: ProjectID) -> String { projects[project]?.key ?? "" }
    func key(of queue: QueueID) -> String { queues[queue]?.key ?? "" }

    /// What the queue of that key is called; nil: there is none.
    func queue(keyed key: String, of project: ProjectID?, in language: Language) -> String? {
        allQueues.lazy.compactMap { queues[$0] }.first { $0.key == key && $0.queue.project == project }?.name.text(in: language)
    }

    /// How numbers are written where the project's callers live.
    func numberPlan(of project: ProjectID) -> PhoneNumber.NationalPlan? { projects[project]?.numbers }

    /// Whether the project may call numbers outside.
    func callsOut(_ project: ProjectID) -> Bool { projects[project]?.outbound != nil }

    /// Whether its agents see who listens to them.
    func showsSupervision(_ project: ProjectID) -> Bool { projects[project]?.showsSupervision ?? true }

    func knows(_ reason: PresenceReasonID) -> Bool { reasons.contains { $0.id == reason } }
    func knows(_ queue: QueueID) -> Bool { queues[queue] != nil }
    func knows(_ agent: AgentID) -> Bool { agents[agent] != nil }
    func project(of queue: QueueID) -> ProjectID? { queues[queue]?.queue.project }
    func team(of agent: AgentID) -> TeamID? { agents[agent]?.team }

    /// A project's dispositions, as a forest.
    func dispositions(of project: ProjectID, in language: Language) -> [DispositionWire] {
        (roots[project] ?? []).map { wire($0, in: language) }
    }

    private func wire(_ disposition: NamedDisposition, in language: Language) -> DispositionWire {
        let id = disposition.disposition.id
        return DispositionWire(
            id: id.description, name: disposition.name.text(in: language), children: (children[id] ?? []).map { wire($0, in: language) },
            meanings: Disposition.Meanings.named.filter { disposition.disposition.meanings.contains($0.meaning) }.map(\.name))
    }

    /// The projects of the queues an agent serves.
    func projects(of agent: AgentID) -> [ProjectID] { Set(queues(of: agent).compactMap { project(of: $0) }).sorted() }

    /// The queues an agent serves.
    func queues(of agent: AgentID) -> [QueueID] { agents[agent]?.profile.entries.map(\.queue) ?? [] }
}

/// The names of now, replaced as a whole when the set-up changes.
final class NameBook: Sendable {
    private let names = Mutex(Names())

    var current: Names { names.withLock { $0 } }

    func replace(_ setUp: WholeSetUp) {
        let new = Names(setUp.known, retired: setUp.retired)
        names.withLock { $0 = new }
    }
}
