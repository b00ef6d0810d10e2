import Testing

@testable import MediaServer

struct DelayTests {
    @Test func `percentiles are right to a sixteenth, from microseconds to seconds`() {
        let counter = DelayCounter()
        for microseconds in 1...10_000 as ClosedRange<UInt64> { counter.add(microseconds * 1000) }
        var delays = Delays()
        counter.add(to: &delays)
        #expect(delays.count == 10_000)
        for (share, exact) in [(0.001, 10.0), (0.5, 5000), (0.99, 9900), (1, 10_000)] {
            let found = Double(delays.percentile(share).components.attoseconds) / 1e12
            #expect((exact...exact * 1.07 + 1).contains(found), "\(share): \(found)")
        }
        counter.add(3_000_000_000, count: 10_000)
        var later = Delays()
        counter.add(to: &later)
        let since = later.since(delays)
        #expect(since.count == 10_000)
        #expect(since.percentile(0.01) == since.longest)
        #expect((Duration.seconds(3)...Duration.milliseconds(3200)).contains(since.longest))
    }

    @Test func `each delay lies below the bound of its bucket and not below the one before`() {
        var last = -1
        for shift in 0..<64 {
            for nanoseconds in [1 << UInt64(shift), 3 << UInt64(max(0, shift - 1)), UInt64.max >> UInt64(63 - shift)].sorted() as [UInt64] {
                let bucket = Delays.bucket(of: nanoseconds)
                #expect((0..<Delays.bucketCount).contains(bucket))
                #expect(bucket >= last)
                last = bucket
            }
        }
        #expect(Delays().percentile(0.99) == .zero)
    }
}
