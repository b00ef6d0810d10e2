import Organization
import Primitives
import Testing

@testable import HTTPAPI

struct AudioNetworkTests {
    private static let own = IPAddress.v4(0x0A00_0005)
    private let user = UserID(high: 1, low: 2)
    private let now = Timestamp(microseconds: 1_700_000_000_000_000)

    @Test func `browsers are told the own address and those of the router, each once`() throws {
        #expect(try AudioNetwork(own: Self.own).addresses == [Self.own])
        let both = try AudioNetwork(own: Self.own, publicAddresses: ["203.0.113.7", "2001:db8::7", "203.0.113.7", "10.0.0.5"])
        #expect(both.addresses.map(\.description) == ["10.0.0.5", "203.0.113.7", "2001:db8::7"])
        // At 127.0.0.1 nobody but this machine looks for us.
        let loopback = IPAddress.v4(0x7F00_0001)
        #expect(try AudioNetwork(own: loopback).addresses == [loopback])
        #expect(try AudioNetwork(own: loopback, publicAddresses: ["203.0.113.7"]).addresses.map(\.description) == ["203.0.113.7"])
    }

    @Test(arguments: ["", "calls.example.org", "0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "255.255.255.255", "ff02::1", "1.2.3", "1.2.3.4:5"])
    func `what is no address of one machine is refused`(text: String) {
        let flaw = #expect(throws: AudioNetwork.Flaw.self) { try AudioNetwork(own: Self.own, publicAddresses: [text]) }
        #expect(flaw?.option == .publicAddress)
        #expect(flaw?.value == text)
    }

    @Test(arguments: [
        "stun:stun.example.org", "stun:192.0.2.1:3478", "stuns:[2001:db8::1]:5349", "turn:turn.example.org", "TURNS:turn.example.org:443",
        "turn:[2001:db8::1]?transport=tcp", "turn:turn.example.org:3478?transport=udp",
    ])
    func `servers are taken as RFC 7064 and 7065 write them`(url: String) throws {
        let isRelay = url.lowercased().hasPrefix("turn")
        let network = try AudioNetwork(
            own: Self.own, servers: [url], credential: isRelay ? .fixed(username: "u", password: "p") : .none)
        let expected = AudioNetwork.ICEServer(urls: [url], username: isRelay ? "u" : nil, credential: isRelay ? "p" : nil)
        #expect(network.iceServers(for: user, at: now) == [expected])
    }

    @Test(arguments: [
        "", "stun", "stun:", "http:example.org", "turn.example.org", "turn:", "turn:a b", "turn:host:", "turn:host:0", "turn:host:65536",
        "turn:host:+1", "turn:host:1:2", "turn:[::1", "turn:[::1]x", "turn:[::1]:", "turn:[x]", "turn:host?transport=sctp", "turn:host?",
        "stun:host?transport=udp", "turn://host", "turn:user@host", "turn:a..b", "turn:" + String(repeating: "a", count: 260),
    ])
    func `other servers are refused`(url: String) {
        let flaw = #expect(throws: AudioNetwork.Flaw.self) {
            try AudioNetwork(own: Self.own, servers: [url], credential: .made(secret: "s"))
        }
        #expect(flaw?.option == .server)
        #expect(flaw?.value == url)
    }

    @Test func `a TURN server wants a credential, and a credential a TURN server`() throws {
        let cases: [([String], AudioNetwork.Credential)] = [
            (["turn:a"], .none), (["stun:a"], .made(secret: "s")), ([], .fixed(username: "u", password: "p")),
            (["turn:a"], .made(secret: "")), (["turn:a"], .fixed(username: "", password: "p")),
            (["turn:a"], .fixed(username: "u", password: String(repeating: "p", count: 513))),
        ]
        for (servers, credential) in cases {
            let flaw = #expect(throws: AudioNetwork.Flaw.self) {
                try AudioNetwork(own: Self.own, servers: servers, credential: credential)
            }
            #expect(flaw?.option == .credential)
        }
        let many = Array(repeating: "stun:a", count: AudioNetwork.serversMax + 1)
        #expect(throws: AudioNetwork.Flaw.self) { try AudioNetwork(own: Self.own, servers: many) }
        #expect(try AudioNetwork(own: Self.own).iceServers(for: user, at: now).isEmpty)
    }

    /// The code was made with `printf %s NAME | openssl dgst -sha1 -hmac north -binary | base64`.
    @Test func `a made credential is coturn's, ends with the session and names nobody`() throws {
        let network = try AudioNetwork(own: Self.own, servers: ["stun:s", "turn:a", "turns:b"], credential: .made(secret: "north"))
        #expect(
            network.iceServers(at: now) == [
                .init(urls: ["stun:s"]),
                .init(urls: ["turn:a", "turns:b"], username: "1700043200:guest", credential: "zeB+Sdk0EdqLH+NBzemdWEFNoU8="),
            ])
        let theirs = network.iceServers(for: user, at: now).last
        #expect(theirs?.username == "1700043200:\(user)")
        #expect(theirs?.credential != "zeB+Sdk0EdqLH+NBzemdWEFNoU8=")
    }
}
