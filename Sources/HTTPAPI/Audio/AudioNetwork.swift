import Crypto
import Foundation
import Organization
import Primitives

/// How the sound of a browser finds its way to us: the addresses at which we can be reached, and the servers that help a browser behind
/// a firewall (STUN to learn its own address, TURN to have its packets relayed).
package struct AudioNetwork: Sendable, Hashable {
    /// What browsers are told, in this order: the machine's own address, then those by which a router makes it known.
    package let addresses: [IPAddress]
    private let urls: [ServerURL]
    private let credential: Credential

    /// By what a browser proves to a TURN server that it may be used.
    package enum Credential: Sendable, Hashable {
        case none
        /// The same for everybody.
        case fixed(username: String, password: String)
        /// Made anew for each browser, by a secret that only we and the TURN server know: coturn's `use-auth-secret`
        /// (draft-uberti-behave-turn-rest-00 section 2.2).
        case made(secret: String)
    }

    /// One entry of what a page gives to `RTCPeerConnection` as `iceServers`.
    package struct ICEServer: Sendable, Hashable {
        package var urls: [String]
        /// Both or none.
        package var username: String?
        package var credential: String?
    }

    /// What cannot be used: which option, what it says, and what was expected.
    package struct Flaw: Error, Hashable {
        package let option: Option
        package let value: String
        package let expected: String

        package enum Option: Sendable, Hashable { case publicAddress, server, credential }
    }

    private struct ServerURL: Hashable {
        var text: String
        /// TURN's, which wants a credential.
        var isRelay: Bool
    }

    /// A browser asks several TURN servers at once; more only make connecting slow.
    package static let serversMax = 8
    package static let publicAddressesMax = 8
    package static let credentialMax = 512
    /// A made credential lasts as long as a session: an agent keeps one audio connection for a whole shift.
    package static let credentialLife = Limits.session

    /// - Parameters:
    ///   - own: the address at which media listens.
    ///   - publicAddresses: those by which it is known beyond a router, of either version.
    ///   - servers: `stun:host`, `stun:host:port`, `turn:host:port?transport=udp`, and with `stuns:` and `turns:` over TLS
    ///     (RFC 7064 section 3.1, RFC 7065 section 3.1).
    package init(own: IPAddress, publicAddresses: [String] = [], servers: [String] = [], credential: Credential = .none) throws(Flaw) {
        var known: [IPAddress] = []
        for text in publicAddresses {
            guard let address = IPAddress(text), Self.isReachable(address) else {
                throw Flaw(option: .publicAddress, value: text, expected: "an IP address at which browsers reach this machine")
            }
            if !known.contains(address) { known.append(address) }
        }
        guard known.count <= Self.publicAddressesMax else {
            throw Flaw(option: .publicAddress, value: "\(known.count) of them", expected: "at most \(Self.publicAddressesMax)")
        }
        guard servers.count <= Self.serversMax else {
            throw Flaw(option: .server, value: "\(servers.count) of them", expected: "at most \(Self.serversMax)")
        }
        var urls: [ServerURL] = []
        for server in servers { urls.append(try Self.url(server)) }
        try Self.check(credential, needed: urls.contains(where: \.isRelay))
        // In the network of a router's back the own address is the shorter way; behind loopback there is nobody else.
        let isOwnOfUse = known.isEmpty || Self.isReachable(own) && !own.isLoopback
        addresses = (isOwnOfUse ? [own] : []) + known.filter { $0 != own || !isOwnOfUse }
        self.urls = urls
        self.credential = credential
    }

    /// What a page of the user's is given to connect by. TURN servers' logs see the user's id and no name.
    package func iceServers(for user: UserID, at now: Timestamp) -> [ICEServer] { iceServers(naming: user.description, at: now) }

    /// The same for somebody who has not signed in.
    package func iceServers(at now: Timestamp) -> [ICEServer] { iceServers(naming: "guest", at: now) }

    private func iceServers(naming name: String, at now: Timestamp) -> [ICEServer] {
        let open = urls.filter { !$0.isRelay }.map(\.text)
        let relays = urls.filter(\.isRelay).map(\.text)
        var servers: [ICEServer] = []
        if !open.isEmpty { servers.append(ICEServer(urls: open)) }
        guard !relays.isEmpty else { return servers }
        switch credential {
        case .none: break
        case .fixed(let username, let password): servers.append(ICEServer(urls: relays, username: username, credential: password))
        case .made(let secret):
            let username = "\((now + Self.credentialLife).microseconds / 1_000_000):\(name)"
            let code = HMAC<Insecure.SHA1>.authenticationCode(for: Data(username.utf8), using: SymmetricKey(data: Data(secret.utf8)))
            servers.append(ICEServer(urls: relays, username: username, credential: Data(code).base64EncodedString()))
        }
        return servers
    }

    // MARK: What can be used

    private static func check(_ credential: Credential, needed: Bool) throws(Flaw) {
        switch credential {
        case .none:
            guard needed else { return }
            throw Flaw(option: .credential, value: "none", expected: "a user name and password, or a secret, for the TURN server")
        case .fixed(let username, let password):
            guard needed else { throw Flaw(option: .credential, value: username, expected: "a TURN server that it is for") }
            guard (1...credentialMax).contains(username.utf8.count), (1...credentialMax).contains(password.utf8.count) else {
                throw Flaw(option: .credential, value: username, expected: "a user name and a password of at most \(credentialMax) bytes")
            }
        case .made(let secret):
            guard needed else { throw Flaw(option: .credential, value: "a secret", expected: "a TURN server that it is for") }
            guard (1...credentialMax).contains(secret.utf8.count) else {
                throw Flaw(option: .credential, value: "a secret", expected: "1 to \(credentialMax) bytes")
            }
        }
    }

    private static func isReachable(_ address: IPAddress) -> Bool {
        switch address {
        // RFC 6890: this network; and from 224.0.0.0 on many, reserved and everybody.
        case .v4(let word): word >> 24 != 0 && word >> 28 < 14
        case .v6(let high, let low): (high != 0 || low != 0) && high >> 56 != 0xFF
        }
    }

    private static func url(_ text: String) throws(Flaw) -> ServerURL {
        let flaw = Flaw(
            option: .server, value: text,
            expected: "stun:HOST, turn:HOST:PORT?transport=udp or the like, with an s behind the first for TLS")
        guard text.utf8.count <= 256, let colon = text.firstIndex(of: ":") else { throw flaw }
        let scheme = text[..<colon].lowercased()
        guard ["stun", "stuns", "turn", "turns"].contains(scheme) else { throw flaw }
        let isRelay = scheme.hasPrefix("turn")
        let parts = text[text.index(after: colon)...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let place = parts.first, isPlace(place) else { throw flaw }
        if parts.count == 2 { guard isRelay, ["transport=udp", "transport=tcp"].contains(parts[1]) else { throw flaw } }
        return ServerURL(text: text, isRelay: isRelay)
    }

    /// A host, and a port where there is one.
    private static func isPlace(_ text: Substring) -> Bool {
        var (host, port) = (text, Substring("1"))
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return false }
            host = text[...end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.first == ":", IPAddress(host) != nil else { return false }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = text.firstIndex(of: ":") {
            (host, port) = (text[..<colon], text[text.index(after: colon)...])
        }
        guard let number = UInt16(port), number > 0, port.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }) else { return false }
        return host.first == "[" || isName(host)
    }

    /// A host name or an IPv4 address.
    private static func isName(_ text: Substring) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                !label.isEmpty && label.utf8.count <= 63
                    && label.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                            true
                        default: false
                        }
                    }
            }
    }
}

extension IPAddress {
    /// Whether it is the machine itself, for itself only.
    fileprivate var isLoopback: Bool {
        switch self {
        case .v4(let word): word >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        }
    }
}
