/// RTCP (RFC 3550 section 6), as much of it as a relay owes: a sender or receiver report with one block, the canonical
/// name, and BYE; of what comes in, the time of the last sender report and a goodbye.
package enum RTCP {
    /// Datagrams with more packets than this are not read further.
    package static let packetsMax = 16
    /// Room enough for everything `write` makes.
    package static let lengthMax = 128

    package enum PacketType {
        package static let senderReport: UInt8 = 200
        package static let receiverReport: UInt8 = 201
        package static let sourceDescription: UInt8 = 202
        package static let goodbye: UInt8 = 203
    }

    /// Section 6.4.1: what a receiver says about one stream.
    package struct ReportBlock: Equatable, Sendable {
        package var ssrc: UInt32
        package var fractionLost: UInt8
        /// 24 bits, signed.
        package var lost: Int32
        package var highest: UInt32
        package var jitter: UInt32
        /// The middle 32 bits of the NTP time of the last sender report, 0 if none came.
        package var lastSenderReport: UInt32
        /// Since then, in 1/65,536 s.
        package var delay: UInt32

        package init(
            ssrc: UInt32, fractionLost: UInt8, lost: Int32, highest: UInt32, jitter: UInt32, lastSenderReport: UInt32, delay: UInt32
        ) {
            self.ssrc = ssrc
            self.fractionLost = fractionLost
            self.lost = lost
            self.highest = highest
            self.jitter = jitter
            self.lastSenderReport = lastSenderReport
            self.delay = delay
        }
    }

    /// How long a packet is on its way there and back (section 6.4.1): from our report, to the other side's, less the time that passed
    /// there in between.
    ///
    /// - Parameter now: the middle 32 bits of the NTP time at which the block arrived.
    /// - Returns: nil if the block answers no report, or one that no clock of ours has sent.
    package static func roundTrip(of block: ReportBlock, at now: UInt32) -> Duration? {
        guard block.lastSenderReport != 0 else { return nil }
        let span = now &- block.lastSenderReport &- block.delay
        // A moment before zero comes of clocks that are not quite as fast as each other.
        guard span < 0xFFFF_0000 else { return .zero }
        guard span <= roundTripMax else { return nil }
        return .microseconds((Int64(span) * 1_000_000) >> 16)
    }

    /// Half a minute, in 1/65,536 s: longer, a clock was set or somebody made the numbers up.
    private static let roundTripMax: UInt32 = 30 << 16

    /// Section 6.4.1: what a sender says about its own stream.
    package struct SenderInformation: Equatable, Sendable {
        /// Seconds since 1900 in the upper, their fraction in the lower half.
        package var ntp: UInt64
        package var timestamp: UInt32
        package var packets: UInt32
        package var octets: UInt32

        package init(ntp: UInt64, timestamp: UInt32, packets: UInt32, octets: UInt32) {
            self.ntp = ntp
            self.timestamp = timestamp
            self.packets = packets
            self.octets = octets
        }
    }

    /// What matters in a datagram that came in.
    package struct Received: Equatable, Sendable {
        /// Of the last sender report in it: the middle 32 bits of its NTP time.
        package var senderReport: UInt32?
        package var saidGoodbye = false
        package var blocks = 0
        /// The last block about the source that was asked for: how our own stream arrives there.
        package var block: ReportBlock?

        package init() {}
    }

    package enum Malformed: Error, Equatable {
        case tooShort
        case version
        case lengthBeyondEnd
        case reportBeyondPacket
    }

    /// Reads a datagram of one or more RTCP packets; unknown types are skipped (section 6.1).
    ///
    /// - Parameter source: our own SSRC; nil if nobody asks how it arrives.
    package static func read(_ bytes: UnsafeRawBufferPointer, about source: UInt32? = nil) throws(Malformed) -> Received {
        guard bytes.count >= 8 else { throw .tooShort }
        var received = Received()
        var offset = 0
        var packets = 0
        while offset < bytes.count, packets < packetsMax {
            guard bytes.count - offset >= 4 else { throw .tooShort }
            guard bytes[offset] >> 6 == 2 else { throw .version }
            let length = 4 * (Int(bytes.bigEndian16(at: offset + 2)) + 1)
            guard length <= bytes.count - offset else { throw .lengthBeyondEnd }
            let blocks = Int(bytes[offset] & 0x1F)
            switch bytes[offset + 1] {
            case PacketType.senderReport:
                guard length >= 28 + 24 * blocks else { throw .reportBeyondPacket }
                // NTP time at 8..<16; its middle 32 bits are at 10..<14.
                received.senderReport = bytes.bigEndian32(at: offset + 10)
                received.blocks += blocks
                received.block = block(about: source, of: blocks, in: bytes, at: offset + 28) ?? received.block
            case PacketType.receiverReport:
                guard length >= 8 + 24 * blocks else { throw .reportBeyondPacket }
                received.blocks += blocks
                received.block = block(about: source, of: blocks, in: bytes, at: offset + 8) ?? received.block
            case PacketType.goodbye:
                received.saidGoodbye = true
            default:
                break
            }
            offset += length
            packets += 1
        }
        return received
    }

    /// The block about `source` among the `count` that begin at `offset`.
    private static func block(
        about source: UInt32?, of count: Int, in bytes: UnsafeRawBufferPointer, at offset: Int
    ) -> ReportBlock? {
        guard let source else { return nil }
        for start in stride(from: offset, to: offset + 24 * count, by: 24) where bytes.bigEndian32(at: start) == source {
            let losses = bytes.bigEndian32(at: start + 4)
            return ReportBlock(
                ssrc: source, fractionLost: UInt8(truncatingIfNeeded: losses >> 24), lost: Int32(bitPattern: losses << 8) >> 8,
                highest: bytes.bigEndian32(at: start + 8), jitter: bytes.bigEndian32(at: start + 12),
                lastSenderReport: bytes.bigEndian32(at: start + 16), delay: bytes.bigEndian32(at: start + 20))
        }
        return nil
    }

    /// Writes a compound packet as section 6.1 asks for: report, source description with the canonical name, and BYE.
    ///
    /// - Parameter sender: nil if nothing was sent since the last report: then it is a receiver report.
    /// - Parameter name: the canonical name, made of `cname` in hexadecimal (RFC 7022: random, says nothing of a person).
    /// - Returns: the length, or nil if `bytes` has less room than `lengthMax`.
    package static func write(
        into bytes: UnsafeMutableRawBufferPointer, ssrc: UInt32, sender: SenderInformation?, block: ReportBlock?, cname: UInt64,
        goodbye: Bool
    ) -> Int? {
        guard bytes.count >= lengthMax else { return nil }
        var end = 0
        func put(_ word: UInt32) {
            bytes.store(bigEndian: word, at: end)
            end += 4
        }
        func header(_ type: UInt8, count: Int, words: Int) {
            put(0x8000_0000 | UInt32(count) << 24 | UInt32(type) << 16 | UInt32(words))
        }
        let blocks = block == nil ? 0 : 1
        if let sender {
            header(PacketType.senderReport, count: blocks, words: 6 + 6 * blocks)
            put(ssrc)
            put(UInt32(truncatingIfNeeded: sender.ntp >> 32))
            put(UInt32(truncatingIfNeeded: sender.ntp))
            put(sender.timestamp)
            put(sender.packets)
            put(sender.octets)
        } else {
            header(PacketType.receiverReport, count: blocks, words: 1 + 6 * blocks)
            put(ssrc)
        }
        if let block {
            put(block.ssrc)
            put(UInt32(block.fractionLost) << 24 | UInt32(bitPattern: block.lost) & 0xFF_FFFF)
            put(block.highest)
            put(block.jitter)
            put(block.lastSenderReport)
            put(block.delay)
        }
        // Section 6.5.1: CNAME is item 1; 16 characters, then zeros up to the next word.
        header(PacketType.sourceDescription, count: 1, words: 6)
        put(ssrc)
        bytes[end] = 1
        bytes[end + 1] = 16
        for digit in 0..<16 {
            let value = UInt8(truncatingIfNeeded: cname >> UInt64(60 - 4 * digit)) & 0xF
            bytes[end + 2 + digit] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
        }
        bytes[end + 18] = 0
        bytes[end + 19] = 0
        end += 20
        if goodbye {
            header(PacketType.goodbye, count: 1, words: 1)
            put(ssrc)
        }
        return end
    }
}
