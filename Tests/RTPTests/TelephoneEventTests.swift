import Primitives
import RTP
import Testing

struct TelephoneEventTests {
    typealias Block = TelephoneEvents.Block
    typealias Press = TelephoneEvents.Press

    @Test(arguments: TelephoneEvents.keys)
    func `each key of a phone is told once, however often its end is repeated`(key: Character) {
        var decoder = TelephoneEvents.Decoder()
        let presses = TelephoneEvents.blocks(for: key).compactMap { decoder.receive($0, timestamp: 4000) }
        #expect(presses == [Press(key: key, duration: 800)])
    }

    @Test func `blocks come back from their bytes`() {
        for block in TelephoneEvents.blocks(for: "#", duration: 65_535, interval: 4000) {
            #expect(block.bytes.withUnsafeBytes { Block(parsing: $0) } == block)
        }
        #expect([1, 2, 3].withUnsafeBytes { Block(parsing: UnsafeRawBufferPointer(rebasing: $0.prefix(3))) } == nil)
        #expect(TelephoneEvents.blocks(for: "x").isEmpty)
    }

    @Test func `the same key twice is two presses`() {
        var decoder = TelephoneEvents.Decoder()
        let told = [100, 3000].flatMap { timestamp in
            TelephoneEvents.blocks(for: "5").compactMap { decoder.receive($0, timestamp: timestamp) }
        }
        #expect(told.map(\.key) == ["5", "5"])
    }

    @Test func `a press whose end was lost is told at the next press, or when the voice goes on`() {
        var decoder = TelephoneEvents.Decoder()
        #expect(decoder.receive(Block(event: 1, ended: false, duration: 320), timestamp: 100) == nil)
        #expect(decoder.receive(Block(event: 2, ended: false, duration: 160), timestamp: 2000) == Press(key: "1", duration: 320))
        #expect(decoder.passed(timestamp: 2500) == nil)
        #expect(decoder.passed(timestamp: 4000) == Press(key: "2", duration: 160))
        #expect(decoder.passed(timestamp: 9000) == nil)
    }

    @Test func `a straggler of the press before is not told again`() {
        var decoder = TelephoneEvents.Decoder()
        _ = decoder.receive(Block(event: 1, ended: true, duration: 800), timestamp: 100)
        _ = decoder.receive(Block(event: 2, ended: true, duration: 800), timestamp: 2000)
        #expect(decoder.receive(Block(event: 1, ended: true, duration: 800), timestamp: 100) == nil)
    }

    @Test func `a long press in segments is one press`() {
        var decoder = TelephoneEvents.Decoder()
        #expect(decoder.receive(Block(event: 9, ended: false, duration: 0xFFFF), timestamp: 0) == nil)
        #expect(decoder.receive(Block(event: 9, ended: false, duration: 160), timestamp: 0xFFFF) == nil)
        #expect(decoder.receive(Block(event: 9, ended: true, duration: 800), timestamp: 0xFFFF) == Press(key: "9", duration: 0xFFFF + 800))
    }

    @Test func `events that are no keys are not told`() {
        var decoder = TelephoneEvents.Decoder()
        #expect(decoder.receive(Block(event: 16, ended: true, duration: 800), timestamp: 0) == nil)
        #expect(decoder.receive(Block(event: 255, ended: true, duration: 800), timestamp: 20_000) == nil)
    }

    @Test(arguments: [(0, 160), (100, 160), (700, 700), (800, 800), (65_535, 40_000)] as [(UInt16, UInt16)])
    func `a key to be pressed is said with a growing duration and three ends, and heard as one press`(held: (UInt16, UInt16)) throws {
        var sender = try #require(TelephoneEvents.Sender("*", duration: held.0))
        var decoder = TelephoneEvents.Decoder()
        var blocks: [Block] = []
        var presses: [Press] = []
        #expect(sender.isFirst)
        while let block = sender.next() {
            #expect(!sender.isFirst)
            blocks.append(block)
            if let press = decoder.receive(block, timestamp: 7) { presses.append(press) }
        }
        #expect(sender.isDone)
        #expect(presses == [Press(key: "*", duration: UInt32(held.1))])
        #expect(blocks.map(\.ended) == blocks.indices.map { $0 >= blocks.count - 3 })
        #expect(blocks.dropLast(3).enumerated().allSatisfy { $0.element.duration == UInt16(160 * ($0.offset + 1)) })
        #expect(TelephoneEvents.Sender("x", duration: 800) == nil)
    }

    @Test func `twenty thousand random blocks do not trap`() {
        var random = Random(seed: 4733)
        var decoder = TelephoneEvents.Decoder()
        for _ in 0..<20_000 {
            let word = random.next()
            let block = Block(
                event: UInt8(truncatingIfNeeded: word) % 20, ended: word & 0x100 != 0, duration: UInt16(truncatingIfNeeded: word >> 16))
            _ = decoder.receive(block, timestamp: UInt32(truncatingIfNeeded: word >> 32) & (word & 0x200 == 0 ? 0xFFFF : .max))
            _ = decoder.passed(timestamp: UInt32(truncatingIfNeeded: word >> 40))
        }
    }

    @Test func `a key beside Opus is told in units of the media clock`() {
        var decoder = TelephoneEvents.Decoder(clockRate: 48_000)
        let presses = TelephoneEvents.blocks(for: "9", duration: 4_800, interval: 960).compactMap { decoder.receive($0, timestamp: 77) }
        #expect(presses == [TelephoneEvents.Press(key: "9", duration: 800)])
        // 200 ms of silence are 9,600 ticks here.
        _ = decoder.receive(TelephoneEvents.Block(event: 1, ended: false, duration: 960), timestamp: 50_000)
        #expect(decoder.passed(timestamp: 50_000 + 960 + 9_600) == nil)
        #expect(decoder.passed(timestamp: 50_000 + 960 + 9_601) == TelephoneEvents.Press(key: "1", duration: 160))
    }
}
