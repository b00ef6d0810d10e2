import Primitives

/// Who is to be woken.
enum Sleeper: Sendable {
    case client([UInt8])
    case server([UInt8])
    case leg(ID<SIPLeg>)
    case phone(ID<SIPPhone>)
    case location(UInt64)
    case registration(ID<SIPTrunk>)
    case places(ID<SIPTrunk>)
    case trunkTest(ID<SIPTrunk>)
}

/// All pending timers as one binary heap; equal times keep the order in which they were set.
///
/// Timers are not taken out when their reason is gone: the sleeper knows the time it is armed for and ignores any other.
struct Deadlines: Sendable {
    struct Entry: Sendable {
        let at: Timestamp
        let order: UInt64
        let sleeper: Sleeper

        func isBefore(_ other: Entry) -> Bool { at != other.at ? at < other.at : order < other.order }
    }

    private var heap: [Entry] = []
    private var order: UInt64 = 0

    var next: Timestamp? { heap.first?.at }

    mutating func set(_ sleeper: Sleeper, at time: Timestamp) {
        order &+= 1
        let entry = Entry(at: time, order: order, sleeper: sleeper)
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entry.isBefore(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the first entry that is due.
    mutating func pop(at now: Timestamp) -> Entry? {
        guard let first = heap.first, first.at <= now, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var child = parent * 2 + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
            guard heap[child].isBefore(last) else { break }
            heap.swapAt(child, parent)
            parent = child
        }
        return first
    }
}
