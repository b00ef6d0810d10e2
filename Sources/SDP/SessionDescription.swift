import Primitives

/// A session description (RFC 8866), as far as audio calls need it: where media go, in which formats, in which direction.
/// Lines that mean nothing here are checked for their form and dropped.
package struct SessionDescription: Sendable, Equatable {
    package struct Media: Sendable, Equatable {
        /// `audio`, `video`, `image` …
        package var kind: String
        /// 0 refuses the stream (RFC 3264 section 6).
        package var port: UInt16
        /// `RTP/AVP`, `RTP/SAVP`, `udptl` …
        package var transport: String
        package var formats: [String]
        /// Its own, or the session's; nil if it is a name, a multicast group or not there.
        package var address: IPAddress?
        package var direction: Direction?
        /// The values of `a=rtpmap` and others, in order: (name, value).
        package var attributes: [Attribute]

        package init(
            kind: String, port: UInt16, transport: String, formats: [String], address: IPAddress? = nil, direction: Direction? = nil,
            attributes: [Attribute] = []
        ) {
            self.kind = kind
            self.port = port
            self.transport = transport
            self.formats = formats
            self.address = address
            self.direction = direction
            self.attributes = attributes
        }
    }

    package struct Attribute: Sendable, Equatable {
        package var name: String
        /// What stands behind the colon; nil for a flag.
        package var value: String?

        package init(_ name: String, _ value: String? = nil) {
            self.name = name
            self.value = value
        }

        var line: String { value.map { "a=\(name):\($0)\r\n" } ?? "a=\(name)\r\n" }
    }

    /// What the describing side does (RFC 8866 section 6.7).
    package enum Direction: String, Sendable, Equatable {
        case sendReceive = "sendrecv"
        case sendOnly = "sendonly"
        case receiveOnly = "recvonly"
        case inactive

        /// The same stream from the other side.
        package var mirrored: Direction {
            switch self {
            case .sendReceive: .sendReceive
            case .sendOnly: .receiveOnly
            case .receiveOnly: .sendOnly
            case .inactive: .inactive
            }
        }

        package var sends: Bool { self == .sendReceive || self == .sendOnly }
        package var receives: Bool { self == .sendReceive || self == .receiveOnly }

        package init(sends: Bool, receives: Bool) {
            self = sends ? (receives ? .sendReceive : .sendOnly) : (receives ? .receiveOnly : .inactive)
        }
    }

    package enum ParsingError: Error, Equatable {
        /// Above `bytesMax`, `linesMax` or `mediaMax`.
        case tooLarge
        /// `line` counts from 1.
        case malformed(line: Int)
        /// v=, o= or s= is not where it must be.
        case missing(String)
        /// A stream is offered and neither it nor the session has a c= line.
        case noConnection
    }

    static let bytesMax = 16_384
    static let linesMax = 512
    static let mediaMax = 16

    /// The numbers of o=: the session's own and that of this version of it.
    package var session: UInt64
    package var version: UInt64
    /// Of the session; each stream may have its own.
    package var address: IPAddress?
    /// Of the session, in order, without its direction: browsers say there what holds for all streams.
    package var attributes: [Attribute]
    package var media: [Media]

    package init(session: UInt64, version: UInt64, address: IPAddress?, attributes: [Attribute] = [], media: [Media]) {
        self.session = session
        self.version = version
        self.address = address
        self.attributes = attributes
        self.media = media
    }

    package init(parsing bytes: [UInt8]) throws(ParsingError) {
        guard bytes.count <= Self.bytesMax else { throw .tooLarge }
        session = 0
        version = 0
        attributes = []
        media = []
        var sessionDirection: Direction?
        var number = 0
        var hasConnection: (session: Bool, media: [Bool]) = (false, [])
        var seenSubject = false
        var ended = false
        for raw in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            guard number <= Self.linesMax else { throw .tooLarge }
            let line = raw.last == 0x0D ? raw.dropLast() : raw
            if line.isEmpty {
                ended = true
                continue
            }
            // Nothing but empty lines may follow an empty one.
            guard !ended, line.count >= 2, let letter = line.first, line.dropFirst().first == UInt8(ascii: "="),
                line.allSatisfy({ $0 >= 0x20 || $0 == 0x09 })
            else {
                throw .malformed(line: number)
            }
            let value = line.dropFirst(2)
            if number == 1 {
                guard letter == UInt8(ascii: "v"), value.elementsEqual("0".utf8) else { throw .missing("v=0") }
                continue
            }
            if number == 2 {
                guard letter == UInt8(ascii: "o"), let (session, version) = Self.origin(value) else { throw .missing("o=") }
                (self.session, self.version) = (session, version)
                continue
            }
            switch letter {
            case UInt8(ascii: "s"): seenSubject = true
            case UInt8(ascii: "c"):
                guard let connection = Self.connection(value) else { throw .malformed(line: number) }
                if media.isEmpty {
                    address = connection.address
                    hasConnection.session = true
                } else {
                    media[media.count - 1].address = connection.address
                    hasConnection.media[media.count - 1] = true
                }
            case UInt8(ascii: "m"):
                guard media.count < Self.mediaMax else { throw .tooLarge }
                guard var one = Self.media(value) else { throw .malformed(line: number) }
                one.address = address
                one.direction = sessionDirection
                media.append(one)
                hasConnection.media.append(false)
            case UInt8(ascii: "a"):
                let name = String(decoding: value.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
                guard !name.isEmpty else { throw .malformed(line: number) }
                if let direction = Direction(rawValue: name) {
                    if media.isEmpty { sessionDirection = direction } else { media[media.count - 1].direction = direction }
                } else {
                    let rest = value.dropFirst(name.utf8.count)
                    let attribute = Attribute(name, rest.isEmpty ? nil : String(decoding: rest.dropFirst(), as: UTF8.self))
                    if media.isEmpty { attributes.append(attribute) } else { media[media.count - 1].attributes.append(attribute) }
                }
            default: break  // i, u, e, p, b, t, r, z, k and what others add
            }
        }
        guard number >= 2 else { throw .missing("o=") }
        guard seenSubject else { throw .missing("s=") }
        for (one, own) in zip(media, hasConnection.media) where one.port != 0 && !own && !hasConnection.session { throw .noConnection }
    }

    package var bytes: [UInt8] {
        func connection(_ address: IPAddress) -> String {
            switch address {
            case .v4: "IN IP4 \(address)"
            case .v6: "IN IP6 \(address)"
            }
        }
        let origin = address ?? media.lazy.compactMap(\.address).first ?? .v4(0)
        var text = "v=0\r\no=- \(session) \(version) \(connection(origin))\r\ns=-\r\n"
        if let address { text += "c=\(connection(address))\r\n" }
        text += "t=0 0\r\n"
        for attribute in attributes { text += attribute.line }
        for one in media {
            text += "m=\(one.kind) \(one.port) \(one.transport) \(one.formats.joined(separator: " "))\r\n"
            if let own = one.address, own != address { text += "c=\(connection(own))\r\n" }
            for attribute in one.attributes { text += attribute.line }
            if let direction = one.direction { text += "a=\(direction.rawValue)\r\n" }
        }
        return Array(text.utf8)
    }

    // MARK: Lines

    private static func words(_ value: ArraySlice<UInt8>) -> [String] {
        value.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// `o=<user> <session> <version> IN IP4 <address>`.
    private static func origin(_ value: ArraySlice<UInt8>) -> (UInt64, UInt64)? {
        let words = words(value)
        guard words.count == 6, let session = number(words[1]), let version = number(words[2]) else { return nil }
        return (session, version)
    }

    /// Digits of any length; beyond 64 bits only the last matter, they are compared and nothing else.
    private static func number(_ word: String) -> UInt64? {
        guard !word.isEmpty, word.utf8.count <= 32 else { return nil }
        var value: UInt64 = 0
        for byte in word.utf8 {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
        }
        return value
    }

    /// `c=IN IP4 192.0.2.1`; a name or a multicast group with its `/ttl` has no address that we could send to.
    private static func connection(_ value: ArraySlice<UInt8>) -> (address: IPAddress?, Void)? {
        let words = words(value)
        guard words.count == 3, words[0] == "IN", words[1] == "IP4" || words[1] == "IP6" else { return nil }
        return (IPAddress(words[2]), ())
    }

    /// `m=audio 49170[/2] RTP/AVP 0 8 101`.
    private static func media(_ value: ArraySlice<UInt8>) -> Media? {
        let words = words(value)
        guard words.count >= 4, let port = UInt16(words[1].prefix { $0 != "/" }), words[1].first != "+" else { return nil }
        return Media(kind: words[0], port: port, transport: words[2], formats: Array(words[3...]))
    }
}
