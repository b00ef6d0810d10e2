import Primitives
import Testing

@testable import Audio

struct OpusTests {
    /// An encoder, a decoder, and a line on which packets are lost.
    struct Line {
        let encoder: OpusEncoder
        let decoder: OpusDecoder
        let size: Int

        init?(_ rate: Opus.Rate, loss: Int = 0, bitrate: Int = OpusEncoder.bitrateUsual) {
            guard let encoder = OpusEncoder(rate, bitrate: bitrate), let decoder = OpusDecoder(rate) else { return nil }
            encoder.setExpectedLoss(loss)
            (self.encoder, self.decoder, size) = (encoder, decoder, rate.samplesPerPacket)
        }

        func packets(of sound: [Int16]) -> [[UInt8]] {
            stride(from: 0, through: sound.count - size, by: size).map { place in
                var bytes = [UInt8](repeating: 0, count: Opus.frameMax)
                let length = sound[place..<place + size].withUnsafeBufferPointer { frame in
                    bytes.withUnsafeMutableBytes { room in frame.baseAddress.flatMap { encoder.encode($0, into: room) } }
                }
                return Array(bytes.prefix(length ?? 0))
            }
        }

        enum Repair {
            case recovery, concealment, silence
        }

        /// What is heard of them when those at `lost` do not come.
        func heard(_ packets: [[UInt8]], without lost: Set<Int> = [], _ repair: Repair = .recovery) -> [Int16] {
            var sound: [Int16] = []
            for place in packets.indices {
                var frame = [Int16](repeating: 0, count: decoder.samplesMax)
                var count = size
                frame.withUnsafeMutableBufferPointer { room in
                    guard let start = room.baseAddress else { return }
                    if !lost.contains(place) {
                        count = packets[place].withUnsafeBytes { decoder.decode($0, into: room) } ?? 0
                    } else if repair == .recovery, place + 1 < packets.count, !lost.contains(place + 1) {
                        _ = packets[place + 1].withUnsafeBytes { decoder.recover(before: $0, into: start) }
                    } else if repair != .silence {
                        decoder.conceal(into: start)
                    }
                }
                sound += frame[..<count]
            }
            return sound
        }
    }

    static func tone(_ frequency: Double, rate: Opus.Rate, seconds: Int = 2, level: Double = -20) -> [Int16] {
        var oscillator = Oscillator(frequency: frequency, rate: Double(rate.rawValue))
        let amplitude = Level.amplitude(ofSineAt: level)
        return (0..<seconds * rate.rawValue).map { _ in Int16(sample: oscillator.next() * amplitude) }
    }

    /// Syllables: a voice whose pitch moves, with another sound every 200 ms.
    static func voice(rate: Opus.Rate, seconds: Int = 6) -> [Int16] {
        var turns = 0.0
        return (0..<seconds * rate.rawValue).map { index in
            let time = Double(index) / Double(rate.rawValue)
            turns += (130 + 40 * Elementary.sine(turns: 1.7 * time)) / Double(rate.rawValue)
            let formant = [500.0, 900, 350, 1_400, 700, 1_900][Int(time * 5) % 6] / 130
            var value = 0.0
            for harmonic in 1...20 {
                let distance = (Double(harmonic) - formant) / 2
                value += Elementary.sine(turns: turns * Double(harmonic)) / (1 + distance * distance)
            }
            let syllable = 0.55 + 0.45 * Elementary.sine(turns: 5 * time)
            return Int16(sample: 2_500 * value * syllable)
        }
    }

    // MARK: Sound

    @Test(arguments: Opus.Rate.allCases)
    func `a tone comes through, at its level`(rate: Opus.Rate) throws {
        let line = try #require(Line(rate))
        let sound = Self.tone(440, rate: rate)
        let packets = line.packets(of: sound)
        #expect(packets.count == 100)
        #expect(packets.allSatisfy { (1...Opus.frameMax).contains($0.count) })
        let heard = line.heard(packets).dropFirst(rate.rawValue / 2)
        #expect(heard.count == sound.count - rate.rawValue / 2)
        #expect(ToneDetector(frequency: 440, rate: Double(rate.rawValue)).share(in: heard) > 0.97)
        #expect(abs(Level.decibels(of: heard) + 20) < 1)
    }

    @Test(arguments: [8_000, 16_000, 24_000, 40_000])
    func `a bitrate is kept`(bitrate: Int) throws {
        let line = try #require(Line(.narrow, bitrate: bitrate))
        let packets = line.packets(of: Self.voice(rate: .narrow))
        let bits = packets.reduce(0) { $0 + $1.count } * 8 * 50 / packets.count
        // An average, which an encoder with a variable rate need not use up.
        #expect(bits <= bitrate * 5 / 4)
        #expect(bits > 4_000)
    }

    @Test func `silence stays silent, and is sent all the same`() throws {
        let line = try #require(Line(.narrow))
        let packets = line.packets(of: [Int16](repeating: 0, count: 16_000))
        // DTX would send a packet of one byte every 400 ms, and the customer would take the line for dead.
        #expect(packets.allSatisfy { $0.count > 1 })
        #expect(Level.decibels(of: line.heard(packets)) < -80)
    }

    // MARK: Loss

    /// How far the heard sound is from that without loss, in decibels below it; both with the same delay.
    static func distance(_ heard: [Int16], from whole: [Int16]) -> Double {
        var (error, energy) = (0.0, 0.0)
        for (one, other) in zip(heard, whole) {
            error += (Double(one) - Double(other)) * (Double(one) - Double(other))
            energy += Double(other) * Double(other)
        }
        return error > 0 ? 10 * Elementary.logarithm10(energy / error) : .infinity
    }

