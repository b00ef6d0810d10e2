import Primitives
import Testing

/// Datagrams at media ports and keep-alives from whoever likes to send them.
struct HostilePacketTests {
    private static let drivers: [(folder: String, driver: @Sendable (UnsafeRawBufferPointer) -> Void)] = [
        ("rtp", fuzzRTP), ("rtcp", fuzzRTCP), ("stun", fuzzSTUN), ("ice", fuzzICE),
    ]

    @Test(arguments: drivers.indices)
    func `each torture file and thousands of mutants of it keep the promises`(index: Int) throws {
        let (folder, driver) = Self.drivers[index]
        let seeds = try tortureFiles(folder).map(\.bytes)
        #expect(seeds.count >= 7)
        for seed in seeds { seed.withUnsafeBytes(driver) }
        var mutants = Mutants(
            random: Random(seed: 3550), seeds: seeds, pieces: [[0x21, 0x12, 0xA4, 0x42], [0xFF, 0xFF], [0, 0, 0, 0], [0x80]])
        for _ in 0..<10_000 { mutants.next().withUnsafeBytes(driver) }
    }
}
