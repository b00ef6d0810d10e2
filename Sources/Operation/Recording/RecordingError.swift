/// Why a recording cannot be read.
package struct RecordingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    package var line: Int
    package var problem: Problem

    package enum Problem: Hashable, Sendable {
        /// It does not begin with the header, or with one of another version.
        case header
        case lineTooLong
        /// The line ends where this should stand.
        case missing(String)
        /// This word is not what should stand there.
        case unexpected(String, wanted: String)
        /// The line goes on after its end.
        case leftOver(String)
        /// A directive, definition or ending without a step.
        case noStep
        /// A step begins before the one before it has ended.
        case stepOpen
    }

    package init(line: Int, problem: Problem) {
        self.line = line
        self.problem = problem
    }

    package var description: String {
        let what =
            switch problem {
            case .header: "expected “\(RecordingWriter.title)”"
            case .lineTooLong: "longer than \(RecordingReader.lineMax) bytes"
            case .missing(let wanted): "expected \(wanted), found the end of the line"
            case .unexpected(let found, let wanted): "expected \(wanted), found “\(found)”"
            case .leftOver(let found): "expected the end of the line, found “\(found)”"
            case .noStep: "belongs to no step"
            case .stepOpen: "the step before has no end"
            }
        return "line \(line): \(what)"
    }
}
