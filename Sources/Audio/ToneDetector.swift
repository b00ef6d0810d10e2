/// Says how much of a sound lies at one frequency (Goertzel, Amer. Math. Monthly 65, 1958): tells whether the tone that
/// was sent is the tone that is heard.
package struct ToneDetector: Sendable {
    package var frequency: Double
    package var rate: Double

    package init(frequency: Double, rate: Double = Double(Codec.rate)) {
        self.frequency = frequency
        self.rate = rate
    }

    /// The share of the sound's energy at the frequency: near 1 for a pure tone, near 0 for anything else, 0 for silence.
    /// The band is about `rate / samples.count` hertz wide on each side: 400 samples tell 440 from 480.
    package func share(in samples: some Collection<Int16>) -> Double {
        guard !samples.isEmpty else { return 0 }
        let coefficient = 2 * Elementary.cosine(turns: frequency / rate)
        var last = 0.0
        var beforeLast = 0.0
        var energy = 0.0
        for sample in samples {
            let value = Double(sample)
            energy += value * value
            (last, beforeLast) = (value + coefficient * last - beforeLast, last)
        }
        guard energy > 0 else { return 0 }
        let power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast
        return min(1, 2 * power / (energy * Double(samples.count)))
    }

    /// The frequency among `candidates` of which there is most; nil for silence or if none has `shareMin` of the energy.
    package static func strongest(
        of candidates: [Double], in samples: some Collection<Int16>, shareMin: Double = 0.5, rate: Double = Double(Codec.rate)
    ) -> Double? {
        var best: (frequency: Double, share: Double)?
        for frequency in candidates {
            let share = ToneDetector(frequency: frequency, rate: rate).share(in: samples)
            if share >= shareMin, share > (best?.share ?? 0) { best = (frequency, share) }
        }
        return best?.frequency
    }
}
