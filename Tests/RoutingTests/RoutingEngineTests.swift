import Contacts
import Organization
import Primitives
import Routing
import Testing

struct RoutingEngineTests {
    private static let start = Timestamp(microseconds: 1_772_438_400_000_000)

    private func agent(_ number: UInt64) -> AgentID { AgentID(high: 1, low: number) }
    private func queue(_ number: UInt64) -> QueueID { QueueID(high: 2, low: number) }

    private func contact(_ number: UInt64, in line: UInt64, queuedAt: Timestamp, priority: Int = 50) -> Contact {
        Contact(
            id: ContactID(high: 3, low: number), project: ProjectID(high: 4, low: 1), channel: .phone,
            entryPoint: EntryPointID(high: 5, low: 1), language: .english, queue: queue(line),
            priority: ContactPriority(priority) ?? .normal, openedAt: queuedAt)
    }

    /// Agents 1 to `count` serve queue 1, free since one second after the other.
    private func engine(agents count: UInt64, profile: [RoutingProfile.Entry]? = nil) -> RoutingEngine {
        var engine = RoutingEngine()
        for number in 1...3 { engine.define(queue(UInt64(number))) }
        for number in 1...count {
            engine.define(
                Agent(id: agent(number), phone: PhoneID(high: 1, low: 1), profile: RoutingProfile(profile ?? [.init(queue: queue(1))])),
                at: Self.start)
            free(agent(number), in: &engine, since: Self.start + .seconds(Int64(number)))
        }
        return engine
    }

    private func free(_ agent: AgentID, in engine: inout RoutingEngine, since: Timestamp) {
        engine.change(agent) {
            $0.routing = .idle
            $0.presence = .ready
            $0.idleSince = since
        }
    }

    @Test func `a match only reads`() throws {
        var engine = engine(agents: 2)
        engine.enqueue(contact(1, in: 1, queuedAt: Self.start + .seconds(5)))
        let first = try #require(engine.match(ContactID(high: 3, low: 1), at: Self.start + .seconds(6)))
        #expect(engine.match(ContactID(high: 3, low: 1), at: Self.start + .seconds(6)) == first)
        #expect(first.agent == agent(1) && first.explanation.waited == .seconds(1))
        #expect(engine.free(in: queue(1)).count == 2 && engine.position(of: first.contact) == 1)
    }

    @Test func `an agent leaves and joins all his queues at once`() {
        var engine = engine(agents: 1, profile: [.init(queue: queue(1)), .init(queue: queue(2), priority: 2)])
        #expect(engine.free(in: queue(1)).count == 1 && engine.free(in: queue(2)).count == 1)
        engine.change(agent(1)) { $0.routing = .notReady }
        #expect(engine.free(in: queue(1)).isEmpty && engine.free(in: queue(2)).isEmpty)
        free(agent(1), in: &engine, since: Self.start)
        engine.define(
            Agent(id: agent(1), phone: PhoneID(high: 1, low: 1), profile: RoutingProfile([.init(queue: queue(2))])), at: Self.start)
        #expect(engine.free(in: queue(1)).isEmpty && engine.members(of: queue(1)).isEmpty)
        #expect(engine.free(in: queue(2)).map(\.agent) == [agent(1)])
    }

    @Test func `the delays of a queue are those of its agents' profiles`() {
        var engine = engine(agents: 2, profile: [.init(queue: queue(1), delay: .seconds(30))])
        engine.define(
            Agent(id: agent(2), phone: PhoneID(high: 1, low: 1), profile: RoutingProfile([.init(queue: queue(1), delay: .seconds(10))])),
            at: Self.start)
        #expect(engine.delays(of: queue(1)) == [.seconds(10), .seconds(30)])
        engine.define(
            Agent(id: agent(1), phone: PhoneID(high: 1, low: 1), profile: RoutingProfile([.init(queue: queue(1))])), at: Self.start)
        #expect(engine.delays(of: queue(1)) == [.seconds(10)])
    }

    @Test func `with more free agents than are named, all are counted`() throws {
        var engine = engine(agents: 20)
        engine.enqueue(contact(1, in: 1, queuedAt: Self.start))
        let explanation = try #require(engine.match(ContactID(high: 3, low: 1), at: Self.start)).explanation
        #expect(explanation.free == 20 && explanation.considered.count == Explanation.consideredMax)
    }

    /// The choice for a free agent, held against looking through everybody who waits.
    @Test(arguments: 1...40) func `a free agent gets what a walk through all lines would give him`(_ seed: UInt64) throws {
        var random = Random(seed: seed)
        let entries = (1...3).map { line in
            RoutingProfile.Entry(
                queue: queue(UInt64(line)), priority: UInt8.random(in: 1...2, using: &random),
                delay: .seconds(Int.random(in: 0...2, using: &random) * 20))
        }
        var engine = engine(agents: 1, profile: entries)
        let now = Self.start + .seconds(100)
        var waiting: [Contact] = []
        for number in 1...30 {
            let contact = contact(
                UInt64(number), in: UInt64.random(in: 1...3, using: &random),
                queuedAt: Self.start + .seconds(Int.random(in: 0...100, using: &random)),
                priority: [10, 50].randomElement(using: &random) ?? 50)
            waiting.append(contact)
            engine.enqueue(contact)
        }
        while let match = engine.match(agent(1), at: now) {
            let candidates = waiting.compactMap { contact -> (UInt8, Contact)? in
                guard let entry = entries.first(where: { $0.queue == contact.queue }), now - contact.queuedAt >= entry.delay else {
                    return nil
                }
                return (entry.priority, contact)
            }
            let best = candidates.min { left, right in
                (left.0, left.1.priority, left.1.queuedAt, left.1.id) < (right.0, right.1.priority, right.1.queuedAt, right.1.id)
            }
            #expect(match.contact == best?.1.id)
            engine.dequeue(match.contact)
            waiting.removeAll { $0.id == match.contact }
        }
        #expect(waiting.allSatisfy { contact in entries.contains { $0.queue == contact.queue && now - contact.queuedAt < $0.delay } })
    }

    @Test func `reasons are told in one order, however agents stand`() throws {
        var engine = engine(agents: 4)
        engine.change(agent(1)) { $0.routing = .wrapUp(ContactID(high: 9, low: 9)) }
        engine.change(agent(2)) { $0.routing = .off }
        engine.change(agent(3)) { $0.phoneReachable = false }
        engine.enqueue(contact(1, in: 1, queuedAt: Self.start))
        let explanation = try #require(engine.match(ContactID(high: 3, low: 1), at: Self.start)).explanation
        #expect(explanation.excluded.map(\.reason) == [.off, .wrapUp, .unreachable])
        #expect(Exclusion.allCases.sorted() == Exclusion.allCases)
    }
}
