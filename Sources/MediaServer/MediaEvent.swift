import DTLS
import Primitives

/// One party's media: a port, what comes in and what goes out. Only ever the tag of an id.
package enum MediaSession {}

/// What the media plane reports by itself. Told on a media thread: whoever listens hands it on and returns at once.
package enum MediaEvent: Sendable, Equatable {
    /// The party's first packet has come: it can be heard from now on.
    case firstPacket(ID<MediaSession>)
    /// A key was pressed and let go; once for each press, however often its packets came.
    case digit(ID<MediaSession>, Character, Duration)
    /// A recording was played to its end. Not told for one that was replaced.
    case promptFinished(ID<MediaSession>)
    /// Nothing has come from the party for `Configuration.silenceLimit`, although it may send; told again after each
    /// further limit while it lasts, so that whoever listens can look again whether the party is still there.
    case silent(ID<MediaSession>, for: Duration)
    /// The browser has been found and has proved who it is: it is heard and hears from now on. Told again when new keys are agreed on.
    case browserConnected(ID<MediaSession>)
    /// Nothing authentic has come from the browser for so long: its network is gone, or it is. Told once; what it may hear goes on for
    /// a while, in case it only cannot be heard (`ICELite.lostAfter`).
    case browserLost(ID<MediaSession>, for: Duration)
    /// After `browserLost`, something authentic has come.
    case browserBack(ID<MediaSession>)
    /// The browser has taken its leave (DTLS close_notify): the tab was closed. Only `connectBrowser` brings it back.
    case browserClosed(ID<MediaSession>)
    /// The handshake has failed; nothing was heard. `.fingerprint`: somebody else is at the place of the browser.
    case browserRefused(ID<MediaSession>, DTLSConnection.Failure)
}

/// Why a command or the start was refused.
package enum MediaServerError: Error, Equatable, CustomStringConvertible {
    /// `key` is the field of the configuration.
    case configuration(key: String, expected: String)
    case cannotBind(IPAddress, errno: Int32)
    case cannotStart(errno: Int32)
    /// Every port is taken or in quarantine.
    case portsExhausted
    case alreadyOpen
    /// No session of a browser is open under this id.
    case noBrowser
    case tooManyPrompts
    /// `Room.partiesMax` are in it.
    case roomFull
    case notAKey(Character)
    case unreadable(String, errno: Int32)
    case isShutDown

    package var description: String {
        switch self {
        case .configuration(let key, let expected): "media.\(key): expected \(expected)"
        case .cannotBind(let address, let errno): "cannot open media ports at \(address) (errno \(errno))"
        case .cannotStart(let errno): "cannot start a media thread (errno \(errno))"
        case .portsExhausted: "all media ports are taken"
        case .alreadyOpen: "the media session is open already"
        case .noBrowser: "no media session of a browser is open there"
        case .tooManyPrompts: "more than \(SoundLibrary.promptsMax) prompts"
        case .roomFull: "more than \(Room.partiesMax) parties in a room"
        case .notAKey(let key): "'\(key)' is no key of a phone"
        case .unreadable(let path, let errno): "cannot read \(path) (errno \(errno))"
        case .isShutDown: "the media server has shut down"
        }
    }
}
