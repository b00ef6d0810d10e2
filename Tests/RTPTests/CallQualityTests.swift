import RTP
import Testing

struct CallQualityTests {
    /// By hand: `R = 93.2 - 0.024 d - 0.11 (d - 177.3 if more) - 95 p / (p + 25.1)`, d the delay in ms, p the loss in percent.
    @Test(
        arguments: [
            // d = 20
            (.zero, .zero, 0, .concealed, 92.72, 4.400),
            // d = 50 + 10 + 20; p = 1
            (.milliseconds(100), .milliseconds(5), 0.01, .concealed, 87.64, 4.277),
            // p = 10
            (.milliseconds(100), .milliseconds(5), 0.1, .concealed, 64.21, 3.315),
            // The same loss repaired unless two in a row are lost: p = 1
            (.milliseconds(100), .milliseconds(5), 0.1, .repeated, 87.64, 4.277),
            // d = 300 + 100 + 20, 242.7 beyond the knee
            (.milliseconds(600), .milliseconds(50), 0, .concealed, 56.42, 2.913),
            // p = 100
            (.zero, .zero, 1, .concealed, 16.78, 1.165),
            // Nobody can talk over a way of ten seconds.
            (.seconds(20), .zero, 0, .concealed, 0, 1),
        ] as [(Duration, Duration, Double, CallQuality.Repair, Double, Double)])
    func `quality falls with delay, jitter and loss as the E-model says`(
        roundTrip: Duration, jitter: Duration, lost: Double, repair: CallQuality.Repair, rating: Double, opinion: Double
    ) {
        let found = CallQuality.rating(roundTrip: roundTrip, jitter: jitter, lost: lost, repair: repair)
        #expect(abs(found - rating) < 0.01, "\(found)")
        let liked = CallQuality.opinion(roundTrip: roundTrip, jitter: jitter, lost: lost, repair: repair)
        #expect(abs(liked - opinion) < 0.001, "\(liked)")
    }

    @Test func `figures that cannot be do no harm`() {
        for lost in [-1, 2, .nan, .infinity] as [Double] {
            for span in [Duration.seconds(-5), .zero, .seconds(1_000_000)] {
                #expect((1...4.5).contains(CallQuality.opinion(roundTrip: span, jitter: span, lost: lost, repair: .repeated)))
            }
        }
    }
}

struct ClockDividerTests {
    @Test func `a clock of 48,000 is brought to 8,000, over its wrap and backwards`() {
        var clock = ClockDivider(by: 6)
        let first = clock.divide(4_294_967_000)
        #expect(clock.divide(4_294_967_000 &+ 960) == first &+ 160)
        #expect(clock.divide(4_294_967_000) == first)
        #expect(clock.divide(4_294_967_000 &- 4_800) == first &- 800)
        var time: UInt32 = 4_294_967_000 &- 4_800
        // A thousand hours of packets: four wraps.
        for _ in 0..<10_000 { time = time &+ 1_728_000; _ = clock.divide(time) }
        #expect(clock.divide(time &+ 960) &- clock.divide(time) == 160)
        #expect(clock.divide(time) &- first == UInt32(truncatingIfNeeded: (10_000 * 1_728_000 - 4_800) / 6))
    }
}
