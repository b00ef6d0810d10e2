import Primitives
import Synchronization

/// Listeners who are no parties: what they hear is what passes between one party and us, in both directions.
extension MediaServer {
    /// From here on the listener hears the party, until it is taken off or the party is gone; it is told of its end.
    package func listen(to session: ID<MediaSession>, by listener: any TapListener) {
        let isThere = directory.withLock { directory in
            guard let thread = directory.threads[session] else { return false }
            threads[thread].mailbox.post(.listen(session, by: listener, through: Tap()))
            return true
        }
        if !isThere { listener.end() }
    }

    package func stopListening(to session: ID<MediaSession>, by listener: any TapListener) {
        post(.stopListening(session, by: listener), for: session)
    }

    /// Whether nobody who listens hears the party, or what it is sent; those it talks with do.
    package func keepPrivate(_ session: ID<MediaSession>, _ isWanted: Bool) { post(.keepPrivate(session, isWanted), for: session) }
}
