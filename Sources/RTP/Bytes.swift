// Network byte order. The callers have checked the length; the offsets come from named layouts, never from a packet alone.

extension UnsafeRawBufferPointer {
    @inlinable
    package func bigEndian16(at offset: Int) -> UInt16 { UInt16(self[offset]) << 8 | UInt16(self[offset + 1]) }

    @inlinable
    package func bigEndian32(at offset: Int) -> UInt32 {
        UInt32(bigEndian16(at: offset)) << 16 | UInt32(bigEndian16(at: offset + 2))
    }
}

extension UnsafeMutableRawBufferPointer {
    @inlinable
    package func store(bigEndian word: UInt16, at offset: Int) {
        self[offset] = UInt8(truncatingIfNeeded: word >> 8)
        self[offset + 1] = UInt8(truncatingIfNeeded: word)
    }

    @inlinable
    package func store(bigEndian word: UInt32, at offset: Int) {
        store(bigEndian: UInt16(truncatingIfNeeded: word >> 16), at: offset)
        store(bigEndian: UInt16(truncatingIfNeeded: word), at: offset + 2)
    }
}
