import Primitives
import Testing

@testable import SDP

struct SessionDescriptionTests {
    private let ours = NetworkAddress(.v4(0xC000_0201), port: 40000)

    private func description(_ lines: String...) throws -> SessionDescription {
        try SessionDescription(parsing: Array((lines.joined(separator: "\r\n") + "\r\n").utf8))
    }

    private func offer(_ media: String..., connection: String = "c=IN IP4 198.51.100.7") throws -> SessionDescription {
        try SessionDescription(
            parsing: Array((["v=0", "o=alice 1 1 IN IP4 198.51.100.7", "s=-", connection, "t=0 0"] + media).joined(separator: "\r\n").utf8))
    }

    @Test func `an offer is written as others expect to read it`() {
        let offer = SessionDescription.offer(at: ours, codecs: [.pcma, .pcmu], session: 7)
        #expect(
            String(decoding: offer.bytes, as: UTF8.self) == """
                v=0\r
                o=- 7 0 IN IP4 192.0.2.1\r
                s=-\r
                c=IN IP4 192.0.2.1\r
                t=0 0\r
                m=audio 40000 RTP/AVP 8 0 101\r
                a=rtpmap:8 PCMA/8000\r
                a=rtpmap:0 PCMU/8000\r
                a=rtpmap:101 telephone-event/8000\r
                a=fmtp:101 0-15\r
                a=ptime:20\r
                a=sendrecv\r

                """)
    }

    @Test func `an answer takes the first common codec and mirrors the type of telephone events`() throws {
        let offer = try offer(
            "m=audio 5004 RTP/AVP 18 8 0 97", "a=rtpmap:18 G729/8000", "a=rtpmap:97 telephone-event/8000", "a=ptime:30")
        let (answer, result) = try offer.answer(at: ours, codecs: [.pcmu, .pcma], session: 1)
        #expect(result.codec == .pcma)
        #expect(result.telephoneEvent == 97)
        #expect(result.remote.description == "198.51.100.7:5004")
        #expect(answer.media.map(\.formats) == [["8", "97"]])
        #expect(try SessionDescription(parsing: answer.bytes).result(ofOffering: [.pcma]).telephoneEvent == 97)
    }

    @Test func `video is refused and a second stream of audio too`() throws {
        let offer = try offer("m=video 5006 RTP/AVP 99", "m=audio 5004 RTP/AVP 0", "m=audio 5008 RTP/AVP 8")
        let (answer, result) = try offer.answer(at: ours, codecs: Codec.allCases, session: 1)
        #expect(answer.media.map(\.port) == [0, 40000, 0])
        #expect(answer.media.map(\.kind) == ["video", "audio", "audio"])
        #expect(answer.media[0].formats == ["99"])
        #expect(result.telephoneEvent == nil)
    }

    @Test(arguments: [
        ("a=sendrecv", SessionDescription.Direction.sendReceive), ("a=sendonly", .receiveOnly), ("a=recvonly", .sendOnly),
        ("a=inactive", .inactive), ("a=ptime:20", .sendReceive),
    ])
    func `the direction is that of the offer seen from here`(line: String, expected: SessionDescription.Direction) throws {
        let (answer, result) = try offer("m=audio 5004 RTP/AVP 0", line).answer(at: ours, codecs: [.pcmu], session: 1)
        #expect(result.direction == expected)
        #expect(answer.media.first?.direction == expected)
    }

    @Test func `hold by the address of nowhere means that nothing is sent`() throws {
        let result = try offer("m=audio 5004 RTP/AVP 0", connection: "c=IN IP4 0.0.0.0").answer(at: ours, codecs: [.pcmu], session: 1)
            .result
        #expect(result.direction == .receiveOnly)
    }

    @Test func `the direction of the session holds for streams without one`() throws {
        let offer = try offer("m=audio 5004 RTP/AVP 0", connection: "c=IN IP4 198.51.100.7\r\na=sendonly")
        #expect(try offer.answer(at: ours, codecs: [.pcmu], session: 1).result.direction == .receiveOnly)
    }

    @Test func `a stream's own address wins, also of version 6`() throws {
        let result = try offer("m=audio 5004 RTP/AVP 0", "c=IN IP6 2001:db8::5").result(ofOffering: [.pcmu])
        #expect(result.remote.description == "[2001:db8::5]:5004")
    }

    @Test func `what cannot be agreed is refused with its reason`() throws {
        let codecs = Codec.allCases
        #expect(throws: NegotiationError.noAudio) { try offer("m=video 5006 RTP/AVP 99").answer(at: ours, codecs: codecs, session: 1) }
        #expect(throws: NegotiationError.noAudio) { try offer("m=audio 0 RTP/AVP 0").answer(at: ours, codecs: codecs, session: 1) }
        #expect(throws: NegotiationError.noAudio) { try offer("m=audio 5004 RTP/SAVP 0").answer(at: ours, codecs: codecs, session: 1) }
        #expect(throws: NegotiationError.noCommonCodec) {
            try offer("m=audio 5004 RTP/AVP 18").answer(at: ours, codecs: codecs, session: 1)
        }
        #expect(throws: NegotiationError.noAddress) {
            try offer("m=audio 5004 RTP/AVP 0", connection: "c=IN IP4 host.example.com").answer(at: ours, codecs: codecs, session: 1)
        }
        #expect(throws: NegotiationError.noAddress) {
            try offer("m=audio 5004 RTP/AVP 0", connection: "c=IN IP4 224.2.1.1/127").answer(at: ours, codecs: codecs, session: 1)
        }
    }

    @Test func `malformed descriptions are refused with the line`() throws {
        typealias Wrong = SessionDescription.ParsingError
        #expect(throws: Wrong.missing("v=0")) { try description("v=1", "o=- 1 1 IN IP4 1.2.3.4", "s=-") }
        #expect(throws: Wrong.missing("o=")) { try description("v=0", "s=-") }
        #expect(throws: Wrong.missing("o=")) { try description("v=0", "o=- x 1 IN IP4 1.2.3.4", "s=-") }
        #expect(throws: Wrong.missing("s=")) { try description("v=0", "o=- 1 1 IN IP4 1.2.3.4", "t=0 0") }
        #expect(throws: Wrong.malformed(line: 4)) { try description("v=0", "o=- 1 1 IN IP4 1.2.3.4", "s=-", "hello") }
        #expect(throws: Wrong.malformed(line: 4)) { try description("v=0", "o=- 1 1 IN IP4 1.2.3.4", "s=-", "m=audio 70000 RTP/AVP 0") }
        #expect(throws: Wrong.malformed(line: 4)) { try description("v=0", "o=- 1 1 IN IP4 1.2.3.4", "s=-", "c=IN IP4") }
        #expect(throws: Wrong.noConnection) { try description("v=0", "o=- 1 1 IN IP4 1.2.3.4", "s=-", "m=audio 5004 RTP/AVP 0") }
        #expect(throws: Wrong.tooLarge) { try SessionDescription(parsing: Array(repeating: UInt8(ascii: "v"), count: 20_000)) }
        #expect(throws: Wrong.missing("v=0")) { try SessionDescription(parsing: Array("x=".utf8)) }
        #expect(throws: Wrong.self) { try SessionDescription(parsing: []) }
    }

    @Test func `mutations of a description never trap`() throws {
        var random = Random(seed: 4566)
        let valid = try offer(
            "m=audio 5004 RTP/AVP 0 8 101", "a=rtpmap:101 telephone-event/8000", "a=rtcp:5010 IN IP4 1.2.3.4", "m=video 0 RTP/AVP 9"
        ).bytes
        for _ in 0..<5_000 {
            var bytes = valid
            for _ in 0...random.next() % 4 {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
                default: bytes.removeLast(min(bytes.count - 1, Int(random.next() % 40)))
                }
            }
            if let description = try? SessionDescription(parsing: bytes) {
                _ = try? description.answer(at: ours, codecs: Codec.allCases, session: 1)
                _ = description.bytes
            }
        }
    }
}
