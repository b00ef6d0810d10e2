import Calls
import Centre
import Contacts
import Organization
import Primitives

/// Writes steps as text, for people and for `simulate --replay`. Only ids stand in it, no number and no name.
///
/// ```
/// callfloor-recording 1
/// seed 42
/// start 0
/// 1795255800000000 network callArrived 019aa… 019a9…
/// > ring 019aa… 019a8… 019aa…
/// > play 019aa… ringBack
/// > answer 019aa…
/// = 17
/// ```
/// A step is its time in microseconds, on whose behalf, the input and its arguments; then its definitions (`+`, of a
/// `setUp`), its directives (`>`), and at its end the position it led to (`=`) or why it was refused (`!`).
package struct RecordingWriter: Sendable {
    package static let title = "callfloor-recording 1"

    private var position: LogPosition

    /// - Parameter start: where the engine's log stood when the recording began.
    package init(start: LogPosition) {
        position = start
    }

    /// The first lines; `seed` is that of the chance which the engine is given.
    package func header(seed: UInt64) -> [String] {
        [Self.title, "seed \(seed)", "start \(position)"]
    }

    package mutating func lines(of record: StepRecord) -> [String] {
        var lines = [Self.words(of: record.at, record.actor, record.input).joined(separator: " ")]
        if case .setUp(let definitions) = record.input {
            lines += definitions.map { "+ " + $0.words.joined(separator: " ") }
        }
        switch record.result {
        case .success(let result):
            lines += result.directives.map(Self.line)
            position = result.entries.last?.position ?? position
            lines.append("= \(position)")
        case .failure(let refusal):
            lines.append(Self.line(of: refusal))
        }
        return lines
    }

    package static func line(of directive: CallDirective) -> String { "> " + directive.words.joined(separator: " ") }

    package static func line(of refusal: Refusal) -> String { "! " + refusal.words.joined(separator: " ") }

    /// The first line of a step.
    package static func line(of input: Input, by actor: Actor, at now: Timestamp) -> String {
        words(of: now, actor, input).joined(separator: " ")
    }

    private static func words(of now: Timestamp, _ actor: Actor, _ input: Input) -> [String] {
        ["\(now.microseconds)"] + actor.words + [input.kind] + input.words
    }
}
