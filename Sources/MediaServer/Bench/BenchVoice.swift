import Audio
import RTP

/// What the legs of a benchmark say, the same second over and over, in each coding. In G.711 its first samples tell when it was sent, so
/// that it outlives the way from one law to the other.
struct BenchVoice {
    /// Sixteen levels, wider apart than any step of both laws.
    private static let levels = (0..<16).map { Int16($0 * 2_000 - 16_000) }
    /// Of four bits each: microseconds, which wrap after 12 days.
    private static let digits = 10
    /// Microseconds.
    private static let delayMax: UInt64 = 60_000_000
    private static let mask: UInt64 = 1 << 40 - 1
    private static let stamps = [Codec.pcmu: Codec.pcmu.encode(levels), .pcma: Codec.pcma.encode(levels)]

    private let laws: [Codec: [UInt8]]
    private let opus: [[UInt8]]

    init() {
        let second = Array(HoldMusic.samples.prefix(Codec.rate))
        laws = [.pcmu: Codec.pcmu.encode(second), .pcma: Codec.pcma.encode(second)]
        let encoder = OpusEncoder()
        opus = stride(from: 0, to: second.count, by: Codec.samplesPerPacket).map { start in
            var bytes = [UInt8](repeating: 0, count: Opus.frameMax)
            let frame = Array(second[start..<min(second.count, start + Codec.samplesPerPacket)])
            let length = bytes.withUnsafeMutableBytes { encoder?.encode(frame, into: $0) }
            return Array(bytes.prefix(length ?? 0))
        }
    }

    /// The packet of a leg in a round.
    ///
    /// - Parameter now: nanoseconds.
    /// - Returns: its length.
    func write(_ round: UInt32, of leg: UInt32, in coding: Coding, at now: UInt64, into bytes: UnsafeMutableRawBufferPointer) -> Int {
        let start = Packet.headerLength
        let type: UInt8
        let length: Int
        switch coding {
        case .opus:
            let frame = opus[Int(round) % opus.count]
            bytes[start...].copyBytes(from: frame)
            (type, length) = (BrowserHandshake.opus, frame.count)
        case .law(let codec):
            let voice = laws[codec] ?? []
            let offset = Int(round % 50) * Codec.samplesPerPacket
            bytes[start...].copyBytes(from: voice[offset..<offset + Codec.samplesPerPacket])
            let levels = Self.stamps[codec] ?? []
            for digit in 0..<Self.digits { bytes[start + digit] = levels[Int((now / 1000) >> UInt64(4 * digit) & 15)] }
            (type, length) = (codec.payloadType, Codec.samplesPerPacket)
        }
        let packet = Packet(
            marker: false, payloadType: type, sequence: UInt16(truncatingIfNeeded: round),
            timestamp: round &* UInt32(Codec.samplesPerPacket) &* coding.ticks, ssrc: leg + 1, payload: start..<start + length)
        return packet.writeHeader(into: bytes) == nil ? 0 : start + length
    }

    /// How long a packet was on its way, in nanoseconds; nil if it does not tell.
    static func delay(of packet: UnsafeRawBufferPointer, at arrived: UInt64) -> UInt64? {
        let start = Packet.headerLength
        guard packet.count >= start + digits, let codec = Codec(rawValue: packet[1] & 0x7F) else { return nil }
        let samples = LineTables.of(codec).samples
        var sent: UInt64 = 0
        for digit in 0..<digits {
            let level = (Int(samples[Int(packet[start + digit])]) + 17_000) / 2_000
            sent |= UInt64(min(15, max(0, level))) << UInt64(4 * digit)
        }
        let delay = (arrived / 1000 &- sent) & mask
        if delay > mask / 2 { return 0 }
        // Silence tells no time.
        return delay < delayMax ? delay * 1000 : nil
    }
}
