import Centre
import Operation
import Primitives

/// A rule that a simulated day broke: everything needed to see it again.
package struct SimulationFailure: Error, Sendable, CustomStringConvertible {
    package var seed: UInt64
    package var at: Timestamp
    package var broken: [String]
    /// The last inputs before it, oldest first, as a recording writes them.
    package var inputs: [String]

    /// Inputs shown with a failure.
    package static let inputsMax = 50
    /// Broken rules shown at once; one mistake often breaks many.
    static let brokenMax = 10

    package var description: String {
        let shown = broken.prefix(Self.brokenMax).map { "  \($0)" }
        let more = broken.count > Self.brokenMax ? ["  … and \(broken.count - Self.brokenMax) more"] : []
        let lines = ["seed \(seed), simulated time \(at):"] + shown + more + ["the last \(inputs.count) inputs:"] + inputs.map { "  \($0)" }
        return lines.joined(separator: "\n")
    }
}

/// The last inputs, kept as values: they become text only for a failure.
struct RecentInputs: Sendable {
    private var kept: [(at: Timestamp, actor: Actor, input: Input)] = []
    private var oldest = 0

    mutating func add(_ input: Input, by actor: Actor, at now: Timestamp) {
        if kept.count < SimulationFailure.inputsMax {
            kept.append((now, actor, input))
        } else {
            kept[oldest] = (now, actor, input)
            oldest = (oldest + 1) % kept.count
        }
    }

    var lines: [String] {
        (kept[oldest...] + kept[..<oldest]).map { RecordingWriter.line(of: $0.input, by: $0.actor, at: $0.at) }
    }
}
