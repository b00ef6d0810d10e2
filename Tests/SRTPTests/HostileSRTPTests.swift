import Primitives
import Testing

/// Protected packets of people who have no keys.
struct HostileSRTPTests {
    @Test func `each torture file and thousands of mutants of it keep the promises`() throws {
        let seeds = try tortureFiles("srtp").map(\.bytes)
        #expect(seeds.count >= 8)
        for seed in seeds { seed.withUnsafeBytes(fuzzSRTP) }
        var mutants = Mutants(random: Random(seed: 7714), seeds: seeds, pieces: [[0x80, 200], [0xFF, 0xFF], [0x9F], [0x80, 0, 0, 1]])
        for _ in 0..<10_000 { mutants.next().withUnsafeBytes(fuzzSRTP) }
    }
}
