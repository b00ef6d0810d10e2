/// A piece of a recording, of a second at most: what came from the customer and what was sent to him, side by side.
///
/// In the file: flags (1 byte), blocks (1), number (4), start (4), then the sealed sound: 160 bytes of µ-law for each block of the customer,
/// as many of the centre, and 16 bytes of a tag. The frame's number is its nonce; a recording's key seals nothing else, and no number twice.
package struct RecordedFrame: Hashable, Sendable {
    /// Samples of one side in a block of 20 ms, one byte each.
    package static let blockLength = 160
    /// Blocks of a second.
    package static let blocksMax = 50
    /// µ-law's silence.
    package static let silence: UInt8 = 0xFF

    /// What is known of a frame without its key. It is authenticated with the frame.
    package struct Head: Hashable, Sendable {
        package static let length = 10

        /// Nothing was kept, because somebody asked for it.
        package var isPaused = false
        /// The recording was ended, and not cut off.
        package var isLast = false
        /// Before this frame nothing could be kept.
        package var isAfterGap = false
        package var blocks: Int
        package var number: UInt32
        /// In blocks since the recording began.
        package var start: UInt32

        /// Bytes of the sound, and of the sealed frame behind the head.
        package var soundLength: Int { isPaused ? 0 : 2 * blocks * RecordedFrame.blockLength }
        package var sealedLength: Int { soundLength + RecordingHeader.tagLength }
        package var length: Int { Self.length + sealedLength }
        package var end: UInt32 { start &+ UInt32(blocks) }

        init(blocks: Int, number: UInt32, start: UInt32) {
            self.blocks = blocks
            self.number = number
            self.start = start
        }

        /// Nil if these are no frame's first bytes.
        package init?(parsing bytes: [UInt8]) {
            guard bytes.count >= Self.length, bytes[0] & ~7 == 0, bytes[1] <= RecordedFrame.blocksMax else { return nil }
            isPaused = bytes[0] & 1 != 0
            isLast = bytes[0] & 2 != 0
            isAfterGap = bytes[0] & 4 != 0
            blocks = Int(bytes[1])
            number = UInt32(truncatingIfNeeded: RecordingHeader.number(bytes[2..<6]))
            start = UInt32(truncatingIfNeeded: RecordingHeader.number(bytes[6..<10]))
        }

        var bytes: [UInt8] {
            let flags: UInt8 = (isPaused ? 1 : 0) | (isLast ? 2 : 0) | (isAfterGap ? 4 : 0)
            return [flags, UInt8(clamping: blocks)] + RecordingHeader.big(number) + RecordingHeader.big(start)
        }
    }

    /// In blocks since the recording began.
    package var start: UInt32
    package var content: Content
    package var isLast = false
    package var isAfterGap = false

    package enum Content: Hashable, Sendable {
        /// Of the same length, a multiple of `blockLength`.
        case sound(customer: [UInt8], centre: [UInt8])
        case paused(blocks: Int)
    }

    package init(start: UInt32, _ content: Content, isLast: Bool = false, isAfterGap: Bool = false) {
        self.start = start
        self.content = content
        self.isLast = isLast
        self.isAfterGap = isAfterGap
    }

    package var blocks: Int {
        switch content {
        case .sound(let customer, _): customer.count / Self.blockLength
        case .paused(let blocks): blocks
        }
    }
}
