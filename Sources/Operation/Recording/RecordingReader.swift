import Calls
import Centre
import Contacts
import Organization
import Primitives

/// One step as a recording tells it.
package struct RecordedStep: Hashable, Sendable {
    /// The line on which it begins, from 1.
    package var line: Int
    package var at: Timestamp
    package var actor: Actor
    package var input: Input
    package var directives: [CallDirective] = []
    package var ending: Ending

    package enum Ending: Hashable, Sendable {
        /// Taken; the log then stood here.
        case taken(LogPosition)
        case refused(Refusal)
    }

    package init(line: Int, at: Timestamp, actor: Actor, input: Input, directives: [CallDirective] = [], ending: Ending) {
        self.line = line
        self.at = at
        self.actor = actor
        self.input = input
        self.directives = directives
        self.ending = ending
    }
}

/// Reads a recording line by line: give it each line, and take the steps as they come to their end.
///
/// A recording whose program was killed may end in the middle of a step: what has no end is left out.
package struct RecordingReader: Sendable {
    /// Longer lines are refused; a restart with ten thousand legs fits.
    package static let lineMax = 512 * 1024
    /// More definitions in one step than this are refused.
    package static let definitionsMax = 100_000

    /// Known once the three lines of the header are read.
    package private(set) var seed: UInt64 = 0
    package private(set) var start = LogPosition.start

    private var line = 0
    private var open: (step: RecordedStep, definitions: [Definition])?

    package init() {}

    /// Takes the next line, without its line feed.
    ///
    /// - Returns: the step that it ends, if it ends one.
    package mutating func read(_ text: some StringProtocol) throws(RecordingError) -> RecordedStep? {
        line += 1
        guard text.utf8.count <= Self.lineMax else { throw RecordingError(line: line, problem: .lineTooLong) }
        var words = WordReader(text, line: line)
        switch line {
        case 1:
            guard String(text) == RecordingWriter.title else { throw RecordingError(line: line, problem: .header) }
        case 2:
            try words.expect("seed")
            seed = try words.integer("a seed")
            try words.end()
        case 3:
            try words.expect("start")
            start = try words.position()
            try words.end()
        default:
            return try readStep(&words)
        }
        return nil
    }

    private mutating func readStep(_ words: inout WordReader) throws(RecordingError) -> RecordedStep? {
        let first = try words.word("a time")
        switch first {
        case "+", ">", "=", "!":
            guard var (step, definitions) = open else { throw RecordingError(line: line, problem: .noStep) }
            switch first {
            case "+":
                guard case .setUp = step.input, definitions.count < Self.definitionsMax else {
                    throw words.unexpected("+", wanted: "a directive")
                }
                definitions.append(try Definition(&words))
            case ">":
                step.directives.append(try CallDirective(&words))
            case "=":
                step.ending = .taken(try words.position())
            default:
                step.ending = .refused(try Refusal(&words))
            }
            try words.end()
            if first == "+" || first == ">" {
                open = (step, definitions)
                return nil
            }
            if case .setUp = step.input { step.input = .setUp(definitions) }
            open = nil
            return step
        default:
            guard open == nil else { throw RecordingError(line: line, problem: .stepOpen) }
            guard let microseconds = Int64(first) else { throw words.unexpected(String(first), wanted: "a time") }
            let actor = try Actor(&words)
            let input = try Input(&words)
            try words.end()
            // How it ended is known when its last line comes.
            let step = RecordedStep(
                line: line, at: Timestamp(microseconds: microseconds), actor: actor, input: input, ending: .taken(start))
            open = (step, [])
            return nil
        }
    }
}

/// A whole recording.
package struct Recording: Hashable, Sendable {
    package var seed: UInt64
    package var start: LogPosition
    package var steps: [RecordedStep] = []

    package init(parsing text: some StringProtocol) throws(RecordingError) {
        var reader = RecordingReader()
        var steps: [RecordedStep] = []
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // Behind the last line feed nothing follows, or a line that was not written to its end.
        if !lines.isEmpty { lines.removeLast() }
        guard lines.count >= 3 else { throw RecordingError(line: lines.count + 1, problem: .header) }
        for line in lines {
            if let step = try reader.read(line) { steps.append(step) }
        }
        seed = reader.seed
        start = reader.start
        self.steps = steps
    }
}
