import Primitives
import SDP
import Testing

struct BrowserTests {
    typealias Refusal = BrowserOffer.Refusal

    static func text(_ name: String) throws -> String {
        String(decoding: try #require(try tortureFiles("sdp").first { $0.name == name }).bytes, as: UTF8.self)
    }

    static func offer(_ text: String) throws -> BrowserOffer { try BrowserOffer(parsing: Array(text.utf8)) }

    static let side = BrowserSide(
        user: "abcd1234", password: "ourpasswordhastwentyfour", fingerprint: Array(0..<32),
        addresses: [
            NetworkAddress(.v4(0xC000_0201), port: 40_000), NetworkAddress(.v6(high: 0x2001_0DB8_0000_0000, low: 1), port: 40_000),
        ],
        codecs: [.pcmu, .opus])

    // MARK: Offers of browsers

    @Test func `an offer of Chromium is read`() throws {
        let offer = try Self.offer(Self.text("chromium.sdp"))
        #expect(offer.user == "Mzg9")
        #expect(offer.password == "cv+qV2dXPM4OIL9nmI0ssBt5")
        #expect(offer.fingerprints.count == 1)
        #expect(offer.fingerprints.first?.prefix(3) == [0xA6, 0xB0, 0x7D])
        #expect(offer.fingerprints.first?.last == 0xFC)
        #expect(offer.mid == "0")
        #expect(
            offer.formats == [
                .init(payloadType: 111, codec: .opus), .init(payloadType: 0, codec: .pcmu), .init(payloadType: 8, codec: .pcma),
            ])
        #expect(offer.telephoneEvents == [48_000: 110, 8_000: 126])
        #expect(offer.hasOpusFEC)
        #expect(offer.direction == .sendReceive)
        // Those over TCP are not for us.
        #expect(offer.candidates.map(\.address.description) == ["192.0.2.2:60885", "[fd00::2]:53400"])
        #expect(offer.candidates.first?.priority == 2_122_194_687)
    }

    @Test func `an offer as Firefox writes it is read, with what it says for the whole session`() throws {
        let offer = try Self.offer(Self.text("firefox.sdp"))
        #expect(offer.user == "5d2f9c01")
        #expect(offer.fingerprints.first?.prefix(2) == [0x3C, 0x0B])
        #expect(offer.formats.map(\.payloadType) == [109, 0, 8])
        #expect(offer.telephoneEvents == [8_000: 101])
        #expect(offer.hasOpusFEC)
        #expect(offer.candidates.isEmpty)
    }

    // MARK: Our answer

