import CNetwork
import NIOCore
import NIOPosix
import Primitives
import Synchronization
import Testing

@testable import SIP
@testable import SIPTransport

/// Servers by name, asked of a small name server on loopback.
struct NameResolverTests {
    private static func v4(_ last: UInt8, port: UInt16, _ transport: Transport = .udp) -> Hop {
        Hop(transport, NetworkAddress(.v4(0xC000_0200 | UInt32(last)), port: port))
    }

    private static let zone: [Answer.Record] = [
        Answer.Record("_sip._udp.provider.test", .service(priority: 10, weight: 60, port: 5062, target: "a.provider.test"), seconds: 300),
        Answer.Record("_sip._udp.provider.test", .service(priority: 20, weight: 0, port: 5060, target: "b.provider.test"), seconds: 300),
        Answer.Record("_sips._tcp.provider.test", .service(priority: 1, weight: 1, port: 5071, target: "a.provider.test"), seconds: 90),
        Answer.Record("a.provider.test", .address([192, 0, 2, 40]), seconds: 120),
        Answer.Record("a.provider.test", .address([192, 0, 2, 41]), seconds: 120),
        Answer.Record("b.provider.test", .address([192, 0, 2, 42]), seconds: 40),
        Answer.Record("_sip._udp.none.test", .service(priority: 0, weight: 0, port: 0, target: ""), seconds: 60),
        Answer.Record("none.test", .address([192, 0, 2, 43]), seconds: 60),
        Answer.Record("plain.test", .address([192, 0, 2, 44]), seconds: 60),
    ]

    @Test func `a service is found, else the name itself, each for as long as it holds`() async throws {
        let server = try await NameServer(Self.zone)
        let resolver = NameResolver(server: server.address, isV6: false)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        func find(_ name: String, port: UInt16? = nil, _ transport: Transport = .udp) async throws -> NameResolver.Found {
            try await resolver.resolve(name, port: port, transport, on: loop).get()
        }
        let found = try await find("provider.test")
        #expect(found.lifetime == .seconds(40))
        #expect(
            found.candidates == [
                Candidate(Self.v4(40, port: 5062), priority: 10, weight: 60), Candidate(Self.v4(41, port: 5062), priority: 10, weight: 60),
                Candidate(Self.v4(42, port: 5060), priority: 20),
            ])
        #expect(try await find("provider.test", .tls).candidates.first?.hop == Self.v4(40, port: 5071, .tls))
        #expect(try await find("plain.test").candidates == [Candidate(Self.v4(44, port: 5060))])
        #expect(try await find("plain.test", .tls).candidates == [Candidate(Self.v4(44, port: 5061, .tls))])
        #expect(try await find("a.provider.test", port: 7000).candidates.map(\.hop.address.port) == [7000, 7000])
        #expect(try await find("none.test").candidates == [])
        #expect(try await find("nobody.test").candidates == [])
        try await resolver.close()
        try await server.close()
    }

    @Test func `a call goes to the first place that answers`() async throws {
        let id = ID<SIPTrunk>(high: 3, low: 3)
        let near = try await SIPEndpointTests.Party(
            "127.0.0.1", seed: 1, streams: SIPEndpoint.Streams(tcp: NetworkAddress(.v4(0x7F00_0001), port: 0)))
        let port = try await near.hop(.tcp).address.port
        let server = try await NameServer([
            Answer.Record("_sip._tcp.provider.test", .service(priority: 1, weight: 0, port: 9, target: "dead.test"), seconds: 60),
            Answer.Record("_sip._tcp.provider.test", .service(priority: 2, weight: 0, port: port, target: "near.test"), seconds: 60),
            Answer.Record("dead.test", .address([127, 0, 0, 9]), seconds: 60),
            Answer.Record("near.test", .address([127, 0, 0, 1]), seconds: 60),
        ])
        let caller = try await SIPEndpointTests.Party(
            "127.0.0.2", seed: 2, trunks: [TrunkAccount(id: id, addresses: [], server: RemoteServer("provider.test", transport: .tcp))],
            streams: SIPEndpoint.Streams(nameServer: server.address))
        let leg = ID<SIPLeg>(high: 1, low: 1)
        caller.order(.invite(leg, to: .trunk(id, user: "100"), callerUser: "200", callerName: nil, body: [1]))
        let (theirs, call) = try await near.wait(SIPEndpointTests.arrival)
        #expect(call.calledUser == "100")
        near.order(.refuse(theirs, status: 486))
        try await caller.wait(for: .refused(leg, status: 486))
        try await caller.close()
        try await near.close()
        try await server.close()
    }

    @Test func `any bytes are read as an answer without harm`() {
        let query = Answer.query("provider.test", kind: 33)
        let good = Answer.bytes(to: query, Self.zone) ?? []
        #expect(NameResolver.records(in: good, 33).count == 0)
        let services = Answer.bytes(to: Answer.query("_sip._udp.provider.test", kind: 33), Self.zone) ?? []
        let records = NameResolver.records(in: services, 33)
        #expect(records.map(\.priority) == [10, 20])
        #expect(records.map(\.address.port) == [5062, 5060])
        #expect(records.map { NameResolver.text($0.target) } == ["a.provider.test", "b.provider.test"])
        var random = Random(seed: 3)
        for _ in 0..<5_000 {
            var bytes = services
            for _ in 0..<3 { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next()) }
            bytes = Array(bytes.prefix(Int(random.next() % UInt64(bytes.count + 1))))
            for kind: Int32 in [1, 28, 33] { #expect(NameResolver.records(in: bytes, kind).count <= NameResolver.recordsMax) }
        }
    }
}

