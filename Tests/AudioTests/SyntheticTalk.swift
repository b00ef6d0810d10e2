import Audio
import Primitives

/// A talk whose facts are known: two sides of speech-like sound, word by word at a given level.
struct SyntheticTalk {
    private(set) var said: [Double]
    private(set) var heard: [Double]
    var random: Random

    enum Side { case said, heard }

    init(seconds: Double, seed: UInt64) {
        said = Array(repeating: 0, count: Int(seconds * 8000))
        heard = said
        random = Random(seed: seed)
    }

    /// Somebody speaks: syllables four times a second with short pauses between words, at `level` dBov over the whole of it.
    mutating func speech(_ side: Side, from start: Double, to end: Double, at level: Double) {
        let (first, last) = (Int(start * 8000), min(Int(end * 8000), said.count))
        var sound = [Double](repeating: 0, count: last - first)
        var pitch = 100 + 120 * random.fraction()
        var phase = 0.0
        var place = 0
        while place < sound.count {
            let length = Int((0.14 + 0.14 * random.fraction()) * 8000)
            let tones = (0..<6).map { 1 / Double($0 + 1) * (0.3 + random.fraction()) }
            let hiss = random.chance(0.3)
            for index in place..<min(place + length, sound.count) {
                let shape = 0.15 + 0.85 * half(Double(index - place) / Double(length))
                phase += pitch / 8000
                var sample = 0.0
                if hiss {
                    sample = 2 * random.fraction() - 1
                } else {
                    for (number, tone) in tones.enumerated() { sample += tone * wave(phase * Double(number + 1)) }
                }
                sound[index] = sample * shape
            }
            place += length + (random.chance(0.25) ? Int((0.04 + 0.1 * random.fraction()) * 8000) : 0)
            pitch = min(260, max(80, pitch * (0.9 + 0.2 * random.fraction())))
        }
        let power = sound.reduce(0) { $0 + $1 * $1 } / Double(sound.count)
        let gain = Level.amplitude(ofSineAt: level) / 2.0.squareRoot() / power.squareRoot()
        add(sound.map { $0 * gain }, to: side, at: first)
    }

    /// The noise of a room, over the whole talk.
    mutating func noise(_ side: Side, at level: Double) {
        let peak = Level.amplitude(ofSineAt: level) / 2.0.squareRoot() * 3.0.squareRoot()
        add((0..<said.count).map { _ in (2 * random.fraction() - 1) * peak }, to: side, at: 0)
    }

    /// What `side` is sent comes back from it.
    mutating func echo(from side: Side, after delay: Double, weakerBy loss: Double) {
        let source = side == .said ? heard : said
        let gain = 1 / (Level.amplitude(ofSineAt: 0) / Level.amplitude(ofSineAt: -loss))
        add(source.map { $0 * gain }, to: side, at: Int(delay * 8000))
    }

    /// Packets that do not come.
    func read(losing share: Double = 0, _ hear: (UnsafePointer<Int16>?, UnsafePointer<Int16>?) -> Void) {
        var chance = Random(seed: 7)
        for frame in 0..<said.count / 160 {
            let span = frame * 160..<(frame + 1) * 160
            let (from, to) = (Self.line(said[span]), Self.line(heard[span]))
            from.withUnsafeBufferPointer { from in
                to.withUnsafeBufferPointer { to in
                    hear(chance.chance(share) ? nil : from.baseAddress, chance.chance(share) ? nil : to.baseAddress)
                }
            }
        }
    }

    func measured(losing share: Double = 0) -> VoiceReading {
        var meter = VoiceMeter()
        var reading = VoiceReading()
        read(losing: share) { meter.hear(said: $0, heard: $1) }
        meter.rest()
        reading = meter.reading
        return reading
    }

    /// As it comes by a line: µ-law.
    private static func line(_ samples: ArraySlice<Double>) -> [Int16] {
        samples.map { G711.fromMuLaw[Int(G711.muLaw(Int16(max(-32768, min(32767, $0)))))] }
    }

    private mutating func add(_ sound: [Double], to side: Side, at first: Int) {
        for (index, sample) in sound.enumerated() where first + index < said.count {
            if side == .said { said[first + index] += sample } else { heard[first + index] += sample }
        }
    }

    /// A sine's shape by its turns: good enough to speak with.
    private func wave(_ turns: Double) -> Double {
        let part = turns - turns.rounded(.down)
        return part < 0.5 ? 16 * part * (0.5 - part) : -16 * (part - 0.5) * (1 - part)
    }

    private func half(_ part: Double) -> Double { 4 * part * (1 - part) }
}
