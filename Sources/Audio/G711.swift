/// ITU-T G.711: 16-bit samples to eight bits and back. Both laws keep a sign, an exponent of three bits (the segment) and
/// a mantissa of four: about 13 and 14 bits of range with the noise always some 38 dB below the voice.
package enum G711 {
    /// Mu-law moves the 14-bit scale by this, so that every segment begins at a power of two.
    private static let bias: Int32 = 33

    /// Sixteen bits to mu-law, all bits inverted on the line.
    package static func muLaw(_ sample: Int16) -> UInt8 {
        // Negative numbers by their one's complement, as in the ITU's software tools (G.191).
        let magnitude = Int32(sample < 0 ? ~sample : sample) >> 2
        let biased = min(magnitude + bias, 0x1FFF)
        // The highest bit is bit 5 to 12: segment 0 to 7.
        let segment = 26 - Int32(biased.leadingZeroBitCount)
        let mantissa = biased >> (segment + 1) & 0x0F
        let code = UInt8(truncatingIfNeeded: segment << 4 | mantissa)
        return ~(sample < 0 ? code | 0x80 : code)
    }

    /// Sixteen bits to A-law, even bits inverted on the line.
    package static func aLaw(_ sample: Int16) -> UInt8 {
        let magnitude = Int32(sample < 0 ? ~sample : sample) >> 4
        // The two lowest segments share one step size.
        let segment = max(0, 28 - Int32(magnitude.leadingZeroBitCount))
        let mantissa = (segment == 0 ? magnitude : magnitude >> (segment - 1)) & 0x0F
        let code = UInt8(truncatingIfNeeded: segment << 4 | mantissa)
        return (sample < 0 ? code : code | 0x80) ^ 0x55
    }

    /// The sample in the middle of each mu-law step.
    package static let fromMuLaw: [Int16] = (0...255).map { byte in
        let code = ~UInt8(byte)
        let segment = Int32(code >> 4 & 7)
        let magnitude = ((2 * Int32(code & 0x0F) + 33) << segment - bias) << 2
        return Int16(truncatingIfNeeded: code & 0x80 != 0 ? -magnitude : magnitude)
    }

    /// The sample in the middle of each A-law step.
    package static let fromALaw: [Int16] = (0...255).map { byte in
        let code = UInt8(byte) ^ 0x55
        let segment = Int32(code >> 4 & 7)
        let mantissa = Int32(code & 0x0F) << 4 + 8
        let magnitude = segment == 0 ? mantissa : (mantissa + 256) << (segment - 1)
        return Int16(truncatingIfNeeded: code & 0x80 != 0 ? magnitude : -magnitude)
    }

    /// Mu-law bytes to A-law, without a way over samples on the packet path.
    package static let muLawToALaw: [UInt8] = fromMuLaw.map(aLaw)
    package static let aLawToMuLaw: [UInt8] = fromALaw.map(muLaw)
}
