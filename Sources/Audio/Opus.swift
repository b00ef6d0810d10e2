import COpus

/// Speech in Opus (RFC 6716), one channel, in packets of 20 ms. However it sounds inside, the clock of its RTP has 48,000 ticks a second
/// (RFC 7587 section 4.1).
package enum Opus {
    /// How many samples a second go in and come out. Opus resamples by itself.
    package enum Rate: Int, Sendable, CaseIterable {
        /// That of the telephone network, and of all mixing (`Codec.rate`).
        case narrow = 8_000
        case wide = 16_000

        package var samplesPerPacket: Int { rawValue / 50 }
    }

    /// Of RTP timestamps.
    package static let clockRate = 48_000
    package static let ticksPerPacket: UInt32 = 960
    /// The longest packet that is taken, in bytes and in time (RFC 6716 section 3.2 allows 120 ms).
    package static let lengthMax = 1_500
    package static let durationMax = Duration.milliseconds(120)
    /// What an encoder never needs more than: one frame (RFC 6716 section 3.2.1).
    package static let frameMax = 1_275
}

/// What one party hears, as Opus. Made when the party connects; nothing is allocated for a frame.
// @unchecked: handed over by a command, then touched by the session's media thread only.
package final class OpusEncoder: @unchecked Sendable {
    package static let bitrates = 6_000...64_000
    /// Speech of the telephone's band without audible harm, and room to repeat each frame.
    package static let bitrateUsual = 24_000
    /// Of 10. From 2 to 8 speech at this rate differs by a tenth of a decibel, and 5 costs half as much again as 2. Below 2 libopus repeats
    /// nothing of what may get lost.
    private static let complexity: CInt = 2

    package let rate: Opus.Rate
    private let encoder: OpaquePointer
    /// In percent. The more is lost, the more of each packet repeats the frame before it; 0: nothing does.
    package private(set) var expectedLoss = 0

    /// - Parameter bitrate: in bits a second, brought into `bitrates`.
    /// - Returns: nil if memory is short.
    package init?(_ rate: Opus.Rate = .narrow, bitrate: Int = bitrateUsual) {
        guard let made = speech_encoder_make(CInt(rate.rawValue), Self.complexity) else { return nil }
        self.rate = rate
        encoder = made
        setBitrate(bitrate)
    }

    deinit { speech_encoder_free(encoder) }

    package func setBitrate(_ bitrate: Int) {
        _ = speech_encoder_set_bitrate(encoder, CInt(min(max(bitrate, Self.bitrates.lowerBound), Self.bitrates.upperBound)))
    }

    /// What the other side's reports say (RFC 3550 section 6.4.1), in percent, brought into 0...100.
    package func setExpectedLoss(_ percent: Int) {
        expectedLoss = min(max(percent, 0), 100)
        _ = speech_encoder_set_loss(encoder, CInt(expectedLoss))
    }

    /// Encodes 20 ms.
    ///
    /// - Parameter frame: `rate.samplesPerPacket` samples.
    /// - Returns: how many bytes were written; nil if there is no room for them.
    package func encode(_ frame: UnsafePointer<Int16>, into bytes: UnsafeMutableRawBufferPointer) -> Int? {
        let room = CInt(min(bytes.count, Opus.frameMax))
        guard room > 0, let place = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { return nil }
        let length = speech_encoder_encode(encoder, frame, CInt(rate.samplesPerPacket), place, room)
        return length > 0 ? Int(length) : nil
    }
}

/// What one party says in Opus, as samples. Packets go in by their order; for each that did not come, `recover` or `conceal` takes its
/// place.
// @unchecked: as OpusEncoder.
package final class OpusDecoder: @unchecked Sendable {
    package let rate: Opus.Rate
    private let decoder: OpaquePointer

    /// - Returns: nil if memory is short.
    package init?(_ rate: Opus.Rate = .narrow) {
        guard let made = speech_decoder_make(CInt(rate.rawValue)) else { return nil }
        self.rate = rate
        decoder = made
    }

    deinit { speech_decoder_free(decoder) }

    /// The most samples of one packet.
    package var samplesMax: Int { rate.rawValue * 120 / 1_000 }

    /// How many samples a payload holds; nil if it is no Opus or too long. Reads its first bytes alone.
    package func samples(in payload: UnsafeRawBufferPointer) -> Int? {
        guard (1...Opus.lengthMax).contains(payload.count), let bytes = payload.assumingMemoryBound(to: UInt8.self).baseAddress else {
            return nil
        }
        let count = speech_packet_samples(bytes, CInt(payload.count), CInt(rate.rawValue))
        return count > 0 && Int(count) <= samplesMax ? Int(count) : nil
    }

    /// - Parameter frames: with room for `samplesMax`, as the browser decides how long its packets are.
    /// - Returns: how many samples there are; nil if the payload is no Opus or there is no room. Then it is as good as lost.
    package func decode(_ payload: UnsafeRawBufferPointer, into frames: UnsafeMutableBufferPointer<Int16>) -> Int? {
        guard let count = samples(in: payload), count <= frames.count, let place = frames.baseAddress,
            let bytes = payload.assumingMemoryBound(to: UInt8.self).baseAddress
        else { return nil }
        let decoded = speech_decoder_decode(decoder, bytes, CInt(payload.count), place, CInt(count))
        return decoded > 0 ? Int(decoded) : nil
    }

    /// The 20 ms before `next`, which were lost, out of what `next` repeats of them; concealed if it repeats nothing. `next` itself is
    /// decoded after that.
    ///
    /// - Parameter frame: with room for `rate.samplesPerPacket`.
    /// - Returns: false if `next` is no Opus; then nothing was written.
    package func recover(before next: UnsafeRawBufferPointer, into frame: UnsafeMutablePointer<Int16>) -> Bool {
        guard samples(in: next) != nil, let bytes = next.assumingMemoryBound(to: UInt8.self).baseAddress else { return false }
        return speech_decoder_recover(decoder, bytes, CInt(next.count), frame, CInt(rate.samplesPerPacket)) > 0
    }

    /// The 20 ms that would have followed, dying away from one to the next; silence if it comes to the worst.
    package func conceal(into frame: UnsafeMutablePointer<Int16>) {
        if speech_decoder_conceal(decoder, frame, CInt(rate.samplesPerPacket)) <= 0 {
            frame.update(repeating: 0, count: rate.samplesPerPacket)
        }
    }
}
