/// What a datagram at a port that a browser's connection shares is, told by its first bytes (RFC 7983 section 7, RFC 5761 section 4).
package enum Datagram: Sendable, Hashable {
    case stun, dtls, rtp, rtcp
    /// Nothing that belongs there.
    case other

    package init(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 2 else {
            self = .other
            return
        }
        switch bytes[0] {
        case 0...3: self = STUN.isMessage(bytes) ? .stun : .other
        case 20...63: self = .dtls
        case 128...191: self = (192...223).contains(bytes[1]) ? .rtcp : .rtp
        default: self = .other
        }
    }
}
