import Primitives

/// Our side of one browser's connection (RFC 8445, lite): the browser asks whether we hear it from each of its addresses, we answer, and
/// it says which pair of addresses to use. Whoever knows our name and password is the browser; nothing that others send changes anything.
///
/// The browser goes on asking as long as it lives (RFC 7675). We ask nothing ourselves, as a lite agent on an address that can be reached.
package struct ICELite: Sendable {
    /// Two addresses between which the browser was heard.
    package struct Pair: Sendable, Hashable {
        /// Ours, at which the datagram arrived.
        package var local: NetworkAddress
        package var remote: NetworkAddress

        package init(local: NetworkAddress, remote: NetworkAddress) {
            self.local = local
            self.remote = remote
        }
    }

    package enum Directive: Sendable, Equatable {
        case send([UInt8], Pair)
        /// From now on everything goes out here: the first nomination, or another one.
        case selected(Pair)
        /// No check for `silentAfter`: the browser's network is probably gone.
        case silent
        /// After `silent`, the browser is back on the pair that is selected.
        case heard
        /// No check for `lostAfter`: nothing may be sent any more (RFC 7675 section 5.1) until a restart.
        case lost
    }

    package enum State: Sendable, Hashable {
        /// No pair has been nominated.
        case waiting
        case connected, silent, lost
    }

    /// RFC 7675 section 5.1.
    package static let lostAfter = Duration.seconds(30)
    /// Firefox checks every 4 to 6 s (RFC 7675), Chromium every 2.5 s at most: one check may be lost.
    package static let silentAfter = Duration.seconds(10)
    /// A pair that was not checked for so long gives way to any other that is nominated, also to a worse one.
    package static let staleAfter = Duration.seconds(4)
    /// Beyond these the pair that was checked longest ago is forgotten; any is, after `lostAfter`.
    package static let pairsMax = 16
    /// Checks by browsers come every 20 ms at the fastest (RFC 8445 section 14.2); above this they are dropped.
    package static let checksPerSecond = 100
    /// Of all other addresses together: what they send costs a hash at most.
    package static let strangersPerSecond = 50
    /// Refusals go to whoever asks, so they are few.
    package static let refusalsPerSecond = 5

    /// What was dropped or refused, by its reason.
    package struct Figures: Sendable, Equatable {
        /// Authentic, and answered.
        package var checks: UInt64 = 0
        /// No STUN message, or without a right FINGERPRINT: dropped.
        package var malformed: UInt64 = 0
        /// Answers, indications, other methods: nobody asked, dropped.
        package var unasked: UInt64 = 0
        /// Above a rate, or after the connection was lost: dropped.
        package var tooMany: UInt64 = 0
        /// Refused by 400: no signature, no name or no priority.
        package var incomplete: UInt64 = 0
        /// Refused by 401: for somebody else, or of an earlier restart.
        package var misdirected: UInt64 = 0
        /// Refused by 401: our name, but not our password.
        package var forged: UInt64 = 0
        /// Refused by 420.
        package var unknown: UInt64 = 0
        /// Refused by 487: the browser must control, as we cannot.
        package var conflicts: UInt64 = 0

        package init() {}
    }

    private struct Checked: Sendable {
        var pair: Pair
        var generation: Int
        /// What the browser gives the address it asks from.
        var priority: UInt32
        var at: Timestamp
    }

    private struct Generation: Sendable {
        var number: Int
        var credentials: ICECredentials
    }

    private let hash: @Sendable (_ message: [UInt8], _ key: [UInt8]) -> [UInt8]
    private var current: Generation
    /// Those before the restart, until a pair of the new ones is nominated (RFC 8445 section 9).
    private var former: Generation?
    private var checked: [Checked] = []
    /// What was nominated, as of its last check.
    private var choice: Checked?
    /// The beginning, or the last restart.
    private var since: Timestamp
    private var ofBrowser = Allowance(perSecond: checksPerSecond, burst: checksPerSecond)
    private var ofStrangers = Allowance(perSecond: strangersPerSecond, burst: strangersPerSecond)
    private var ofRefusals = Allowance(perSecond: refusalsPerSecond, burst: refusalsPerSecond)

    package private(set) var state = State.waiting
    package private(set) var figures = Figures()

    /// - Parameter credentials: those that our answer tells the browser.
    /// - Parameter hash: HMAC-SHA1 (`SRTP.MessageCode`), 20 bytes.
    package init(
        _ credentials: ICECredentials, hash: @escaping @Sendable (_ message: [UInt8], _ key: [UInt8]) -> [UInt8], at now: Timestamp
    ) {
        current = Generation(number: 0, credentials: credentials)
        self.hash = hash
        since = now
    }

    // MARK: Asked

    /// Where everything goes: what was nominated; before that the best pair that was checked, so that a handshake can begin.
    package var outgoing: Pair? {
        guard state != .lost else { return nil }
        return choice?.pair ?? checked.max { $0.priority < $1.priority }?.pair
    }

    /// Whether what arrives here is read at all: only what comes from where the browser has proved to be.
    package func isOpen(_ pair: Pair) -> Bool { state != .lost && checked.contains { $0.pair == pair } }

    /// When `pass` is due; nil after the connection is lost.
    package var deadline: Timestamp? {
        switch state {
        case .connected: (choice?.at ?? since) + Self.silentAfter
        case .waiting, .silent: lostAt
        case .lost: nil
        }
    }

    /// A restart gives the browser all the time again.
    private var lostAt: Timestamp { max(choice?.at ?? since, since) + Self.lostAfter }

    // MARK: Inputs

    /// The browser begins anew (RFC 8445 section 9): its network has changed. The pair in use stays so until one is nominated under the
    /// new credentials, which must differ from the ones before.
    package mutating func restart(_ credentials: ICECredentials, at now: Timestamp) {
        // A second restart before the first has led to anything: what works is what was before both.
        if former == nil || choice?.generation == current.number { former = current }
        current = Generation(number: current.number + 1, credentials: credentials)
        if state == .lost {
            former = nil
            choice = nil
            checked = []
            state = .waiting
        }
        since = now
    }

    /// A datagram that is for STUN (`Datagram`).
    package mutating func receive(_ bytes: UnsafeRawBufferPointer, on pair: Pair, at now: Timestamp) -> [Directive] {
        let isAllowed = isOpen(pair) ? ofBrowser.take(at: now) : ofStrangers.take(at: now)
        guard state != .lost, isAllowed else {
            figures.tooMany += 1
            return []
        }
        // RFC 8489 section 7.3, RFC 8445 section 7.1: without FINGERPRINT it is silently discarded.
        guard let message = try? STUN.Message(parsing: bytes), message.has(.fingerprint) else {
            figures.malformed += 1
            return []
        }
        guard message.kind == .request, message.method == STUN.binding else {
            figures.unasked += 1
            return []
        }
        guard let user = message.username, message.has(.messageIntegrity) else {
            figures.incomplete += 1
            return refuse(.badRequest, message, on: pair, at: now)
        }
        // RFC 8445 section 7.3: ours, a colon, theirs.
        let name = user.prefix { $0 != ":" }
        guard name.utf8.count < user.utf8.count, let generation = generation(of: name) else {
            figures.misdirected += 1
            return refuse(.unauthorized, message, on: pair, at: now)
        }
        let key = Array(generation.credentials.password.utf8)
        let mac: STUN.MAC = { [hash] message in hash(message, key) }
        guard message.isIntact(by: mac) else {
            figures.forged += 1
            return refuse(.unauthorized, message, on: pair, at: now)
        }
        return check(message, of: generation, on: pair, mac: mac, at: now)
    }

    /// Time has passed: at `deadline`, or at any moment.
    package mutating func pass(at now: Timestamp) -> [Directive] {
        guard let deadline, now >= deadline else { return [] }
        guard state == .connected, now < lostAt else {
            state = .lost
            return [.lost]
        }
        state = .silent
        return [.silent]
    }

    // MARK: Authentic checks

    private static let known: Set<STUN.AttributeType> = [.priority, .useCandidate]

    private mutating func check(
        _ message: STUN.Message, of generation: Generation, on pair: Pair, mac: @escaping STUN.MAC, at now: Timestamp
    ) -> [Directive] {
        let isControlling = message.has(.iceControlling)
        let isControlled = message.has(.iceControlled)
        guard message.unknown(to: Self.known).isEmpty else {
            figures.unknown += 1
            return STUN.bindingResponse(to: message, mapped: pair.remote, knowing: Self.known, mac: mac).map { [.send($0, pair)] } ?? []
        }
        guard let priority = message.priority, !(isControlling && isControlled) else {
            figures.incomplete += 1
            return [.send(STUN.refusal(.badRequest, of: message, mac: mac), pair)]
        }
        // Section 7.3.1.1: as a lite agent we never take the other role (section 6.1.1), whatever the tie-breaker.
        guard !isControlled else {
            figures.conflicts += 1
            return [.send(STUN.refusal(.roleConflict, of: message, mac: mac), pair)]
        }
        figures.checks += 1
        var directives: [Directive] = []
        if let answer = STUN.bindingResponse(to: message, mapped: pair.remote, knowing: Self.known, mac: mac) {
            directives.append(.send(answer, pair))
        }
        let new = Checked(pair: pair, generation: generation.number, priority: priority, at: now)
        keep(new)
        let nominates = message.has(.useCandidate)
        if let choice, choice.pair == pair, new.generation == choice.generation || nominates && new.generation > choice.generation {
            // Consent goes on (RFC 7675), maybe under new credentials.
            if new.generation > choice.generation { former = nil }
            self.choice = new
            if state == .silent {
                state = .connected
                directives.append(.heard)
            }
        } else if nominates, isBetter(new, at: now) {
            choice = new
            state = .connected
            if new.generation == current.number { former = nil }
            directives.append(.selected(pair))
        }
        return directives
    }

    /// Browsers may nominate all pairs that work (RFC 5245 section 8.1.1.2): then the one with the highest priority is meant. What was
    /// nominated under newer credentials always wins.
    private func isBetter(_ new: Checked, at now: Timestamp) -> Bool {
        guard let choice else { return true }
        guard new.generation == choice.generation else { return new.generation > choice.generation }
        return new.priority > choice.priority || choice.at + Self.staleAfter < now
    }

    private mutating func keep(_ new: Checked) {
        checked.removeAll { $0.at + Self.lostAfter <= new.at && $0.pair != choice?.pair }
        if let place = checked.firstIndex(where: { $0.pair == new.pair }) {
            checked[place] = new
            return
        }
        if checked.count >= Self.pairsMax {
            let oldest = checked.indices.filter { checked[$0].pair != choice?.pair }.min { checked[$0].at < checked[$1].at }
            if let oldest { checked.remove(at: oldest) }
        }
        checked.append(new)
    }

    private func generation(of name: Substring) -> Generation? {
        if name == current.credentials.user { return current }
        return former.flatMap { name == $0.credentials.user ? $0 : nil }
    }

    private mutating func refuse(_ refusal: STUN.Refusal, _ message: STUN.Message, on pair: Pair, at now: Timestamp) -> [Directive] {
        guard ofRefusals.take(at: now) else { return [] }
        return [.send(STUN.refusal(refusal, of: message), pair)]
    }
}
