import Audio
import Primitives
import RTP
import Synchronization
import Testing

@testable import MediaServer

/// Parties in a room, each saying one tone all the time.
private struct Talk {
    let floor: Floor
    let room = ID<MediaRoom>(high: 2, low: 1)
    var parties: [Floor.Party]
    var tones: [Double]

    init(_ tones: [Double], codecs: [Codec] = [], _ change: (inout MediaServer.Configuration) -> Void = { _ in }) throws {
        let floor = try Floor(ports: 160, change)
        self.floor = floor
        self.tones = tones
        parties = try tones.indices.map { try floor.party($0 < codecs.count ? codecs[$0] : .pcma) }
    }

    /// For each party the tones that it hears. Asked again if it is not what is expected: on a busy machine this test may
    /// speak too late, and what a room makes up for that is no clear tone.
    func heard(like expected: [[Double]]) -> [[Double]] {
        var heard = heard()
        for _ in 0..<5 where heard != expected { heard = self.heard() }
        return heard
    }

    func expect(_ expected: [[Double]], at place: SourceLocation = #_sourceLocation) {
        #expect(heard(like: expected) == expected, sourceLocation: place)
    }

    /// Spoken and heard by the clock. Whole waves fit into 20 ms, so that a repeated frame is still the tone.
    func heard(milliseconds: Int = 500, among tones: [Double]? = nil, meanwhile: () -> Void = {}) -> [[Double]] {
        for party in parties { party.phone.forget() }
        var heard: [[Phone.Heard]] = parties.map { _ in [] }
        let begun = Clock.monotonic()
        for round in 0..<milliseconds / 20 {
            let due = begun + UInt64(round) * 20_000_000
            meanwhile()
            for index in parties.indices { parties[index].phone.speak(Tone([UInt16(self.tones[index])]), to: parties[index].port) }
            repeat {
                for index in parties.indices {
                    if let packet = parties[index].phone.next(within: 1) { heard[index].append(packet) }
                }
            } while Clock.monotonic() < due + 20_000_000
        }
        // The second half: what was before the rule was changed has been read.
        return heard.map { packets in
            let samples = Phone.samples(packets.suffix(packets.count / 2))
            return (tones ?? self.tones).filter { ToneDetector(frequency: $0).share(in: samples) > 0.15 }
        }
    }
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct RoomTests {
    @Test func `three in a room each hear the two others and not themselves`() throws {
        let talk = try Talk([450, 700, 1000], codecs: [.pcma, .pcmu, .pcma])
        for party in talk.parties { try talk.floor.server.join(party.id, room: talk.room) }
        talk.expect([[700, 1000], [450, 1000], [450, 700]])
    }

    @Test func `a supervisor listens in, whispers, joins and leaves`() throws {
        let talk = try Talk([450, 700, 1000])
        let media = talk.floor.server
        let (customer, agent, supervisor) = (talk.parties[0].id, talk.parties[1].id, talk.parties[2].id)
        try media.join(customer, room: talk.room)
        try media.join(agent, room: talk.room)
        try media.join(supervisor, room: talk.room, heardBy: .nobody)
        talk.expect([[700], [450], [450, 700]])
        try media.join(supervisor, room: talk.room, heardBy: .only([agent]))
        talk.expect([[700], [450, 1000], [450, 700]])
        media.hearing(customer, of: supervisor, true)
        talk.expect([[700, 1000], [450, 1000], [450, 700]])
        media.hearing(customer, of: agent, false)
        talk.expect([[1000], [450, 1000], [450, 700]])
        media.leave(supervisor)
        media.hearing(customer, of: agent, true)
        talk.expect([[700], [450], []])
    }

    @Test func `whoever joins later does not hear a whisper`() throws {
        let talk = try Talk([450, 700, 1000, 1300])
        let media = talk.floor.server
        let ids = talk.parties.map(\.id)
        try media.join(ids[0], room: talk.room)
        try media.join(ids[1], room: talk.room)
        try media.join(ids[2], room: talk.room, heardBy: .only([ids[1]]))
        try media.join(ids[3], room: talk.room)
        talk.expect([[700, 1300], [450, 1000, 1300], [450, 700, 1300], [450, 700]])
    }

    @Test func `parties of different threads are brought into one room`() throws {
        let talk = try Talk([450, 700, 1000, 1300]) { $0.threads = 3 }
        for party in talk.parties { try talk.floor.server.join(party.id, room: talk.room) }
        talk.expect([[700, 1000, 1300], [450, 1000, 1300], [450, 700, 1300], [450, 700, 1000]])
        // Into a second room, whose first party lives elsewhere, and out again.
        let other = ID<MediaRoom>(high: 2, low: 2)
        let guest = try talk.floor.party()
        try talk.floor.server.join(guest.id, room: other)
        for party in talk.parties.prefix(2) { try talk.floor.server.join(party.id, room: other) }
        talk.expect([[700], [450], [1300], [1000]])
        for party in talk.parties { talk.floor.server.close(party.id) }
        #expect(talk.floor.reaches { $0.sessions == 1 })
    }

    /// The second session came while its own announcement still waited for the first, and was waited for ever after.
    @Test func `a session that comes before it is expected is not waited for`() throws {
        let configuration = MediaServer.Configuration(address: .v4(0x7F00_0001), ports: 19_000...19_003, seed: 1)
        let ports = try PortPool(configuration)
        defer { ports.shutdown() }
        let thread = try MediaThread(0, configuration: configuration, ports: ports, onEvent: { _ in })
        let (first, second) = (ID<MediaSession>(high: 1, low: 1), ID<MediaSession>(high: 1, low: 2))
        thread.take(.expect(first))
        thread.take(.expect(second))
        thread.take(.adopt(second, nil))
        #expect(thread.expected == [first])
        thread.take(.adopt(first, nil))
        #expect(thread.expected.isEmpty && thread.early.isEmpty)
    }

    @Test func `a room is full with a word, and has room again when somebody leaves`() throws {
        let floor = try Floor(ports: 80)
        let room = ID<MediaRoom>(high: 2, low: 3)
        let ids = (0..<Room.partiesMax + 1).map { _ in floor.id() }
        for id in ids { _ = try floor.server.open(id) }
        for id in ids.dropLast() { try floor.server.join(id, room: room) }
        #expect(throws: MediaServerError.roomFull) { try floor.server.join(ids[Room.partiesMax], room: room) }
        // Rules may change although the room is full.
        try floor.server.join(ids[0], room: room, heardBy: .nobody)
        floor.server.close(ids[0])
        try floor.server.join(ids[Room.partiesMax], room: room)
    }

    @Test func `a party in a room is not spoken over by strangers, of its host or another`() throws {
        let talk = try Talk([450, 700])
        for party in talk.parties { try talk.floor.server.join(party.id, room: talk.room) }
        talk.expect([[700], [450]])
        let customer = talk.parties[0]
        let strangers = [try Phone(host: "127.0.0.9"), try Phone(host: "127.0.0.2")]
        let heard = talk.heard(among: [1000]) {
            for stranger in strangers { stranger.speak(Tone([1000]), to: customer.port) }
        }
        #expect(heard == [[], []])
        #expect(talk.floor.reaches { $0.dropped[.stranger] == 50 })
        talk.expect([[700], [450]])
    }

    @Test func `music, a bridge, a room and silence are one stream to the phone`() throws {
        let talk = try Talk([450, 700, 1000])
        let media = talk.floor.server
        let customer = talk.parties[0]
        let agent = talk.parties[1]
        var heard: [Phone.Heard] = []
        media.play(customer.id, .music)
        heard += customer.phone.hear(5)
        media.bridge(customer.id, agent.id)
        heard += talk.floor.carry(Tone([660]), from: agent, to: customer, packets: 5)
        for party in talk.parties { try media.join(party.id, room: talk.room) }
        heard += customer.phone.hear(5)
        media.bridge(customer.id, agent.id)
        // What was on its way from the room comes before the bridge.
        for _ in 0..<500 {
            agent.phone.speak(Tone([660]), to: agent.port)
            guard let next = customer.phone.next() else { break }
            heard.append(next)
            if Level.decibels(of: Phone.samples([next])) > -30 { break }
        }
        try media.join(customer.id, room: talk.room)
        heard += customer.phone.hear(5)
        media.play(customer.id, .silence)
        heard += customer.phone.hear(5)
        #expect(Set(heard.map(\.packet.ssrc)).count == 1)
        for (earlier, later) in zip(heard, heard.dropFirst()) {
            #expect(later.packet.sequence == earlier.packet.sequence &+ 1)
            #expect(SequenceNumber.distance(from: earlier.packet.timestamp, to: later.packet.timestamp) >= 160)
        }
    }

    @Test func `a room is told how late its packets are, and a party's figures can be asked`() throws {
        let talk = try Talk([450, 700, 1000])
        for party in talk.parties { try talk.floor.server.join(party.id, room: talk.room) }
        _ = talk.heard()
        let delays = talk.floor.server.statistics.mixingDelay
        #expect(delays.count >= 60)
        #expect(delays.percentile(0.5) < .milliseconds(20))
        func ask(_ id: ID<MediaSession>) -> SessionStatistics? {
            let answer = Mutex<SessionStatistics??>(nil)
            talk.floor.server.statistics(of: id) { figures in answer.withLock { $0 = .some(figures) } }
            _ = talk.floor.reaches { _ in answer.withLock { $0 != nil } }
            return answer.withLock { $0 } ?? nil
        }
        let figures = try #require(ask(talk.parties[0].id))
        #expect(figures.packetsIn == 25 && figures.expected == 25 && figures.lost == 0)
        #expect(figures.packetsOut >= 20)
        #expect(try #require(figures.heardAgo) < .seconds(5))
        #expect(try #require(figures.buffer).starts >= 1)
        #expect(ask(talk.floor.id()) == nil)
    }
}
