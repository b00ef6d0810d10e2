import Primitives
import RTP
import Testing

struct RTCPTests {
    static let sender = RTCP.SenderInformation(ntp: 0xAABB_CCDD_EEFF_0011, timestamp: 77, packets: 5, octets: 800)
    static let block = RTCP.ReportBlock(ssrc: 9, fractionLost: 12, lost: -1, highest: 0x1_0004, jitter: 3, lastSenderReport: 4, delay: 5)

    static func written(sender: RTCP.SenderInformation?, block: RTCP.ReportBlock?, goodbye: Bool) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: RTCP.lengthMax)
        let length = bytes.withUnsafeMutableBytes {
            RTCP.write(into: $0, ssrc: 0x0102_0304, sender: sender, block: block, cname: 0x0123_4567_89AB_CDEF, goodbye: goodbye)
        }
        return Array(bytes.prefix(length ?? 0))
    }

    static func read(_ bytes: [UInt8]) throws -> RTCP.Received {
        try bytes.withUnsafeBytes { try RTCP.read($0) }
    }

    @Test func `a sender report with name and goodbye has the layout of RFC 3550 6`() throws {
        let bytes = Self.written(sender: Self.sender, block: Self.block, goodbye: true)
        #expect(bytes.count == 52 + 28 + 8)
        #expect(bytes[..<4] == [0x81, 200, 0, 12])
        #expect(bytes[8..<16] == [0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0x00, 0x11])
        #expect(bytes[28..<36] == [0, 0, 0, 9, 12, 0xFF, 0xFF, 0xFF])
        #expect(bytes[52..<56] == [0x81, 202, 0, 6])
        #expect(String(decoding: bytes[62..<78], as: UTF8.self) == "0123456789abcdef")
        #expect(bytes[80..<84] == [0x81, 203, 0, 1])
        let received = try Self.read(bytes)
        #expect(received.senderReport == 0xCCDD_EEFF)
        #expect(received.saidGoodbye)
        #expect(received.blocks == 1)
    }

    @Test func `who has sent nothing writes a receiver report`() throws {
        let bytes = Self.written(sender: nil, block: nil, goodbye: false)
        #expect(bytes[..<8] == [0x80, 201, 0, 1, 1, 2, 3, 4])
        #expect(try Self.read(bytes) == RTCP.Received())
    }

    @Test func `a buffer without room is left alone`() {
        var bytes = [UInt8](repeating: 0, count: RTCP.lengthMax - 1)
        bytes.withUnsafeMutableBytes {
            #expect(RTCP.write(into: $0, ssrc: 1, sender: nil, block: nil, cname: 1, goodbye: true) == nil)
        }
    }

    @Test(
        arguments: [
            ([], .tooShort), ([0x80, 201, 0, 1], .tooShort), ([0x40, 201, 0, 1, 0, 0, 0, 0], .version),
            ([0x80, 201, 0, 2, 0, 0, 0, 0], .lengthBeyondEnd), ([0x81, 201, 0, 1, 0, 0, 0, 0], .reportBeyondPacket),
            ([0x80, 200, 0, 1, 0, 0, 0, 0], .reportBeyondPacket), ([0x80, 201, 0, 1, 0, 0, 0, 0, 0x80, 203], .tooShort),
        ] as [([UInt8], RTCP.Malformed)])
    func `damaged reports are refused`(bytes: [UInt8], error: RTCP.Malformed) {
        #expect(throws: error) { try Self.read(bytes) }
    }

    @Test func `unknown packet types are skipped`() throws {
        #expect(try Self.read([0x80, 207, 0, 1, 1, 1, 1, 1, 0x80, 203, 0, 0]).saidGoodbye)
    }

    @Test func `twenty thousand damaged reports do not trap`() {
        var random = Random(seed: 36)
        let seeds = [
            Self.written(sender: Self.sender, block: Self.block, goodbye: true),
            Self.written(sender: nil, block: Self.block, goodbye: false),
        ]
        var refused = 0
        for round in 0..<20_000 where (try? Self.read(mutated(seeds[round % 2], using: &random))) == nil { refused += 1 }
        #expect(refused > 5_000)
    }

    @Test func `the block about our own stream is found, with a loss that is negative`() throws {
        let bytes = Self.written(sender: Self.sender, block: Self.block, goodbye: false)
        let received = try bytes.withUnsafeBytes { try RTCP.read($0, about: 9) }
        #expect(received.block == Self.block)
        #expect(try bytes.withUnsafeBytes { try RTCP.read($0, about: 8) }.block == nil)
        let second = Self.written(sender: nil, block: Self.block, goodbye: false)
        #expect(try second.withUnsafeBytes { try RTCP.read($0, about: 9) }.block == Self.block)
    }

    /// RFC 3550 figure 2: the report of a sender comes back 5.25 s later; the way there and back is 6.125 s.
    @Test func `the round trip is what RFC 3550 6_4_1 reckons`() {
        var block = Self.block
        block.lastSenderReport = 0xB705_2000
        block.delay = 0x0005_4000
        #expect(RTCP.roundTrip(of: block, at: 0xB710_8000) == .milliseconds(6_125))
        // A clock that runs a little faster there, one that was set, and no report at all.
        #expect(RTCP.roundTrip(of: block, at: 0xB705_2000 + 0x0005_3FFF) == .zero)
        #expect(RTCP.roundTrip(of: block, at: 0xC705_2000) == nil)
        block.lastSenderReport = 0
        #expect(RTCP.roundTrip(of: block, at: 0xB710_8000) == nil)
    }
}
