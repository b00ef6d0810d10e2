import Primitives
import RTP
import Testing

/// A sender and a reader, each with its clock; times in samples (8 = 1 ms). What is read can be told packet by packet: the
/// samples of packet n are all n, from 1 to 100 and again.
private struct Line {
    var buffer = JitterBuffer()
    var ssrc: UInt32 = 7
    var firstTimestamp: UInt32 = 16_000
    var firstSequence: UInt16 = 100
    /// The reader's clock ticks at this time after the first packet was sent, and every 160 from then on.
    var readAt = 60
    private(set) var frames: [[Int16]] = []
    private static let samples: [Int16] = (0...255).map { Int16($0) * 100 }

    static func voice(of index: Int) -> UInt8 { UInt8(1 + index % 100) }

    mutating func insert(_ index: Int, length: Int = 160) {
        let payload = [UInt8](repeating: Self.voice(of: index), count: length)
        let packet = Packet(
            marker: false, payloadType: 8, sequence: firstSequence &+ UInt16(truncatingIfNeeded: index),
            timestamp: firstTimestamp &+ UInt32(truncatingIfNeeded: index * length), ssrc: ssrc, payload: 12..<12 + length)
        Self.samples.withUnsafeBufferPointer { samples in
            guard let samples = samples.baseAddress else { return }
            payload.withUnsafeBytes { buffer.insert(packet, $0, samples: samples) }
        }
    }

    /// - Returns: nil if there was no sound.
    @discardableResult
    mutating func read() -> [Int16]? {
        var frame = [Int16](repeating: 0, count: JitterBuffer.frame)
        let isAudible = buffer.read(into: &frame)
        frames.append(frame)
        return isAudible ? frame : nil
    }

    /// Packets 0..<count, each coming at its own time by `arrival` (nil: never), read until all have been.
    mutating func run(_ count: Int, arrival: (Int) -> Int?) {
        let coming = (0..<count).compactMap { index in arrival(index).map { (index, $0) } }.sorted { $0.1 < $1.1 }
        var next = 0
        var now = readAt
        while next < coming.count || buffer.delay > 0 {
            while next < coming.count, coming[next].1 <= now {
                insert(coming[next].0)
                next += 1
            }
            read()
            now += 160
        }
    }

    /// The packets heard, in their order, each once; what is made up (it fades from sample to sample) left out.
    var heard: [Int] {
        var heard: [Int] = []
        var run = 0
        var before: Int16 = 0
        for sample in frames.joined() {
            run = sample == before ? run + 1 : 1
            before = sample
            let index = Int(sample / 100) - 1
            if run >= 20, sample > 0, sample % 100 == 0, heard.last != index { heard.append(index) }
        }
        return heard
    }
}

struct JitterBufferTests {
    @Test(arguments: [0, 1, 60, 159]) func `an even stream is read as it was spoken, wherever the ticks lie`(phase: Int) {
        var line = Line()
        line.readAt = phase
        line.run(100) { $0 * 160 }
        #expect(line.heard == Array(0..<100))
        #expect(line.buffer.figures.late == 0 && line.buffer.figures.starts == 1)
        // Between the first and the last packet nothing is missing.
        let spoken = line.frames.joined().drop { $0 == 0 }.prefix(100 * 160)
        #expect(spoken.count == 100 * 160 && spoken.elementsEqual((0..<16_000).map { Int16(Line.voice(of: $0 / 160)) * 100 }))
    }

    @Test func `packets that overtake each other are read in their order`() {
        var line = Line()
        // After a while of jitter the delay has room for two packets that change places.
        line.run(100) { $0 < 20 ? $0 * 160 + ($0 % 3) * 150 : $0 * 160 + ($0 % 2 == 0 ? 200 : 0) }
        #expect(line.heard.suffix(70) == Array(30..<100)[...])
    }

    @Test func `what is lost is the last sound again, fading, and the delay is the same after it`() throws {
        var line = Line()
        line.run(60) { $0 == 30 ? nil : $0 * 160 }
        #expect(line.heard == Array(0..<30) + Array(31..<60))
        #expect(line.buffer.figures.concealed < 160 + 480)
        let samples = Array(line.frames.joined())
        let lastOfBefore = try #require(samples.lastIndex(of: 3000))
        let firstOfAfter = try #require(samples.firstIndex(of: 3200))
        #expect(firstOfAfter - lastOfBefore == 161)
        let made = samples[lastOfBefore + 1..<firstOfAfter]
        #expect(made.allSatisfy { (1900...3000).contains($0) })
        #expect(zip(made, made.dropFirst()).allSatisfy { $0 >= $1 })
    }

    @Test func `a sender that stops fades to silence, and is heard again when it goes on`() {
        var line = Line()
        for index in 0..<10 {
            line.insert(index)
            line.read()
        }
        var audible = 0
        for _ in 0..<50 where line.read() != nil { audible += 1 }
        #expect((3...5).contains(audible))
        // Silence was not sent: the timestamp has gone on without packets.
        for index in 60..<70 {
            line.insert(index)
            line.read()
        }
        #expect(line.heard == Array(0..<10) + Array(60..<70).prefix(line.heard.count - 10))
        #expect(line.heard.count >= 19)
        #expect(line.buffer.figures.starts == 2)
    }

