import Audio
import Calls
import MediaServer
import Primitives
import SDP

/// What the media plane plays for the trade's sounds, and what it is told of an agreement by session description.
extension MediaServer {
    func play(_ session: ID<MediaSession>, _ sound: Calls.Sound) {
        play(session, PlayedSound(sound))
    }

    func connect(_ session: ID<MediaSession>, _ agreed: Negotiated) {
        let codec: Audio.Codec =
            switch agreed.codec {
            case .pcmu: .pcmu
            case .pcma: .pcma
            }
        connect(session, to: agreed.remote, codec: codec, telephoneEvent: agreed.telephoneEvent)
        let direction: Direction =
            switch agreed.direction {
            case .sendReceive: .sendReceive
            case .sendOnly: .sendOnly
            case .receiveOnly: .receiveOnly
            case .inactive: .inactive
            }
        hear(session, direction)
    }
}
