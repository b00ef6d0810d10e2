import Primitives

/// How long a call goes on without a sign of life, and who gives it (RFC 4028).
///
/// Towards a side that does not know session timers we give the sign, to learn whether somebody is there, and demand none.
struct SessionTimer: Sendable, Equatable {
    /// In seconds.
    private(set) var interval: UInt32
    /// We refresh it.
    private(set) var isRefresher = true
    /// The other side knows session timers, and hangs up itself when nothing comes.
    private(set) var isAgreed = false
    private(set) var refreshAt = Timestamp.distantFuture
    private(set) var endsAt = Timestamp.distantFuture
    /// The branch of our UPDATE that is on its way.
    private(set) var update: [UInt8]?

    /// The pause before a refused refresh is tried again.
    private static let patience: Duration = .seconds(5)

    init(interval: UInt32, isRefresher: Bool = true, isAgreed: Bool = false) {
        self.interval = interval
        self.isRefresher = isRefresher
        self.isAgreed = isAgreed
    }

    /// What to answer to this INVITE or UPDATE (section 9); nil if the interval it asks for is too small.
    init?(answering request: Message, limits: Limits) {
        let isKnown = request.lists("timer", in: .supported) || request.lists("timer", in: .require)
        self.init(interval: limits.sessionExpires, isAgreed: isKnown)
        guard let (asked, refresher) = Self.header(of: request) else { return }
        // Who does not know the extension cannot raise what a proxy wrote for it.
        if asked < limits.sessionExpiresMin, isKnown { return nil }
        let least = max(limits.sessionExpiresMin, UInt32(clamping: request.number(.minSE) ?? 0))
        interval = min(max(min(asked, limits.sessionExpires), least), limits.sessionExpiresMax)
        isRefresher = !(isKnown && refresher?.equalsIgnoringCase("uac") == true)
    }

    /// What was agreed by this 2xx to a request of ours (section 7.2).
    init(agreedBy response: Message, limits: Limits) {
        self.init(interval: limits.sessionExpires)
        guard let (interval, refresher) = Self.header(of: response) else { return }
        self.interval = min(max(interval, limits.sessionExpiresMin), limits.sessionExpiresMax)
        isRefresher = refresher?.equalsIgnoringCase("uas") != true
        isAgreed = true
    }

    /// Runs from `now` on.
    func started(at now: Timestamp) -> SessionTimer {
        var timer = self
        let whole = Duration.seconds(Int64(interval))
        timer.refreshAt = isRefresher ? now + whole / 2 : .distantFuture
        // Section 10: the BYE comes a third of the interval, but no more than 32 s, before the end.
        timer.endsAt = isAgreed ? now + whole - min(.seconds(32), whole / 3) : .distantFuture
        timer.update = nil
        return timer
    }

    /// What was agreed, without its times.
    var stopped: SessionTimer { SessionTimer(interval: interval, isRefresher: isRefresher, isAgreed: isAgreed) }

    /// Runs again after a restart: nobody knows how much of the interval is over.
    func restarted(at now: Timestamp) -> SessionTimer {
        var timer = started(at: now)
        if isRefresher { timer.refreshAt = now + Self.patience }
        return timer
    }

    mutating func updateSent(_ branch: [UInt8]) { update = branch }

    /// The UPDATE was answered by something else than a 2xx, so that another way may be tried.
    mutating func updateRefused(retryAt: Timestamp) {
        update = nil
        refreshAt = retryAt
    }

    /// The other side does not want this refresh, but it is there.
    mutating func refreshRefused(at now: Timestamp) {
        update = nil
        // Section 10: what was agreed ends unless another try succeeds.
        refreshAt = isAgreed ? now + max(Self.patience, (endsAt - now) / 2) : now + .seconds(Int64(interval)) / 2
    }

    /// Takes the least interval that a 422 names; false if it is no reason to try again.
    mutating func raise(to refusal: Message, limits: Limits) -> Bool {
        guard let least = refusal.number(.minSE), least > interval, least <= limits.sessionExpiresMax else { return false }
        interval = UInt32(least)
        return true
    }

    func deadline(canRefresh: Bool) -> Timestamp? {
        let next = canRefresh && update == nil ? min(refreshAt, endsAt) : endsAt
        return next == .distantFuture ? nil : next
    }

    /// Section 7.4: a request within the call says who refreshes now.
    var requestLine: [UInt8] {
        line(refresher: isRefresher ? "uac" : "uas")
    }

    var answerLines: [UInt8] {
        var lines = line(refresher: isRefresher ? "uas" : "uac")
        if isAgreed { lines.append("Require: timer\r\n") }
        return lines
    }

    static func leastLine(_ limits: Limits) -> [UInt8] {
        var line: [UInt8] = []
        line.append("Min-SE: ")
        line.append(number: limits.sessionExpiresMin)
        line.append("\r\n")
        return line
    }

    private func line(refresher: StaticString) -> [UInt8] {
        var line: [UInt8] = []
        line.append("Session-Expires: ")
        line.append(number: interval)
        line.append(";refresher=")
        line.append(refresher)
        line.append("\r\n")
        return line
    }

    /// The first Session-Expires; nil if there is none that can be read.
    private static func header(of message: Message) -> (interval: UInt32, refresher: ArraySlice<UInt8>?)? {
        guard let field = message.value(of: .sessionExpires) else { return nil }
        var cursor = Cursor(message.bytes, in: field)
        guard let interval = cursor.number(), let parameters = Parameters(&cursor) else { return nil }
        return (
            UInt32(clamping: interval), parameters.value(of: "refresher", in: message.bytes).map { message.bytes.part($0) }
        )
    }
}
