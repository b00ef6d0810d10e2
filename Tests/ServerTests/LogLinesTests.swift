import Foundation
import Logging
import Primitives
import Synchronization
import Testing

@testable import Server

struct LogLinesTests {
    /// What a logger of this format writes.
    private func lines(_ format: LogLines.Format, _ story: (inout Logger) -> Void) -> [String] {
        let written = Lines()
        var logger = Logger(label: "callfloor") { label in
            LogLines(label: label, format: format, now: { Timestamp(microseconds: 1_790_000_000_123_456) }, write: { written.add($0) })
        }
        logger.logLevel = .trace
        story(&logger)
        return written.all
    }

    private final class Lines: Sendable {
        private let state = Mutex<[String]>([])
        func add(_ line: String) { state.withLock { $0.append(line) } }
        var all: [String] { state.withLock { $0 } }
    }

    @Test func `an entry is one object on one line`() throws {
        let found = lines(.json) { logger in
            logger[metadataKey: "contact"] = "01ab"
            logger.warning(
                "said \"no\"\nand\\left\u{1}",
                metadata: ["agent": "ana", "legs": ["a", "b"], "why": ["code": "x\ty"], "count": .stringConvertible(3), "empty": [:]])
            logger.info("nothing more")
        }
        #expect(found.count == 2)
        #expect(found.allSatisfy { $0.hasSuffix("}\n") && $0.dropLast().allSatisfy { !$0.isNewline } })
        let first = try #require(try JSONSerialization.jsonObject(with: Data(found[0].utf8)) as? NSDictionary)
        let expected: NSDictionary = [
            "ts": "2026-09-21T14:13:20.123456Z", "level": "warning", "label": "callfloor", "message": "said \"no\"\nand\\left\u{1}",
            "metadata": ["agent": "ana", "contact": "01ab", "count": "3", "empty": [:], "legs": ["a", "b"], "why": ["code": "x\ty"]],
        ]
        #expect(first == expected)
        // The order of members is always the same, so that people can read it too.
        #expect(found[0].hasPrefix(#"{"ts":"2026-09-21T14:13:20.123456Z","level":"warning","label":"callfloor","message":"#))
        #expect(found[1].contains(#""contact":"01ab""#))
    }

    @Test func `for people an entry is one line of words`() {
        let found = lines(.text) { $0.error("two\nlines", metadata: ["leg": "01ab", "agent": "ana"]) }
        #expect(found == ["2026-09-21T14:13:20.123456Z error callfloor: two\\nlines agent=ana leg=01ab\n"])
    }

    @Test(arguments: [
        ("refused +995322550000 twice", "refused +…00 twice"), ("sip:+995322550000@192.0.2.1:5060", "sip:…00@192.0.2.1:5060"),
        ("<SIPS:0322550000@example.org>", "<SIPS:…00@example.org>"), ("took 1234567 µs", "took 1234567 µs"), ("a+12", "a+12"),
        ("0190a8c0-1234-7567-8901-123456789012", "0190a8c0-1234-7567-8901-123456789012"),
    ])
    func `a customer's number is not readable in a log`(text: String, masked: String) {
        #expect(LogLines.masked(text) == masked)
        for format in LogLines.Format.allCases {
            let line = lines(format) { $0.info("call", metadata: ["error": "\(text)"]) }[0]
            #expect(line.contains(masked))
        }
    }
}
