/// A signal tone as a value: which frequencies sound together, and the rhythm in which they do.
package struct Tone: Hashable, Sendable {
    /// A part of the rhythm. `on` and `off` are below `partMax`.
    package struct Part: Hashable, Sendable {
        package var on: Duration
        package var off: Duration

        package init(on: Duration, off: Duration) {
            self.on = on
            self.off = off
        }
    }

    package static let frequenciesMax = 4
    package static let partsMax = 8
    package static let partMax = Duration.seconds(10)

    /// In hertz, whole numbers: then a second of an endless tone can be repeated without a click.
    package var frequencies: [UInt16]
    /// Repeated for ever; empty: the tone does not stop.
    package var cadence: [Part]

    package init(_ frequencies: [UInt16], cadence: [Part] = []) {
        self.frequencies = Array(frequencies.prefix(Self.frequenciesMax))
        self.cadence = Array(cadence.prefix(Self.partsMax))
    }

    /// The other phone rings, as most of Europe and Georgia hear it: one second in five (ITU-T E.180 supplement 2).
    package static let ringBack = Tone([425], cadence: [Part(on: .seconds(1), off: .seconds(4))])
    /// The same in the United Kingdom: two bursts.
    package static let ringBackUK = Tone(
        [400, 450], cadence: [Part(on: .milliseconds(400), off: .milliseconds(200)), Part(on: .milliseconds(400), off: .seconds(2))])
    package static let busy = Tone([425], cadence: [Part(on: .milliseconds(500), off: .milliseconds(500))])
    /// All lines are taken.
    package static let congestion = Tone([425], cadence: [Part(on: .milliseconds(250), off: .milliseconds(250))])

    /// One round of the rhythm (a second of an endless tone) at 8,000 samples a second: to be repeated.
    ///
    /// - Parameter level: of the whole tone while it sounds, in dBov; -16 is what exchanges send.
    package func samples(level: Double = -16) -> [Int16] {
        guard !cadence.isEmpty else { return burst(Codec.rate, level: level, isEndless: true) }
        var samples: [Int16] = []
        for part in cadence {
            samples += burst(Self.count(part.on), level: level, isEndless: false)
            samples += Array(repeating: 0, count: Self.count(part.off))
        }
        return samples
    }

    private func burst(_ count: Int, level: Double, isEndless: Bool) -> [Int16] {
        guard !frequencies.isEmpty else { return Array(repeating: 0, count: count) }
        let amplitude = Level.amplitude(ofSineAt: level) / Double(frequencies.count).squareRoot()
        var oscillators = frequencies.map { Oscillator(frequency: Double($0), rate: Double(Codec.rate)) }
        // 4 ms: a tone that begins and ends at once clicks.
        let edge = isEndless ? 0 : min(32, count / 2)
        return (0..<count).map { index in
            var value = 0.0
            for place in oscillators.indices { value += oscillators[place].next() }
            let distance = min(index, count - 1 - index)
            let envelope = distance < edge ? Double(distance) / Double(edge) : 1
            return Int16(sample: value * amplitude * envelope)
        }
    }

    private static func count(_ span: Duration) -> Int {
        let (seconds, attoseconds) = max(.zero, min(span, partMax)).components
        return Int(seconds) * Codec.rate + Int(attoseconds / (1_000_000_000_000_000_000 / Int64(Codec.rate)))
    }
}
