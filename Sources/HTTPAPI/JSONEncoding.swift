/// Writes values as JSON while they are encoded, without spaces, the fields in the order in which they are declared.
///
/// Foundation's encoder makes a tree of the value first; every change on every screen passes here, so that tree would be what
/// costs most of a desk that is sent.
struct JSONEncoding {
    /// What a desk takes.
    private static let usual = 4096

    /// - Throws: `EncodingError.invalidValue` for a number that is none (NaN, infinity), and whatever the value itself throws.
    static func bytes(of value: some Encodable) throws -> [UInt8] {
        let text = JSONText()
        text.bytes.reserveCapacity(usual)
        try text.encode(value)
        return text.bytes
    }
}

/// The text as far as it is written, and what in it is still open.
///
/// A container is never told that it is complete: what lies deeper is closed when somebody writes further out.
private final class JSONText {
    var bytes: [UInt8] = []
    /// The ends of the objects and arrays that are open, and whether they have an element yet.
    private var open: [(end: UInt8, hasElements: Bool)] = []

    func encode(_ value: some Encodable) throws {
        let (depth, count) = (open.count, bytes.count)
        try value.encode(to: ValueEncoder(text: self))
        close(to: depth)
        // A value that writes nothing of itself.
        if bytes.count == count { bytes += "null".utf8 }
    }

    var depth: Int { open.count }

    /// Opens an object or array for the value at `depth`; its elements are given with the depth that is returned. A value that asks twice
    /// goes on with the same.
    func begin(_ start: UInt8, _ end: UInt8, for depth: Int) -> Int {
        if open.count > depth, open[depth].end == end { return depth + 1 }
        bytes.append(start)
        open.append((end, false))
        return open.count
    }

    /// Closes what lies deeper than `depth`.
    func close(to depth: Int) {
        while open.count > depth { if let last = open.popLast() { bytes.append(last.end) } }
    }

    /// Makes ready for the next element of the container at `depth`.
    func element(at depth: Int) {
        close(to: depth)
        guard let last = open.indices.last else { return }
        if open[last].hasElements { bytes.append(UInt8(ascii: ",")) }
        open[last].hasElements = true
    }

    func field(_ name: String, at depth: Int) {
        element(at: depth)
        append(name)
        bytes.append(UInt8(ascii: ":"))
    }

    func append(_ number: some FixedWidthInteger) { bytes += String(number).utf8 }

    func append(_ truth: Bool) { bytes += (truth ? "true" : "false").utf8 }

    func append(_ number: some BinaryFloatingPoint & LosslessStringConvertible & Encodable) throws {
        guard number.isFinite else {
            throw EncodingError.invalidValue(number, .init(codingPath: [], debugDescription: "JSON has no \(number)"))
        }
        let text = number.description
        bytes += (text.hasSuffix(".0") ? text.dropLast(2) : text[...]).utf8
    }

    /// RFC 8259 section 7.
    func append(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for (index, byte) in utf8.enumerated() where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes += utf8[start..<index]
                start = index + 1
                bytes.append(UInt8(ascii: "\\"))
                switch byte {
                case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
                case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
                case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
                case 0..<0x20:
                    bytes += "u00".utf8
                    bytes.append(Self.digits[Int(byte >> 4)])
                    bytes.append(Self.digits[Int(byte & 15)])
                default: bytes.append(byte)
                }
            }
            bytes += utf8[start...]
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let digits = Array("0123456789abcdef".utf8)
}

private struct ValueEncoder: Encoder {
    let text: JSONText
    /// How many containers were open when the value began.
    private let depth: Int
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(text: JSONText) {
        self.text = text
        depth = text.depth
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Object<Key>(text: text, for: depth))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { Elements(text: text, for: depth) }
    func singleValueContainer() -> any SingleValueEncodingContainer { Single(text: text) }
}

private struct Object<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let text: JSONText
    var codingPath: [any CodingKey] { [] }
    private let depth: Int

    init(text: JSONText, for value: Int) {
        self.text = text
        depth = text.begin(UInt8(ascii: "{"), UInt8(ascii: "}"), for: value)
    }

    func encodeNil(forKey key: Key) {
        text.field(key.stringValue, at: depth)
        text.bytes += "null".utf8
    }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        text.field(key.stringValue, at: depth)
        try text.encode(value)
    }

    func encode(_ value: Bool, forKey key: Key) {
        text.field(key.stringValue, at: depth)
        text.append(value)
    }

    func encode(_ value: String, forKey key: Key) {
        text.field(key.stringValue, at: depth)
        text.append(value)
    }

    func encode(_ value: Int, forKey key: Key) {
        text.field(key.stringValue, at: depth)
        text.append(value)
    }

    func encode(_ value: Int64, forKey key: Key) {
        text.field(key.stringValue, at: depth)
        text.append(value)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
        text.field(key.stringValue, at: depth)
        return KeyedEncodingContainer(Object<Nested>(text: text, for: text.depth))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        text.field(key.stringValue, at: depth)
        return Elements(text: text, for: text.depth)
    }

    func superEncoder() -> any Encoder { field("super") }
    func superEncoder(forKey key: Key) -> any Encoder { field(key.stringValue) }

    private func field(_ name: String) -> ValueEncoder {
        text.field(name, at: depth)
        return ValueEncoder(text: text)
    }
}

private struct Elements: UnkeyedEncodingContainer {
    let text: JSONText
    var codingPath: [any CodingKey] { [] }
    private(set) var count = 0
    private let depth: Int

    init(text: JSONText, for value: Int) {
        self.text = text
        depth = text.begin(UInt8(ascii: "["), UInt8(ascii: "]"), for: value)
    }

    private mutating func next() {
        text.element(at: depth)
        count += 1
    }

    mutating func encodeNil() {
        next()
        text.bytes += "null".utf8
    }

    mutating func encode(_ value: some Encodable) throws {
        next()
        try text.encode(value)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        next()
        return KeyedEncodingContainer(Object<Nested>(text: text, for: text.depth))
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        next()
        return Elements(text: text, for: text.depth)
    }

    mutating func superEncoder() -> any Encoder {
        next()
        return ValueEncoder(text: text)
    }
}

private struct Single: SingleValueEncodingContainer {
    let text: JSONText
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { text.bytes += "null".utf8 }
    func encode(_ value: Bool) { text.append(value) }
    func encode(_ value: String) { text.append(value) }
    func encode(_ value: some FixedWidthInteger & Encodable) { text.append(value) }
    func encode(_ value: Float) throws { try text.append(value) }
    func encode(_ value: Double) throws { try text.append(value) }
    func encode(_ value: some Encodable) throws { try text.encode(value) }
}