    @Test func `a late packet costs one gap, and those that are as late after it none`() {
        var line = Line()
        // From the twentieth on everything comes 35 ms later: a route changed.
        line.run(200) { $0 * 160 + ($0 < 20 ? 0 : 280) }
        let concealed = line.buffer.figures.concealed
        #expect(line.heard == line.heard.reduce(into: []) { if $0.last != $1 { $0.append($1) } })
        #expect(Set(0..<100).isSubset(of: line.heard))
        #expect(concealed < 480 + 480)
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func `jitter of 40 ms is taken in, and the delay comes back when it is over`(seed: UInt64)
    {
        var random = Random(seed: seed)
        var line = Line()
        let arrivals = (0..<1500).map { index in
            index * 160 + (index < 500 ? Int(random.next() % 320) : 0)
        }
        for tick in 0..<1500 {
            for index in arrivals.indices where (tick * 160 - 160..<tick * 160).contains(arrivals[index] - line.readAt) {
                line.insert(index)
            }
            line.read()
        }
        // In the time of jitter nearly everything is heard; after the delay has grown nothing is late.
        let frames = line.frames.dropFirst(100).prefix(400)
        let made = frames.joined().count { $0 % 100 != 0 || $0 == 0 }
        #expect(made < 400 * 160 / 50, "seed \(seed)")
        #expect(line.buffer.figures.shortened > 0)
        #expect(line.buffer.delay <= 3 * 160, "seed \(seed)")
    }

    @Test(arguments: [-300, -50, 50, 300]) func `clocks that differ by parts of a million never run apart`(drift: Int) {
        var line = Line()
        var next = 0
        var delayMax = 0
        // Ten minutes.
        for tick in 0..<30_000 {
            while next * 160 + next * 160 * drift / 1_000_000 <= tick * 160 + line.readAt {
                line.insert(next)
                next += 1
            }
            line.read()
            delayMax = max(delayMax, line.buffer.delay)
        }
        #expect(delayMax <= 4 * 160)
        #expect(line.buffer.figures.starts == 1)
        // What drifts is put in or taken out, and little else.
        let drifted = 30_000 * 160 * abs(drift) / 1_000_000
        #expect(line.buffer.figures.concealed + line.buffer.figures.shortened < UInt64(6 * drifted + 4800))
    }

    @Test func `sequence numbers and timestamps wrap unheard`() {
        var line = Line()
        line.firstSequence = 65_500
        line.firstTimestamp = UInt32.max - 160 * 40 - 13
        line.run(100) { $0 * 160 }
        #expect(line.heard == Array(0..<100))
        #expect(line.buffer.figures.starts == 1 && line.buffer.figures.repeated == 0)
    }

    @Test func `a packet that comes twice is heard once and does not lengthen the delay`() {
        var line = Line()
        for index in 0..<100 {
            line.insert(index)
            line.insert(index)
            line.read()
            if index > 2 { line.insert(index - 3) }
        }
        #expect(line.buffer.figures.repeated == 197)
        #expect(line.buffer.figures.late == 0)
        #expect(line.heard == Array(0..<99) || line.heard == Array(0..<100))
        #expect(line.buffer.delay <= 160)
    }

    @Test func `another sender begins at once, with its own numbers`() {
        var line = Line()
        for index in 0..<10 {
            line.insert(index)
            line.read()
        }
        line.ssrc = 8
        line.firstTimestamp = 4_000_000_000
        line.firstSequence = 9
        for index in 10..<20 {
            line.insert(index)
            line.read()
        }
        #expect(line.buffer.figures.starts == 2)
        #expect(line.heard.suffix(10) == Array(10..<20)[...])
    }

    @Test(arguments: [80, 240, 480]) func `packets of other lengths are read like those of 20 ms`(length: Int) {
        var line = Line()
        var next = 0
        for tick in 0..<90 {
            while next * length <= tick * 160 {
                line.insert(next, length: length)
                next += 1
            }
            line.read()
        }
        let played = 90 * 160 / length - 4
        #expect(line.heard.prefix(played).elementsEqual((0..<played).map { $0 % 100 }))
    }

    @Test func `twenty thousand random packets neither trap nor fill the buffer beyond its limit`() {
        var random = Random(seed: 3550)
        var line = Line()
        for _ in 0..<20_000 {
            let word = random.next()
            line.ssrc = word & 0xFF == 0 ? 9 : 7
            line.firstTimestamp = word & 0xF00 == 0 ? UInt32(truncatingIfNeeded: word >> 32) : 16_000
            line.firstSequence = UInt16(truncatingIfNeeded: word >> 16)
            line.insert(Int(word >> 12 & 0xFF), length: Int(word >> 20 % 1600))
            if word & 0x3000 == 0 { line.read() }
            #expect(line.buffer.delay <= JitterBuffer.delayMax + 2 * JitterBuffer.packetMax)
        }
    }
}
