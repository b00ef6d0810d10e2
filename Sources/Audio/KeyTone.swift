/// The sound of a pressed key (ITU-T Q.23): two frequencies at once, made sample by sample as long as it lasts.
package struct KeyTone: Sendable {
    private static let keys: [Character] = ["1", "2", "3", "A", "4", "5", "6", "B", "7", "8", "9", "C", "*", "0", "#", "D"]
    private static let rows = [697.0, 770, 852, 941]
    private static let columns = [1209.0, 1336, 1477, 1633]
    /// Of each frequency, in dBov: some -7 dBm0 as phones send it, the higher one 2 dB louder, because lines dampen it more.
    private static let rowLevel = -15.0
    private static let columnLevel = -13.0
    /// Rises within 2 ms.
    private static let edge = 16.0

    private var row: Oscillator
    private var column: Oscillator
    private let rowAmplitude = Level.amplitude(ofSineAt: rowLevel)
    private let columnAmplitude = Level.amplitude(ofSineAt: columnLevel)
    private var made = 0.0

    /// - Returns: nil if `key` is not on a phone.
    package init?(_ key: Character) {
        guard let place = Self.keys.firstIndex(of: key) else { return nil }
        row = Oscillator(frequency: Self.rows[place / 4], rate: Double(Codec.rate))
        column = Oscillator(frequency: Self.columns[place % 4], rate: Double(Codec.rate))
    }

    /// The next `count` samples.
    package mutating func next(_ count: Int, into samples: UnsafeMutablePointer<Int16>) {
        for index in 0..<count {
            let value = row.next() * rowAmplitude + column.next() * columnAmplitude
            samples[index] = Int16(sample: value * min(1, made / Self.edge))
            made += 1
        }
    }
}
