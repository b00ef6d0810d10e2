import Foundation
import NIOCore
import NIOPosix
import Primitives
import Synchronization
import Testing

@testable import SIP
@testable import SIPTransport

/// Calls over TCP and TLS, and what else connects: on loopback, the centre at 127.0.0.1.
struct StreamTests {
    typealias Party = SIPEndpointTests.Party

    private let leg = ID<SIPLeg>(high: 1, low: 1)
    private static let here = NetworkAddress(.v4(0x7F00_0001), port: 0)

    private static func centre(_ streams: SIPEndpoint.Streams, acceptsAnyone: Bool = true) async throws -> Party {
        try await Party("127.0.0.1", seed: 1, acceptsAnyone: acceptsAnyone, streams: streams)
    }

    /// A whole call from `caller` to `centre`, hung up by either side.
    private func call(_ centre: Party, from caller: Party, to hop: Hop, callerEnds: Bool) async throws {
        let uri = SIPURI(user: "100", host: "127.0.0.1", parameters: "transport=\(hop.transport.rawValue)")
        caller.order(.invite(leg, to: .uri(uri, at: hop), callerUser: "200", callerName: nil, body: [1]))
        let (theirs, call) = try await centre.wait(SIPEndpointTests.arrival)
        #expect(call.body == [1])
        centre.order(.ring(theirs))
        try await caller.wait(for: .ringing(leg))
        centre.order(.answer(theirs, body: [2]))
        try await caller.wait(for: .answered(leg, body: [2]))
        try await centre.wait(for: .confirmed(theirs))
        if callerEnds {
            caller.order(.end(leg))
            try await centre.wait(for: .ended(theirs, .bye))
        } else {
            centre.order(.end(theirs))
            try await caller.wait(for: .ended(leg, .bye))
        }
    }

    @Test(arguments: [true, false])
    func `a call goes over TCP and either side hangs up`(callerEnds: Bool) async throws {
        let centre = try await Self.centre(SIPEndpoint.Streams(tcp: Self.here))
        let caller = try await Party("127.0.0.2", seed: 2, streams: SIPEndpoint.Streams(tcp: NetworkAddress(.v4(0x7F00_0002), port: 0)))
        try await call(centre, from: caller, to: try await centre.hop(.tcp), callerEnds: callerEnds)
        try await centre.close()
        try await caller.close()
    }

    @Test func `a call goes over TLS, and to nobody whose certificate is another's`() async throws {
        let folder = try Certificates.make()
        defer { try? FileManager.default.removeItem(at: folder) }
        let ours = TransportSecurity(
            certificates: .file(folder.appending(path: "good.pem").path), key: .file(folder.appending(path: "good.key").path))
        let centre = try await Self.centre(SIPEndpoint.Streams(tls: Self.here, security: ours))
        let caller = try await Party(
            "127.0.0.2", seed: 2,
            streams: SIPEndpoint.Streams(
                tls: NetworkAddress(.v4(0x7F00_0002), port: 0),
                security: TransportSecurity(
                    certificates: ours.certificates, key: ours.key, authorities: .file(folder.appending(path: "good.pem").path))))
        let hop = try await centre.hop(.tls)
        try await call(centre, from: caller, to: hop, callerEnds: true)
        try await caller.close()
        // Who does not know who vouches for it does not talk to it.
        let wary = try await Party(
            "127.0.0.2", seed: 3,
            streams: SIPEndpoint.Streams(security: TransportSecurity(authorities: .file(folder.appending(path: "other.pem").path))))
        wary.order(.invite(leg, to: .uri(SIPURI(user: "1", host: "x"), at: hop), callerUser: nil, callerName: nil, body: []))
        try await wary.wait(for: .refused(leg, status: 503))
        try await wary.close()
        try await centre.close()
        // Nor who knows the certificate, if it is for another host.
        let theirs = TransportSecurity(
            certificates: .file(folder.appending(path: "other.pem").path), key: .file(folder.appending(path: "other.key").path))
        let impostor = try await Self.centre(SIPEndpoint.Streams(tls: Self.here, security: theirs))
        let careful = try await Party(
            "127.0.0.2", seed: 4,
            streams: SIPEndpoint.Streams(security: TransportSecurity(authorities: .file(folder.appending(path: "other.pem").path))))
        let place = try await impostor.hop(.tls)
        careful.order(.invite(leg, to: .uri(SIPURI(user: "1", host: "x"), at: place), callerUser: nil, callerName: nil, body: []))
        try await careful.wait(for: .refused(leg, status: 503))
        try await careful.close()
        try await impostor.close()
    }

