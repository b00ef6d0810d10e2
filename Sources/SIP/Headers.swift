import Primitives

// The structured header fields, as ranges in the bytes of their message.

/// The parameters behind an address or a Via: `;name=value;name`. Checked when parsed, looked up when asked for.
struct Parameters: Sendable {
    let range: Range<Int>

    /// Reads all parameters at the cursor; nil if one has no name or no end.
    init?(_ cursor: inout Cursor) {
        let start = cursor.position
        while true {
            cursor.skipSpace()
            guard cursor.skip(UInt8(ascii: ";")) else { break }
            guard Self.one(&cursor) != nil else { return nil }
        }
        range = start..<cursor.position
    }

    /// The value of the first parameter of that name: an empty range if it has none, nil if it is not there.
    func value(of name: StaticString, in bytes: [UInt8]) -> Range<Int>? {
        var cursor = Cursor(bytes, in: range)
        while true {
            cursor.skipSpace()
            guard cursor.skip(UInt8(ascii: ";")), let (found, value) = Self.one(&cursor) else { return nil }
            if bytes.part(found).equalsIgnoringCase(name) { return value }
        }
    }

    private static func one(_ cursor: inout Cursor) -> (name: Range<Int>, value: Range<Int>)? {
        cursor.skipSpace()
        guard let name = cursor.token() else { return nil }
        cursor.skipSpace()
        guard cursor.skip(UInt8(ascii: "=")) else { return (name, name.upperBound..<name.upperBound) }
        cursor.skipSpace()
        if cursor.peek == UInt8(ascii: "\"") {
            guard let quoted = cursor.quotedString() else { return nil }
            return (name, quoted)
        }
        let value = cursor.take { !$0.isSpace && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") }
        return value.isEmpty ? nil : (name, value)
    }
}

/// From, To, Contact, Route, Record-Route, P-Asserted-Identity: a URI with a name and parameters (RFC 3261 section 20.10).
struct NameAddress: Sendable {
    /// Quotes and escapes included; empty if there is none.
    var displayName: Range<Int>
    var uri: Range<Int>
    var parameters: Parameters
    /// The whole element without space around it.
    var whole: Range<Int>

    /// Reads one element and stops at a comma or the end; nil if it is malformed.
    init?(_ cursor: inout Cursor) {
        cursor.skipSpace()
        let start = cursor.position
        if cursor.peek == UInt8(ascii: "\"") {
            guard let quoted = cursor.quotedString() else { return nil }
            displayName = quoted
            cursor.skipSpace()
            guard let bracketed = Self.bracketed(&cursor) else { return nil }
            uri = bracketed
        } else {
            let plain = cursor.take {
                $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\"")
            }
            let trimmed = Self.trimmed(plain, in: cursor.bytes)
            if cursor.peek == UInt8(ascii: "<") {
                guard cursor.bytes[trimmed].allSatisfy({ $0.isTokenByte || $0.isSpace }), let bracketed = Self.bracketed(&cursor) else {
                    return nil
                }
                displayName = trimmed
                uri = bracketed
            } else {
                // Without brackets a `?` would not be known to belong to the URI (RFC 3261 section 20).
                guard Self.looksLikeURI(trimmed, in: cursor.bytes), !cursor.bytes[trimmed].contains(UInt8(ascii: "?")) else { return nil }
                displayName = start..<start
                uri = trimmed
            }
        }
        guard let parameters = Parameters(&cursor) else { return nil }
        self.parameters = parameters
        whole = Self.trimmed(start..<cursor.position, in: cursor.bytes)
        guard cursor.isAtEnd || cursor.peek == UInt8(ascii: ",") else { return nil }
    }

    func tag(in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        parameters.value(of: "tag", in: bytes).map { bytes.part($0) }
    }

    /// The display name as a person reads it: no quotes, no escapes, no control characters; nil if there is none.
    func name(in bytes: [UInt8]) -> String? {
        var raw = bytes.part(displayName)
        if raw.first == UInt8(ascii: "\"") { raw = raw.dropFirst().dropLast() }
        var plain: [UInt8] = []
        while let byte = raw.popFirst() {
            let visible = byte == UInt8(ascii: "\\") ? raw.popFirst() ?? byte : byte
            if visible >= 0x20, visible != 0x7F { plain.append(visible) }
        }
        return plain.isEmpty ? nil : plain.text
    }

    private static func bracketed(_ cursor: inout Cursor) -> Range<Int>? {
        guard cursor.skip(UInt8(ascii: "<")) else { return nil }
        let uri = cursor.take { $0 != UInt8(ascii: ">") }
        guard cursor.skip(UInt8(ascii: ">")), looksLikeURI(uri, in: cursor.bytes) else { return nil }
        return uri
    }

