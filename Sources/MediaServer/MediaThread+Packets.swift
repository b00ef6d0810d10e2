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

    /// Sends what is staged.
    func send(_ staged: Int, to session: Session) {
        let sent = Int(network_batch_send(batch, session.sockets.rtp, session.target))
        counters.packetsOut.add(UInt64(sent))
        if sent < staged { counters.drop(.sendFailed, UInt64(staged - sent)) }
    }

    /// Takes one datagram of the batch.
    ///
    /// - Returns: whether it is staged for the partner.
    private func accept(_ index: Int32, from session: Session) -> Bool {
        let length = Int(network_batch_length(batch, index))
        guard let remote = session.remote else { return drop(.notConnected) }
        let source = network_batch_source(batch, index)
        guard session.accepts(source, negotiated: remote.negotiated, at: now) else { return drop(.stranger) }
        guard length >= 0 else { return drop(.malformed) }
        let bytes = UnsafeMutableRawBufferPointer(start: network_batch_bytes(batch, index), count: length)
        guard let packet = try? Packet(parsing: UnsafeRawBufferPointer(bytes)) else { return drop(.malformed) }
        guard !session.isIntruder(packet.ssrc, from: source, at: now) else { return drop(.intruder) }
        session.heard(source, negotiated: remote.negotiated, at: now)
        guard session.direction.receives else { return drop(.held) }

        let isEvent = packet.payloadType == remote.telephoneEvent
        // Both laws are taken from everybody: we offer both, and a phone may change between them (RFC 3264 section 6.1).
        let codec = Codec(rawValue: packet.payloadType)
        guard isEvent || codec != nil else { return drop(.payloadType) }
        if !session.hasBeenHeard {
            session.hasBeenHeard = true
            onEvent(.firstPacket(session.id))
        }
        session.packetAt = now
        session.packetsTaken &+= 1
        if session.reception == nil {
            session.reception = Reception(packet, arrival: now.mediaUnits)
        } else {
            session.reception?.receive(packet, arrival: now.mediaUnits, isTimed: !isEvent)
        }
        guard let codec else {
            hearKey(packet, in: bytes, from: session)
            return relay(packet, codec: nil, in: bytes, to: session.partner)
        }
        hearSound(packet, codec: codec, in: bytes, from: session)
        if let room = session.room {
            if room.heard & Room.circle(of: session.place) != 0 {
                let payload = UnsafeRawBufferPointer(rebasing: bytes[packet.payload])
                session.jitter?.insert(packet, payload, samples: LineTables.of(codec).samples)
            }
            return false
        }
        return relay(packet, codec: codec, in: bytes, to: session.partner)
    }

    private func relay(_ packet: Packet, codec: Codec?, in bytes: UnsafeMutableRawBufferPointer, to partner: Session?) -> Bool {
        guard let partner, let remote = partner.remote, partner.direction.sends else { return false }
        guard !partner.dialling.isBusy else { return drop(.dialling) }
        let payloadType: UInt8
        if let codec {
            payloadType = remote.codec.payloadType
            if codec != remote.codec { map(bytes, packet.payload, from: codec) }
        } else {
            // It hears the key as a tone, when it is let go.
            guard let telephoneEvent = remote.telephoneEvent else { return false }
            payloadType = telephoneEvent
        }
        guard let header = partner.outgoing.relay(packet, payloadType: payloadType, at: now.mediaUnits) else { return drop(.late) }
        guard let start = header.writeHeader(into: bytes), let base = bytes.baseAddress else { return drop(.malformed) }
        let length = header.payload.upperBound - start
        return network_batch_stage(batch, base.advanced(by: start).assumingMemoryBound(to: UInt8.self), Int32(length)) != 0
    }

    /// From one law to the other, byte by byte, where they lie.
    private func map(_ bytes: UnsafeMutableRawBufferPointer, _ payload: Range<Int>, from codec: Codec) {
        let table = codec == .pcmu ? G711.muLawToALaw : G711.aLawToMuLaw
        table.withUnsafeBufferPointer { table in
            for index in payload { bytes[index] = table[Int(bytes[index])] }
        }
    }

    private func drop(_ reason: DropReason) -> Bool {
        counters.drop(reason)
        return false
    }

    func receiveControl(from session: Session) {
        let count = network_batch_receive(batch, session.sockets.rtcp, Int32(Self.batchMax))
        for index in 0..<max(0, count) {
            guard let remote = session.remote else {
                counters.drop(.notConnected)
                continue
            }
            let source = network_batch_source(batch, index)
            guard source.hasHost(of: remote.negotiated) else {
                counters.drop(.stranger)
                continue
            }
            let length = Int(network_batch_length(batch, index))
            guard length >= 0,
                let received = try? RTCP.read(UnsafeRawBufferPointer(start: network_batch_bytes(batch, index), count: length))
            else {
                counters.drop(.malformed)
                continue
            }
            session.controlTarget = source
            if let middle = received.senderReport { session.lastSenderReport = (middle, now) }
        }
    }
}
