import Synchronization

/// How long things took: counts in buckets whose bounds lie a sixteenth apart, from a microsecond to an hour.
package struct Delays: Sendable, Equatable {
    /// Sixteen buckets for each power of two of microseconds.
    static let bucketCount = 512

    private var counts = [UInt64](repeating: 0, count: bucketCount)

    package init() {}

    package var count: UInt64 { counts.reduce(0, &+) }

    /// The delay that `share` (0 to 1) of all did not exceed, rounded up to a bucket's bound; zero if there are none.
    package func percentile(_ share: Double) -> Duration {
        let all = count
        guard all > 0 else { return .zero }
        let wanted = max(1, UInt64((Double(all) * min(1, max(0, share))).rounded(.up)))
        var sum: UInt64 = 0
        for (bucket, count) in counts.enumerated() {
            sum &+= count
            if sum >= wanted { return .microseconds(Int64(clamping: Self.bound(of: bucket))) }
        }
        return .zero
    }

    package var longest: Duration { percentile(1) }

    /// What came after `earlier`, a state of the same figures.
    package func since(_ earlier: Delays) -> Delays {
        var result = self
        for bucket in counts.indices { result.counts[bucket] = counts[bucket] &- earlier.counts[bucket] }
        return result
    }

    mutating func add(_ count: UInt64, in bucket: Int) { counts[bucket] &+= count }

    static func bucket(of nanoseconds: UInt64) -> Int {
        let microseconds = nanoseconds / 1000
        guard microseconds >= 16 else { return Int(microseconds) }
        let exponent = 63 - microseconds.leadingZeroBitCount
        // The four bits below the highest one.
        return min(bucketCount - 1, (exponent - 3) << 4 | Int(microseconds >> UInt64(exponent - 4) & 15))
    }

    /// Microseconds: what lies in the bucket is below.
    private static func bound(of bucket: Int) -> UInt64 {
        guard bucket >= 16 else { return UInt64(bucket) + 1 }
        let exponent = UInt64(bucket >> 4) + 3
        return UInt64(16 + (bucket & 15) + 1) << (exponent - 4)
    }
}

/// Delays that one thread counts and others read, without a lock: as `Counter`.
// @unchecked: the place of the buckets never changes, and each of them is atomic.
final class DelayCounter: @unchecked Sendable {
    private let buckets = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: Delays.bucketCount)

    init() {
        for bucket in 0..<Delays.bucketCount { (buckets + bucket).initialize(to: Atomic(0)) }
    }

    deinit {
        buckets.deinitialize(count: Delays.bucketCount)
        buckets.deallocate()
    }

    /// Only by the owning thread.
    func add(_ nanoseconds: UInt64, count: UInt64 = 1) {
        let bucket = Delays.bucket(of: nanoseconds)
        buckets[bucket].store(buckets[bucket].load(ordering: .relaxed) &+ count, ordering: .relaxed)
    }

    func add(to delays: inout Delays) {
        for bucket in 0..<Delays.bucketCount { delays.add(buckets[bucket].load(ordering: .relaxed), in: bucket) }
    }
}
