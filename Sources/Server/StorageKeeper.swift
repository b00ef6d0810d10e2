import Calls
import Centre
import HTTPAPI
import Logging
import NIOCore
import Operation
import Primitives
import ServiceLifecycle
import Storage

/// Brings the centre back after the log could not be written: waits until something can be written again, and lets the engine go
/// on from what the tables have. Calls go on meanwhile; what happens to them is kept by `CentreActor`.
struct StorageKeeper: Service {
    private let store: Store
    private let centre: CentreActor
    private let calls: CallControl
    private let loop: any EventLoop
    private let announcements: Announcements
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let failures: AsyncStream<Void>
    private let failed: AsyncStream<Void>.Continuation

    /// Between two attempts to write something.
    private static let pause = Duration.milliseconds(500)

    init(
        store: Store, centre: CentreActor, calls: CallControl, on loop: any EventLoop, announcements: Announcements,
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.store = store
        self.centre = centre
        self.calls = calls
        self.loop = loop
        self.announcements = announcements
        self.now = now
        self.logger = logger
        (failures, failed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Begins to store what the engine decides, from where the stored log ends.
    func startWriting() {
        store.startWriting(
            onCommitted: { position in loop.execute { centre.assumeIsolated { actor in actor.committed(through: position) } } },
            onFailure: { reason in
                loop.execute { centre.assumeIsolated { actor in actor.commitFailed(reason) } }
                announcements.begin(Trouble(.storageFailing, since: now(), reason: reason))
                failed.yield()
            })
    }

    func run() async throws {
        for await _ in failures.cancelOnGracefulShutdown() {
            var obstacle: String? = ""
            while let last = obstacle, !Task.isShuttingDownGracefully {
                try await Task.sleep(for: Self.pause)
                obstacle = await repair()
                if let obstacle, obstacle != last {
                    logger.error("the log still cannot be written", metadata: ["reason": "\(obstacle)"])
                }
            }
        }
    }

    /// - Returns: what is in the way; nil when all is well.
    private func repair() async -> String? {
        do {
            try await store.lock()
            try await store.beat()
            let restored = try await store.restore()
            try await loop.submit {
                // All on the loop and in this order: a failure of the new start comes after it, and is said after it.
                announcements.end(.storageFailing)
                startWriting()
                centre.assumeIsolated { $0.resume(with: restored.engine) }
                calls.takeUp(in: centre)
                calls.fileAll()
                announcements.startOver()
            }.get()
            logger.notice("the log is written again", metadata: ["position": "\(restored.engine.position)"])
            return nil
        } catch {
            return "\(error)"
        }
    }
}
