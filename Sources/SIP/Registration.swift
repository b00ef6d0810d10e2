import Primitives

/// Where a phone can be reached now (RFC 3261 section 10.3), as its REGISTER told.
struct Binding: Sendable {
    /// The URI of its Contact: the Request-URI of calls to it.
    var contact: SIPURI
    /// Where the REGISTER came from: the phone may be behind NAT, where the Contact leads nowhere (RFC 3581).
    var source: Hop
    var until: Timestamp
    var callID: [UInt8]
    var sequence: UInt32
}

/// The bindings of all phones; the newest of each is called.
struct Registrar: Sendable {
    /// Newest first.
    private var bindings: [ID<SIPPhone>: [Binding]] = [:]

    enum Refusal: Error, Equatable {
        /// A Contact or Expires that cannot be read, or `*` with anything beside it.
        case malformed
        /// 423 with Min-Expires.
        case tooBrief
        /// An older REGISTER that came late (section 10.3 step 7): 500.
        case outOfOrder
    }

    func bindings(of phone: ID<SIPPhone>) -> [Binding] { bindings[phone] ?? [] }

    /// Does what an authenticated REGISTER asks, all or nothing.
    mutating func update(
        _ phone: ID<SIPPhone>, with message: Message, from source: Hop, limits: Limits, at now: Timestamp
    ) throws(Refusal) {
        guard let cseq = message.cseq else { throw .malformed }
        let callID = Array(message.bytes.part(message.callID))
        var current = bindings(of: phone)
        func checkOrder(_ binding: Binding) throws(Refusal) {
            if binding.callID == callID, cseq.number <= binding.sequence { throw .outOfOrder }
        }
        if Self.removesAll(message) {
            guard message.fields.filter({ $0.name == .contact }).count == 1, message.number(.expires) == 0 else { throw .malformed }
            for binding in current { try checkOrder(binding) }
            bindings[phone] = nil
            return
        }
        guard let contacts = message.addresses(.contact) else { throw .malformed }
        for contact in contacts {
            guard let uri = try? SIPURI(parsing: message.bytes.part(contact.uri)), uri.scheme != .tel else { throw .malformed }
            let seconds = Self.expires(of: contact, in: message, limits: limits)
            if seconds != 0, seconds < limits.expiresMin { throw .tooBrief }
            if let known = current.firstIndex(where: { $0.contact.means(uri) }) {
                try checkOrder(current[known])
                current.remove(at: known)
            }
            guard seconds != 0 else { continue }
            let until = now + .seconds(min(seconds, limits.expiresMax))
            current.insert(Binding(contact: uri, source: source, until: until, callID: callID, sequence: cseq.number), at: 0)
        }
        bindings[phone] = current.isEmpty ? nil : Array(current.prefix(limits.contactsPerPhoneMax))
    }

    /// Whether the Contacts are well-formed.
    static func canRead(_ message: Message) -> Bool { removesAll(message) || message.addresses(.contact) != nil }

    /// `Contact: *`.
    private static func removesAll(_ message: Message) -> Bool {
        message.fields.contains { $0.name == .contact && message.bytes.part($0.value).elementsEqual("*".utf8) }
    }

    /// Puts back what was known before a restart.
    mutating func restore(_ phone: ID<SIPPhone>, _ binding: Binding) { bindings[phone] = [binding] }

    /// Takes out, or moves to where their Contact leads, the bindings of a connection that is gone.
    mutating func lose(_ phone: ID<SIPPhone>, at hop: Hop) {
        let left = bindings(of: phone).compactMap { binding -> Binding? in
            guard binding.source == hop else { return binding }
            guard let place = binding.contact.place(insteadOf: hop) else { return nil }
            var binding = binding
            binding.source = place
            return binding
        }
        bindings[phone] = left.isEmpty ? nil : left
    }

    mutating func forget(_ phone: ID<SIPPhone>) { bindings[phone] = nil }

    /// Takes out the bindings that are over.
    mutating func expire(_ phone: ID<SIPPhone>, at now: Timestamp) {
        let alive = bindings(of: phone).filter { $0.until > now }
        bindings[phone] = alive.isEmpty ? nil : alive
    }

    func nextExpiry(of phone: ID<SIPPhone>) -> Timestamp? { bindings(of: phone).map(\.until).min() }

    /// The Contact lines of a 200: all current bindings.
    func lines(of phone: ID<SIPPhone>, at now: Timestamp) -> [UInt8] {
        var lines: [UInt8] = []
        for binding in bindings(of: phone) {
            lines.append("Contact: <\(binding.contact)>;expires=")
            lines.append(number: max(0, (binding.until - now).milliseconds / 1000))
            lines.append("\r\n")
        }
        return lines
    }

    /// Seconds: the contact's own parameter, else the Expires header, else the default; unreadable ones as the default
    /// (section 20.19).
    private static func expires(of contact: NameAddress, in message: Message, limits: Limits) -> Int {
        let own = contact.parameters.value(of: "expires", in: message.bytes).map { decimal(message.bytes, $0) }
        let asked = own ?? (message.value(of: .expires) == nil ? nil : message.number(.expires))
        guard let asked else { return limits.expiresDefault }
        return Int(min(asked, UInt64(UInt32.max)))
    }
}
