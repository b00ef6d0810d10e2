import Primitives

/// A request or response as it lies in its datagram (RFC 3261 section 7): the fields are ranges of the bytes, and only what every
/// message needs is parsed at once.
///
/// What cannot be SIP at all is nil. What is SIP but wrong is a message with a `defect`, because the sender has a right to
/// be told (section 8.2, 21.4.1) and the answer needs the headers that could be read.
struct Message: Sendable {
    struct Field: Sendable {
        var name: HeaderName
        var value: Range<Int>
    }

    enum Kind: Sendable {
        case request(Method)
        case response(status: Int)
    }

    /// Why a request gets no better than this answer.
    struct Defect: Sendable, Equatable {
        var status: Int
        var reason: String
    }

    let bytes: [UInt8]
    let kind: Kind
    /// The Request-URI; empty for a response.
    let uri: Range<Int>
    /// The name in the request line; empty for a response.
    let methodName: Range<Int>
    private(set) var fields: [Field] = []
    private(set) var body: Range<Int> = 0..<0
    private(set) var defect: Defect?

    private(set) var via: Via?
    private(set) var from: NameAddress?
    private(set) var to: NameAddress?
    private(set) var callID: Range<Int> = 0..<0
    private(set) var cseq: CSeq?

    /// Reads a datagram; nil if it is no SIP message (keep-alives of empty lines among them).
    init?(parsing datagram: [UInt8], limits: Limits = Limits()) {
        var bytes = datagram
        var position = 0
        // RFC 3261 section 7.5: empty lines before the start line are ignored.
        while position < bytes.count, bytes[position] == 0x0D || bytes[position] == 0x0A { position += 1 }
        guard let first = Self.line(in: bytes, from: position) else { return nil }
        var problem: Defect?
        guard let start = Self.startLine(bytes, first.content, &problem) else { return nil }
        (kind, methodName, uri) = start
        position = first.next

        var fields: [Field] = []
        fields.reserveCapacity(16)
        var ended = false
        while let line = Self.line(in: bytes, from: position) {
            position = line.next
            if line.content.isEmpty {
                ended = true
                break
            }
            if bytes[line.content.lowerBound].isSpace {
                // A folded line (section 7.3.1) continues the last field: the break becomes space, in our own copy.
                guard let last = fields.indices.last else {
                    problem = problem ?? Defect(status: 400, reason: "Folded First Header")
                    continue
                }
                for index in fields[last].value.upperBound..<line.content.lowerBound { bytes[index] = UInt8(ascii: " ") }
                fields[last].value = fields[last].value.lowerBound..<line.content.upperBound
            } else {
                guard let field = Self.field(bytes, line.content) else {
                    problem = problem ?? Defect(status: 400, reason: "Malformed Header Line")
                    continue
                }
                guard fields.count < limits.headersMax else {
                    problem = problem ?? Defect(status: 513, reason: "Too Many Headers")
                    break
                }
                fields.append(field)
            }
        }
        for index in fields.indices {
            fields[index].value = Self.trimmed(fields[index].value, in: bytes)
            if fields[index].value.count > limits.headerBytesMax {
                problem = problem ?? Defect(status: 513, reason: "Header Too Long")
            }
        }
        // A lone CR inside a field would reach the answer that repeats it, and some read it as a line break.
        let lines = first.content.lowerBound..<min(position, bytes.count)
        for index in lines where bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] != 0x0A {
            bytes[index] = UInt8(ascii: " ")
            problem = problem ?? Defect(status: 400, reason: "Lone Carriage Return")
        }
        if bytes.count > limits.messageBytesMax { problem = problem ?? Defect(status: 513, reason: "Message Too Large") }
        if !ended { problem = problem ?? Defect(status: 400, reason: "Missing Empty Line after Headers") }
        self.bytes = bytes
        self.fields = fields
        readEssentials(&problem)
        readBody(from: position, &problem)
        defect = problem
    }

    /// The first field of that name.
    func value(of name: HeaderName) -> Range<Int>? { fields.first { $0.name == name }?.value }

    func text(_ range: Range<Int>) -> String { bytes.part(range).text }

    /// All elements of all fields of that name, in order; nil if one is malformed.
    func addresses(_ name: HeaderName) -> [NameAddress]? {
        var all: [NameAddress] = []
        for field in fields where field.name == name {
            guard let some = NameAddress.list(bytes, field.value) else { return nil }
            all += some
        }
        return all
    }

    /// The comma-separated tokens of all fields of that name.
    func tokens(_ name: HeaderName) -> [ArraySlice<UInt8>] {
        var all: [ArraySlice<UInt8>] = []
        for field in fields where field.name == name {
            for part in bytes.part(field.value).split(separator: UInt8(ascii: ",")) {
                let token = bytes.part(Self.trimmed(part.startIndex..<part.endIndex, in: bytes))
                if !token.isEmpty { all.append(token) }
            }
        }
        return all
    }

    /// Whether `token` (in lower case) stands in a comma-separated field of that name.
    func lists(_ token: StaticString, in name: HeaderName) -> Bool {
        for field in fields where field.name == name {
            var rest = bytes.part(field.value)
            while !rest.isEmpty {
                let part = rest.prefix { $0 != UInt8(ascii: ",") }
                if bytes.part(Self.trimmed(part.startIndex..<part.endIndex, in: bytes)).equalsIgnoringCase(token) { return true }
                rest = rest[part.endIndex...].dropFirst()
            }
        }
        return false
    }

    /// The whole number in the first field of that name, parameters behind it ignored; nil if there is no such field or no number.
    func number(_ name: HeaderName) -> UInt64? {
        guard let range = value(of: name) else { return nil }
        var cursor = Cursor(bytes, in: range)
        return cursor.number()
    }

    // MARK: Reading

    private static func line(in bytes: [UInt8], from start: Int) -> (content: Range<Int>, next: Int)? {
        guard start < bytes.count else { return nil }
        var end = start
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        let next = min(end + 1, bytes.count)
        // CRLF by the book; a lone LF is understood.
        if end > start, bytes[end - 1] == 0x0D { end -= 1 }
        return (start..<end, next)
    }

    private static func startLine(
        _ bytes: [UInt8], _ line: Range<Int>, _ problem: inout Defect?
    ) -> (kind: Kind, methodName: Range<Int>, uri: Range<Int>)? {
        var cursor = Cursor(bytes, in: line)
        if bytes[line].prefix(4).equalsIgnoringCase("sip/") {
            guard bytes[line].prefix(8).equalsIgnoringCase("sip/2.0 ") else { return nil }
            var digits = Cursor(bytes, in: line.lowerBound + 8..<line.upperBound)
            guard let status = digits.number(), (100...699).contains(status), digits.isAtEnd || digits.peek?.isSpace == true else {
                return nil
            }
            return (.response(status: Int(status)), 0..<0, 0..<0)
        }
        // The version is the last word. Between it and the method stands the URI: one word, or it is malformed.
        guard let method = cursor.token(), cursor.skip(UInt8(ascii: " ")) else { return nil }
        let rest = trimmed(cursor.rest, in: bytes)
        guard let space = bytes[rest].lastIndex(of: UInt8(ascii: " ")) else { return nil }
        let version = bytes[space + 1..<rest.upperBound]
        guard version.prefix(4).equalsIgnoringCase("sip/") else { return nil }
        let uri = rest.lowerBound..<space
        if !version.equalsIgnoringCase("sip/2.0") {
            problem = Defect(status: 505, reason: "Version Not Supported")
        } else if rest != cursor.rest || uri.isEmpty || bytes[uri].contains(where: { $0 <= 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "<") })
        {
            problem = Defect(status: 400, reason: "Malformed Request Line")
        }
        return (.request(Method(bytes[method])), method, uri)
    }

    private static func field(_ bytes: [UInt8], _ line: Range<Int>) -> Field? {
        var cursor = Cursor(bytes, in: line)
        guard let name = cursor.token() else { return nil }
        cursor.skipSpace()
        guard cursor.skip(UInt8(ascii: ":")) else { return nil }
        return Field(name: HeaderName(bytes, name), value: cursor.rest)
    }

    static func trimmed(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high, bytes[low].isSpace { low += 1 }
        while low < high, bytes[high - 1].isSpace { high -= 1 }
        return low..<high
    }

    /// What every message must have (RFC 3261 section 8.1.1), once each but for Via.
    private mutating func readEssentials(_ problem: inout Defect?) {
        var seen: (from: Int, to: Int, callID: Int, cseq: Int, via: Int) = (0, 0, 0, 0, 0)
        for field in fields {
            switch field.name {
            case .via:
                seen.via += 1
                guard checkVias(field.value, isTop: seen.via == 1) else {
                    problem = problem ?? Defect(status: 400, reason: "Malformed Via")
                    continue
                }
            case .from:
                seen.from += 1
                if let address = single(field.value) { from = from ?? address } else { malformed("From", &problem) }
            case .to:
                seen.to += 1
                if let address = single(field.value) { to = to ?? address } else { malformed("To", &problem) }
            case .callID:
                seen.callID += 1
                let legible = !field.value.isEmpty && bytes[field.value].allSatisfy { $0 > 0x20 && $0 != 0x7F }
                if callID.isEmpty { callID = field.value }
                if !legible { malformed("Call-ID", &problem) }
            case .cseq:
                seen.cseq += 1
                if let value = CSeq(bytes, field.value) { cseq = cseq ?? value } else { malformed("CSeq", &problem) }
            default: break  // read when somebody asks
            }
        }
        for (name, count) in [
            ("Via", min(seen.via, 1)), ("From", seen.from), ("To", seen.to), ("Call-ID", seen.callID), ("CSeq", seen.cseq),
        ]
        where count != 1 {
            problem = problem ?? Defect(status: 400, reason: count == 0 ? "Missing \(name)" : "More than One \(name)")
        }
        if case .request(let method) = kind, let cseq, problem == nil {
            // An unknown method gets its 501 first: what its CSeq should say is not ours to know.
            if method != .unknown, !bytes[methodName].elementsEqual(bytes[cseq.methodName]) {
                problem = Defect(status: 400, reason: "CSeq Method Does Not Match")
            } else if from?.tag(in: bytes) == nil, via?.branch(in: bytes)?.starts(with: Self.magicCookie) == true {
                // Only the elements of RFC 2543 send no From tag (RFC 3261 section 8.2.6.2 lets them).
                problem = Defect(status: 400, reason: "Missing From Tag")
            }
        }
        if let hops = value(of: .maxForwards), decimal(bytes, hops).map({ $0 > 255 }) ?? true { malformed("Max-Forwards", &problem) }
    }

    private func malformed(_ name: String, _ problem: inout Defect?) {
        problem = problem ?? Defect(status: 400, reason: "Malformed \(name)")
    }

    private func single(_ range: Range<Int>) -> NameAddress? {
        var cursor = Cursor(bytes, in: range)
        guard let address = NameAddress(&cursor), cursor.isAtEnd else { return nil }
        return address
    }

    private mutating func checkVias(_ range: Range<Int>, isTop: Bool) -> Bool {
        var cursor = Cursor(bytes, in: range)
        repeat {
            guard let one = Via(&cursor) else { return false }
            if isTop, via == nil { via = one }
        } while cursor.skip(UInt8(ascii: ","))
        return cursor.isAtEnd
    }

    private mutating func readBody(from start: Int, _ problem: inout Defect?) {
        let available = min(start, bytes.count)..<bytes.count
        let lengths = fields.filter { $0.name == .contentLength }
        guard let length = lengths.first else {
            // RFC 3261 section 18.3: over UDP the body may end with the datagram.
            body = available
            return
        }
        guard let count = decimal(bytes, length.value), lengths.count == 1 else {
            malformed("Content-Length", &problem)
            return
        }
        guard count <= UInt64(available.count) else {
            problem = problem ?? Defect(status: 400, reason: "Body Shorter than Content-Length")
            return
        }
        body = available.lowerBound..<available.lowerBound + Int(count)
    }

    /// RFC 3261 section 8.1.1.7: branches that are unique begin so.
    static let magicCookie = Array("z9hG4bK".utf8)
}
