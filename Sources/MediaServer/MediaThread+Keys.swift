import Audio
import CNetwork
import RTP

/// Keys that parties press, and keys that are pressed towards them.
extension MediaThread {
    /// A telephone event of the party (RFC 4733).
    func hearKey(_ packet: Packet, in bytes: UnsafeMutableRawBufferPointer, from session: Session) {
        let payload = UnsafeRawBufferPointer(rebasing: bytes[packet.payload])
        guard let block = TelephoneEvents.Block(parsing: payload) else { return }
        pass(session.presses.receive(block, timestamp: packet.timestamp), of: session)
    }

    /// Sound of the party, in which a key may be: as a tone, or because an event's end was lost.
    func hearSound(_ packet: Packet, codec: Codec, in bytes: UnsafeMutableRawBufferPointer, from session: Session) {
        pass(session.presses.passed(timestamp: packet.timestamp), of: session)
        guard let ear = session.keyEar else { return }
        ear.hear(packet, UnsafeRawBufferPointer(rebasing: bytes[packet.payload]), law: LineTables.of(codec)) { tell($0, of: session) }
    }

    /// A press of telephone events is told, and passed on to those who cannot hear it: a partner whose phone takes no events,
    /// and all who hear the party in a room. (A partner who takes events had its packets already, a tone is in the sound.)
    private func pass(_ press: TelephoneEvents.Press?, of session: Session) {
        guard let press else { return }
        tell(press, of: session)
        if let partner = session.partner, let remote = partner.remote, remote.telephoneEvent == nil {
            partner.dialling.press(press.key, duration: press.duration)
        }
        guard let room = session.room else { return }
        let circle = Room.circle(of: session.place)
        for party in room.parties where party.circle & circle != 0 {
            party.session.dialling.press(press.key, duration: press.duration)
        }
    }

    private func tell(_ press: TelephoneEvents.Press, of session: Session) {
        onEvent(.digit(session.id, press.key, .microseconds(Int64(press.duration) * 125)))
    }

    /// Every 20 ms: a party that stopped sending has let its key go.
    func watchKey(of session: Session) {
        guard let ear = session.keyEar, ear.isDown, now &- session.heardAt > KeyEar.lapse, let press = ear.letGo() else { return }
        tell(press, of: session)
    }

    /// The next 20 ms of the keys on their way to the party.
    func dial(to session: Session) {
        guard let remote = session.remote, session.direction.sends else {
            session.dialling.forget()
            return
        }
        if case .nothing = session.dialling.sending {
            session.outgoing.switchSource()
            session.dialling.begin(asEvents: remote.telephoneEvent != nil)
        }
        switch session.dialling.sending {
        case .nothing:
            break
        case .events(var sender):
            let isFirst = sender.isFirst
            guard let telephoneEvent = remote.telephoneEvent, let block = sender.next() else {
                session.dialling.sending = .nothing
                return
            }
            session.dialling.sending = sender.isDone ? .nothing : .events(sender)
            send(block, isFirst: isFirst, payloadType: telephoneEvent, to: session)
        case .tone(var tone, let left):
            withUnsafeTemporaryAllocation(of: Int16.self, capacity: Codec.samplesPerPacket) { samples in
                guard let samples = samples.baseAddress else { return }
                tone.next(Codec.samplesPerPacket, into: samples)
                sendSound(to: session, codec: remote.codec) {
                    LineTables.of(remote.codec).encode(samples, count: Codec.samplesPerPacket, into: $0)
                }
            }
            session.dialling.sending = left > 1 ? .tone(tone, left: left - 1) : .pause(left: Dialling.pauseTicks)
        case .pause(let left):
            sendSound(to: session, codec: remote.codec) { $0.update(repeating: remote.codec.silence, count: Codec.samplesPerPacket) }
            session.dialling.sending = left > 1 ? .pause(left: left - 1) : .nothing
        }
        if !session.dialling.isBusy { session.outgoing.switchSource() }
    }

    private func send(_ block: TelephoneEvents.Block, isFirst: Bool, payloadType: UInt8, to session: Session) {
        let start = Packet.headerLength
        let payload = start..<start + TelephoneEvents.payloadLength
        let packet = session.outgoing.event(payloadType: payloadType, isFirst: isFirst, payload: payload, at: now.mediaUnits)
        guard packet.writeHeader(into: scratch) == 0, let base = scratch.baseAddress else { return }
        block.write(into: UnsafeMutableRawBufferPointer(rebasing: scratch[payload]))
        _ = network_batch_stage(batch, base.assumingMemoryBound(to: UInt8.self), Int32(payload.upperBound))
        send(1, to: session)
    }
}
