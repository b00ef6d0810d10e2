import Primitives

/// A line to the telephone network, known by where it sends from.
package struct TrunkAccount: Sendable, Hashable {
    package var id: ID<SIPTrunk>
    /// Where its calls come from; port 0 means any port of that address.
    package var addresses: [NetworkAddress]
    /// How many calls it may bring in a second; nil: as many as `Limits` says.
    package var invitesPerSecond: Int?
    /// Where calls that we make by it go; nil: it only brings calls.
    package var server: RemoteServer?
    /// The domain in From, To and the Request-URI; nil: the host of its server.
    package var domain: String?
    package var login: Login?
    package var registration: TrunkRegistration?
    package var presentation = Presentation()

    package init(
        id: ID<SIPTrunk>, addresses: [NetworkAddress], server: RemoteServer? = nil, domain: String? = nil, login: Login? = nil,
        registration: TrunkRegistration? = nil, presentation: Presentation = Presentation(), invitesPerSecond: Int? = nil
    ) {
        self.id = id
        self.addresses = addresses
        self.server = server
        self.domain = domain
        self.login = login
        self.registration = registration
        self.presentation = presentation
        self.invitesPerSecond = invitesPerSecond
    }

    /// Whose places are places of this trunk: calls may come from there, too.
    var servers: [RemoteServer] { [server, registration?.registrar].compactMap { $0 } }

    var domainName: String { domain ?? server?.host ?? registration?.registrar.host ?? "invalid" }
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
    private var accounts: [ID<SIPTrunk>: TrunkAccount] = [:]
    /// By where their servers were found, in the order of the configuration.
    private var trunksByHost: [IPAddress: [ID<SIPTrunk>]] = [:]

    init(_ configuration: UserAgent.Configuration) {
        for trunk in configuration.trunks {
            for address in trunk.addresses where trunks[address] == nil {
                trunks[address] = trunk.id
                hosts[address.host, default: 0] += 1
            }
            if accounts[trunk.id] == nil { accounts[trunk.id] = trunk }
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

    func trunk(_ id: ID<SIPTrunk>) -> TrunkAccount? { accounts[id] }

    func phone(_ id: ID<SIPPhone>) -> PhoneAccount? { phones[id] }

    func phone(named user: String) -> PhoneAccount? { phonesByUser[user] }

    /// Whether a trunk or a phone sends from `host`.
    func knows(_ host: IPAddress) -> Bool { hosts[host] != nil }

    func phones(at hop: Hop) -> [ID<SIPPhone>] { phonesByHop[hop] ?? [] }

    func isTrunk(_ hop: Hop) -> Bool {
        trunksByHost[hop.host] != nil || trunks[hop.address] != nil || trunks[NetworkAddress(hop.host, port: 0)] != nil
    }

    /// How many calls a second `source` may bring.
    func invitesPerSecond(of source: Invitation.Source, limits: Limits) -> Int {
        if case .trunk(let trunk) = source, let rate = accounts[trunk]?.invitesPerSecond { return max(0, rate) }
        return limits.invitesPerSourceMax
    }

    /// Who sends from `source`: a phone's exact address before a trunk's, a trunk's port before any port, and what was configured
    /// before what DNS said.
    /// - Parameters:
    ///   - user: of the From.
    ///   - called: the user of the Request-URI.
    func origin(of source: Hop, user: () -> String?, called: () -> String?) -> Invitation.Source? {
        if let phones = phonesByHop[source], let first = phones.first {
            // Two accounts in one soft phone send from one address: the From tells which.
            guard phones.count > 1, let user = user(), let named = phonesByUser[user]?.id, phones.contains(named) else {
                return .phone(first)
            }
            return .phone(named)
        }
        if let trunk = trunks[source.address] ?? trunks[NetworkAddress(source.host, port: 0)] { return .trunk(trunk) }
        if let trunks = trunksByHost[source.host], let first = trunks.first {
            // Several accounts at one provider: it sends the calls of each to the Contact that the account registered.
            guard trunks.count > 1, let called = called() else { return .trunk(first) }
            return .trunk(trunks.first { accounts[$0]?.registration?.user == called } ?? first)
        }
        return nil
    }

    /// Takes note of where a trunk's server was found. What was found before stays: calls that began there go on.
    mutating func place(_ trunk: ID<SIPTrunk>, at hops: [Hop]) {
        for hop in hops where trunksByHost[hop.host]?.contains(trunk) != true {
            let others = trunksByHost[hop.host] ?? []
            guard others.count < Self.trunksPerHostMax, trunksByHost.count < Self.trunkHostsMax else { continue }
            trunksByHost[hop.host] = (others + [trunk]).sorted()
            hosts[hop.host, default: 0] += 1
        }
    }

    private static let trunksPerHostMax = 256
    private static let trunkHostsMax = 4_096

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
