import Audio
import CNetwork
import RTP

/// What happens every 20 ms: the next packet of a sound, and from time to time a report and a look at the silence.
extension MediaThread {
    private static let ticksPerSecond: UInt32 = 50

    func tick(_ session: Session) {
        session.ticks &+= 1
        guard session.remote != nil else { return }
        if session.dialling.isBusy { dial(to: session) } else if session.isPlaying { playOn(session) }
        watchKey(of: session)
        if session.ticks % Self.ticksPerSecond == 0 { watchSilence(of: session) }
        let interval = UInt32(clamping: configuration.reportInterval.nanoseconds / 20_000_000)
        if session.ticks % max(1, interval) == 0 { report(session, goodbye: false) }
    }

    private func playOn(_ session: Session) {
        // Ends are told at the tick after the last packet: by then it has been heard.
        while session.isPlaying, session.clips[session.clip].kind == .prompt,
            session.offset >= session.clips[session.clip].sound?.count ?? 0
        {
            session.nextClip()
            onEvent(.promptFinished(session.id))
        }
        guard session.isPlaying, let remote = session.remote else { return }
        let clip = session.clips[session.clip]
        fill(from: clip, at: &session.offset, codec: remote.codec)
        guard session.direction.sends else { return }
        sendSound(to: session, codec: remote.codec) { _ in }
    }

    /// Puts the next 20 ms of a sound into the scratch packet and moves on by them.
    private func fill(from clip: Clip, at offset: inout Int, codec: Codec) {
        let payload = UnsafeMutableRawBufferPointer(
            rebasing: scratch[Packet.headerLength..<Packet.headerLength + Codec.samplesPerPacket])
        guard let sound = clip.sound, sound.count > 0 else {
            payload.initializeMemory(as: UInt8.self, repeating: codec.silence)
            return
        }
        sound.bytes(for: codec).withUnsafeBytes { bytes in
            var filled = 0
            while filled < payload.count {
                if offset >= bytes.count {
                    guard clip.kind != .prompt else {
                        payload[filled...].initializeMemory(as: UInt8.self, repeating: codec.silence)
                        break
                    }
                    offset = 0
                }
                let count = min(payload.count - filled, bytes.count - offset)
                UnsafeMutableRawBufferPointer(rebasing: payload[filled..<filled + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
                filled += count
                offset += count
            }
        }
    }

    private func watchSilence(of session: Session) {
        let since = max(session.heardAt, session.silenceToldAt)
        guard session.direction.receives, now &- min(now, since) >= configuration.silenceLimit.nanoseconds else { return }
        session.silenceToldAt = now
        let span = now &- min(now, session.heardAt)
        onEvent(.silent(session.id, for: .nanoseconds(Int64(clamping: span))))
    }

    /// Sends an RTCP report (RFC 3550 section 6.4), as a sender if anything was sent since the last one.
    func report(_ session: Session, goodbye: Bool) {
        guard session.remote != nil else { return }
        let outgoing = session.outgoing
        let hasSent = outgoing.packets != session.reportedPackets
        session.reportedPackets = outgoing.packets
        let sender =
            hasSent
            ? RTCP.SenderInformation(
                ntp: Clock.ntp(), timestamp: outgoing.timestamp(at: now.mediaUnits), packets: outgoing.packets, octets: outgoing.octets)
            : nil
        let last = session.lastSenderReport
        // In 1/65,536 s.
        let delay = last.map { UInt32(truncatingIfNeeded: (now &- $0.at) / 15_259) } ?? 0
        let block = session.reception?.report(lastSenderReport: last?.middle ?? 0, delay: delay)
        guard
            let length = RTCP.write(
                into: scratch, ssrc: outgoing.ssrc, sender: sender, block: block, cname: session.cname, goodbye: goodbye),
            let base = scratch.baseAddress
        else { return }
        _ = network_batch_stage(batch, base.assumingMemoryBound(to: UInt8.self), Int32(length))
        if network_batch_send(batch, session.sockets.rtcp, session.controlTarget) < 1 { counters.drop(.sendFailed) }
    }
}
