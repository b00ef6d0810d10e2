import Glibc
import Logging
import Primitives
import Synchronization

/// Writes log entries to standard error, one line each and at once: for people (`text`) or for machines (`json`).
package struct LogLines: LogHandler {
    package enum Format: String, Sendable, CaseIterable {
        case text
        /// An object for each line: `ts`, `level`, `label`, `message` and, if there is any, `metadata`.
        case json

        /// What fits standard error: words for a terminal, objects for whatever collects them elsewhere.
        package static var fitting: Format { isatty(STDERR_FILENO) == 1 ? .text : .json }
    }

    package var logLevel = Logger.Level.info
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: Format
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> Timestamp

    /// Makes what `LoggingSystem.bootstrap` wants.
    package static func factory(_ format: Format) -> @Sendable (String) -> any LogHandler {
        { label in LogLines(label: label, format: format, now: { ServerClock.wall }, write: { StandardError.write($0) }) }
    }

    /// - Parameter write: takes one line with its end.
    init(label: String, format: Format, now: @escaping @Sendable () -> Timestamp, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.format = format
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        let line =
            switch format {
            case .text: text(event.level, "\(event.message)", all)
            case .json: json(event.level, "\(event.message)", all)
            }
        write(line + "\n")
    }

    // MARK: For people

    private func text(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> String {
        var line = "\(now()) \(level) \(label): \(Self.masked(message))"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(Self.masked("\(value)"))" }
        // A line end in a message must not look like another entry.
        return line.replacing("\r\n", with: "\\n").replacing("\n", with: "\\n").replacing("\r", with: "\\r")
    }

    // MARK: For machines

    private func json(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> String {
        var line = #"{"ts":"\#(now())","level":"\#(level)","label":"#
        Self.add(label, to: &line)
        line += #","message":"#
        Self.add(Self.masked(message), to: &line)
        if !metadata.isEmpty {
            line += #","metadata":"#
            Self.add(.dictionary(metadata), to: &line)
        }
        return line + "}"
    }

    private static func add(_ value: Logger.Metadata.Value, to line: inout String) {
        switch value {
        case .string(let text): add(masked(text), to: &line)
        case .stringConvertible(let value): add(masked("\(value)"), to: &line)
        case .array(let values):
            line += "["
            for (index, value) in values.enumerated() {
                if index > 0 { line += "," }
                add(value, to: &line)
            }
            line += "]"
        case .dictionary(let members):
            line += "{"
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { line += "," }
                add(member.key, to: &line)
                line += ":"
                add(member.value, to: &line)
            }
            line += "}"
        }
    }

    /// RFC 8259 section 7: quotation mark, backslash and control characters are escaped.
    private static func add(_ text: String, to line: inout String) {
        line += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case "\0"..<" ", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: line.unicodeScalars.append(scalar)
            }
        }
        line += "\""
    }

    // MARK: What is nobody's business

    /// The text with international numbers and the users of SIP addresses made unreadable but for their end. No entry is
    /// meant to hold one; this is for error texts of others, which may.
    static func masked(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "@") }) else { return text }
        return
            text
            .replacing(#/\+\d{5,}/#) { "+…\($0.output.suffix(2))" }
            .replacing(#/(?i)\b(sips?|tel):([^@\s;>]+)@/#) { "\($0.output.1):…\($0.output.2.suffix(2))@" }
    }
}

/// Standard error, one whole line after another whatever thread writes it.
private enum StandardError {
    private static let lock = Mutex(())

    static func write(_ line: String) {
        lock.withLock { _ in
            var line = line
            line.withUTF8 { bytes in
                var rest = UnsafeRawBufferPointer(bytes)
                while !rest.isEmpty {
                    let count = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                    if count < 0, errno == EINTR { continue }
                    // Nobody reads: the entry is lost, never the call.
                    guard count > 0 else { return }
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                }
            }
        }
    }
}