    @Test func `our answer to Chromium has these lines`() throws {
        let (answer, agreement) = try Self.offer(Self.text("chromium.sdp")).answer(Self.side, session: 77, version: 3)
        #expect(
            String(decoding: answer.bytes, as: UTF8.self).split(separator: "\r\n").joined(separator: "\n") == """
                v=0
                o=- 77 3 IN IP4 192.0.2.1
                s=-
                c=IN IP4 192.0.2.1
                t=0 0
                a=ice-lite
                a=group:BUNDLE 0
                m=audio 40000 UDP/TLS/RTP/SAVPF 0 111 126 110
                a=rtcp-mux
                a=ice-ufrag:abcd1234
                a=ice-pwd:ourpasswordhastwentyfour
                a=fingerprint:sha-256 \(Self.fingerprint)
                a=setup:passive
                a=mid:0
                a=rtpmap:0 PCMU/8000
                a=rtpmap:111 opus/48000/2
                a=fmtp:111 minptime=10;useinbandfec=1;stereo=0;usedtx=0
                a=rtpmap:126 telephone-event/8000
                a=fmtp:126 0-15
                a=rtpmap:110 telephone-event/48000
                a=fmtp:110 0-15
                a=ptime:20
                a=msid:callfloor audio
                a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host
                a=candidate:2 1 udp 2130706175 2001:db8::1 40000 typ host
                a=end-of-candidates
                a=sendrecv
                """)
        #expect(agreement.formats.map(\.codec) == [.pcmu, .opus])
        #expect(agreement.telephoneEvents == [8_000: 126, 48_000: 110])
        #expect(agreement.direction == .sendReceive)
    }

    static let fingerprint =
        "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F"

    @Test func `streams beside the voice are refused, and only the voice is bundled`() throws {
        let offer = try Self.offer(Self.text("chromium-video-data.sdp"))
        let (answer, _) = try offer.answer(Self.side, session: 1)
        #expect(answer.media.map(\.kind) == ["audio", "video", "application"])
        #expect(answer.media.map { $0.port == 0 } == [false, true, true])
        #expect(answer.attributes.contains(.init("group", "BUNDLE 0")))
        #expect(answer.media[1].attributes == [.init("mid", "1")])
        let read = try SessionDescription(parsing: answer.bytes)
        #expect(read.media.map(\.formats) == answer.media.map(\.formats))
    }

    @Test func `who only listens is sent to and not heard`() throws {
        let offer = try Self.offer(Self.text("chromium-listens.sdp"))
        #expect(try offer.answer(Self.side, session: 1).agreement.direction == .sendOnly)
        let (answer, agreement) = try offer.answer(Self.side, session: 1, offering: .receiveOnly)
        #expect(agreement.direction == .inactive)
        #expect(!answer.media[0].attributes.contains { $0.name == "msid" })
    }

    @Test func `our order of codecs counts, and keys go with the clock of what is spoken in`() throws {
        let offer = try Self.offer(Self.text("chromium.sdp"))
        var side = Self.side
        side.codecs = [.opus, .pcma]
        #expect(try offer.answer(side, session: 1).agreement.formats.map(\.payloadType) == [111, 8])
        side.codecs = [.opus]
        #expect(try offer.answer(side, session: 1).agreement.telephoneEvents == [48_000: 110])
        side.codecs = []
        #expect(throws: Refusal.noCommonCodec) { try offer.answer(side, session: 1) }
        side.codecs = [.opus]
        side.addresses = []
        #expect(throws: Refusal.noCommonCodec) { try offer.answer(side, session: 1) }
    }

    // MARK: Renewed offers

    @Test func `a restart is told by other credentials, other keys by another certificate`() throws {
        let text = try Self.text("chromium.sdp")
        let first = try Self.offer(text)
        let same = try Self.offer(text.replacing("a=sendrecv", with: "a=recvonly"))
        #expect(!same.restartsICE(of: first) && same.keepsKeys(of: first))
        let restarted = try Self.offer(text.replacing("Mzg9", with: "Nzg9").replacing("cv+qV2d", with: "dv+qV2d"))
        #expect(restarted.restartsICE(of: first) && restarted.keepsKeys(of: first))
        // As Chromium renews its offer after our answer.
        let renewed = try Self.offer(Self.text("chromium-restart.sdp"))
        #expect(renewed.user == "NGa6" && renewed.restartsICE(of: first))
        #expect(renewed.formats == first.formats && renewed.telephoneEvents == first.telephoneEvents)
        let other = try Self.offer(text.replacing("A6:B0:7D", with: "A6:B0:7E"))
        #expect(!other.restartsICE(of: first) && !other.keepsKeys(of: first))
    }

    // MARK: Refused

    /// What is changed in Chromium's offer, and what comes of it.
    static let refused: [(of: String, to: String, refusal: Refusal)] = [
        ("m=audio 60885", "m=audio 0", .noAudio), ("m=audio", "m=video", .noAudio), ("UDP/TLS/RTP/SAVPF", "RTP/AVP", .noAudio),
        ("UDP/TLS/RTP/SAVPF", "RTP/SAVPF", .noAudio), ("a=rtcp-mux\r\n", "", .noMultiplexing),
        ("a=group:", "a=ice-lite\r\na=group:", .isLite), ("a=ice-ufrag:Mzg9\r\n", "", .noCredentials),
        ("a=ice-ufrag:Mzg9", "a=ice-ufrag:Mzg", .noCredentials), ("a=ice-ufrag:Mzg9", "a=ice-ufrag:Mz:9", .noCredentials),
        ("cv+qV2dXPM4OIL9nmI0ssBt5", "cv+qV2dXPM4OIL9nmI0ss", .noCredentials),
        ("cv+qV2dXPM4OIL9nmI0ssBt5", String(repeating: "x", count: 257), .noCredentials), ("a=fingerprint:sha-256", "a=x", .noFingerprint),
        ("sha-256 A6", "sha-1 A6", .noFingerprint), ("sha-256 A6:", "sha-256 ", .noFingerprint),
        ("sha-256 A6", "sha-256 +6", .noFingerprint),
        ("A6:B0", "A6-B0", .noFingerprint), ("a=setup:actpass", "a=setup:passive", .wrongRole), ("a=setup:actpass\r\n", "", .wrongRole),
        ("111 63 9 0 8 13 110 126", "63 9 13", .noCommonCodec), ("v=0", "v=1", .malformed(.missing("v=0"))),
        ("c=IN IP4 192.0.2.2", "c=192.0.2.2", .malformed(.malformed(line: 9))),
    ]

    @Test func `what cannot be met is refused with its reason`() throws {
        let text = try Self.text("chromium.sdp")
        for (place, change) in Self.refused.enumerated() {
            let changed = text.replacing(change.of, with: change.to)
            #expect(changed != text)
            #expect(throws: change.refusal, "case \(place): \(change.of) → \(change.to)") { try Self.offer(changed) }
        }
        #expect(throws: Refusal.malformed(.tooLarge)) { try BrowserOffer(parsing: Array(repeating: 0x76, count: 20_000)) }
    }

    @Test func `an active browser, G.711 without maps and several certificates are fine`() throws {
        let text = try Self.text("chromium.sdp")
        #expect(try Self.offer(text.replacing("actpass", with: "active")).user == "Mzg9")
        let bare = try Self.offer(text.replacing("a=rtpmap:0 PCMU/8000\r\n", with: "").replacing("a=rtpmap:8 PCMA/8000\r\n", with: ""))
        #expect(bare.formats.map(\.payloadType) == [111, 0, 8])
        // A map that says otherwise counts.
        let renamed = try Self.offer(text.replacing("a=rtpmap:0 PCMU/8000", with: "a=rtpmap:0 L16/8000"))
        #expect(renamed.formats.map(\.payloadType) == [111, 8])
        let line = try #require(text.split(separator: "\r\n").first { $0.hasPrefix("a=fingerprint") })
        let many = try Self.offer(text.replacing(line, with: Array(repeating: String(line), count: 9).joined(separator: "\r\n")))
        #expect(many.fingerprints.count == 4)
        let plain = try Self.offer(text.replacing(";useinbandfec=1", with: ""))
        #expect(!plain.hasOpusFEC)
    }

    // MARK: Candidates

    static let candidates: [(value: String, address: String?)] = [
        ("1 1 udp 2130706431 192.0.2.3 5004 typ host", "192.0.2.3:5004"),
        ("a/+9 1 UDP 1 2001:db8::1 9 typ srflx raddr :: rport 0", "[2001:db8::1]:9"),
        ("1 1 tcp 1 192.0.2.3 9 typ host tcptype active", nil), ("1 2 udp 1 192.0.2.3 9 typ host", nil),
        ("1 1 udp 1 4f2c-77.local 9 typ host", nil), ("1 1 udp 4294967296 192.0.2.3 9 typ host", nil),
        ("1 1 udp 1 192.0.2.3 0 typ host", nil),
        ("1 1 udp 1 192.0.2.3 9 typ guess", nil), ("1 1 udp 1 192.0.2.3 9 host", nil), ("", nil), ("é 1 udp 1 192.0.2.3 9 typ host", nil),
        (String(repeating: "1", count: 33) + " 1 udp 1 192.0.2.3 9 typ host", nil),
    ]

    @Test func `candidates are read as RFC 8839 5.1 writes them`() {
        for (value, address) in Self.candidates { #expect(ICECandidate(value)?.address.description == address, "\(value)") }
        let ours = ICECandidate.host(at: NetworkAddress(.v4(1), port: 9), place: 0)
        #expect(ICECandidate(ours.value) == ours)
        #expect(ICECandidate.host(at: NetworkAddress(.v4(1), port: 9), place: 1).priority < ours.priority)
        #expect(ICECandidate.host(at: NetworkAddress(.v4(1), port: 9), place: -5).priority == ours.priority)
        #expect(ICECandidate.host(at: NetworkAddress(.v4(1), port: 9), place: .max).priority == 126 << 24 | 255)
    }

    @Test func `no more candidates are read than there may be`() throws {
        let text = try Self.text("chromium.sdp")
        let line = "a=candidate:1 1 udp 1 192.0.2.9 9 typ host\r\n"
        let many = try Self.offer(text.replacing("a=rtcp-mux\r\n", with: "a=rtcp-mux\r\n" + String(repeating: line, count: 100)))
        #expect(many.candidates.count == ICECandidate.countMax)
    }
}
