import Audio
import Logging
import Primitives
import RTP
import Testing

@testable import MediaServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct RelayTests {
    @Test func `two parties in a bridge hear each other's tone`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.party()
        floor.server.bridge(customer.id, agent.id)

        let atAgent = floor.carry(Tone([440]), from: customer, to: agent)
        let atCustomer = floor.carry(Tone([660]), from: agent, to: customer)
        #expect(ToneDetector(frequency: 440).share(in: Phone.samples(atAgent)) > 0.97)
        #expect(ToneDetector(frequency: 660).share(in: Phone.samples(atCustomer)) > 0.97)
        #expect(floor.ear.hears { $0 == .firstPacket(customer.id) })
        #expect(floor.ear.hears { $0 == .firstPacket(agent.id) })
        #expect(floor.server.statistics.sessions == 2)
        // A packet is counted after it has been sent: the phone may hear it first.
        #expect(floor.reaches { $0.packetsOut >= 40 })
    }

    @Test(arguments: [(Codec.pcmu, Codec.pcma), (.pcma, .pcmu)]) func `parties with different codecs hear each other`(pair: (Codec, Codec))
        throws
    {
        let floor = try Floor()
        let customer = try floor.party(pair.0)
        let agent = try floor.party(pair.1)
        floor.server.bridge(customer.id, agent.id)

        let atAgent = floor.carry(Tone([440]), from: customer, to: agent)
        let atCustomer = floor.carry(Tone([660]), from: agent, to: customer)
        #expect(atAgent.allSatisfy { $0.packet.payloadType == pair.1.payloadType })
        #expect(atCustomer.allSatisfy { $0.packet.payloadType == pair.0.payloadType })
        #expect(ToneDetector(frequency: 440).share(in: Phone.samples(atAgent)) > 0.97)
        #expect(ToneDetector(frequency: 660).share(in: Phone.samples(atCustomer)) > 0.97)
    }

    @Test func `music, ring-back, a talk and silence are one stream to the phone`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.party()
        var heard: [Phone.Heard] = []
        floor.server.play(customer.id, .music)
        heard += customer.phone.hear(10)
        floor.server.play(customer.id, .tone(.ringBack))
        heard += customer.phone.hear(10)
        floor.server.bridge(customer.id, agent.id)
        heard += floor.carry(Tone([660]), from: agent, to: customer, packets: 10)
        floor.server.unbridge(agent.id)
        heard += customer.phone.hear(10)

        #expect(heard.count == 40)
        #expect(Set(heard.map(\.packet.ssrc)).count == 1)
        for (earlier, later) in zip(heard, heard.dropFirst()) {
            #expect(later.packet.sequence == earlier.packet.sequence &+ 1)
            #expect(SequenceNumber.distance(from: earlier.packet.timestamp, to: later.packet.timestamp) >= 160)
        }
        // The first packet of each source carries the marker. Where one begins depends on the tick at which it was played.
        #expect(heard[0].packet.marker)
        #expect((4...6).contains(heard.filter(\.packet.marker).count))
        #expect(heard.last.map { Level.decibels(of: Phone.samples([$0])) } ?? 0 < -60)
    }

    @Test func `keys are told once and reach the other phone under its own payload type`() throws {
        let floor = try Floor()
        let customer = try floor.party(telephoneEvent: 101)
        let agent = try floor.party(telephoneEvent: 96)
        floor.server.bridge(customer.id, agent.id)
        _ = floor.carry(Tone([440]), from: customer, to: agent, packets: 2)
        customer.phone.press("7", payloadType: 101, to: customer.port)
        #expect(floor.ear.hears { $0 == .digit(customer.id, "7", .milliseconds(100)) })

        let heard = agent.phone.hear(TelephoneEvents.blocks(for: "7").count)
        #expect(heard.allSatisfy { $0.packet.payloadType == 96 && $0.payload.count == 4 && $0.payload[0] == 7 })
        #expect(Set(heard.map(\.packet.timestamp)).count == 1)
        #expect(heard.map(\.packet.marker) == [true] + Array(repeating: false, count: heard.count - 1))

        _ = floor.carry(Tone([440]), from: customer, to: agent, packets: 2)
        let digits = floor.ear.all.filter { if case .digit = $0 { true } else { false } }
        #expect(digits.count == 1)
    }

    @Test func `a stranger's packets are never put through`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.party()
        floor.server.bridge(customer.id, agent.id)
        let stranger = try Phone(host: "127.0.0.9")
        stranger.ssrc = 0xBAD
        for _ in 0..<20 { stranger.speak(Tone([1000]), to: customer.port) }
        #expect(floor.reaches { $0.dropped[.stranger] == 20 })
        let heard = floor.carry(Tone([440]), from: customer, to: agent)
        for _ in 0..<20 { stranger.speak(Tone([1000]), to: customer.port) }
        #expect(floor.reaches { $0.dropped[.stranger] == 40 })
        #expect(heard.count == 20)
        #expect(ToneDetector(frequency: 1000).share(in: Phone.samples(heard)) < 0.01)
        #expect(agent.phone.next(within: 0) == nil)
        // Nor do they draw the customer's stream to the stranger.
        _ = floor.carry(Tone([660]), from: agent, to: customer)
        #expect(stranger.next(within: 0) == nil)
    }

    @Test func `a phone behind a NAT is answered where it speaks from; the negotiated port wins when it is heard`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.party()
        floor.server.bridge(customer.id, agent.id)
        let mapped = try Phone(host: "127.0.0.2")
        mapped.speak(Tone([440]), to: customer.port)
        #expect(agent.phone.next() != nil)
        agent.phone.speak(Tone([660]), to: agent.port)
        #expect(mapped.next() != nil)

        let third = try Phone(host: "127.0.0.2")
        third.speak(Tone([1000]), to: customer.port)
        #expect(floor.reaches { $0.dropped[.stranger] == 1 })

        customer.phone.speak(Tone([440]), to: customer.port)
        #expect(agent.phone.next() != nil)
        agent.phone.speak(Tone([660]), to: agent.port)
        #expect(customer.phone.next() != nil)
        mapped.speak(Tone([440]), to: customer.port)
        #expect(floor.reaches { $0.dropped[.stranger] == 2 })
    }

    @Test func `a forged packet from the party's own address is not heard while the party is`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.party()
        floor.server.bridge(customer.id, agent.id)
        let mine = customer.phone.ssrc
        var heard: [Phone.Heard] = []
        // Until a forged packet has come directly behind one of the party's: on a busy machine not every one does.
        for _ in 0..<500 where floor.server.statistics.dropped[.intruder] ?? 0 < 10 {
            customer.phone.speak(Tone([440]), to: customer.port)
            customer.phone.ssrc = 0xF04
            customer.phone.send(
                customer.phone.packet(payloadType: 8, Codec.pcma.encode(Tone([1000]).samples().prefix(160))), to: customer.port)
            customer.phone.ssrc = mine
            while let packet = agent.phone.next(within: 5) { heard.append(packet) }
        }
        #expect(floor.server.statistics.dropped[.intruder] ?? 0 >= 10)
        #expect(ToneDetector(frequency: 1000).share(in: Phone.samples(heard)) < 0.2)

        // When the party has fallen silent, another SSRC is another source of its phone.
        customer.phone.ssrc = 0xF05
        var isHeard = false
        for _ in 0..<500 where !isHeard {
            customer.phone.speak(Tone([660]), to: customer.port)
            isHeard = agent.phone.next(within: 70) != nil
        }
        #expect(isHeard)
    }

    @Test func `a host that the signalling came from takes the place of the negotiated one`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.party()
        floor.server.bridge(customer.id, agent.id)
        // The description named 10.0.0.5, the INVITE came from 127.0.0.7: the caller of `connect` gives the latter.
        let home = try Phone(host: "127.0.0.7")
        floor.server.connect(
            customer.id, to: NetworkAddress(try #require(IPAddress("127.0.0.7")), port: 40_000), codec: .pcma, telephoneEvent: 101)
        customer.phone.speak(Tone([440]), to: customer.port)
        #expect(floor.reaches { $0.dropped[.stranger] == 1 })
        home.speak(Tone([440]), to: customer.port)
        #expect(agent.phone.next() != nil)
        agent.phone.speak(Tone([660]), to: agent.port)
        #expect(home.next() != nil)
        #expect(customer.phone.next(within: 0) == nil)
    }

    @Test func `a party on hold is neither heard nor spoken to, as its direction says`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.party()
        floor.server.bridge(customer.id, agent.id)
        _ = floor.carry(Tone([440]), from: customer, to: agent, packets: 2)

        floor.server.hear(customer.id, .sendOnly)
        // A command is carried out before the packets that come after the thread woke for it.
        #expect(floor.holds { customer.phone.speak(Tone([440]), to: customer.port) })
        agent.phone.forget()
        customer.phone.speak(Tone([440]), to: customer.port)
        _ = floor.carry(Tone([660]), from: agent, to: customer, packets: 3)
        #expect(agent.phone.next(within: 0) == nil)

        floor.server.hear(customer.id, .inactive)
        floor.server.play(customer.id, .music)
        floor.server.play(agent.id, .music)
        _ = agent.phone.hear(25)
        customer.phone.forget()
        _ = agent.phone.hear(5)
        #expect(customer.phone.next(within: 0) == nil)

        floor.server.hear(customer.id, .sendReceive)
        #expect(customer.phone.hear(3).count == 3)
    }

    @Test func `damaged packets are dropped and counted, and the talk goes on`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.party()
        floor.server.bridge(customer.id, agent.id)
        _ = floor.carry(Tone([440]), from: customer, to: agent, packets: 2)
        var random = Random(seed: 5)
        for index in 0..<2_000 {
            // What the kernel cannot keep any more is not counted.
            if index % 100 == 99 { #expect(floor.reaches { $0.dropped[.malformed] ?? 0 >= index - 99 }) }
            var bytes = (0..<random.next() % 40).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            // Version 0, or shorter than a header: malformed for certain.
            if !bytes.isEmpty { bytes[0] &= 0x3F }
            customer.phone.send(bytes, to: customer.port)
        }
        customer.phone.send(Array(repeating: 0x80, count: 1600), to: customer.port)
        customer.phone.send(customer.phone.packet(payloadType: 18, [1, 2, 3]), to: customer.port)
        #expect(floor.reaches { $0.dropped[.payloadType] == 1 && $0.dropped[.malformed] ?? 0 > 0 })
        #expect(agent.phone.next(within: 0) == nil)
        #expect(floor.carry(Tone([440]), from: customer, to: agent, packets: 5).count == 5)
    }

    @Test func `header extensions and contributors are not passed on`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.party()
        floor.server.bridge(customer.id, agent.id)
        var bytes = customer.phone.packet(payloadType: 8, Array(repeating: 0x55, count: 160))
        bytes[0] = 0x91
        bytes.insert(contentsOf: [9, 9, 9, 9, 0xBE, 0xDE, 0, 1, 1, 2, 3, 4], at: 12)
        customer.phone.send(bytes, to: customer.port)
        let sent = try #require(agent.phone.datagram())
        #expect(sent.count == 172)
        #expect(sent[0] == 0x80)
        #expect(sent[12...].allSatisfy { $0 == 0x55 })
    }

    @Test func `parties on different threads are brought together`() throws {
        let floor = try Floor(ports: 40) { $0.threads = 3 }
        let parties = try (0..<9).map { _ in try floor.party() }
        // Every party with every other one in turn: each bridge moves somebody.
        for shift in 1..<9 {
            for index in 0..<9 where index < (index + shift) % 9 {
                let first = parties[index]
                let second = parties[(index + shift) % 9]
                floor.server.bridge(first.id, second.id)
                // Silence was played to those who were left: what is relayed has a voice in it.
                first.phone.speak(Tone([440]), to: first.port)
                var isHeard = false
                // By time and not by count: on a busy machine seconds of silence lie before the voice.
                let deadline = ContinuousClock.now + .milliseconds(Int(Phone.patience))
                while !isHeard, ContinuousClock.now < deadline {
                    first.phone.speak(Tone([440]), to: first.port)
                    guard let heard = second.phone.next() else { break }
                    isHeard = Level.decibels(of: Phone.samples([heard])) > -30
                }
                #expect(isHeard, "\(index) to \((index + shift) % 9)")
            }
        }
        for party in parties { floor.server.close(party.id) }
        #expect(floor.reaches { $0.sessions == 0 && $0.sockets <= 4 })
    }
}

extension Floor {
    /// Repeats `attempt` until the server counts a packet as held.
    func holds(_ attempt: () -> Void) -> Bool {
        let before = server.statistics.dropped[.held] ?? 0
        return reaches { statistics in
            if statistics.dropped[.held] ?? 0 > before { return true }
            attempt()
            return false
        }
    }
}
