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
    let loop: any EventLoop
    /// How long calls may still go on.
    let drainMax: Duration
    let announcements: Announcements
    let now: @Sendable () -> Timestamp
    let logger: Logger

    /// How often it is looked whether the last call is over.
    private static let glance = Duration.milliseconds(100)

    init(
        calls: CallControl, on loop: any EventLoop, drainMax: Duration, announcements: Announcements,
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.calls = calls
        self.loop = loop
        self.drainMax = drainMax
        self.announcements = announcements
        self.now = now
        self.logger = logger
    }

    /// Returns when the server may stop.
    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sigusr2).cancelOnGracefulShutdown() {
            let count = try await loop.submit {
                calls.isHandingOver = true
                return calls.lines.count
            }.get()
            return logger.notice("handing calls over to the next start", metadata: ["legs": "\(count)"])
        }
        try await drain()
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
