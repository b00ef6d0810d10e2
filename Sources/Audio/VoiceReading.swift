/// What is known of the two voices on a party's line. Plain numbers, so that it passes between threads by copying.
package struct VoiceReading: Sendable, Hashable {
    /// What the party says, and what is said to it.
    package var said = Side()
    package var heard = Side()
    /// Measured, in frames of 20 ms.
    package var frames: UInt32 = 0
    /// Both spoke at the same time for `VoiceMeter.talkOverMin` at least.
    package var talkOverFrames: UInt32 = 0
    package var talkOvers: UInt32 = 0
    /// Neither spoke for `VoiceMeter.deadAirMin` at least.
    package var deadAirFrames: UInt32 = 0
    package var deadAirLongest: UInt32 = 0
    /// How it is at this moment.
    package var signs: Signs = []

    package struct Side: Sendable, Hashable {
        /// Frames with speech in them, and the sum of their mean squares.
        package var activeFrames: UInt32 = 0
        package var activePower = 0.0
        package var noiseFrames: UInt32 = 0
        package var noisePower = 0.0
        /// Frames in which the last two seconds of speech were louder than the talk's beginning by `VoiceMeter.raisedMin`, and by which ratio
        /// of powers, all added up.
        package var raisedFrames: UInt32 = 0
        package var riseSum = 0.0
        /// Frames in which this side gave back what it was sent, how strongly at most (a ratio of amplitudes), and after how long.
        package var echoFrames: UInt32 = 0
        package var echoGain = 0.0
        package var echoDelayFrames = 0.0

        package init() {}

        /// The active speech level in dBov (in the spirit of ITU-T P.56: the mean over speech with gaps of up to 200 ms); nil: nobody spoke.
        package var level: Double? { activeFrames > 0 ? Self.decibels(activePower / Double(activeFrames)) : nil }
        /// What is heard between the words, in dBov; nil: there was never a second of it.
        package var noise: Double? { noiseFrames >= 50 ? Self.decibels(noisePower / Double(noiseFrames)) : nil }
        /// By how many decibels the voice was raised while it was; 0: it never was.
        package var rise: Double { raisedFrames > 0 ? 10 * Elementary.logarithm10(riseSum / Double(raisedFrames)) : 0 }
        /// How much weaker than what was sent it came back, in dB; nil: it did not.
        package var echoReturnLoss: Double? { echoFrames > 0 ? -20 * Elementary.logarithm10(echoGain) : nil }
        package var echoDelay: Duration? { echoFrames > 0 ? .milliseconds(Int64(echoDelayFrames * 20)) : nil }

        private static func decibels(_ power: Double) -> Double {
            max(Level.silence, 10 * Elementary.logarithm10(max(power, 1e-6) / (32768 * 32768)))
        }
    }

    /// What is wrong, or worth a glance, right now.
    package struct Signs: OptionSet, Sendable, Hashable {
        package let rawValue: UInt16

        package init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        package static let talkOver = Signs(rawValue: 1)
        package static let deadAir = Signs(rawValue: 1 << 1)
        package static let saidRaised = Signs(rawValue: 1 << 2)
        package static let heardRaised = Signs(rawValue: 1 << 3)
        /// The party gives back what it is sent; what is sent to it holds its own voice.
        package static let saidEcho = Signs(rawValue: 1 << 4)
        package static let heardEcho = Signs(rawValue: 1 << 5)
        package static let saidNoise = Signs(rawValue: 1 << 6)
        package static let heardNoise = Signs(rawValue: 1 << 7)
        package static let saidQuiet = Signs(rawValue: 1 << 8)
        package static let heardQuiet = Signs(rawValue: 1 << 9)
        package static let saidLoud = Signs(rawValue: 1 << 10)
        package static let heardLoud = Signs(rawValue: 1 << 11)
        package static let saidGood = Signs(rawValue: 1 << 12)
        package static let heardGood = Signs(rawValue: 1 << 13)
    }

    package init() {}
}
