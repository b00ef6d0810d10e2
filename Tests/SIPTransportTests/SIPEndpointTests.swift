import Foundation
import Logging
import NIOCore
import NIOPosix
import Primitives
import Synchronization
import Testing

@testable import SIP
@testable import SIPTransport

/// Real sockets on loopback: the centre is 127.0.0.1, callers are 127.0.0.2.
struct SIPEndpointTests {
    static let clock: @Sendable () -> Timestamp = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    /// An endpoint whose reports can be waited for; `react` runs on its loop as each comes.
    final class Party: Sendable {
        let reports = Mutex<[Report]>([])
        let endpoint = Mutex<SIPEndpoint?>(nil)
        let address: NetworkAddress

        init(
            _ host: String, seed: UInt64, trunks: [TrunkAccount] = [], phones: [PhoneAccount] = [], acceptsAnyone: Bool = true,
            streams: SIPEndpoint.Streams = SIPEndpoint.Streams(),
            react: @escaping @Sendable (SIPEndpoint, Report) -> Void = { _, _ in },
            clock: @escaping @Sendable () -> Timestamp = SIPEndpointTests.clock
        ) async throws {
            let bind = NetworkAddress(try #require(IPAddress(host)), port: 0)
            let box = Box()
            let configuration = UserAgent.Configuration(
                address: bind, realm: "floor", trunks: trunks, phones: phones, acceptsAnyone: acceptsAnyone)
            let made = SIPEndpoint(
                address: bind, userAgent: UserAgent(configuration, random: Random(seed: seed)), streams: streams,
                on: MultiThreadedEventLoopGroup.singleton.next(), clock: clock, logger: Logger(label: "test")
            ) { report in
                guard let party = box.party.withLock({ $0 }) else { return }
                party.reports.withLock { $0.append(report) }
                if let endpoint = party.endpoint.withLock({ $0 }) { react(endpoint, report) }
            }
            address = try await made.start()
            endpoint.withLock { $0 = made }
            box.party.withLock { $0 = self }
        }

        /// Where it is reached by `transport`.
        func hop(_ transport: Transport) async throws -> Hop {
            let endpoint = try #require(endpoint.withLock { $0 })
            let reachable = try await endpoint.reachable()
            switch transport {
            case .udp: return .udp(reachable.udp)
            case .tcp: return Hop(.tcp, try #require(reachable.tcp))
            case .tls: return Hop(.tls, try #require(reachable.tls))
            }
        }

        /// What is closed or pinged when so much time has passed.
        func sweep(after span: Duration) async throws {
            let endpoint = try #require(endpoint.withLock { $0 })
            try await endpoint.loop.submit { endpoint.streams?.sweep(at: SIPEndpointTests.clock() + span) }.get()
        }

        func figures() async throws -> SIPEndpoint.Figures { try await #require(endpoint.withLock { $0 }).figures() }

        func order(_ order: Order) { endpoint.withLock { $0?.submit(order) } }

        func close() async throws { try await endpoint.withLock { $0 }?.close() }

        /// The first report that `pick` finds something in, within two seconds.
        func wait<Found: Sendable>(_ pick: @Sendable (Report) -> Found?) async throws -> Found {
            for _ in 0..<2_000 {
                if let found = reports.withLock({ $0.lazy.compactMap(pick).first }) { return found }
                try await Task.sleep(for: .milliseconds(1))  // polling
            }
            throw TimedOut(reports: reports.withLock { $0 })
        }

        func wait(for report: Report) async throws { _ = try await wait { $0 == report ? true : nil } }
    }

    final class Box: Sendable {
        let party = Mutex<Party?>(nil)
    }

    struct TimedOut: Error { let reports: [Report] }

    static func arrival(_ report: Report) -> (leg: ID<SIPLeg>, call: Invitation)? {
        if case .callArrived(let leg, let call) = report { return (leg, call) }
        return nil
    }

    private let leg = ID<SIPLeg>(high: 1, low: 1)

    @Test(arguments: [true, false])
    func `a call goes over real sockets and either side hangs up`(callerEnds: Bool) async throws {
        let trunk = ID<SIPTrunk>(high: 3, low: 3)
        let centre = try await Party(
            "127.0.0.1", seed: 1, trunks: [TrunkAccount(id: trunk, addresses: [NetworkAddress(.v4(0x7F00_0002), port: 0)])],
            acceptsAnyone: false)
        let caller = try await Party("127.0.0.2", seed: 2)
        caller.order(
            .invite(
                leg, to: .uri(SIPURI(user: "100", at: centre.address), at: .udp(centre.address)), callerUser: "200", callerName: nil,
                body: [1]))
        let (theirs, call) = try await centre.wait(Self.arrival)
        #expect(call.source == .trunk(trunk))
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
        try await centre.close()
        try await caller.close()
    }

    @Test func `a caller gives up while it rings`() async throws {
        let centre = try await Party("127.0.0.1", seed: 3)
        let caller = try await Party("127.0.0.2", seed: 4)
        caller.order(
            .invite(
                leg, to: .uri(SIPURI(user: "1", at: centre.address), at: .udp(centre.address)), callerUser: nil, callerName: nil, body: []))
        let (theirs, _) = try await centre.wait(Self.arrival)
        centre.order(.ring(theirs))
        try await caller.wait(for: .ringing(leg))
        caller.order(.end(leg))
        try await centre.wait(for: .cancelled(theirs))
        try await centre.close()
        try await caller.close()
    }

    /// The first three are not tried; the last is refused by the system, for this socket is bound to loopback, and NIO closes the
    /// socket for it.
    @Test(arguments: [
        NetworkAddress(.v4(0x7F00_0002), port: 0), NetworkAddress(.v4(.max), port: 5060), NetworkAddress(.v6(high: 0, low: 1), port: 5060),
        NetworkAddress(.v4(0xC000_024D), port: 5060),
    ])
    func `what cannot be sent does not end the socket for others`(nowhere: NetworkAddress) async throws {
        let centre = try await Party("127.0.0.1", seed: 7)
        let caller = try await Party("127.0.0.2", seed: 8)
        let lost = ID<SIPLeg>(high: 1, low: 9)
        centre.order(.invite(lost, to: .uri(SIPURI(user: "1", at: nowhere), at: .udp(nowhere)), callerUser: nil, callerName: nil, body: []))
        caller.order(
            .invite(
                leg, to: .uri(SIPURI(user: "1", at: centre.address), at: .udp(centre.address)), callerUser: nil, callerName: nil, body: []))
        let (theirs, _) = try await centre.wait(Self.arrival)
        centre.order(.ring(theirs))
        try await caller.wait(for: .ringing(leg))
        try await centre.close()
        try await caller.close()
    }

    @Test func `an order given from within a report goes out after its cause`() async throws {
        let centre = try await Party("127.0.0.1", seed: 5) { endpoint, report in
            if let (leg, _) = Self.arrival(report) { endpoint.perform(.refuse(leg, status: 486)) }
        }
        let caller = try await Party("127.0.0.2", seed: 6)
        caller.order(
            .invite(
                leg, to: .uri(SIPURI(user: "1", at: centre.address), at: .udp(centre.address)), callerUser: nil, callerName: nil, body: []))
        try await caller.wait(for: .refused(leg, status: 486))
        try await centre.close()
        try await caller.close()
    }

    @Test func `a request that finds nobody is sent again on time`() async throws {
        let caller = try await Party("127.0.0.2", seed: 7)
        let deaf = try await Datagrams(host: "127.0.0.3")
        caller.order(
            .invite(leg, to: .uri(SIPURI(user: "1", at: deaf.address), at: .udp(deaf.address)), callerUser: nil, callerName: nil, body: []))
        let first = try await deaf.next()
        let second = try await deaf.next()
        #expect(first == second)
        try await caller.close()
        try await deaf.close()
    }

    @Test func `a phone registers by digest, is called where it is, and lapses when it signs off`() async throws {
        let id = ID<SIPPhone>(high: 9, low: 9)
        let secret = HA1(user: "ana", realm: "floor", password: "word")
        let centre = try await Party(
            "127.0.0.1", seed: 8, phones: [PhoneAccount(id: id, user: "ana", credentials: .registered(secret))], acceptsAnyone: false)
        let phone = try await Datagrams(host: "127.0.0.2")
        func register(_ number: Int, _ lines: [String], expires: Int) -> [UInt8] {
            let all =
                [
                    "REGISTER sip:floor SIP/2.0", "Via: SIP/2.0/UDP \(phone.address);rport;branch=z9hG4bKr\(number)", "Max-Forwards: 70",
                    "From: <sip:ana@floor>;tag=1", "To: <sip:ana@floor>", "Call-ID: reg", "CSeq: \(number) REGISTER",
                    "Contact: <sip:ana@\(phone.address)>", "Expires: \(expires)",
                ] + lines + ["Content-Length: 0", "", ""]
            return Array(all.joined(separator: "\r\n").utf8)
        }
        try await phone.send(register(1, [], expires: 600), to: centre.address)
        let challenge = try await phone.next()
        #expect(challenge.hasPrefix("SIP/2.0 401"))
        let nonce = String(try #require(challenge.split(separator: "nonce=\"").dropFirst().first?.split(separator: "\"").first))
        func authorization(_ count: String) -> String {
            let response = DigestAlgorithm.sha256.response(
                ha1: secret.sha256 ?? "", method: "REGISTER", uri: "sip:floor", nonce: nonce, quality: (count, "c", "auth"))
            return "Authorization: Digest username=\"ana\", realm=\"floor\", nonce=\"\(nonce)\", uri=\"sip:floor\", algorithm=SHA-256, "
                + "response=\"\(String(decoding: response, as: UTF8.self))\", qop=auth, nc=\(count), cnonce=\"c\""
        }
        try await phone.send(register(2, [authorization("00000001")], expires: 600), to: centre.address)
        #expect(try await phone.next().hasPrefix("SIP/2.0 200"))
        _ = try await centre.wait { report -> Bool? in
            if case .registered(id, _, .udp(phone.address), _) = report { return true }
            return nil
        }
        centre.order(.invite(leg, to: .phone(id), callerUser: "5", callerName: nil, body: []))
        #expect(try await phone.next().hasPrefix("INVITE sip:ana@\(phone.address) SIP/2.0"))
        try await phone.send(register(3, [authorization("00000002")], expires: 0), to: centre.address)
        try await centre.wait(for: .unregistered(id))
        try await centre.close()
        try await phone.close()
    }

    @Test func `a keep-alive by STUN is answered to those who are known and to nobody else`() async throws {
        let trunk = TrunkAccount(id: ID(high: 3, low: 1), addresses: [NetworkAddress(.v4(0x7F00_0002), port: 0)])
        let centre = try await Party("127.0.0.1", seed: 9, trunks: [trunk], acceptsAnyone: false)
        let known = try await Datagrams(host: "127.0.0.2")
        let stranger = try await Datagrams(host: "127.0.0.4")
        // RFC 8489 section 5: a Binding request without attributes.
        let request: [UInt8] = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + [UInt8](repeating: 7, count: 12)
        try await stranger.send(request, to: centre.address)
        try await known.send(request, to: centre.address)
        #expect(try await known.next().hasPrefix("\u{1}\u{1}"))
        // Nor later: what the stranger sent came first.
        #expect(stranger.isEmpty)
        try await centre.close()
        try await known.close()
        try await stranger.close()
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sipp")))
    func `sipp's own caller gets through`() async throws {
        let centre = try await Party("127.0.0.1", seed: 10) { endpoint, report in
            guard let (leg, call) = Self.arrival(report) else { return }
            endpoint.perform(.ring(leg))
            endpoint.perform(.answer(leg, body: call.body))
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sipp")
        process.arguments = [
            "-sn", "uac", "\(centre.address)", "-i", "127.0.0.2", "-m", "100", "-r", "200", "-d", "100", "-timeout", "20", "-nostdin",
        ]
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let status = await Task.detached { () -> Int32 in
            process.waitUntilExit()
            return process.terminationStatus
        }.value
        #expect(status == 0)
        let ended = centre.reports.withLock { $0.count { if case .ended(_, .bye) = $0 { true } else { false } } }
        #expect(ended == 100)
        try await centre.close()
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sipp")))
    func `sipp's own phone is called and hung up`() async throws {
        let id = ID<SIPPhone>(high: 9, low: 8)
        let probe = try await Datagrams(host: "127.0.0.4")
        let phone = probe.address
        try await probe.close()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sipp")
        process.arguments = ["-sn", "uas", "-i", "127.0.0.4", "-p", "\(phone.port)", "-m", "20", "-timeout", "20", "-nostdin"]
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let centre = try await Party(
            "127.0.0.1", seed: 11, phones: [PhoneAccount(id: id, user: "hall", credentials: .fixed(phone))], acceptsAnyone: false)
        for number in 0..<20 {
            let leg = ID<SIPLeg>(high: 7, low: UInt64(number))
            centre.order(.invite(leg, to: .phone(id), callerUser: "200", callerName: nil, body: Array("v=0\r\n".utf8)))
            _ = try await centre.wait { report -> Bool? in
                if case .answered(leg, _) = report { return true }
                return nil
            }
            centre.order(.end(leg))
        }
        let status = await Task.detached { () -> Int32 in
            process.waitUntilExit()
            return process.terminationStatus
        }.value
        #expect(status == 0)
        try await centre.close()
    }
}

/// A bare socket: a phone that does as the test says.
final class Datagrams: Sendable {
    let address: NetworkAddress
    private let channel: any Channel
    private let received: Received

    private final class Received: ChannelInboundHandler, Sendable {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        let waiting = Mutex<[String]>([])

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            waiting.withLock { $0.append(String(buffer: unwrapInboundIn(data).data)) }
        }
    }

    init(host: String) async throws {
        let received = Received()
        self.received = received
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in channel.pipeline.addHandler(received) }
            .bind(host: host, port: 0).get()
        address = try #require(channel.localAddress.flatMap(NetworkAddress.init))
    }

    func send(_ bytes: [UInt8], to address: NetworkAddress) async throws {
        try await channel.writeAndFlush(AddressedEnvelope(remoteAddress: try SocketAddress(address), data: ByteBuffer(bytes: bytes)))
    }

    /// The next datagram, within two seconds.
    func next() async throws -> String {
        for _ in 0..<2_000 {
            let first = received.waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            if let first { return first }
            try await Task.sleep(for: .milliseconds(1))  // polling
        }
        throw SIPEndpointTests.TimedOut(reports: [])
    }

    var isEmpty: Bool { received.waiting.withLock { $0.isEmpty } }

    func close() async throws { try await channel.close() }
}
