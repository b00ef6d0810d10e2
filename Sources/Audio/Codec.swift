/// The two codecs of the telephone network (ITU-T G.711), at 8,000 samples a second, one byte each.
package enum Codec: UInt8, Hashable, Sendable, CaseIterable {
    /// Mu-law: North America, Japan. The raw value is the static RTP payload type (RFC 3551 table 4).
    case pcmu = 0
    /// A-law: everywhere else.
    case pcma = 8

    /// Samples a second of the line, and of all sound in this target unless it says otherwise.
    package static let rate = 8000
    /// Samples of one packet of 20 ms.
    package static let samplesPerPacket = 160

    package var payloadType: UInt8 { rawValue }

    /// The byte of a silent line.
    package var silence: UInt8 {
        switch self {
        case .pcmu: 0xFF
        case .pcma: 0xD5
        }
    }

    package func encode(_ samples: some Sequence<Int16>) -> [UInt8] {
        switch self {
        case .pcmu: samples.map(G711.muLaw)
        case .pcma: samples.map(G711.aLaw)
        }
    }

    package func decode(_ bytes: some Sequence<UInt8>) -> [Int16] {
        let table = self == .pcmu ? G711.fromMuLaw : G711.fromALaw
        return bytes.map { table[Int($0)] }
    }

    /// For each byte of this codec the byte of `other` that sounds the same.
    package func table(to other: Codec) -> [UInt8] {
        switch (self, other) {
        case (.pcmu, .pcma): G711.muLawToALaw
        case (.pcma, .pcmu): G711.aLawToMuLaw
        case (.pcmu, .pcmu), (.pcma, .pcma): Array(0...255)
        }
    }
}
