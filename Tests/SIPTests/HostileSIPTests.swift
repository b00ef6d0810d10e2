import Primitives
import Testing

@testable import SIP

/// SIP from those who mean no good, or know no better: nothing traps, a stranger hears nothing, limits hold, nothing is left behind.
/// The promises are those of the fuzzers (Fuzz/SIP).
struct HostileSIPTests {
    private static let pieces =
        [
            "\r\n", "\n ", "\r\n\t", "\"", "<", ">", ";", ",", ":", "%00", "%", "=", "z9hG4bK", "99999999999999999999", "4294967296", "-1",
            "\u{0}",
            "\\", "@", "[", "SIP/2.0", "*", "\u{FFFD}", "🦖", "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK2\r\n", "l: 7\r\n",
            "\u{1E}w\u{7F}\u{1E}",
        ].map { Array($0.utf8) } + [[0xC3, 0x28], [0xFF]]

    @Test func `each torture message keeps the promises`() throws {
        let files = try tortureFiles("sip")
        #expect(files.count >= 49)
        for file in files { file.bytes.withUnsafeBytes(fuzzSIP) }
    }

    @Test func `each play of trunks, phones and strangers keeps the promises`() throws {
        let files = try tortureFiles("user-agent")
        #expect(files.count >= 15)
        for file in files { file.bytes.withUnsafeBytes(fuzzUserAgent) }
    }

    @Test func `two thousand mutants of torture messages too, read alone`() throws {
        var mutants = Mutants(random: Random(seed: 4475), seeds: try tortureFiles("sip").map(\.bytes), pieces: Self.pieces)
        for _ in 0..<2_000 { mutants.next().withUnsafeBytes(fuzzSIP) }
    }

    @Test func `five hundred mutants of the plays too`() throws {
        var mutants = Mutants(random: Random(seed: 3261), seeds: try tortureFiles("user-agent").map(\.bytes), pieces: Self.pieces)
        for _ in 0..<500 { mutants.next().withUnsafeBytes(fuzzUserAgent) }
    }

    @Test func `mutants of torture messages and messages out of a grammar, from a trunk and from a stranger`() throws {
        var mutants = Mutants(random: Random(seed: 1), seeds: try tortureFiles("sip").map(\.bytes), pieces: Self.pieces)
        var grammar = MessageGrammar(random: Random(seed: 2))
        var answered = 0
        for round in 0..<2_000 {
            let message = round % 2 == 0 ? mutants.next() : grammar.message()
            for speaker in ["t", "s"] {
                // The play holds what is promised of each speaker; here it has one line, and an order for the call that may have come.
                let line = Array(speaker.utf8) + message.filter { $0 != 0x1E }
                (line + [0x1E, UInt8(ascii: "o"), UInt8(truncatingIfNeeded: round)]).withUnsafeBytes(fuzzUserAgent)
            }
            var agent = RegistrationTests.agent()
            answered += agent.receive(message, from: .host(9), at: Network.start).isEmpty ? 0 : 1
        }
        // Otherwise the grammar would make nothing but noise.
        #expect(answered > 1_000)
    }
}

/// Requests and responses by the grammar of RFC 3261 section 25, with what is rare in it, and a flaw now and then.
struct MessageGrammar {
    var random: Random

