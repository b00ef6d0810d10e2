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
import Synchronization
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
    private let keeper: StorageKeeper
    private let webhooks: WebhookSender
    private let certificates: CertificateKeeper?
    private let announcements: Announcements
    private let alarm: Alarm
    private let recordings: RecordingOffice

    /// How long providers have to answer that they forget us.
    private static let signOffMax = Duration.seconds(2)

    /// Where the server can be reached once it runs.
    package struct Started: Sendable {
        package var httpPort: Int
        /// Nil where HTTPS is not asked for.
        package var httpsPort: Int?
        package var sipAddress: NetworkAddress
        /// What lets the first administrator in; nil: the centre has one.
        package var welcomeToken: String?
    }

    /// Opens the database, brings the engine to where the log left it, binds the signalling and takes up the calls of before; HTTP
    /// follows in `run`.
    ///
    /// - Parameter stage: of a demo: hears of every entry that has become durable, beside the screens.
    package init(
        _ configuration: ServerConfiguration, version: String, logger: Logger, stage: DemoStage? = nil,
        announce: @escaping @Sendable (Started) -> Void
    ) async throws {
        self.configuration = configuration
        self.logger = logger
        try DataFolder.prepare(configuration.dataFolder)
        let certificates = try CertificateKeeper(configuration, now: { ServerClock.wall }, logger: logger)
        self.certificates = certificates
        if configuration.isPlainBeyondThisMachine {
            logger.warning(
                "browsers give no microphone to pages that come by plain HTTP from another machine: give them --https",
                metadata: ["host": "\(configuration.httpHost)"])
        }
        let token = try DataFolder.administratorToken(in: configuration.dataFolder)
        let store = try await Store.open(configuration.database, logger: logger)
        self.store = store
        let restored = try await store.restore()
        let clock = ServerClock(notBefore: restored.lastAt)
        self.clock = clock
        let seed = UInt64.random(in: 0 ... .max)
        recorder = try configuration.recording.map { try InputRecorder(path: $0, seed: seed, start: restored.engine.position) }

        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let listener = MediaListener(stage)
        media = try Self.startMedia(configuration, logger: logger) { listener.hear($0) }
        let announcements = Announcements()
        self.announcements = announcements
        let control = CallControl(
            on: loop, media: media, audioAddresses: configuration.audio?.addresses ?? [], now: { clock.now },
            show: { announcements.show($0, of: $1) },
            logger: logger)
        control.voices.show = { announcements.show($0, of: $1) }
        calls = control
        listener.listen(awaiting: control.awaitedEnds) { event in loop.execute { control.heard(event) } }
        recordings = try RecordingOffice(
            configuration, on: loop, store: store, announcements: announcements, now: { clock.now }, logger: logger)
        control.recorder = recordings.keeper
        let setUp = try await store.setUp()
        let secret = Self.secret()
        let sip = SIPEndpoint(
            address: configuration.sipAddress,
            userAgent: UserAgent(
                .init(setUp, address: configuration.sipAddress, secret: secret), random: Random(seed: .random(in: 0 ... .max))),
            streams: Self.streams(configuration, certificates), on: loop, clock: { clock.now }, logger: logger, listensAtOnce: false,
            onReport: { control.take($0) })
        self.sip = sip

        let alarm = Alarm(on: loop)
        self.alarm = alarm
        var ports = CentreActor.Ports(
            append: { store.append($0) }, perform: { control.perform($0) }, now: { clock.now }, wake: { alarm.set($0, now: clock.now) },
            settle: { try await store.settle() },
            publish: { entries in
                announcements.publish(entries)
                stage?.observe(entries)
            },
            fault: { faults in
                for fault in faults { logger.error("the engine is at fault", metadata: ["fault": "\(fault)"]) }
            })
        if let recorder { ports.record = { recorder.record($0) } }
        let centre = CentreActor(
            engine: restored.engine, random: Random(seed: seed), performed: restored.performed, ports: ports, executor: loop.executor)
        self.centre = centre
        alarm.centre = centre
        keeper = StorageKeeper(
            store: store, centre: centre, calls: control, on: loop, announcements: announcements, now: { clock.now }, logger: logger)
        keeper.startWriting()
        recordings.connect(centre)
        let applier = SetUpApplier(
            store: store, centre: centre, clock: clock, carriesCalls: { try await sip.carriesCalls(over: ID(sameAs: $0)) }
        ) { setUp in
            // On the same loop in this order: what SIP says of changed phones comes before what `use` says of all.
            sip.configure(.init(setUp, address: configuration.sipAddress, secret: secret))
            try await loop.submit { control.use(setUp) }.get()
            Welcome.settle(in: configuration.dataFolder, for: setUp)
        }
        self.applier = applier
        let welcome = Welcome(folder: configuration.dataFolder, store: store, applier: applier)
        let welcomeToken = try Welcome.token(in: configuration.dataFolder, for: setUp)
        let dialled = try await store.dialled(since: clock.now - .seconds(3600))
        let sipBound = try await sip.start()
        try await loop.submit {
            control.connect(centre: centre, sip: sip)
            control.remember(restored.registrations, at: clock.now)
            control.remember(restored.legs, at: clock.now)
            control.use(setUp)
            for (agent, at) in dialled { control.dialled.count(agent, at: at) }
            control.takeUp(in: centre)
            // Not before the calls of before are known: a request within one of them would be told that there is none.
            sip.listen()
        }.get()
        let webhooks = WebhookSender(
            WebhookClient(group: MultiThreadedEventLoopGroup.singleton, reachesPrivate: configuration.reachesPrivateWebhooks),
            before: try await Self.untold(in: store, setUp, at: clock.now),
            forget: { id in
                do {
                    try await store.forgetMessage(id)
                } catch {
                    logger.warning("a webhook may be told twice", metadata: ["message": "\(id)", "error": "\(error)"])
                }
            }, now: { clock.now }, logger: logger)
        self.webhooks = webhooks
        var httpConfiguration = HTTPServer.Configuration(
            host: configuration.httpHost, port: configuration.httpPort, webFolder: configuration.webFolder,
            secure: Self.secure(configuration, certificates), administrationToken: token, productVersion: version)
        httpConfiguration.seats = configuration.seats
        http = try HTTPServer(
            configuration: httpConfiguration, centre: centre, store: store, announcements: announcements, now: { clock.now },
            setUp: SetUpPort(applier, store: store, control: control, sip: sip, welcome: WelcomePort { try await welcome.make($0) }),
            health: {
                let isSIPUp = (try? await sip.figures().isOpen) ?? false
                return await Health(position: centre.durable, isStorageWriting: centre.unavailable == nil, isSIPUp: isSIPUp)
            },
            metrics: { [media, recordings] in
                var metrics = Metrics()
                metrics.add(media.statistics)
                metrics.add(.counter, "callfloor_webhooks_total", "Messages to other programs, by what became of them.") {
                    $0.sample(webhooks.figures.delivered, ["result": "delivered"])
                    $0.sample(webhooks.figures.givenUp, ["result": "givenUp"])
                }
                if let figures = recordings.keeper?.figures { metrics.add(figures) }
                if let figures = try? await sip.figures() { metrics.add(figures) }
                if let figures = try? await loop.submit({ control.figures }).get() { metrics.add(figures) }
                return metrics
            },
            headsets: HeadsetPort(control, on: loop, audio: configuration.audio, now: { clock.now }), recordings: recordings.port,
            customers: configuration.offersCustomerPage
                ? CustomerPagePort(control, on: loop, audio: configuration.audio, now: { clock.now }) : nil,
            demo: stage?.port,
            keepKeys: { id, keys in _ = try? await loop.submit { control.keptKeys[id] = keys }.get() },
            numbers: NumberDesk(
                accept: { written, leg, project, agent in
                    try await loop.submit { try control.accept(written, for: leg, of: project, by: agent) }.get()
                }, settle: { leg in _ = try? await loop.submit { control.settle(leg) }.get() }),
            alerts: { webhooks.tell($0) },
            onRunning: { announce(Started(httpPort: $0.plain, httpsPort: $0.secure, sipAddress: sipBound, welcomeToken: welcomeToken)) },
            logger: logger)
    }

    /// Applies a set-up file, as `callfloor admin apply` does from outside.
    package func apply(_ yaml: String) async throws {
        _ = try await applier.apply(SetUpRequest(text: yaml, isFragment: false, author: nil, version: nil))
    }

    /// Serves until the task is cancelled or the process is told to stop: by SIGTERM or SIGINT, which lets calls end first, or by
    /// SIGUSR2 or one more of the others, which leaves them to the next start.
    package func run(beside services: [any Service] = []) async throws {
        // In the reverse order they are told to stop: the screens last, for agents finish their calls on them.
        let clock = clock
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sigusr2)
        let leaving = Leaving(
            calls: calls, toldBy: signals, on: sip.loop, drainMax: configuration.drainMax, announcements: announcements, now: { clock.now },
            logger: logger)
        let all: [any Service] = [http, keeper, recordings, webhooks] + (certificates.map { [$0] } ?? []) + services + [leaving]
        let group = ServiceGroup(
            configuration: .init(
                services: all.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) }, logger: logger))
        do {
            try await group.run()
        } catch {
            try await stop()
            throw error
        }
        try await stop()
    }

    private func stop() async throws {
        let (calls, alarm) = (calls, alarm)
        let isHandingOver = try await sip.loop.submit {
            // What falls due from here on is the successor's: it could be stored, and not be carried out any more.
            calls.tellVoices()
            if calls.isHandingOver { alarm.stop() } else { calls.endAll() }
            return calls.isHandingOver
        }.get()
        // Draining has begun it; here the last answers are waited for. A successor registers anew: handing over, providers keep
        // one address without a gap.
        if !isHandingOver { try await sip.signOff(within: Self.signOffMax) }
        try await sip.close()
        media.shutdown()
        recordings.shutdown()
        await store.close()
        recorder?.close()
        try await group.shutdownGracefully()
    }

    /// What makes SIP tags and nonces unguessable; new at each start.
    private static func secret() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    private static func secure(_ configuration: ServerConfiguration, _ certificates: CertificateKeeper?) -> HTTPServer.Secure? {
        guard let https = configuration.https, let certificates else { return nil }
        return HTTPServer.Secure(
            host: https.address.host.description, port: Int(https.address.port), certificate: certificates.certificate,
            isVouchedFor: certificates.isVouchedFor)
    }

    private static func streams(_ configuration: ServerConfiguration, _ certificates: CertificateKeeper?) -> SIPEndpoint.Streams {
        var streams = configuration.sipStreams
        if configuration.certificate != nil, let certificate = certificates?.certificate {
            streams.security.current = { certificate.current }
        }
        return streams
    }

    private static func startMedia(
        _ configuration: ServerConfiguration, logger: Logger, onEvent: @escaping @Sendable (MediaEvent) -> Void
    ) throws -> MediaServer {
        var settings = MediaServer.Configuration(
            address: configuration.mediaAddress, ports: configuration.mediaPorts, seed: .random(in: 0 ... .max))
        settings.threads = configuration.mediaThreads
        let media = try MediaServer(settings, logger: logger, onEvent: onEvent)
        if let folder = configuration.promptsFolder {
            let prompts = try media.loadPrompts(in: folder)
            logger.info("prompts loaded", metadata: ["count": "\(prompts.count)"])
        }
        return media
    }
}

