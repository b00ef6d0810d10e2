import Testing

@testable import SRTP

@Suite struct SRTPSessionTests {
    @Test(arguments: SRTPProfile.allCases)
    func `both sides hear each other, in sound and reports`(profile: SRTPProfile) throws {
        let talk = try #require(Talk(profile))
        for (from, to) in [(talk.server, talk.client), (talk.client, talk.server)] {
            let packet = Talk.packet(1)
            let secure = try from.sent(packet).get()
            #expect(secure.count == packet.count + profile.tagLength)
            #expect(secure[..<12] == packet[..<12])
            #expect(secure[12..<172] != packet[12..<172])
            #expect(to.received(secure).bytes == packet)

            let report = try from.sent(Talk.report(), isControl: true).get()
            #expect(report.count == Talk.report().count + profile.tagLength + 4)
            #expect(to.received(report, isControl: true).bytes == Talk.report())
        }
    }

    @Test(arguments: SRTPProfile.allCases)
    func `a side does not hear itself`(profile: SRTPProfile) throws {
        let talk = try #require(Talk(profile))
        let secure = try talk.server.sent(Talk.packet(1)).get()
        #expect(talk.server.received(secure).verdict == .forged)
    }

    @Test(arguments: SRTPProfile.allCases)
    func `a packet is heard once`(profile: SRTPProfile) throws {
        let talk = try #require(Talk(profile))
        let secure = try talk.client.sent(Talk.packet(7)).get()
        #expect(talk.server.received(secure).verdict == .authentic(length: 172))
        #expect(talk.server.received(secure).verdict == .replayed)
        let report = try talk.client.sent(Talk.report(), isControl: true).get()
        #expect(talk.server.received(report, isControl: true).verdict == .authentic(length: 28))
        #expect(talk.server.received(report, isControl: true).verdict == .replayed)
    }

    @Test(arguments: SRTPProfile.allCases)
    func `packets may overtake each other within the window, and no further`(profile: SRTPProfile) throws {
        let talk = try #require(Talk(profile))
        let packets = try (1...200).map { try talk.client.sent(Talk.packet(UInt16($0))).get() }
        #expect(talk.server.received(packets[199]).verdict == .authentic(length: 172))
        #expect(talk.server.received(packets[199 - 127]).verdict == .authentic(length: 172))
        #expect(talk.server.received(packets[199 - 127]).verdict == .replayed)
        #expect(talk.server.received(packets[199 - 128]).verdict == .tooOld)
        #expect(talk.server.received(packets[198]).verdict == .authentic(length: 172))
    }

    @Test(arguments: SRTPProfile.allCases)
    func `a changed bit anywhere is noticed, and nothing is remembered of it`(profile: SRTPProfile) throws {
        let talk = try #require(Talk(profile))
        let secure = try talk.client.sent(Talk.packet(5, payload: Array(1...20))).get()
        let report = try talk.client.sent(Talk.report(), isControl: true).get()
        for (whole, isControl) in [(secure, false), (report, true)] {
            for bit in 0..<whole.count * 8 {
                var changed = whole
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                let verdict = talk.server.received(changed, isControl: isControl).verdict
                // A changed head may be none at all any more.
                #expect(verdict == .forged || verdict == .malformed, "bit \(bit)")
            }
        }
        #expect(talk.server.incoming.count == 0)
        #expect(talk.server.received(secure).bytes == Talk.packet(5, payload: Array(1...20)))
        #expect(talk.server.received(report, isControl: true).bytes == Talk.report())
    }

    @Test(arguments: SRTPProfile.allCases)
    func `numbers roll over, with loss and with packets overtaking at the edge`(profile: SRTPProfile) throws {
        let talk = try #require(Talk(profile))
        var heard = 0
        var late: [UInt8]?
        for number in 65_000..<(65_000 + 3 * 65_536) {
            let packet = Talk.packet(UInt16(truncatingIfNeeded: number), payload: [UInt8(truncatingIfNeeded: number)])
            let secure = try talk.client.sent(packet).get()
            switch number % 65_536 {
            case 65_533, 3, 4: continue  // lost
            case 65_535: late = secure
            case 1:
                #expect(talk.server.received(secure).bytes == packet)
                #expect(talk.server.received(try #require(late)).verdict == .authentic(length: 13))
                heard += 2
            default:
                if talk.server.received(secure).bytes == packet { heard += 1 }
            }
        }
        #expect(heard == 3 * 65_536 - 3 * 3)
        #expect(talk.server.incoming[0].packets.highest >> 16 == 3)
    }

    @Test func `a packet from before the first is refused`() throws {
        let talk = try #require(Talk(.aeadAES128GCM))
        #expect(talk.server.received(try talk.client.sent(Talk.packet(2)).get()).verdict == .authentic(length: 172))
        #expect(talk.server.received(Talk.packet(65_000) + Array(repeating: 0, count: 16)).verdict == .tooOld)
    }

    @Test(arguments: SRTPProfile.allCases)
    func `no number goes out twice`(profile: SRTPProfile) throws {
        let talk = try #require(Talk(profile))
        for number: UInt16 in [500, 499, 501, 700] { _ = try talk.server.sent(Talk.packet(number)).get() }
        #expect(talk.server.sent(Talk.packet(499)) == .failure(.init(outcome: .repeated)))
        // So far behind that nobody knows whether it went out.
        #expect(talk.server.sent(Talk.packet(502)) == .failure(.init(outcome: .repeated)))
        _ = try talk.server.sent(Talk.packet(600)).get()
    }

