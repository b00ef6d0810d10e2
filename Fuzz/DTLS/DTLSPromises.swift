import DTLS
import Primitives

private let start = Timestamp(microseconds: 1_790_000_000_000_000)
private let ours = DTLSIdentity(validFrom: start, until: start + .seconds(86_400))

/// Datagrams of somebody without the right certificate, each behind two bytes that tell its length and, where that is none, how much time
/// passes: there are never keys, what is sent stays small, and it ends in time.
func fuzzDTLS(_ bytes: UnsafeRawBufferPointer) {
    guard let ours, let server = DTLSConnection(ours, expecting: [ours.fingerprint]) else { return promise(false, "no connection") }
    var rest = bytes[...]
    var now = start
    var begun: Timestamp?
    var (received, sent) = (0, 0)
    func hold(_ directives: [DTLSConnection.Directive]) {
        for directive in directives {
            switch directive {
            case .send(let datagram):
                sent += datagram.count
                promise(datagram.count <= DTLSConnection.mtu, "a datagram of \(datagram.count) bytes")
            case .connected: promise(false, "keys without a certificate")
            case .closed, .failed: promise(server.deadline == nil, "something is waited for after the end")
            }
        }
    }
    while let high = rest.popFirst(), let low = rest.popFirst() {
        let datagram = rest.prefix(Int(high) << 8 | Int(low))
        rest = rest.dropFirst(datagram.count)
        if datagram.isEmpty {
            now = now + .milliseconds(500)
            hold(server.pass(at: now))
        } else {
            if begun == nil { begun = now }
            received += datagram.count
            // A buffer of its own, so that the address sanitizer sees what is read beyond its end.
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: datagram.count, alignment: 1)
            defer { buffer.deallocate() }
            buffer.copyBytes(from: datagram)
            hold(server.receive(UnsafeRawBufferPointer(buffer), at: now))
        }
    }
    // A flight of ours has some 900 bytes; it is repeated a dozen times at most, and an alert ends it.
    promise(sent <= received * 40 + 16_000, "\(sent) bytes for \(received)")
    if let begun {
        hold(server.pass(at: begun + DTLSConnection.handshakeMax))
        promise(server.deadline == nil, "a handshake without an end")
    }
    hold(server.close())
}
