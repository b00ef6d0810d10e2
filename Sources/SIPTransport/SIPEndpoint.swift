import Logging
import NIOCore
import NIOPosix
import Primitives
import RTP
import SIP

/// The sockets and the clock of a `UserAgent`: datagrams and streams in and out, names looked up, its deadline as a timer, its reports handed on.
///
/// Everything happens on one event loop, and so does `onReport`: it may call `perform` at once, and what it orders goes out after
/// what caused the report. A burst of datagrams is answered with one flush, so with as few system calls as it came in.
package final class SIPEndpoint: @unchecked Sendable {  // all state is touched on `loop` only
    /// Datagrams of one read. At 50 calls a second some 15 messages come in every 10 ms.
    static let burst = 16
    /// A few hundred messages wait in the kernel while the loop is busy, instead of being lost.
    static let socketBufferBytes = 4 << 20
    /// Before a closed socket is opened again, where it cannot be at once.
    static let reopenPause = TimeAmount.milliseconds(200)

    package let loop: any EventLoop
    private let address: NetworkAddress
    private let clock: @Sendable () -> Timestamp
    private let logger: Logger
    private let onReport: @Sendable (Report) -> Void
    /// The slots of a vector read must hold the longest message that gets an answer; a longer one arrives cut and gets 513 all the same.
    private let slotBytes: Int

    private let wanted: Streams
    private(set) var streams: StreamConnections?
    private let resolver: NameResolver
    private var userAgent: UserAgent
    private var channel: (any Channel)?
    /// What the socket was bound to, once it was.
    private var bound: NetworkAddress?
    private var timer: Scheduled<Void>?
    private var timerAt = Timestamp.distantFuture
    /// Why the socket could not be opened again; told once.
    private var reopenFailure: String?
    private var isListening: Bool
    private var isClosing = false
    private var signedOff: EventLoopPromise<Void>?
    /// Actions not yet done. Orders given from within a report join them at the end.
    private var actions: [Action] = []
    private var isActing = false
    private var isReading = false
    private var hasWritten = false
    private var dropped = 0

    /// - Parameters:
    ///   - address: what to bind; port 0 lets the system choose, and the user agent is told.
    ///   - clock: the time of the whole server; it never goes backwards.
    ///   - streams: TCP and TLS.
    ///   - listensAtOnce: false: what comes is passed over until `listen` is called, as if it had been lost on the way.
    ///   - onReport: called on `loop`.
    package init(
        address: NetworkAddress, userAgent: UserAgent, streams: Streams = Streams(), on loop: any EventLoop,
        clock: @escaping @Sendable () -> Timestamp, logger: Logger, listensAtOnce: Bool = true,
        onReport: @escaping @Sendable (Report) -> Void
    ) {
        isListening = listensAtOnce
        self.address = address
        self.userAgent = userAgent
        wanted = streams
        if case .v6 = address.host {
            resolver = NameResolver(server: streams.nameServer, isV6: true)
        } else {
            resolver = NameResolver(server: streams.nameServer, isV6: false)
        }
        self.loop = loop
        self.clock = clock
        self.logger = logger
        self.onReport = onReport
        slotBytes = userAgent.configuration.limits.messageBytesMax + 1_024
    }

    /// Opens the sockets and registers at the trunks' providers. Throws if an address is not ours or taken, or a certificate cannot be
    /// read.
    /// - Returns: the address that UDP is bound to.
    @discardableResult
    package func start() async throws -> NetworkAddress {
        let channel = try await bootstrap().bind(to: try SocketAddress(address)).get()
        let limits = try await loop.submit { self.userAgent.configuration.limits }.get()
        let streams = try StreamConnections(for: self, host: address.host, limits: limits, security: wanted.security)
        var bounds: [Transport: NetworkAddress] = [:]
        do {
            if let tcp = wanted.tcp { bounds[.tcp] = try await streams.listen(at: tcp, .tcp) }
            if let tls = wanted.tls { bounds[.tls] = try await streams.listen(at: tls, .tls) }
        } catch {
            try? await channel.close()
            try? await loop.flatSubmit { streams.close() }.get()
            throw error
        }
        let found = bounds
        return try await loop.submit {
            self.channel = channel
            self.streams = streams
            let bound = channel.localAddress.flatMap(NetworkAddress.init) ?? self.address
            self.bound = bound
            var configuration = self.userAgent.configuration
            if configuration.address.port == 0 { configuration.address.port = bound.port }
            if let tcp = found[.tcp], configuration.tcpAddress == nil {
                configuration.tcpAddress = NetworkAddress(configuration.address.host, port: tcp.port)
            }
            if let tls = found[.tls], configuration.tlsAddress == nil {
                configuration.tlsAddress = NetworkAddress(configuration.address.host, port: tls.port)
            }
            self.take(self.userAgent.configure(configuration))
            self.perform(.signOn)
            self.logger.info(
                "SIP endpoint open",
                metadata: [
                    "udp": "\(bound)", "tcp": "\(found[.tcp]?.description ?? "")", "tls": "\(found[.tls]?.description ?? "")",
                ])
            return bound
        }.get()
    }

    /// Where it can be reached now, as others see it, from any thread.
    package func reachable() async throws -> (udp: NetworkAddress, tcp: NetworkAddress?, tls: NetworkAddress?) {
        try await loop.submit {
            let configuration = self.userAgent.configuration
            return (configuration.address, configuration.tcpAddress, configuration.tlsAddress)
        }.get()
    }

    /// What it has done and holds, for the metrics.
    package struct Figures: Sendable {
        package var userAgent: UserAgent.Figures
        package var legs: Int
        package var transactions: Int
        package var connections: Int
        /// Whether the socket for datagrams is open.
        package var isOpen: Bool
        /// Datagrams that could not be sent.
        package var unsent: Int
    }

    /// From any thread.
    package func figures() async throws -> Figures {
        try await loop.submit {
            let load = self.userAgent.load
            return Figures(
                userAgent: self.userAgent.figures, legs: load.legs, transactions: load.transactions,
                connections: self.streams?.count ?? 0, isOpen: self.channel != nil, unsent: self.dropped)
        }.get()
    }

    /// Takes our registrations at providers back, and waits for that up to `timeout`. To be called before `close`.
    package func signOff(within timeout: Duration) async throws {
        try await loop.flatSubmit {
            self.perform(.signOff)
            guard !self.userAgent.isSignedOff, !self.isClosing else { return self.loop.makeSucceededVoidFuture() }
            let promise = self.signedOff ?? self.loop.makePromise(of: Void.self)
            self.signedOff = promise
            self.loop.scheduleTask(in: .microseconds(timeout.microseconds)) { self.finishSigningOff() }
            return promise.futureResult
        }.get()
    }

    private func finishSigningOff() {
        signedOff?.succeed()
        signedOff = nil
    }

    private func bootstrap() -> DatagramBootstrap {
        DatagramBootstrap(group: loop)
            .channelOption(.datagramVectorReadMessageCount, value: Self.burst)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.burst * slotBytes))
            .channelOption(.socketOption(.so_rcvbuf), value: Self.socketBufferBytes)
            .channelOption(.socketOption(.so_sndbuf), value: Self.socketBufferBytes)
            // What one burst answers must fit: NIO's 64 KiB are some fifty INVITEs.
            .channelOption(.writeBufferWaterMark, value: .init(low: Self.socketBufferBytes / 4, high: Self.socketBufferBytes))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(DatagramHandler(self)) }
            }
    }

    /// Closes the socket; what was written is sent first. Calls that are to be ended well are ended by orders before.
    package func close() async throws {
        let channel = try await loop.submit { () -> (any Channel)? in
            self.isClosing = true
            self.timer?.cancel()
            self.timer = nil
            self.channel?.flush()
            defer { self.channel = nil }
            return self.channel
        }.get()
        try await channel?.close().get()
        try await loop.flatSubmit {
            self.finishSigningOff()
            let streams = self.streams
            self.streams = nil
            return streams?.close() ?? self.loop.makeSucceededVoidFuture()
        }.get()
        resolver.close()
        logger.info("SIP endpoint closed", metadata: ["address": "\(address)", "dropped": "\(dropped)"])
    }

    /// From here on what comes is heard. On `loop` only.
    package func listen() {
        loop.assertInEventLoop()
        isListening = true
    }

    /// Does what `order` says. On `loop` only.
    package func perform(_ order: Order) {
        loop.assertInEventLoop()
        take(userAgent.perform(order, at: clock()))
    }

    /// The same from any thread.
    package func submit(_ order: Order) {
        loop.execute { self.perform(order) }
    }

    /// Whether calls go on by the trunk, from any thread.
    package func carriesCalls(over trunk: ID<SIPTrunk>) async throws -> Bool {
        try await loop.submit { self.userAgent.carriesCalls(over: trunk) }.get()
    }

    /// New accounts, from any thread.
    package func configure(_ configuration: UserAgent.Configuration) {
        loop.execute {
            var configuration = configuration
            let current = self.userAgent.configuration
            if configuration.address.port == 0 { configuration.address.port = current.address.port }
            configuration.tcpAddress = configuration.tcpAddress ?? current.tcpAddress
            configuration.tlsAddress = configuration.tlsAddress ?? current.tlsAddress
            self.take(self.userAgent.configure(configuration))
            self.perform(.signOn)
        }
    }

    /// Puts back a registration known before a restart; false if the phone cannot be called by it any more. On `loop` only.
    package func restoreRegistration(of phone: ID<SIPPhone>, contact: SIPURI, source: Hop, until: Timestamp) -> Bool {
        loop.assertInEventLoop()
        defer { take([]) }
        return userAgent.restoreRegistration(of: phone, contact: contact, source: source, until: until)
    }

    /// What a restart would need of the leg; nil for one that is not known. On `loop` only.
    package func record(of leg: ID<SIPLeg>) -> DialogRecord? {
        loop.assertInEventLoop()
        return userAgent.record(of: leg)
    }

    /// Puts back a leg of before a restart: see `UserAgent.restore`. On `loop` only.
    package func restore(_ leg: ID<SIPLeg>, _ record: DialogRecord, answering body: [UInt8]?) {
        loop.assertInEventLoop()
        take(userAgent.restore(leg, record, answering: body, at: clock()))
    }

    // MARK: On the loop

    func receive(_ envelope: AddressedEnvelope<ByteBuffer>) {
        isReading = true
        guard isListening else { return }
        guard let source = NetworkAddress(envelope.remoteAddress) else { return }
        // RFC 5626 section 8: phones keep their way through a NAT open by STUN on SIP's own port, and learn what it looks like.
        let isKeepAlive = envelope.data.withUnsafeReadableBytes { STUN.isMessage($0) }
        guard !isKeepAlive else { return answerKeepAlive(envelope.data, from: source) }
        take(userAgent.receive(Array(envelope.data.readableBytesView), from: .udp(source), at: clock()))
    }

    private func answerKeepAlive(_ data: ByteBuffer, from source: NetworkAddress) {
        guard userAgent.knows(source.host), let answer = data.withUnsafeReadableBytes({ STUN.answer(to: $0, from: source) }) else { return }
        send(answer, to: source)
    }

    /// A message of a stream.
    func receive(_ message: [UInt8], from hop: Hop) { if isListening { take(userAgent.receive(message, from: hop, at: clock())) } }

    /// A connection is gone or could not be made.
    func lost(_ hop: Hop) { take(userAgent.connectionLost(hop, at: clock())) }

    func keeps(_ hop: Hop) -> Bool { userAgent.keeps(hop) }

    func knows(_ host: IPAddress) -> Bool { userAgent.knows(host) }

    var now: Timestamp { clock() }

    func burstEnded() {
        isReading = false
        flush()
    }

    func failed(_ error: any Error) {
        logger.warning("SIP socket error", metadata: ["error": "\(error)"])
    }

    /// NIO closes a datagram socket when the system refuses one datagram (a firewall's EPERM, a network that is gone): it is opened
    /// again, for all other calls go on.
    func lost(_ lost: any Channel) {
        guard !isClosing, lost === channel, let bound else { return }
        channel = nil
        hasWritten = false
        isReading = false
        logger.error("SIP socket was closed and is opened again", metadata: ["address": "\(bound)"])
        reopen(at: bound)
    }

    private func reopen(at address: NetworkAddress) {
        guard !isClosing, let target = try? SocketAddress(address) else { return }
        bootstrap().bind(to: target).hop(to: loop).whenComplete { result in
            switch result {
            case .success(let channel) where self.isClosing: channel.close(promise: nil)
            case .success(let channel):
                self.channel = channel
                self.reopenFailure = nil
            case .failure(let error):
                let reason = "\(error)"
                if reason != self.reopenFailure { self.logger.error("SIP socket cannot be opened", metadata: ["reason": "\(reason)"]) }
                self.reopenFailure = reason
                self.loop.scheduleTask(in: Self.reopenPause) { self.reopen(at: address) }
            }
        }
    }

    private func take(_ new: [Action]) {
        actions += new
        guard !isActing else { return }
        isActing = true
        var next = 0
        while next < actions.count {
            switch actions[next] {
            case .send(let bytes, let hop):
                if hop.transport == .udp { send(bytes, to: hop.address) } else { streams?.send(bytes, to: hop) }
            case .report(let report): onReport(report)
            case .resolve(let number, let name, let port, let transport): resolve(number, name, port, transport)
            }
            next += 1
        }
        actions.removeAll(keepingCapacity: true)
        isActing = false
        if signedOff != nil, userAgent.isSignedOff { finishSigningOff() }
        if !isReading { flush() }
        armTimer()
    }

    private func send(_ bytes: [UInt8], to destination: NetworkAddress) {
        if let channel, !channel.isWritable { channel.flush() }
        // A full socket buffer loses datagrams as the network does; SIP sends again. What no socket can send is not tried: NIO
        // would close ours.
        guard let channel, channel.isWritable, isReachable(destination), let remote = try? SocketAddress(destination) else {
            dropped += 1
            return
        }
        channel.write(AddressedEnvelope(remoteAddress: remote, data: channel.allocator.buffer(bytes: bytes)), promise: nil)
        hasWritten = true
    }

    private func resolve(_ number: UInt64, _ name: String, _ port: UInt16?, _ transport: Transport) {
        resolver.resolve(name, port: port, transport, on: loop).whenSuccess { found in
            // A certificate must be for the name that was asked for, not for what DNS made of it (RFC 5922 section 4).
            if transport == .tls { for candidate in found.candidates { self.streams?.remember(name, for: candidate.hop) } }
            self.take(self.userAgent.resolved(number, found.candidates, lifetime: found.lifetime, at: self.clock()))
        }
    }

    private func isReachable(_ destination: NetworkAddress) -> Bool {
        guard destination.port != 0 else { return false }
        switch (destination.host, address.host) {
        case (.v4(let word), .v4): return word != .max && word >> 28 != 0xE
        case (.v6, .v6): return true
        case (.v4, .v6), (.v6, .v4): return false
        }
    }

    private func flush() {
        guard hasWritten else { return }
        hasWritten = false
        channel?.flush()
    }

    private func armTimer() {
        // A timer that is set earlier than needed stays: it wakes in vain and sets the right one.
        guard !isClosing, let deadline = userAgent.nextDeadline, deadline < timerAt else { return }
        timer?.cancel()
        timerAt = deadline
        let delay = max(0, (deadline - clock()).microseconds)
        timer = loop.scheduleTask(in: .microseconds(delay)) {
            self.timerAt = .distantFuture
            self.take(self.userAgent.timePassed(at: self.clock()))
        }
    }
}
