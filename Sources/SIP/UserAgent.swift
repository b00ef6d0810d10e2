import Crypto
import Primitives

/// The whole SIP side of the centre as one value: datagrams, orders and time in, datagrams and reports out.
///
/// It joins transactions (RFC 3261 section 17), dialogs (section 12), the registrar (section 10) and digest. It reads no clock, opens
/// no socket and is the same under every hash seed.
///
/// Who is no trunk, no phone and no known user who proves it gets silence. What needs no memory is answered without a transaction
/// (section 8.2.7): refusals, challenges, OPTIONS. Only calls, BYE, CANCEL and accepted registrations are held.
package struct UserAgent: Sendable {
    package struct Configuration: Sendable {
        /// Ours, as others reach it: in Via and Contact.
        package var address: NetworkAddress
        /// The same over TCP and TLS; nil: `address`, and for TLS its usual port.
        package var tcpAddress: NetworkAddress?
        package var tlsAddress: NetworkAddress?
        /// The realm of digest; part of every HA1.
        package var realm: String
        package var trunks: [TrunkAccount]
        package var phones: [PhoneAccount]
        /// In User-Agent and Server.
        package var productName: String
        /// For phones and callers of the demo and the tests: calls from any address are reported.
        package var acceptsAnyone: Bool
        /// 32 bytes that nobody else knows; tags and nonces are as unguessable as they are. Empty for tests: then `random` alone.
        package var secret: [UInt8]
        package var limits: Limits

        package init(
            address: NetworkAddress, realm: String, trunks: [TrunkAccount] = [], phones: [PhoneAccount] = [],
            productName: String = "Callfloor", acceptsAnyone: Bool = false, secret: [UInt8] = [], limits: Limits = Limits()
        ) {
            self.address = address
            self.realm = realm
            self.trunks = trunks
            self.phones = phones
            self.productName = productName
            self.acceptsAnyone = acceptsAnyone
            self.secret = secret
            self.limits = limits
        }
    }

    struct ServerEntry: Sendable {
        enum Machine: Sendable {
            case invite(InviteServerTransaction)
            case request(RequestServerTransaction)
        }
        var machine: Machine
        /// The last answer; empty before the first.
        var response: [UInt8] = []
        var destination: Hop
        /// Where answers go when the connection of the request is gone.
        var fallback: Hop?
        /// What a merged request would share with this one (section 8.2.2.2).
        let merge: [UInt8]
        let leg: ID<SIPLeg>?
        var armed: Timestamp?
    }

    struct ClientEntry: Sendable {
        enum Machine: Sendable {
            case invite(InviteClientTransaction)
            case request(RequestClientTransaction)
        }
        /// What an INVITE needs to be acknowledged, also by answers that come when the leg is gone.
        struct Invite: Sendable {
            let leg: ID<SIPLeg>
            var dialog: Dialog
            let uri: [UInt8]
            let branch: [UInt8]
            /// The ACK of the refusal, kept for its copies.
            var refusalAck: [UInt8] = []
            /// The tag of the 2xx that was taken; any other is a fork.
            var takenTag: [UInt8]?
            /// It changes a call and makes none.
            var isReoffer = false
        }
        /// A request within a call that is no INVITE, and whose answer matters.
        struct Inquiry: Sendable {
            enum Purpose: Sendable {
                /// UPDATE without a body.
                case refresh
                /// OPTIONS, to hear whether anybody is there.
                case probe
                /// NOTIFY of how a transfer goes.
                case notice
            }
            let leg: ID<SIPLeg>
            let purpose: Purpose
        }
        var machine: Machine
        var request: [UInt8]
        var destination: Hop
        var invite: Invite?
        var inquiry: Inquiry?
        /// Of a request within a call, which outlasts its connection.
        var farEnd: FarEnd?
        /// Its connection is gone: until when another may come.
        var waitsUntil: Timestamp?
        /// Its branch, if it was sent again in another way: no more the one that is its key.
        var wireBranch: [UInt8]?
        var retries: Retries?
        var armed: Timestamp?

        /// No final answer has come yet.
        var isWaiting: Bool {
            switch machine {
            case .invite(let machine): machine.state == .calling || machine.state == .proceeding
            case .request(let machine): machine.state != .completed
            }
        }
    }

    package internal(set) var configuration: Configuration
    var directory: Directory
    var registrar = Registrar()
    var authentication: Authentication
    var tokens: Tokens
    var random: Random
    var servers: [[UInt8]: ServerEntry] = [:]
    var merges: [[UInt8]: [UInt8]] = [:]
    var clients: [[UInt8]: ClientEntry] = [:]
    var legs: [ID<SIPLeg>: Leg] = [:]
    /// Questions to providers that have no answer yet.
    var tests: [ID<SIPTrunk>: TrunkTest] = [:]
    var legsByTag: [[UInt8]: ID<SIPLeg>] = [:]
    var legsByHost: [IPAddress: Int] = [:]
    var phonesArmed: [ID<SIPPhone>: Timestamp] = [:]
    var admission: Admission
    /// What has been done since the start. See `Figures`.
    package internal(set) var figures = Figures()
    var locator = Locator()
    /// When the places of a trunk's servers are looked up next.
    var placesArmed: [ID<SIPTrunk>: Timestamp] = [:]
    var waitingCalls: [ID<SIPLeg>: WaitingCall] = [:]
    var registrations: [ID<SIPTrunk>: OwnRegistration] = [:]
    /// The nonces of the trunks' providers.
    var sessions: [ID<SIPTrunk>: DigestSession] = [:]
    /// The keys of `clients` by branches that are not keys.
    var aliases: [[UInt8]: [UInt8]] = [:]
    /// How many transactions go over each connection.
    var connectionUses: [Hop: Int] = [:]
    var deadlines = Deadlines()
    var actions: [Action] = []
    /// The lines that many messages share.
    var contactLine: [UInt8] = []
    var capabilityLines: [UInt8] = []
    var serverLine: [UInt8] = []
    /// RFC 3261 section 21.5.4: with each 503, when it may be tried again. Seconds: what it is for, a peak or a start, is over soon.
    static let comeBackLine = Array("Retry-After: 5\r\n".utf8)
    private var streamContactLines: (tcp: [UInt8], tls: [UInt8]) = ([], [])

    package init(_ configuration: Configuration, random: Random) {
        self.configuration = configuration
        self.random = random
        directory = Directory(configuration)
        for trunk in configuration.trunks {
            for server in trunk.servers { directory.place(trunk.id, at: locator.hops(of: server)) }
        }
        var seed = configuration.secret
        for _ in 0..<4 { withUnsafeBytes(of: self.random.next().bigEndian) { seed.append(contentsOf: $0) } }
        let key = Array(SHA256.hash(data: seed))
        admission = Admission(key: self.random.next())
        tokens = Tokens(key: key + Array("tokens".utf8))
        authentication = Authentication(key: SymmetricKey(data: key + Array("nonces".utf8)), limits: configuration.limits)
        writeSharedLines()
    }

    /// Takes new accounts while calls go on. The registrations of phones that are gone or have another password end.
    @discardableResult
    package mutating func configure(_ configuration: Configuration) -> [Action] {
        let old = directory
        self.configuration = configuration
        directory = Directory(configuration)
        for trunk in configuration.trunks {
            for server in trunk.servers { directory.place(trunk.id, at: locator.hops(of: server)) }
        }
        for id in old.phones.keys.sorted() where !registrar.bindings(of: id).isEmpty {
            if directory.phone(id) == old.phone(id) {
                directory.move(id, from: [], to: registrar.bindings(of: id).map(\.source))
            } else {
                registrar.forget(id)
                report(.unregistered(id))
            }
        }
        writeSharedLines()
        return taken()
    }

    /// Whether calls go on by the trunk; another's at the same address are not its own.
    package func carriesCalls(over trunk: ID<SIPTrunk>) -> Bool { legs.values.contains { $0.dialog.trunk == trunk } }

    /// Puts back a registration that `Report.registered` told of before a restart, so that the phone can be called at once. False if it
    /// cannot: of a connection only the place is left to which its Contact leads, and behind NAT not even that.
    package mutating func restoreRegistration(of phone: ID<SIPPhone>, contact: SIPURI, source: Hop, until: Timestamp) -> Bool {
        guard let account = directory.phone(phone), case .registered = account.credentials else { return false }
        let place = source.transport.isReliable ? contact.place(insteadOf: source) : source
        guard let source = place else { return false }
        let old = registrar.bindings(of: phone).map(\.source)
        registrar.restore(phone, Binding(contact: contact, source: source, until: until, callID: [], sequence: 0))
        directory.move(phone, from: old, to: [source])
        arm(phone: phone)
        return true
    }

    /// One message from `source`: a datagram, or what the framing of a stream found.
    package mutating func receive(_ datagram: [UInt8], from source: Hop, at now: Timestamp) -> [Action] {
        figures.received += 1
        guard isHeard(datagram, from: source, at: now) else { return [] }
        guard let message = Message(parsing: datagram, limits: configuration.limits) else {
            figures.droppedAsUnreadable += 1
            return []
        }
        switch message.kind {
        case .request(let method): receive(method, message, from: source, at: now)
        case .response(let status): receive(status, message, from: source, at: now)
        }
        return taken()
    }

    package mutating func receive(_ datagram: ArraySlice<UInt8>, from source: Hop, at now: Timestamp) -> [Action] {
        receive(Array(datagram), from: source, at: now)
    }

    package mutating func perform(_ order: Order, at now: Timestamp) -> [Action] {
        switch order {
        case .invite(let leg, let target, let user, let name, let body):
            invite(leg, to: target, callerUser: user, callerName: name, body: body, at: now)
        case .ring(let leg): ring(leg, at: now)
        case .answer(let leg, let body): answer(leg, body: body, at: now)
        case .refuse(let leg, let status): refuse(leg, status: status, at: now)
        case .end(let leg): end(leg, at: now)
        case .reoffer(let leg, let body): reoffer(leg, body: body, at: now)
        case .progress(let leg, let body): progress(leg, body: body, at: now)
        case .probe(let leg): probe(leg, at: now)
        case .acceptTransfer(let leg): acceptTransfer(leg, at: now)
        case .refuseTransfer(let leg, let status): refuseTransfer(leg, status: status, at: now)
        case .transferProgress(let leg, let status): transferProgress(leg, status: status, at: now)
        case .signOn: signOn(at: now)
        case .signOff: signOff(at: now)
        case .test(let trunk): test(trunk, at: now)
        }
        return taken()
    }

    /// Does what is due at `now`.
    package mutating func timePassed(at now: Timestamp) -> [Action] {
        while let entry = deadlines.pop(at: now) {
            switch entry.sleeper {
            case .server(let key): wakeServer(key, setFor: entry.at, at: now)
            case .client(let key): wakeClient(key, setFor: entry.at, at: now)
            case .leg(let id): wakeLeg(id, setFor: entry.at, at: now)
            case .phone(let id): wakePhone(id, setFor: entry.at, at: now)
            case .location(let number): located(number, [], lifetime: .zero, at: now)
            case .registration(let id): wakeRegistration(id, at: now)
            case .trunkTest(let id): wakeTest(id, setFor: entry.at, at: now)
            case .places(let id): if placesArmed[id] == entry.at { lookUp(id, at: now) }
            }
        }
        return taken()
    }

    /// When `timePassed` wants to be called next. It may be called earlier or in vain.
    package var nextDeadline: Timestamp? { deadlines.next }

    /// How much is held now: for the limits and for tests that nothing is left behind.
    package var load: (legs: Int, transactions: Int) { (legs.count + waitingCalls.count, servers.count + clients.count) }

    // MARK: Shared by the extensions

    mutating func send(_ bytes: [UInt8], to hop: Hop) { actions.append(.send(bytes, to: hop)) }

    mutating func report(_ report: Report) { actions.append(.report(report)) }

    mutating func taken() -> [Action] {
        var result: [Action] = []
        swap(&result, &actions)
        return result
    }

    /// Ours, as others reach it by `transport`.
    func address(over transport: Transport) -> NetworkAddress {
        switch transport {
        case .udp: configuration.address
        case .tcp: configuration.tcpAddress ?? configuration.address
        case .tls: configuration.tlsAddress ?? NetworkAddress(configuration.address.host, port: Transport.tls.port)
        }
    }

    func contactLine(over transport: Transport) -> [UInt8] {
        switch transport {
        case .udp: contactLine
        case .tcp: streamContactLines.tcp
        case .tls: streamContactLines.tls
        }
    }

    func contactLine(of user: String?, over transport: Transport) -> [UInt8] {
        var uri = SIPURI(user: user, at: address(over: transport))
        if transport != .udp { uri.parameters = "transport=\(transport.rawValue)" }
        return Array("Contact: <\(uri)>\r\n".utf8)
    }

    private mutating func writeSharedLines() {
        contactLine = contactLine(of: nil, over: .udp)
        streamContactLines = (contactLine(of: nil, over: .tcp), contactLine(of: nil, over: .tls))
        capabilityLines = []
        capabilityLines.append(
            "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO, REFER\r\n")
        capabilityLines.append("Supported: timer, 100rel, replaces, norefersub\r\nAccept: application/sdp\r\n")
        serverLine = []
        serverLine.append("Server: \(configuration.productName)\r\n")
    }
}
