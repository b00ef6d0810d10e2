import Organization
import Primitives
import Testing

struct RightsTests {
    private static let own = ProjectID(high: 1, low: 1)
    private static let foreign = ProjectID(high: 1, low: 2)
    private static let team = TeamID(high: 2, low: 1)
    private static let me = AgentID(high: 3, low: 1)
    private static let colleague = AgentID(high: 3, low: 2)

    private func user(_ role: Role) -> User {
        User(id: UserID(high: 4, low: 1), agent: Self.me, team: Self.team, projects: [Self.own], role: role)
    }

    /// The whole table: who may do what, and how far.
    @Test(arguments: [
        (
            Role.agent,
            [Permission.handleContacts: Scope.own, .viewContacts: .own, .viewFigures: .own, .viewCustomers: .project, .readAPI: .all]
        ),
        (
            .senior,
            [
                .handleContacts: .own, .viewContacts: .team, .viewFigures: .team, .viewFloor: .team, .superviseCalls: .team,
                .directAgents: .team, .hearRecordings: .team, .viewCustomers: .project, .approveConcessions: .team, .readAPI: .all,
            ]
        ),
        (
            .supervisor,
            [
                .handleContacts: .own, .viewContacts: .project, .viewFigures: .project, .viewFloor: .project, .superviseCalls: .project,
                .directAgents: .project, .hearRecordings: .project, .viewCustomers: .project, .manageCustomers: .project,
                .approveConcessions: .project, .readAPI: .all,
            ]
        ),
        (
            .manager,
            [
                .viewContacts: .project, .viewFigures: .project, .viewFloor: .project, .viewAudit: .project, .superviseCalls: .project,
                .directAgents: .project, .hearRecordings: .project, .keepRecordings: .project, .manageScripts: .project,
                .viewCustomers: .project, .manageCustomers: .project, .manageProducts: .project, .approveConcessions: .project,
                .readAPI: .all,
            ]
        ),
        (
            .administrator,
            [
                .viewContacts: .all, .viewFigures: .all, .viewFloor: .all, .manageSetUp: .all, .viewAudit: .all, .superviseCalls: .all,
                .directAgents: .all, .hearRecordings: .all, .keepRecordings: .all, .manageScripts: .all,
                .viewCustomers: .all, .manageCustomers: .all, .manageProducts: .all, .readAPI: .all,
            ]
        ),
        (.client, [.viewClientReport: .project]),
    ])
    func `each role has these permissions and no others`(_ role: Role, _ scopes: [Permission: Scope]) {
        for permission in Permission.allCases { #expect(role.scope(of: permission) == scopes[permission], "\(permission)") }
    }

    @Test func `an agent sees what is his own and nothing of his neighbour's`() {
        let agent = user(.agent)
        #expect(agent.may(.viewContacts, at: Place(project: Self.own, team: Self.team, agent: Self.me)))
        #expect(!agent.may(.viewContacts, at: Place(project: Self.own, team: Self.team, agent: Self.colleague)))
        #expect(!agent.may(.viewFloor, at: Place(agent: Self.me)))
    }

    @Test func `a senior sees the team, and himself wherever he is`() {
        let senior = user(.senior)
        #expect(senior.may(.viewContacts, at: Place(project: Self.foreign, team: Self.team, agent: Self.colleague)))
        #expect(senior.may(.viewContacts, at: Place(agent: Self.me)))
        #expect(!senior.may(.viewContacts, at: Place(project: Self.own, team: TeamID(high: 2, low: 2), agent: Self.colleague)))
        #expect(!senior.may(.viewContacts, at: Place(project: Self.own)))
    }

    @Test func `nobody sees a project that is not his`() {
        #expect(user(.supervisor).may(.viewFloor, at: Place(project: Self.own)))
        #expect(!user(.supervisor).may(.viewFloor, at: Place(project: Self.foreign)))
        #expect(!user(.manager).may(.viewContacts, at: Place(project: Self.foreign, agent: Self.colleague)))
        #expect(user(.administrator).may(.viewContacts, at: Place(project: Self.foreign)))
    }

    @Test func `one without team and agent gets nothing by having none`() {
        let visitor = User(id: UserID(high: 4, low: 2), projects: [], role: .senior)
        #expect(!visitor.may(.viewContacts, at: Place()))
        #expect(!visitor.may(.handleContacts, at: Place()))
    }
}
