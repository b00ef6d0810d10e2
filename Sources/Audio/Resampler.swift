/// Brings sound to another rate by a windowed sinc filter, one set of taps for each phase between two input samples.
/// What the new rate cannot carry is taken out first (-6 dB at 0.46 of the lower rate, more than 60 dB down at the mirror).
package enum Resampler {
    /// Zero crossings of the sinc on each side. More is steeper.
    private static let crossings = 24
    package static let rates = 8000...48000

    /// - Returns: nil if a rate is out of `rates`.
    package static func convert(_ samples: [Int16], from source: Int, to target: Int) -> [Int16]? {
        guard rates.contains(source), rates.contains(target) else { return nil }
        guard source != target, !samples.isEmpty else { return samples }
        let divisor = greatestCommonDivisor(source, target)
        // Output n lies at n * step / phases of the input.
        let phases = target / divisor
        let step = source / divisor
        let cutoff = 0.46 * Double(min(source, target)) / Double(source)
        let half = Int((Double(crossings) / (2 * cutoff)).rounded(.up))
        let taps = (0..<phases).map { kernel(offset: Double($0) / Double(phases), half: half, cutoff: cutoff) }

        let count = Int((Double(samples.count) * Double(target) / Double(source)).rounded(.down))
        return (0..<count).map { index in
            let position = index * step
            let centre = position / phases
            let weights = taps[position % phases]
            let first = centre - half + 1
            var sum = 0.0
            for tap in max(0, -first)..<min(weights.count, max(0, samples.count - first)) {
                sum += Double(samples[first + tap]) * weights[tap]
            }
            return Int16(sample: sum)
        }
    }

    /// The weights of the input samples `-half + 1 ... half` around an output that lies `offset` after sample 0.
    private static func kernel(offset: Double, half: Int, cutoff: Double) -> [Double] {
        let weights = (0..<(2 * half)).map { index -> Double in
            let distance = Double(index - half + 1) - offset
            let place = distance / Double(half)
            guard abs(place) < 1 else { return 0 }
            // Blackman's window: side lobes below -58 dB.
            let window = 0.42 + 0.5 * Elementary.cosine(turns: place / 2) + 0.08 * Elementary.cosine(turns: place)
            let angle = 2 * cutoff * distance
            let sinc = abs(angle) < 1e-9 ? 1 : Elementary.sine(turns: angle / 2) / (.pi * angle)
            return sinc * window
        }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
}
