/// The header of an RTP packet (RFC 3550 section 5.1), read where it lies in the receive buffer, and where its payload
/// is in that buffer.
package struct Packet: Sendable, Equatable {
    /// The fixed header, without CSRCs and extension. All that we ever send.
    package static let headerLength = 12

    package var marker: Bool
    package var payloadType: UInt8
    package var sequence: UInt16
    package var timestamp: UInt32
    package var ssrc: UInt32
    /// The offsets of the payload in the buffer, after CSRCs and extension, without padding. May be empty.
    package var payload: Range<Int>

    /// What is wrong with a datagram that is no RTP packet.
    package enum Malformed: Error, Equatable, CaseIterable {
        case tooShort
        case version
        /// RTCP on the RTP port: payload types 72–76 with the marker are its packet types 200–204 (RFC 5761 section 4).
        case control
        case contributorsBeyondEnd
        case extensionBeyondEnd
        case padding
    }

    package init(marker: Bool, payloadType: UInt8, sequence: UInt16, timestamp: UInt32, ssrc: UInt32, payload: Range<Int>) {
        self.marker = marker
        self.payloadType = payloadType
        self.sequence = sequence
        self.timestamp = timestamp
        self.ssrc = ssrc
        self.payload = payload
    }

    /// Reads the header at the start of `bytes`, which hold one whole datagram.
    package init(parsing bytes: UnsafeRawBufferPointer) throws(Malformed) {
        guard bytes.count >= Self.headerLength else { throw .tooShort }
        let first = bytes[0]
        let second = bytes[1]
        guard first >> 6 == 2 else { throw .version }
        guard !(200...204).contains(second) else { throw .control }

        var start = Self.headerLength + 4 * Int(first & 0x0F)
        guard start <= bytes.count else { throw .contributorsBeyondEnd }
        if first & 0x10 != 0 {
            // Section 5.3.1: 16 bits for the profile, 16 bits that count the 32-bit words after this one.
            guard start + 4 <= bytes.count else { throw .extensionBeyondEnd }
            start += 4 + 4 * Int(bytes.bigEndian16(at: start + 2))
            guard start <= bytes.count else { throw .extensionBeyondEnd }
        }
        var end = bytes.count
        if first & 0x20 != 0 {
            // The last byte counts the padding, itself included.
            let padding = Int(bytes[end - 1])
            guard padding > 0, end - padding >= start else { throw .padding }
            end -= padding
        }
        marker = second & 0x80 != 0
        payloadType = second & 0x7F
        sequence = bytes.bigEndian16(at: 2)
        timestamp = bytes.bigEndian32(at: 4)
        ssrc = bytes.bigEndian32(at: 8)
        payload = start..<end
    }

    /// Writes the twelve bytes of the fixed header directly before the payload; what stood there (CSRCs, an extension)
    /// is overwritten, so a relayed packet is sent from the buffer it came in.
    ///
    /// - Returns: the offset at which the packet begins now, or nil if there is no room before the payload.
    package func writeHeader(into bytes: UnsafeMutableRawBufferPointer) -> Int? {
        let start = payload.lowerBound - Self.headerLength
        guard start >= 0, payload.upperBound <= bytes.count else { return nil }
        bytes[start] = 0x80
        bytes[start + 1] = (marker ? 0x80 : 0) | payloadType & 0x7F
        bytes.store(bigEndian: sequence, at: start + 2)
        bytes.store(bigEndian: timestamp, at: start + 4)
        bytes.store(bigEndian: ssrc, at: start + 8)
        return start
    }
}
