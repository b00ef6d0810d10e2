import Primitives

/// JSON as the log's hash chain wants it: one text for one value, without spaces, the keys of an object in ascending order. Whoever
/// writes gives them in that order.
///
/// Foundation's encoder makes a tree of the value first and needs six times the instructions; six events of every call pass here.
struct JSONText {
    private var bytes: [UInt8] = []
    /// Whether a value stands before the next one in the same object or array.
    private var isFollowing = false

    /// What an ordinary event takes.
    private static let usual = 256

    static func object(_ payload: some PayloadText) -> String {
        var text = JSONText()
        text.bytes.reserveCapacity(usual)
        text.enclose(in: "{", "}") { payload.write(to: &$0) }
        return String(decoding: text.bytes, as: UTF8.self)
    }

    // MARK: Fields of an object

    mutating func field(_ key: StaticString, _ text: String) {
        begin(key)
        append(text)
    }

    mutating func field(_ key: StaticString, _ number: some BinaryInteger) {
        begin(key)
        bytes += String(number).utf8
    }

    mutating func field(_ key: StaticString, _ truth: Bool) {
        begin(key)
        bytes += (truth ? "true" : "false").utf8
    }

    /// A field that is left out if there is nothing.
    mutating func field(_ key: StaticString, _ text: String?) {
        if let text { field(key, text) }
    }

    mutating func field(_ key: StaticString, _ number: Int64?) {
        if let number { field(key, number) }
    }

    mutating func field(_ key: StaticString, _ payload: some PayloadText) {
        begin(key)
        enclose(in: "{", "}") { payload.write(to: &$0) }
    }

    mutating func field(_ key: StaticString, array texts: [String]) {
        begin(key)
        enclose(in: "[", "]") { text in
            for element in texts {
                text.separate()
                text.append(element)
            }
        }
    }

    mutating func field(_ key: StaticString, array payloads: [some PayloadText]) {
        begin(key)
        enclose(in: "[", "]") { text in
            for payload in payloads {
                text.separate()
                text.enclose(in: "{", "}") { payload.write(to: &$0) }
            }
        }
    }

    // MARK: Characters

    private mutating func begin(_ key: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        key.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func separate() {
        if isFollowing { bytes.append(UInt8(ascii: ",")) }
        isFollowing = true
    }

    private mutating func enclose(in open: Unicode.Scalar, _ close: Unicode.Scalar, _ content: (inout JSONText) -> Void) {
        bytes.append(UInt8(ascii: open))
        isFollowing = false
        content(&self)
        isFollowing = true
        bytes.append(UInt8(ascii: close))
    }

    /// RFC 8259 section 7: quotation mark, reverse solidus and control characters are escaped, the last by their short form if they
    /// have one.
    private mutating func append(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { characters in
            // Ids and words of ours hold nothing to escape.
            if characters.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
                bytes.append(contentsOf: characters)
            } else {
                for character in characters { append(character) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ character: UInt8) {
        switch character {
        case UInt8(ascii: "\""): bytes += "\\\"".utf8
        case UInt8(ascii: "\\"): bytes += "\\\\".utf8
        case 0x08: bytes += "\\b".utf8
        case 0x09: bytes += "\\t".utf8
        case 0x0A: bytes += "\\n".utf8
        case 0x0C: bytes += "\\f".utf8
        case 0x0D: bytes += "\\r".utf8
        case 0..<0x20:
            bytes += "\\u00".utf8
            bytes.append(UInt8(ascii: "0") + character >> 4)
            bytes.append(hexadecimal(character & 0xF))
        default: bytes.append(character)
        }
    }

    private func hexadecimal(_ digit: UInt8) -> UInt8 { digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit }
}
