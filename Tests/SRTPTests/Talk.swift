import SRTP

@testable import RTP

func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// Both ends of a connection, and what they say to each other.
struct Talk {
    let server: SRTPSession
    let client: SRTPSession

    init?(_ profile: SRTPProfile) {
        let exported = (0..<profile.keyingLength).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
        guard let material = SRTPKeyingMaterial(exported: exported, profile: profile), let server = SRTPSession(material, as: .server),
            let client = SRTPSession(material, as: .client)
        else { return nil }
        self.server = server
        self.client = client
    }

    static func packet(_ sequence: UInt16, ssrc: UInt32 = 0xCAFE_BABE, payload: [UInt8] = Array(repeating: 0x55, count: 160)) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 12) + payload
        bytes.withUnsafeMutableBytes {
            $0[0] = 0x80
            $0.store(bigEndian: sequence, at: 2)
            $0.store(bigEndian: UInt32(sequence) &* 160, at: 4)
            $0.store(bigEndian: ssrc, at: 8)
        }
        return bytes
    }

    static func report(ssrc: UInt32 = 0xCAFE_BABE) -> [UInt8] {
        var bytes: [UInt8] = [0x80, 200, 0, 6] + Array(repeating: 7, count: 24)
        bytes.withUnsafeMutableBytes { $0.store(bigEndian: ssrc, at: 4) }
        return bytes
    }
}

extension SRTPSession {
    /// What goes out for `packet`, or why nothing does.
    func sent(_ packet: [UInt8], isControl: Bool = false) -> Result<[UInt8], Refusal> {
        var buffer = packet + Array(repeating: 0, count: Self.overheadMax)
        let outcome = buffer.withUnsafeMutableBytes {
            isControl ? protectControl($0, length: packet.count) : protect($0, length: packet.count)
        }
        guard case .protected(let length) = outcome else { return .failure(Refusal(outcome: outcome)) }
        return .success(Array(buffer[..<length]))
    }

    struct Refusal: Error, Equatable {
        var outcome: SRTPOutcome
    }

    /// What came of `packet`, and its clear bytes.
    func received(_ packet: [UInt8], isControl: Bool = false) -> (verdict: SRTPVerdict, bytes: [UInt8]) {
        var buffer = packet
        let verdict = buffer.withUnsafeMutableBytes { isControl ? unprotectControl($0) : unprotect($0) }
        guard case .authentic(let length) = verdict else { return (verdict, []) }
        return (verdict, Array(buffer[..<length]))
    }
}
