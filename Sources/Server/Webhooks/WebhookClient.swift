import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Operation
import Primitives

/// Sends one message to one address, over a connection of its own: what is told is rare. It follows no redirection, and reads of the
/// answer the status alone.
struct WebhookClient: Sendable {
    let group: any EventLoopGroup
    /// Whether it also goes to addresses that are of this machine or of a network of its own.
    let reachesPrivate: Bool

    /// From looking up the name to the status.
    static let patience = Duration.seconds(10)

    enum Failure: Error, Hashable, CustomStringConvertible {
        /// The name leads to this machine or into its own network, and the configuration does not allow that.
        case privateAddress
        case nameUnknown
        case noAnswer

        var description: String {
            switch self {
            case .privateAddress: "an address of this machine or of its own network"
            case .nameUnknown: "no such name"
            case .noAnswer: "no answer"
            }
        }
    }

    /// - Returns: the status of the answer.
    func post(_ body: String, _ headers: [(String, String)], to address: WebhookAddress) async throws -> Int {
        let found = try await resolve(address)
        let security = address.isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        let limit = TimeAmount(Self.patience)
        let promise = group.next().makePromise(of: Int.self)
        var fields = HTTPHeaders(headers)
        fields.add(name: "Host", value: Self.authority(address))
        fields.add(name: "Content-Length", value: "\(body.utf8.count)")
        fields.add(name: "Connection", value: "close")
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: address.target, headers: fields)
        let bootstrap = ClientBootstrap(group: promise.futureResult.eventLoop).connectTimeout(limit).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                if let security {
                    // RFC 6066 section 3: an IP address is no name.
                    let name = IPAddress(address.host) == nil ? address.host : nil
                    try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: security, serverHostname: name))
                }
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(OneRequest(head, body, promise))
            }
        }
        let connecting = bootstrap.connect(to: found)
        connecting.whenFailure { promise.fail($0) }
        // It also ends a receiver that takes the message and says nothing.
        let end = promise.futureResult.eventLoop.scheduleTask(in: limit) { promise.fail(Failure.noAnswer) }
        defer {
            end.cancel()
            connecting.whenSuccess { $0.close(promise: nil) }
        }
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            promise.fail(CancellationError())
        }
    }

    /// The address is looked at before anything is sent, and is the one that is connected to: a name that leads elsewhere the second time
    /// leads nowhere.
    private func resolve(_ address: WebhookAddress) async throws -> SocketAddress {
        let (host, port) = (address.host, address.port)
        let found = try? await NIOThreadPool.singleton.runIfActive { try SocketAddress.makeAddressResolvingHost(host, port: port) }
        guard let found, let text = found.ipAddress, let ip = IPAddress(text) else { throw Failure.nameUnknown }
        if !reachesPrivate, ip.isOfOwnNetwork { throw Failure.privateAddress }
        return found
    }

    private static func authority(_ address: WebhookAddress) -> String {
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        return address.port == (address.isSecure ? 443 : 80) ? host : "\(host):\(address.port)"
    }
}

/// Sends one request, and waits for the head of the answer.
private final class OneRequest: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let head: HTTPRequestHead
    private let body: String
    private let promise: EventLoopPromise<Int>

    init(_ head: HTTPRequestHead, _ body: String, _ promise: EventLoopPromise<Int>) {
        self.head = head
        self.body = body
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        // RFC 9110 section 15.2: what begins with 1 is not the answer yet.
        guard head.status.code >= 200 else { return }
        promise.succeed(Int(head.status.code))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { promise.fail(WebhookClient.Failure.noAnswer) }
}

extension IPAddress {
    /// Whether it is of this machine or of a network that others cannot reach (the registries of RFC 6890), also within an address of IPv6.
    var isOfOwnNetwork: Bool {
        switch self {
        case .v4(let word): Self.own.contains { word >> (32 - $0.bits) == $0.prefix >> (32 - $0.bits) }
        case .v6(let high, let low):
            // RFC 4291 section 2.5.5.2 and RFC 6052 section 2.1: an address of IPv4 in its last four bytes; RFC 3056: behind 2002.
            if high == 0, low >> 32 == 0xFFFF || low >> 32 == 0 {
                IPAddress.v4(UInt32(truncatingIfNeeded: low)).isOfOwnNetwork
            } else if high == 0x0064_FF9B_0000_0000 {
                IPAddress.v4(UInt32(truncatingIfNeeded: low)).isOfOwnNetwork
            } else if high >> 48 == 0x2002 {
                IPAddress.v4(UInt32(truncatingIfNeeded: high >> 16)).isOfOwnNetwork
            } else {
                // Unique local, link local, multicast, and what RFC 6666 throws away.
                high >> 57 == 0xFC >> 1 || high >> 54 == 0xFE80 >> 6 || high >> 56 == 0xFF || high == 0x0100_0000_0000_0000
            }
        }
    }

    private static let own: [(prefix: UInt32, bits: UInt32)] = [
        (0, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16), (0xAC10_0000, 12), (0xC000_0000, 24),
        (0xC000_0200, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xC633_6400, 24), (0xCB00_7100, 24), (0xE000_0000, 4), (0xF000_0000, 4),
    ]
}
