import Primitives

/// What the two ends of a call remember of each other (RFC 3261 section 12), and the requests written from it.
struct Dialog: Sendable, Equatable {
    let callID: [UInt8]
    let localTag: [UInt8]
    /// Empty until the other side has answered.
    var remoteTag: [UInt8]
    /// The values of From and To as we send them, tags included.
    var local: [UInt8]
    var remote: [UInt8]
    /// The URI of the other side's Contact.
    var remoteTarget: [UInt8]
    /// Route values in the order in which we send them.
    var routes: [[UInt8]] = []
    var localSequence: UInt32
    var remoteSequence: UInt32?
    /// Where the other side was last heard from.
    var peer: Hop
    /// Whether requests follow Route and Contact (section 12.2.1.1). A phone may sit behind NAT, where its Contact leads
    /// nowhere: it gets them where it was heard from.
    let followsContact: Bool
    /// Whether we made the Call-ID: decides who waits longer after a glare (section 14.1).
    var isCaller = false
    /// The trunk it goes over.
    var trunk: ID<SIPTrunk>?
    /// The phone of ours at the other end.
    var phone: ID<SIPPhone>?
    /// The connection to the other side is gone, and none can be made to it now: what is to go there waits.
    var isStranded = false
    /// The lines by which our INVITE proved who we are: the ACK repeats them (section 22.1).
    var credentials: [UInt8] = []

    /// Takes tag, target and route set from the 2xx to our INVITE (section 12.1.2).
    mutating func establish(from response: Message, source: Hop) {
        if let to = response.to {
            remoteTag = Array(to.tag(in: response.bytes) ?? [])
            remote = Array(response.bytes.part(to.whole))
        }
        refreshTarget(from: response)
        let recorded = response.addresses(.recordRoute) ?? []
        routes = recorded.reversed().map { Array(response.bytes.part($0.whole)) }
        hear(from: source)
    }

    /// Takes note of where the other side speaks from now.
    mutating func hear(from source: Hop) {
        peer = source
        isStranded = false
    }

    /// The connection to the phone is gone: it is reached where its Contact leads, or not before it comes back.
    mutating func loseConnection() {
        if let place { peer = place } else { isStranded = true }
    }

    /// A Contact in a target refresh (INVITE and its 2xx) is where the next request goes.
    mutating func refreshTarget(from message: Message) {
        guard let contact = message.addresses(.contact)?.first, (try? SIPURI(parsing: message.bytes.part(contact.uri))) != nil else {
            return
        }
        remoteTarget = Array(message.bytes.part(contact.uri))
    }

    /// Where requests of this dialog go.
    var destination: Hop { followsContact ? place ?? peer : peer }

    /// Where a connection to the other side can be made; nil if only it can.
    var place: Hop? {
        guard followsContact else { return (try? SIPURI(parsing: remoteTarget[...]))?.place(insteadOf: peer) }
        let next = routes.first.flatMap(Self.uri) ?? (try? SIPURI(parsing: remoteTarget[...]))
        return next?.hop
    }

    var farEnd: FarEnd { FarEnd(phone: phone, trunk: trunk, place: place, isStranded: isStranded) }

    /// Request-URI and Routes of a request within this dialog.
    var way: (target: [UInt8], routes: [[UInt8]]) {
        guard let first = routes.first, let uri = Self.uri(first), !uri.hasParameter("lr") else { return (remoteTarget, routes) }
        // A strict router wants to find itself in the Request-URI (section 12.2.1.1).
        return (Array(uri.description.utf8), routes.dropFirst() + [[UInt8(ascii: "<")] + remoteTarget + [UInt8(ascii: ">")]])
    }

