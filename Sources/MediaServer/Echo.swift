import Audio

/// What a party says, kept for a second. Made by whoever gives the command, then touched by the session's media thread only.
// @unchecked: handed over by a command.
final class Echo: @unchecked Sendable {
    /// In frames of 20 ms. The way there and back and the buffer add to it.
    static let delay = 50

    private let frames = UnsafeMutablePointer<Int16>.allocate(capacity: delay * Codec.samplesPerPacket)
    private var place = 0

    init() { frames.initialize(repeating: 0, count: Self.delay * Codec.samplesPerPacket) }

    deinit { frames.deallocate() }

    /// Takes the frame that has just been said, and puts the one of a second ago in its place.
    func exchange(_ frame: UnsafeMutablePointer<Int16>) {
        let kept = frames + place * Codec.samplesPerPacket
        for index in 0..<Codec.samplesPerPacket { swap(&kept[index], &frame[index]) }
        place = (place + 1) % Self.delay
    }
}
