import Contacts
import Foundation
import Organization
import Primitives
import Routing

/// How many assignments a second routing decides in a centre larger than any: agents of several queues each, all busy,
/// and a long line everywhere.
///
/// One round is what the end of a contact is to routing: an agent becomes free, the best contact of his queues is found
/// and explained, it leaves its line, he is busy again; and one more contact queues, so that the lines stay as long.
package struct RoutingBench: Sendable {
    package var agents = 15_000
    package var queues = 5_000
    package var waiting = 500_000
    package var assignments = 200_000
    package var queuesPerAgent = 10
    package var seed: UInt64 = 42

    package init() {}

    package struct Figures: Sendable {
        package var agents: Int
        package var queues: Int
        package var waiting: Int
        package var assignments: Int
        package var took: Duration
        /// The most memory the program has held, in bytes; nil where the system does not tell.
        package var memoryPeak: Int?

        package var perSecond: Double { took > .zero ? Double(assignments) / took.inSeconds : 0 }

        package var table: String {
            let memory = memoryPeak.map { "\($0 / 1_048_576) MiB" } ?? "–"
            return """
                agents, queues, waiting  \(agents), \(queues), \(waiting)
                assignments              \(assignments) in \(took.milliseconds) ms
                assignments per second   \(Int(perSecond))
                memory, at most          \(memory)
                """
        }
    }

    package func run() -> Figures {
        var random = Random(seed: seed)
        let start = Timestamp(microseconds: 1_772_438_400_000_000)
        var engine = RoutingEngine()
        let queueIDs: [QueueID] = (0..<queues).map { _ in ID(at: start, using: &random) }
        for queue in queueIDs { engine.define(queue) }
        let agentIDs: [AgentID] = (0..<agents).map { _ in ID(at: start, using: &random) }
        for agent in agentIDs {
            let entries = (0..<queuesPerAgent).map { _ in
                RoutingProfile.Entry(queue: random.oneOf(queueIDs), priority: UInt8(random.between(1, 3)))
            }
            engine.define(Agent(id: agent, phone: PhoneID(sameAs: agent), profile: RoutingProfile(entries)), at: start)
            engine.change(agent) {
                $0.presence = .ready
                $0.routing = .handling(ContactID(sameAs: agent))
            }
        }
        let project = ProjectID(at: start, using: &random)
        let entryPoint = EntryPointID(at: start, using: &random)
        var now = start
        func queueOne() {
            now = now + .milliseconds(1)
            engine.enqueue(
                Contact(
                    id: ContactID(at: now, using: &random), project: project, channel: .phone, entryPoint: entryPoint, language: .english,
                    queue: random.oneOf(queueIDs), priority: random.chance(0.9) ? .normal : .urgent, openedAt: now))
        }
        for _ in 0..<waiting { queueOne() }

        let clock = ContinuousClock()
        let began = clock.now
        var made = 0
        for _ in 0..<assignments {
            let agent = random.oneOf(agentIDs)
            engine.change(agent) {
                $0.routing = .idle
                $0.idleSince = now
            }
            guard let match = engine.match(agent, at: now) else { continue }
            engine.dequeue(match.contact)
            engine.change(agent) { $0.routing = .handling(match.contact) }
            made += 1
            queueOne()
        }
        let took = clock.now - began
        return Figures(
            agents: agents, queues: queues, waiting: waiting, assignments: made, took: took, memoryPeak: Self.memoryPeak())
    }

    /// `VmHWM` of Linux: the high-water mark of resident memory.
    private static func memoryPeak() -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first.map { $0 * 1024 }
    }
}
