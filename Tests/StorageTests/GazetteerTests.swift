import Gazetteer
import Organization
import Primitives
import Testing

@testable import Storage

/// Streets of projects, kept in pieces on both databases.
struct GazetteerTests {
    private func row(_ version: UInt64, streets: Int = 3, of project: ProjectID = Samples.id(2)) -> GazetteerRow {
        GazetteerRow(
            project: project, version: Samples.id(version), streets: streets, places: 1,
            changedAt: Timestamp(microseconds: 1_772_452_800_000_000), changedBy: Samples.id(50))
    }

    /// More than a piece holds.
    private func bytes(_ seed: UInt8, count: Int = 600_000) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) &+ seed } }

    @Test(arguments: Engine.all) func `a file comes back as it was, and goes when another takes its place`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            #expect(try await store.gazetteers() == [])
            try await store.keepGazetteer(bytes(1), as: row(7))
            try await store.keepGazetteer(bytes(2, count: 256 * 1024), as: row(8, of: Samples.id(3)))
            #expect(try await store.gazetteers() == [row(7), row(8, of: Samples.id(3))])
            #expect(try await store.gazetteerBytes(Samples.id(7)) == bytes(1))
            // The same command again changes nothing.
            try await store.keepGazetteer(bytes(1), as: row(7))
            #expect(try await store.gazetteerBytes(Samples.id(7)) == bytes(1))
            try await store.keepGazetteer(bytes(3, count: 10), as: row(9, streets: 1))
            #expect(try await store.gazetteers() == [row(9, streets: 1), row(8, of: Samples.id(3))])
            #expect(try await store.gazetteerBytes(Samples.id(9)) == bytes(3, count: 10))
            #expect(try await store.gazetteerBytes(Samples.id(7)) == [])
            #expect(try await store.gazetteerBytes(Samples.id(8)) == bytes(2, count: 256 * 1024))
            #expect(try await store.dropGazetteer(of: Samples.id(2)))
            #expect(try await !store.dropGazetteer(of: Samples.id(2)))
            #expect(try await store.gazetteers() == [row(8, of: Samples.id(3))])
            #expect(try await store.gazetteerBytes(Samples.id(9)) == [])
        }
    }

    @Test(arguments: Engine.all) func `pieces of a file that never was whole are dropped, others stay`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            try await store.keepGazetteer(bytes(1), as: row(7))
            // As when the server goes before the last step.
            try await store.writer.write { connection -> Void in
                try connection.execute(
                    "INSERT INTO gazetteer_piece (version, place, bytes) SELECT \(blob(engine)), place, bytes FROM gazetteer_piece")
            }
            let stray = ID<GazetteerFile>(high: 0x0101_0101_0101_0101, low: 0x0101_0101_0101_0101)
            #expect(try await store.gazetteerBytes(stray) == bytes(1))
            try await store.dropStrayGazetteers()
            #expect(try await store.gazetteerBytes(stray) == [])
            #expect(try await store.gazetteerBytes(Samples.id(7)) == bytes(1))
        }
    }

    private func blob(_ engine: Engine) -> String {
        let digits = String(repeating: "01", count: 16)
        return engine == .sqlite ? "X'\(digits)'" : "'\\x\(digits)'::bytea"
    }
}
