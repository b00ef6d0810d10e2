import Glibc
import HTTPAPI
import Logging
import NIOCore
import NIOPosix
import Primitives
import Synchronization
import UnixSignals

/// Keeps a demo: runs its server as a process of its own, starts it again when it has ended, plays the people around the newcomer's seat, and
/// kills the server when somebody pulls the plug.
///
/// It reaches the server by what everybody has (SIP) and by one line of their own (`DemoLink`). Bound to its event loop, but for `run`; hence
/// unchecked.
package final class DemoKeeper: @unchecked Sendable {
    package struct Configuration: Sendable {
        /// The program's arguments that make it the demo's server; how to reach the keeper is added.
        package var arguments: [String]
        /// What is added after the first start, where the port of HTTP is known.
        package var again: @Sendable (_ port: Int) -> [String]
        package var sip: NetworkAddress
        package var prompts: String?
        /// Nobody plays.
        package var isEmpty: Bool
        /// How long the server may take to stop.
        package var stopMax: Duration
        /// The server answers: for the first time, or again.
        package var announce: @Sendable (_ port: Int, _ isFirst: Bool) -> Void

        package init(
            arguments: [String], again: @escaping @Sendable (Int) -> [String], sip: NetworkAddress, prompts: String?, isEmpty: Bool,
            stopMax: Duration, announce: @escaping @Sendable (Int, Bool) -> Void
        ) {
            self.arguments = arguments
            self.again = again
            self.sip = sip
            self.prompts = prompts
            self.isEmpty = isEmpty
            self.stopMax = stopMax
            self.announce = announce
        }
    }

    /// Where the server finds its end of the line.
    package static let line = ChildProcess.line

    private let configuration: Configuration
    private let logger: Logger
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let loop: any EventLoop
    private let over: EventLoopPromise<Int32>
    private var people: DemoPeople?
    private var child: ChildProcess?
    private var link: DemoLink?
    private var port: Int?
    private var isStopping = false
    private var starts = 0
    private var failures = 0
    private var outage: Outage?
    private var last: PlugPull?

    /// A pull of the plug, from the wish until nothing of it changes any more.
    private struct Outage {
        var count: PlugCount
        var stage = Stage.counting
        var killedAt: ContinuousClock.Instant?
        var backAt: ContinuousClock.Instant?

        enum Stage { case counting, down, back }
    }

    /// A server that ends so often before it answers will not do so the next time either.
    private static let failuresMax = 3
    /// The answer to whoever pulled the plug goes out before.
    private static let pullDelay = TimeAmount.milliseconds(100)
    private static let lookPause = TimeAmount.milliseconds(200)
    /// An agent's headset comes back within 20 s, or his customer is somebody else's.
    private static let lookMax = Duration.seconds(25)

    package init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        loop = group.next()
        over = loop.makePromise(of: Int32.self)
    }

    /// Keeps it until the process is told to stop.
    ///
    /// - Returns: with what status to exit.
    package func run() async throws -> Int32 {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        loop.execute { [self] in start() }
        let status = try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { [self] in
                for await _ in signals { loop.execute { [self] in stop() } }
            }
            defer { tasks.cancelAll() }
            return try await over.futureResult.get()
        }
        try await people?.close()
        try await group.shutdownGracefully()
        return status
    }

    // MARK: The process

    private func start() {
        starts += 1
        do {
            let (mine, its) = try DemoLink.pair()
            defer { close(its) }
            let opened = DemoLink.open(mine, on: loop, onLine: { [self] in hear($0) }, onEnd: {})
            let arguments = configuration.arguments + (port.map(configuration.again) ?? [])
            child = try ChildProcess(arguments, line: its) { [self] status in loop.execute { [self] in ended(status) } }
            let number = starts
            opened.whenSuccess { [self] link in if number == starts { self.link = link } }
        } catch {
            logger.error("the demo's server cannot be started", metadata: ["error": "\(error)"])
            over.succeed(1)
        }
    }

    private func ended(_ status: ChildProcess.Status) {
        (child, link) = (nil, nil)
        people?.isServerThere = false
        guard !isStopping else { return over.succeed(0) }
        guard port != nil, failures < Self.failuresMax else { return over.succeed(status.code) }
        failures += 1
        if outage?.stage != .down { logger.warning("the demo's server has ended and is started again", metadata: ["status": "\(status)"]) }
        start()
    }

    /// Told once, calls end; told again, nobody waits for that.
    private func stop() {
        if !isStopping {
            isStopping = true
            people?.leave()
            loop.scheduleTask(in: TimeAmount(configuration.stopMax)) { [self] in child?.send(SIGKILL) }
        }
        guard let child else { return over.succeed(0) }
        child.send(SIGTERM)
    }

    private func serving(_ port: Int) {
        failures = 0
        people?.isServerThere = true
        let isFirst = self.port == nil
        self.port = port
        configuration.announce(port, isFirst)
        if let last { tell(.pull(last)) }
        if outage?.stage == .down { back() }
        guard isFirst, !configuration.isEmpty, let people else { return }
        over.futureResult.eventLoop.makeFutureWithTask { try await people.begin() }.whenFailure { [self] error in
            logger.error("the demo's people cannot come", metadata: ["error": "\(error)"])
            stop()
        }
    }

    // MARK: The line

    private func tell(_ order: DemoOrder) { link?.send(order.line) }

    private func hear(_ line: String) {
        guard let report = DemoReport(line: line) else { return }
        if !configuration.isEmpty {
            if people == nil {
                people = DemoPeople(on: loop, server: configuration.sip, prompts: configuration.prompts, logger: logger) { [self] in
                    tell($0)
                }
            }
            people?.hear(report)
        }
        switch report {
        case .serving(let port): serving(port)
        case .plugWanted: pullPlug()
        case .open(let contact):
            if outage?.stage == .counting { outage?.count.saw(before: contact) } else { outage?.count.saw(after: contact) }
        case .closed(let contact, let isLost): outage?.count.saw(closed: contact, isLost: isLost)
        case .counted: counted()
        case .trunk, .entryPoint, .colleague, .project, .disposition, .reason, .answered, .wrapUp, .away, .free, .trafficWanted: break
        }
    }

    // MARK: Pulling the plug

    private func pullPlug() {
        guard outage == nil, !isStopping else { return }
        outage = Outage(count: PlugCount(number: (last?.number ?? 0) + 1))
        people?.isServerThere = false
        loop.scheduleTask(in: Self.pullDelay) { [self] in tell(.count([])) }
    }

    private func counted() {
        guard var outage else { return }
        switch outage.stage {
        case .counting:
            outage.stage = .down
            outage.killedAt = .now
            self.outage = outage
            child?.send(SIGKILL)
        case .down: break
        case .back:
            let isLast = outage.backAt.map { ContinuousClock.now - $0 > Self.lookMax } ?? true
            let pull = outage.count.pull(isLast: isLast)
            self.outage = pull.isOver ? nil : outage
            last = pull
            tell(.pull(pull))
            if !pull.isOver { loop.scheduleTask(in: Self.lookPause) { [self] in look() } }
        }
    }

    private func back() {
        guard let killedAt = outage?.killedAt else { return }
        outage?.stage = .back
        outage?.backAt = .now
        outage?.count.isBack(after: .now - killedAt)
        look()
    }

    private func look() {
        guard outage?.stage == .back else { return }
        outage?.count.beginLook()
        tell(.count(outage?.count.contacts ?? []))
    }
}
