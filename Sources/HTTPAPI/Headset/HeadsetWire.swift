import Calls
import Primitives

/// `POST /api/desk/audio`
struct AudioOffer: WireInput {
    var offer: String
    var audio: String?
    var prefer: String?

    static let schemaName = "AudioOffer"
    static let schema = Schema.object([
        .required("offer", .string), .optional("audio", .nullable(.id)),
        .optional("prefer", .nullable(.enumeration(HeadsetPort.Codec.allCases.map(\.rawValue)))),
    ])

    /// - Parameter new: what a new connection is to be called.
    func checked(new: HeadsetID) throws -> HeadsetPort.Offer {
        var check = FieldCheck()
        let renewed: HeadsetID? = check.id(audio, "audio")
        let codec = prefer.map { HeadsetPort.Codec(rawValue: $0) } ?? .pcmu
        if codec == nil { check.refuse("prefer", .unknown) }
        check.text(offer, "offer", limit: Limits.descriptionMax)
        try check.pass()
        return HeadsetPort.Offer(description: offer, renewed: renewed, new: new, codec: codec ?? .pcmu)
    }
}

struct AudioAnswer: WireType {
    var audio: String
    var answer: String

    static let schemaName = "AudioAnswer"
    static let schema = Schema.object([.required("audio", .id), .required("answer", .string)])
}

/// `POST /api/desk/audio/{audio}/test`
struct AudioTest: WireInput {
    var on: Bool

    static let schemaName = "AudioTest"
    static let schema = Schema.object([.required("on", .boolean)])
}

/// What a browser has to know before it offers its call.
struct AudioSettingsWire: WireType {
    var iceServers: [ICEServerWire]
    /// How long a talk waits for a headset that is cut off.
    var reconnectSeconds: Int

    static let schemaName = "AudioSettings"
    static let schema = Schema.object([
        .required("iceServers", .array(.reference(ICEServerWire.self))), .required("reconnectSeconds", .integer),
    ])

    struct ICEServerWire: WireType, Hashable {
        var urls: [String]
        @OrNull var username: String?
        @OrNull var credential: String?

        static let schemaName = "ICEServer"
        static let schema = Schema.object([
            .required("urls", .array(.string)), .required("username", .nullable(.string)), .required("credential", .nullable(.string)),
        ])

        init(_ server: AudioNetwork.ICEServer) {
            urls = server.urls
            username = server.username
            credential = server.credential
        }
    }
}

/// The agent's headset on his desk.
struct AudioWire: WireType, Hashable {
    var id: String
    var state: String
    /// How long the talk that was cut off waits for it.
    @OrNull var until: Int64?
    @OrNull var quality: QualityWire?

    static let schemaName = "Audio"
    static let schema = Schema.object([
        .required("id", .id), .required("state", .enumeration(HeadsetState.Connection.allCases.map(\.rawValue))),
        .required("until", .nullable(.time)), .required("quality", .nullable(.reference(QualityWire.self))),
    ])

    init(_ state: HeadsetState, until: Timestamp?) {
        id = state.id.description
        self.state = state.connection.rawValue
        self.until = until?.milliseconds
        quality = state.quality.map { QualityWire($0) }
    }

    struct QualityWire: WireType, Hashable {
        /// Milliseconds.
        var roundTrip: Int
        var jitter: Int
        /// Percent.
        var loss: Double
        /// The estimated mean opinion (ITU-T G.107).
        var mos: Double
        var codec: String

        static let schemaName = "AudioQuality"
        static let schema = Schema.object([
            .required("roundTrip", .integer), .required("jitter", .integer), .required("loss", .number), .required("mos", .number),
            .required("codec", .enumeration(HeadsetPort.Codec.allCases.map(\.rawValue))),
        ])

        init(_ quality: HeadsetState.Quality) {
            roundTrip = quality.roundTripMilliseconds
            jitter = quality.jitterMilliseconds
            loss = Double(quality.lostPerThousand) / 10
            mos = Double(quality.opinionTenths) / 10
            codec = quality.codec.rawValue
        }
    }
}
