import Primitives

/// What a browser sends sound in (RFC 7874 section 3), as far as we have it.
package enum BrowserCodec: Sendable, Hashable, CaseIterable {
    case opus, pcmu, pcma

    /// As `a=rtpmap` has it.
    var name: String {
        switch self {
        case .opus: "opus/48000/2"
        case .pcmu: "PCMU/8000"
        case .pcma: "PCMA/8000"
        }
    }

    /// Of its RTP, in ticks a second.
    package var clockRate: Int {
        switch self {
        case .opus: 48_000
        case .pcmu, .pcma: 8_000
        }
    }
}

/// A browser's offer of a call (RFC 8829), read as far as a call of one voice needs it. What is in it that we cannot meet is told when it
/// is read, so that the screen can say why.
package struct BrowserOffer: Sendable, Equatable {
    package enum Refusal: Error, Equatable {
        case malformed(SessionDescription.ParsingError)
        /// No stream of audio by UDP/TLS/RTP/SAVPF.
        case noAudio
        /// Without `a=rtcp-mux`: we have one port for a call.
        case noMultiplexing
        /// No `a=ice-ufrag` and `a=ice-pwd`, or none as RFC 8839 section 5.4 asks for.
        case noCredentials
        /// It is a lite agent too: nobody would ask.
        case isLite
        /// No SHA-256 of a certificate: its packets could be anybody's.
        case noFingerprint
        /// It wants to be the DTLS server, as we do.
        case wrongRole
        case noCommonCodec
    }

    /// One payload type and what it stands for.
    package struct Format: Sendable, Hashable {
        package var payloadType: UInt8
        package var codec: BrowserCodec

        package init(payloadType: UInt8, codec: BrowserCodec) {
            self.payloadType = payloadType
            self.codec = codec
        }
    }

    /// Of one stream; more are not read. Browsers announce one.
    static let fingerprintsMax = 4
    static let fingerprintLength = 32

    /// `a=ice-ufrag` and `a=ice-pwd` of the browser.
    package let user: String
    package let password: String
    /// SHA-256 of the certificates it may have, 32 bytes each.
    package let fingerprints: [[UInt8]]
    /// Where it may be reached: a lite agent does not need to know.
    package let candidates: [ICECandidate]
    /// The name of the stream (RFC 8843); nil if it has none.
    package let mid: String?
    /// In the browser's order, each codec once.
    package let formats: [Format]
    /// Payload types of keys pressed (RFC 4733) by their clock rate: 8,000 beside G.711, 48,000 beside Opus.
    package let telephoneEvents: [Int: UInt8]
    /// Whether it can make use of what Opus repeats (RFC 7587 section 6.1).
    package let hasOpusFEC: Bool
    /// What the browser does.
    package let direction: SessionDescription.Direction

    let description: SessionDescription
    let index: Int
    let isBundled: Bool

    package init(parsing bytes: [UInt8]) throws(Refusal) {
        do throws(SessionDescription.ParsingError) {
            description = try SessionDescription(parsing: bytes)
        } catch {
            throw .malformed(error)
        }
        let transport = "UDP/TLS/RTP/SAVPF"
        let audio = description.media.firstIndex { $0.kind == "audio" && $0.port != 0 && $0.transport == transport }
        guard let audio else { throw .noAudio }
        index = audio
        let stream = description.media[audio]
        let session = description.attributes
        /// The stream's own, else that of the session.
        func value(_ name: String) -> String? {
            (stream.attributes.first { $0.name == name } ?? session.first { $0.name == name })?.value
        }
        guard stream.attributes.contains(where: { $0.name == "rtcp-mux" }) else { throw .noMultiplexing }
        guard !session.contains(where: { $0.name == "ice-lite" }) else { throw .isLite }
        guard let user = value("ice-ufrag"), let password = value("ice-pwd"), (4...256).contains(user.utf8.count),
            (22...256).contains(password.utf8.count), (user + password).utf8.allSatisfy(\.isICECharacter)
        else { throw .noCredentials }
        (self.user, self.password) = (user, password)

        let announced = (stream.attributes + session).lazy.filter { $0.name == "fingerprint" }.compactMap {
            Self.fingerprint($0.value ?? "")
        }
        fingerprints = Array(announced.prefix(Self.fingerprintsMax))
        guard !fingerprints.isEmpty else { throw .noFingerprint }
        // RFC 8842 section 5.2: an offer says actpass; who says active calls us too.
        switch value("setup") {
        case "actpass", "active": break
        default: throw .wrongRole
        }
        candidates = Array(
            stream.attributes.lazy.filter { $0.name == "candidate" }.compactMap { ICECandidate($0.value ?? "") }.prefix(
                ICECandidate.countMax))
        let mid = stream.attributes.first { $0.name == "mid" }?.value
        self.mid = mid
        isBundled = session.contains { attribute in
            guard let mid, attribute.name == "group", let words = attribute.value?.split(separator: " ") else { return false }
            return words.first == "BUNDLE" && words.dropFirst().contains(Substring(mid))
        }
        (formats, telephoneEvents) = Self.formats(of: stream)
        guard !formats.isEmpty else { throw .noCommonCodec }
        let opus = formats.first { $0.codec == .opus }.map { "\($0.payloadType) " }
        hasOpusFEC = stream.attributes.contains { attribute in
            guard let opus, attribute.name == "fmtp", let value = attribute.value, value.hasPrefix(opus) else { return false }
            return value.dropFirst(opus.count).split(separator: ";").contains { $0.filter { $0 != " " } == "useinbandfec=1" }
        }
        direction = stream.direction ?? .sendReceive
    }

    // MARK: Renewed offers

    /// Whether the browser begins its connection anew (RFC 8839 section 4.4.1.1.1): its network has changed.
    package func restartsICE(of former: BrowserOffer) -> Bool { user != former.user || password != former.password }

    /// Whether the keys agreed on stay good (RFC 8842 section 4): a changed certificate asks for another handshake.
    package func keepsKeys(of former: BrowserOffer) -> Bool { Set(fingerprints) == Set(former.fingerprints) }

    // MARK: Lines

    /// `sha-256 4A:AD:…`; other hashes are not read.
    private static func fingerprint(_ value: String) -> [UInt8]? {
        let words = value.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "sha-256", words[1].utf8.count == 3 * fingerprintLength - 1 else { return nil }
        let bytes = words[1].split(separator: ":", omittingEmptySubsequences: false).compactMap { pair in
            pair.utf8.count == 2 && pair.first != "+" && pair.first != "-" ? UInt8(pair, radix: 16) : nil
        }
        return bytes.count == fingerprintLength ? bytes : nil
    }

    private static func formats(of stream: SessionDescription.Media) -> (formats: [Format], telephoneEvents: [Int: UInt8]) {
        // The first map of a type counts; 0 and 8 need none (RFC 3551 section 6).
        var names: [UInt8: String] = [:]
        for attribute in stream.attributes where attribute.name == "rtpmap" {
            guard let words = attribute.value?.split(separator: " "), words.count == 2, let type = UInt8(words[0]) else { continue }
            if names[type] == nil { names[type] = words[1].lowercased() }
        }
        var formats: [Format] = []
        var events: [Int: UInt8] = [:]
        for type in stream.formats.lazy.compactMap({ UInt8($0) }) where type < 128 {
            let name = names[type] ?? (type == 0 ? "pcmu/8000" : type == 8 ? "pcma/8000" : "")
            if let codec = BrowserCodec.allCases.first(where: { name == $0.name.lowercased() || name == $0.name.lowercased() + "/1" }) {
                if !formats.contains(where: { $0.codec == codec }) { formats.append(Format(payloadType: type, codec: codec)) }
            } else if name.hasPrefix("telephone-event/"), let rate = Int(name.dropFirst(16)), rate == 8_000 || rate == 48_000 {
                if events[rate] == nil { events[rate] = type }
            }
        }
        return (formats, events)
    }
}
