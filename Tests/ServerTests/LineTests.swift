import Contacts
import Primitives
import SDP
import Testing

@testable import Server

struct LineTests {
    @Test(arguments: [
        // What the phone says, where its signalling comes from, where sound is sent.
        ("192.168.1.20", "203.0.113.7", "203.0.113.7"), ("10.0.0.5", "203.0.113.7", "203.0.113.7"),
        ("100.64.0.9", "203.0.113.7", "203.0.113.7"), ("fd00::5", "2001:db8::7", "2001:db8::7"),
        // Both in one network, or sound from another public host than signalling.
        ("192.168.1.20", "192.168.1.20", "192.168.1.20"), ("192.168.1.20", "10.1.1.1", "192.168.1.20"),
        ("198.51.100.4", "203.0.113.7", "198.51.100.4"), ("127.0.0.3", "127.0.0.1", "127.0.0.3"),
    ])
    func `sound goes to where signalling comes from, if the phone tells an address behind its NAT`(
        said: String, signalling: String, wanted: String
    ) throws {
        let line = Line(
            contact: ContactID(high: 1, low: 1), party: .agent, address: NetworkAddress(.v4(0x7F00_0001), port: 20_000),
            signalling: try #require(IPAddress(signalling)), description: [], codec: .pcmu)
        let host = try #require(IPAddress(said))
        let agreed = line.reachable(
            Negotiated(
                remote: NetworkAddress(host, port: 4000), codec: .pcmu, telephoneEvent: nil, direction: .sendReceive))
        #expect(agreed.remote == NetworkAddress(try #require(IPAddress(wanted)), port: 4000))
    }
}
