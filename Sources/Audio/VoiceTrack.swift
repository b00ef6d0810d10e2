/// One side of a talk: whether it speaks, how loud, and over what noise. What a frame is, is decided `delay` frames later, when it is known
/// whether a pause was one between words.
struct VoiceTrack: ~Copyable {
    /// ITU-T P.56 section 7: speech goes on over gaps of 200 ms.
    static let gapMax = 10
    static let delay = gapMax + 1
    /// Neither line noise nor the hiss of a codec is speech: -55 dBov.
    static let activeMin: Float = 3_400
    /// A floor is at least -65 dBov, which digital silence is not.
    private static let floorMin: Float = 340
    /// Until there has been a second to know the floor from, it is taken to be no higher than -50 dBov.
    private static let firstFloorMax: Float = 10_740
    /// Speech is 8 dB above the floor; the floor is a minimum, and the mean of the same noise lies a decibel higher.
    private static let overFloor: Float = 8
    /// What is louder than that, and no speech yet, is the rest of a word.
    private static let noiseRange: Float = 3
    /// Minimum statistics (Martin 2001): the floor is the least that was heard in the last 6.4 s, however long somebody speaks.
    private static let spans = 8
    private static let spanFrames = 40
    private static let smoothing: Float = 0.3
    private static let missingMax = 3
    /// Speech that the level of the talk's beginning is taken from, and from how much on it is known; in frames.
    private static let beginning: UInt32 = 500
    private static let beginningMin: UInt32 = 150
    /// The last two seconds of speech: of one second a single loud word makes a raised voice.
    private static let window = 100

    private(set) var side = VoiceReading.Side()
    /// The frame that is decided on.
    private(set) var isActive = false
    /// What is heard lately of this side's speech: a mean square; 0: nothing yet.
    private(set) var recent: Float = 0
    /// The same over its beginning: a ratio; 0 while it is not known.
    private(set) var rise = 0.0

    private var bits: UInt64 = 0
    private let powers = UnsafeMutablePointer<Float>.allocate(capacity: 16)
    private let minima = UnsafeMutablePointer<Float>.allocate(capacity: spans)
    private let last = UnsafeMutablePointer<Float>.allocate(capacity: window)
    private var place = 0
    private var missing = 0
    private var smoothed: Float = -1
    private var minimum = Float.infinity
    private var spanLength = 0
    private var span = 0
    private var heard = 0
    private var baseFrames: UInt32 = 0
    private var basePower = 0.0
    private var lastPlace = 0
    private var lastCount = 0
    private var lastPower = 0.0

    init() {
        powers.initialize(repeating: 0, count: 16)
        minima.initialize(repeating: .infinity, count: Self.spans)
        last.initialize(repeating: 0, count: Self.window)
    }

    deinit {
        powers.deallocate()
        minima.deallocate()
        last.deallocate()
    }

    /// Takes the next frame's mean square; nil: nothing came.
    mutating func hear(_ power: Float?) {
        if let power { follow(power) }
        // A lost packet goes on as the one before.
        missing = power == nil ? missing + 1 : 0
        let now = power ?? (missing <= Self.missingMax ? powers[place] : 0)
        place = (place &+ 1) & 15
        powers[place] = now
        bits = bits << 1 | (now > max(floor * Self.overFloor, Self.activeMin) ? 1 : 0)
        decide()
    }

    /// - Parameter counts: whether the frame that is decided on was measured.
    mutating func count(_ counts: Bool) {
        guard counts else { return }
        let power = powers[(place &- Self.delay) & 15]
        if isActive {
            side.activeFrames &+= 1
            side.activePower += Double(power)
            recent = recent == 0 ? power : recent * 0.98 + power * 0.02
            compare(power)
        } else if power >= Self.floorMin / 4, power < floor * Self.noiseRange, bits & 0x3FF == 0 {
            side.noiseFrames &+= 1
            side.noisePower += Double(power)
        }
    }

    /// Nothing follows for a while. What makes a voice raised is the middle of the last two seconds: their end was still to come.
    mutating func rest() {
        if isRaised {
            side.raisedFrames &+= UInt32(Self.window / 2)
            side.riseSum += rise * Double(Self.window / 2)
        }
        (lastPlace, lastCount, lastPower, rise) = (0, 0, 0, 0)
    }

    mutating func echoed(_ gain: Double, after frames: Double, for length: UInt32) {
        side.echoFrames &+= length
        guard gain > side.echoGain else { return }
        side.echoGain = gain
        side.echoDelayFrames = frames
    }

    /// The last second of speech is louder than the talk's beginning.
    var isRaised: Bool { rise >= VoiceMeter.raisedMin }

    private var floor: Float {
        var least = minimum
        for index in 0..<Self.spans { least = min(least, minima[index]) }
        if heard < 50 { least = min(least, Self.firstFloorMax) }
        return max(least, Self.floorMin)
    }

    private mutating func follow(_ power: Float) {
        heard = min(heard + 1, 50)
        smoothed = smoothed < 0 ? power : smoothed * Self.smoothing + power * (1 - Self.smoothing)
        minimum = min(minimum, smoothed)
        spanLength += 1
        guard spanLength == Self.spanFrames else { return }
        minima[span] = minimum
        span = (span + 1) % Self.spans
        minimum = smoothed
        spanLength = 0
    }

    private mutating func decide() {
        // A crack is not a word: two frames in a row.
        let speech = bits & (bits << 1 | bits >> 1)
        let newer = speech >> 1 & ((1 << UInt64(Self.gapMax)) - 1)
        let older = speech >> UInt64(Self.delay + 1)
        if speech >> UInt64(Self.delay) & 1 == 1 {
            isActive = true
        } else if newer != 0, older != 0 {
            // `newer` ends one frame behind the one that is decided on.
            let ahead = Self.gapMax - (63 - newer.leadingZeroBitCount)
            isActive = ahead + older.trailingZeroBitCount <= Self.gapMax
        } else {
            isActive = false
        }
    }

    private mutating func compare(_ power: Float) {
        lastPower += Double(power) - (lastCount == Self.window ? Double(last[lastPlace]) : 0)
        last[lastPlace] = power
        lastPlace = (lastPlace + 1) % Self.window
        lastCount = min(lastCount + 1, Self.window)
        if baseFrames >= Self.beginningMin, lastCount == Self.window, basePower > 0 {
            rise = max(0, lastPower) / Double(Self.window) / (basePower / Double(baseFrames))
            if isRaised {
                side.raisedFrames &+= 1
                side.riseSum += rise
            }
        }
        if baseFrames < Self.beginning, !isRaised {
            baseFrames += 1
            basePower += Double(power)
        }
    }
}
