import COpenSSL
import Primitives
import SRTP

/// One handshake with a browser (DTLS 1.2, RFC 6347; DTLS-SRTP, RFC 5764), and the keys of its packets that come of it. Datagrams go in
/// and come out, time is told: nothing here has a socket or waits. Chance is OpenSSL's own.
// @unchecked: handed over by a command, then touched by one media thread only.
package final class DTLSConnection: @unchecked Sendable {
    package enum Directive: Sendable {
        case send([UInt8])
        /// Both sides are who they said, and these are the keys.
        case connected(SRTPKeyingMaterial)
        /// The other side has taken its leave; sound of its keys ends.
        case closed
        /// It will not come about. What stands before it may tell the other side.
        case failed(Failure)
    }

    package enum Failure: Sendable, Hashable {
        /// The certificate is not the one that the description announced.
        case fingerprint
        /// There is no profile in common: nothing of the browser's could be heard.
        case noProfile
        /// Not done after `handshakeMax`.
        case tooSlow
        /// In OpenSSL's words: an alert, another version, no cipher in common, the wrong role.
        case refused(String)
    }

    /// The best first.
    package static let profiles: [SRTPProfile] = [.aeadAES128GCM, .aes128CounterHMACSHA1]
    /// What the datagrams of a handshake may have, so that they pass any path (RFC 8261 section 5 has the same for WebRTC's data).
    package static let mtu = 1_200
    /// Longer datagrams are dropped: no Ethernet carries them.
    package static let lengthMax = 2_048
    /// RFC 6347 section 4.1.
    private static let recordHeader = 13
    /// From the first datagram on.
    package static let handshakeMax = Duration.seconds(30)
    /// After ICE both sides know that the path is there, so a flight without an answer is repeated sooner than after the second that RFC
    /// 6347 section 4.2.4.1 begins with; each time doubled.
    package static let repeatFirst = Duration.milliseconds(200)
    package static let repeatMax = Duration.seconds(4)
    /// Datagrams of one handshake: with the largest certificates and each flight lost several times it stays far below.
    package static let datagramsMax = 500

    private enum State {
        case waiting
        case shaking(since: Timestamp)
        case connected, ended
    }

    private let identity: DTLSIdentity
    private let end: OpaquePointer
    private var state = State.waiting
    private var received = 0
    /// The datagrams that the other side must answer, or the last ones of all.
    private var flight: [[UInt8]] = []
    /// When they are sent again, and after what span that is.
    private var repetition: (at: Timestamp, after: Duration)?
    private var outgoing = [UInt8](repeating: 0, count: lengthMax)

    /// - Parameter role: the server waits for the browser (`a=setup:passive`). A client is for tests and measurements.
    /// - Parameter expected: what the other side's description announced; a certificate with none of these is refused.
    /// - Returns: nil if memory is short.
    package init?(_ identity: DTLSIdentity, as role: SRTPRole = .server, expecting expected: [DTLSFingerprint]) {
        let names = Self.profiles.map(\.name).joined(separator: ":")
        let bytes = expected.flatMap(\.bytes)
        let isServer: CInt = role == .server ? 1 : 0
        guard let made = dtls_end_make(identity.identity, isServer, names, CInt(Self.mtu), bytes, expected.count) else { return nil }
        self.identity = identity
        end = made
    }

    deinit { dtls_end_free(end) }

    /// When `pass` is due; nil if nothing is waited for.
    package var deadline: Timestamp? {
        guard case .shaking(let since) = state else { return nil }
        return min(since + Self.handshakeMax, repetition?.at ?? .distantFuture)
    }

    // MARK: Inputs

    /// The client's first word.
    package func begin(at now: Timestamp) -> [Directive] {
        guard case .waiting = state else { return [] }
        state = .shaking(since: now)
        return step(UnsafeRawBufferPointer(start: nil, count: 0), at: now)
    }

    /// A datagram that is for DTLS (`RTP.Datagram`), from where ICE knows the browser to be.
    package func receive(_ bytes: UnsafeRawBufferPointer, at now: Timestamp) -> [Directive] {
        guard !bytes.isEmpty, bytes.count <= Self.lengthMax else { return [] }
        switch state {
        case .ended: return []
        case .connected: break
        case .waiting: state = .shaking(since: now)
        case .shaking: break
        }
        if case .shaking = state {
            received += 1
            guard received <= Self.datagramsMax else { return failed(.refused("too many datagrams")) }
        }
        return canBeProtected(bytes) ? step(bytes, at: now) : []
    }

    /// Whether each record that says it is protected has room for what protects it. RFC 6347 section 4.1.2.7: what is not valid should be
    /// dropped silently. OpenSSL 3.0 ends the session instead where a record is shorter than the parts of its cipher, and anybody can forge one.
    private func canBeProtected(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes[...]
        while rest.count >= Self.recordHeader {
            let record = UnsafeRawBufferPointer(rebasing: rest)
            let isProtected = record[3] != 0 || record[4] != 0  // its epoch
            let length = Int(record[11]) << 8 | Int(record[12])
            if isProtected, length < dtls_end_protection(end) { return false }
            rest = rest.dropFirst(Self.recordHeader + length)
        }
        return true
    }

    /// Time has passed: at `deadline`, or at any moment.
    package func pass(at now: Timestamp) -> [Directive] {
        guard case .shaking(let since) = state else { return [] }
        guard now < since + Self.handshakeMax else { return failed(.tooSlow) }
        guard let due = repetition, now >= due.at else { return [] }
        let after = min(due.after * 2, Self.repeatMax)
        repetition = (now + after, after)
        return flight.map { .send($0) }
    }

    /// Takes leave of the other side.
    package func close() -> [Directive] {
        dtls_end_close(end)
        state = .ended
        return sent()
    }

    // MARK: Steps

    private func step(_ bytes: UnsafeRawBufferPointer, at now: Timestamp) -> [Directive] {
        let progress = dtls_end_receive(end, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count)
        var directives = sent()
        switch progress {
        case dtls_done:
            guard case .shaking = state else {
                if directives.isEmpty { directives = repeated(for: bytes, at: now) }
                break
            }
            if !directives.isEmpty { keep(directives) }
            // From now on `repetition` only keeps the last flight from going out too often.
            repetition = (now, .zero)
            directives += connected()
        case dtls_closed:
            state = .ended
            directives.append(.closed)
        case dtls_failed:
            directives += failed(dtls_end_met_stranger(end) == 1 ? .fingerprint : .refused(error))
        default:
            guard !directives.isEmpty else { break }
            keep(directives)
            repetition = (now + Self.repeatFirst, Self.repeatFirst)
        }
        return directives
    }

    private func keep(_ directives: [Directive]) {
        flight = directives.compactMap { if case .send(let bytes) = $0 { bytes } else { nil } }
    }

    /// RFC 6347 section 4.2.4: whoever repeats his last flight has not had ours. (OpenSSL sees to it itself, unless the other side sends
    /// the same records again, which it takes for replayed.)
    private func repeated(for bytes: UnsafeRawBufferPointer, at now: Timestamp) -> [Directive] {
        let isHandshake = bytes.first == 20 || bytes.first == 22
        guard isHandshake, let due = repetition, now >= due.at else { return [] }
        repetition = (now + Self.repeatFirst, .zero)
        return flight.map { .send($0) }
    }

    private func connected() -> [Directive] {
        guard let number = UInt16(exactly: dtls_end_profile(end)), let profile = SRTPProfile(rawValue: number) else {
            dtls_end_close(end)
            return sent() + failed(.noProfile)
        }
        var exported = [UInt8](repeating: 0, count: profile.keyingLength)
        defer { exported.withUnsafeMutableBytes { bytes_erase($0.baseAddress, $0.count) } }
        guard dtls_end_export(end, SRTPKeyingMaterial.label, &exported, exported.count) == 1,
            let material = SRTPKeyingMaterial(exported: exported, profile: profile)
        else { return failed(.refused("no keys")) }
        state = .connected
        return [.connected(material)]
    }

    private func failed(_ failure: Failure) -> [Directive] {
        let last = sent()
        state = .ended
        repetition = nil
        return last + [.failed(failure)]
    }

    private func sent() -> [Directive] {
        var directives: [Directive] = []
        while true {
            let count = dtls_end_send(end, &outgoing, outgoing.count)
            guard count > 0 else { return directives }
            directives.append(.send(Array(outgoing[..<count])))
        }
    }

    private var error: String {
        let words = String(cString: dtls_end_error(end))
        return words.isEmpty ? "the other side took leave" : words
    }
}
