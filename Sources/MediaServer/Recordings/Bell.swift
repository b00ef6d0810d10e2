import CNetwork
import Glibc

/// Wakes one thread that waits for others. What it is to do stands elsewhere, under a lock: it is rung after that was changed, and whoever
/// waits looks there again.
final class Bell: Sendable {
    private let event: Int32
    private let epoll: Int32

    init() throws {
        let event = network_event_make()
        guard event >= 0 else { throw MediaServerError.cannotStart(errno: -event) }
        let epoll = network_epoll_make()
        let added = epoll < 0 ? epoll : network_epoll_add(epoll, event, 0)
        guard added >= 0 else {
            Glibc.close(event)
            if epoll >= 0 { Glibc.close(epoll) }
            throw MediaServerError.cannotStart(errno: -added)
        }
        self.event = event
        self.epoll = epoll
    }

    deinit {
        Glibc.close(epoll)
        Glibc.close(event)
    }

    func ring() { network_event_signal(event) }

    /// Returns when it was rung since the last time, or when the monotonic clock stands at `time`; nil: only then. At times for nothing.
    func wait(until time: UInt64?) {
        var span: Int64 = -1
        if let time {
            let now = Clock.monotonic()
            guard now < time else { return }
            span = Int64(clamping: time &- now)
        }
        var token: UInt64 = 0
        if network_epoll_wait(epoll, &token, 1, span) > 0 { network_event_clear(event) }
    }
}
