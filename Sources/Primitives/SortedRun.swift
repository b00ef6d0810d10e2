/// Unique elements kept in ascending order in one block of memory: cheap to read in order, to take from the front and
/// to remove from anywhere (binary search and one move of memory).
///
/// Waiting contacts and idle agents live in it: a queue's line is read in order far more often than it changes, and
/// people leave it from the middle. `@inlinable`, because a generic type that crosses targets unspecialised was 20
/// times slower.
@frozen @usableFromInline
package struct SortedRun<Element: Comparable & Sendable>: Sendable, RandomAccessCollection {
    @usableFromInline package var storage: [Element] = []
    /// Taken elements before this index are dropped together once they are half of the block.
    @usableFromInline package var head = 0

    @inlinable package init() {}

    @inlinable package var startIndex: Int { 0 }
    @inlinable package var endIndex: Int { storage.count - head }
    @inlinable package subscript(position: Int) -> Element { storage[head + position] }

    // What the standard library would supply, said again so that it is inlined too: by witness tables a walk took most of
    // the time of a routing decision.
    @inlinable package var count: Int { storage.count - head }
    @inlinable package var isEmpty: Bool { storage.count == head }
    @inlinable package func index(after index: Int) -> Int { index + 1 }
    @inlinable package func index(before index: Int) -> Int { index - 1 }
    @inlinable package func formIndex(after index: inout Int) { index += 1 }
    @inlinable package func formIndex(before index: inout Int) { index -= 1 }
    @inlinable package func index(_ index: Int, offsetBy distance: Int) -> Int { index + distance }
    @inlinable package func distance(from start: Int, to end: Int) -> Int { end - start }
    @inlinable package func makeIterator() -> IndexingIterator<ArraySlice<Element>> { storage[head...].makeIterator() }

    /// Puts `element` at its place; false if it is there already.
    @inlinable
    @discardableResult
    package mutating func insert(_ element: Element) -> Bool {
        if let last = storage.last, storage.count > head, last < element {
            storage.append(element)
            return true
        }
        let place = position(of: element)
        if head + place < storage.count, storage[head + place] == element { return false }
        storage.insert(element, at: head + place)
        return true
    }

    /// Takes `element` out; false if it is not there.
    @inlinable
    @discardableResult
    package mutating func remove(_ element: Element) -> Bool {
        let place = position(of: element)
        guard head + place < storage.count, storage[head + place] == element else { return false }
        if place == 0 {
            head += 1
            if head > 32, head * 2 > storage.count {
                storage.removeFirst(head)
                head = 0
            }
        } else {
            storage.remove(at: head + place)
        }
        return true
    }

    /// How many elements stand before `element`: its index if it is in the run, else where it would go.
    @inlinable
    package func position(of element: Element) -> Int {
        var low = head
        var high = storage.count
        while low < high {
            let middle = low + (high - low) / 2
            if storage[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low - head
    }
}
