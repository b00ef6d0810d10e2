import MediaServer
import Primitives
import Synchronization

/// Where the end of what is played matters. Most calls hear a greeting whose end nobody wants to know: each would wake the engine's loop.
/// Written to by that loop, asked by the media threads.
final class AwaitedEnds: Sendable {
    private let sessions = Mutex<Set<ID<MediaSession>>>([])

    func add(_ session: ID<MediaSession>) { sessions.withLock { _ = $0.insert(session) } }

    /// Whether it was awaited; it is no longer.
    func take(_ session: ID<MediaSession>) -> Bool { sessions.withLock { $0.remove(session) != nil } }
}
