import Calls
import Centre
import Contacts
import Operation
import Organization
import Primitives
import Routing
import Testing

struct RecordingTests {
    @Test func `a step is written as people can read it`() throws {
        let leg = LegID(high: 1, low: 2)
        let phoneLeg = LegID(high: 3, low: 4)
        var result = StepResult()
        result.directives = [.ring(phoneLeg, phone: PhoneID(high: 5, low: 6), customer: leg), .play(leg, .greeting(.urdu))]
        result.entries = [entry(.presenceChanged(AgentID(high: 1, low: 1), .off), position: 17)]
        var writer = RecordingWriter(start: LogPosition(12))
        #expect(writer.header(seed: 42) == ["callfloor-recording 1", "seed 42", "start 12"])
        let step = StepRecord(
            at: Timestamp(microseconds: 99), actor: .network, input: .callArrived(leg, EntryPointID(high: 7, low: 8)),
            result: .success(result))
        #expect(
            writer.lines(of: step) == [
                "99 network callArrived \(leg) 00000000-0000-0007-0000-000000000008",
                "> ring \(phoneLeg) 00000000-0000-0005-0000-000000000006 \(leg)",
                "> play \(leg) greeting ur",
                "= 17",
            ])
        let refused = StepRecord(at: Timestamp(microseconds: 100), actor: .system, input: .timePassed, result: .failure(.staleState))
        #expect(writer.lines(of: refused) == ["100 system timePassed", "! staleState"])
        let idle = StepRecord(at: Timestamp(microseconds: 101), actor: .system, input: .timePassed, result: .success(StepResult()))
        #expect(writer.lines(of: idle) == ["101 system timePassed", "= 17"])
    }

    @Test(arguments: 1...30) func `whatever is written is read again the same`(_ seed: UInt64) throws {
        var any = Anything(seed: seed)
        let start = LogPosition(Int64(seed % 3) * 1000)
        var writer = RecordingWriter(start: start)
        var lines = writer.header(seed: seed)
        var steps: [RecordedStep] = []
        var position = start
        for index in 0..<(Anything.inputKinds * 4) {
            let line = lines.count + 1
            let record: StepRecord
            let at = Timestamp(microseconds: Int64(index) * 1_000_003)
            let actor = any.actor()
            let input = any.input(kind: index % Anything.inputKinds)
            if any.chance(0.2) {
                let refusal = any.refusal()
                record = StepRecord(at: at, actor: actor, input: input, result: .failure(refusal))
                steps.append(RecordedStep(line: line, at: at, actor: actor, input: input, directives: [], ending: .refused(refusal)))
            } else {
                var result = StepResult()
                result.directives = (0..<any.number(0...11)).map { any.directive(kind: $0) }
                if any.chance(0.7) {
                    position = position.next
                    result.entries = [entry(.setUpApplied(changes: 0), position: position.number)]
                }
                record = StepRecord(at: at, actor: actor, input: input, result: .success(result))
                steps.append(
                    RecordedStep(line: line, at: at, actor: actor, input: input, directives: result.directives, ending: .taken(position)))
            }
            lines += writer.lines(of: record)
        }
        let text = lines.joined(separator: "\n") + "\n"
        let recording = try Recording(parsing: text)
        #expect(recording.seed == seed && recording.start == start)
        #expect(recording.steps == steps)
    }

    @Test func `a recording that was cut off ends with its last whole step`() throws {
        let whole = """
            callfloor-recording 1
            seed 1
            start 0
            1 system timePassed
            = 0
            2 system restarted
            = 0

            """
        #expect(try Recording(parsing: whole).steps.count == 2)
        for cut in 1..<"2 system restarted\n= 0\n".utf8.count {
            let part = String(decoding: whole.utf8.dropLast(cut), as: UTF8.self)
            #expect(try Recording(parsing: part).steps.count == 1, "\(cut) bytes short")
        }
    }

    private static let header = "callfloor-recording 1\nseed 1\nstart 0\n"
    private static let id = "00000000-0000-0001-0000-000000000002"

    @Test(arguments: [
        ("", 1, RecordingError.Problem.header),
        ("callfloor-recording 2\nseed 1\nstart 0\n", 1, .header),
        ("callfloor-recording 1\nseed x\nstart 0\n", 2, .unexpected("x", wanted: "a seed")),
        ("callfloor-recording 1\nseed 99999999999999999999\nstart 0\n", 2, .unexpected("99999999999999999999", wanted: "a seed")),
        (header + "> answer \(id)\n", 4, .noStep),
        (header + "= 5\n", 4, .noStep),
        (header + "1 system timePassed\n2 system timePassed\n", 5, .stepOpen),
        (header + "later system timePassed\n", 4, .unexpected("later", wanted: "a time")),
        (header + "1 nobody timePassed\n", 4, .unexpected("nobody", wanted: "an actor")),
        (header + "1 system\n", 4, .missing("an input")),
        (header + "1 system dance\n", 4, .unexpected("dance", wanted: "an input")),
        (header + "1 system timePassed now\n", 4, .leftOver("now")),
        (header + "1 network legEnded 17\n", 4, .unexpected("17", wanted: "a leg")),
        (header + "1 network legRefused \(id) tired\n", 4, .unexpected("tired", wanted: "a cause")),
        (header + "1 system timePassed\n+ queue\n", 5, .unexpected("+", wanted: "a directive")),
        (header + "1 system setUp\n+ planet \(id)\n", 5, .unexpected("planet", wanted: "a definition")),
        (header + "1 system setUp\n+ project \(id) Mars/Olympus en\n", 5, .unexpected("Mars/Olympus", wanted: "a time zone")),
        (header + "1 system setUp\n+ agent \(id) - - 101\n", 5, .unexpected("101", wanted: "a number of queues")),
        (header + "1 system setUp\n+ agent \(id) - - -1\n", 5, .unexpected("-1", wanted: "a number of queues")),
        (header + "1 system setUp\n+ entryPoint \(id) \(id) \(id) 100 en\n", 5, .unexpected("100", wanted: "a priority from 1 to 99")),
        (header + "1 system timePassed\n> play \(id) jazz\n", 5, .unexpected("jazz", wanted: "a sound")),
        (header + "1 system timePassed\n! angry\n", 5, .unexpected("angry", wanted: "a refusal")),
        (header + String(repeating: "9", count: RecordingReader.lineMax + 1) + "\n", 4, .lineTooLong),
    ])
    func `what is no recording is refused with its line`(_ text: String, _ line: Int, _ problem: RecordingError.Problem) {
        #expect(throws: RecordingError(line: line, problem: problem)) { try Recording(parsing: text) }
    }

    @Test(arguments: 1...5) func `no damage traps the reader`(_ seed: UInt64) throws {
        var any = Anything(seed: seed)
        var writer = RecordingWriter(start: .start)
        var lines = writer.header(seed: 1)
        for kind in 0..<Anything.inputKinds {
            var result = StepResult()
            result.directives = (0..<6).map { any.directive(kind: $0) }
            lines += writer.lines(
                of: StepRecord(at: Timestamp(microseconds: 1), actor: any.actor(), input: any.input(kind: kind), result: .success(result)))
        }
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        for _ in 0..<100 {
            var damaged = bytes
            for _ in 0..<any.number(1...4) {
                let place = any.number(0...(damaged.count - 1))
                switch any.number(0...2) {
                case 0: damaged[place] = UInt8(any.number(0...255))
                case 1: damaged.remove(at: place)
                default: damaged.insert(UInt8(ascii: " "), at: place)
                }
            }
            _ = try? Recording(parsing: String(decoding: damaged, as: UTF8.self))
        }
    }

    private func entry(_ event: Event, position: Int64) -> LogEntry {
        LogEntry(
            position: LogPosition(position), at: Timestamp(microseconds: 0), event: event, project: nil, contact: nil, agent: nil,
            queue: nil, actor: .system, cause: "test")
    }
}