    /// A request within this dialog. `lines` are further header lines, each with its line break.
    func request(
        _ method: StaticString, branch: [UInt8], sequence: UInt32, from address: NetworkAddress, product: String, lines: [UInt8] = [],
        type: StaticString = "application/sdp", body: [UInt8] = []
    ) -> [UInt8] {
        let transport = destination.transport
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512 + lines.count + body.count)
        let (target, routes) = way
        bytes.appendRequestLine(method, target)
        bytes.appendVia(branch: branch, at: address, over: transport)
        for route in routes { bytes.appendLine("Route: ", route) }
        bytes.append("Max-Forwards: 70\r\n")
        appendIdentity(to: &bytes, method: method, sequence: sequence)
        bytes.append(contentsOf: method == "ACK" ? credentials : lines)
        if method != "ACK" { bytes.appendLine("User-Agent: ", Array(product.utf8)) }
        if !body.isEmpty {
            bytes.append("Content-Type: ")
            bytes.append(type)
            bytes.append("\r\n")
        }
        bytes.append("Content-Length: ")
        bytes.append(number: body.count)
        bytes.append("\r\n\r\n")
        bytes.append(contentsOf: body)
        return bytes
    }

    /// From, To, Call-ID and CSeq.
    func appendIdentity(to bytes: inout [UInt8], method: StaticString, sequence: UInt32, remote: [UInt8]? = nil) {
        bytes.appendLine("From: ", local)
        bytes.appendLine("To: ", remote ?? self.remote)
        bytes.appendLine("Call-ID: ", callID)
        bytes.append("CSeq: ")
        bytes.append(number: sequence)
        bytes.append(" ")
        bytes.append(method)
        bytes.append("\r\n")
    }

    /// The ACK of a refusal, or a CANCEL: hop by hop on the path of the INVITE, so with its branch and its Request-URI
    /// (sections 17.1.1.3 and 9.1).
    func hopRequest(
        _ method: StaticString, uri: [UInt8], branch: [UInt8], sequence: UInt32, to remote: [UInt8]?, from address: NetworkAddress,
        over transport: Transport, routes: [[UInt8]] = []
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(400)
        bytes.appendRequestLine(method, uri)
        bytes.appendVia(branch: branch, at: address, over: transport)
        for route in routes { bytes.appendLine("Route: ", route) }
        bytes.append("Max-Forwards: 70\r\n")
        appendIdentity(to: &bytes, method: method, sequence: sequence, remote: remote)
        bytes.append("Content-Length: 0\r\n\r\n")
        return bytes
    }

    private static func uri(_ route: [UInt8]) -> SIPURI? {
        var cursor = Cursor(route)
        guard let address = NameAddress(&cursor) else { return nil }
        return try? SIPURI(parsing: route.part(address.uri))
    }
}

/// The other end of a call, as far as it matters to a request whose connection is gone.
struct FarEnd: Sendable {
    var phone: ID<SIPPhone>?
    var trunk: ID<SIPTrunk>?
    /// Where a connection to it can be made.
    var place: Hop?
    /// None can: see `Dialog.isStranded`.
    var isStranded: Bool
}

extension SIPURI {
    /// Where a new connection can be made when `hop` is gone, by which this Contact came; nil behind NAT, where it names another address.
    func place(insteadOf hop: Hop) -> Hop? {
        guard hop.transport.isReliable, let place = self.hop, place.host == hop.host, place.transport == hop.transport, place != hop else {
            return nil
        }
        return place
    }
}

extension [UInt8] {
    mutating func appendRequestLine(_ method: StaticString, _ uri: [UInt8]) {
        append(method)
        append(" ")
        append(contentsOf: uri)
        append(" SIP/2.0\r\n")
    }

    /// Our own Via; `rport` asks for the answer to come back through NAT (RFC 3581).
    mutating func appendVia(branch: [UInt8], at address: NetworkAddress, over transport: Transport) {
        append("Via: SIP/2.0/")
        append(transport.viaName)
        append(" ")
        append(address.description)
        append(";rport;branch=")
        append(contentsOf: branch)
        append("\r\n")
    }

    mutating func appendLine(_ name: StaticString, _ value: some Sequence<UInt8>) {
        append(name)
        append(contentsOf: value)
        append("\r\n")
    }
}

func == (left: StaticString, right: StaticString) -> Bool {
    left.withUTF8Buffer { first in right.withUTF8Buffer { first.elementsEqual($0) } }
}

func != (left: StaticString, right: StaticString) -> Bool { !(left == right) }
