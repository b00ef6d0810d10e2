/// Sound files: RIFF/WAVE with 16-bit PCM.
package struct WAV: Equatable, Sendable {
    package static let secondsMax = 600
    package static let bytesMax = 64 + secondsMax * 48_000 * 2 * 2
    /// Chunks before the sound that are skipped (LIST, fact, bext …); more is no sound file.
    package static let chunksMax = 64

    /// One channel.
    package var samples: [Int16]
    /// Samples a second.
    package var rate: Int

    package enum Refused: Error, Equatable {
        case notWAVE
        /// A chunk ends beyond the file, or the format comes after the sound.
        case damaged
        /// Only PCM with 16 bits, one or two channels.
        case unsupportedFormat
        /// Outside `Resampler.rates`.
        case unsupportedRate(Int)
        case tooLong
        case empty
    }

    package init(samples: [Int16], rate: Int = Codec.rate) {
        self.samples = samples
        self.rate = rate
    }

    /// Reads a file. Two channels are mixed to one.
    package init(parsing bytes: [UInt8]) throws(Refused) {
        guard bytes.count <= Self.bytesMax else { throw .tooLong }
        var reader = Reader(bytes: bytes[...])
        guard reader.text() == "RIFF", reader.word32() != nil, reader.text() == "WAVE" else { throw .notWAVE }
        var format: Format?
        for _ in 0..<Self.chunksMax {
            guard let name = reader.text(), let length = reader.word32() else { throw .damaged }
            if name == "data" {
                guard let format else { throw .damaged }
                // A program that writes to a pipe does not know the length yet and leaves the greatest number: to the end then.
                let sound = reader.bytes.prefix(Int(length))
                guard sound.count == Int(length) || length >= 0x7FFF_0000 else { throw .damaged }
                try self.init(format: format, sound: sound)
                return
            }
            guard let content = reader.take(Int(length)) else { throw .damaged }
            if name == "fmt " { format = try Format(content) }
            // Chunks begin at even offsets.
            if length % 2 == 1 { _ = reader.take(1) }
        }
        throw .damaged
    }

    private init(format: Format, sound: ArraySlice<UInt8>) throws(Refused) {
        let frame = 2 * format.channels
        let count = sound.count / frame
        guard count > 0 else { throw .empty }
        guard count <= Self.secondsMax * format.rate else { throw .tooLong }
        rate = format.rate
        samples = (0..<count).map { index in
            let start = sound.startIndex + index * frame
            func sample(_ channel: Int) -> Int32 {
                let place = start + 2 * channel
                return Int32(Int16(bitPattern: UInt16(sound[place]) | UInt16(sound[place + 1]) << 8))
            }
            return Int16(truncatingIfNeeded: format.channels == 2 ? (sample(0) + sample(1)) / 2 : sample(0))
        }
    }

    /// The sound at the rate of the telephone line.
    package func atLineRate() throws(Refused) -> [Int16] {
        guard let samples = Resampler.convert(samples, from: rate, to: Codec.rate) else { throw .unsupportedRate(rate) }
        return samples
    }

    /// The whole file.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(44 + 2 * samples.count)
        func put(_ text: StaticString) { text.withUTF8Buffer { bytes += $0 } }
        func put(_ word: Int, bytes count: Int) {
            for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * index))) }
        }
        put("RIFF")
        put(36 + 2 * samples.count, bytes: 4)
        put("WAVEfmt ")
        put(16, bytes: 4)
        put(1, bytes: 2)  // PCM
        put(1, bytes: 2)  // one channel
        put(rate, bytes: 4)
        put(2 * rate, bytes: 4)
        put(2, bytes: 2)  // bytes of a frame
        put(16, bytes: 2)  // bits of a sample
        put("data")
        put(2 * samples.count, bytes: 4)
        for sample in samples { put(Int(sample), bytes: 2) }
        return bytes
    }

    private struct Format {
        var channels: Int
        var rate: Int

        init(_ content: ArraySlice<UInt8>) throws(Refused) {
            var reader = Reader(bytes: content)
            guard let tag = reader.word16(), let channels = reader.word16(), let rate = reader.word32(),
                reader.take(6) != nil, let bits = reader.word16()
            else { throw .damaged }
            // 0xFFFE: extensible, whose real tag is the first word of the sub-format after ten more bytes.
            if tag == 0xFFFE {
                guard reader.take(8) != nil, reader.word16() == 1 else { throw .unsupportedFormat }
            } else {
                guard tag == 1 else { throw .unsupportedFormat }
            }
            guard bits == 16, channels == 1 || channels == 2 else { throw .unsupportedFormat }
            guard Resampler.rates.contains(Int(rate)) else { throw .unsupportedRate(Int(rate)) }
            self.channels = Int(channels)
            self.rate = Int(rate)
        }
    }

    /// Takes little-endian words off the front.
    private struct Reader {
        var bytes: ArraySlice<UInt8>

        mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard count <= bytes.count else { return nil }
            defer { bytes = bytes.dropFirst(count) }
            return bytes.prefix(count)
        }

        mutating func text() -> String? { take(4).map { String(decoding: $0, as: UTF8.self) } }
        mutating func word16() -> UInt16? { take(2).map { $0.reversed().reduce(0) { $0 << 8 | UInt16($1) } } }
        mutating func word32() -> UInt32? { take(4).map { $0.reversed().reduce(0) { $0 << 8 | UInt32($1) } } }
    }
}