    @Test func `a key ends after as many packets as it may protect`() throws {
        let talk = try #require(Talk(.aes128CounterHMACSHA1))
        let last = SRTPSession.Direction.Source(
            ssrc: 0xCAFE_BABE, packets: ReplayWindow(highest: SRTPSession.indexMax - 1),
            reports: ReplayWindow(highest: SRTPSession.controlIndexMax - 1))
        #expect(talk.server.outgoing.add(last))
        #expect(talk.client.incoming.add(last))
        #expect(talk.client.received(try talk.server.sent(Talk.packet(65_535)).get()).bytes == Talk.packet(65_535))
        #expect(talk.server.sent(Talk.packet(0)) == .failure(.init(outcome: .exhausted)))
        #expect(talk.client.received(try talk.server.sent(Talk.report(), isControl: true).get(), isControl: true).bytes == Talk.report())
        #expect(talk.server.sent(Talk.report(), isControl: true) == .failure(.init(outcome: .exhausted)))
    }

    @Test func `sources are limited, and only authentic packets make one`() throws {
        let talk = try #require(Talk(.aeadAES128GCM))
        for ssrc in 1...UInt32(SRTPSession.sourcesMax) {
            #expect(talk.server.received(Talk.packet(1, ssrc: 1_000 + ssrc) + Array(repeating: 0, count: 16)).verdict == .forged)
            #expect(talk.server.received(try talk.client.sent(Talk.packet(1, ssrc: ssrc)).get()).verdict == .authentic(length: 172))
        }
        #expect(talk.client.sent(Talk.packet(1, ssrc: 99)) == .failure(.init(outcome: .tooManySources)))
        // A client with more sources than that: the keys are its own, the table is not.
        let other = try #require(Talk(.aeadAES128GCM)).client
        #expect(talk.server.received(try other.sent(Talk.packet(1, ssrc: 99)).get()).verdict == .tooManySources)
        #expect(
            talk.server.received(try other.sent(Talk.report(ssrc: 98), isControl: true).get(), isControl: true).verdict == .tooManySources)
        // Those that are known go on.
        #expect(talk.server.received(try talk.client.sent(Talk.packet(2, ssrc: 3)).get()).verdict == .authentic(length: 172))
    }

    @Test func `a report that says that it is not encrypted is refused`() throws {
        let talk = try #require(Talk(.aes128CounterHMACSHA1))
        var report = try talk.client.sent(Talk.report(), isControl: true).get()
        report[28] &= 0x7F
        #expect(talk.server.received(report, isControl: true).verdict == .malformed)
    }

    static let malformed: [[UInt8]] = [
        [], [0x80], Array(Talk.packet(1).prefix(11)), Array(Talk.packet(1).prefix(21)), [0x40] + Talk.packet(1).dropFirst(),
        [0x8F] + Talk.packet(1).dropFirst().prefix(40), [0x90] + Talk.packet(1, payload: [0, 0, 0xFF, 0xFF]).dropFirst(),
        Talk.packet(1, payload: Array(repeating: 0, count: SRTPSession.lengthMax)),
    ]

    @Test(arguments: SRTPProfile.allCases)
    func `what is no packet is malformed`(profile: SRTPProfile) throws {
        let talk = try #require(Talk(profile))
        for (place, bytes) in Self.malformed.enumerated() {
            #expect(talk.server.received(bytes).verdict == .malformed, "case \(place)")
        }
        for count in 0..<(12 + profile.tagLength) {
            #expect(talk.server.received(Array(Talk.report().prefix(count)), isControl: true).verdict == .malformed)
        }
        for (place, bytes) in Self.malformed.enumerated() where place != 3 {
            #expect(talk.server.sent(bytes) == .failure(.init(outcome: .malformed)), "case \(place)")
        }
        #expect(talk.server.sent([0x80, 200, 0, 1, 0, 0, 0], isControl: true) == .failure(.init(outcome: .malformed)))
        #expect(talk.server.sent([0x40] + Talk.report().dropFirst(), isControl: true) == .failure(.init(outcome: .malformed)))
    }

    @Test func `a buffer without room is refused`() throws {
        let talk = try #require(Talk(.aeadAES128GCM))
        var buffer = Talk.packet(1) + Array(repeating: 0, count: SRTPSession.overheadMax - 1)
        #expect(buffer.withUnsafeMutableBytes { talk.server.protect($0, length: 172) } == .noRoom)
        #expect(buffer.withUnsafeMutableBytes { talk.server.protectControl($0, length: 172) } == .noRoom)
        #expect(buffer.withUnsafeMutableBytes { talk.server.protect($0, length: -1) } == .malformed)
    }

    @Test func `what was exported must have the profile's length`() {
        for profile in SRTPProfile.allCases {
            #expect(SRTPKeyingMaterial(exported: Array(repeating: 1, count: profile.keyingLength - 1), profile: profile) == nil)
            #expect(SRTPKeyingMaterial(exported: Array(repeating: 1, count: profile.keyingLength + 1), profile: profile) == nil)
        }
    }

    @Test func `the exported bytes are cut as in RFC 5764 4.2`() throws {
        let material = try #require(SRTPKeyingMaterial(exported: Array(0..<60), profile: .aes128CounterHMACSHA1))
        #expect(material.client.key == Array(0..<16))
        #expect(material.server.key == Array(16..<32))
        #expect(material.client.salt == Array(32..<46))
        #expect(material.server.salt == Array(46..<60))
    }
}
