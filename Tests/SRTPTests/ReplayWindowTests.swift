import Primitives
import Testing

@testable import SRTP

struct ReplayWindowTests {
    @Test func `the window agrees with a set of all that came`() {
        var random = Random(seed: 3711)
        var window = ReplayWindow()
        var came: Set<UInt64> = []
        var highest: UInt64 = 1_000
        for _ in 0..<20_000 {
            let jump = random.next() % 50 == 0 ? random.next() % 400 : random.next() % 4
            let index = random.chance(0.5) ? highest + jump : highest - min(highest, random.next() % 160)
            let place = window.place(of: index)
            if came.isEmpty || index > highest {
                #expect(place == .new)
            } else if highest - index >= ReplayWindow.size {
                #expect(place == .tooOld)
            } else {
                #expect(place == (came.contains(index) ? .seen : .new))
            }
            if place == .new {
                window.take(index)
                came.insert(index)
                highest = max(highest, index)
            }
        }
        #expect(window.highest == came.max())
    }

    /// RFC 3711 appendix A: the highest index, a sequence number, the index that is meant.
    static let guesses: [(highest: UInt64, sequence: UInt16, index: UInt64?)] = [
        (0x0_0005, 6, 0x0_0006), (0x0_0005, 4, 0x0_0004), (0x0_0005, 0xFFFF, nil), (0x1_0005, 0xFFFF, 0x0_FFFF),
        (0x0_FFFF, 0, 0x1_0000), (0x3_FFF0, 0x000F, 0x4_000F), (0x3_FFF0, 0x8000, 0x3_8000), (0x3_0000, 0x8000, 0x3_8000),
        (0x3_0000, 0x8001, 0x2_8001), (0x3_8000, 0, 0x3_0000), (0x3_8001, 0, 0x4_0000),
    ]

    @Test func `the index is the nearest with that sequence number`() {
        for guess in Self.guesses {
            #expect(ReplayWindow(highest: guess.highest).index(of: guess.sequence) == guess.index, "\(guess)")
        }
        #expect(ReplayWindow().index(of: 65_535) == 65_535)
    }
}
