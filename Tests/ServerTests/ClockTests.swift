import Primitives
import Testing

@testable import Server

struct ClockTests {
    @Test func `the clock does not go back behind what is on record`() {
        let future = Timestamp(microseconds: 4_102_444_800_000_000)
        let clock = ServerClock(notBefore: future)
        let first = clock.now
        #expect(first >= future)
        #expect(clock.now >= first)
    }
}
