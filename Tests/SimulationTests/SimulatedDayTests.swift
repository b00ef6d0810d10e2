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

struct SimulatedDayTests {
    /// Every one is another centre; a failure prints its seed, the simulated time and the last inputs.
    @Test(arguments: 1...12) func `a small day breaks no rule`(_ seed: UInt64) throws {
        let day = SimulatedDay(
            seed: seed, agents: 5 + Int(seed), contacts: 60 * Int(seed), hours: 2, check: seed.isMultiple(of: 3) ? .step : .sweep)
        let report = try day.run()
        #expect(report.contacts >= 60 * Int(seed) && report.handled > 0)
    }

    @Test func `the same seed is the same day, whatever the checks`() throws {
        func day(_ seed: UInt64, _ check: SimulatedDay.Check) throws -> UInt64 {
            try SimulatedDay(seed: seed, agents: 8, contacts: 200, hours: 2, check: check).run().digest
        }
        let digest = try day(21, .sweep)
        #expect(try day(21, .sweep) == digest && day(21, .step) == digest && day(21, .none) == digest)
        #expect(try day(22, .none) != digest)
    }

    @Test func `the report is a table of names and values`() throws {
        let table = try SimulatedDay(seed: 4, agents: 6, contacts: 80, hours: 1).run().table
        for name in ["service level, answeredOfOffered", "ASA", "abandoned", "occupancy", "AHT", "steps per second", "digest"] {
            #expect(table.contains(name))
        }
    }

    @Test func `hopeless sizes are cut to what is possible`() throws {
        let report = try SimulatedDay(seed: 1, agents: -5, contacts: -1, hours: -1).run()
        #expect(report.agents == 1 && report.contacts == 0)
    }
}

struct ReplayTests {
    /// A recorded day, as text.
    private func recordedDay(_ seed: UInt64) throws -> String {
        var day = SimulatedDay(seed: seed, agents: 6, contacts: 120, hours: 1)
        let recorder = Recorder(seed: day.engineSeed)
        day.record = { recorder.add($0) }
        _ = try day.run()
        return recorder.text
    }

    @Test(arguments: [3, 5, 8] as [UInt64]) func `a recorded day comes out the same again`(_ seed: UInt64) throws {
        let recording = try Recording(parsing: recordedDay(seed))
        guard case .same(let steps) = Replay().run(recording) else {
            Issue.record("\(Replay().run(recording))")
            return
        }
        #expect(steps == recording.steps.count && steps > 500)
    }

    /// What a changed strategy would look like: somebody else's phone had rung.
    @Test func `a directive that was another is found, with the line and what went before`() throws {
        var recording = try Recording(parsing: recordedDay(3))
        let index = try #require(recording.steps.lastIndex { $0.directives.contains { if case .ring = $0 { true } else { false } } })
        let place = try #require(recording.steps[index].directives.firstIndex { if case .ring = $0 { true } else { false } })
        guard case .ring(let leg, _, let customer) = recording.steps[index].directives[place] else { return }
        let other = PhoneID(high: 1, low: 1)
        recording.steps[index].directives[place] = .ring(leg, phone: other, customer: customer)
        guard case .different(let difference) = Replay().run(recording) else {
            Issue.record("not found")
            return
        }
        #expect(difference.line == recording.steps[index].line)
        #expect(difference.before.count == Replay.Difference.beforeMax)
        #expect(difference.recorded[place].contains("\(other)") && !difference.replayed[place].contains("\(other)"))
        #expect("\(difference)".contains("− > ring"))
    }

    @Test func `two directives in another order are found`() throws {
        var recording = try Recording(parsing: recordedDay(3))
        let index = try #require(recording.steps.firstIndex { $0.directives.count > 1 })
        recording.steps[index].directives.swapAt(0, 1)
        guard case .different(let difference) = Replay().run(recording) else {
            Issue.record("not found")
            return
        }
        #expect(difference.line == recording.steps[index].line)
    }

    @Test func `inputs in another order are found`() throws {
        var recording = try Recording(parsing: recordedDay(5))
        let calls = recording.steps.indices.filter { if case .callArrived = recording.steps[$0].input { true } else { false } }
        let (one, other) = (calls[10], calls[11])
        let input = recording.steps[one].input
        recording.steps[one].input = recording.steps[other].input
        recording.steps[other].input = input
        guard case .different(let difference) = Replay().run(recording) else {
            Issue.record("not found")
            return
        }
        #expect(difference.line == recording.steps[one].line)
    }

    @Test func `another seed is another recording`() throws {
        var recording = try Recording(parsing: recordedDay(5))
        recording.seed &+= 1
        guard case .different = Replay().run(recording) else {
            Issue.record("not found")
            return
        }
    }

    @Test func `a recording that begins in mid-log needs the engine of then`() throws {
        let whole = try Recording(parsing: recordedDay(8))
        // The first half builds the engine, the second is replayed on it.
        var engine = CentreEngine()
        var random = Random(seed: whole.seed)
        let half = whole.steps.count / 2
        for step in whole.steps[..<half] { _ = try? engine.step(step.input, by: step.actor, at: step.at, using: &random) }
        var rest = try Recording(parsing: "callfloor-recording 1\nseed 5\nstart \(engine.position)\n")
        let restored = engine
        random = Random(seed: rest.seed)
        for step in whole.steps[half...] {
            guard let result = try? engine.step(step.input, by: step.actor, at: step.at, using: &random) else { continue }
            rest.steps.append(
                RecordedStep(
                    line: 0, at: step.at, actor: step.actor, input: step.input, directives: result.directives,
                    ending: .taken(engine.position)))
        }
        #expect(Replay().run(rest) == .noStart(rest.start))
        #expect(Replay(restore: { _ in restored }).run(rest) == .same(steps: rest.steps.count))
    }
}

struct RoutingBenchTests {
    @Test func `the bench assigns as often as it says`() {
        var bench = RoutingBench()
        bench.agents = 50
        bench.queues = 20
        bench.waiting = 500
        bench.assignments = 200
        let figures = bench.run()
        #expect(figures.assignments > 150 && figures.table.contains("assignments per second"))
    }
}
