import Audio
import RTP

/// Keys that parties press, and keys that are pressed towards them.
extension MediaThread {
    /// A telephone event of the party (RFC 4733).
    func hearKey(_ packet: Packet, clockRate: UInt32, in bytes: UnsafeMutableRawBufferPointer, from session: Session) {
        let payload = UnsafeRawBufferPointer(rebasing: bytes[packet.payload])
        guard let block = TelephoneEvents.Block(parsing: payload) else { return }
        if session.presses.clockRate != clockRate { session.presses = TelephoneEvents.Decoder(clockRate: clockRate) }
        pass(session.presses.receive(block, timestamp: packet.timestamp), of: session)
    }

    /// Sound of the party, which tells that a key is up whose end was lost.
    func hearSound(_ packet: Packet, clockRate: UInt32, from session: Session) {
        if session.presses.clockRate == clockRate { pass(session.presses.passed(timestamp: packet.timestamp), of: session) }
    }

    /// The same in G.711, in which a key may be as a tone.
    func hearSound(_ packet: Packet, codec: Codec, in bytes: UnsafeMutableRawBufferPointer, from session: Session) {
        hearSound(packet, clockRate: UInt32(Codec.rate), from: session)
        guard let ear = session.keyEar else { return }
        ear.hear(packet, UnsafeRawBufferPointer(rebasing: bytes[packet.payload]), law: LineTables.of(codec)) { tell($0, of: session) }
    }

    /// A press of telephone events is told, and passed on to those who cannot hear it: a partner whose phone takes no events,
    /// and all who hear the party in a room. (A partner who takes events had its packets already, a tone is in the sound.)
    private func pass(_ press: TelephoneEvents.Press?, of session: Session) {
        guard let press else { return }
        tell(press, of: session)
        guard let room = session.room else {
            // Events on another clock are not relayed.
            if let partner = session.partner, let remote = partner.remote,
                remote.types.keys == nil || session.presses.clockRate != Codec.rate
            {
                partner.dialling.press(press.key, duration: press.duration)
            }
            return
        }
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
            send(block, isFirst: isFirst, payloadType: telephoneEvent, to: session, by: remote)
        case .tone(var tone, let left):
            tone.next(Codec.samplesPerPacket, into: frame)
            sendSamples(frame, to: session, by: remote)
            session.dialling.sending = left > 1 ? .tone(tone, left: left - 1) : .pause(left: Dialling.pauseTicks)
        case .pause(let left):
            frame.update(repeating: 0, count: Codec.samplesPerPacket)
            sendSamples(frame, to: session, by: remote)
            session.dialling.sending = left > 1 ? .pause(left: left - 1) : .nothing
        }
        if !session.dialling.isBusy { session.outgoing.switchSource() }
    }
}
