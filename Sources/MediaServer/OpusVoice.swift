import Audio
import RTP

/// A party's sound in Opus: what it says becomes samples in the order of its packets, what it hears is encoded. Made when the party
/// connects; nothing is allocated for a packet.
// @unchecked: handed over by a command, then touched by the session's media thread only.
final class OpusVoice: @unchecked Sendable {
    /// So many packets in a row are concealed inside the decoder, so that it dies away as it should; a longer gap is a new beginning.
    private static let gapMax = 5
    /// Behind by more than this, the sender has started anew (as in `Reception`).
    private static let misorderMax = 100
    private let decoder: OpusDecoder
    private let encoder: OpusEncoder
    private let samples: UnsafeMutableBufferPointer<Int16>
    /// Number and timestamp that come next if nothing is lost.
    private var next: (ssrc: UInt32, sequence: UInt16, timestamp: UInt32)?
    private var clock = ClockDivider(by: Coding.opusTicks)
    private(set) var recovered: UInt64 = 0

    /// - Returns: nil if memory is short.
    init?() {
        guard let decoder = OpusDecoder(), let encoder = OpusEncoder() else { return nil }
        self.decoder = decoder
        self.encoder = encoder
        samples = .allocate(capacity: decoder.samplesMax)
        samples.initialize(repeating: 0)
    }

    deinit { samples.deallocate() }

    /// The packet with its timestamp in units of the media clock. Each one once, in the order in which they came.
    func onMediaClock(_ packet: Packet) -> Packet {
        var packet = packet
        packet.timestamp = clock.divide(packet.timestamp)
        return packet
    }

    /// Decodes a packet, and before it the one that it repeats, if that was lost. What comes behind its successor is of no use: the decoder
    /// has gone on.
    ///
    /// - Parameter packet: by `onMediaClock`.
    /// - Parameter heard: takes each packet's samples.
    func hear(_ packet: Packet, _ payload: UnsafeRawBufferPointer, heard: (Packet, UnsafeBufferPointer<Int16>) -> Void) {
        guard let count = decoder.samples(in: payload) else { return }
        if let next, next.ssrc == packet.ssrc {
            let missing = SequenceNumber.distance(from: next.sequence, to: packet.sequence)
            if (-Self.misorderMax..<0).contains(missing) { return }
            if (1...Self.gapMax).contains(missing) { recover(missing, before: packet, payload, at: next.timestamp, heard: heard) }
        }
        next = (packet.ssrc, packet.sequence &+ 1, packet.timestamp &+ UInt32(count))
        guard let decoded = decoder.decode(payload, into: samples) else { return }
        heard(packet, UnsafeBufferPointer(rebasing: samples[..<decoded]))
    }

    private func recover(
        _ missing: Int, before packet: Packet, _ payload: UnsafeRawBufferPointer, at timestamp: UInt32,
        heard: (Packet, UnsafeBufferPointer<Int16>) -> Void
    ) {
        let length = Codec.samplesPerPacket
        guard let frame = samples.baseAddress else { return }
        for _ in 1..<missing { decoder.conceal(into: frame) }
        // A sender that pauses skips time, but no number; one with longer packets is not repeated in pieces.
        guard SequenceNumber.distance(from: timestamp, to: packet.timestamp) == missing * length,
            decoder.recover(before: payload, into: frame)
        else { return }
        recovered &+= 1
        var lost = packet
        lost.sequence &-= 1
        lost.timestamp &-= UInt32(length)
        heard(lost, UnsafeBufferPointer(rebasing: samples[..<length]))
    }

    /// Encodes 20 ms.
    ///
    /// - Returns: the length; nil if there is no room.
    func encode(_ frame: UnsafePointer<Int16>, into bytes: UnsafeMutableRawBufferPointer) -> Int? { encoder.encode(frame, into: bytes) }

    /// The party has reported how much it does not get. More is believed at once, less by and by. Until it has, nothing is repeated: that
    /// costs a third of the work and, at the same rate, a decibel of the sound.
    func expectLoss(_ share: Double) {
        let percent = Int((100 * min(1, max(0, share))).rounded(.up))
        encoder.setExpectedLoss(max(percent, encoder.expectedLoss * 3 / 4))
    }
}
