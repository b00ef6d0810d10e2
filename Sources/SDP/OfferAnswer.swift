import Primitives

/// The audio formats that are relayed and mixed; both at 8,000 Hz, 20 ms a packet.
package enum Codec: UInt8, Sendable, Hashable, CaseIterable {
    /// The payload types are those of RFC 3551 section 6, fixed for all time.
    case pcmu = 0
    case pcma = 8

    package var payloadType: UInt8 { rawValue }

    package var name: String {
        switch self {
        case .pcmu: "PCMU"
        case .pcma: "PCMA"
        }
    }
}

/// What offer and answer agreed on, from our side.
package struct Negotiated: Sendable, Hashable {
    /// Where to send RTP.
    package var remote: NetworkAddress
    package var codec: Codec
    /// The payload type of keys pressed (RFC 4733), in both directions; nil if the other side has none.
    package var telephoneEvent: UInt8?
    /// What we do.
    package var direction: SessionDescription.Direction

    package init(remote: NetworkAddress, codec: Codec, telephoneEvent: UInt8?, direction: SessionDescription.Direction) {
        self.remote = remote
        self.codec = codec
        self.telephoneEvent = telephoneEvent
        self.direction = direction
    }
}

package enum NegotiationError: Error, Equatable {
    /// No stream of audio over plain RTP that is not refused: 488.
    case noAudio
    /// No format in common: 488.
    case noCommonCodec
    /// The stream's address is a name or a multicast group: 488.
    case noAddress
}

// The offer/answer model of RFC 3264, for one stream of audio.
extension SessionDescription {
    /// The payload type of telephone-event in our own offers.
    package static let telephoneEventOffered: UInt8 = 101

    /// An offer of one stream of audio at `address`, the codec we like best first.
    ///
    /// `session` stays the same for all descriptions of one leg; `version` goes up by one with each that differs (section 8).
    package static func offer(
        at address: NetworkAddress, codecs: [Codec], session: UInt64, version: UInt64 = 0, direction: Direction = .sendReceive
    ) -> SessionDescription {
        SessionDescription(
            session: session, version: version, address: address.host,
            media: [audio(at: address, codecs: codecs, telephoneEvent: telephoneEventOffered, direction: direction)])
    }

    /// Our answer to this offer, and what was agreed with it.
    ///
    /// The first stream of audio is taken with the first of its formats that is in `codecs`; all others are refused by port 0 (section
    /// 6). `offering` narrows our direction: who is put on hold by us is sent nothing or heard no more.
    package func answer(
        at address: NetworkAddress, codecs: [Codec], session: UInt64, version: UInt64 = 0, offering wish: Direction = .sendReceive
    ) throws(NegotiationError) -> (answer: SessionDescription, result: Negotiated) {
        let index = try audioIndex()
        var result = try agreed(on: media[index], among: codecs)
        result.direction = Direction(
            sends: result.direction.sends && wish.sends, receives: result.direction.receives && wish.receives)
        let streams = media.indices.map { place in
            place == index
                ? Self.audio(
                    at: address, codecs: [result.codec], telephoneEvent: result.telephoneEvent, direction: result.direction)
                : Media(kind: media[place].kind, port: 0, transport: media[place].transport, formats: media[place].formats)
        }
        return (SessionDescription(session: session, version: version, address: address.host, media: streams), result)
    }

    /// What was agreed, this being the answer to our offer of `codecs`.
    package func result(ofOffering codecs: [Codec]) throws(NegotiationError) -> Negotiated {
        try agreed(on: media[audioIndex()], among: codecs)
    }

    private func audioIndex() throws(NegotiationError) -> Int {
        guard let index = media.firstIndex(where: { $0.kind == "audio" && $0.port != 0 && $0.transport == "RTP/AVP" }) else {
            throw .noAudio
        }
        return index
    }

    private func agreed(on stream: Media, among codecs: [Codec]) throws(NegotiationError) -> Negotiated {
        let common = stream.formats.lazy.compactMap { UInt8($0) }.compactMap { Codec(rawValue: $0) }.first { codecs.contains($0) }
        guard let codec = common else { throw .noCommonCodec }
        guard let host = stream.address else { throw .noAddress }
        var direction = (stream.direction ?? .sendReceive).mirrored
        // RFC 3264 section 8.4: hold as RFC 2543 had it.
        if host == .v4(0) { direction = Direction(sends: false, receives: direction.receives) }
        return Negotiated(
            remote: NetworkAddress(host, port: stream.port), codec: codec, telephoneEvent: Self.telephoneEvent(of: stream),
            direction: direction)
    }

    /// `a=rtpmap:101 telephone-event/8000`, its number among the stream's formats.
    private static func telephoneEvent(of stream: Media) -> UInt8? {
        for attribute in stream.attributes where attribute.name == "rtpmap" {
            guard let parts = attribute.value?.split(separator: " "), parts.count >= 2, let type = UInt8(parts[0]), type < 128,
                parts[1].lowercased() == "telephone-event/8000", stream.formats.contains(String(parts[0]))
            else { continue }
            return type
        }
        return nil
    }

    private static func audio(at address: NetworkAddress, codecs: [Codec], telephoneEvent: UInt8?, direction: Direction) -> Media {
        var formats = codecs.map { String($0.payloadType) }
        var attributes = codecs.map { Attribute("rtpmap", "\($0.payloadType) \($0.name)/8000") }
        if let telephoneEvent {
            formats.append(String(telephoneEvent))
            attributes.append(Attribute("rtpmap", "\(telephoneEvent) telephone-event/8000"))
            attributes.append(Attribute("fmtp", "\(telephoneEvent) 0-15"))
        }
        attributes.append(Attribute("ptime", "20"))
        return Media(
            kind: "audio", port: address.port, transport: "RTP/AVP", formats: formats, address: address.host, direction: direction,
            attributes: attributes)
    }
}
