import Primitives

/// What a browser's answer of ours says of us.
package struct BrowserSide: Sendable, Equatable {
    /// Those of the connection as it is now: a restart needs others.
    package var user: String
    package var password: String
    /// SHA-256 of our certificate, 32 bytes.
    package var fingerprint: [UInt8]
    /// Where we are reached, the one we like best first. At least one.
    package var addresses: [NetworkAddress]
    /// The one we like best first: the browser sends in the first of them.
    package var codecs: [BrowserCodec]
    /// In milliseconds: what we ask the browser's packets to hold.
    package var packetTime: Int

    package init(
        user: String, password: String, fingerprint: [UInt8], addresses: [NetworkAddress],
        codecs: [BrowserCodec] = BrowserCodec.allCases, packetTime: Int = 20
    ) {
        self.user = user
        self.password = password
        self.fingerprint = fingerprint
        self.addresses = addresses
        self.codecs = codecs
        self.packetTime = packetTime
    }
}

/// What offer and answer agreed on.
package struct BrowserAgreement: Sendable, Equatable {
    /// In our order. The browser may send in any of them, and so may we.
    package var formats: [BrowserOffer.Format]
    /// The payload type of keys pressed by the clock rate of the codec beside it.
    package var telephoneEvents: [Int: UInt8]
    /// What we do.
    package var direction: SessionDescription.Direction
}

extension BrowserOffer {
    /// Our answer (RFC 8829 section 5.3): one stream of audio, lite, passive, on one port. All other streams are refused by port 0.
    ///
    /// - Parameter session: stays the same for one connection; `version` goes up by one with each answer (RFC 3264 section 8).
    package func answer(
        _ side: BrowserSide, session: UInt64, version: UInt64 = 0, offering wish: SessionDescription.Direction = .sendReceive
    ) throws(Refusal) -> (answer: SessionDescription, agreement: BrowserAgreement) {
        let common = side.codecs.compactMap { codec in formats.first { $0.codec == codec } }
        guard !common.isEmpty, let address = side.addresses.first else { throw .noCommonCodec }
        // A clock rate without a codec has no keys (RFC 4733 section 2.1).
        let events = telephoneEvents.filter { rate, _ in common.contains { $0.codec.clockRate == rate } }
        let mirrored = direction.mirrored
        let ours = SessionDescription.Direction(sends: mirrored.sends && wish.sends, receives: mirrored.receives && wish.receives)

        var attributes = [SessionDescription.Attribute("rtcp-mux")]
        func add(_ name: String, _ value: String) { attributes.append(SessionDescription.Attribute(name, value)) }
        add("ice-ufrag", side.user)
        add("ice-pwd", side.password)
        add("fingerprint", "sha-256 " + side.fingerprint.map(Self.pair).joined(separator: ":"))
        add("setup", "passive")
        if let mid { add("mid", mid) }
        for format in common {
            add("rtpmap", "\(format.payloadType) \(format.codec.name)")
            if format.codec == .opus { add("fmtp", "\(format.payloadType) minptime=10;useinbandfec=1;stereo=0;usedtx=0") }
        }
        for (rate, type) in events.sorted(by: { $0.key < $1.key }) {
            add("rtpmap", "\(type) telephone-event/\(rate)")
            add("fmtp", "\(type) 0-15")
        }
        add("ptime", String(side.packetTime))
        // Browsers give the page a track by the names of its stream.
        if ours.sends { add("msid", "callfloor audio") }
        for (place, address) in side.addresses.prefix(ICECandidate.countMax).enumerated() {
            add("candidate", ICECandidate.host(at: address, place: place).value)
        }
        attributes.append(SessionDescription.Attribute("end-of-candidates"))

        let types = common.map { String($0.payloadType) } + events.sorted { $0.key < $1.key }.map { String($0.value) }
        let streams = description.media.indices.map { place in
            let offered = description.media[place]
            guard place == index else {
                return SessionDescription.Media(
                    kind: offered.kind, port: 0, transport: offered.transport, formats: offered.formats, address: address.host,
                    direction: .inactive,
                    attributes: offered.attributes.filter { $0.name == "mid" && $0.value != nil })
            }
            return SessionDescription.Media(
                kind: offered.kind, port: address.port, transport: offered.transport, formats: types, address: address.host,
                direction: ours, attributes: attributes)
        }
        var ofSession = [SessionDescription.Attribute("ice-lite")]
        if isBundled, let mid { ofSession.append(SessionDescription.Attribute("group", "BUNDLE \(mid)")) }
        let answer = SessionDescription(session: session, version: version, address: address.host, attributes: ofSession, media: streams)
        return (answer, BrowserAgreement(formats: common, telephoneEvents: events, direction: ours))
    }

    private static func pair(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) }
}