/// Hears the media threads before there is anybody to tell.
private final class MediaListener: Sendable {
    private let listener = Mutex<(awaited: AwaitedEnds, tell: @Sendable (MediaEvent) -> Void)?>(nil)
    private let stage: DemoStage?

    init(_ stage: DemoStage?) {
        self.stage = stage
    }

    func listen(awaiting awaited: AwaitedEnds, _ tell: @escaping @Sendable (MediaEvent) -> Void) {
        listener.withLock { $0 = (awaited, tell) }
    }

    func hear(_ event: MediaEvent) {
        switch event {
        // Nobody wants to know: most calls bring them, and each would wake the engine's loop.
        case .firstPacket(let session): stage?.heard(session)
        case .digit: break
        case .promptFinished(let session):
            guard let (awaited, tell) = listener.withLock({ $0 }), awaited.take(session) else { return }
            tell(event)
        case .silent, .browserConnected, .browserLost, .browserBack, .browserClosed, .browserRefused: listener.withLock { $0 }?.tell(event)
        }
    }
}

/// The engine's alarm clock on its own loop: one deadline, the last one asked for. Bound to the loop; hence unchecked.
private final class Alarm: @unchecked Sendable {
    private let loop: any EventLoop
    private var scheduled: Scheduled<Void>?
    private var isStopped = false
    var centre: CentreActor?

