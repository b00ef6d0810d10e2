/// Where in a file each frame of a recording lies, as far as all is as it was written.
package struct RecordingMap: Sendable {
    package struct Place: Hashable, Sendable {
        package var offset: Int
        package var head: RecordedFrame.Head
    }

    /// How a recording ends.
    package enum Ending: Hashable, Sendable {
        case whole
        /// Without a last frame: its writer was killed, or it is still written.
        case cut
        /// What follows was altered, or is missing.
        case broken
    }

    package private(set) var places: [Place] = []
    package private(set) var ending = Ending.cut

    /// In blocks of 20 ms.
    package var blocks: UInt32 { places.last?.head.end ?? 0 }

    /// Goes through a recording from its first frame to its last, or to the first that is not as it was written.
    ///
    /// - Parameter size: of the file.
    /// - Parameter read: so many bytes of the file from an offset on; fewer only where it ends.
    /// - Parameter heard: takes each frame's sound, as `RecordingOpener.open` gives it.
    package init(
        _ opener: RecordingOpener, size: Int, read: (_ offset: Int, _ count: Int) throws -> [UInt8],
        heard: (RecordedFrame.Head, [UInt8]) -> Void = { _, _ in }
    ) rethrows {
        try walk(opener, size: size, read: read, heard: heard)
    }

    private mutating func walk(
        _ opener: RecordingOpener, size: Int, read: (_ offset: Int, _ count: Int) throws -> [UInt8],
        heard: (RecordedFrame.Head, [UInt8]) -> Void
    ) rethrows {
        var offset = RecordingHeader.length
        while true {
            let start = try read(offset, RecordedFrame.Head.length)
            guard start.count == RecordedFrame.Head.length else { return }
            guard let head = RecordedFrame.Head(parsing: start), follows(head) else { return ending = .broken }
            let sealed = try read(offset + RecordedFrame.Head.length, head.sealedLength)
            // Its writer was killed while it wrote.
            guard sealed.count == head.sealedLength else { return }
            guard let sound = opener.open(head, sealed) else { return ending = .broken }
            places.append(Place(offset: offset, head: head))
            heard(head, sound)
            offset += head.length
            if head.isLast { return ending = offset == size ? .whole : .broken }
        }
    }

    /// No frame may be missing, but where its writer says so.
    private func follows(_ head: RecordedFrame.Head) -> Bool {
        guard let last = places.last?.head else { return head.isAfterGap || head.number == 0 && head.start == 0 }
        return head.isAfterGap
            ? head.number > last.number && head.start >= last.end : head.number == last.number + 1 && head.start == last.end
    }

    /// The frames that have anything of these blocks.
    package func places(of blocks: Range<UInt32>) -> ArraySlice<Place> {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].head.end <= blocks.lowerBound { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < places.count, places[end].head.start < blocks.upperBound { end += 1 }
        return places[low..<end]
    }

    /// The spans in which somebody had it paused, and those in which nothing could be kept.
    package var silences: (paused: [Range<UInt32>], lost: [Range<UInt32>]) {
        var paused: [Range<UInt32>] = []
        var lost: [Range<UInt32>] = []
        var end: UInt32 = 0
        for place in places {
            let head = place.head
            if head.start > end { lost.append(end..<head.start) }
            if head.isPaused, head.blocks > 0 {
                if let last = paused.last, last.upperBound == head.start {
                    paused[paused.count - 1] = last.lowerBound..<head.end
                } else {
                    paused.append(head.start..<head.end)
                }
            }
            end = head.end
        }
        return (paused, lost)
    }
}
