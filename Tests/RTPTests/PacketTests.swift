import Primitives
import RTP
import Testing

struct PacketTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var outcome: Outcome
    }

    enum Outcome: Equatable {
        case payload(Range<Int>)
        case malformed(Packet.Malformed)
    }

    /// Sequence 0x0102, timestamp 0x03040506, SSRC 0x0708090A.
    static func packet(first: UInt8 = 0x80, second: UInt8 = 8, rest: [UInt8] = []) -> [UInt8] {
        [first, second, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] + rest
    }

    static let cases: [Case] = [
        Case(testDescription: "no payload", bytes: packet(), outcome: .payload(12..<12)),
        Case(testDescription: "payload", bytes: packet(rest: [1, 2, 3]), outcome: .payload(12..<15)),
        Case(testDescription: "two CSRCs", bytes: packet(first: 0x82, rest: [0, 0, 0, 1, 0, 0, 0, 2, 9]), outcome: .payload(20..<21)),
        Case(
            testDescription: "extension of one word", bytes: packet(first: 0x90, rest: [1, 2, 0, 1, 5, 5, 5, 5, 9, 9]),
            outcome: .payload(20..<22)),
        Case(testDescription: "empty extension", bytes: packet(first: 0x90, rest: [1, 2, 0, 0, 9]), outcome: .payload(16..<17)),
        Case(
            testDescription: "CSRC, extension and padding", bytes: packet(first: 0xB1, rest: [0, 0, 0, 1, 0, 0, 0, 0, 7, 7, 0, 2]),
            outcome: .payload(20..<22)),
        Case(testDescription: "all padding", bytes: packet(first: 0xA0, rest: [0, 0, 3]), outcome: .payload(12..<12)),
        Case(testDescription: "nothing", bytes: [], outcome: .malformed(.tooShort)),
        Case(testDescription: "eleven bytes", bytes: Array(packet().dropLast()), outcome: .malformed(.tooShort)),
        Case(testDescription: "version 1", bytes: packet(first: 0x40), outcome: .malformed(.version)),
        Case(testDescription: "a STUN message", bytes: packet(first: 0x00, second: 1), outcome: .malformed(.version)),
        Case(testDescription: "RTCP", bytes: packet(second: 200), outcome: .malformed(.control)),
        Case(
            testDescription: "CSRCs beyond the end", bytes: packet(first: 0x81, rest: [0, 0, 0]),
            outcome: .malformed(.contributorsBeyondEnd)),
        Case(
            testDescription: "extension header cut", bytes: packet(first: 0x90, rest: [0, 0, 0]), outcome: .malformed(.extensionBeyondEnd)),
        Case(
            testDescription: "extension beyond the end", bytes: packet(first: 0x90, rest: [0, 0, 0xFF, 0xFF, 0]),
            outcome: .malformed(.extensionBeyondEnd)),
        Case(testDescription: "padding of zero", bytes: packet(first: 0xA0, rest: [1, 0]), outcome: .malformed(.padding)),
        Case(testDescription: "padding into the header", bytes: packet(first: 0xA0, rest: [1, 3]), outcome: .malformed(.padding)),
        Case(testDescription: "padding without payload", bytes: packet(first: 0xA0), outcome: .malformed(.padding)),
    ]

    static func outcome(_ bytes: [UInt8]) -> Outcome {
        bytes.withUnsafeBytes { bytes in
            do throws(Packet.Malformed) {
                return .payload(try Packet(parsing: bytes).payload)
            } catch {
                return .malformed(error)
            }
        }
    }

    @Test(arguments: cases) func `a header is read or refused as RFC 3550 5.1 says`(example: Case) {
        #expect(Self.outcome(example.bytes) == example.outcome)
    }

    @Test func `the fields of a header come back as they were written, over what stood there`() throws {
        var bytes = Self.packet(first: 0x92, rest: Array(repeating: 0xEE, count: 8) + [0, 0, 0, 1, 1, 1, 1, 1] + [21, 22])
        try bytes.withUnsafeMutableBytes { raw in
            var packet = try Packet(parsing: UnsafeRawBufferPointer(raw))
            #expect(
                packet
                    == Packet(marker: false, payloadType: 8, sequence: 0x0102, timestamp: 0x0304_0506, ssrc: 0x0708_090A, payload: 28..<30))
            packet.marker = true
            packet.payloadType = 101
            packet.sequence = 0xFFFE
            packet.ssrc = 0xDEAD_BEEF
            let start = try #require(packet.writeHeader(into: raw))
            let sent = UnsafeRawBufferPointer(rebasing: raw[start...])
            var expected = packet
            expected.payload = 12..<14
            #expect(try Packet(parsing: sent) == expected)
            #expect(Array(sent.suffix(2)) == [21, 22])
        }
    }

    @Test func `no header is written where there is no room`() {
        var bytes: [UInt8] = Array(repeating: 7, count: 20)
        bytes.withUnsafeMutableBytes { raw in
            for payload in [0..<4, 11..<20, 12..<21] {
                let packet = Packet(marker: false, payloadType: 0, sequence: 0, timestamp: 0, ssrc: 0, payload: payload)
                #expect(packet.writeHeader(into: raw) == nil)
            }
            #expect(raw.allSatisfy { $0 == 7 })
        }
    }

    @Test func `twenty thousand damaged packets neither trap nor reach beyond the datagram`() {
        var random = Random(seed: 3550)
        let seeds = Self.cases.map(\.bytes) + [Self.packet(rest: Array(repeating: 0xD5, count: 160))]
        for _ in 0..<20_000 {
            let bytes = mutated(seeds[Int(random.next() % UInt64(seeds.count))], using: &random)
            switch Self.outcome(bytes) {
            case .payload(let payload): #expect(payload.lowerBound >= 12 && payload.upperBound <= bytes.count)
            case .malformed: break
            }
        }
    }

    @Test func `distances go the shorter way round`() {
        #expect(SequenceNumber.distance(from: 65535, to: UInt16(0)) == 1)
        #expect(SequenceNumber.distance(from: 3, to: UInt16(65533)) == -6)
        #expect(SequenceNumber.distance(from: 0, to: UInt16(32767)) == 32767)
        #expect(SequenceNumber.distance(from: 0, to: UInt16(32768)) == -32768)
        #expect(SequenceNumber.distance(from: 0xFFFF_FF00, to: UInt32(0x10)) == 0x110)
    }
}

/// A few bytes changed, cut off or added, by chance.
func mutated(_ bytes: [UInt8], using random: inout Random) -> [UInt8] {
    var bytes = bytes
    for _ in 0...(random.next() % 4) {
        switch random.next() % 4 {
        case 0 where !bytes.isEmpty: bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
        case 1: bytes += (0..<random.next() % 9).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        default:
            guard !bytes.isEmpty else { continue }
            bytes[Int(random.next() % UInt64(min(24, bytes.count)))] = UInt8(truncatingIfNeeded: random.next())
        }
    }
    return bytes
}