    @Test func `TLS without a certificate does not start`() async throws {
        await #expect(throws: StreamConnections.MissingCertificate.self) {
            _ = try await Self.centre(SIPEndpoint.Streams(tls: Self.here))
        }
    }

    @Test func `messages may come in pieces, or many at once, with pings between them`() async throws {
        let centre = try await Self.centre(SIPEndpoint.Streams(tcp: Self.here))
        let phone = try await Stream(to: try await centre.hop(.tcp).address)
        let options = Self.request("OPTIONS", branch: "a")
        for part in [options.prefix(10), options[10..<150], options.dropFirst(150)] {
            try await phone.send(Array(part))
            // Each part in a segment of its own: the centre has read it when it has answered the ping of another connection.
            let probe = try await Stream(to: try await centre.hop(.tcp).address)
            try await probe.send(Array("\r\n\r\n".utf8))
            _ = try await probe.wait { $0 == "\r\n" }
            try await probe.close()
        }
        _ = try await phone.wait { $0.hasPrefix("SIP/2.0 200") && $0.hasSuffix("\r\n\r\n") }
        let three = Self.request("OPTIONS", branch: "b") + Array("\r\n\r\n".utf8) + Self.request("OPTIONS", branch: "c")
        try await phone.send(three)
        _ = try await phone.wait { $0.components(separatedBy: "SIP/2.0 200").count == 4 && $0.contains("\r\n\r\n\r\nSIP/2.0") }
        try await phone.close()
        try await centre.close()
    }

    @Test(arguments: ["\u{0}\u{1}\u{2}", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS sip:x SIP/2.0\r\nContent-Length: 999999\r\n\r\n"])
    func `what is no SIP is hung up on`(garbage: String) async throws {
        let centre = try await Self.centre(SIPEndpoint.Streams(tcp: Self.here))
        let stranger = try await Stream(to: try await centre.hop(.tcp).address)
        try await stranger.send(Array(garbage.utf8))
        try await stranger.waitForEnd()
        try await centre.close()
    }

    @Test func `a connection that breaks in mid-message is forgotten, and a call over it ends`() async throws {
        let centre = try await Self.centre(SIPEndpoint.Streams(tcp: Self.here))
        let phone = try await Stream(to: try await centre.hop(.tcp).address)
        try await phone.send(Array(Self.request("OPTIONS", branch: "a").prefix(50)))
        try await phone.close()
        // The caller's server goes away while the call is being made: that is a refusal, and at once.
        let server = try await Stream.Server()
        let caller = try await Party("127.0.0.2", seed: 2)
        let hop = Hop(.tcp, server.address)
        caller.order(.invite(leg, to: .uri(SIPURI(user: "1", at: server.address), at: hop), callerUser: nil, callerName: nil, body: []))
        try await server.waitForBytes()
        try await server.hangUp()
        try await caller.wait(for: .refused(leg, status: 503))
        // Nobody listens there any more.
        let again = ID<SIPLeg>(high: 1, low: 2)
        caller.order(.invite(again, to: .uri(SIPURI(user: "1", at: server.address), at: hop), callerUser: nil, callerName: nil, body: []))
        try await caller.wait(for: .refused(again, status: 503))
        try await caller.close()
        for _ in 0..<2_000 where try await centre.figures().connections > 0 { try await Task.sleep(for: .milliseconds(1)) }  // polling
        #expect(try await centre.figures().connections == 0)
        try await centre.close()
    }

    @Test func `who does not finish a message or says nothing is hung up on, who is needed is pinged`() async throws {
        let known = PhoneAccount(id: ID(high: 2, low: 2), user: "hall", credentials: .fixed(NetworkAddress(.v4(0x7F00_0005), port: 5060)))
        let trunk = TrunkAccount(id: ID(high: 3, low: 3), addresses: [NetworkAddress(.v4(0x7F00_0007), port: 0)])
        let centre = try await Party(
            "127.0.0.1", seed: 1, trunks: [trunk], phones: [known], acceptsAnyone: false, streams: SIPEndpoint.Streams(tcp: Self.here))
        let address = try await centre.hop(.tcp).address
        // Each has been accepted when its first ping is answered.
        func connect(from host: String, then bytes: [UInt8] = []) async throws -> Stream {
            let stream = try await Stream(to: address, from: host)
            try await stream.send(bytes + Array("\r\n\r\n".utf8))
            _ = try await stream.wait { $0.hasSuffix("\r\n") }
            return stream
        }
        let options = Self.request("OPTIONS", branch: "a")
        let (needed, idle) = (try await connect(from: "127.0.0.7"), try await connect(from: "127.0.0.5", then: options))
        let (slow, silent) = (try await connect(from: "127.0.0.5"), try await connect(from: "127.0.0.6"))
        let probe = try await connect(from: "127.0.0.7")
        try await slow.send(Array(options.prefix(20)))
        _ = try await idle.wait { $0.hasPrefix("\r\n") || $0.hasPrefix("SIP/2.0") }
        try await probe.send(Array("\r\n\r\n".utf8))
        _ = try await probe.wait { $0 == "\r\n\r\n" }
        try await centre.sweep(after: .seconds(12))
        try await slow.waitForEnd()
        try await silent.waitForEnd()
        try await centre.sweep(after: .seconds(40))
        _ = try await needed.wait { $0 == "\r\n\r\n\r\n" }
        try await centre.sweep(after: .seconds(200))
        try await idle.waitForEnd()
        #expect(try await centre.figures().connections == 2)
        try await needed.close()
        try await probe.close()
        try await centre.close()
    }

    @Test func `strangers get so many connections and no more, and none of them is heard`() async throws {
        let phone = PhoneAccount(id: ID(high: 2, low: 2), user: "hall", credentials: .fixed(NetworkAddress(.v4(0x7F00_0005), port: 5060)))
        // The centre's clock stands still: on a busy machine more time passes than a stranger has for his first message.
        let now = SIPEndpointTests.clock()
        let centre = try await Party(
            "127.0.0.1", seed: 1, phones: [phone], acceptsAnyone: false, streams: SIPEndpoint.Streams(tcp: Self.here), clock: { now })
        let address = try await centre.hop(.tcp).address
        var all: [Stream] = []
        for _ in 0..<40 { all.append(try await Stream(to: address, from: "127.0.0.6")) }
        for stream in all { try? await stream.send(Self.request("OPTIONS", branch: "x")) }
        for _ in 0..<20_000 where try await centre.figures().connections != StreamConnections.perStrangerMax {
            try await Task.sleep(for: .milliseconds(1))  // polling
        }
        #expect(try await centre.figures().connections == StreamConnections.perStrangerMax)
        // A phone's address is no stranger's.
        for _ in 0..<20 { all.append(try await Stream(to: address, from: "127.0.0.5")) }
        let heard = try #require(all.last)
        try await heard.send(Array("\r\n\r\n".utf8))
        _ = try await heard.wait { $0 == "\r\n" }
        #expect(all.prefix(40).allSatisfy { $0.text.isEmpty })
        for stream in all { try? await stream.close() }
        try await centre.close()
    }

    private static func request(_ method: String, branch: String) -> [UInt8] {
        let lines = [
            "\(method) sip:1@127.0.0.1 SIP/2.0", "Via: SIP/2.0/TCP 127.0.0.2:5060;rport;branch=z9hG4bK\(branch)", "Max-Forwards: 70",
            "From: <sip:2@x>;tag=a", "To: <sip:1@x>", "Call-ID: \(branch)", "CSeq: 1 \(method)", "Content-Length: 0", "", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }
}

/// A bare connection that does as the test says.
final class Stream: Sendable {
    private let channel: any Channel
    private let inbox: Inbox

    final class Inbox: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let state = Mutex<(bytes: [UInt8], ended: Bool)>(([], false))

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Array(unwrapInboundIn(data).readableBytesView)
            state.withLock { $0.bytes += bytes }
        }

        func channelInactive(context: ChannelHandlerContext) { state.withLock { $0.ended = true } }
    }

    /// Somebody to call who takes one connection and says nothing.
    final class Server: Sendable {
        let address: NetworkAddress
        private let channel: any Channel
        private let inbox: Inbox

        init() async throws {
            let inbox = Inbox()
            self.inbox = inbox
            let group = MultiThreadedEventLoopGroup.singleton
            let accepted = Box()
            channel = try await ServerBootstrap(group: group)
                .childChannelInitializer { channel in
                    accepted.child.withLock { $0 = channel }
                    return channel.pipeline.addHandler(inbox)
                }
                .bind(host: "127.0.0.3", port: 0).get()
            address = try #require(channel.localAddress.flatMap(NetworkAddress.init))
            self.accepted = accepted
        }

        final class Box: Sendable { let child = Mutex<(any Channel)?>(nil) }
        private let accepted: Box

        func waitForBytes() async throws {
            for _ in 0..<2_000 {
                if inbox.state.withLock({ !$0.bytes.isEmpty }) { return }
                try await Task.sleep(for: .milliseconds(1))  // polling
            }
            throw SIPEndpointTests.TimedOut(reports: [])
        }

        func hangUp() async throws {
            try await channel.close()
            try await accepted.child.withLock { $0 }?.close()
        }
    }

    init(to address: NetworkAddress, from host: String? = nil) async throws {
        let inbox = Inbox()
        self.inbox = inbox
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(inbox) }
        if let host { bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: host, port: 0)) }
        channel = try await bootstrap.connect(to: try SocketAddress(address)).get()
    }

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    func close() async throws { try await channel.close() }

    var text: String { inbox.state.withLock { $0.bytes.text } }

    func wait(_ condition: (String) -> Bool) async throws -> String {
        for _ in 0..<2_000 {
            let text = text
            if condition(text) { return text }
            try await Task.sleep(for: .milliseconds(1))  // polling
        }
        Issue.record("got \(text)")
        throw SIPEndpointTests.TimedOut(reports: [])
    }

    func waitForEnd() async throws {
        for _ in 0..<2_000 {
            if inbox.state.withLock({ $0.ended }) { return }
            try await Task.sleep(for: .milliseconds(1))  // polling
        }
        throw SIPEndpointTests.TimedOut(reports: [])
    }
}

/// Certificates that vouch for themselves: `good` for 127.0.0.1 and 127.0.0.2, `other` for nobody here.
enum Certificates {
    static func make() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "callfloor-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, names) in [("good", "IP:127.0.0.1,IP:127.0.0.2,DNS:sip.test"), ("other", "DNS:other.test")] {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/openssl")
            process.arguments = [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=\(name)",
                "-addext", "subjectAltName=\(names)", "-keyout", folder.appending(path: "\(name).key").path, "-out",
                folder.appending(path: "\(name).pem").path,
            ]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
        }
        return folder
    }
}
