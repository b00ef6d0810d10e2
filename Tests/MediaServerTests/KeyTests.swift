import Audio
import Primitives
import RTP
import Testing

@testable import MediaServer

/// The frequencies of a key, of those that keys have, in a sound.
private func frequencies(in samples: [Int16]) -> [Double] {
    [697, 770, 852, 941, 1209, 1336, 1477, 1633].filter { ToneDetector(frequency: $0).share(in: samples) > 0.25 }
}

/// The sound of a key, as a phone sends it.
private func tone(_ key: Character, milliseconds: Int) -> [Int16] {
    guard var tone = KeyTone(key) else { return [] }
    var samples = [Int16](repeating: 0, count: 8 * milliseconds)
    tone.next(samples.count, into: &samples)
    return samples
}

extension Floor.Party {
    fileprivate func say(_ samples: [Int16]) {
        for start in stride(from: 0, to: samples.count - 159, by: 160) {
            phone.say(samples[start..<start + 160], to: port)
        }
    }
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct KeyTests {
    private static let silence = [Int16](repeating: 0, count: 800)

    @Test func `keys in the sound of a phone without telephone-events are told once each`() throws {
        let floor = try Floor()
        let customer = try floor.party(telephoneEvent: nil)
        let keys = TelephoneEvents.keys
        customer.say(keys.flatMap { tone($0, milliseconds: 100) + Self.silence })
        #expect(floor.ear.hears { if case .digit(_, "D", _) = $0 { true } else { false } })
        let told = floor.ear.all.compactMap { event -> (Character, Duration)? in
            if case .digit(customer.id, let key, let duration) = event { (key, duration) } else { nil }
        }
        #expect(told.map(\.0) == keys)
        #expect(told.allSatisfy { (Duration.milliseconds(60)...Duration.milliseconds(140)).contains($0.1) })
    }

    @Test func `the same key twice is told twice, and a key that ends with the sound is told`() throws {
        let floor = try Floor()
        let customer = try floor.party(telephoneEvent: nil)
        customer.say(tone("5", milliseconds: 100) + Self.silence + tone("5", milliseconds: 100))
        #expect(floor.ear.hears { _ in floor.ear.all.count { if case .digit(_, "5", _) = $0 { true } else { false } } == 2 })
    }

    @Test func `sound is not searched for keys where telephone-events were negotiated`() throws {
        let floor = try Floor()
        let customer = try floor.party(telephoneEvent: 101)
        let agent = try floor.party()
        floor.server.bridge(customer.id, agent.id)
        customer.say(tone("5", milliseconds: 100) + Self.silence)
        #expect(agent.phone.hear(10).count == 10)
        customer.phone.press("1", payloadType: 101, to: customer.port)
        #expect(floor.ear.hears { $0 == .digit(customer.id, "1", .milliseconds(100)) })
        #expect(floor.ear.all.count { if case .digit = $0 { true } else { false } } == 1)
    }

    @Test func `a key pressed towards a phone is a telephone event with a growing duration and three ends`() throws {
        let floor = try Floor()
        let customer = try floor.party(telephoneEvent: 97)
        floor.server.play(customer.id, .music)
        _ = customer.phone.hear(5)
        try floor.server.press(customer.id, "#", for: .milliseconds(100))
        let heard = customer.phone.hear(30)
        let events = heard.filter { $0.packet.payloadType == 97 }
        let blocks = events.compactMap { event in event.payload.withUnsafeBytes { TelephoneEvents.Block(parsing: $0) } }
        #expect(blocks.allSatisfy { $0.event == 11 })
        #expect(blocks.map(\.duration) == [160, 320, 480, 640, 800, 800, 800])
        #expect(blocks.map(\.ended) == [false, false, false, false, true, true, true])
        #expect(Set(events.map(\.packet.timestamp)).count == 1)
        #expect(events.map(\.packet.marker) == [true, false, false, false, false, false, false])
        // One stream: no number is left out, and the music goes on where the time is.
        for (earlier, later) in zip(heard, heard.dropFirst()) {
            #expect(later.packet.sequence == earlier.packet.sequence &+ 1)
            let step = SequenceNumber.distance(from: earlier.packet.timestamp, to: later.packet.timestamp)
            #expect(step >= 160 || (step == 0 && later.packet.payloadType == 97))
        }
        #expect(throws: MediaServerError.notAKey("x")) { try floor.server.press(customer.id, "x") }
    }

    @Test func `keys pressed towards a phone without telephone-events are tones, one after the other`() throws {
        let floor = try Floor()
        let customer = try floor.party(telephoneEvent: nil)
        let other = try floor.party(telephoneEvent: nil)
        floor.server.play(customer.id, .silence)
        for key: Character in ["1", "9", "D"] { try floor.server.press(customer.id, key, for: .milliseconds(100)) }
        // Heard by the same detector that hears customers.
        for packet in customer.phone.hear(40) { other.phone.say(Phone.samples([packet])[...], to: other.port) }
        #expect(floor.ear.hears { if case .digit(other.id, "D", _) = $0 { true } else { false } })
        let told = floor.ear.all.compactMap { if case .digit(other.id, let key, _) = $0 { key } else { nil } }
        #expect(told == ["1", "9", "D"])
    }

    @Test func `a partner without telephone-events hears the key as a tone`() throws {
        let floor = try Floor()
        let customer = try floor.party(telephoneEvent: 101)
        let agent = try floor.party(telephoneEvent: nil)
        floor.server.bridge(customer.id, agent.id)
        _ = floor.carry(Tone([440]), from: customer, to: agent, packets: 3)
        customer.phone.press("1", payloadType: 101, to: customer.port)
        #expect(floor.ear.hears { $0 == .digit(customer.id, "1", .milliseconds(100)) })
        let heard = agent.phone.hear(5)
        #expect(heard.allSatisfy { $0.packet.payloadType == Codec.pcma.payloadType })
        #expect(frequencies(in: Phone.samples(heard)) == [697, 1209])
        // Then the talk goes on in the same stream.
        var last = heard.last
        while let pause = agent.phone.next(within: 200) { last = pause }
        let after = floor.carry(Tone([440]), from: customer, to: agent, packets: 3)
        #expect(after.count == 3)
        #expect(after.first?.packet.sequence == last.map { $0.packet.sequence &+ 1 })
    }

    @Test func `a key pressed in a room reaches those who hear the party`() throws {
        let floor = try Floor()
        let room = ID<MediaRoom>(high: 3, low: 1)
        let agent = try floor.party(telephoneEvent: 101)
        let machine = try floor.party(telephoneEvent: 96)
        let plain = try floor.party(telephoneEvent: nil)
        let deaf = try floor.party(telephoneEvent: 96)
        for party in [agent, machine, plain] { try floor.server.join(party.id, room: room) }
        try floor.server.join(deaf.id, room: room, hears: .nobody)
        for party in [machine, plain, deaf] { _ = party.phone.hear(2) }
        agent.phone.press("4", payloadType: 101, to: agent.port)
        let events = machine.phone.hear(20).filter { $0.packet.payloadType == 96 }
        #expect(events.count == 7 && events.allSatisfy { $0.payload.first == 4 })
        let sounds = plain.phone.hear(40).filter { Level.decibels(of: Phone.samples([$0])) > -40 }
        #expect(sounds.count == 5 && frequencies(in: Phone.samples(sounds)) == [770, 1209])
        #expect(deaf.phone.hear(20).allSatisfy { $0.packet.payloadType == Codec.pcma.payloadType })
    }
}
