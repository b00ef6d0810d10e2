import Centre
import Organization
import Primitives

/// Reads the words of one line of a recording, one after another.
struct WordReader {
    private var rest: ArraySlice<Substring>
    private let line: Int

    init(_ text: some StringProtocol, line: Int) {
        rest = Substring(text).split(separator: " ", omittingEmptySubsequences: false)[...]
        self.line = line
    }

    var isAtEnd: Bool { rest.isEmpty }

    func unexpected(_ word: String, wanted: String) -> RecordingError {
        RecordingError(line: line, problem: .unexpected(word, wanted: wanted))
    }

    mutating func word(_ wanted: String) throws(RecordingError) -> Substring {
        guard let word = rest.popFirst() else { throw RecordingError(line: line, problem: .missing(wanted)) }
        return word
    }

    mutating func expect(_ wanted: String) throws(RecordingError) {
        let found = try word(wanted)
        guard found == wanted else { throw unexpected(String(found), wanted: wanted) }
    }

    func end() throws(RecordingError) {
        if let word = rest.first { throw RecordingError(line: line, problem: .leftOver(String(word))) }
    }

    mutating func integer<Number: FixedWidthInteger>(_ wanted: String) throws(RecordingError) -> Number {
        let found = try word(wanted)
        guard let number = Number(found) else { throw unexpected(String(found), wanted: wanted) }
        return number
    }

    /// `-` stands for none.
    mutating func optionalInteger(_ wanted: String) throws(RecordingError) -> Int? {
        if rest.first == "-" {
            rest.removeFirst()
            return nil
        }
        return try integer(wanted)
    }

    mutating func id<Tag>(_ wanted: String) throws(RecordingError) -> ID<Tag> {
        let found = String(try word(wanted))
        guard let id = ID<Tag>(found) else { throw unexpected(found, wanted: wanted) }
        return id
    }

    /// `-` stands for none.
    mutating func optionalID<Tag>(_ wanted: String) throws(RecordingError) -> ID<Tag>? {
        if rest.first == "-" {
            rest.removeFirst()
            return nil
        }
        return try id(wanted)
    }

    mutating func raw<Value: RawRepresentable<String>>(_ wanted: String) throws(RecordingError) -> Value {
        let found = String(try word(wanted))
        guard let value = Value(rawValue: found) else { throw unexpected(found, wanted: wanted) }
        return value
    }

    /// `-` stands for none.
    mutating func optionalRaw<Value: RawRepresentable<String>>(_ wanted: String) throws(RecordingError) -> Value? {
        if rest.first == "-" {
            rest.removeFirst()
            return nil
        }
        return try raw(wanted)
    }

    mutating func bool(_ wanted: String) throws(RecordingError) -> Bool {
        let found = String(try word(wanted))
        guard let value = Bool(found) else { throw unexpected(found, wanted: wanted) }
        return value
    }

    mutating func position() throws(RecordingError) -> LogPosition { LogPosition(try integer("a position")) }

    mutating func duration(_ wanted: String) throws(RecordingError) -> Duration { .microseconds(try integer(wanted) as Int64) }
}

/// `-` for none.
func word<Tag>(_ id: ID<Tag>?) -> String { id?.description ?? "-" }
