import Audio
import CNetwork
import RTP

/// The packet path: from a socket through the header to the partner's socket, in the buffer it came in.
extension MediaThread {
    func receive(from session: Session) {
        let count = network_batch_receive(batch, session.sockets.rtp, Int32(Self.batchMax))
        guard count > 0 else { return }
        if count == Self.batchMax { isBehind = true }
        counters.packetsIn.add(UInt64(count))
        var staged = 0
        for index in 0..<count where accept(index, from: session) { staged += 1 }
        guard staged > 0, let partner = session.partner else { return }
        send(staged, to: partner)
        counters.relayDelay.add(Clock.monotonic() &- cameAfter, count: UInt64(staged))
    }

    /// Takes one datagram of the batch.
    ///
    /// - Returns: whether it is staged for the partner.
    private func accept(_ index: Int32, from session: Session) -> Bool {
        let length = Int(network_batch_length(batch, index))
        let source = network_batch_source(batch, index)
        if let browser = session.browser {
            guard length >= 0, length <= Self.packetMax else { return drop(.malformed, of: session) }
            let bytes = UnsafeMutableRawBufferPointer(start: network_batch_bytes(batch, index), count: length)
            return accept(bytes, at: source, from: session, through: browser)
        }
        guard let remote = session.remote else { return drop(.notConnected, of: session) }
        guard session.accepts(source, negotiated: remote.negotiated, at: now) else { return drop(.stranger, of: session) }
        guard length >= 0, length <= Self.packetMax else { return drop(.malformed, of: session) }
        let bytes = UnsafeMutableRawBufferPointer(start: network_batch_bytes(batch, index), count: length)
        guard let packet = try? Packet(parsing: UnsafeRawBufferPointer(bytes)) else { return drop(.malformed, of: session) }
        guard !session.isIntruder(packet.ssrc, from: source, at: now) else { return drop(.intruder, of: session) }
        session.heard(source, negotiated: remote.negotiated, at: now)
        return take(packet, in: bytes, from: session, by: remote)
    }

    /// Takes a packet that is the party's: counts it, hears its keys, and hands its sound on.
    ///
    /// - Parameter bytes: the datagram; behind it in memory is room up to `bufferLength`.
    /// - Returns: whether it is staged for the partner.
    func take(_ packet: Packet, in bytes: UnsafeMutableRawBufferPointer, from session: Session, by remote: Remote) -> Bool {
        guard session.direction.receives else { return drop(.held, of: session) }
        guard let meaning = remote.types.meaning(of: packet.payloadType) else { return drop(.payloadType, of: session) }
        if !session.hasBeenHeard {
            session.hasBeenHeard = true
            onEvent(.firstPacket(session.id))
        }
        session.packetAt = now
        session.packetsTaken &+= 1
        switch meaning {
        case .law(let codec):
            count(packet, of: session)
            hearSound(packet, codec: codec, in: bytes, from: session)
            session.tap?.says(packet, UnsafeRawBufferPointer(rebasing: bytes[packet.payload]), codec)
            guard session.room == nil, session.echo == nil else {
                if isListenedTo(session) {
                    let payload = UnsafeRawBufferPointer(rebasing: bytes[packet.payload])
                    session.jitter?.insert(packet, payload, samples: LineTables.of(codec).samples)
                }
                return false
            }
            return relay(packet, codec: codec, in: bytes, to: session.partner)
        case .opus:
            hearOpus(packet, in: bytes, from: session)
            return false
        case .keys(let clockRate):
            count(packet, of: session, isTimed: false)
            hearKey(packet, clockRate: clockRate, in: bytes, from: session)
            guard clockRate == Codec.rate else { return false }
            return session.room == nil && relay(packet, codec: nil, in: bytes, to: session.partner)
        }
    }

    private func hearOpus(_ packet: Packet, in bytes: UnsafeMutableRawBufferPointer, from session: Session) {
        guard let opus = session.opus else { return }
        hearSound(packet, clockRate: UInt32(Opus.clockRate), from: session)
        let packet = opus.onMediaClock(packet)
        count(packet, of: session)
        if !session.hasSpokenOpus {
            session.hasSpokenOpus = true
            arrangeBridge(of: session)
        }
        // Where nobody hears it, it is not decoded.
        let isListenedTo = isListenedTo(session)
        guard isListenedTo || session.tap != nil else { return }
        opus.hear(packet, UnsafeRawBufferPointer(rebasing: bytes[packet.payload])) {
            if isListenedTo { session.jitter?.insert($0, $1) }
            session.tap?.says($0, $1)
        }
    }