    init(on loop: any EventLoop) {
        self.loop = loop
    }

    func stop() {
        loop.preconditionInEventLoop()
        isStopped = true
        scheduled?.cancel()
    }

    func set(_ deadline: Timestamp?, now: Timestamp) {
        loop.preconditionInEventLoop()
        scheduled?.cancel()
        guard !isStopped else { return }
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
                SIP.TrunkAccount(trunk)
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

extension SIP.TrunkAccount {
    /// A provider's line as SIP knows it.
    init(_ trunk: Operation.TrunkAccount) {
        let server = trunk.server.map {
            RemoteServer(
                $0.host.description, port: $0.port, transport: $0.transport.flatMap { Transport(rawValue: $0.rawValue) } ?? .udp)
        }
        var registration: TrunkRegistration?
        if let server, let login = trunk.login, login.registers {
            registration = TrunkRegistration(
                registrar: server, user: login.user, expires: Int(clamping: login.expires.milliseconds / 1000))
        }
        self.init(
            id: ID(sameAs: trunk.id), addresses: trunk.addresses.map { NetworkAddress($0, port: 0) }, server: server,
            login: trunk.login.map { Login(user: $0.realmUser ?? $0.user, password: $0.password.text) }, registration: registration,
            presentation: Presentation(trunk), invitesPerSecond: trunk.callsPerSecond)
    }
}

extension Presentation {
    fileprivate init(_ trunk: Operation.TrunkAccount) {
        let form: NumberForm =
            switch trunk.presents?.format {
            case .e164: .plus
            case .digits: .digits
            case nil: .asGiven
            }
        self.init(
            shown: trunk.presents.map { Identity($0.header) } ?? .from, believed: Identity(trunk.callers),
            // What each project shows is said with every call.
            number: nil, form: form)
    }
}

extension Presentation.Identity {
    fileprivate init(_ header: Operation.TrunkAccount.IdentityHeader) {
        self =
            switch header {
            case .assertedIdentity: .asserted
            case .remoteParty: .remoteParty
            case .from: .from
            }
    }
}
