import Audio
import Testing

struct ToneTests {
    @Test(arguments: [300.0, 425, 440, 450, 660, 1000, 3300]) func `a tone is found at its frequency and nowhere else`(frequency: Double) {
        let samples = Tone([UInt16(frequency)]).samples()
        #expect(ToneDetector(frequency: frequency).share(in: samples) > 0.99)
        #expect(ToneDetector(frequency: frequency + 40).share(in: samples) < 0.01)
        #expect(ToneDetector(frequency: frequency).share(in: samples.prefix(800)) > 0.95)
        #expect(ToneDetector.strongest(of: [350, 425, 440, 450, 660, 1000, 300, 3300, 2000], in: samples) == frequency)
    }

    @Test func `silence and noise have no tone`() {
        #expect(ToneDetector(frequency: 440).share(in: [Int16](repeating: 0, count: 800)) == 0)
        #expect(ToneDetector(frequency: 440).share(in: [Int16]()) == 0)
        #expect(ToneDetector.strongest(of: [440, 660], in: (0..<800).map { Int16(truncatingIfNeeded: $0 &* 7919 &* $0) }) == nil)
    }

    @Test(arguments: Codec.allCases) func `a tone comes through either codec`(codec: Codec) {
        let samples = codec.decode(codec.encode(Tone([440]).samples()))
        #expect(ToneDetector(frequency: 440).share(in: samples) > 0.98)
    }

    @Test func `ring-back sounds one second in five, the British one twice in three`() {
        let samples = Tone.ringBack.samples()
        #expect(samples.count == 40_000)
        #expect(ToneDetector(frequency: 425).share(in: samples.prefix(8000)) > 0.97)
        #expect(samples.suffix(32_000).allSatisfy { $0 == 0 })
        let british = Tone.ringBackUK.samples()
        #expect(british.count == 24_000)
        for burst in [british[0..<3200], british[4800..<8000]] {
            #expect(abs(ToneDetector(frequency: 400).share(in: burst) - 0.5) < 0.05)
            #expect(abs(ToneDetector(frequency: 450).share(in: burst) - 0.5) < 0.05)
        }
        #expect(british[3200..<4800].allSatisfy { $0 == 0 })
    }

    @Test(arguments: [-3.1, -16, -30, -50]) func `a tone is as loud as it was asked to be`(level: Double) {
        #expect(abs(Level.decibels(of: Tone([1000]).samples(level: level)) - level) < 0.1)
    }

    @Test func `levels have their limits`() {
        #expect(Level.decibels(of: [Int16]()) == -127)
        #expect(Level.decibels(of: [Int16](repeating: 0, count: 10)) == -127)
        #expect(abs(Level.decibels(of: [Int16](repeating: .min, count: 10))) < 0.001)
    }

    @Test func `tones out of bounds are cut to bounds`() {
        #expect(Tone([1, 2, 3, 4, 5]).frequencies.count == Tone.frequenciesMax)
        let endless = Tone([425], cadence: [.init(on: .seconds(1_000_000), off: .seconds(-1))])
        #expect(endless.samples().count == 80_000)
        #expect(Tone([]).samples().allSatisfy { $0 == 0 })
    }

    @Test func `hold music is calm, joins its end to its beginning and is always the same`() {
        let music = HoldMusic.samples
        #expect(music.count == HoldMusic.seconds * Codec.rate)
        #expect(abs(Level.decibels(of: music) - HoldMusic.level) < 0.1)
        #expect(music.allSatisfy { abs(Int($0)) < 16_000 })
        #expect(abs(Int(music[0]) - Int(music[music.count - 1])) < 1500)
        for second in 0..<HoldMusic.seconds {
            let level = Level.decibels(of: music[second * 8000..<(second + 1) * 8000])
            #expect((-34 ... -17).contains(level), "second \(second)")
        }
        var digest: UInt64 = 14_695_981_039_346_656_037
        for sample in music { digest = (digest ^ UInt64(UInt16(bitPattern: sample))) &* 1_099_511_628_211 }
        #expect(digest == HoldMusicDigest.value)
    }

    @Test(arguments: Array("123A456B789C*0#D")) func `a key's tone is its row and its column, and nothing else`(key: Character) throws {
        var tone = try #require(KeyTone(key))
        var samples = [Int16](repeating: 0, count: 800)
        tone.next(300, into: &samples)
        samples.withUnsafeMutableBufferPointer { samples in
            if let base = samples.baseAddress { tone.next(500, into: base + 300) }
        }
        let place = try #require(Array("123A456B789C*0#D").firstIndex(of: key))
        let row = [697.0, 770, 852, 941][place / 4]
        let column = [1209.0, 1336, 1477, 1633][place % 4]
        let share = ToneDetector(frequency: row).share(in: samples) + ToneDetector(frequency: column).share(in: samples)
        #expect(share > 0.97)
        // Loud enough for every receiver, and far from the edge of the scale.
        #expect((-13...(-9)).contains(Level.decibels(of: samples)))
        #expect(KeyTone("x") == nil)
    }
}

/// FNV-1a of the loop: it changes only when somebody composes anew.
enum HoldMusicDigest {
    static let value: UInt64 = 18_146_653_927_645_865_424
}