    @Test(arguments: Opus.Rate.allCases)
    func `what is repeated of a lost packet is nearer than what is made up, and that is louder than nothing`(rate: Opus.Rate) throws {
        let sound = Self.voice(rate: rate)
        let packets = try #require(Line(rate, loss: 20)).packets(of: sound)
        let lost = Set(stride(from: 7, to: packets.count, by: 5))
        let whole = try #require(Line(rate)).heard(packets)
        var distances: [Double] = []
        var levels: [Double] = []
        for repair in [Line.Repair.silence, .concealment, .recovery] {
            let heard = try #require(Line(rate)).heard(packets, without: lost, repair)
            #expect(heard.count == whole.count)
            distances.append(Self.distance(heard, from: whole))
            levels.append(
                Level.decibels(of: lost.sorted().flatMap { heard[$0 * rate.samplesPerPacket..<($0 + 1) * rate.samplesPerPacket] }))
        }
        #expect(distances[2] > max(distances[0], distances[1]) + 2, "\(distances)")
        // What is made up is a voice, though at another place of its waves than the real one.
        #expect(levels[0] == Level.silence)
        #expect(levels[1] > levels[2] - 6, "\(levels)")
    }

    @Test func `without an expected loss nothing is repeated`() throws {
        let sound = Self.voice(rate: .narrow)
        let plain = try #require(Line(.narrow)).packets(of: sound)
        let lost = Set(stride(from: 7, to: plain.count, by: 5))
        let recovered = try #require(Line(.narrow)).heard(plain, without: lost, .recovery)
        let concealed = try #require(Line(.narrow)).heard(plain, without: lost, .concealment)
        #expect(recovered == concealed)
        let encoder = try #require(OpusEncoder())
        encoder.setExpectedLoss(400)
        #expect(encoder.expectedLoss == 100)
        encoder.setExpectedLoss(-4)
        #expect(encoder.expectedLoss == 0)
    }

    @Test func `a line that stays away dies away`() throws {
        let line = try #require(Line(.narrow))
        let voice = line.heard(line.packets(of: Self.voice(rate: .narrow, seconds: 1)))
        var frame = [Int16](repeating: 0, count: line.size)
        for _ in 0..<50 { frame.withUnsafeMutableBufferPointer { if let start = $0.baseAddress { line.decoder.conceal(into: start) } } }
        #expect(Level.decibels(of: frame) < Level.decibels(of: voice) - 20)
    }

    // MARK: Hostile bytes

    @Test func `what is no Opus is refused, and the next packet is heard`() throws {
        let line = try #require(Line(.narrow))
        let packets = line.packets(of: Self.tone(440, rate: .narrow))
        var frame = [Int16](repeating: 0, count: line.decoder.samplesMax)
        func decode(_ bytes: [UInt8], room: Int? = nil) -> Int? {
            frame.withUnsafeMutableBufferPointer { all in
                bytes.withUnsafeBytes { line.decoder.decode($0, into: UnsafeMutableBufferPointer(rebasing: all[..<(room ?? all.count)])) }
            }
        }
        #expect(decode([]) == nil)
        // Code 3 with no frame, and with 49 frames of 2.5 ms (RFC 6716 section 3.2.5).
        #expect(decode([0x03, 0x00]) == nil)
        #expect(decode([0xE3, 0x31] + Array(repeating: 0, count: 60)) == nil)
        #expect(decode(Array(repeating: 0xFF, count: Opus.lengthMax + 1)) == nil)
        #expect(decode(packets[0], room: 159) == nil)
        #expect(decode(packets[0]) == 160)
    }

    @Test func `twenty thousand damaged packets do not trap, and no more is written than there is room`() throws {
        let line = try #require(Line(.narrow, loss: 20))
        let packets = line.packets(of: Self.voice(rate: .narrow, seconds: 2))
        var random = Random(seed: 6716)
        var frame = [Int16](repeating: 0x5A5A, count: line.decoder.samplesMax + 1)
        for round in 0..<20_000 {
            var bytes = packets[round % packets.count]
            for _ in 0...random.next() % 4 where !bytes.isEmpty {
                let place = Int(random.next() % UInt64(bytes.count))
                if random.chance(0.3) {
                    bytes.removeLast(bytes.count - place)
                } else {
                    bytes[place] = UInt8(truncatingIfNeeded: random.next())
                }
            }
            frame.withUnsafeMutableBufferPointer { all in
                let room = UnsafeMutableBufferPointer(rebasing: all.dropLast())
                bytes.withUnsafeBytes { payload in
                    if round % 3 == 0, let start = room.baseAddress { _ = line.decoder.recover(before: payload, into: start) }
                    if let count = line.decoder.decode(payload, into: room) { #expect(count <= room.count) }
                }
            }
        }
        #expect(frame.last == 0x5A5A)
        // It still hears. (Not at once: a decoder has a memory.)
        let heard = line.heard(line.packets(of: Self.tone(440, rate: .narrow)))
        #expect(ToneDetector(frequency: 440).share(in: heard.suffix(4_000)) > 0.95)
    }

    @Test func `an encoder without room writes nothing`() throws {
        let line = try #require(Line(.narrow))
        let frame = [Int16](repeating: 100, count: 160)
        let length = frame.withUnsafeBufferPointer { samples in
            samples.baseAddress.flatMap { line.encoder.encode($0, into: UnsafeMutableRawBufferPointer(start: nil, count: 0)) }
        }
        #expect(length == nil)
    }
}
