import Primitives
import RTP
import Testing

struct ReceptionTests {
    static func packet(_ sequence: UInt16, timestamp: UInt32, ssrc: UInt32 = 1) -> Packet {
        Packet(marker: false, payloadType: 8, sequence: sequence, timestamp: timestamp, ssrc: ssrc, payload: 12..<172)
    }

    @Test func `a stream without faults has no loss and no jitter, also over the wrap`() {
        var reception = Reception(Self.packet(65_500, timestamp: 0), arrival: 1000)
        for index in 1..<200 as Range<UInt32> {
            let sequence = UInt16(truncatingIfNeeded: 65_500 + index)
            reception.receive(Self.packet(sequence, timestamp: index * 160), arrival: 1000 + index * 160)
        }
        #expect(reception.expected == 200)
        #expect(reception.lost == 0)
        #expect(reception.jitter == 0)
        #expect(reception.report(lastSenderReport: 0, delay: 0).highest == 0x1_0000 + 163)
    }

    @Test func `loss is counted in all and by interval, a late packet is no loss`() {
        var reception = Reception(Self.packet(1, timestamp: 0), arrival: 0)
        for sequence in [2, 4, 3, 6, 7, 8] as [UInt16] {
            reception.receive(Self.packet(sequence, timestamp: UInt32(sequence) * 160), arrival: UInt32(sequence) * 160)
        }
        let first = reception.report(lastSenderReport: 7, delay: 8)
        #expect(first.lost == 1)
        #expect(first.fractionLost == 256 / 8)
        #expect(first.lastSenderReport == 7)
        reception.receive(Self.packet(9, timestamp: 1440), arrival: 1440)
        let second = reception.report(lastSenderReport: 0, delay: 0)
        #expect(second.lost == 1)
        #expect(second.fractionLost == 0)
    }

    @Test func `duplicates make the loss negative and the fraction zero`() {
        var reception = Reception(Self.packet(1, timestamp: 0), arrival: 0)
        for _ in 0..<3 { reception.receive(Self.packet(2, timestamp: 160), arrival: 160) }
        let report = reception.report(lastSenderReport: 0, delay: 0)
        #expect(report.lost == -2)
        #expect(report.fractionLost == 0)
    }

    @Test func `jitter follows the formula of RFC 3550 A.8`() {
        var reception = Reception(Self.packet(0, timestamp: 0), arrival: 0)
        var expected = 0.0
        var transit = 0
        var random = Random(seed: 8)
        for index in 1..<2000 {
            let late = Int(random.next() % 80)
            reception.receive(
                Self.packet(UInt16(index), timestamp: UInt32(index * 160)), arrival: UInt32(index * 160 + late))
            expected += (Double(abs(late - transit)) - expected) / 16
            transit = late
        }
        #expect(abs(Double(reception.jitter) - expected) < 1.5)
    }

    @Test func `another sender, or one that starts anew, is a new stream`() {
        var reception = Reception(Self.packet(1, timestamp: 0), arrival: 0)
        reception.receive(Self.packet(5000, timestamp: 160), arrival: 160)
        #expect(reception.lost == 0)
        reception.receive(Self.packet(5001, timestamp: 160, ssrc: 2), arrival: 320)
        #expect(reception.ssrc == 2)
        #expect(reception.expected == 1)
    }
}

struct OutgoingStreamTests {
    static func packet(_ sequence: UInt16, _ timestamp: UInt32, ssrc: UInt32 = 7, marker: Bool = false) -> Packet {
        Packet(marker: marker, payloadType: 8, sequence: sequence, timestamp: timestamp, ssrc: ssrc, payload: 12..<172)
    }

