import Audio
import Recording
import Synchronization

/// The way of a recorded party's sound from its media thread to the thread that writes: blocks of 20 ms in a ring that one fills and the
/// other empties, without a lock.
// @unchecked: a slot is the writer's while it is free, and the reader's while it is full.
package final class RecordingRing: TapListener, @unchecked Sendable {
    /// Blocks: 5 s. A disk that stands still for longer loses sound, and says so.
    static let capacity = 256

    private static let blockLength = RecordedFrame.blockLength

    struct Block {
        var number: UInt32
        var isPrivate: Bool
    }

    private let blocks = UnsafeMutablePointer<Block>.allocate(capacity: capacity)
    private let sound = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity * blockLength)
    private let filled = Atomic<UInt64>(0)
    private let emptied = Atomic<UInt64>(0)
    private let isEnded = Atomic<Bool>(false)
    private let lost = Atomic<UInt64>(0)

    init() {
        blocks.initialize(repeating: Block(number: 0, isPrivate: false), count: Self.capacity)
        sound.initialize(repeating: RecordedFrame.silence, count: 2 * Self.capacity * Self.blockLength)
    }

    deinit {
        blocks.deallocate()
        sound.deallocate()
    }

    // MARK: On the media thread

    package func hear(_ frame: borrowing TappedFrame) {
        let count = filled.load(ordering: .relaxed)
        guard count &- emptied.load(ordering: .acquiring) < UInt64(Self.capacity) else {
            lost.store(lost.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
            return
        }
        let place = Int(count % UInt64(Self.capacity))
        blocks[place] = Block(number: frame.number, isPrivate: frame.isPrivate)
        if !frame.isPrivate {
            encode(frame.from, into: sound + 2 * place * Self.blockLength)
            encode(frame.to, into: sound + (2 * place + 1) * Self.blockLength)
        }
        filled.store(count &+ 1, ordering: .releasing)
    }

    package func end() { isEnded.store(true, ordering: .releasing) }

    private func encode(_ samples: UnsafePointer<Int16>?, into bytes: UnsafeMutablePointer<UInt8>) {
        if let samples {
            LineTables.of(.pcmu).encode(samples, count: Self.blockLength, into: bytes)
        } else {
            bytes.update(repeating: RecordedFrame.silence, count: Self.blockLength)
        }
    }

    // MARK: On the writer's

    /// Blocks for which there was no room.
    var blocksLost: UInt64 { lost.load(ordering: .relaxed) }

    /// Whether nothing comes after what is there now.
    var hasEnded: Bool { isEnded.load(ordering: .acquiring) }

    var count: Int { Int(filled.load(ordering: .acquiring) &- emptied.load(ordering: .relaxed)) }

    /// The block at a place behind the next one.
    func block(_ index: Int) -> Block { blocks[place(index)] }

    func customer(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: sound + 2 * place(index) * Self.blockLength, count: Self.blockLength)
    }

    func centre(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: sound + (2 * place(index) + 1) * Self.blockLength, count: Self.blockLength)
    }

    /// Gives the next blocks free.
    func drop(_ count: Int) { emptied.store(emptied.load(ordering: .relaxed) &+ UInt64(count), ordering: .releasing) }

    private func place(_ index: Int) -> Int { Int((emptied.load(ordering: .relaxed) &+ UInt64(index)) % UInt64(Self.capacity)) }
}
