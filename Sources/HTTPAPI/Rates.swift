import Primitives

/// How often each key has come lately: a bucket that fills at a rate and from which each request takes one.
struct RateBook<Key: Hashable & Sendable>: Sendable {
    private struct Bucket: Sendable {
        var left: Double
        var at: Timestamp
    }

    private let rate: Rate
    private var buckets: [Key: Bucket] = [:]

    init(_ rate: Rate) {
        self.rate = rate
    }

    /// Takes one for `key`.
    ///
    /// - Returns: nil if there was one, else the whole seconds after which there is.
    mutating func take(_ key: Key, at now: Timestamp) -> Int? {
        if buckets.count >= Limits.ratesKeysMax, buckets[key] == nil { forgetFull(at: now) }
        var bucket = buckets[key] ?? Bucket(left: rate.atOnce, at: now)
        bucket.left = left(in: bucket, at: now)
        bucket.at = max(now, bucket.at)
        guard bucket.left >= 1 else {
            buckets[key] = bucket
            return Int(((1 - bucket.left) / rate.perSecond).rounded(.up))
        }
        bucket.left -= 1
        buckets[key] = bucket
        return nil
    }

    private func left(in bucket: Bucket, at now: Timestamp) -> Double {
        min(rate.atOnce, bucket.left + max(0, (now - bucket.at).inSeconds) * rate.perSecond)
    }

    /// A full bucket is the same as none. If that frees nothing everybody begins anew: better lenient than out of memory.
    private mutating func forgetFull(at now: Timestamp) {
        buckets = buckets.filter { left(in: $0.value, at: now) < rate.atOnce }
        if buckets.count >= Limits.ratesKeysMax { buckets.removeAll() }
    }
}
