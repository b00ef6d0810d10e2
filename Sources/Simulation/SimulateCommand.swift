import Centre
import Foundation
import Operation
import Primitives
import Synchronization

/// What `callfloor simulate` does; the program only parses its options.
package struct SimulateCommand: Sendable {
    package var seed: UInt64 = 42
    package var agents = 200
    package var contacts = 8000
    package var hours = 8.0
    package var check = SimulatedDay.Check.sweep
    /// So many days, with the seeds that follow.
    package var days = 1
    /// Writes the (last) day's steps into this file.
    package var record: String?
    /// Steps through this recording instead.
    package var replay: String?

    package init() {}

    /// - Parameter show: takes what a person is to read, line by line.
    /// - Returns: the exit code: 0, or 1 if a rule was broken or a recording came out otherwise.
    package func run(show: (String) -> Void) throws -> Int32 {
        if let replay { return try replayFile(replay, show: show) }
        for offset in 0..<max(1, days) {
            var day = SimulatedDay(seed: seed &+ UInt64(offset), agents: agents, contacts: contacts, hours: hours, check: check)
            let recorder = record.map { _ in Recorder(seed: day.engineSeed) }
            if let recorder { day.record = { recorder.add($0) } }
            defer { if let record { try? recorder?.text.write(toFile: record, atomically: true, encoding: .utf8) } }
            do throws(SimulationFailure) {
                let report = try day.run()
                if offset > 0 { show("") }
                show(report.table)
            } catch {
                show("failed: \(error)")
                return 1
            }
        }
        return 0
    }

    private func replayFile(_ path: String, show: (String) -> Void) throws -> Int32 {
        let recording = try Recording(parsing: String(contentsOfFile: path, encoding: .utf8))
        switch Replay().run(recording) {
        case .same(let steps):
            show("\(steps) steps replayed, all directives the same")
            return 0
        case .different(let difference):
            show("\(difference)")
            return 1
        case .noStart(let position):
            show("the recording begins at position \(position) of a log: only one from its start can be replayed alone")
            return 1
        }
    }
}

/// Collects the lines of a recording.
package final class Recorder: Sendable {
    private let state: Mutex<(writer: RecordingWriter, lines: [String])>

    package init(seed: UInt64, start: LogPosition = .start) {
        let writer = RecordingWriter(start: start)
        state = Mutex((writer, writer.header(seed: seed)))
    }

    package func add(_ record: StepRecord) {
        state.withLock { $0.lines += $0.writer.lines(of: record) }
    }

    package var text: String { state.withLock { $0.lines.joined(separator: "\n") + "\n" } }
}
