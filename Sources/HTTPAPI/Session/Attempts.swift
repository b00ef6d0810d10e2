import Primitives

/// Wrong sign-ins of late, by login or by address. An attempt counts when it begins, so that many at once do not slip
/// through, and is given back when it succeeds.
struct AttemptBook: Sendable {
    private struct Attempts: Sendable {
        var since: Timestamp
        var count: Int
    }

    private let max: Int
    private var attempts: [String: Attempts] = [:]

    init(max: Int) {
        self.max = max
    }

    /// Counts an attempt.
    ///
    /// - Returns: nil if it may go on, else the whole seconds until one may.
    mutating func begin(_ key: String, at now: Timestamp) -> Int? {
        if attempts.count >= Limits.attemptsKeysMax, attempts[key] == nil { forgetOldest(at: now) }
        var found = attempts[key] ?? Attempts(since: now, count: 0)
        if now - found.since >= Limits.attemptsSpan { found = Attempts(since: now, count: 0) }
        guard found.count < max else {
            let left = Limits.attemptsSpan - (now - found.since)
            return Swift.max(1, Int(left.inSeconds.rounded(.up)))
        }
        found.count += 1
        attempts[key] = found
        return nil
    }

    /// The attempt was right.
    mutating func forgive(_ key: String) {
        guard let found = attempts[key] else { return }
        if found.count <= 1 { attempts[key] = nil } else { attempts[key]?.count -= 1 }
    }

    /// All attempts of `key` are forgotten: its owner has shown who he is.
    mutating func clear(_ key: String) {
        attempts[key] = nil
    }

    private mutating func forgetOldest(at now: Timestamp) {
        attempts = attempts.filter { now - $0.value.since < Limits.attemptsSpan }
        while attempts.count >= Limits.attemptsKeysMax {
            guard let oldest = attempts.min(by: { ($0.value.since, $0.key) < ($1.value.since, $1.key) })?.key else { return }
            attempts[oldest] = nil
        }
    }
}
