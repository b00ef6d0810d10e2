import Calls
import Contacts
import Operation
import Organization
import Primitives

/// Why a browser's call is not taken, an agent's or a customer's.
package enum BrowserRefusal: Error, Sendable, Hashable {
    /// No session description.
    case malformed
    /// A description of a call that we cannot take part in.
    case unsuitable
    /// The number leads nowhere.
    case number
    /// No such connection of this agent, or no such call under this key.
    case unknown
    /// Not while a call is on the headset.
    case inCall
    /// All ports are taken, there are too many calls, or the server is about to stop.
    case unavailable
}

/// What the desk asks of the part that ends browsers' calls.
package struct HeadsetPort: Sendable {
    /// The browser's description of its call, and which connection it renews; nil: a new one, in place of any that the agent has.
    package struct Offer: Sendable {
        package var description: String
        package var renewed: HeadsetID?
        /// What a new connection is to be called.
        package var new: HeadsetID
        package var codec: Codec
    }

    /// What the browser would rather send and be sent.
    package enum Codec: String, Sendable, CaseIterable {
        case pcmu, opus
    }

    package struct Answer: Sendable {
        package var headset: HeadsetID
        package var description: String

        package init(headset: HeadsetID, description: String) {
            self.headset = headset
            self.description = description
        }
    }

    package var connect: @Sendable (AgentID, Offer) async throws -> Answer
    package var disconnect: @Sendable (AgentID, HeadsetID) async throws -> Void
    package var test: @Sendable (AgentID, HeadsetID, Bool) async throws -> Void
    /// Whether the contact rings on the agent's headset.
    package var rings: @Sendable (AgentID, ContactID) async -> Bool
    package var iceServers: @Sendable (UserID) -> [AudioNetwork.ICEServer]

    package init(
        connect: @escaping @Sendable (AgentID, Offer) async throws -> Answer,
        disconnect: @escaping @Sendable (AgentID, HeadsetID) async throws -> Void,
        test: @escaping @Sendable (AgentID, HeadsetID, Bool) async throws -> Void,
        rings: @escaping @Sendable (AgentID, ContactID) async -> Bool,
        iceServers: @escaping @Sendable (UserID) -> [AudioNetwork.ICEServer]
    ) {
        self.connect = connect
        self.disconnect = disconnect
        self.test = test
        self.rings = rings
        self.iceServers = iceServers
    }

    /// Where browsers cannot be phones.
    package static let none = HeadsetPort(
        connect: { _, _ in throw BrowserRefusal.unavailable }, disconnect: { _, _ in throw BrowserRefusal.unknown },
        test: { _, _, _ in throw BrowserRefusal.unknown }, rings: { _, _ in false }, iceServers: { _ in [] })
}

/// How an agent's headset is connected.
package struct HeadsetState: Sendable, Hashable {
    package enum Connection: String, Sendable, CaseIterable {
        case connecting, open, lost
    }

    package struct Quality: Sendable, Hashable {
        package var roundTripMilliseconds: Int
        package var jitterMilliseconds: Int
        /// Of the worse direction, in tenths of a percent of the packets.
        package var lostPerThousand: Int
        /// The estimated mean opinion (ITU-T G.107), in tenths: 10 to 44.
        package var opinionTenths: Int
        package var codec: HeadsetPort.Codec

        package init(
            roundTripMilliseconds: Int, jitterMilliseconds: Int, lostPerThousand: Int, opinionTenths: Int, codec: HeadsetPort.Codec
        ) {
            self.roundTripMilliseconds = roundTripMilliseconds
            self.jitterMilliseconds = jitterMilliseconds
            self.lostPerThousand = lostPerThousand
            self.opinionTenths = opinionTenths
            self.codec = codec
        }
    }

    package var id: HeadsetID
    package var connection: Connection
    package var quality: Quality?
    /// What it rang for last. His phone goes on ringing for whoever connects a headset meanwhile.
    package var rangFor: ContactID?

    package init(id: HeadsetID, connection: Connection, quality: Quality? = nil, rangFor: ContactID? = nil) {
        self.id = id
        self.connection = connection
        self.quality = quality
        self.rangFor = rangFor
    }
}
