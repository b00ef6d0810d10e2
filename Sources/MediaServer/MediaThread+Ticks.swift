import Audio
import CNetwork
import RTP

/// What happens every 20 ms: the next packet of a sound, and from time to time a report and a look at the silence.
extension MediaThread {
    private static let ticksPerSecond: UInt32 = 50

    func tick(_ session: Session) {
        session.ticks &+= 1
        session.tap?.tick(at: now)
        if let browser = session.browser {
            watch(browser, of: session)
            // What it is to hear waits for it.
            guard browser.hasConnected else { return }
        }
        guard session.remote != nil else { return }
        if let echo = session.echo { sendBack(echo, to: session) }
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
        switch remote.sending {
        case .law(let codec):
            fill(from: clip, at: &session.offset, codec: codec)
            guard session.isSendable else { return }
            sendSound(to: session, codec: codec, type: remote.types.type(of: remote.sending)) { _ in }
        case .opus:
            fill(from: clip, at: &session.offset, codec: .pcma)
            guard session.isSendable, let base = scratch.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            LineTables.of(.pcma).decode(base + Packet.headerLength, count: Codec.samplesPerPacket, into: frame)
            sendOpus(frame, to: session, by: remote)
        }
    }

    /// The next 20 ms of a test call.
    private func sendBack(_ echo: Echo, to session: Session) {
        if session.jitter?.read(into: frame) != true { frame.update(repeating: 0, count: Codec.samplesPerPacket) }
        echo.exchange(frame)
        guard session.isSendable, !session.dialling.isBusy, let remote = session.remote else { return }
        sendSamples(frame, to: session, by: remote)
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
        // A browser is watched by what it proves.
        guard session.browser == nil else { return }
        let since = max(session.heardAt, session.silenceToldAt)
        guard session.direction.receives, now &- min(now, since) >= configuration.silenceLimit.nanoseconds else { return }
        session.silenceToldAt = now
        let span = now &- min(now, session.heardAt)
        onEvent(.silent(session.id, for: .nanoseconds(Int64(clamping: span))))
    }

    /// Sends an RTCP report (RFC 3550 section 6.4), as a sender if anything was sent since the last one.
    func report(_ session: Session, goodbye: Bool) {
        guard let remote = session.remote else { return }
        let outgoing = session.outgoing
        let hasSent = outgoing.packets != session.reportedPackets
        session.reportedPackets = outgoing.packets
        let sender =
            hasSent
            ? RTCP.SenderInformation(
                ntp: Clock.ntp(), timestamp: outgoing.timestamp(at: now.mediaUnits) &* remote.sending.ticks, packets: outgoing.packets,
                octets: outgoing.octets)
            : nil
        let last = session.lastSenderReport
        // In 1/65,536 s.
        let delay = last.map { UInt32(truncatingIfNeeded: (now &- $0.at) / 15_259) } ?? 0
        var block = session.reception?.report(lastSenderReport: last?.middle ?? 0, delay: delay)
        if let lost = block?.fractionLost { session.lostShare = Double(lost) / 256 }
        if session.hasSpokenOpus { block?.jitter &*= Coding.opusTicks }
        guard
            let length = RTCP.write(
                into: scratch, ssrc: outgoing.ssrc, sender: sender, block: block, cname: session.cname, goodbye: goodbye),
            let base = scratch.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return }
        if let browser = session.browser {
            sendReport(length, to: session, through: browser)
        } else if network_send(session.sockets.rtcp, base, Int32(length), session.controlTarget) < 1 {
            _ = drop(.sendFailed, of: session)
        }
    }
}
