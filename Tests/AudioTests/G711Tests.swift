import Audio
import Testing

/// The laws as ITU-T G.711 and the software tools of G.191 define them, step by step and without tables.
private enum Reference {
    static func muLaw(_ sample: Int) -> UInt8 {
        let magnitude = min((sample < 0 ? -sample - 1 : sample) / 4 + 33, 8191)
        // Segment: in which of the ranges 32–63, 64–127 … 4096–8191 the magnitude lies.
        var segment = 0
        while magnitude >= 64 << segment { segment += 1 }
        let mantissa = magnitude / (2 << segment) % 16
        return UInt8((sample < 0 ? 0 : 128) + (7 - segment) * 16 + (15 - mantissa))
    }

    static func fromMuLaw(_ byte: Int) -> Int {
        let segment = 7 - byte / 16 % 8
        let mantissa = 15 - byte % 16
        let step = 8 << segment
        let magnitude = (128 << segment) + step * mantissa + step / 2 - 4 * 33
        return byte < 128 ? -magnitude : magnitude
    }

    static func aLaw(_ sample: Int) -> UInt8 {
        var magnitude = (sample < 0 ? -sample - 1 : sample) / 16
        if magnitude > 15 {
            var exponent = 1
            while magnitude > 31 {
                magnitude /= 2
                exponent += 1
            }
            magnitude = magnitude - 16 + 16 * exponent
        }
        return UInt8(magnitude + (sample < 0 ? 0 : 128)) ^ 0x55
    }

    static func fromALaw(_ byte: Int) -> Int {
        let code = byte ^ 0x55
        let exponent = code / 16 % 8
        var magnitude = code % 16 * 16 + 8
        if exponent > 0 { magnitude += 256 }
        if exponent > 1 { magnitude <<= exponent - 1 }
        return code < 128 ? -magnitude : magnitude
    }
}

struct G711Tests {
    @Test func `all 65,536 samples become the bytes of the recommendation`() {
        for sample in Int16.min...Int16.max {
            guard G711.muLaw(sample) == Reference.muLaw(Int(sample)), G711.aLaw(sample) == Reference.aLaw(Int(sample)) else {
                Issue.record("sample \(sample)")
                return
            }
        }
    }

    @Test func `all 256 bytes become the samples of the recommendation`() {
        for byte in 0...255 {
            #expect(Int(G711.fromMuLaw[byte]) == Reference.fromMuLaw(byte))
            #expect(Int(G711.fromALaw[byte]) == Reference.fromALaw(byte))
        }
    }

    @Test func `decoding and encoding again gives the same byte`() {
        for byte in UInt8.min...UInt8.max {
            #expect(G711.aLaw(G711.fromALaw[Int(byte)]) == byte)
            // Mu-law has two zeros; the negative one becomes the positive one.
            #expect(G711.muLaw(G711.fromMuLaw[Int(byte)]) == (byte == 0x7F ? 0xFF : byte))
        }
    }

    @Test func `a byte mapped to the other law sounds the same within half a step of it`() {
        for byte in 0...255 {
            let mu = Int(G711.fromMuLaw[byte])
            let viaA = Int(G711.fromALaw[Int(G711.muLawToALaw[byte])])
            #expect(abs(mu - viaA) <= max(16, abs(mu) / 28))
            let a = Int(G711.fromALaw[byte])
            let viaMu = Int(G711.fromMuLaw[Int(G711.aLawToMuLaw[byte])])
            #expect(abs(a - viaMu) <= max(16, abs(a) / 28))
        }
    }

    @Test(arguments: Codec.allCases) func `silence is silent`(codec: Codec) {
        #expect(codec.encode([0]) == [codec.silence])
        #expect(Codec.pcmu.table(to: .pcmu) == Array(0...255))
    }
}
