// Two C modules declare `timespec`, and which of them has it depends on what else was loaded first.
import CDispatch
import Glibc
import Primitives

/// The server's time: the wall clock read once, then a monotonic one. It never goes backwards, also not against the log
/// of before.
package struct ServerClock: Sendable {
    private let anchor: Timestamp
    private let started: ContinuousClock.Instant

    /// - Parameter last: the time of the last thing on record; an earlier wall clock (somebody set it back) is not believed.
    package init(notBefore last: Timestamp = .distantPast) {
        anchor = max(last, Self.wall)
        started = ContinuousClock.now
    }

    package var now: Timestamp { anchor + (ContinuousClock.now - started) }

    /// The wall's clock, which may be set back: for what is only shown.
    static var wall: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
