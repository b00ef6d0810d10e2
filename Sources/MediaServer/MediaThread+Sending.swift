import Audio
import CNetwork
import RTP
import SRTP

/// What goes out, whatever its source: protected if the party is a browser.
extension MediaThread {
    /// Sends what is staged.
    func send(_ staged: Int, to session: Session) {
        let sent = Int(network_batch_send(batch, session.sockets.rtp, session.target))
        counters.packetsOut.add(UInt64(sent))
        if sent < staged { counters.drop(.sendFailed, UInt64(staged - sent)) }
    }

    /// Puts a packet behind those to be sent to the party, protected where it lies.
    ///
    /// - Parameter packet: the packet is the first `length` of it; the rest is room for it to grow.
    func stage(_ packet: UnsafeMutableRawBufferPointer, length: Int, to session: Session) -> Bool {
        var length = length
        if let browser = session.browser {
            guard browser.isReached, let keys = browser.keys else { return drop(.notConnected, of: session) }
            switch keys.protect(packet, length: length) {
            case .protected(let whole): length = whole
            case .repeated: return drop(.repeated, of: session)
            case .noRoom, .malformed, .exhausted, .tooManySources: return drop(.sendFailed, of: session)
            }
        }
        guard let base = packet.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
        return network_batch_stage(batch, base, Int32(length)) != 0
    }

    /// Sends the packet that is the first `length` bytes of `scratch`.
    private func sendScratch(_ length: Int, to session: Session) {
        if stage(scratch, length: length, to: session) { send(1, to: session) }
    }

    /// Sends a packet of 20 ms that `fill` writes.
    @inline(__always)
    func sendSound(to session: Session, codec: Codec, type: UInt8, fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        let start = Packet.headerLength
        let packet = session.outgoing.next(
            payloadType: type, samples: UInt32(Codec.samplesPerPacket), payload: start..<start + Codec.samplesPerPacket, at: now.mediaUnits)
        guard packet.writeHeader(into: scratch) == 0, let base = scratch.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        fill(base + start)
        session.tap?.hears(packet, UnsafeRawBufferPointer(rebasing: scratch[packet.payload]), codec)
        sendScratch(start + Codec.samplesPerPacket, to: session)
    }

    /// Sends 20 ms in Opus; nil: of silence.
    func sendOpus(_ samples: UnsafePointer<Int16>?, to session: Session, by remote: Remote) {
        let start = Packet.headerLength
        let room = UnsafeMutableRawBufferPointer(rebasing: scratch[start..<Self.packetMax])
        if samples == nil { frame.update(repeating: 0, count: Codec.samplesPerPacket) }
        guard let opus = session.opus, let length = opus.encode(samples ?? UnsafePointer(frame), into: room) else {
            _ = drop(.sendFailed, of: session)
            return
        }
        var packet = session.outgoing.next(
            payloadType: remote.types.type(of: .opus), samples: UInt32(Codec.samplesPerPacket), payload: start..<start + length,
            at: now.mediaUnits)
        session.tap?.hears(packet, UnsafeBufferPointer(start: samples ?? UnsafePointer(frame), count: Codec.samplesPerPacket))
        packet.timestamp &*= Coding.opusTicks
        guard packet.writeHeader(into: scratch) == 0 else { return }
        sendScratch(start + length, to: session)
    }

    /// Sends 20 ms in whatever the party takes.
    func sendSamples(_ samples: UnsafePointer<Int16>, to session: Session, by remote: Remote) {
        switch remote.sending {
        case .law(let codec):
            sendSound(to: session, codec: codec, type: remote.types.type(of: remote.sending)) {
                LineTables.of(codec).encode(samples, count: Codec.samplesPerPacket, into: $0)
            }
        case .opus: sendOpus(samples, to: session, by: remote)
        }
    }

    /// Sends a block of a key that is pressed towards the party.
    func send(_ block: TelephoneEvents.Block, isFirst: Bool, payloadType: UInt8, to session: Session, by remote: Remote) {
        let start = Packet.headerLength
        let payload = start..<start + TelephoneEvents.payloadLength
        var packet = session.outgoing.event(payloadType: payloadType, isFirst: isFirst, payload: payload, at: now.mediaUnits)
        packet.timestamp &*= remote.sending.ticks
        var block = block
        // What does not fit stands still: nobody holds a key for longer than the 1.4 s that Opus's clock leaves.
        block.duration = UInt16(clamping: UInt32(block.duration) &* remote.sending.ticks)
        guard packet.writeHeader(into: scratch) == 0 else { return }
        block.write(into: UnsafeMutableRawBufferPointer(rebasing: scratch[payload]))
        sendScratch(payload.upperBound, to: session)
    }

    func drop(_ reason: DropReason, of session: Session) -> Bool {
        counters.drop(reason)
        session.drop(reason)
        return false
    }
}
