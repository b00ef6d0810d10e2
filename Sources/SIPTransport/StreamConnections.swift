import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Primitives
import SIP

/// The TCP and TLS connections of an endpoint, by their far ends: those that others made to us, and those that we make when a message
/// is to go where none leads. All on the endpoint's loop.
final class StreamConnections: @unchecked Sendable {  // all state is touched on `loop` only
    /// Connections in all; strangers may have a part of them only, so that they cannot keep phones and trunks out.
    static let connectionsMax = 8_192
    static let strangersMax = 1_024
    /// From one address: an office of phones, or a stranger.
    static let perSourceMax = 512
    static let perStrangerMax = 16
    /// Connections of strangers that are taken in a second: a TLS handshake costs some 1 ms.
    static let strangersPerSecondMax = 50
    /// What waits to be sent to one that does not read; then it is closed.
    static let unsentBytesMax = 1 << 20
    static let connectTimeout = TimeAmount.seconds(4)
    /// A message must be whole this long after its first byte, and a stranger's first message after the connection.
    static let messageTime: Duration = .seconds(10)
    /// A connection that nobody needs is closed after such a silence.
    static let idleTime: Duration = .seconds(180)
    /// RFC 5626 section 4.4.1: connections that are needed are kept open through NAT.
    static let pingPause: Duration = .seconds(30)
    /// The kernel gives a connection up when what was sent is not acknowledged for so long: a far end that vanished is noticed by a ping.
    static let unacknowledgedMilliseconds: Int = 20_000
    static let sweepPause = TimeAmount.seconds(2)

    private let endpoint: SIPEndpoint
    private let loop: any EventLoop
    private let host: IPAddress
    private let limits: Limits
    private let serverContext: NIOSSLContext?
    private let clientContext: NIOSSLContext?
    private var connections: [Hop: StreamConnection] = [:]
    private var inboundByHost: [IPAddress: Int] = [:]
    private var strangers = 0
    private var second: Int64 = 0
    private var strangersInSecond = 0
    private var listeners: [any Channel] = []
    private var sweeper: RepeatedTask?
    private var isClosing = false
    /// Under which names servers were looked up: what their certificates must say.
    private var names: [Hop: String] = [:]
    static let namesMax = 4_096

    /// Throws if certificate or key cannot be read.
    init(for endpoint: SIPEndpoint, host: IPAddress, limits: Limits, security: TransportSecurity) throws {
        self.endpoint = endpoint
        loop = endpoint.loop
        self.host = host
        self.limits = limits
        serverContext = try security.serverContext()
        clientContext = try security.clientContext()
    }

    /// Takes connections at `address`.
    /// - Returns: what it is bound to.
    func listen(at address: NetworkAddress, _ transport: Transport) async throws -> NetworkAddress {
        guard transport != .tls || serverContext != nil else { throw MissingCertificate() }
        let channel = try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.tcpOption(.userTimeout), value: Self.unacknowledgedMilliseconds)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: Self.unsentBytesMax / 2, high: Self.unsentBytesMax))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.accept(channel, transport) }
            }
            .bind(to: try SocketAddress(address)).get()
        return try await loop.submit {
            self.listeners.append(channel)
            self.startSweeping()
            return channel.localAddress.flatMap(NetworkAddress.init) ?? address
        }.get()
    }

    func close() -> EventLoopFuture<Void> {
        isClosing = true
        sweeper?.cancel()
        let all = listeners + connections.values.compactMap(\.channel)
        listeners = []
        return EventLoopFuture.andAllComplete(all.map { $0.close() }, on: loop)
    }

    struct MissingCertificate: Error {}
    struct Refused: Error {}

    var count: Int { connections.count }

    func remember(_ name: String, for hop: Hop) {
        if names.count >= Self.namesMax { names.removeAll() }
        names[hop] = name
    }

    // MARK: On the loop

    func send(_ bytes: [UInt8], to hop: Hop) {
        if let connection = connections[hop] { return connection.send(bytes) }
        guard !isClosing, connections.count < Self.connectionsMax, let remote = try? SocketAddress(hop.address),
            let local = try? SocketAddress(NetworkAddress(host, port: 0)), hop.address.port != 0
        else {
            // Not at once: whoever sends is not done yet.
            return loop.execute { self.endpoint.lost(hop) }
        }
        let connection = StreamConnection(hop, of: self, isOutgoing: true, isStranger: false, limits: limits, at: endpoint.now)
        connections[hop] = connection
        connection.send(bytes)
        startSweeping()
        let name = names[hop]
        ClientBootstrap(group: loop)
            .connectTimeout(Self.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.tcpOption(.userTimeout), value: Self.unacknowledgedMilliseconds)
            .channelOption(.writeBufferWaterMark, value: .init(low: Self.unsentBytesMax / 2, high: Self.unsentBytesMax))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if hop.transport == .tls, let context = self.clientContext {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                    }
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
            .bind(to: local)
            .connect(to: remote)
            .whenFailure { _ in self.ended(connection) }
    }

    private func accept(_ channel: any Channel, _ transport: Transport) throws {
        guard let remote = channel.remoteAddress.flatMap(NetworkAddress.init), !isClosing else { throw Refused() }
        let hop = Hop(transport, remote)
        let isKnown = endpoint.knows(remote.host)
        let others = inboundByHost[remote.host] ?? 0
        guard connections[hop] == nil, connections.count < Self.connectionsMax,
            others < (isKnown ? Self.perSourceMax : Self.perStrangerMax), isKnown || admitsStranger()
        else { throw Refused() }
        let connection = StreamConnection(hop, of: self, isOutgoing: false, isStranger: !isKnown, limits: limits, at: endpoint.now)
        if transport == .tls, let serverContext {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: serverContext))
        }
        try channel.pipeline.syncOperations.addHandler(connection)
        connections[hop] = connection
        inboundByHost[remote.host] = others + 1
        if !isKnown { strangers += 1 }
    }

    private func admitsStranger() -> Bool {
        let now = endpoint.now.microseconds / 1_000_000
        if now != second { (second, strangersInSecond) = (now, 0) }
        guard strangers < Self.strangersMax, strangersInSecond < Self.strangersPerSecondMax else { return false }
        strangersInSecond += 1
        return true
    }

    fileprivate func received(_ message: [UInt8], by connection: StreamConnection) {
        endpoint.receive(message, from: connection.hop)
    }

    fileprivate var now: Timestamp { endpoint.now }

    fileprivate func ended(_ connection: StreamConnection) {
        guard connections[connection.hop] === connection else { return }
        connections[connection.hop] = nil
        if !connection.isOutgoing {
            let host = connection.hop.host
            let others = (inboundByHost[host] ?? 1) - 1
            inboundByHost[host] = others > 0 ? others : nil
            if connection.isStranger { strangers -= 1 }
        }
        if !isClosing { endpoint.lost(connection.hop) }
    }

    private func startSweeping() {
        guard sweeper == nil, !isClosing else { return }
        sweeper = loop.scheduleRepeatedTask(initialDelay: Self.sweepPause, delay: Self.sweepPause) { _ in self.sweep(at: self.endpoint.now)
        }
    }

    /// Closes who is slow, idle or silent, and keeps the way to the others open.
    func sweep(at now: Timestamp) {
        for connection in Array(connections.values) {
            if connection.isStranger, endpoint.knows(connection.hop.host) {
                connection.isStranger = false
                strangers -= 1
            }
            if connection.isLate(at: now) {
                connection.close()
            } else if endpoint.keeps(connection.hop) {
                connection.ping(after: Self.pingPause, at: now)
            } else if now - connection.usedAt >= Self.idleTime {
                connection.close()
            }
        }
    }
}

