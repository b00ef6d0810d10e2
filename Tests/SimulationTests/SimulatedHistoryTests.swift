import Calls
import Centre
import Contacts
import Operation
import Organization
import Primitives
import Routing
import Simulation
import Synchronization
import Testing

struct SimulatedHistoryTests {
    /// A small centre: two queues, one agent at a desk phone and one with a headset only.
    private struct Place {
        let definitions: [Definition]
        let agents: [AgentID]
        let reasons: [PresenceReasonID]
        let start = Timestamp(microseconds: 1_772_409_600_000_000)

        init() {
            var random = Random(seed: 9)
            let start = start
            func id<Tag>() -> ID<Tag> { ID(at: start, using: &random) }
            let project = Project(id: id(), time: .utc, language: .english)
            let queues = (0..<2).map { _ in Queue(id: id(), project: project.id) }
            let entryPoints = queues.map { EntryPoint(id: id(), project: project.id, queue: $0.id, language: .english) }
            let dispositions = (0..<3).map { _ in Disposition(id: id(), project: project.id, meanings: .reached) }
            let profile = RoutingProfile(queues.map { RoutingProfile.Entry(queue: $0.id) })
            let people = [Agent(id: id(), phone: id(), profile: profile), Agent(id: id(), phone: nil, profile: profile)]
            definitions =
                [.project(project)] + queues.map { .queue($0) } + dispositions.map { .disposition($0) }
                + entryPoints.map { .entryPoint($0) } + people.map { .agent($0) }
            agents = people.map(\.id)
            reasons = [id(), id()]
        }

        func hour(_ hour: Int, on day: Int = 0) -> Timestamp { start + .seconds((day * 24 + hour) * 3600) }

        func history(days: Int, check: SimulatedDay.Check = .sweep, isRushed: Bool = false) -> SimulatedHistory {
            let workdays = (0..<days).map { day in
                SimulatedHistory.Workday(
                    opening: hour(8, on: day), closing: hour(16, on: day), contacts: 120,
                    shifts: agents.map { agent in
                        let isAway = isRushed && agent == agents[0]
                        return SimulatedHistory.Shift(
                            agent, from: hour(8, on: day), until: hour(17, on: day),
                            absence: isAway ? .init(from: hour(11, on: day), until: hour(12, on: day), reason: reasons[1]) : nil)
                    }, rush: isRushed ? hour(11, on: day)..<hour(12, on: day) : nil)
            }
            return SimulatedHistory(
                seed: 5, definitions: definitions, reasons: reasons, start: start, days: workdays, check: check)
        }
    }

    /// What a history hands to the log.
    private final class Log: Sendable {
        private let state = Mutex((entries: [LogEntry](), callers: [Int?]()))

        func add(_ step: StepRecord, _ caller: Int?) {
            guard case .success(let result) = step.result else { return }
            state.withLock {
                $0.entries += result.entries
                if case .callArrived = step.input { $0.callers.append(caller) }
            }
        }

        var entries: [LogEntry] { state.withLock { $0.entries } }
        var callers: [Int] { state.withLock { $0.callers.compactMap { $0 } } }
    }

    private func lived(_ history: SimulatedHistory) throws -> Log {
        let log = Log()
        var history = history
        history.record = { log.add($0, $1) }
        _ = try history.run()
        return log
    }

    @Test func `given days break no rule, and leave nobody waiting, talking or signed on`() throws {
        let report = try Place().history(days: 3, check: .step).run()
        #expect(report.contacts >= 360 && report.handled > 250)
    }

    @Test func `the same days come out the same, whatever is checked`() throws {
        let place = Place()
        let digest = try place.history(days: 2).run().digest
        #expect(try place.history(days: 2, check: .none).run().digest == digest)
        var other = place.history(days: 2, check: .none)
        other.seed = 6
        #expect(try other.run().digest != digest)
    }

    @Test func `people work within their shifts only, on each of the days`() throws {
        let place = Place()
        for entry in try lived(place.history(days: 3)).entries {
            guard case .offerEnded(_, _, _, .answered) = entry.event else { continue }
            let hour = Int((entry.at - place.start).microseconds / 3_600_000_000) % 24
            #expect((8..<17).contains(hour))
        }
    }

    @Test func `whoever is left waiting calls again as the same caller`() throws {
        let callers = try lived(Place().history(days: 3, isRushed: true)).callers
        #expect(Set(callers).count < callers.count)
    }

    @Test func `a rush brings twice the calls, and who is away answers none of them`() throws {
        let place = Place()
        func calls(_ log: Log) -> Int {
            log.entries.count { entry in
                if case .contactOpened = entry.event { return entry.at >= place.hour(11) && entry.at < place.hour(12) }
                return false
            }
        }
        let rushed = try lived(place.history(days: 1, isRushed: true))
        #expect(Double(calls(rushed)) > 1.5 * Double(calls(try lived(place.history(days: 1)))))
        // Somebody whom his absence found in a talk wraps up first, and is offered nobody else.
        let offered = rushed.entries.filter { entry in
            guard case .offerMade(let offering) = entry.event else { return false }
            return offering.agent == place.agents[0] && entry.at > place.hour(11) + .seconds(1) && entry.at < place.hour(12)
        }
        #expect(offered.isEmpty)
    }
}
