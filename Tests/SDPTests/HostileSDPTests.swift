import Primitives
import Testing

/// Session descriptions that no honest phone would send: read without a trap, and what can be answered is answered well.
struct HostileSDPTests {
    private static let pieces = [
        "\r\n", "\n", "m=audio 5004 RTP/AVP 0\r\n", "c=IN IP4 0.0.0.0\r\n", "a=sendonly\r\n", "a=rtcp:", "65536", "-1", "+1", "\u{0}", "é",
        "99999999999999999999", "/", " ", "=", ":", "IP6 ::", "a=rtpmap:0 telephone-event/8000\r\n",
    ].map { Array($0.utf8) }

    @Test func `each torture file keeps the promises`() throws {
        let files = try tortureFiles("sdp")
        #expect(files.count >= 11)
        for file in files {
            file.bytes.withUnsafeBytes(fuzzSDP)
            file.bytes.withUnsafeBytes(fuzzBrowserOffer)
        }
    }

    @Test func `ten thousand mutants of them too`() throws {
        var mutants = Mutants(random: Random(seed: 8866), seeds: try tortureFiles("sdp").map(\.bytes), pieces: Self.pieces)
        for _ in 0..<10_000 { mutants.next().withUnsafeBytes(fuzzSDP) }
    }

    @Test func `and five thousand of what browsers offer`() throws {
        let seeds = try tortureFiles("sdp").filter { $0.name.hasPrefix("chromium") || $0.name.hasPrefix("firefox") }.map(\.bytes)
        #expect(seeds.count >= 4)
        var mutants = Mutants(random: Random(seed: 8829), seeds: seeds, pieces: Self.pieces + Self.piecesOfBrowsers)
        for _ in 0..<5_000 { mutants.next().withUnsafeBytes(fuzzBrowserOffer) }
    }

    private static let piecesOfBrowsers = [
        "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n", "a=setup:active\r\n", "a=mid:0\r\n", "a=group:BUNDLE 0 1\r\n", "a=rtcp-mux\r\n",
        "m=audio 9 UDP/TLS/RTP/SAVPF 0 111\r\n", "a=rtpmap:127 opus/48000/2\r\n", "a=fmtp:111 useinbandfec=1\r\n", "sha-256 ",
    ].map { Array($0.utf8) }
}
