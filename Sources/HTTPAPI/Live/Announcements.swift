import Centre
import Synchronization

/// Where the centre tells what has become durable. It only writes down and rings a bell: nothing of a step waits for a
/// screen. Made before the centre, whose port it is, and given to the server afterwards.
package final class Announcements: Sendable {
    private struct State {
        var entries: [LogEntry] = []
        /// Too many came unread; what they would have changed must be read anew.
        var isLossy = false
    }

    private let state = Mutex(State())
    private let bell: AsyncStream<Void>.Continuation
    /// Yields when something waits; for one reader.
    let rings: AsyncStream<Void>

    package init() {
        (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// For the centre's port `publish`.
    package func publish(_ entries: [LogEntry]) {
        state.withLock { state in
            if state.entries.count + entries.count > Limits.announcedMax {
                state.entries.removeAll()
                state.isLossy = true
            } else {
                state.entries += entries
            }
        }
        bell.yield()
    }

    /// What has come since the last call.
    func take() -> (entries: [LogEntry], isLossy: Bool) {
        state.withLock { state in
            defer { state = State() }
            return (state.entries, state.isLossy)
        }
    }

    /// Ends `rings`.
    func finish() { bell.finish() }
}