    mutating func message() -> [UInt8] {
        let method = pick("INVITE", "INVITE", "REGISTER", "OPTIONS", "BYE", "ACK", "CANCEL", "PRACK", "SUBSCRIBE", "DANCE", "invite", "")
        let start =
            seldom(6)
            ? "SIP/2.0 \(pick("100", "180", "200", "404", "700", "99", "20000000000", "2x0")) \(text())" : "\(method) \(uri()) \(version())"
        var lines: [String] = []
        let fields: [(names: [String], value: String)] = [
            (
                ["Via", "v", "VIA", "Via "],
                "SIP/2.0/\(pick("UDP", "TCP", "udp")) \(host())\(parameters())\(seldom(3) ? "" : ";branch=z9hG4bK\(number())")"
            ),
            (["Max-Forwards"], pick("70", "0", "255", "256", number(), "")),
            (["From", "f"], "\(address());tag=\(number())\(parameters())"),
            (["To", "t"], "\(address())\(seldom(6) ? ";tag=\(number())" : "")"),
            (["Call-ID", "i"], pick("a@b", number(), "\"x\"<>", "")),
            (["CSeq"], "\(seldom(8) ? number() : "1")\(space())\(seldom(8) ? "INVITE" : method)"),
        ]
        for field in fields where !seldom(25) {
            lines.append("\(pick(field.names))\(colon())\(field.value)")
            if seldom(25) { lines.append("\(pick(field.names)): \(field.value)") }
        }
        for _ in 0..<random.next() % 5 {
            lines.append(
                pick(
                    "Contact\(colon())\(address())\(parameters())", "m: *", "Contact: \(address()), \(address())", "Expires: \(number())",
                    "Require: \(text())", "k: timer,\r\n 100rel", "Record-Route: <\(uri());lr>, <\(uri())>", "Route: <\(uri())>",
                    "Subject: \(text())",
                    "Authorization: Digest username=\"\(text())\", realm=\"floor\", nonce=\"\(number())\", uri=\"\(uri())\", response=\"0\"",
                    "P-Asserted-Identity: \(address())", "Content-Type: \(pick("application/sdp", "multipart/mixed;boundary=x", "x"))",
                    "Content-Encoding: gzip", "X\(number()): \(String(repeating: "y", count: Int(random.next() % 3_000)))", text(), ": x"))
        }
        if seldom(3) { lines.shuffle(using: &random) }
        let body = seldom(2) ? "" : pick("v=0\r\n", "\u{0}\u{0}", String(repeating: "b", count: 9_000))
        if !seldom(8) { lines.append("\(pick("Content-Length", "l")): \(seldom(10) ? number() : String(body.utf8.count))") }
        let end = seldom(30) ? "\n" : "\r\n"
        return Array(([start] + lines + ["", body]).joined(separator: end).utf8)
    }

    // MARK: Parts

    private mutating func seldom(_ one: UInt64) -> Bool { random.next() % one == 0 }
    private mutating func pick(_ all: [String]) -> String { all.randomElement(using: &random) ?? "" }
    private mutating func pick(_ all: String...) -> String { pick(all) }

    private mutating func number() -> String {
        pick("0", "1", "7", "4294967295", "4294967296", "18446744073709551616", "-1", "1.5", String(random.next() % 1_000_000))
    }
    private mutating func text() -> String {
        pick("x", "a b", "\"quoted \\\" \"", "é", "日本", "\u{0}", "%41", "", "<>", "()", String(repeating: "z", count: 300), "\u{7F}", "\\")
    }
    /// Space, or a folded line (section 7.3.1).
    private mutating func space() -> String { seldom(8) ? "\r\n \t " : " " }
    private mutating func colon() -> String { pick(":", ": ", " : ", ":\r\n ", ":\t") }
    private mutating func version() -> String { seldom(20) ? pick("SIP/2.1", "SIP/3.0", "sip/2.0", "HTTP/1.1", "") : "SIP/2.0" }
    private mutating func host() -> String {
        pick("192.0.2.9", "192.0.2.9:5060", "[2001:db8::9]:5060", "host.example", "192.0.2.9:99999", "[::", "", "192.0.2.9 : 5060")
    }
    private mutating func uri() -> String {
        seldom(6)
            ? pick("tel:+1-201-555", "sip:", "urn:x", "sip:%00@x", "sips:a@b", text())
            : "sip:\(seldom(4) ? "" : pick("100", "ana", "hall", "a;b", "a:b", "%61na") + "@")\(host())\(parameters())"
    }
    private mutating func parameters() -> String {
        var all = ""
        for _ in 0..<random.next() % 3 {
            all += pick(
                ";rport", ";lr", ";expires=\(number())", ";q=0.5", ";x=\"\(text())\"", ";transport=tcp", ";maddr=192.0.2.1", ";received=x",
                ";;", " ; ttl = 1")
        }
        return all
    }
    private mutating func address() -> String {
        seldom(5) ? uri() : "\(pick("", "\"A\" ", "A B ", "\"a\\\"b\" ", text()))<\(uri())>"
    }
}
