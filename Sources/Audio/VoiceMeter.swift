/// Measures the voices of a talk, frame by frame, while it goes on: by loudness and time alone. No word is understood, and nobody's mood is
/// guessed. Allocates when it is made, and never again; one pass over the samples.
package struct VoiceMeter: ~Copyable {
    /// Who speaks into the other's words for less has only agreed.
    package static let talkOverMin = Duration.milliseconds(500)
    /// Pauses that are shorter belong to a talk.
    package static let deadAirMin = Duration.seconds(4)
    /// A voice is raised when two seconds of it are 9 dB above the talk's beginning: that is from one effort of the voice to the next
    /// (ANSI S3.5), normal to raised to loud. As a ratio of powers.
    package static let raisedMin = 7.943

    private static let talkOverFrames: UInt32 = 25
    private static let deadAirFrames: UInt32 = 200
    private static let samples = 160
    /// A sign stays for 3 s, so that nothing flickers.
    private static let signFrames = 150
    /// Both for a second, within a few.
    private static let togetherFrames = 50
    /// A customer hears the room, and not only the agent: its noise is above -50 dBov and less than 20 dB below the voice.
    private static let noiseMin = -50.0
    private static let noiseDistance = 20.0
    /// Around the level to which lines are set, -26 dBov (ITU-T G.711, P.830): a mean square of -38 and -14 dBov, with 2 dB to stay.
    private static let quiet: Float = 170_000
    private static let loud: Float = 42_700_000
    private static let stay: Float = 1.585

    package private(set) var reading = VoiceReading()

    private var said = VoiceTrack()
    private var heard = VoiceTrack()
    private var saidEcho = EchoTrack()
    private var heardEcho = EchoTrack()
    private let saidSlow = UnsafeMutablePointer<Float>.allocate(capacity: EchoTrack.frame)
    private let heardSlow = UnsafeMutablePointer<Float>.allocate(capacity: EchoTrack.frame)
    /// Which of the last frames were measured, the newest first.
    private var measured: UInt64 = 0
    private var together: UInt32 = 0
    private var apart = 0
    private var silent: UInt32 = 0
    private var lately = 0
    private var togetherSign = 0
    private var saidRaised = 0
    private var heardRaised = 0

    package init() {
        saidSlow.initialize(repeating: 0, count: EchoTrack.frame)
        heardSlow.initialize(repeating: 0, count: EchoTrack.frame)
    }

    deinit {
        saidSlow.deallocate()
        heardSlow.deallocate()
    }

    /// 20 ms of both sides at 8 kHz, 160 samples each; nil: nothing came.
    package mutating func hear(said from: UnsafePointer<Int16>?, heard to: UnsafePointer<Int16>?) {
        let saidPower = from.map { Self.measure($0, saidSlow) }
        let heardPower = to.map { Self.measure($0, heardSlow) }
        if from == nil { saidSlow.update(repeating: 0, count: EchoTrack.frame) }
        if to == nil { heardSlow.update(repeating: 0, count: EchoTrack.frame) }
        let (saidLoud, heardLoud) = (saidPower ?? 0, heardPower ?? 0)
        if let found = saidEcho.hear(sent: heardSlow, heardLoud, came: saidSlow, saidLoud) {
            note(found, .saidEcho)
            if let echo = found.echo { said.echoed(echo.gain, after: echo.frames, for: 200) }
        }
        if let found = heardEcho.hear(sent: saidSlow, saidLoud, came: heardSlow, heardLoud) {
            note(found, .heardEcho)
            if let echo = found.echo { heard.echoed(echo.gain, after: echo.frames, for: 200) }
        }
        step(saidPower, heardPower, isMeasured: true)
    }

    /// They do not hear each other for a while: the customer is on hold, or what is said is nobody's business.
    package mutating func rest() {
        guard measured != 0 else { return }
        for _ in 0...VoiceTrack.delay { step(nil, nil, isMeasured: false) }
        measured = 0
        said.rest()
        heard.rest()
        (reading.said, reading.heard) = (said.side, heard.side)
        (lately, togetherSign, saidRaised, heardRaised) = (0, 0, 0, 0)
        reading.signs.subtract([.talkOver, .deadAir, .saidRaised, .heardRaised])
    }

    private mutating func note(_ found: EchoTrack.Found, _ sign: VoiceReading.Signs) {
        if found.echo == nil { reading.signs.remove(sign) } else { reading.signs.insert(sign) }
    }

    private mutating func step(_ saidPower: Float?, _ heardPower: Float?, isMeasured: Bool) {
        measured = measured << 1 | (isMeasured ? 1 : 0)
        said.hear(saidPower)
        heard.hear(heardPower)
        let counts = measured >> UInt64(VoiceTrack.delay) & 1 == 1
        said.count(counts)
        heard.count(counts)
        if counts { reading.frames &+= 1 }
        let isTogether = counts && said.isActive && heard.isActive
        countTogether(isTogether)
        countSilence(counts && !said.isActive && !heard.isActive)
        reading.said = said.side
        reading.heard = heard.side
        if counts { sign(isTogether) }
    }

    private mutating func countTogether(_ isTogether: Bool) {
        apart = isTogether ? 0 : apart + 1
        if apart > VoiceTrack.gapMax { together = 0 }
        guard isTogether else { return }
        together &+= 1
        if together == Self.talkOverFrames {
            reading.talkOvers &+= 1
            reading.talkOverFrames &+= together
        } else if together > Self.talkOverFrames {
            reading.talkOverFrames &+= 1
        }
    }

    private mutating func countSilence(_ isSilent: Bool) {
        guard isSilent else { return silent = 0 }
        silent &+= 1
        guard silent >= Self.deadAirFrames else { return }
        reading.deadAirFrames &+= silent == Self.deadAirFrames ? silent : 1
        reading.deadAirLongest = max(reading.deadAirLongest, silent)
    }

    private mutating func sign(_ isTogether: Bool) {
        lately = isTogether ? min(lately + 2, 3 * Self.togetherFrames) : max(lately - 1, 0)
        if lately >= 2 * Self.togetherFrames { togetherSign = Self.signFrames } else { togetherSign = max(togetherSign - 1, 0) }
        if said.isActive { saidRaised = said.isRaised ? Self.signFrames : max(saidRaised - 1, 0) }
        if heard.isActive { heardRaised = heard.isRaised ? Self.signFrames : max(heardRaised - 1, 0) }
        set(.talkOver, togetherSign > 0)
        set(.deadAir, silent >= Self.deadAirFrames)
        set(.saidRaised, saidRaised > 0)
        set(.heardRaised, heardRaised > 0)
        guard reading.frames % 50 == 0 else { return }
        set(.saidNoise, Self.isNoisy(said.side))
        set(.heardNoise, Self.isNoisy(heard.side))
        setLevel(said.recent, .saidQuiet, .saidGood, .saidLoud)
        setLevel(heard.recent, .heardQuiet, .heardGood, .heardLoud)
    }

    private mutating func set(_ sign: VoiceReading.Signs, _ isThere: Bool) {
        if isThere { reading.signs.insert(sign) } else { reading.signs.remove(sign) }
    }

    private static func isNoisy(_ side: VoiceReading.Side) -> Bool {
        guard let noise = side.noise, let level = side.level else { return false }
        return noise > noiseMin && level - noise < noiseDistance
    }

    private mutating func setLevel(
        _ power: Float, _ isQuiet: VoiceReading.Signs, _ isGood: VoiceReading.Signs, _ isLoud: VoiceReading.Signs
    ) {
        guard power > 0 else { return }
        let below = reading.signs.contains(isQuiet) ? Self.quiet * Self.stay : Self.quiet
        let above = reading.signs.contains(isLoud) ? Self.loud / Self.stay : Self.loud
        reading.signs.subtract([isQuiet, isGood, isLoud])
        reading.signs.insert(power < below ? isQuiet : power > above ? isLoud : isGood)
    }

    /// The mean square of a frame, and the frame itself at 2 kHz.
    private static func measure(_ sound: UnsafePointer<Int16>, _ slow: UnsafeMutablePointer<Float>) -> Float {
        var sum: Int64 = 0
        for index in 0..<EchoTrack.frame {
            let (first, second) = (Int32(sound[4 * index]), Int32(sound[4 * index + 1]))
            let (third, fourth) = (Int32(sound[4 * index + 2]), Int32(sound[4 * index + 3]))
            slow[index] = Float(first &+ second &+ third &+ fourth) * 0.25
            // Four squares of 2^15 may be 2^32.
            sum &+= Int64(first &* first) &+ Int64(second &* second) &+ Int64(third &* third) &+ Int64(fourth &* fourth)
        }
        return Float(sum) / Float(samples)
    }
}
