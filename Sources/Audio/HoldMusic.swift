/// Music on hold, made by rule: four soft chords and a slow broken chord above them, 20 s, whose end joins its
/// beginning. Nobody's property, the same bytes on every machine.
package enum HoldMusic {
    package static let seconds = 20
    /// Quiet enough to speak over, loud enough to tell a waiting line from a dead one.
    package static let level = -24.0

    /// Semitones above A2 (110 Hz): F major 7, A minor 7, D minor 7, G 7 in close voicing within a telephone's range.
    private static let chords: [[Int]] = [[8, 15, 19, 24], [12, 15, 19, 22], [5, 12, 20, 24], [10, 14, 17, 24]]
    /// Which note of the chord sounds at each step of the broken chord, an octave up; nil rests.
    private static let figure: [Int?] = [0, 2, 3, 1, nil, 2, 1, 3, 2, nil]

    package static let samples: [Int16] = render()

    private static func render() -> [Int16] {
        let count = seconds * Codec.rate
        var mix = [Double](repeating: 0, count: count)
        let bar = count / chords.count
        for (index, chord) in chords.enumerated() {
            let start = index * bar
            for note in chord {
                // Rises for 1.2 s and falls over into the next chord: nobody is startled.
                add(to: &mix, at: start, frequency: pitch(note), length: bar + Codec.rate, strength: 1, harmonics: [1, 0.25, 0.08]) {
                    time, length in
                    min(1, time / 1.2) * min(1, (length - time) / 1.6)
                }
            }
            for (step, place) in figure.enumerated() {
                guard let place else { continue }
                let onset = start + step * bar / figure.count
                let length = 3 * Codec.rate / 2
                add(to: &mix, at: onset, frequency: pitch(chord[place] + 12), length: length, strength: 0.9, harmonics: [1, 0.15]) {
                    time, length in
                    // A plucked string: 10 ms to its height, then away by the cube.
                    let rest = 1 - time / length
                    return min(1, time / 0.01) * rest * rest * rest
                }
            }
        }
        return scaled(mix)
    }

    /// Adds a note; what would sound after the end sounds at the beginning, so that the loop has no seam.
    private static func add(
        to mix: inout [Double], at start: Int, frequency: Double, length: Int, strength: Double, harmonics: [Double],
        envelope: (_ time: Double, _ length: Double) -> Double
    ) {
        let rate = Double(Codec.rate)
        var oscillators = harmonics.indices.map { Oscillator(frequency: frequency * Double($0 + 1), rate: rate) }
        for index in 0..<length {
            var value = 0.0
            for harmonic in harmonics.indices { value += harmonics[harmonic] * oscillators[harmonic].next() }
            mix[(start + index) % mix.count] += strength * envelope(Double(index) / rate, Double(length) / rate) * value
        }
    }

    /// Equal temperament: twelve equal steps to the octave, each the twelfth root of two.
    private static func pitch(_ semitones: Int) -> Double {
        var frequency = 110.0
        for _ in 0..<semitones { frequency *= 1.059_463_094_359_295_3 }
        return frequency
    }

    private static func scaled(_ mix: [Double]) -> [Int16] {
        let energy = mix.reduce(0) { $0 + $1 * $1 } / Double(mix.count)
        let factor = 32768 * Level.ratio(decibels: level) / energy.squareRoot()
        return mix.map { Int16(sample: $0 * factor) }
    }
}