    private func isListenedTo(_ session: Session) -> Bool {
        guard let room = session.room else { return session.echo != nil }
        return room.heard & Room.circle(of: session.place) != 0
    }

    private func count(_ packet: Packet, of session: Session, isTimed: Bool = true) {
        if session.reception == nil {
            session.reception = Reception(packet, arrival: now.mediaUnits)
        } else {
            session.reception?.receive(packet, arrival: now.mediaUnits, isTimed: isTimed)
        }
    }

    private func relay(_ packet: Packet, codec: Codec?, in bytes: UnsafeMutableRawBufferPointer, to partner: Session?) -> Bool {
        guard let partner, let remote = partner.remote, partner.direction.sends, case .law(let law) = remote.sending else { return false }
        guard !partner.dialling.isBusy else { return drop(.dialling, of: partner) }
        let payloadType: UInt8
        if let codec {
            payloadType = remote.types.type(of: remote.sending)
            if codec != law { map(bytes, packet.payload, from: codec) }
        } else {
            // It hears the key as a tone, when it is let go.
            guard let telephoneEvent = remote.telephoneEvent else { return false }
            payloadType = telephoneEvent
        }
        guard let header = partner.outgoing.relay(packet, payloadType: payloadType, at: now.mediaUnits) else {
            return drop(.late, of: partner)
        }
        if codec != nil, let tap = partner.tap { tap.hears(header, UnsafeRawBufferPointer(rebasing: bytes[packet.payload]), law) }
        guard let start = header.writeHeader(into: bytes), let base = bytes.baseAddress else { return drop(.malformed, of: partner) }
        let room = UnsafeMutableRawBufferPointer(start: base + start, count: Self.bufferLength - start)
        return stage(room, length: header.payload.upperBound - start, to: partner)
    }

    /// From one law to the other, byte by byte, where they lie.
    private func map(_ bytes: UnsafeMutableRawBufferPointer, _ payload: Range<Int>, from codec: Codec) {
        let table = codec == .pcmu ? G711.muLawToALaw : G711.aLawToMuLaw
        table.withUnsafeBufferPointer { table in
            for index in payload { bytes[index] = table[Int(bytes[index])] }
        }
    }

    func receiveControl(from session: Session) {
        let count = network_batch_receive(batch, session.sockets.rtcp, Int32(Self.batchMax))
        for index in 0..<max(0, count) {
            guard let remote = session.remote else {
                _ = drop(.notConnected, of: session)
                continue
            }
            let source = network_batch_source(batch, index)
            guard source.hasHost(of: remote.negotiated) else {
                _ = drop(.stranger, of: session)
                continue
            }
            let length = Int(network_batch_length(batch, index))
            guard length >= 0, readReport(UnsafeRawBufferPointer(start: network_batch_bytes(batch, index), count: length), from: session)
            else {
                _ = drop(.malformed, of: session)
                continue
            }
            session.controlTarget = source
        }
    }

    /// What the party reports of its stream, and of ours.
    ///
    /// - Returns: false if it is no RTCP.
    func readReport(_ bytes: UnsafeRawBufferPointer, from session: Session) -> Bool {
        guard let received = try? RTCP.read(bytes, about: session.outgoing.ssrc) else { return false }
        if let middle = received.senderReport { session.lastSenderReport = (middle, now) }
        guard let block = received.block, let sending = session.remote?.sending else { return true }
        let share = Double(block.fractionLost) / 256
        let jitter = Duration.microseconds(Int64(block.jitter) * 1_000_000 / Int64(sending.clockRate))
        let middle = UInt32(truncatingIfNeeded: Clock.ntp() >> 16)
        // A report may answer none of ours; what is known of the way stays.
        let roundTrip = RTCP.roundTrip(of: block, at: middle) ?? session.farReport?.roundTrip
        session.farReport = FarReport(lostShare: share, jitter: jitter, roundTrip: roundTrip)
        session.opus?.expectLoss(share)
        return true
    }
}
