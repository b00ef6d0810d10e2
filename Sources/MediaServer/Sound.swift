import Audio

/// What one party hears while nobody speaks to it.
package indirect enum Sound: Hashable, Sendable {
    /// Silent packets: they keep the way through a NAT open, and phones that watch for media stay on the line.
    case silence
    /// Until something else is played.
    case tone(Tone)
    /// Music on hold; goes on where it was when it is played again.
    case music
    /// A recording to its end, reported by `MediaEvent.promptFinished`, then the next sound.
    case prompt(PromptName, then: Sound)
}

/// The name of a recording: `greeting.en`.
package struct PromptName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let description: String

    package init(_ name: String) { description = name }
    package init(stringLiteral name: String) { description = name }
}

/// A sound ready for the line in both laws: the media threads copy bytes and compute nothing.
final class EncodedSound: Sendable {
    let mu: [UInt8]
    let a: [UInt8]

    init(_ samples: [Int16]) {
        mu = Codec.pcmu.encode(samples)
        a = Codec.pcma.encode(samples)
    }

    var count: Int { mu.count }

    func bytes(for codec: Codec) -> [UInt8] {
        switch codec {
        case .pcmu: mu
        case .pcma: a
        }
    }
}

/// One piece of what is played: the sounds of a `Sound`, in their order.
struct Clip: Sendable {
    enum Kind: Sendable, Equatable {
        /// Repeated until replaced.
        case loop
        /// Repeated; its place is kept while other things are played.
        case music
        /// Played once and reported.
        case prompt
    }

    var kind: Kind
    /// Nil: silence.
    var sound: EncodedSound?

    static let silence = Clip(kind: .loop, sound: nil)
}
