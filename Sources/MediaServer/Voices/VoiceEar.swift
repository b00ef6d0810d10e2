import Audio
import Synchronization

/// Listens to a talk and measures its voices, on the party's media thread; what it has found goes to whoever asks for it by a ring that one
/// fills and the other empties, without a lock.
// @unchecked: a slot is the media thread's while it is free, and the reader's while it is full; the meter is the reader's after the end.
package final class VoiceEar: TapListener, @unchecked Sendable {
    private static let capacity = 8
    /// Told twice a second.
    private static let pause = 25

    private var meter = VoiceMeter()
    private var untold = 0
    private let readings = UnsafeMutablePointer<VoiceReading>.allocate(capacity: capacity)
    private let filled = Atomic<UInt64>(0)
    private let emptied = Atomic<UInt64>(0)
    private let isOn = Atomic<Bool>(false)
    private let isEnded = Atomic<Bool>(false)

    package init() { readings.initialize(repeating: VoiceReading(), count: Self.capacity) }

    deinit { readings.deallocate() }

    // MARK: On the media thread

    package func hear(_ frame: borrowing TappedFrame) {
        if frame.isPrivate || !isOn.load(ordering: .relaxed) { meter.rest() } else { meter.hear(said: frame.from, heard: frame.to) }
        untold += 1
        guard untold >= Self.pause else { return }
        let count = filled.load(ordering: .relaxed)
        guard count &- emptied.load(ordering: .acquiring) < UInt64(Self.capacity) else { return }
        untold = 0
        readings[Int(count % UInt64(Self.capacity))] = meter.reading
        filled.store(count &+ 1, ordering: .releasing)
    }

    package func end() {
        meter.rest()
        isEnded.store(true, ordering: .releasing)
    }

    // MARK: On the reader's

    /// Whether what is said from here on is to be measured.
    package func listen(_ isWanted: Bool) { isOn.store(isWanted, ordering: .relaxed) }

    /// What has been found so far; nil: nothing new. Call it from one thread.
    package func read() -> (reading: VoiceReading, isWhole: Bool)? {
        if isEnded.load(ordering: .acquiring) { return (meter.reading, true) }
        let (count, read) = (filled.load(ordering: .acquiring), emptied.load(ordering: .relaxed))
        guard count != read else { return nil }
        let newest = readings[Int((count &- 1) % UInt64(Self.capacity))]
        emptied.store(count, ordering: .releasing)
        return (newest, false)
    }
}
