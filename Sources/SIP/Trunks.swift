import Primitives

/// A server of others, by name or by address, to be found as RFC 3263 says.
package struct RemoteServer: Sendable, Hashable {
    /// A host name, or an address without brackets.
    package var host: String
    /// nil: what SRV says, else the usual one.
    package var port: UInt16?
    package var transport: Transport

    package init(_ host: String, port: UInt16? = nil, transport: Transport = .udp) {
        self.host = host
        self.port = port
        self.transport = transport
    }
}

/// What proves to a provider that we are its customer.
///
/// The password is kept as it is, and so must be readable where the account is stored: a provider may change its realm, and the
/// HA1 of an unknown realm cannot be made beforehand (RFC 7616 section 3.4.2).
package struct Login: Sendable, Hashable {
    package var user: String
    package var password: String

    package init(user: String, password: String) {
        self.user = user
        self.password = password
    }
}

/// That a trunk's provider wants to be told where we are (RFC 3261 section 10.2).
package struct TrunkRegistration: Sendable, Hashable {
    package var registrar: RemoteServer
    /// The account's name: the user of From and To, and of the Contact, by which calls to several accounts at one provider are told apart.
    package var user: String
    /// Seconds asked for; the provider may grant fewer.
    package var expires = 600

    package init(registrar: RemoteServer, user: String, expires: Int = 600) {
        self.registrar = registrar
        self.user = user
        self.expires = expires
    }
}

/// How callers are shown over a trunk, in both directions.
package struct Presentation: Sendable, Hashable {
    /// Which header says who calls.
    package enum Identity: Sendable, Hashable, CaseIterable {
        case from
        /// P-Asserted-Identity (RFC 3325).
        case asserted
        /// Remote-Party-ID, which came before it and is still the only one that some gateways know.
        case remoteParty
    }

    /// How numbers are written towards the trunk.
    package enum NumberForm: Sendable, Hashable, CaseIterable {
        case asGiven
        /// `+99532123456`: the plus is added where there is none, unless the number begins with 0.
        case plus
        /// `99532123456`.
        case digits
    }

    /// Which header carries the number of a call that we make. If it is another than From, From has the account that
    /// registered, if there is one.
    package var shown: Identity = .from
    /// Which header is believed on a call that comes in; From where it is missing.
    package var believed: Identity = .asserted
    /// The number that is always shown; nil: each caller's own.
    package var number: String?
    package var form: NumberForm = .asGiven

    package init(shown: Identity = .from, believed: Identity = .asserted, number: String? = nil, form: NumberForm = .asGiven) {
        self.shown = shown
        self.believed = believed
        self.number = number
        self.form = form
    }

    /// `number` as the trunk wants it.
    package func written(_ number: String) -> String {
        switch form {
        case .asGiven: return number
        case .digits: return number.hasPrefix("+") ? String(number.dropFirst()) : number
        case .plus:
            guard let first = number.utf8.first, number.utf8.allSatisfy(\.isDigit), first != UInt8(ascii: "0") else { return number }
            return "+" + number
        }
    }
}

/// A place where a server may be found, as DNS told it.
package struct Candidate: Sendable, Hashable {
    package var hop: Hop
    /// RFC 2782: the lowest first; among equals each comes first as often as its weight says.
    package var priority: UInt16
    package var weight: UInt16

    package init(_ hop: Hop, priority: UInt16 = 0, weight: UInt16 = 0) {
        self.hop = hop
        self.priority = priority
        self.weight = weight
    }
}

/// Knows where servers are, for as long as DNS said, and which of their places failed lately.
struct Locator: Sendable {
    enum Place: Equatable {
        /// Where to try, in this order.
        case found([Hop])
        /// It is being asked for; a question with this number is to be sent if it is a new one.
        case asked(UInt64, isNew: Bool)
    }

    private struct Found: Sendable {
        var candidates: [Candidate]
        var until: Timestamp
    }

    private var found: [RemoteServer: Found] = [:]
    private var asked: [RemoteServer: UInt64] = [:]
    private var servers: [UInt64: RemoteServer] = [:]
    private var avoided: [Hop: Timestamp] = [:]
    private var count: UInt64 = 0

    mutating func locate(_ server: RemoteServer, using random: inout Random, limits: Limits, at now: Timestamp) -> Place {
        if let address = IPAddress(server.host) {
            return .found([Hop(server.transport, NetworkAddress(address, port: server.port ?? server.transport.port))])
        }
        if let known = found[server], known.until > now {
            let order = Self.ordered(known.candidates, using: &random).prefix(limits.hopsMax)
            // Those that failed lately come last, not never: maybe nothing else is left.
            let isAvoided = order.map { hop in avoided[hop].map { $0 > now } ?? false }
            return .found(zip(order, isAvoided).filter { !$1 }.map(\.0) + zip(order, isAvoided).filter { $1 }.map(\.0))
        }
        if let number = asked[server] { return .asked(number, isNew: false) }
        count &+= 1
        asked[server] = count
        servers[count] = server
        return .asked(count, isNew: true)
    }

    /// What DNS said to question `number`; nil if nobody asked it. Nothing found is an answer, too, and it is not kept.
    mutating func resolved(
        _ number: UInt64, _ candidates: [Candidate], lifetime: Duration, limits: Limits, at now: Timestamp
    ) -> RemoteServer? {
        guard let server = servers.removeValue(forKey: number) else { return nil }
        asked[server] = nil
        let usable = candidates.filter { $0.hop.address.port != 0 }
        if usable.isEmpty { return server }
        let lifetime = min(max(lifetime, limits.locationMin), limits.locationMax)
        if found.count >= limits.locationsMax { found = found.filter { $0.value.until > now } }
        if found.count < limits.locationsMax { found[server] = Found(candidates: usable, until: now + lifetime) }
        return server
    }

    func hops(of server: RemoteServer) -> [Hop] {
        if let address = IPAddress(server.host) {
            return [Hop(server.transport, NetworkAddress(address, port: server.port ?? server.transport.port))]
        }
        return found[server]?.candidates.map(\.hop) ?? []
    }

    mutating func avoid(_ hop: Hop, limits: Limits, at now: Timestamp) {
        if avoided.count >= limits.locationsMax { avoided = avoided.filter { $0.value > now } }
        if avoided.count < limits.locationsMax { avoided[hop] = now + limits.avoidedFor }
    }

    /// RFC 2782: by priority; among equals drawn by weight, those without weight seldom first.
    static func ordered(_ candidates: [Candidate], using random: inout Random) -> [Hop] {
        var rest = candidates.enumerated().sorted {
            ($0.element.priority, $0.element.weight == 0 ? 0 : 1, $0.offset) < (
                $1.element.priority, $1.element.weight == 0 ? 0 : 1, $1.offset
            )
        }.map(\.element)
        var hops: [Hop] = []
        while let first = rest.first {
            let equals = rest.prefix { $0.priority == first.priority }
            let sum = equals.reduce(UInt64(0)) { $0 + UInt64($1.weight) }
            var mark = random.next() % (sum + 1)
            var index = 0
            while index < equals.count - 1, UInt64(rest[index].weight) < mark {
                mark -= UInt64(rest[index].weight)
                index += 1
            }
            hops.append(rest.remove(at: index).hop)
        }
        return hops
    }
}
