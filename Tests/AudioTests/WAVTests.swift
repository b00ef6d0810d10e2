import Audio
import Primitives
import Testing

struct WAVTests {
    static let sound = WAV(samples: [0, 1, -1, .max, .min, 1234])

    static func file(tag: UInt16 = 1, channels: UInt16 = 1, rate: UInt32 = 8000, bits: UInt16 = 16, before: [UInt8] = [], data: [UInt8])
        -> [UInt8]
    {
        func word(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
        let format = word(tag) + word(channels) + word(rate) + word(rate * 2) + word(UInt16(2)) + word(bits)
        return Array("RIFF".utf8) + word(UInt32(0)) + Array("WAVE".utf8) + before + Array("fmt ".utf8) + word(UInt32(format.count)) + format
            + Array("data".utf8) + word(UInt32(data.count)) + data
    }

    @Test func `what was written is read again`() throws {
        #expect(try WAV(parsing: Self.sound.bytes) == Self.sound)
        let wide = WAV(samples: [5, 6, 7], rate: 22_050)
        #expect(try WAV(parsing: wide.bytes) == wide)
    }

    @Test func `two channels become one, and chunks of other programs are skipped`() throws {
        let list = Array("LIST".utf8) + [3, 0, 0, 0, 1, 2, 3, 0]
        let wav = try WAV(parsing: Self.file(channels: 2, before: list, data: [10, 0, 30, 0, 0, 0x80, 0, 0x80]))
        #expect(wav.samples == [20, .min])
    }

    @Test func `a file from a pipe, which does not know its length, is read to its end`() throws {
        var bytes = Self.sound.bytes
        bytes.replaceSubrange(40..<44, with: [0xFF, 0xFF, 0xFF, 0x7F])
        #expect(try WAV(parsing: bytes) == Self.sound)
    }

    @Test(
        arguments: [
            ([], .notWAVE), (Array("RIFFxxxxAVI ".utf8), .notWAVE), (file(tag: 7, data: [0, 0]), .unsupportedFormat),
            (file(channels: 6, data: [0, 0]), .unsupportedFormat), (file(bits: 8, data: [0, 0]), .unsupportedFormat),
            (file(rate: 96_000, data: [0, 0]), .unsupportedRate(96_000)), (file(rate: 0, data: [0, 0]), .unsupportedRate(0)),
            (file(data: []), .empty), (Array(file(data: [0, 0]).dropLast()), .damaged), (Array(file(data: [0, 0]).prefix(30)), .damaged),
        ] as [([UInt8], WAV.Refused)])
    func `what is no usable sound is refused with its reason`(bytes: [UInt8], reason: WAV.Refused) {
        #expect(throws: reason) { try WAV(parsing: bytes) }
    }

    @Test func `twenty thousand damaged files do not trap`() {
        var random = Random(seed: 44)
        let seed = Self.file(channels: 2, before: Array("LIST".utf8) + [3, 0, 0, 0, 1, 2, 3, 0], data: Array(repeating: 3, count: 40))
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0...(random.next() % 3) { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next()) }
            if random.chance(0.3) { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
            if let wav = try? WAV(parsing: bytes) { #expect(wav.samples.count <= 24) }
        }
    }

    @Test(arguments: [16_000, 22_050, 24_000, 44_100, 48_000])
    func `other rates come down to the line's, and what it cannot carry is gone`(rate: Int) throws {
        func tone(_ frequency: Double) throws -> [Int16] {
            let samples = (0..<rate / 2).map { index -> Int16 in
                Self.sine(Double(index) * frequency / Double(rate))
            }
            return try WAV(samples: samples, rate: rate).atLineRate()
        }
        let voice = try tone(1000)
        #expect(voice.count == 4000)
        #expect(ToneDetector(frequency: 1000).share(in: voice) > 0.99)
        #expect(abs(Level.decibels(of: voice) - -9.03) < 0.2)
        let edge = try tone(3000)
        #expect(abs(Level.decibels(of: edge) - -9.03) < 0.5)
        // 5 kHz would be heard as 3 kHz. Its beginning and its end are clicks, which have parts everywhere.
        let gone = try tone(5000).dropFirst(200).dropLast(200)
        #expect(Level.decibels(of: gone) < -65)
    }

    /// Half of full scale: by the seventh approximant of the series, good to 16 bits.
    private static func sine(_ turns: Double) -> Int16 {
        var angle = (turns - turns.rounded()) * 2 * .pi
        if angle > .pi / 2 { angle = .pi - angle } else if angle < -.pi / 2 { angle = -.pi - angle }
        let square = angle * angle
        let value = angle * (1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72 * (1 - square / 110)))))
        return Int16((value * 16_384).rounded())
    }
}
