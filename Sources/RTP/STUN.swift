import Primitives

/// Session Traversal Utilities for NAT (RFC 8489): a phone asks from where its packets arrive, and by asking keeps its NAT open
/// (RFC 5626 sections 4.4.2 and 8); ICE's checks are the same messages with a few attributes more (RFC 8445 section 7).
///
/// Nothing here computes a keyed hash: who has the key gives a `MAC`.
package enum STUN {
    /// Section 5: in every message, so that it is told from SIP, RTP and DTLS on the same port.
    package static let magicCookie: UInt32 = 0x2112_A442
    package static let headerLength = 20
    /// Longer datagrams are refused. Section 6.1 keeps messages below the path's MTU; ICE's have some 100 bytes.
    package static let lengthMax = 1_500
    /// More attributes are refused. Section 14 defines 19 of them, ICE four more.
    package static let attributesMax = 32
    /// No attribute of section 14 may be longer.
    package static let valueMax = 763

    /// HMAC-SHA1 with the key of the session (section 14.5), 20 bytes.
    package typealias MAC = (_ covered: [UInt8]) -> [UInt8]

    /// Section 5: the two class bits of the message type.
    package enum Class: UInt16, Sendable, CaseIterable {
        case request, indication, success, failure
    }

    /// Section 18.2. The only method that is left in RFC 8489; TURN has others.
    package static let binding: UInt16 = 1

    /// 96 bits, chosen by who asks and repeated in the answer.
    package struct TransactionID: Hashable, Sendable {
        package var high: UInt32
        package var low: UInt64

        package init(high: UInt32, low: UInt64) {
            self.high = high
            self.low = low
        }
    }

    /// What an attribute is (section 18.3). Below 0x8000, whoever does not know it must refuse the request (section 14).
    package struct AttributeType: Hashable, Sendable, RawRepresentable {
        package var rawValue: UInt16

        package init(rawValue: UInt16) { self.rawValue = rawValue }

        package var mustBeKnown: Bool { rawValue < 0x8000 }

        package static let mappedAddress = AttributeType(rawValue: 0x0001)
        package static let username = AttributeType(rawValue: 0x0006)
        package static let messageIntegrity = AttributeType(rawValue: 0x0008)
        package static let errorCode = AttributeType(rawValue: 0x0009)
        package static let unknownAttributes = AttributeType(rawValue: 0x000A)
        package static let realm = AttributeType(rawValue: 0x0014)
        package static let nonce = AttributeType(rawValue: 0x0015)
        package static let messageIntegritySHA256 = AttributeType(rawValue: 0x001C)
        package static let passwordAlgorithm = AttributeType(rawValue: 0x001D)
        package static let userhash = AttributeType(rawValue: 0x001E)
        package static let xorMappedAddress = AttributeType(rawValue: 0x0020)
        package static let software = AttributeType(rawValue: 0x8022)
        package static let fingerprint = AttributeType(rawValue: 0x8028)
        // RFC 8445 section 16.1.
        package static let priority = AttributeType(rawValue: 0x0024)
        package static let useCandidate = AttributeType(rawValue: 0x0025)
        package static let iceControlled = AttributeType(rawValue: 0x8029)
        package static let iceControlling = AttributeType(rawValue: 0x802A)

        /// Those of RFC 8489 that must be known, and are, also where nothing is done with them.
        package static let base: Set<AttributeType> = [
            .mappedAddress, .username, .messageIntegrity, .errorCode, .unknownAttributes, .realm, .nonce, .messageIntegritySHA256,
            .passwordAlgorithm, .userhash, .xorMappedAddress,
        ]
    }

    /// Why a datagram is no STUN message.
    package enum Malformed: Error, Equatable, CaseIterable {
        case tooShort
        case tooLong
        /// The first two bits are not zero, or the magic cookie is not there: RTP, SIP, DTLS.
        case notSTUN
        /// The length in the header is not that of the datagram, or no multiple of four.
        case length
        case attributeBeyondEnd
        case tooManyAttributes
        /// FINGERPRINT is wrong, or not the last (section 14.7).
        case fingerprint
    }

    /// Whether a datagram on a shared port is meant for STUN (section 5; RFC 7983 section 7). Cheap; promises nothing else.
    package static func isMessage(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= headerLength && bytes[0] < 4 && bytes.bigEndian32(at: 4) == magicCookie
    }

    /// The datagram that answers `bytes`, which came from `source`; nil if they ask nothing of us. Keeps nothing.
    package static func answer(to bytes: UnsafeRawBufferPointer, from source: NetworkAddress) -> [UInt8]? {
        guard isMessage(bytes), let message = try? Message(parsing: bytes) else { return nil }
        return bindingResponse(to: message, mapped: source)
    }

    /// The answer to a Binding request: where it came from, or 420 with the attributes that are not known (section 6.3.1). FINGERPRINT
    /// if the request had it.
    ///
    /// - Parameter mapped: from where the request came.
    /// - Parameter known: what the caller knows beside the attributes of RFC 8489.
    /// - Parameter mac: given where the request was checked by it: the answer is then signed too (section 9.1.4).
    /// - Returns: nil if `message` is no Binding request: what nobody asked is not answered.
    package static func bindingResponse(
        to message: Message, mapped: NetworkAddress, knowing known: Set<AttributeType> = [], software: String? = nil, mac: MAC? = nil
    ) -> [UInt8]? {
        guard message.kind == .request, message.method == binding else { return nil }
        let unknown = message.unknown(to: known)
        guard unknown.isEmpty else { return refusal(.unknownAttribute, of: message, unknown: unknown, software: software, mac: mac) }
        var writer = Writer(.success, transaction: message.transaction)
        writer.add(mapped: mapped)
        if let software { writer.add(.software, software.utf8) }
        return writer.finished(mac: mac, fingerprint: message.has(.fingerprint))
    }

    /// Why a request is refused (section 14.8; RFC 8445 section 16.2).
    package enum Refusal: Int, Sendable, CaseIterable {
        case badRequest = 400
        case unauthorized = 401
        case unknownAttribute = 420
        case roleConflict = 487

        var reason: String {
            switch self {
            case .badRequest: "Bad Request"
            case .unauthorized: "Unauthorized"
            case .unknownAttribute: "Unknown Attribute"
            case .roleConflict: "Role Conflict"
            }
        }
    }

    /// The answer that refuses a request. FINGERPRINT if the request had it.
    ///
    /// - Parameter mac: only where the request was checked by it: what refuses an unsigned or forged one is not signed (section 9.1.4).
    package static func refusal(
        _ refusal: Refusal, of message: Message, unknown: [AttributeType] = [], software: String? = nil, mac: MAC? = nil
    ) -> [UInt8] {
        var writer = Writer(.failure, method: message.method, transaction: message.transaction)
        writer.add(error: refusal.rawValue, reason: refusal.reason)
        if !unknown.isEmpty { writer.add(unknown: unknown) }
        if let software { writer.add(.software, software.utf8) }
        return writer.finished(mac: mac, fingerprint: message.has(.fingerprint))
    }

    /// CRC-32 of ITU-T V.42 (section 14.7), before the XOR with "STUN".
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { word, byte in word >> 8 ^ checksums[Int(UInt8(truncatingIfNeeded: word) ^ byte)] }
    }

    static let fingerprintMask: UInt32 = 0x5354_554E

    private static let checksums: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { word, _ in word & 1 == 0 ? word >> 1 : word >> 1 ^ 0xEDB8_8320 }
    }
}