/// DNS as far as the tests need it (RFC 1035 section 4).
enum Answer {
    struct Record: Sendable {
        enum Data: Sendable {
            case address([UInt8])
            case service(priority: UInt16, weight: UInt16, port: UInt16, target: String)
        }

        let name: String
        let data: Data
        let seconds: UInt32

        init(_ name: String, _ data: Data, seconds: UInt32) {
            self.name = name
            self.data = data
            self.seconds = seconds
        }

        var kind: UInt16 {
            switch data {
            case .address: 1
            case .service: 33
            }
        }

        var bytes: [UInt8] {
            let data: [UInt8]
            switch self.data {
            case .address(let bytes): data = bytes
            case .service(let priority, let weight, let port, let target):
                data = [priority, weight, port].flatMap(two) + Answer.name(target)
            }
            let words = [kind, 1, UInt16(seconds >> 16), UInt16(truncatingIfNeeded: seconds), UInt16(data.count)]
            return [0xC0, 12] + words.flatMap(two) + data
        }
    }

    static func query(_ name: String, kind: UInt16) -> [UInt8] {
        [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + Self.name(name) + two(kind) + two(1)
    }

    /// The answer to a question; nil for what is none.
    static func bytes(to query: [UInt8], _ zone: [Record]) -> [UInt8]? {
        guard query.count > 16 else { return nil }
        var labels: [String] = []
        var position = 12
        while position < query.count, query[position] > 0 {
            let end = position + 1 + Int(query[position])
            guard end < query.count else { return nil }
            labels.append(query[position + 1..<end].text)
            position = end
        }
        guard position + 5 <= query.count else { return nil }
        let kind = UInt16(query[position + 1]) << 8 | UInt16(query[position + 2])
        let name = labels.joined(separator: ".")
        let records = zone.filter { $0.name == name && $0.kind == kind }
        let exists = zone.contains { $0.name == name }
        var answer = Array(query[..<2])
        answer += [0x85, exists ? 0x80 : 0x83, 0, 1]
        answer += two(UInt16(records.count))
        answer += [0, 0, 0, 0]
        answer += query[12..<position + 5]
        for record in records { answer += record.bytes }
        return answer
    }

    fileprivate static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }
}

private func two(_ word: UInt16) -> [UInt8] { [UInt8(word >> 8), UInt8(truncatingIfNeeded: word)] }

final class NameServer: Sendable {
    let address: NetworkAddress
    private let channel: any Channel

    private final class Handler: ChannelInboundHandler, Sendable {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        let zone: [Answer.Record]

        init(_ zone: [Answer.Record]) { self.zone = zone }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            guard let answer = Answer.bytes(to: Array(envelope.data.readableBytesView), zone) else { return }
            context.channel.writeAndFlush(
                AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: answer)), promise: nil)
        }
    }

    init(_ zone: [Answer.Record]) async throws {
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(Handler(zone)) }
            .bind(host: "127.0.0.1", port: 0).get()
        address = try #require(channel.localAddress.flatMap(NetworkAddress.init))
    }

    func close() async throws { try await channel.close() }
}
