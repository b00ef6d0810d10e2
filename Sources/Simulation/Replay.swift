import Calls
import Centre
import Operation
import Primitives

/// Steps an engine through a recording and holds what it decides against what was decided then.
package struct Replay: Sendable {
    /// The engine as it was where the recording begins; nil if that cannot be had. An empty one for position 0.
    package var restore: @Sendable (LogPosition) -> CentreEngine?

    package init(restore: @escaping @Sendable (LogPosition) -> CentreEngine? = { $0 == .start ? CentreEngine() : nil }) {
        self.restore = restore
    }

    package enum Outcome: Hashable, Sendable {
        case same(steps: Int)
        case different(Difference)
        /// No engine for the position where the recording begins.
        case noStart(LogPosition)
    }

    /// The first step that came out otherwise.
    package struct Difference: Hashable, Sendable, CustomStringConvertible {
        /// Where the step begins in the recording.
        package var line: Int
        package var input: String
        package var recorded: [String]
        package var replayed: [String]
        /// The inputs before it, oldest first.
        package var before: [String]

        package static let beforeMax = 10

        package var description: String {
            var lines = ["line \(line): the step comes out otherwise"]
            lines += before.map { "    \($0)" }
            lines.append("  → \(input)")
            let common = zip(recorded, replayed).prefix { $0 == $1 }.count
            lines += recorded[..<common].map { "    \($0)" }
            lines += recorded[common...].map { "  − \($0)" }
            lines += replayed[common...].map { "  + \($0)" }
            return lines.joined(separator: "\n")
        }
    }

    package func run(_ recording: Recording) -> Outcome {
        guard var engine = restore(recording.start), engine.position == recording.start else { return .noStart(recording.start) }
        var random = Random(seed: recording.seed)
        for (index, step) in recording.steps.enumerated() {
            let (directives, ending) = again(step, &engine, &random)
            guard directives != step.directives || ending != step.ending else { continue }
            let before = recording.steps[max(0, index - Difference.beforeMax)..<index]
            return .different(
                Difference(
                    line: step.line, input: line(of: step), recorded: lines(step.directives, step.ending),
                    replayed: lines(directives, ending), before: before.map(line)))
        }
        return .same(steps: recording.steps.count)
    }

    private func again(
        _ step: RecordedStep, _ engine: inout CentreEngine, _ random: inout Random
    ) -> ([CallDirective], RecordedStep.Ending) {
        do throws(Refusal) {
            let result = try engine.step(step.input, by: step.actor, at: step.at, using: &random)
            return (result.directives, .taken(engine.position))
        } catch {
            return ([], .refused(error))
        }
    }

    private func line(of step: RecordedStep) -> String { RecordingWriter.line(of: step.input, by: step.actor, at: step.at) }

    private func lines(_ directives: [CallDirective], _ ending: RecordedStep.Ending) -> [String] {
        let end =
            switch ending {
            case .taken(let position): "= \(position)"
            case .refused(let refusal): RecordingWriter.line(of: refusal)
            }
        return directives.map(RecordingWriter.line) + [end]
    }
}
