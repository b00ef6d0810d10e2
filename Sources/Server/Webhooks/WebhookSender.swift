import HTTPAPI
import Logging
import NIOCore
import Operation
import Primitives
import ServiceLifecycle
import Synchronization

/// Tells other programs of alerts. Whoever hands something over never waits: what cannot be delivered soon enough, or is too much, is
/// thrown away and written down. What the server could not tell while it ran is told after a restart.
///
/// Each address has a line of its own, so that a receiver that does not answer holds up nobody else, and what it is told keeps its order.
actor WebhookSender: Service {
    /// Messages that wait to be put into their lines, and in one line.
    static let waitingMax = 1000
    static let lineMax = 100
    /// Lines at once: each has a connection.
    static let linesMax = 64
    /// The pauses between tries: with the last, a receiver may be gone for some six minutes.
    static let pausesUsual: [Duration] = [.seconds(1), .seconds(4), .seconds(16), .seconds(64), .seconds(256)]

    /// Nobody wants to hear of what is older.
    static let ageMax = Duration.seconds(86_400)

    private let client: WebhookClient
    private let before: [WebhookMessage]
    private let forget: @Sendable (String) async -> Void
    private let pauses: [Duration]
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let messages: AsyncStream<WebhookMessage>
    private nonisolated let waiting: AsyncStream<WebhookMessage>.Continuation
    private var lines: [String: [WebhookMessage]] = [:]
    private nonisolated let counts = Mutex((delivered: 0, givenUp: 0))

    /// - Parameters:
    ///   - before: what is left of the server before, the oldest first.
    ///   - forget: hears the id of each message that was delivered or given up.
    init(
        _ client: WebhookClient, before: [WebhookMessage] = [], forget: @escaping @Sendable (String) async -> Void = { _ in },
        pauses: [Duration] = WebhookSender.pausesUsual, now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.client = client
        self.before = before
        self.forget = forget
        self.pauses = pauses
        self.now = now
        self.logger = logger
        (messages, waiting) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.waitingMax))
    }

    /// Hands over what is to be told; never waits. What is too much now may still be told after a restart.
    nonisolated func tell(_ news: AlertNews) {
        guard let message = WebhookMessage(news) else { return }
        if case .dropped = waiting.yield(message) { giveUp(message, because: "too many wait") }
    }

    /// How many messages were delivered, and how many were given up.
    nonisolated var figures: (delivered: Int, givenUp: Int) { counts.withLock { $0 } }

    func run() async {
        let waiting = waiting
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                for message in before {
                    if let line = await put(message) { group.addTask { await self.work(line) } }
                }
                for await message in messages {
                    if let line = await put(message) { group.addTask { await self.work(line) } }
                }
                // The server stops: what was not delivered by now is told by the next.
                group.cancelAll()
            }
        } onGracefulShutdown: {
            waiting.finish()
        }
    }

    /// - Returns: the line, if it is to be worked off from now on.
    private func put(_ message: WebhookMessage) async -> String? {
        let address = message.address.description
        let isNew = lines[address] == nil
        guard isNew ? lines.count < Self.linesMax : (lines[address]?.count ?? 0) < Self.lineMax else {
            giveUp(message, because: "too many wait")
            await forget(message.event.id)
            return nil
        }
        lines[address, default: []].append(message)
        return isNew ? address : nil
    }

    private func work(_ line: String) async {
        while !Task.isCancelled, let message = lines[line]?.first {
            if await deliver(message) { await forget(message.event.id) }
            lines[line]?.removeFirst()
        }
        lines[line] = nil
    }

    /// - Returns: false if the server stops before it is known what becomes of the message.
    private func deliver(_ message: WebhookMessage) async -> Bool {
        var reason = ""
        for attempt in 0...pauses.count {
            do {
                let status = try await client.post(message.event.body, message.headers(at: now()), to: message.address)
                if (200..<300).contains(status) {
                    counts.withLock { $0.delivered += 1 }
                    return true
                }
                reason = "status \(status)"
                // RFC 9110 section 15.5: the same again would be refused again, but for what passes by itself.
                if (300..<500).contains(status), ![408, 425, 429].contains(status) { break }
            } catch {
                if Task.isCancelled { return false }
                reason = "\(error)"
                if error as? WebhookClient.Failure == .privateAddress { break }
            }
            guard attempt < pauses.count else { break }
            guard (try? await Task.sleep(for: pauses[attempt])) != nil else { return false }
        }
        giveUp(message, because: reason)
        return true
    }

    private nonisolated func giveUp(_ message: WebhookMessage, because reason: String) {
        counts.withLock { $0.givenUp += 1 }
        // The path may be a secret of the receiver's: only the host is written down.
        logger.warning(
            "a webhook could not be told",
            metadata: ["host": "\(message.address.host)", "message": "\(message.event.id)", "reason": "\(reason)"])
    }
}
