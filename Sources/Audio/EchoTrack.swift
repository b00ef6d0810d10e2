/// Whether one side gives back what it was sent: by the correlation of both at 2 kHz, over delays of up to 400 ms. Each frame brings an eighth
/// of the delays further, so that it costs little at a time.
struct EchoTrack: ~Copyable {
    /// Samples of a frame at 2 kHz.
    static let frame = 40
    private static let delays = 800
    private static let parts = 8
    private static let part = delays / parts
    /// What comes back sooner is heard as one's own voice.
    private static let delayMin = 40
    /// So many frames in which the other side speaks are looked at together: 4 s.
    private static let length = 200
    /// Two voices that have nothing to do with each other stay below.
    private static let likeness: Float = 0.4
    /// An echo that is weaker by 40 dB is not heard.
    private static let gainMin = 0.01
    /// -45 dBov: whoever is quieter says nothing that could come back.
    private static let loudMin: Float = 33_950

    /// What was sent, oldest first; and for each delay, longest first: how it goes together with what came, and its own energy.
    private let sent = UnsafeMutablePointer<Float>.allocate(capacity: delays + frame)
    private let together = UnsafeMutablePointer<Float>.allocate(capacity: delays)
    private let energy = UnsafeMutablePointer<Float>.allocate(capacity: delays)
    private let came = UnsafeMutablePointer<Float>.allocate(capacity: parts)
    private var count = 0
    private var loudest: Float = 0

    init() {
        sent.initialize(repeating: 0, count: Self.delays + Self.frame)
        together.initialize(repeating: 0, count: Self.delays)
        energy.initialize(repeating: 0, count: Self.delays)
        came.initialize(repeating: 0, count: Self.parts)
    }

    deinit {
        sent.deallocate()
        together.deallocate()
        energy.deallocate()
        came.deallocate()
    }

    struct Found {
        /// Nil: there is no echo.
        var echo: (gain: Double, frames: Double)?
    }

    /// - Parameters:
    ///   - sent, came: 40 samples each; the mean squares of the whole frames beside them.
    /// - Returns: now and then, what has been found.
    mutating func hear(
        sent new: UnsafePointer<Float>, _ sentPower: Float, came back: UnsafePointer<Float>, _ camePower: Float
    ) -> Found? {
        sent.update(from: sent + Self.frame, count: Self.delays)
        (sent + Self.delays).update(from: new, count: Self.frame)
        loudest = max(sentPower, loudest * 0.96)
        // Who speaks himself is louder than an echo is.
        guard loudest > Self.loudMin, camePower > 0, camePower < loudest / 2 else { return nil }
        correlate(back, part: count % Self.parts)
        count += 1
        guard count == Self.length else { return nil }
        defer { clear() }
        return Found(echo: best())
    }

    private mutating func correlate(_ back: UnsafePointer<Float>, part: Int) {
        let first = part * Self.part
        let together = together + first
        let window = sent + first + 1
        for index in 0..<Self.frame {
            let sample = back[index]
            came[part] += sample * sample
            let row = window + index
            for place in 0..<Self.part { together[place] += sample * row[place] }
        }
        var sum: Float = 0
        for index in 0..<Self.frame { sum += window[index] * window[index] }
        for place in 0..<Self.part {
            energy[first + place] += sum
            let (gone, next) = (window[place], window[min(place + Self.frame, Self.delays + Self.frame - 2 - first)])
            sum += next * next - gone * gone
        }
    }

    private func best() -> (gain: Double, frames: Double)? {
        var found: (likeness: Float, place: Int)?
        for place in 0..<Self.delays - Self.delayMin {
            let both = energy[place] * came[place / Self.part]
            guard both > 0, together[place] > 0 else { continue }
            let likeness = together[place] / both.squareRoot()
            if likeness > found?.likeness ?? Self.likeness { found = (likeness, place) }
        }
        guard let found else { return nil }
        let gain = Double(together[found.place] / energy[found.place])
        guard gain >= Self.gainMin else { return nil }
        return (min(gain, 1), Double(Self.delays - 1 - found.place) / Double(Self.frame))
    }

    private mutating func clear() {
        together.update(repeating: 0, count: Self.delays)
        energy.update(repeating: 0, count: Self.delays)
        came.update(repeating: 0, count: Self.parts)
        count = 0
    }
}
