import Audio
import Testing

struct MixingTests {
    private static let count = Codec.samplesPerPacket

    @Test(arguments: Codec.allCases) func `the tables say what the laws say, for every sample and every byte`(codec: Codec) {
        let samples = (Int(Int16.min)...Int(Int16.max)).map { Int16($0) }
        var encoded = [UInt8](repeating: 0, count: samples.count)
        LineTables.of(codec).encode(samples, count: samples.count, into: &encoded)
        #expect(encoded == codec.encode(samples))
        let bytes = [UInt8](0...255)
        var decoded = [Int16](repeating: 0, count: 256)
        LineTables.of(codec).decode(bytes, count: 256, into: &decoded)
        #expect(decoded == codec.decode(bytes))
        #expect(LineTables.of(codec).silence == codec.silence)
    }

    @Test func `the sum of all without one is exactly the others, also where it is too loud`() {
        let frames: [[Int16]] = [30_000, 20_000, -7, -32_768].map { [Int16](repeating: $0, count: Self.count) }
        var sum = [Int32](repeating: 1, count: Self.count)
        Mixing.clear(&sum)
        for frame in frames { Mixing.add(frame, to: &sum) }
        var mix = [Int16](repeating: 0, count: Self.count)
        Mixing.saturate(sum, into: &mix)
        #expect(mix.allSatisfy { $0 == 17_225 })
        Mixing.saturate(sum, without: frames[3], into: &mix)
        #expect(mix.allSatisfy { $0 == .max })
        Mixing.saturate(sum, without: frames[0], into: &mix)
        #expect(mix.allSatisfy { $0 == -12_775 })
    }
}
