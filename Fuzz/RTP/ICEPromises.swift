import Primitives
import RTP

/// What comes to a connection's port, one after the other: each begins with a byte that says whether it is signed, whether time passes or
/// the connection is restarted, and one that tells its length.
func fuzzICE(_ bytes: UnsafeRawBufferPointer) {
    // A hash without worth: whoever signs is told from who does not by whether this code signed.
    let hash: @Sendable ([UInt8], [UInt8]) -> [UInt8] = { message, key in
        let sum = (message + key).reduce(UInt32(5381)) { $0 &* 33 &+ UInt32($1) }
        return (0..<20).map { UInt8(truncatingIfNeeded: sum >> UInt32($0 % 4 * 8)) &+ UInt8($0) }
    }
    var random = Random(seed: 8445)
    var credentials = ICECredentials(using: &random)
    var now = Timestamp(microseconds: 1_790_000_000_000_000)
    var ice = ICELite(credentials, hash: hash, at: now)
    var rest = bytes[...]
    while let kind = rest.popFirst(), let length = rest.popFirst() {
        let body = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        let remote: IPAddress = kind & 8 == 0 ? .v4(0xCB00_7100 + UInt32(kind >> 4)) : .v6(high: 1, low: UInt64(kind >> 4))
        let pair = ICELite.Pair(local: NetworkAddress(.v4(1), port: 2), remote: NetworkAddress(remote, port: UInt16(length) + 1))
        switch kind & 7 {
        case 0: promiseICE(of: &ice, from: Array(body), on: pair, isSigned: false, at: now)
        case 1, 2, 3, 4:
            // Attributes as the body has them, behind a name that is right, and signed.
            var writer = STUN.Writer(.request, transaction: STUN.TransactionID(high: 1, low: UInt64(length)))
            writer.add(.username, Array("\(credentials.user):x".utf8))
            if kind & 7 >= 2 { writer.add(.priority, [0, 0, kind, length]) }
            if kind & 7 >= 3 { writer.add(.useCandidate, []) }
            if kind & 7 == 1 { writer.add(STUN.AttributeType(rawValue: UInt16(body.first ?? 0)), body.dropFirst()) }
            let key = Array(credentials.password.utf8)
            let check = writer.finished(mac: { hash($0, key) }, fingerprint: true)
            promiseICE(of: &ice, from: check, on: pair, isSigned: true, at: now)
        case 5, 6:
            now = now + .milliseconds(Int(length) * (kind & 7 == 5 ? 10 : 150))
            let due = ice.deadline.map { $0 <= now } ?? false
            let directives = ice.pass(at: now)
            promise(directives.count == (due ? 1 : 0), "time passes without what it brings")
        default:
            credentials = ICECredentials(using: &random)
            ice.restart(credentials, at: now)
            promise(ice.state != .lost, "a restart gives another chance")
        }
        promise((ice.outgoing != nil) || ice.state == .waiting || ice.state == .lost, "connected to nowhere")
        if let outgoing = ice.outgoing { promise(ice.isOpen(outgoing), "what goes out may not come back") }
    }
}

private func promiseICE(of ice: inout ICELite, from bytes: [UInt8], on pair: ICELite.Pair, isSigned: Bool, at now: Timestamp) {
    let before = (ice.outgoing, ice.state, ice.isOpen(pair))
    let directives = bytes.withUnsafeBytes { ice.receive($0, on: pair, at: now) }
    promise(directives.count <= 2, "one answer and one change")
    for directive in directives {
        guard case .send(let answer, pair) = directive else { continue }
        let read = try? STUN.Message(parsing: answer[...])
        promise(read?.kind == .success || read?.kind == .failure, "an answer that is none")
        promise(answer.count <= 160, "an answer that amplifies: \(answer.count) bytes")
    }
    if !isSigned { promise(before == (ice.outgoing, ice.state, ice.isOpen(pair)), "a stranger changed something") }
}
