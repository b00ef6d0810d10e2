import Primitives

extension STUN {
    /// A message as it came (RFC 8489 section 5). Its attributes are read when somebody asks for them.
    package struct Message: Sendable, Equatable {
        /// Where an attribute lies in `bytes`, without its padding.
        struct Attribute: Sendable, Equatable {
            var type: AttributeType
            var value: Range<Int>
        }

        package let kind: Class
        package let method: UInt16
        package let transaction: TransactionID
        let bytes: [UInt8]
        let attributes: [Attribute]

        /// Reads a message that is the whole of `bytes`.
        package init(parsing bytes: UnsafeRawBufferPointer) throws(Malformed) {
            guard bytes.count >= STUN.headerLength else { throw .tooShort }
            guard bytes.count <= STUN.lengthMax else { throw .tooLong }
            let type = bytes.bigEndian16(at: 0)
            guard type & 0xC000 == 0, bytes.bigEndian32(at: 4) == STUN.magicCookie else { throw .notSTUN }
            let length = Int(bytes.bigEndian16(at: 2))
            guard length == bytes.count - STUN.headerLength, length % 4 == 0 else { throw .length }

            // Section 5, figure 3: the class bits C1 and C0 stand between those of the method.
            kind = Class(rawValue: type >> 7 & 2 | type >> 4 & 1) ?? .request
            method = type >> 2 & 0xF80 | type >> 1 & 0x70 | type & 0xF
            transaction = TransactionID(
                high: bytes.bigEndian32(at: 8), low: UInt64(bytes.bigEndian32(at: 12)) << 32 | UInt64(bytes.bigEndian32(at: 16)))
            attributes = try Self.attributes(of: bytes)
            self.bytes = Array(bytes)
        }

        package init(parsing bytes: ArraySlice<UInt8>) throws(Malformed) {
            self = try bytes.withUnsafeBytes { raw in Result { () throws(Malformed) in try Message(parsing: raw) } }.get()
        }

        private static func attributes(of bytes: UnsafeRawBufferPointer) throws(Malformed) -> [Attribute] {
            var attributes: [Attribute] = []
            var offset = STUN.headerLength
            var isSigned = false
            var isSignedAnew = false
            while offset < bytes.count {
                guard bytes.count - offset >= 4 else { throw .attributeBeyondEnd }
                let type = AttributeType(rawValue: bytes.bigEndian16(at: offset))
                let start = offset + 4
                let length = Int(bytes.bigEndian16(at: offset + 2))
                // The whole is a multiple of four, so the padding (section 14) is there if the value is.
                guard length <= bytes.count - start else { throw .attributeBeyondEnd }
                let next = start + (length + 3) / 4 * 4
                if type == .fingerprint {
                    guard length == 4, next == bytes.count else { throw .fingerprint }
                    let sum = STUN.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<offset]))
                    guard bytes.bigEndian32(at: start) == sum ^ STUN.fingerprintMask else { throw .fingerprint }
                }
                // Sections 14.5 and 14.6: what follows a signature is not signed, and not read.
                let isIgnored = type != .fingerprint && (isSignedAnew || isSigned && type != .messageIntegritySHA256)
                if !isIgnored {
                    guard attributes.count < STUN.attributesMax else { throw .tooManyAttributes }
                    attributes.append(Attribute(type: type, value: start..<start + length))
                }
                isSigned = isSigned || type == .messageIntegrity
                isSignedAnew = isSignedAnew || type == .messageIntegritySHA256
                offset = next
            }
            return attributes
        }

        // MARK: Attributes

        package func has(_ type: AttributeType) -> Bool { value(of: type) != nil }

        /// The first of that type: copies count for nothing (section 14).
        package func value(of type: AttributeType) -> ArraySlice<UInt8>? {
            attributes.first { $0.type == type }.map { bytes[$0.value] }
        }

        /// The types that must be known and are not, each once, in their order.
        package func unknown(to known: Set<AttributeType> = []) -> [AttributeType] {
            var found: [AttributeType] = []
            for type in attributes.lazy.map(\.type) where type.mustBeKnown && !AttributeType.base.contains(type) {
                if !known.contains(type), !found.contains(type) { found.append(type) }
            }
            return found
        }

        /// From where the request came, as the answer says it (section 14.2, else 14.1); nil if it is not there or malformed.
        package var mappedAddress: NetworkAddress? {
            if let value = value(of: .xorMappedAddress) { return address(value, isMasked: true) }
            return value(of: .mappedAddress).flatMap { address($0, isMasked: false) }
        }

        /// Section 14.3: below 509 bytes of UTF-8.
        package var username: String? { text(.username, bytesMax: 508) }
        package var realm: String? { text(.realm, bytesMax: STUN.valueMax) }
        package var software: String? { text(.software, bytesMax: STUN.valueMax) }

        /// What the candidate would be called that this check may find (RFC 8445 section 7.1.1).
        package var priority: UInt32? {
            guard let value = value(of: .priority), value.count == 4 else { return nil }
            return value.withUnsafeBytes { $0.bigEndian32(at: 0) }
        }

        /// Section 14.8: 300 to 699.
        package var error: (code: Int, reason: String)? {
            guard let value = value(of: .errorCode), value.count >= 4 else { return nil }
            let hundreds = Int(value[value.startIndex + 2] & 7)
            let rest = Int(value[value.startIndex + 3])
            guard (3...6).contains(hundreds), rest < 100 else { return nil }
            return (hundreds * 100 + rest, String(decoding: value.dropFirst(4).prefix(STUN.valueMax), as: UTF8.self))
        }

        /// Section 14.9.
        package var unknownAttributes: [AttributeType] {
            guard let value = value(of: .unknownAttributes) else { return [] }
            return value.withUnsafeBytes { raw in
                stride(from: 0, to: raw.count / 2 * 2, by: 2).map { AttributeType(rawValue: raw.bigEndian16(at: $0)) }
            }
        }

        /// Whether MESSAGE-INTEGRITY is there and right (section 14.5): the length in the header is counted up to it alone.
        package func isIntact(by mac: MAC) -> Bool {
            guard let place = attributes.first(where: { $0.type == .messageIntegrity })?.value, place.count == 20 else { return false }
            var covered = Array(bytes[..<(place.lowerBound - 4)])
            covered.withUnsafeMutableBytes {
                $0.store(bigEndian: UInt16(truncatingIfNeeded: place.upperBound - STUN.headerLength), at: 2)
            }
            let wanted = mac(covered)
            // No early way out: its time would tell how many bytes were right.
            return wanted.count == 20 && zip(wanted, bytes[place]).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
        }

        private func text(_ type: AttributeType, bytesMax: Int) -> String? {
            guard let value = value(of: type), value.count <= bytesMax else { return nil }
            return String(validating: value, as: UTF8.self)
        }

        private func address(_ value: ArraySlice<UInt8>, isMasked: Bool) -> NetworkAddress? {
            value.withUnsafeBytes { raw in
                guard raw.count == 8 || raw.count == 20 else { return nil }
                let mask = isMasked ? STUN.magicCookie : 0
                let port = raw.bigEndian16(at: 2) ^ UInt16(mask >> 16)
                let first = raw.bigEndian32(at: 4) ^ mask
                switch (raw[1], raw.count) {
                case (1, 8): return NetworkAddress(.v4(first), port: port)
                case (2, 20):
                    let high = UInt64(first) << 32 | UInt64(raw.bigEndian32(at: 8) ^ (isMasked ? transaction.high : 0))
                    let low = UInt64(raw.bigEndian32(at: 12)) << 32 | UInt64(raw.bigEndian32(at: 16))
                    return NetworkAddress(.v6(high: high, low: low ^ (isMasked ? transaction.low : 0)), port: port)
                default: return nil
                }
            }
        }
    }
}
