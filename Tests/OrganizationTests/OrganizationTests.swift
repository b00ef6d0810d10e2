import Organization
import Primitives
import Testing

struct OrganizationTests {
    private let project = Project(id: ProjectID(high: 1, low: 1), time: .utc, language: .english)
    private let queue = Queue(id: QueueID(high: 2, low: 1), project: ProjectID(high: 1, low: 1))

    @Test func `what a definition names must be there`() throws {
        var organization = Organization()
        #expect(throws: Organization.Flaw.projectUnknown(project.id)) { try organization.check(.queue(queue)) }
        organization.apply(.project(project))
        try organization.check(.queue(queue))
        let entry = EntryPoint(id: EntryPointID(high: 3, low: 1), project: project.id, queue: queue.id, language: .georgian)
        #expect(throws: Organization.Flaw.queueUnknown(queue.id)) { try organization.check(.entryPoint(entry)) }
        let agent = Agent(id: AgentID(high: 4, low: 1), phone: nil, profile: RoutingProfile([.init(queue: queue.id)]))
        #expect(throws: Organization.Flaw.queueUnknown(queue.id)) { try organization.check(.agent(agent)) }
        let parent = DispositionID(high: 5, low: 1)
        let leaf = Disposition(id: DispositionID(high: 5, low: 2), project: project.id, parent: parent)
        #expect(throws: Organization.Flaw.dispositionUnknown(parent)) { try organization.check(.disposition(leaf)) }
    }

    @Test func `a queue stays in its project`() {
        var organization = Organization()
        let other = Project(id: ProjectID(high: 1, low: 2), time: .utc, language: .hindi)
        for definition in [Definition.project(project), .project(other), .queue(queue)] { organization.apply(definition) }
        #expect(throws: Organization.Flaw.projectChanged) {
            try organization.check(.queue(Queue(id: queue.id, project: other.id)))
        }
    }

    @Test func `only leaves of the contact's own project are chosen`() {
        var organization = Organization()
        let root = Disposition(id: DispositionID(high: 5, low: 1), project: project.id)
        let leaf = Disposition(id: DispositionID(high: 5, low: 2), project: project.id, parent: root.id)
        organization.apply(.disposition(root))
        #expect(organization.isLeaf(root.id, of: project.id))
        organization.apply(.disposition(leaf))
        #expect(!organization.isLeaf(root.id, of: project.id))
        #expect(organization.isLeaf(leaf.id, of: project.id))
        #expect(!organization.isLeaf(leaf.id, of: ProjectID(high: 1, low: 2)))
        // Moved away, it leaves its parent a leaf again.
        organization.apply(.disposition(Disposition(id: leaf.id, project: project.id)))
        #expect(organization.isLeaf(root.id, of: project.id))
    }

    @Test func `a profile keeps each queue once, in the order in which they are served`() {
        let other = QueueID(high: 2, low: 2)
        let profile = RoutingProfile([
            .init(queue: other, priority: 5), .init(queue: queue.id, priority: 0), .init(queue: other, priority: 1),
        ])
        #expect(profile.entries == [.init(queue: queue.id, priority: 1), .init(queue: other, priority: 5)])
    }

    @Test(arguments: [(0, false), (1, true), (99, true), (100, false)])
    func `a priority is one of 1 to 99`(_ level: Int, _ isOne: Bool) {
        #expect((ContactPriority(level) != nil) == isOne)
    }
}