/// One connection: the end of its channel's pipeline.
final class StreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    let hop: Hop
    let isOutgoing: Bool
    var isStranger: Bool
    private(set) var channel: (any Channel)?
    /// When something last went over it, but for pings.
    private(set) var usedAt: Timestamp
    private var pingedAt: Timestamp
    /// Since when a message is on its way that is not whole; for a stranger's first message since the connection was made.
    private var waitsSince: Timestamp?
    private var framing: StreamFraming
    private let connections: StreamConnections
    /// What is to be sent when it is there.
    private var unsent: [[UInt8]] = []
    private var unsentBytes = 0

    init(_ hop: Hop, of connections: StreamConnections, isOutgoing: Bool, isStranger: Bool, limits: Limits, at now: Timestamp) {
        self.hop = hop
        self.isStranger = isStranger
        self.connections = connections
        self.isOutgoing = isOutgoing
        framing = StreamFraming(limits: limits)
        usedAt = now
        pingedAt = now
        waitsSince = isStranger ? now : nil
    }

    func isLate(at now: Timestamp) -> Bool { waitsSince.map { now - $0 >= StreamConnections.messageTime } ?? false }

    func send(_ bytes: [UInt8]) {
        usedAt = connections.now
        guard let channel, channel.isActive else {
            unsentBytes += bytes.count
            if unsentBytes <= StreamConnections.unsentBytesMax { unsent.append(bytes) }
            return
        }
        write(bytes, to: channel)
    }

    private func write(_ bytes: [UInt8], to channel: any Channel) {
        // Who does not read what he asked for is gone, or wants our memory.
        guard channel.isWritable else { return close() }
        channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
    }

    func ping(after pause: Duration, at now: Timestamp) {
        guard let channel, channel.isActive, now - max(usedAt, pingedAt) >= pause else { return }
        pingedAt = now
        framing.pinged()
        write([0x0D, 0x0A, 0x0D, 0x0A], to: channel)
    }

    func close() { channel?.close(promise: nil) }

    // MARK: ChannelInboundHandler

    func handlerAdded(context: ChannelHandlerContext) { channel = context.channel }

    func channelActive(context: ChannelHandlerContext) {
        for bytes in unsent { write(bytes, to: context.channel) }
        unsent = []
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = connections.now
        framing.append(unwrapInboundIn(data).readableBytesView)
        reading: while true {
            switch framing.next() {
            case .message(let bytes):
                usedAt = now
                waitsSince = nil
                connections.received(bytes, by: self)
            case .ping: write([0x0D, 0x0A], to: context.channel)
            case .pong: break
            case .incomplete: break reading
            case .broken:
                context.close(promise: nil)
                return
            }
        }
        if framing.isInMessage, waitsSince == nil { waitsSince = now }
    }

    func channelInactive(context: ChannelHandlerContext) {
        connections.ended(self)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A certificate that is not good, a reset: the connection's end, told by channelInactive.
        context.close(promise: nil)
    }
}

extension NIOBSDSocket.Option {
    /// TCP_USER_TIMEOUT of Linux (RFC 5482), which NIO does not name.
    fileprivate static let userTimeout = NIOBSDSocket.Option(rawValue: 18)
}
