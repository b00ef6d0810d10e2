import Calls
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Operation
import Organization
import Primitives
import ServiceLifecycle
import Storage
import Synchronization

/// The HTTP side as a whole: the API, the live feed and the front end's files, on one port, and on a second one over TLS if wanted.
///
/// Make `Announcements` first and give its `publish` to the centre's ports; then this, with the same announcements.
package struct HTTPServer: Service, CustomStringConvertible {
    /// What the log calls it; the configuration holds a secret.
    package var description: String { "HTTP server" }

    package struct Configuration: Sendable {
        package var host: String
        /// 0: any that is free; `onRunning` tells which.
        package var port: Int
        /// The front end's folder.
        package var webFolder: String
        /// Where browsers reach us over TLS; nil: nowhere.
        package var secure: Secure?
        /// What the local administrator shows to apply a set-up; empty: nobody can.
        package var administrationToken: String
        package var productVersion: String
        /// The demo's seats that need no password: logins by host name in lower case (`OneClickSeats` says why that is safe there).
        package var seats: [String: String] = [:]
        /// What it costs to answer a sign-in with an unknown login: the same as with a known one.
        package var passwordCost: Password.Cost

        package init(
            host: String, port: Int, webFolder: String, secure: Secure? = nil, administrationToken: String, productVersion: String,
            passwordCost: Password.Cost = .standard
        ) {
            self.host = host
            self.port = port
            self.webFolder = webFolder
            self.secure = secure
            self.administrationToken = administrationToken
            self.productVersion = productVersion
            self.passwordCost = passwordCost
        }
    }

    /// HTTPS: another port, with a certificate.
    package struct Secure: Sendable {
        package var host: String
        package var port: Int
        package var certificate: ServerCertificate
        /// Whether somebody whom browsers believe vouches for the certificate. Only then may they be told never to come without TLS
        /// again: with HSTS nobody can go on to a page whose certificate his browser does not know (RFC 6797 section 12.1).
        package var isVouchedFor: Bool

        package init(host: String, port: Int, certificate: ServerCertificate, isVouchedFor: Bool) {
            self.host = host
            self.port = port
            self.certificate = certificate
            self.isVouchedFor = isVouchedFor
        }
    }

    /// The ports that are open.
    package struct Ports: Sendable, Hashable {
        package var plain: Int
        package var secure: Int?
    }

    private let configuration: Configuration
    private let feed: LiveFeed
    private let walls: WallFeed
    private let chainWatch: ChainWatch
    private let finder: CustomerFinder
    private let customerFiles: CustomerFileRoutes
    private let gazetteers: Gazetteers
    /// Every route there is.
    package let table: RouteTable
    private let front: Front
    private let onRunning: @Sendable (Ports) -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - now: the server's one clock.
    ///   - setUp: the set-up, to be read and changed.
    ///   - health: how the parts are; called for every probe, and must not wait for a disk.
    ///   - metrics: what a monitoring system is told of signalling, media and storage; HTTP's and the trade's figures are added.
    ///   - headsets: ends the calls of agents' browsers.
    ///   - recordings: reads and erases what was recorded.
    ///   - customers: and those of customers' pages; nil: there is no such page.
    ///   - demo: what a demo can be asked; nil: it is none.
    ///   - keepKeys: keeps keys for `CallDirective.press`, or forgets them.
    ///   - numbers: where numbers outside are judged and kept.
    ///   - alerts: is told of every alert that begins or ends, and must not wait.
    ///   - onRunning: hears the ports when all are open.
    /// - Throws: `RouteTable.Mistake`, if two routes are one.
    package init(
        configuration: Configuration, centre: CentreActor, store: Store, announcements: Announcements,
        now: @escaping @Sendable () -> Timestamp, setUp: SetUpPort,
        health: @escaping @Sendable () async -> Health, metrics: @escaping @Sendable () async -> Metrics = { Metrics() },
        headsets: HeadsetPort = .none, recordings: RecordingPort = .none, customers: CustomerPagePort? = nil, demo: DemoPort? = nil,
        keepKeys: @escaping @Sendable (ID<Keys>, String?) async -> Void = { _, _ in }, numbers: NumberDesk = .none,
        alerts: @escaping @Sendable (AlertNews) -> Void = { _ in }, onRunning: @escaping @Sendable (Ports) -> Void = { _ in },
        logger: Logger
    ) throws {
        self.configuration = configuration
        self.onRunning = onRunning
        self.logger = logger
        let names = NameBook()
        feed = LiveFeed(centre: centre, store: store, names: names, announcements: announcements, now: now, logger: logger)
        walls = WallFeed(feed: feed, store: store, names: names, announcements: announcements, tell: alerts, now: now, logger: logger)
        let trail = AuditTrail(centre: centre, names: names, now: now)
        chainWatch = ChainWatch(store: store, centre: centre, now: now, logger: logger)
        let sessions = Sessions(
            store: store, now: now, bench: try PasswordBench(cost: configuration.passwordCost), feed: feed, trail: trail)
        let description = Description()
        let figures = FrontFigures()
        let files = CustomerFileRoutes(
            centre: centre, store: store, recordings: recordings, names: names, now: now, logger: logger)
        customerFiles = files
        let gazetteers = Gazetteers(store: store, logger: logger)
        self.gazetteers = gazetteers
        finder = CustomerFinder(centre: centre, store: store, announcements: announcements, logger: logger)
        let startedAt = now()
        table = try RouteTable(
            sessions.routes + DeskRoutes(centre: centre, store: store, names: names, feed: feed, now: now).routes
                + CallRoutes(centre: centre, keepKeys: keepKeys, numbers: numbers, names: names, now: now).routes
                + DialRoutes(centre: centre, store: store, numbers: numbers, names: names, now: now).routes + FloorRoutes(feed: feed).routes
                + SupervisionRoutes(centre: centre, store: store, names: names, feed: feed, now: now).routes
                + HeadsetRoutes(centre: centre, headsets: headsets, now: now).routes
                + CustomerPageRoutes(port: customers, centre: centre, store: store, names: names, now: now).routes
                + DemoRoutes(port: demo).routes
                + ContactRoutes(store: store, names: names, now: now).routes
                + RecordingRoutes(store: store, centre: centre, port: recordings, trail: trail, names: names, now: now).routes
                + DocumentRoutes(centre: centre, store: store, names: names, now: now).routes
                + ContactWorkRoutes(centre: centre, store: store, names: names, trail: trail, gazetteers: gazetteers, now: now).routes
                + GazetteerRoutes(centre: centre, gazetteers: gazetteers, names: names, now: now).routes
                + CustomerRoutes(centre: centre, store: store, names: names, readers: CustomerReaders(), trail: trail, now: now).routes
                + files.routes
                + FigureRoutes(store: store, names: names, now: now).routes
                + ProductRoutes(centre: centre, store: store, names: names, now: now).routes
                + ProposalRoutes(centre: centre, store: store, names: names, announcements: announcements, now: now).routes
                + ClientReportRoutes(store: store, names: names, now: now).routes
                + StreamRoute(feed: feed).routes + SetUpRoutes(port: setUp, feed: feed).routes
                + TrunkTestRoute(port: setUp).routes + FirstAdministratorRoute(port: setUp.welcome, sessions: sessions).routes
                + FloorWarningsRoute(port: setUp, names: names).routes
                + WallRoutes(walls: walls, store: store, names: names, centre: centre, now: now).routes
                + AlertRoutes(store: store, names: names).routes
                + AuditRoutes(store: store, names: names, watch: chainWatch).routes
                + HealthRoutes(
                    health: health, announcements: announcements, version: configuration.productVersion, startedAt: startedAt, now: now
                ).routes
                + MetricsRoute(
                    centre: centre, names: names, feed: feed, figures: figures, trail: trail, announcements: announcements, more: metrics,
                    version: configuration.productVersion, startedAt: startedAt, now: now
                ).routes + description.routes)
        description.write(OpenAPI(table: table, version: configuration.productVersion))
        front = Front(
            table: table, files: StaticFiles(folder: configuration.webFolder),
            reception: Reception(
                sessions: sessions, administrationToken: configuration.administrationToken, seats: OneClickSeats(configuration.seats),
                trail: trail, now: now),
            figures: figures, now: now, asksForSecurity: configuration.secure?.isVouchedFor ?? false)
    }

    /// Serves until it is cancelled or shut down gracefully: then streams end, and requests under way are answered.
    package func run() async throws {
        try await feed.prepare()
        try await walls.prepare()
        try await gazetteers.prepare()
        let stream = HTTP1Channel.Configuration(
            idleTimeout: TimeAmount(Limits.idleConnection),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Limits.headerMax, maxHeaderListSize: Limits.headersMax, maxHeaderFieldCount: Limits.headerCountMax))
        let open = OpenPorts(needsSecure: configuration.secure != nil, whenAll: onRunning)
        let plain = application(front, .http1(configuration: stream), at: configuration.host, configuration.port) { open.openedPlain($0) }
        let secure = configuration.secure.map { secure in
            application(
                SecureFront(front: front),
                HTTPServerBuilder { try SecureChannel(secure.certificate, stream: stream, responder: $0) }, at: secure.host, secure.port
            ) { open.openedSecure($0) }
        }
        let (feed, walls, chainWatch) = (self.feed, self.walls, self.chainWatch)
        let (finder, files, gazetteers) = (self.finder, self.customerFiles, self.gazetteers)
        @Sendable func close() {
            feed.close()
            walls.close()
            chainWatch.close()
            gazetteers.close()
        }
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await feed.run() }
                group.addTask { await walls.run() }
                group.addTask { await chainWatch.run() }
                group.addTask {
                    await withTaskGroup { beside in
                        beside.addTask { await files.tend() }
                        await finder.run()
                        beside.cancelAll()
                    }
                }
                group.addTask { await gazetteers.run() }
                group.addTask { try await plain.run() }
                if let secure { group.addTask { try await secure.run() } }
                // Whichever ends first, the other has nothing left to do.
                defer { close() }
                try await group.next()
                close()
                try await group.waitForAll()
            }
        } onGracefulShutdown: {
            close()
        }
    }

    private func application<Responder: HTTPResponder>(
        _ responder: Responder, _ server: HTTPServerBuilder, at host: String, _ port: Int, onRunning: @escaping @Sendable (Int) -> Void
    ) -> Application<Responder> where Responder.Context == CallfloorRequestContext {
        Application(
            responder: responder, server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), backlog: Limits.backlog,
                availableConnectionsDelegate: .maximum(Limits.connectionsMax, logger: logger)),
            onServerRunning: { channel in onRunning(channel.localAddress?.port ?? 0) }, logger: logger)
    }
}

