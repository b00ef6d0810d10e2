import Audio
import CNetwork
import Glibc
import Primitives
import RTP
import Synchronization

/// What a media thread is told to do. Carried out before a round of packets, in the order given.
enum Command: Sendable {
    case open(Session)
    case connect(ID<MediaSession>, to: Remote)
    case connectBrowser(ID<MediaSession>, BrowserAgreed)
    case restartBrowser(ID<MediaSession>, ICECredentials)
    case play(ID<MediaSession>, [Clip])
    case bridge(ID<MediaSession>, ID<MediaSession>)
    case unbridge(ID<MediaSession>)
    case hear(ID<MediaSession>, MediaServer.Direction)
    case join(ID<MediaSession>, room: ID<MediaRoom>, hears: Parties, heardBy: Parties)
    case leave(ID<MediaSession>)
    /// Nil: the echo ends.
    case echo(ID<MediaSession>, Echo?)
    case hearing(ID<MediaSession>, of: ID<MediaSession>, Bool)
    case press(ID<MediaSession>, Character, duration: UInt32)
    case listen(ID<MediaSession>, by: any TapListener, through: Tap)
    case stopListening(ID<MediaSession>, by: any TapListener)
    case keepPrivate(ID<MediaSession>, Bool)
    case describe(ID<MediaSession>, @Sendable (SessionStatistics?) -> Void)
    case close(ID<MediaSession>)
    /// The session moves to another thread, because its partner lives there.
    case surrender(ID<MediaSession>, to: MediaThread)
    /// A session is on its way here: what follows waits for it.
    case expect(ID<MediaSession>)
    /// Nil if it was not where it should have been.
    case adopt(ID<MediaSession>, Session?)
    case stop
}

/// The way of commands into a media thread: a list under a lock, and a descriptor that wakes the thread.
final class Mailbox: Sendable {
    private let waiting = Mutex<[Command]>([])
    /// Readable when commands wait.
    let descriptor: Int32

    init() throws {
        descriptor = network_event_make()
        guard descriptor >= 0 else { throw MediaServerError.cannotStart(errno: -descriptor) }
    }

    deinit { Glibc.close(descriptor) }

    func post(_ command: Command) {
        let wasEmpty = waiting.withLock { commands in
            commands.append(command)
            return commands.count == 1
        }
        if wasEmpty { network_event_signal(descriptor) }
    }

    /// Exchanges the waiting commands for `batch`, which must be empty: its memory is used again.
    func drain(into batch: inout [Command]) {
        network_event_clear(descriptor)
        waiting.withLock { swap(&$0, &batch) }
    }
}
