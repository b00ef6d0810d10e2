import Calls
import Centre
import HTTPAPI
import Logging
import MediaServer
import NIOCore
import NIOPosix
import Operation
import Organization
import Primitives
import SIP
import SIPTransport
import ServiceLifecycle
import Storage
import UnixSignals

/// A whole Callfloor: storage, engine, signalling, media and HTTP, started in that order and stopped in the reverse.
package final class CentreServer: Sendable {
    package let store: Store
    package let centre: CentreActor
    package let http: HTTPServer
    private let configuration: ServerConfiguration
    private let logger: Logger
    private let group: MultiThreadedEventLoopGroup
    private let media: MediaServer
    private let sip: SIPEndpoint
    let calls: CallControl
    private let clock: ServerClock
    private let recorder: InputRecorder?
    private let applier: SetUpApplier

    /// Where the server can be reached once it runs.
    package struct Started: Sendable {
        package var httpPort: Int
        package var sipAddress: NetworkAddress
    }

    /// Opens the database, brings the engine to where the log left it and binds the signalling; HTTP follows in `run`.
    ///
    /// - Parameter observe: hears of every entry that has become durable, beside the screens.
    package init(
        _ configuration: ServerConfiguration, version: String, logger: Logger,
        observe: (@Sendable ([LogEntry]) -> Void)? = nil, announce: @escaping @Sendable (Started) -> Void
    ) async throws {
        self.configuration = configuration
        self.logger = logger
        try DataFolder.prepare(configuration.dataFolder)
        let token = try DataFolder.administratorToken(in: configuration.dataFolder)
        store = try await Store.open(configuration.database, logger: logger)
        let restored = try await store.restore()
        clock = ServerClock(notBefore: restored.lastAt)
        let seed = UInt64.random(in: 0 ... .max)
        recorder = try configuration.recording.map { try InputRecorder(path: $0, seed: seed, start: restored.engine.position) }

        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        media = try Self.startMedia(configuration, logger: logger)
        let control = CallControl(on: loop, media: media, logger: logger)
        calls = control
        let setUp = try await store.setUp()
        let clock = clock
        let secret = Self.secret()
        let sip = SIPEndpoint(
            address: configuration.sipAddress,
            userAgent: UserAgent(
                .init(setUp, address: configuration.sipAddress, secret: secret), random: Random(seed: .random(in: 0 ... .max))),
            on: loop, clock: { clock.now }, logger: logger, onReport: { control.take($0) })
        self.sip = sip

        let announcements = Announcements()
        let store = store
        let alarm = Alarm(on: loop)
        var ports = CentreActor.Ports(
            append: { store.append($0) }, perform: { control.perform($0) }, now: { clock.now }, wake: { alarm.set($0, now: clock.now) },
            publish: { entries in
                announcements.publish(entries)
                observe?(entries)
            },
            fault: { faults in
                for fault in faults { logger.error("the engine is at fault", metadata: ["fault": "\(fault)"]) }
            })
        if let recorder { ports.record = { recorder.record($0) } }
        let centre = CentreActor(
            engine: restored.engine, random: Random(seed: seed), performed: restored.performed, ports: ports, executor: loop.executor)
        self.centre = centre
        alarm.centre = centre
        store.startWriting(
            onCommitted: { position in loop.execute { centre.assumeIsolated { actor in actor.committed(through: position) } } },
            onFailure: { reason in loop.execute { centre.assumeIsolated { actor in actor.commitFailed(reason) } } })
        let applier = SetUpApplier(store: store, centre: centre, clock: clock) { setUp in
            // On the same loop in this order: what SIP says of changed phones comes before what `use` says of all.
            sip.configure(.init(setUp, address: configuration.sipAddress, secret: secret))
            try await loop.submit { control.use(setUp) }.get()
        }
        self.applier = applier
        try await centre.submit(.restarted)
        try await loop.submit {
            control.connect(centre: centre, sip: sip)
            control.use(setUp)
        }.get()
        let sipBound = try await sip.start()
        http = try HTTPServer(
            configuration: .init(
                host: configuration.httpHost, port: configuration.httpPort, webFolder: configuration.webFolder, secureCookies: false,
                administrationToken: token, productVersion: version),
            centre: centre, store: store, announcements: announcements, now: { clock.now },
            applySetUp: { try await applier.answer($0, by: $1) },
            health: { await Health(isWell: centre.unavailable == nil, position: centre.durable) },
            onRunning: { port in announce(Started(httpPort: port, sipAddress: sipBound)) }, logger: logger)
    }

    /// Applies a set-up file, as `callfloor admin apply` does from outside.
    package func apply(_ yaml: String) async throws {
        _ = try await applier.apply(yaml, by: nil)
    }

    /// Serves until the task is cancelled or the process is told to stop.
    package func run(beside services: [any Service] = []) async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: ([http] + services).map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch {
            try await stop()
            throw error
        }
        try await stop()
    }

    private func stop() async throws {
        let calls = calls
        try await sip.loop.submit { calls.endAll() }.get()
        try await sip.close()
        media.shutdown()
        await store.close()
        recorder?.close()
        try await group.shutdownGracefully()
    }

    /// What makes SIP tags and nonces unguessable; new at each start.
    private static func secret() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    private static func startMedia(_ configuration: ServerConfiguration, logger: Logger) throws -> MediaServer {
        var settings = MediaServer.Configuration(
            address: configuration.mediaAddress, ports: configuration.mediaPorts, seed: .random(in: 0 ... .max))
        settings.threads = configuration.mediaThreads
        let media = try MediaServer(settings, logger: logger, onEvent: { _ in })
        if let folder = configuration.promptsFolder {
            let prompts = try media.loadPrompts(in: folder)
            logger.info("prompts loaded", metadata: ["count": "\(prompts.count)"])
        }
        return media
    }
}

/// The engine's alarm clock on its own loop: one deadline, the last one asked for. Bound to the loop; hence unchecked.
private final class Alarm: @unchecked Sendable {
    private let loop: any EventLoop
    private var scheduled: Scheduled<Void>?
    var centre: CentreActor?

    init(on loop: any EventLoop) {
        self.loop = loop
    }

    func set(_ deadline: Timestamp?, now: Timestamp) {
        loop.preconditionInEventLoop()
        scheduled?.cancel()
        scheduled = deadline.map { deadline in
            loop.scheduleTask(in: .microseconds(max(0, (deadline - now).microseconds))) { [self] in
                centre?.assumeIsolated { $0.timePassed() }
            }
        }
    }
}

extension UserAgent.Configuration {
    /// The accounts of a set-up as SIP knows them.
    ///
    /// - Parameter secret: 32 bytes that nobody else knows.
    init(_ setUp: SetUp, address: NetworkAddress, secret: [UInt8]) {
        self.init(
            address: address, realm: ServerConfiguration.realm,
            trunks: setUp.trunks.map { trunk in
                .init(id: ID(sameAs: trunk.id), addresses: trunk.addresses.map { NetworkAddress($0, port: 0) })
            },
            phones: setUp.phones.map { phone in
                let credentials: SIP.PhoneAccount.Credentials =
                    switch phone.access {
                    case .registers(let md5, let sha256): .registered(HA1(md5: md5, sha256: sha256))
                    case .fixed(let address): .fixed(address)
                    }
                return .init(id: ID(sameAs: phone.id), user: phone.user, credentials: credentials)
            },
            productName: "Callfloor", secret: secret)
    }
}
