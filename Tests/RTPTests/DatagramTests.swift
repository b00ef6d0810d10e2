import RTP
import Testing

struct DatagramTests {
    static let cases: [([UInt8], Datagram)] = [
        (STUNTests.request, .stun), ([0, 1] + Array(repeating: 0, count: 18), .other), (Array(STUNTests.request.prefix(19)), .other),
        ([20, 254, 253], .dtls), ([22, 254, 255], .dtls), ([63, 0], .dtls), ([64, 0], .other), ([19, 0], .other),
        ([0x80, 0], .rtp), ([0x80, 111], .rtp), ([0x90, 0x80 | 63], .rtp), ([0xBF, 0x80 | 96], .rtp),
        ([0x80, 200], .rtcp), ([0x81, 201], .rtcp), ([0x80, 192], .rtcp), ([0x80, 223], .rtcp), ([0xC0, 0], .other), ([0x80], .other),
        ([], .other),
    ]

    @Test func `what comes to a shared port is told by its first bytes`() {
        for (bytes, kind) in Self.cases { #expect(bytes.withUnsafeBytes { Datagram($0) } == kind, "\(bytes.prefix(4))") }
    }
}
