import Crypto
import Glibc
import Primitives
import Recording

/// A recording that is being written. Touched by the writer's thread only.
final class OpenRecording {
    private let path: String
    private let header: RecordingHeader
    private let ring: RecordingRing
    private var sealer: RecordingSealer
    private var descriptor: Int32 = -1
    /// Up to where the file is as it should be.
    private var offset = 0
    /// The tap's number of the first block, and of the one that comes next.
    private var first: UInt32?
    private var next: UInt32 = 0
    private var isAfterGap = false
    private var isEndWritten = false

    init(path: String, header: RecordingHeader, secret: SymmetricKey, ring: RecordingRing) {
        self.path = path
        self.header = header
        self.ring = ring
        sealer = RecordingSealer(header, secret: secret)
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    /// How a round at a recording went.
    struct Round {
        var written = 0
        /// Blocks that are lost.
        var lost: UInt64 = 0
        /// Nil: nothing failed.
        var error: Int32?
        var isDone = false
    }

    private var lostTold: UInt64 = 0

    /// Appends what has been heard since the last round.
    func write() -> Round {
        var round = Round()
        // In this order: what was heard before the end is there when the end is seen.
        let hasEnded = ring.hasEnded
        round.lost = ring.blocksLost &- lostTold
        lostTold = ring.blocksLost
        while ring.count > 0 {
            let frame = nextFrame()
            append(frame, &round)
        }
        if hasEnded, !isEndWritten {
            let end = RecordedFrame(
                start: next &- (first ?? 0), .sound(customer: [], centre: []), isLast: true, isAfterGap: isAfterGap)
            append(end, &round)
            isEndWritten = true
        }
        round.isDone = hasEnded
        return round
    }

    /// As many blocks as belong together, at most a second.
    private func nextFrame() -> RecordedFrame {
        let head = ring.block(0)
        let first = first ?? head.number
        self.first = first
        if head.number != next, head.number != first { isAfterGap = true }
        var count = 1
        while count < min(ring.count, RecordedFrame.blocksMax) {
            let block = ring.block(count)
            guard block.isPrivate == head.isPrivate, block.number == head.number &+ UInt32(count) else { break }
            count += 1
        }
        next = head.number &+ UInt32(count)
        let content: RecordedFrame.Content
        if head.isPrivate {
            content = .paused(blocks: count)
        } else {
            var customer: [UInt8] = []
            var centre: [UInt8] = []
            customer.reserveCapacity(count * RecordedFrame.blockLength)
            centre.reserveCapacity(count * RecordedFrame.blockLength)
            for index in 0..<count {
                customer.append(contentsOf: ring.customer(index))
                centre.append(contentsOf: ring.centre(index))
            }
            content = .sound(customer: customer, centre: centre)
        }
        ring.drop(count)
        return RecordedFrame(start: head.number &- first, content, isAfterGap: isAfterGap)
    }

    private func append(_ frame: RecordedFrame, _ round: inout Round) {
        do {
            let bytes = try sealer.seal(frame)
            if let error = openFile() ?? put(bytes) {
                round.error = error
                round.lost += UInt64(frame.blocks)
                isAfterGap = true
            } else {
                round.written += bytes.count
                isAfterGap = false
            }
        } catch {
            round.error = EINVAL
            round.lost += UInt64(frame.blocks)
            isAfterGap = true
        }
    }

    /// - Returns: what failed, as `errno`.
    private func openFile() -> Int32? {
        guard descriptor < 0 else { return nil }
        if let folder = path.lastIndex(of: "/") { mkdir(String(path[..<folder]), 0o700) }
        descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return errno }
        offset = 0
        if let error = put(header.bytes) {
            Glibc.close(descriptor)
            descriptor = -1
            return error
        }
        return nil
    }

    private func put(_ bytes: [UInt8]) -> Int32? {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { room in
                room.baseAddress.map { pwrite(descriptor, $0 + done, bytes.count - done, off_t(offset + done)) } ?? 0
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = count < 0 ? errno : ENOSPC
                // Half a frame is none.
                ftruncate(descriptor, off_t(offset))
                return error
            }
            done += count
        }
        offset += done
        return nil
    }
}
