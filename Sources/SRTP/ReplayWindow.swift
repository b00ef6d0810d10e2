/// Which packets have come already (RFC 3711 section 3.3.2): the highest index, and which of those before it.
struct ReplayWindow: Sendable, Equatable {
    /// 2.5 s of sound. RFC 3711 asks for 64 at least; what is later than a jitter buffer can be is of no use.
    static let size: UInt64 = 128

    enum Place: Equatable {
        case new, seen
        /// Before the window: nobody knows any more.
        case tooOld
    }

    /// Meaningless while nothing has come.
    private(set) var highest: UInt64 = 0
    /// Bit n: the packet n before the highest has come.
    private var seen: UInt128 = 0

    var isEmpty: Bool { seen == 0 }

    init() {}

    /// As if `highest` had come, and nothing else.
    init(highest: UInt64) { take(highest) }

    func place(of index: UInt64) -> Place {
        if isEmpty || index > highest { return .new }
        let age = highest - index
        guard age < Self.size else { return .tooOld }
        return seen >> UInt128(age) & 1 == 0 ? .new : .seen
    }

    /// A packet that is `new` and authentic.
    mutating func take(_ index: UInt64) {
        if isEmpty || index > highest {
            let step = isEmpty ? Self.size : index - highest
            seen = step < Self.size ? seen << UInt128(step) | 1 : 1
            highest = index
        } else if highest - index < Self.size {
            seen |= 1 << UInt128(highest - index)
        }
    }

    /// The index of a packet, by its sequence number alone: that which is nearest to the highest (RFC 3711 section 3.3.1, appendix A).
    /// Nil if it would lie before the first.
    func index(of sequence: UInt16) -> UInt64? {
        if isEmpty { return UInt64(sequence) }
        let last = UInt16(truncatingIfNeeded: highest)
        let rolls = highest >> 16
        if last < 0x8000 {
            guard sequence > last, sequence - last > 0x8000 else { return rolls << 16 | UInt64(sequence) }
            return rolls == 0 ? nil : (rolls - 1) << 16 | UInt64(sequence)
        }
        return (last - 0x8000 > sequence ? rolls + 1 : rolls) << 16 | UInt64(sequence)
    }
}
