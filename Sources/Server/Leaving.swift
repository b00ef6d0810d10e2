import HTTPAPI
import Logging
import NIOCore
import Primitives
import SIP
import ServiceLifecycle
import UnixSignals

/// How the server stops taking calls: either it waits until they are over, or it leaves them to its successor.
struct Leaving: Service {
    let calls: CallControl
    /// SIGTERM, SIGINT and SIGUSR2.
    let signals: UnixSignalsSequence
    let loop: any EventLoop
    /// How long calls may still go on.
    let drainMax: Duration
    let announcements: Announcements
    let now: @Sendable () -> Timestamp
    let logger: Logger

    /// How often it is looked whether the last call is over.
    private static let glance = Duration.milliseconds(100)

    init(
        calls: CallControl, toldBy signals: UnixSignalsSequence, on loop: any EventLoop, drainMax: Duration, announcements: Announcements,
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.calls = calls
        self.signals = signals
        self.loop = loop
        self.drainMax = drainMax
        self.announcements = announcements
        self.now = now
        self.logger = logger
    }

    /// Returns when the server may stop.
    func run() async throws {
        let (told, tell) = AsyncStream.makeStream(of: Void.self)
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await listen(tell) }
                tasks.addTask {
                    for await _ in told {}
                    if !Task.isCancelled { try await drain() }
                }
                // The calls are over, or nobody waits for that any more.
                try await tasks.next()
                tasks.cancelAll()
            }
        } onGracefulShutdown: {
            tell.finish()
        }
    }

    /// Starts the draining at the first signal that says so; returns when calls are to be left to the next start: at SIGUSR2, or when
    /// whoever waits for the draining has lost his patience and says so again.
    private func listen(_ tell: AsyncStream<Void>.Continuation) async throws {
        var isTold = false
        for await signal in signals {
            guard signal == .sigusr2 || isTold else {
                isTold = true
                tell.finish()
                continue
            }
            let count = try await loop.submit {
                calls.isHandingOver = true
                return calls.lines.count
            }.get()
            return logger.notice("leaving calls to the next start", metadata: ["legs": "\(count)", "signal": "\(signal)"])
        }
    }

    private func drain() async throws {
        let end = ContinuousClock.now + drainMax
        announcements.begin(Trouble(.draining, since: now(), reason: "told to stop"))
        var left = try await loop.submit { () -> Int in
            calls.isDraining = true
            // Providers send calls elsewhere from now on, and not into our 503 for as long as the last talk takes.
            calls.order(.signOff)
            return calls.lines.count
        }.get()
        if left > 0 { logger.notice("waiting for calls to end", metadata: ["legs": "\(left)", "limit": "\(drainMax)"]) }
        while left > 0, ContinuousClock.now < end {
            try await Task.sleep(for: Self.glance)
            left = try await loop.submit { calls.lines.count }.get()
        }
    }
}
