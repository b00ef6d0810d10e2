import NIOCore
import Primitives

// The way of every datagram: from bits to bits, no text and no look-up.

extension NetworkAddress {
    /// nil for a Unix socket.
    init?(_ address: SocketAddress) {
        // The port stands at offset 2 in both kinds of socket address, the host at 4 or 8 (behind the flow label, RFC 3493 section 3.3),
        // all in network order, on Linux and on Darwin.
        switch address {
        case .v4(let socket):
            self = withUnsafeBytes(of: socket.address) { bytes in
                NetworkAddress(
                    .v4(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))),
                    port: UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            }
        case .v6(let socket):
            self = withUnsafeBytes(of: socket.address) { bytes in
                NetworkAddress(
                    .v6(
                        high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))),
                    port: UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            }
        case .unixDomainSocket: return nil
        }
    }
}

extension SocketAddress {
    init(_ address: NetworkAddress) throws {
        var packed = ByteBuffer()
        switch address.host {
        case .v4(let word): packed.writeInteger(word)
        case .v6(let high, let low):
            packed.writeInteger(high)
            packed.writeInteger(low)
        }
        try self.init(packedIPAddress: packed, port: Int(address.port))
    }
}
