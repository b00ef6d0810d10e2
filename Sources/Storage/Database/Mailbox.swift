import Foundation

/// Work on its way to the threads that own the connections: anybody puts in and goes on, a thread waits and takes out.
final class Mailbox<Item: Sendable>: @unchecked Sendable {
    // Both are reached only while the condition is locked.
    private var waiting: [Item] = []
    private var isClosed = false
    private let condition = NSCondition()

    /// False if the mailbox is closed, or holds `limit` items already; then the item is not taken.
    func put(_ item: Item, limit: Int = .max) -> Bool {
        condition.withLock {
            guard !isClosed, waiting.count < limit else { return false }
            waiting.append(item)
            condition.signal()
            return true
        }
    }

    var isOpen: Bool { condition.withLock { !isClosed } }

    /// The oldest item, as soon as there is one; nil once the mailbox is closed and empty.
    func takeFirst() -> Item? {
        condition.withLock {
            while waiting.isEmpty, !isClosed { condition.wait() }
            return waiting.isEmpty ? nil : waiting.removeFirst()
        }
    }

    /// Whatever waits, as soon as there is something; empty once the mailbox is closed and empty.
    func takeAll() -> [Item] {
        condition.withLock {
            while waiting.isEmpty, !isClosed { condition.wait() }
            defer { waiting.removeAll(keepingCapacity: true) }
            return waiting
        }
    }

    /// Takes nothing more in; what is in can still be taken out.
    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }
}

/// Starts a thread of our own and says when it has ended.
final class OwnThread: Sendable {
    private let ended: AsyncStream<Void>

    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        ended = stream
        let thread = Thread {
            // Only a thread that runs can tell the kernel its name, for `top -H` and who measures.
            Thread.current.name = name
            body()
            continuation.finish()
        }
        thread.start()
    }

    /// Returns when `body` has returned; to be awaited once.
    func end() async {
        for await _ in ended {}
    }
}
