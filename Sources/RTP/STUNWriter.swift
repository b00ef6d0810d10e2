import Primitives

extension STUN {
    /// Writes one message, attribute by attribute. What would make it longer than `lengthMax` is left out.
    package struct Writer: Sendable {
        private var bytes: [UInt8] = []
        private let transaction: TransactionID
        /// MESSAGE-INTEGRITY and FINGERPRINT always find room.
        private static let room = STUN.lengthMax - 32

        package init(_ kind: Class, method: UInt16 = STUN.binding, transaction: TransactionID) {
            self.transaction = transaction
            let number = method & 0xF | method << 1 & 0xE0 | method << 2 & 0x3E00
            put(number | kind.rawValue << 7 & 0x100 | kind.rawValue << 4 & 0x10)
            put(0 as UInt16)
            put(STUN.magicCookie)
            put(transaction.high)
            put(UInt32(truncatingIfNeeded: transaction.low >> 32))
            put(UInt32(truncatingIfNeeded: transaction.low))
        }

        /// Adds an attribute and its padding of zeros (section 14); a value is cut at `valueMax`.
        package mutating func add(_ type: AttributeType, _ value: some Collection<UInt8>) {
            guard bytes.count + 4 + min(value.count, STUN.valueMax) + 3 <= Self.room else { return }
            append(type, value)
        }

        private mutating func append(_ type: AttributeType, _ value: some Collection<UInt8>) {
            let length = min(value.count, STUN.valueMax)
            put(type.rawValue)
            put(UInt16(truncatingIfNeeded: length))
            bytes.append(contentsOf: value.prefix(length))
            while bytes.count % 4 != 0 { bytes.append(0) }
        }

        /// XOR-MAPPED-ADDRESS (section 14.2): hidden from NATs that rewrite whatever looks like an address.
        package mutating func add(mapped address: NetworkAddress) {
            let port = address.port ^ UInt16(STUN.magicCookie >> 16)
            var value: [UInt8] = []
            switch address.host {
            case .v4(let word):
                value = [0, 1]
                Self.append(UInt64(port), bytes: 2, to: &value)
                Self.append(UInt64(word ^ STUN.magicCookie), bytes: 4, to: &value)
            case .v6(let high, let low):
                value = [0, 2]
                Self.append(UInt64(port), bytes: 2, to: &value)
                Self.append(high ^ (UInt64(STUN.magicCookie) << 32 | UInt64(transaction.high)), bytes: 8, to: &value)
                Self.append(low ^ transaction.low, bytes: 8, to: &value)
            }
            add(.xorMappedAddress, value)
        }

        /// ERROR-CODE (section 14.8). `code` is 300 to 699.
        package mutating func add(error code: Int, reason: String) {
            let code = min(max(code, 300), 699)
            add(.errorCode, [0, 0, UInt8(code / 100), UInt8(code % 100)] + Array(reason.utf8))
        }

        /// UNKNOWN-ATTRIBUTES (section 14.9).
        package mutating func add(unknown types: [AttributeType]) {
            add(.unknownAttributes, types.flatMap { [UInt8($0.rawValue >> 8), UInt8(truncatingIfNeeded: $0.rawValue)] })
        }

        /// The whole message. MESSAGE-INTEGRITY, if there is a `mac`, and FINGERPRINT come last (sections 14.5, 14.7).
        package consuming func finished(mac: MAC? = nil, fingerprint: Bool = false) -> [UInt8] {
            var message = self
            if let mac {
                // What is hashed already counts the attribute that will hold the hash.
                message.setLength(adding: 24)
                let hash = mac(message.bytes)
                message.append(.messageIntegrity, hash)
            }
            if fingerprint {
                message.setLength(adding: 8)
                let sum = STUN.checksum(message.bytes) ^ STUN.fingerprintMask
                message.put(AttributeType.fingerprint.rawValue)
                message.put(4 as UInt16)
                message.put(sum)
            }
            message.setLength(adding: 0)
            return message.bytes
        }

        private mutating func setLength(adding more: Int) {
            let length = UInt16(truncatingIfNeeded: bytes.count - STUN.headerLength + more)
            bytes.withUnsafeMutableBytes { $0.store(bigEndian: length, at: 2) }
        }

        private mutating func put(_ word: UInt16) { Self.append(UInt64(word), bytes: 2, to: &bytes) }
        private mutating func put(_ word: UInt32) { Self.append(UInt64(word), bytes: 4, to: &bytes) }

        private static func append(_ word: UInt64, bytes count: Int, to value: inout [UInt8]) {
            for place in (0..<count).reversed() { value.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * place))) }
        }
    }
}