    @Test func `own packets and two phones' packets make one stream`() throws {
        var stream = OutgoingStream(ssrc: 99, sequence: 65_534, timestamp: 0xFFFF_FF00)
        var sent: [Packet] = []
        for index in 0..<3 as Range<UInt32> {
            sent.append(stream.next(payloadType: 0, samples: 160, payload: 12..<172, at: index * 160))
        }
        stream.switchSource()
        for index in 0..<3 as Range<UInt32> {
            let packet = Self.packet(UInt16(500 + index), 9000 + index * 160)
            let relayed = stream.relay(packet, payloadType: 0, at: 1000 + index * 160)
            sent.append(try #require(relayed))
        }
        // The phone changes its SSRC without a word (a transfer behind the trunk).
        for index in 0..<2 as Range<UInt32> {
            let packet = Self.packet(UInt16(3 + index), 5 + index * 160, ssrc: 8)
            let relayed = stream.relay(packet, payloadType: 0, at: 1480 + index * 160)
            sent.append(try #require(relayed))
        }
        #expect(sent.map(\.sequence) == [65_534, 65_535, 0, 1, 2, 3, 4, 5])
        #expect(sent.allSatisfy { $0.ssrc == 99 && $0.payloadType == 0 })
        #expect(sent.map(\.marker) == [true, false, false, true, false, false, true, false])
        let start: UInt32 = 0xFFFF_FF00
        // 680 units passed between the last packet of ours and the first of the phone.
        #expect(sent.map { $0.timestamp &- start } == [0, 160, 320, 1000, 1160, 1320, 1480, 1640])
        #expect(stream.packets == 8)
        #expect(stream.octets == 8 * 160)
    }

    @Test func `losses and disorder of the relayed phone stay as they are`() throws {
        var stream = OutgoingStream(ssrc: 1, sequence: 10, timestamp: 0)
        let sequences: [UInt16] = [100, 101, 104, 103, 105]
        let sent = sequences.map { sequence in
            stream.relay(Self.packet(sequence, UInt32(sequence) * 160), payloadType: 8, at: UInt32(sequence) * 160)?.sequence
        }
        #expect(sent == [10, 11, 14, 13, 15])
        stream.switchSource()
        #expect(stream.next(payloadType: 8, samples: 160, payload: 12..<172, at: 20_000).sequence == 16)
    }

    @Test func `a packet from before the switch finds its place taken`() {
        var stream = OutgoingStream(ssrc: 1, sequence: 10, timestamp: 0)
        _ = stream.next(payloadType: 8, samples: 160, payload: 12..<172, at: 0)
        stream.switchSource()
        #expect(stream.relay(Self.packet(100, 16_000), payloadType: 8, at: 160)?.sequence == 11)
        #expect(stream.relay(Self.packet(99, 15_840), payloadType: 8, at: 161) == nil)
        #expect(stream.relay(Self.packet(101, 16_160), payloadType: 8, at: 320)?.sequence == 12)
    }

    @Test func `a phone that jumps in its numbers does not make ours jump`() {
        var stream = OutgoingStream(ssrc: 1, sequence: 10, timestamp: 0)
        _ = stream.relay(Self.packet(100, 16_000), payloadType: 8, at: 0)
        let jumped = stream.relay(Self.packet(40_000, 3_000_000_000), payloadType: 8, at: 160)
        #expect(jumped?.sequence == 11)
        #expect(jumped?.timestamp == 160)
        #expect(jumped?.marker == true)
    }

    @Test func `any run of packets keeps one SSRC and never traps`() {
        var random = Random(seed: 11)
        var stream = OutgoingStream(ssrc: 5, sequence: 0, timestamp: 0)
        for _ in 0..<20_000 {
            let word = random.next()
            switch word % 8 {
            case 0: stream.switchSource()
            case 1:
                #expect(stream.next(payloadType: 8, samples: 160, payload: 12..<172, at: UInt32(truncatingIfNeeded: word >> 16)).ssrc == 5)
            default:
                let packet = Self.packet(
                    UInt16(truncatingIfNeeded: word >> 8), UInt32(truncatingIfNeeded: word >> 24), ssrc: UInt32(word >> 62))
                if let sent = stream.relay(packet, payloadType: 0, at: UInt32(truncatingIfNeeded: word >> 30)) { #expect(sent.ssrc == 5) }
            }
        }
    }
}
