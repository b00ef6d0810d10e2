import Glibc
import Primitives

/// The clocks of the media threads. Media is paced by the real clock and by nothing else: it is the one place besides
/// Server that reads one.
enum Clock {
    /// Nanoseconds since some origin; never goes back.
    static func monotonic() -> UInt64 { read(CLOCK_MONOTONIC) }

    /// The processor time that the calling thread has used, in nanoseconds.
    static func threadTime() -> UInt64 { read(CLOCK_THREAD_CPUTIME_ID) }

    /// Wall time as RTCP carries it (RFC 3550 section 4): seconds since 1900 and their fraction.
    static func ntp() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        // 70 years with 17 leap days lie between 1900 and 1970.
        let seconds = UInt64(truncatingIfNeeded: time.tv_sec) &+ 2_208_988_800
        return seconds << 32 | UInt64(truncatingIfNeeded: time.tv_nsec) << 32 / 1_000_000_000
    }

    /// Wall time, for what outlives the program.
    static func wall() -> Timestamp { Timestamp(microseconds: Int64(clamping: read(CLOCK_REALTIME) / 1000)) }

    /// Sleeps until the monotonic clock stands there.
    static func sleep(until time: UInt64) {
        var end = timespec(tv_sec: Int(truncatingIfNeeded: time / 1_000_000_000), tv_nsec: Int(truncatingIfNeeded: time % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, nil) == EINTR {}
    }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    }
}

extension UInt64 {
    /// Nanoseconds of the monotonic clock as the protocols take them, which know no other origin.
    var timestamp: Timestamp { Timestamp(microseconds: Int64(clamping: self / 1000)) }

    /// Nanoseconds in units of the media clock (8,000 a second): they wrap, as timestamps do.
    var mediaUnits: UInt32 { UInt32(truncatingIfNeeded: self / 125_000) }
}

extension Duration {
    /// At least zero; saturates.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000).overflow
            ? .max : UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
