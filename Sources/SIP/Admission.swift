import Primitives

/// So many at once, and from then on so many a second.
struct TokenBucket: Sendable {
    /// In millionths of a token: a token a second is one of them a microsecond.
    private var level: Int64
    private var at: Timestamp

    init(full burst: Int, at now: Timestamp) {
        level = Int64(clamping: burst) &* 1_000_000
        at = now
    }

    /// Takes a token, if there is one. Rates are up to 10^6.
    mutating func draw(perMinute rate: Int, burst: Int, at now: Timestamp) -> Bool {
        refill(perMinute: rate, burst: burst, at: now)
        guard level >= 1_000_000 else { return false }
        level -= 1_000_000
        return true
    }

    mutating func isFull(perMinute rate: Int, burst: Int, at now: Timestamp) -> Bool {
        refill(perMinute: rate, burst: burst, at: now)
        return level >= Int64(clamping: burst) &* 1_000_000
    }

    private mutating func refill(perMinute rate: Int, burst: Int, at now: Timestamp) {
        guard now > at else { return }
        // After an hour every bucket of ours is full; longer spans would only overflow.
        let span = min((now - at).microseconds, 3_600_000_000)
        let gain = span * Int64(clamping: min(max(rate, 0), 60_000_000)) / 60
        level = min(level + gain, Int64(clamping: min(burst, 1_000_000)) * 1_000_000)
        at = now
    }
}

/// Buckets for addresses that may be as many as there are addresses: a table of fixed size in which two of them may have to share.
struct SourceBuckets: Sendable {
    private struct Slot: Sendable {
        var host: IPAddress
        var bucket: TokenBucket
    }

    static let slotsMax = 4_096

    private let key: UInt64
    private var slots: [Slot?] = []

    /// - Parameter key: what nobody else knows, so that nobody can aim at another's slot.
    init(key: UInt64) { self.key = key }

    mutating func draw(_ host: IPAddress, perMinute rate: Int, burst: Int, at now: Timestamp) -> Bool {
        if slots.isEmpty { slots = Array(repeating: nil, count: Self.slotsMax) }
        let index = Int(truncatingIfNeeded: host.mixed(with: key) % UInt64(Self.slotsMax))
        if slots[index] == nil { slots[index] = Slot(host: host, bucket: TokenBucket(full: burst, at: now)) }
        guard var slot = slots[index] else { return false }
        // Who is new takes the place of one who has been silent; beside one who has not, both live on what flows in.
        if slot.host != host, slot.bucket.isFull(perMinute: rate, burst: burst, at: now) { slot.host = host }
        let isAllowed = slot.bucket.draw(perMinute: rate, burst: burst, at: now)
        slots[index] = slot
        return isAllowed
    }
}

/// Who is heard: what a flood costs is decided here, before anything is parsed or kept.
///
/// A datagram is read if it comes from a host of a trunk, of a phone or of a call, or if it belongs to a call or to a request of
/// ours, wherever it comes from. Of others only what may become something (a phone at home that registers, or calls by digest) is
/// read, so often for each address and so often for all together; but addresses from which a password was right before have
/// allowances of their own, so that no flood drowns them.
struct Admission: Sendable {
    private var sources: SourceBuckets
    private var all: TokenBucket?
    private var trusted = Trusted()
    private var failures: [Failure: (count: Int, at: Timestamp)] = [:]
    private var calls: [Invitation.Source: TokenBucket] = [:]
    private var callsTogether: TokenBucket?
    private var refused: [UInt64] = []
    private let key: UInt64

    /// Whose wrong passwords are counted: a stranger's all together, those of an address where other phones live for each name.
    struct Failure: Hashable, Sendable {
        var host: IPAddress
        var phone: ID<SIPPhone>?
    }

    init(key: UInt64) {
        self.key = key
        sources = SourceBuckets(key: key)
    }

    // MARK: Strangers

    /// Whether a datagram of a stranger that could become something is read.
    mutating func admits(stranger host: IPAddress, limits: Limits, at now: Timestamp) -> Bool {
        if let allowed = trusted.draw(host, limits: limits, at: now) { return allowed }
        guard sources.draw(host, perMinute: limits.strangersPerSourceMax, burst: limits.strangersPerSourceMax, at: now) else {
            return false
        }
        var bucket = all ?? TokenBucket(full: limits.strangersPerSecondMax, at: now)
        defer { all = bucket }
        return bucket.draw(perMinute: limits.strangersPerSecondMax * 60, burst: limits.strangersPerSecondMax, at: now)
    }

    /// A password was right at `host`.
    mutating func trust(_ host: IPAddress, phone: ID<SIPPhone>, limits: Limits, at now: Timestamp) {
        trusted.insert(host, limits: limits, at: now)
        if !failures.isEmpty { failures[Failure(host: host, phone: phone)] = nil }
    }

    // MARK: Passwords

