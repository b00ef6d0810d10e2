/// The few elementary functions that sound needs, in our own arithmetic: the standard library has none, the C library's
/// differ in the last digit between machines, and generated sound should be the same everywhere.
enum Elementary {
    /// The sine of an angle in turns (1 is the full circle); error below 1e-11.
    static func sine(turns: Double) -> Double {
        var x = turns - turns.rounded(.down)
        // Fold onto the first quarter, where the series is short.
        var sign = 1.0
        if x >= 0.5 {
            x -= 0.5
            sign = -1
        }
        if x > 0.25 { x = 0.5 - x }
        let angle = x * 2 * .pi
        let square = angle * angle
        // Taylor's series up to the fifteenth power.
        var term = angle
        var sum = angle
        for step in 1...7 {
            term *= -square / Double(2 * step * (2 * step + 1))
            sum += term
        }
        return sign * sum
    }

    static func cosine(turns: Double) -> Double { sine(turns: turns + 0.25) }

    /// The decimal logarithm of a positive finite number; error below 1e-11.
    static func logarithm10(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return value > 0 ? .infinity : -.infinity }
        // value = significand * 2^exponent with the significand in 1..<2; ln by the series of artanh.
        let ratio = (value.significand - 1) / (value.significand + 1)
        let square = ratio * ratio
        var power = ratio
        var sum = 0.0
        for step in 0..<14 {
            sum += power / Double(2 * step + 1)
            power *= square
        }
        let ln2 = 0.693_147_180_559_945_3
        let ln10 = 2.302_585_092_994_045_7
        return (2 * sum + Double(value.exponent) * ln2) / ln10
    }
}

/// A sine wave, one sample after the other, by turning a vector: two multiplications and additions instead of a series.
struct Oscillator: Sendable {
    private var sine: Double
    private var cosine: Double
    private let stepSine: Double
    private let stepCosine: Double

    init(frequency: Double, rate: Double, phase turns: Double = 0) {
        sine = Elementary.sine(turns: turns)
        cosine = Elementary.cosine(turns: turns)
        stepSine = Elementary.sine(turns: frequency / rate)
        stepCosine = Elementary.cosine(turns: frequency / rate)
    }

    mutating func next() -> Double {
        let value = sine
        (sine, cosine) = (sine * stepCosine + cosine * stepSine, cosine * stepCosine - sine * stepSine)
        return value
    }
}

extension Int16 {
    /// The sample nearest to `value`, cut off at full scale.
    init(sample value: Double) {
        if value.isNaN {
            self = 0
        } else if value >= 32767 {
            self = .max
        } else if value <= -32768 {
            self = .min
        } else {
            self = Int16(value.rounded())
        }
    }
}
