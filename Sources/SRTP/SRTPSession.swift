import COpenSSL
import RTP

/// What came of a packet that was received. Each case is to be counted by itself; only what is authentic is heard.
package enum SRTPVerdict: Sendable, Hashable {
    /// The packet's clear bytes are where it was, and so many.
    case authentic(length: Int)
    /// It came before (RFC 3711 section 3.3.2): the network doubled it, or somebody recorded it.
    case replayed
    /// It is so late that nobody knows whether it came before.
    case tooOld
    /// Its tag is not that of these bytes under these keys.
    case forged
    /// It is no packet, or too short for a tag, or RTCP that says that it is not encrypted.
    case malformed
    /// It is authentic, but the other side has used up `SRTPSession.sourcesMax`.
    case tooManySources
}

/// What came of a packet that was to be sent.
package enum SRTPOutcome: Sendable, Hashable {
    case protected(length: Int)
    /// The buffer has no room for `SRTPSession.overheadMax` bytes more.
    case noRoom
    case malformed
    /// A packet of this number went out already, or may have: the same key stream twice would lay both open.
    case repeated
    /// The keys have protected as many packets as they may (RFC 3711 section 9.2): a new handshake is due.
    case exhausted
    case tooManySources
}

/// Takes the protection off what comes from one peer and puts it on what goes there (RFC 3711, RFC 7714): RTP and RTCP, both directions,
/// in place. Made when the handshake is done; no allocation, lock or clock after that.
// @unchecked: handed over by a command, then touched by one media thread only.
package final class SRTPSession: @unchecked Sendable {
    /// A browser has one source of sound, and another one after it was renegotiated. More than these are refused: to forget one would
    /// let its packets be replayed.
    package static let sourcesMax = 16
    /// How much longer a packet gets, at most: RTCP in GCM.
    package static let overheadMax = 20
    /// Longer packets are refused. No datagram of ours or a browser's is longer than its path's MTU.
    package static let lengthMax = 2_048

    package let profile: SRTPProfile
    let incoming: Direction
    let outgoing: Direction

    /// - Parameter role: ours in the handshake that exported the keys.
    /// - Returns: nil if memory is short.
    package convenience init?(_ material: SRTPKeyingMaterial, as role: SRTPRole) {
        let (own, other) = role == .server ? (material.server, material.client) : (material.client, material.server)
        self.init(material.profile, sending: own, receiving: other)
    }

    private init?(_ profile: SRTPProfile, sending own: SRTPKeyingMaterial.Master, receiving other: SRTPKeyingMaterial.Master) {
        let made = KeyDerivation.with(own) { Direction($0, of: profile, seals: true) }
        guard let made, let incoming = KeyDerivation.with(other, { Direction($0, of: profile, seals: false) }) else { return nil }
        self.profile = profile
        self.incoming = incoming
        outgoing = made
    }

    /// The keys of one direction, and where each of its sources is.
    final class Direction {
        struct Source {
            var ssrc: UInt32
            var packets = ReplayWindow()
            var reports = ReplayWindow()
        }

        let media: PacketTransform
        let control: PacketTransform
        private let sources = UnsafeMutablePointer<Source>.allocate(capacity: SRTPSession.sourcesMax)
        private(set) var count = 0

        init?(_ derivation: KeyDerivation, of profile: SRTPProfile, seals: Bool) {
            guard let media = PacketTransform(derivation, of: profile, isControl: false, seals: seals),
                let control = PacketTransform(derivation, of: profile, isControl: true, seals: seals)
            else { return nil }
            self.media = media
            self.control = control
        }

        deinit { sources.deallocate() }

        /// The place of a source, or of the next one: `count`, and then it must be added before it is used.
        func place(of ssrc: UInt32) -> Int {
            for place in 0..<count where sources[place].ssrc == ssrc { return place }
            return count
        }

        subscript(place: Int) -> Source {
            get { sources[place] }
            set { sources[place] = newValue }
        }

        /// Adds a source behind the others; false if there is no room.
        func add(_ source: Source) -> Bool {
            guard count < SRTPSession.sourcesMax else { return false }
            (sources + count).initialize(to: source)
            count += 1
            return true
        }
    }

    // MARK: Received

    /// Takes the protection off an RTP packet that is the whole of `bytes`. What is not authentic must not be read any more.
    package func unprotect(_ bytes: UnsafeMutableRawBufferPointer) -> SRTPVerdict {
        guard bytes.count <= Self.lengthMax, let head = Self.headLength(of: UnsafeRawBufferPointer(bytes)),
            head + profile.tagLength <= bytes.count, let packet = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        else { return .malformed }
        let ssrc = UnsafeRawBufferPointer(bytes).bigEndian32(at: 8)
        let place = incoming.place(of: ssrc)
        var source = place < incoming.count ? incoming[place] : Direction.Source(ssrc: ssrc)
        guard let index = source.packets.index(of: UnsafeRawBufferPointer(bytes).bigEndian16(at: 2)) else { return .tooOld }
        switch source.packets.place(of: index) {
        case .seen: return .replayed
        case .tooOld: return .tooOld
        case .new: break
        }
        guard let length = incoming.media.unprotect(packet, head: head, length: bytes.count, ssrc: ssrc, index: index) else {
            return .forged
        }
        source.packets.take(index)
        return keep(source, at: place) ? .authentic(length: length) : .tooManySources
    }

    /// The same for RTCP. Each direction and source counts its reports by themselves (RFC 3711 section 3.4).
    package func unprotectControl(_ bytes: UnsafeMutableRawBufferPointer) -> SRTPVerdict {
        let raw = UnsafeRawBufferPointer(bytes)
        guard bytes.count <= Self.lengthMax, bytes.count >= PacketTransform.controlHead + 4 + profile.tagLength, raw[0] >> 6 == 2,
            let packet = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        else { return .malformed }
        let word = raw.bigEndian32(at: PacketTransform.controlWord(in: bytes.count, of: profile))
        // RFC 8827 section 6.5: browsers encrypt. A clear report would be authenticated, but tells who talks to anybody.
        guard word & PacketTransform.encryptedFlag != 0 else { return .malformed }
        let index = word & ~PacketTransform.encryptedFlag
        let ssrc = raw.bigEndian32(at: 4)
        let place = incoming.place(of: ssrc)
        var source = place < incoming.count ? incoming[place] : Direction.Source(ssrc: ssrc)
        switch source.reports.place(of: UInt64(index)) {
        case .seen: return .replayed
        case .tooOld: return .tooOld
        case .new: break
        }
        guard let length = incoming.control.unprotectControl(packet, length: bytes.count, ssrc: ssrc, index: index) else {
            return .forged
        }
        source.reports.take(UInt64(index))
        return keep(source, at: place) ? .authentic(length: length) : .tooManySources
    }

    /// Only what is authentic makes a source: strangers must not fill the table.
    private func keep(_ source: Direction.Source, at place: Int) -> Bool {
        guard place < incoming.count else { return incoming.add(source) }
        incoming[place] = source
        return true
    }

    // MARK: Sent

    /// The index of the last packet that may go out under one key (RFC 3711 section 9.2).
    static let indexMax: UInt64 = 1 << 48 - 1
    static let controlIndexMax: UInt64 = 1 << 31 - 1

    /// Protects the RTP packet that is the first `length` of `bytes`; behind it must be `overheadMax` bytes of room. Packets may overtake
    /// each other by less than the window, but each sequence number goes out once before it rolls over.
    package func protect(_ bytes: UnsafeMutableRawBufferPointer, length: Int) -> SRTPOutcome {
        guard length >= 0, length <= Self.lengthMax - Self.overheadMax else { return .malformed }
        guard bytes.count - length >= Self.overheadMax else { return .noRoom }
        let raw = UnsafeRawBufferPointer(rebasing: bytes[..<length])
        guard let head = Self.headLength(of: raw), let packet = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else {
            return .malformed
        }
        let ssrc = raw.bigEndian32(at: 8)
        guard let place = outgoingPlace(of: ssrc) else { return .tooManySources }
        guard let index = outgoing[place].packets.index(of: raw.bigEndian16(at: 2)), outgoing[place].packets.place(of: index) == .new
        else { return .repeated }
        guard index <= Self.indexMax else { return .exhausted }
        guard let whole = outgoing.media.protect(packet, head: head, length: length, ssrc: ssrc, index: index) else { return .malformed }
        outgoing[place].packets.take(index)
        return .protected(length: whole)
    }

    /// The same for RTCP, whose index we count ourselves.
    package func protectControl(_ bytes: UnsafeMutableRawBufferPointer, length: Int) -> SRTPOutcome {
        guard length >= PacketTransform.controlHead, length <= Self.lengthMax - Self.overheadMax else { return .malformed }
        guard bytes.count - length >= Self.overheadMax else { return .noRoom }
        guard bytes[0] >> 6 == 2, let packet = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { return .malformed }
        let ssrc = UnsafeRawBufferPointer(bytes).bigEndian32(at: 4)
        guard let place = outgoingPlace(of: ssrc) else { return .tooManySources }
        let reports = outgoing[place].reports
        let index = reports.isEmpty ? 0 : reports.highest + 1
        guard index <= Self.controlIndexMax else { return .exhausted }
        let whole = outgoing.control.protectControl(packet, length: length, ssrc: ssrc, index: UInt32(truncatingIfNeeded: index))
        guard let whole else { return .malformed }
        outgoing[place].reports.take(index)
        return .protected(length: whole)
    }

    private func outgoingPlace(of ssrc: UInt32) -> Int? {
        let place = outgoing.place(of: ssrc)
        guard place == outgoing.count else { return place }
        return outgoing.add(Direction.Source(ssrc: ssrc)) ? place : nil
    }

    /// What stays readable of an RTP packet: the fixed header, CSRCs and the extension (RFC 3711 section 3.1); nil if it is none.
    private static func headLength(of bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= Packet.headerLength, bytes[0] >> 6 == 2 else { return nil }
        var head = Packet.headerLength + 4 * Int(bytes[0] & 0x0F)
        if bytes[0] & 0x10 != 0 {
            guard head + 4 <= bytes.count else { return nil }
            head += 4 + 4 * Int(bytes.bigEndian16(at: head + 2))
        }
        return head <= bytes.count ? head : nil
    }
}