/// Waits until every port is open.
private final class OpenPorts: Sendable {
    private let found = Mutex<(plain: Int?, secure: Int?)>((nil, nil))
    private let needsSecure: Bool
    private let whenAll: @Sendable (HTTPServer.Ports) -> Void

    init(needsSecure: Bool, whenAll: @escaping @Sendable (HTTPServer.Ports) -> Void) {
        self.needsSecure = needsSecure
        self.whenAll = whenAll
    }

    func openedPlain(_ port: Int) { opened { $0.plain = port } }
    func openedSecure(_ port: Int) { opened { $0.secure = port } }

    private func opened(_ set: (inout (plain: Int?, secure: Int?)) -> Void) {
        let all = found.withLock { found -> HTTPServer.Ports? in
            set(&found)
            guard let plain = found.plain, !needsSecure || found.secure != nil else { return nil }
            return HTTPServer.Ports(plain: plain, secure: found.secure)
        }
        if let all { whenAll(all) }
    }
}

/// The same front, for what comes over TLS.
private struct SecureFront: HTTPResponder {
    let front: Front

    func respond(to request: Request, context: CallfloorRequestContext) async throws -> Response {
        var context = context
        context.isSecure = true
        return try await front.respond(to: request, context: context)
    }
}

/// Hands a request to the API or to the files, and gives every answer the headers that keep browsers safe.
struct Front: HTTPResponder {
    private let table: RouteTable
    private let files: StaticFiles
    private let router: RouterResponder<CallfloorRequestContext>
    private let figures: FrontFigures
    private let now: @Sendable () -> Timestamp
    private let asksForSecurity: Bool

