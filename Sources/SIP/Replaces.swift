import Primitives

/// The dialog that a call is to take the place of (RFC 3891 section 6.1), as the one who is asked knows it.
struct Replaces: Equatable {
    let callID: [UInt8]
    /// Ours.
    let toTag: [UInt8]
    /// The other side's.
    let fromTag: [UInt8]
    /// Only a call that is not answered yet may be replaced.
    let isEarlyOnly: Bool

    /// `425928@example.com;to-tag=7743;from-tag=6472[;early-only]`; nil if it is malformed.
    init?(parsing bytes: [UInt8], in range: Range<Int>) {
        var cursor = Cursor(bytes, in: range)
        cursor.skipSpace()
        let callID = cursor.take { !$0.isSpace && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ",") }
        guard !callID.isEmpty, let parameters = Parameters(&cursor), cursor.isAtEnd,
            let toTag = parameters.value(of: "to-tag", in: bytes), let fromTag = parameters.value(of: "from-tag", in: bytes)
        else { return nil }
        self.callID = Array(bytes.part(callID))
        self.toTag = Array(bytes.part(toTag))
        self.fromTag = Array(bytes.part(fromTag))
        isEarlyOnly = parameters.value(of: "early-only", in: bytes) != nil
    }

    /// The header of this name in a URI, as in `sip:x@host?Replaces=a%3Bto-tag%3Db`: the outer nil if it has none, the inner if it is
    /// malformed.
    static func header(ofURI uri: ArraySlice<UInt8>) -> Replaces?? {
        guard let mark = uri.firstIndex(of: UInt8(ascii: "?")) else { return nil }
        for part in uri[(mark + 1)...].split(separator: UInt8(ascii: "&")) {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")), part[..<equals].equalsIgnoringCase("replaces") else { continue }
            let value = unescaped(part[(equals + 1)...])
            return .some(Replaces(parsing: value, in: value.indices))
        }
        return nil
    }

    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(hexadecimalValue),
                let low = rest.dropFirst().first.flatMap(hexadecimalValue)
            {
                result.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
