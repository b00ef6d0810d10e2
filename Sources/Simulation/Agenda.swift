import HeapModule
import Primitives

/// What is going to happen, in the order of virtual time; what is due at one moment happens in the order in which it was
/// put down.
struct Agenda<Happening: Sendable>: Sendable {
    private var heap = Heap<Item>()
    /// What the items stand for: they are moved about in the heap, so they are small.
    private var happenings: [Happening?] = []
    private var vacant: [Int] = []
    private var count: UInt64 = 0

    private struct Item: Comparable, Sendable {
        let at: Timestamp
        let order: UInt64
        let place: Int

        static func == (left: Self, right: Self) -> Bool { left.order == right.order }
        static func < (left: Self, right: Self) -> Bool { left.at != right.at ? left.at < right.at : left.order < right.order }
    }

    var isEmpty: Bool { heap.isEmpty }

    mutating func put(_ happening: Happening, at moment: Timestamp) {
        count += 1
        let place = vacant.popLast() ?? happenings.count
        if place == happenings.count { happenings.append(happening) } else { happenings[place] = happening }
        heap.insert(Item(at: moment, order: count, place: place))
    }

    mutating func next() -> (at: Timestamp, happening: Happening)? {
        guard let item = heap.popMin(), let happening = happenings[item.place].take() else { return nil }
        vacant.append(item.place)
        return (item.at, happening)
    }
}
