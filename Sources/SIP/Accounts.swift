import Primitives

/// A line to the telephone network, known by where it sends from.
package struct TrunkAccount: Sendable, Hashable {
    package var id: ID<SIPTrunk>
    /// Where its calls come from; port 0 means any port of that address.
    package var addresses: [NetworkAddress]
    /// How many calls it may bring in a second; nil: as many as `Limits` says.
    package var invitesPerSecond: Int?

    package init(id: ID<SIPTrunk>, addresses: [NetworkAddress]) {
        self.id = id
        self.addresses = addresses
    }
}

/// A phone of the centre.
package struct PhoneAccount: Sendable, Hashable {
    package enum Credentials: Sendable, Hashable {
        /// It registers and proves itself by digest.
        case registered(HA1)
        /// It is always there, and its address is proof enough.
        case fixed(NetworkAddress)
    }

    package var id: ID<SIPPhone>
    package var user: String
    package var credentials: Credentials

    package init(id: ID<SIPPhone>, user: String, credentials: Credentials) {
        self.id = id
        self.user = user
        self.credentials = credentials
    }
}

/// Who may speak to us, by address and by user name.
struct Directory: Sendable {
    private var trunks: [NetworkAddress: ID<SIPTrunk>] = [:]
    private var phonesByHop: [Hop: [ID<SIPPhone>]] = [:]
    private var phonesByUser: [String: PhoneAccount] = [:]
    private(set) var phones: [ID<SIPPhone>: PhoneAccount] = [:]
    /// From where trunks and phones send, and how many do.
    private var hosts: [IPAddress: Int] = [:]
    private var invitesPerSecond: [ID<SIPTrunk>: Int] = [:]

    init(_ configuration: UserAgent.Configuration) {
        for trunk in configuration.trunks {
            for address in trunk.addresses where trunks[address] == nil {
                trunks[address] = trunk.id
                hosts[address.host, default: 0] += 1
            }
            if let rate = trunk.invitesPerSecond { invitesPerSecond[trunk.id] = max(0, rate) }
        }
        for phone in configuration.phones where phones[phone.id] == nil {
            phones[phone.id] = phone
            if phonesByUser[phone.user] == nil { phonesByUser[phone.user] = phone }
            if case .fixed(let address) = phone.credentials {
                phonesByHop[.udp(address), default: []].append(phone.id)
                hosts[address.host, default: 0] += 1
            }
        }
    }

    func phone(_ id: ID<SIPPhone>) -> PhoneAccount? { phones[id] }

    func phone(named user: String) -> PhoneAccount? { phonesByUser[user] }

    /// Whether a trunk or a phone sends from `host`.
    func knows(_ host: IPAddress) -> Bool { hosts[host] != nil }

    /// How many calls a second `source` may bring.
    func invitesPerSecond(of source: Invitation.Source, limits: Limits) -> Int {
        if case .trunk(let trunk) = source, let rate = invitesPerSecond[trunk] { return rate }
        return limits.invitesPerSourceMax
    }

    /// Who sends from `source`: a phone's exact address before a trunk's, a trunk's port before any port.
    func origin(of source: Hop, user: () -> String?) -> Invitation.Source? {
        if let phones = phonesByHop[source], let first = phones.first {
            // Two accounts in one soft phone send from one address: the From tells which.
            guard phones.count > 1, let user = user(), let named = phonesByUser[user]?.id, phones.contains(named) else {
                return .phone(first)
            }
            return .phone(named)
        }
        if let trunk = trunks[source.address] ?? trunks[NetworkAddress(source.host, port: 0)] { return .trunk(trunk) }
        return nil
    }

    /// Follows the bindings of a registered phone.
    mutating func move(_ phone: ID<SIPPhone>, from old: [Hop], to new: [Hop]) {
        for hop in old where phonesByHop[hop]?.contains(phone) == true {
            phonesByHop[hop]?.removeAll { $0 == phone }
            let others = (hosts[hop.host] ?? 1) - 1
            hosts[hop.host] = others > 0 ? others : nil
        }
        for hop in old where phonesByHop[hop]?.isEmpty == true { phonesByHop[hop] = nil }
        for hop in new where phonesByHop[hop]?.contains(phone) != true {
            phonesByHop[hop, default: []].append(phone)
            hosts[hop.host, default: 0] += 1
        }
    }
}
