import Primitives

/// One who signs in: an agent, supervisor, manager or administrator.
package struct User: Hashable, Sendable {
    package let id: UserID
    /// Set if he handles contacts himself.
    package var agent: AgentID?
    package var team: TeamID?
    /// The projects he belongs to: what `Scope.project` reaches.
    package var projects: Set<ProjectID>
    package var role: Role

    package init(id: UserID, agent: AgentID? = nil, team: TeamID? = nil, projects: Set<ProjectID>, role: Role) {
        self.id = id
        self.agent = agent
        self.team = team
        self.projects = projects
        self.role = role
    }
}

/// What somebody may do at all; how far it reaches is its scope.
package enum Permission: String, CaseIterable, Sendable, Hashable {
    /// Be ready, take offers, wrap up.
    case handleContacts
    /// See queues and agents live.
    case viewFloor
    /// Be beside an agent in a talk: listen, whisper, join, take over.
    case superviseCalls
    /// Set other agents' presence, sign them off, set them free, tell them something.
    case directAgents
    /// See the list of contacts and each one's story.
    case viewContacts
    /// See what contacts came to.
    case viewFigures
    /// Change projects, people, queues, trunks.
    case manageSetUp
    /// See who saw, changed and took along what.
    case viewAudit
    /// Hear what was recorded.
    case hearRecordings
    /// Take recordings along, keep them whatever the rule says, erase them.
    case keepRecordings
    /// Write scripts and forms, publish and retire them.
    case manageScripts
    /// See who customers are and what happened with them, find them, write down what they say.
    case viewCustomers
    /// Join two that are one, take them along, bring them in, erase them.
    case manageCustomers
    /// Say what is sold, why people refuse, and who may give how much.
    case manageProducts
    /// Allow others what they may not decide alone.
    case approveConcessions
    /// See what one's projects came to, as their client: without the people who worked in them.
    case viewClientReport
    /// Read the description of the API.
    case readAPI
}

/// How far a permission reaches, from narrow to wide.
package enum Scope: Int, CaseIterable, Comparable, Sendable, Hashable {
    case own, team, project, all

    package var name: String {
        switch self {
        case .own: "own"
        case .team: "team"
        case .project: "project"
        case .all: "all"
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The built-in roles: permission × scope. A client is one for whom the centre works: he sees what his projects came to, and nothing else.
package enum Role: String, CaseIterable, Sendable, Hashable {
    case agent, senior, supervisor, manager, administrator, client

    /// The scope in which this role has `permission`; nil: not at all.
    package func scope(of permission: Permission) -> Scope? {
        switch (self, permission) {
        case (.client, .viewClientReport): .project
        case (.client, _), (_, .viewClientReport): nil
        case (.agent, .handleContacts), (.senior, .handleContacts), (.supervisor, .handleContacts): .own
        case (.agent, .viewContacts), (.agent, .viewFigures): .own
        case (.senior, .viewContacts), (.senior, .viewFigures): .team
        case (.senior, .viewFloor), (.senior, .superviseCalls), (.senior, .directAgents), (.senior, .hearRecordings): .team
        case (.supervisor, .superviseCalls), (.supervisor, .directAgents), (.manager, .superviseCalls), (.manager, .directAgents): .project
        case (.supervisor, .hearRecordings), (.manager, .hearRecordings), (.manager, .keepRecordings): .project
        case (.administrator, .hearRecordings), (.administrator, .keepRecordings): .all
        case (.agent, .hearRecordings), (.agent, .keepRecordings), (.senior, .keepRecordings), (.supervisor, .keepRecordings): nil
        case (.supervisor, .viewContacts), (.supervisor, .viewFloor), (.supervisor, .viewFigures): .project
        case (.manager, .viewContacts), (.manager, .viewFloor), (.manager, .viewFigures), (.manager, .viewAudit): .project
        case (.administrator, .viewContacts), (.administrator, .viewFloor), (.administrator, .viewFigures), (.administrator, .manageSetUp),
            (.administrator, .viewAudit):
            .all
        case (.administrator, .superviseCalls), (.administrator, .directAgents): .all
        case (_, .readAPI): .all
        case (.senior, .approveConcessions): .team
        case (.supervisor, .approveConcessions), (.manager, .approveConcessions), (.manager, .manageProducts): .project
        case (.administrator, .manageProducts): .all
        case (_, .approveConcessions), (_, .manageProducts): nil
        case (.manager, .manageScripts): .project
        case (.administrator, .manageScripts): .all
        case (.agent, .manageScripts), (.senior, .manageScripts), (.supervisor, .manageScripts): nil
        case (.administrator, .viewCustomers), (.administrator, .manageCustomers): .all
        case (_, .viewCustomers), (.supervisor, .manageCustomers), (.manager, .manageCustomers): .project
        case (.agent, .manageCustomers), (.senior, .manageCustomers): nil
        case (.agent, .superviseCalls), (.agent, .directAgents): nil
        case (.agent, .viewFloor), (.manager, .handleContacts), (.administrator, .handleContacts): nil
        case (.agent, .viewAudit), (.senior, .viewAudit), (.supervisor, .viewAudit): nil
        case (.agent, .manageSetUp), (.senior, .manageSetUp), (.supervisor, .manageSetUp), (.manager, .manageSetUp): nil
        }
    }
}

/// Where a thing lies, seen from the rights: what a scope is held against.
package struct Place: Hashable, Sendable {
    package var project: ProjectID?
    package var team: TeamID?
    package var agent: AgentID?

    package init(project: ProjectID? = nil, team: TeamID? = nil, agent: AgentID? = nil) {
        self.project = project
        self.team = team
        self.agent = agent
    }
}

extension User {
    /// Whether he may do `permission` to something at `place`.
    package func may(_ permission: Permission, at place: Place) -> Bool {
        switch role.scope(of: permission) {
        case nil: false
        case .own: agent != nil && place.agent == agent
        case .team: (agent != nil && place.agent == agent) || (team != nil && place.team == team)
        case .project: (agent != nil && place.agent == agent) || place.project.map(projects.contains) ?? false
        case .all: true
        }
    }
}