    private static func looksLikeURI(_ range: Range<Int>, in bytes: [UInt8]) -> Bool {
        bytes[range].contains(UInt8(ascii: ":")) && bytes[range].allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "<") }
    }

    private static func trimmed(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        var range = range
        while let first = range.first, bytes[first].isSpace { range = first + 1..<range.upperBound }
        while let last = range.last, bytes[last].isSpace { range = range.lowerBound..<last }
        return range
    }

    /// All elements of a field that may hold a list; nil if one is malformed.
    static func list(_ bytes: [UInt8], _ range: Range<Int>) -> [NameAddress]? {
        var cursor = Cursor(bytes, in: range)
        var all: [NameAddress] = []
        repeat {
            guard let one = NameAddress(&cursor) else { return nil }
            all.append(one)
        } while cursor.skip(UInt8(ascii: ","))
        return cursor.isAtEnd ? all : nil
    }
}

/// One element of a Via (RFC 3261 section 20.42): the way back.
struct Via: Sendable {
    var host: Range<Int>
    var port: UInt16?
    var parameters: Parameters
    var whole: Range<Int>

    /// Reads one element and stops at a comma or the end; nil if it is malformed. LWS may stand around the slashes.
    init?(_ cursor: inout Cursor) {
        cursor.skipSpace()
        let start = cursor.position
        guard let name = cursor.token(), Self.slash(&cursor), let version = cursor.token(), Self.slash(&cursor), cursor.token() != nil,
            cursor.bytes[name].equalsIgnoringCase("sip"), cursor.bytes[version].elementsEqual("2.0".utf8)
        else { return nil }
        let before = cursor.position
        cursor.skipSpace()
        guard cursor.position > before else { return nil }
        if cursor.peek == UInt8(ascii: "[") {
            let open = cursor.position
            _ = cursor.take { $0 != UInt8(ascii: "]") }
            guard cursor.skip(UInt8(ascii: "]")) else { return nil }
            host = open..<cursor.position
        } else {
            host = cursor.take {
                $0.isLetter || $0.isDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
        }
        guard !host.isEmpty else { return nil }
        cursor.skipSpace()
        if cursor.skip(UInt8(ascii: ":")) {
            cursor.skipSpace()
            guard let number = cursor.number(), let port = UInt16(exactly: number), port > 0 else { return nil }
            self.port = port
        }
        guard let parameters = Parameters(&cursor) else { return nil }
        self.parameters = parameters
        whole = start..<cursor.position
        guard cursor.isAtEnd || cursor.peek == UInt8(ascii: ",") else { return nil }
    }

    func branch(in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        parameters.value(of: "branch", in: bytes).map { bytes.part($0) }
    }

    private static func slash(_ cursor: inout Cursor) -> Bool {
        cursor.skipSpace()
        guard cursor.skip(UInt8(ascii: "/")) else { return false }
        cursor.skipSpace()
        return true
    }
}

/// The methods this stack acts on, those it knows by name but refuses (405), and the rest (501).
enum Method: UInt8, Sendable {
    case invite, ack, bye, cancel, options, register, known, unknown, update, prack, info, refer

    init(_ name: ArraySlice<UInt8>) {
        // Methods are case-sensitive (RFC 3261 section 7.1).
        for method in Self.actedOn where name.elementsEqual(method.name.utf8) {
            self = method.method
            return
        }
        self = Self.knownNames.contains { name.elementsEqual($0.utf8) } ? .known : .unknown
    }

    private static let actedOn: [(name: String, method: Method)] = [
        ("INVITE", .invite), ("ACK", .ack), ("BYE", .bye), ("CANCEL", .cancel), ("OPTIONS", .options), ("REGISTER", .register),
        ("UPDATE", .update), ("PRACK", .prack), ("INFO", .info), ("REFER", .refer),
    ]
    private static let knownNames = ["MESSAGE", "NOTIFY", "PUBLISH", "SUBSCRIBE"]

    var name: StaticString {
        switch self {
        case .invite: "INVITE"
        case .ack: "ACK"
        case .bye: "BYE"
        case .cancel: "CANCEL"
        case .options: "OPTIONS"
        case .register: "REGISTER"
        case .update: "UPDATE"
        case .prack: "PRACK"
        case .info: "INFO"
        case .refer: "REFER"
        case .known, .unknown: ""
        }
    }
}

/// CSeq (RFC 3261 section 20.16): orders requests within a dialog and ties answers to them.
struct CSeq: Sendable {
    var number: UInt32
    var method: Method
    var methodName: Range<Int>

    init?(_ bytes: [UInt8], _ range: Range<Int>) {
        var cursor = Cursor(bytes, in: range)
        // RFC 3261 section 8.1.1.5: less than 2**31.
        guard let value = cursor.number(), value < 1 << 31 else { return nil }
        let before = cursor.position
        cursor.skipSpace()
        guard cursor.position > before, let name = cursor.token(), cursor.isAtEnd else { return nil }
        number = UInt32(value)
        methodName = name
        method = Method(bytes.part(name))
    }
}