    /// - Parameter asksForSecurity: whether browsers that have come over TLS are told to come by it only.
    init(
        table: RouteTable, files: StaticFiles, reception: Reception, figures: FrontFigures, now: @escaping @Sendable () -> Timestamp,
        asksForSecurity: Bool
    ) {
        self.table = table
        self.files = files
        self.figures = figures
        self.now = now
        self.asksForSecurity = asksForSecurity
        let router = Router(context: CallfloorRequestContext.self, options: .autoGenerateHeadEndpoints)
        for route in table.routes {
            let counted = figures.begin(route)
            router.on(RouterPath(route.path), method: route.method) { request, context in
                let begun = now()
                let response = try await reception.answer(request, context, route)
                counted.count(response.status, after: now() - begun)
                return response
            }
        }
        self.router = router.buildResponder()
    }

    func respond(to request: Request, context: CallfloorRequestContext) async throws -> Response {
        var response: Response
        if table.claims(request.uri.path) {
            response = try await router.respond(to: request, context: context)
            // The router's own answer where no entry fits.
            if response.status == .notFound, response.headers[.contentType] != Problem.contentType {
                response = Problem(.notFound).response
                figures.nothing.count(response.status, after: .zero)
            }
        } else {
            let begun = now()
            let found = files.response(to: request)
            response = found ?? Problem(.notFound).response
            (found == nil ? figures.nothing : figures.files).count(response.status, after: now() - begun)
        }
        for (name, value) in Self.headers { response.headers[name] = value }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        // RFC 6797 section 7.2: never over plain HTTP.
        if asksForSecurity, context.isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        return response
    }

    private static let headers: [(HeaderName, String)] = [
        (
            "Content-Security-Policy",
            "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'; "
                + "form-action 'self'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)"),
    ].compactMap { name, value in HeaderName(name).map { ($0, value) } }
}
