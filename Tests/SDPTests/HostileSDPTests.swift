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
        for file in files { file.bytes.withUnsafeBytes(fuzzSDP) }
    }

    @Test func `ten thousand mutants of them too`() throws {
        var mutants = Mutants(random: Random(seed: 8866), seeds: try tortureFiles("sdp").map(\.bytes), pieces: Self.pieces)
        for _ in 0..<10_000 { mutants.next().withUnsafeBytes(fuzzSDP) }
    }
}
