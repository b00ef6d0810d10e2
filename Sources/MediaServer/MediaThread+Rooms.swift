import Audio
import Primitives
import RTP

/// Memory for one tick of a room, used again by every room of a thread.
final class MixingDesk {
    private static let frame = Codec.samplesPerPacket

    private let frames = UnsafeMutablePointer<Int16>.allocate(capacity: Room.partiesMax * frame)
    private let sum = UnsafeMutablePointer<Int32>.allocate(capacity: frame)
    private let mix = UnsafeMutablePointer<Int16>.allocate(capacity: frame)
    /// What was encoded for earlier listeners of the same tick: whoever hears the same in the same law gets the same bytes.
    private let payloads = UnsafeMutablePointer<UInt8>.allocate(capacity: Room.partiesMax * frame)
    private let labels = UnsafeMutablePointer<(circle: Room.Circle, codec: Codec)>.allocate(capacity: Room.partiesMax)
    private var made = 0
    /// Those who say something in this tick.
    private var speaking: Room.Circle = 0
    private var isSummed = false

    init() {
        frames.initialize(repeating: 0, count: Room.partiesMax * Self.frame)
        sum.initialize(repeating: 0, count: Self.frame)
        mix.initialize(repeating: 0, count: Self.frame)
        payloads.initialize(repeating: 0, count: Room.partiesMax * Self.frame)
        labels.initialize(repeating: (0, .pcma), count: Room.partiesMax)
    }

    deinit {
        frames.deallocate()
        sum.deallocate()
        mix.deallocate()
        payloads.deallocate()
        labels.deallocate()
    }

    /// Takes 20 ms from each party that anybody hears.
    func listen(to room: Room) {
        made = 0
        speaking = 0
        isSummed = false
        for place in room.parties.indices {
            let circle = Room.circle(of: place)
            guard room.heard & circle != 0 else { continue }
            if room.parties[place].session.jitter?.read(into: frames + place * Self.frame) == true { speaking |= circle }
        }
    }

    /// What the party at `place` hears, as samples that are good until the next party's; nil for silence.
    func samples(for place: Int, hearing circle: Room.Circle) -> UnsafePointer<Int16>? {
        let heard = circle & speaking
        return heard == 0 ? nil : sound(of: heard, without: place)
    }

    /// The bytes of what the party at `place` hears; nil for silence.
    func payload(for place: Int, hearing circle: Room.Circle, in codec: Codec) -> UnsafePointer<UInt8>? {
        let heard = circle & speaking
        guard heard != 0 else { return nil }
        for index in 0..<made where labels[index].circle == heard && labels[index].codec == codec {
            return UnsafePointer(payloads + index * Self.frame)
        }
        let payload = payloads + made * Self.frame
        LineTables.of(codec).encode(sound(of: heard, without: place), count: Self.frame, into: payload)
        labels[made] = (heard, codec)
        made += 1
        return UnsafePointer(payload)
    }

    private func sound(of heard: Room.Circle, without place: Int) -> UnsafePointer<Int16> {
        if heard.nonzeroBitCount == 1 { return UnsafePointer(frames + heard.trailingZeroBitCount * Self.frame) }
        let own = Room.circle(of: place) & speaking
        if heard | own == speaking {
            // Everybody is added up once, however many hear everybody.
            if !isSummed { add(speaking) }
            isSummed = true
            if own == 0 { Mixing.saturate(sum, into: mix) } else { Mixing.saturate(sum, without: frames + place * Self.frame, into: mix) }
        } else {
            add(heard)
            isSummed = false
            Mixing.saturate(sum, into: mix)
        }
        return UnsafePointer(mix)
    }

    private func add(_ circle: Room.Circle) {
        Mixing.clear(sum)
        var rest = circle
        while rest != 0 {
            Mixing.add(frames + rest.trailingZeroBitCount * Self.frame, to: sum)
            rest &= rest - 1
        }
    }
}

/// Rooms: each hears those whom he may hear, without himself. A tick of a room is every 20 ms in the phase of the room.
extension MediaThread {
    func join(_ session: Session, room id: ID<MediaRoom>, hears: Parties, heardBy: Parties) {
        if session.room?.id != id {
            part(session, leaving: .partner)
            leaveRoom(session)
            session.play([])
        }
        let room: Room
        if let known = rooms[id] {
            room = known
        } else {
            room = Room(id, phase: lightestPhase)
            rooms[id] = room
            roomPhases[room.phase].append(room)
        }
        move(session, toPhase: room.phase)
        room.join(session, hears: hears, heardBy: heardBy)
    }

    func leaveRoom(_ session: Session) {
        guard let room = session.room else { return }
        room.leave(session)
        guard room.parties.isEmpty else { return }
        if let id = room.id { rooms[id] = nil }
        roomPhases[room.phase].removeAll { $0 === room }
    }

    /// One tick of a room.
    ///
    /// - Parameter due: when it should be.
    func mix(_ room: Room, due: UInt64) {
        desk.listen(to: room)
        var sent: UInt64 = 0
        for place in room.parties.indices {
            let session = room.parties[place].session
            guard let remote = session.remote, session.isSendable, !session.dialling.isBusy else { continue }
            let circle = room.parties[place].circle
            switch remote.sending {
            case .law(let codec):
                let payload = desk.payload(for: place, hearing: circle, in: codec)
                sendSound(to: session, codec: codec, type: remote.types.type(of: remote.sending)) { bytes in
                    if let payload {
                        bytes.update(from: payload, count: Codec.samplesPerPacket)
                    } else {
                        bytes.update(repeating: codec.silence, count: Codec.samplesPerPacket)
                    }
                }
            case .opus: sendOpus(desk.samples(for: place, hearing: circle), to: session, by: remote)
            }
            sent += 1
        }
        if sent > 0 {
            let time = Clock.monotonic()
            counters.mixingDelay.add(time - min(time, due), count: sent)
        }
    }
}