    /// Whether a phone's user who sends from `host` has guessed wrong too often to be asked again.
    mutating func isSilenced(_ host: IPAddress, phone: ID<SIPPhone>, isKnown: Bool, limits: Limits, at now: Timestamp) -> Bool {
        guard !failures.isEmpty, let entry = failures[failure(host, phone, isKnown)] else { return false }
        return entry.count >= limits.wrongPasswordsMax && now - entry.at < limits.silenceAfterWrongPasswords
    }

    mutating func wrongPassword(_ host: IPAddress, phone: ID<SIPPhone>, isKnown: Bool, limits: Limits, at now: Timestamp) {
        let key = failure(host, phone, isKnown)
        let known = failures[key]
        if known == nil, failures.count >= limits.guessersMax {
            failures = failures.filter { now - $0.value.at < limits.silenceAfterWrongPasswords }
            // As many guessers at once are one attack from many addresses: those that are counted stay counted.
            guard failures.count < limits.guessersMax else { return }
        }
        let isOver = known.map { now - $0.at >= limits.silenceAfterWrongPasswords } ?? true
        failures[key] = (isOver ? 1 : (known?.count ?? 0) + 1, now)
    }

    private func failure(_ host: IPAddress, _ phone: ID<SIPPhone>, _ isKnown: Bool) -> Failure {
        Failure(host: host, phone: isKnown || trusted.contains(host) ? phone : nil)
    }

    // MARK: Calls

    /// Whether one more call is let in now. The share of each trunk is its own, so one that floods takes nothing from another.
    mutating func admits(call source: Invitation.Source, perSecond rate: Int, limits: Limits, at now: Timestamp) -> Bool {
        var own = calls[source] ?? TokenBucket(full: rate * limits.invitesBurst, at: now)
        guard own.draw(perMinute: rate * 60, burst: rate * limits.invitesBurst, at: now) else {
            calls[source] = own
            return false
        }
        // As many as there are trunks and phones, unless those are forgotten.
        if calls.count >= limits.callersMax, calls[source] == nil { calls.removeAll(keepingCapacity: true) }
        calls[source] = own
        let burst = limits.invitesPerSecondMax * limits.invitesBurst
        var together = callsTogether ?? TokenBucket(full: burst, at: now)
        defer { callsTogether = together }
        return together.draw(perMinute: limits.invitesPerSecondMax * 60, burst: burst, at: now)
    }

    static let refusedMax = 4_096

    /// Remembers, as far as there is room, that this transaction was refused without being kept: a copy of its INVITE that
    /// is still on its way must not become a call that nobody waits for.
    mutating func remember(refused transaction: [UInt8]) {
        if refused.isEmpty { refused = Array(repeating: 0, count: Self.refusedMax) }
        let (index, print) = fingerprint(transaction)
        refused[index] = print
    }

    func wasRefused(_ transaction: [UInt8]) -> Bool {
        guard !refused.isEmpty else { return false }
        let (index, print) = fingerprint(transaction)
        return refused[index] == print
    }

    private func fingerprint(_ bytes: [UInt8]) -> (Int, UInt64) {
        // FNV-1a; it need not resist anybody: who knows his own key can only have himself refused.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ key
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return (Int(truncatingIfNeeded: hash % UInt64(Self.refusedMax)), hash | 1)
    }
}

/// The addresses outside all accounts where a password was right lately, the oldest giving way.
private struct Trusted: Sendable {
    private var buckets: [IPAddress: TokenBucket] = [:]
    /// In the order in which they came, a ring once it is full.
    private var order: [IPAddress] = []
    private var oldest = 0

    func contains(_ host: IPAddress) -> Bool { buckets[host] != nil }

    mutating func insert(_ host: IPAddress, limits: Limits, at now: Timestamp) {
        guard buckets[host] == nil, limits.trustedSourcesMax > 0 else { return }
        buckets[host] = TokenBucket(full: limits.trustedPerSourceMax, at: now)
        if order.count < limits.trustedSourcesMax { return order.append(host) }
        oldest %= order.count
        buckets[order[oldest]] = nil
        order[oldest] = host
        oldest += 1
    }

    /// nil if `host` is none of these.
    mutating func draw(_ host: IPAddress, limits: Limits, at now: Timestamp) -> Bool? {
        guard !buckets.isEmpty, var bucket = buckets[host] else { return nil }
        defer { buckets[host] = bucket }
        return bucket.draw(perMinute: limits.trustedPerSourceMax, burst: limits.trustedPerSourceMax, at: now)
    }
}

extension IPAddress {
    /// A number that tells nothing about the address to who does not know `key`. (The finaliser of MurmurHash3.)
    fileprivate func mixed(with key: UInt64) -> UInt64 {
        var word: UInt64
        switch self {
        case .v4(let bits): word = UInt64(bits) ^ key
        // The holder of an IPv6 network has 2^64 addresses: he is one source.
        case .v6(let high, _): word = high &* 0x9E37_79B9_7F4A_7C15 ^ key
        }
        word = (word ^ (word >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        word = (word ^ (word >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return word ^ (word >> 33)
    }
}
