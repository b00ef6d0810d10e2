import Primitives
import RTP

/// Where more than two parties hear each other, each by rule whom. Only ever the tag of an id.
package enum MediaRoom {}

/// Which others of a room are meant.
package enum Parties: Sendable, Equatable {
    case everyone
    case nobody
    case only(Set<ID<MediaSession>>)

    func contains(_ session: ID<MediaSession>) -> Bool {
        switch self {
        case .everyone: true
        case .nobody: false
        case .only(let sessions): sessions.contains(session)
        }
    }
}

/// The parties of a room and who hears whom. All of them tick in the phase of the room. Touched by its media thread only.
final class Room {
    /// As many as the bits of a `Circle`.
    static let partiesMax = 32

    /// Parties by their places in the room.
    typealias Circle = UInt32

    struct Party {
        let session: Session
        /// What was asked for when it joined.
        var hears: Parties
        var heardBy: Parties
        /// What was said later, for one pair: whether this party hears that one.
        var exceptions: [ID<MediaSession>: Bool] = [:]
        /// Whom it hears, never itself.
        var circle: Circle = 0
    }

    /// Nil: the two parties of a bridge whose sound cannot be relayed as it is.
    let id: ID<MediaRoom>?
    let phase: Int
    private(set) var parties: [Party] = []
    /// Those whom anybody hears: what the others say is not decoded.
    private(set) var heard: Circle = 0

    init(_ id: ID<MediaRoom>?, phase: Int) {
        self.id = id
        self.phase = phase
    }

    /// A party comes, or comes again with other rules.
    func join(_ session: Session, hears: Parties, heardBy: Parties) {
        // The directory has counted already; the memory of a `MixingDesk` does not depend on it.
        guard session.room === self || parties.count < Self.partiesMax else { return }
        let party = Party(session: session, hears: hears, heardBy: heardBy)
        if session.room === self {
            parties[session.place] = party
        } else {
            session.room = self
            session.place = parties.count
            session.jitter = JitterBuffer()
            parties.append(party)
        }
        arrange()
    }

    func leave(_ session: Session) {
        guard session.room === self else { return }
        parties.remove(at: session.place)
        session.room = nil
        session.jitter = nil
        for place in parties.indices {
            parties[place].session.place = place
            parties[place].exceptions[session.id] = nil
        }
        arrange()
    }

    func hearing(_ listener: Session, of speaker: ID<MediaSession>, _ hears: Bool) {
        guard listener.room === self else { return }
        parties[listener.place].exceptions[speaker] = hears
        arrange()
    }

    static func circle(of place: Int) -> Circle { 1 << Circle(place) }

    private func arrange() {
        heard = 0
        for place in parties.indices {
            let listener = parties[place]
            var circle: Circle = 0
            for (other, speaker) in parties.enumerated() where other != place {
                // Both must agree: whoever joins a room in which somebody whispers must not hear it.
                let isHeard =
                    listener.exceptions[speaker.session.id]
                    ?? (listener.hears.contains(speaker.session.id) && speaker.heardBy.contains(listener.session.id))
                if isHeard { circle |= Self.circle(of: other) }
            }
            parties[place].circle = circle
            heard |= circle
        }
    }
}
