/// One law's tables where a media thread reaches them without a check or a count: made once, never freed.
// @unchecked: what the pointers lead to is written once, before anybody sees them.
package struct LineTables: @unchecked Sendable {
    /// The sample of each of the 256 bytes.
    package let samples: UnsafePointer<Int16>
    /// The byte of each sample, without the bits that the law does not keep.
    private let bytes: UnsafePointer<UInt8>
    private let droppedBits: Int16
    /// The byte of a silent line.
    package let silence: UInt8

    private static let pcmu = LineTables(.pcmu, samples: G711.fromMuLaw, keptBits: 14, encode: G711.muLaw)
    private static let pcma = LineTables(.pcma, samples: G711.fromALaw, keptBits: 12, encode: G711.aLaw)

    package static func of(_ codec: Codec) -> LineTables {
        switch codec {
        case .pcmu: pcmu
        case .pcma: pcma
        }
    }

    private init(_ codec: Codec, samples: [Int16], keptBits: Int, encode: (Int16) -> UInt8) {
        let decoded = UnsafeMutablePointer<Int16>.allocate(capacity: 256)
        for (index, sample) in samples.prefix(256).enumerated() { (decoded + index).initialize(to: sample) }
        let encoded = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << keptBits)
        for index in 0..<1 << keptBits {
            (encoded + index).initialize(to: encode(Int16(truncatingIfNeeded: index << (16 - keptBits))))
        }
        self.samples = UnsafePointer(decoded)
        bytes = UnsafePointer(encoded)
        droppedBits = Int16(16 - keptBits)
        silence = codec.silence
    }

    /// Both places have room for `count`.
    package func decode(_ bytes: UnsafePointer<UInt8>, count: Int, into samples: UnsafeMutablePointer<Int16>) {
        for index in 0..<count { samples[index] = self.samples[Int(bytes[index])] }
    }

    package func encode(_ samples: UnsafePointer<Int16>, count: Int, into bytes: UnsafeMutablePointer<UInt8>) {
        for index in 0..<count { bytes[index] = self.bytes[Int(UInt16(bitPattern: samples[index]) >> UInt16(droppedBits))] }
    }
}

/// The arithmetic of a room, over frames of 20 ms (`Codec.samplesPerPacket` samples): sums are kept in 32 bits, so that
/// taking a party out of the sum of all gives exactly the others, and are cut off at full scale only in the end.
package enum Mixing {
    package static func clear(_ sum: UnsafeMutablePointer<Int32>) {
        sum.update(repeating: 0, count: Codec.samplesPerPacket)
    }

    package static func add(_ frame: UnsafePointer<Int16>, to sum: UnsafeMutablePointer<Int32>) {
        for index in 0..<Codec.samplesPerPacket { sum[index] &+= Int32(frame[index]) }
    }

    /// The sum as samples.
    package static func saturate(_ sum: UnsafePointer<Int32>, into mix: UnsafeMutablePointer<Int16>) {
        for index in 0..<Codec.samplesPerPacket { mix[index] = Int16(clamping: sum[index]) }
    }

    /// The sum of all without the one who listens.
    package static func saturate(
        _ sum: UnsafePointer<Int32>, without frame: UnsafePointer<Int16>, into mix: UnsafeMutablePointer<Int16>
    ) {
        for index in 0..<Codec.samplesPerPacket { mix[index] = Int16(clamping: sum[index] &- Int32(frame[index])) }
    }
}
