import Crypto

/// Seals the frames of one recording, one after the other.
package struct RecordingSealer: Sendable {
    private let secret: SymmetricKey
    private let digest: [UInt8]
    private var number: UInt32 = 0

    package init(_ header: RecordingHeader, secret: SymmetricKey) {
        self.secret = secret
        digest = header.digest
    }

    /// The bytes to be appended. Its number is used up, whatever becomes of them.
    ///
    /// - Throws: `Refused` if the frame is longer than a second, or its sides are not of one length.
    package mutating func seal(_ frame: RecordedFrame) throws -> [UInt8] {
        guard number < .max else { throw Refused.tooLong }
        var head = RecordedFrame.Head(blocks: frame.blocks, number: number, start: frame.start)
        number += 1
        guard (0...RecordedFrame.blocksMax).contains(frame.blocks) else { throw Refused.tooLong }
        head.isLast = frame.isLast
        head.isAfterGap = frame.isAfterGap
        var sound: [UInt8] = []
        switch frame.content {
        case .paused: head.isPaused = true
        case .sound(let customer, let centre):
            guard customer.count == centre.count, customer.count == frame.blocks * RecordedFrame.blockLength else { throw Refused.uneven }
            sound = customer + centre
        }
        let bytes = head.bytes
        let box = try AES.GCM.seal(sound, using: secret, nonce: Self.nonce(head.number), authenticating: digest + bytes)
        return bytes + Array(box.ciphertext) + Array(box.tag)
    }

    package enum Refused: Error, Hashable { case tooLong, uneven }

    static func nonce(_ number: UInt32) throws -> AES.GCM.Nonce {
        try AES.GCM.Nonce(data: Array(repeating: 0, count: 8) + RecordingHeader.big(number))
    }
}

/// Opens the frames of one recording, in any order.
package struct RecordingOpener: Sendable {
    private let secret: SymmetricKey
    private let digest: [UInt8]

    /// - Throws: `keyMissing`, `keyWrong`, `erased`.
    package init(_ header: RecordingHeader, keys: RecordingKeyRing) throws(RecordingHeader.Unreadable) {
        secret = try header.secret(by: keys)
        digest = header.digest
    }

    /// - Parameter sealed: what lies behind the head, `sealedLength` bytes.
    /// - Returns: the customer's blocks, and behind them the centre's; nil if anything was altered.
    package func open(_ head: RecordedFrame.Head, _ sealed: [UInt8]) -> [UInt8]? {
        guard sealed.count == head.sealedLength, let nonce = try? RecordingSealer.nonce(head.number),
            let box = try? AES.GCM.SealedBox(
                nonce: nonce, ciphertext: Array(sealed[..<head.soundLength]), tag: Array(sealed[head.soundLength...])),
            let opened = try? AES.GCM.open(box, using: secret, authenticating: digest + head.bytes)
        else { return nil }
        return Array(opened)
    }
}
