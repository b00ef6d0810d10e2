/// HMAC-SHA1 (RFC 2104, RFC 3174) for the tests alone: RTP computes no keyed hash, and needs no library of them.
func hmacSHA1(of message: [UInt8], key: [UInt8]) -> [UInt8] {
    let short = key.count > 64 ? sha1(key) : key
    let padded = short + Array(repeating: 0, count: 64 - short.count)
    return sha1(padded.map { $0 ^ 0x5C } + sha1(padded.map { $0 ^ 0x36 } + message))
}

private func sha1(_ message: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    var bytes = message + [0x80]
    while bytes.count % 64 != 56 { bytes.append(0) }
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
    for block in stride(from: 0, to: bytes.count, by: 64) {
        var words = (0..<16).map { word in (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[block + 4 * word + $1]) } }
        for index in 16..<80 { words.append(rotated(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], by: 1)) }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for (index, word) in words.enumerated() {
            let mixed: (UInt32, UInt32)
            switch index {
            case ..<20: mixed = (b & c | ~b & d, 0x5A82_7999)
            case ..<40: mixed = (b ^ c ^ d, 0x6ED9_EBA1)
            case ..<60: mixed = (b & c | b & d | c & d, 0x8F1B_BCDC)
            default: mixed = (b ^ c ^ d, 0xCA62_C1D6)
            }
            (a, b, c, d, e) = (rotated(a, by: 5) &+ mixed.0 &+ e &+ mixed.1 &+ word, a, rotated(b, by: 30), c, d)
        }
        for (index, word) in [a, b, c, d, e].enumerated() { state[index] &+= word }
    }
    return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
}

private func rotated(_ word: UInt32, by bits: UInt32) -> UInt32 { word << bits | word >> (32 - bits) }
