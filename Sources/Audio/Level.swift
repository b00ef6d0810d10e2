/// How loud sound is, in dBov: 0 is the loudest that 16 bits can hold (a square wave at full scale; RFC 6464 section 3),
/// a sine at full scale is at -3.01.
package enum Level {
    /// What silence is called, as in RFC 6464.
    package static let silence = -127.0

    package static func decibels(of samples: some Collection<Int16>) -> Double {
        guard !samples.isEmpty else { return silence }
        var energy = 0.0
        for sample in samples { energy += Double(sample) * Double(sample) }
        let mean = energy / Double(samples.count) / (32768.0 * 32768.0)
        return mean > 0 ? max(silence, 10 * Elementary.logarithm10(mean)) : silence
    }

    /// The amplitude, in sample units, of a sine whose level is `decibels`.
    package static func amplitude(ofSineAt decibels: Double) -> Double {
        32768 * Double(2).squareRoot() * ratio(decibels: decibels)
    }

    /// 10^(decibels / 20), by whole decibels and the rest.
    static func ratio(decibels: Double) -> Double {
        guard decibels.isFinite else { return decibels > 0 ? .infinity : 0 }
        let clamped = max(-400, min(400, decibels))
        // e^x with x = decibels * ln 10 / 20, halved until the series is short.
        let exponent = clamped * 2.302_585_092_994_045_7 / 20 / 256
        var term = 1.0
        var sum = 1.0
        for step in 1...10 {
            term *= exponent / Double(step)
            sum += term
        }
        for _ in 0..<8 { sum *= sum }
        return sum
    }
}
