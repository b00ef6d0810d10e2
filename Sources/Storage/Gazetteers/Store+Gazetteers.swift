import Gazetteer
import Organization
import Primitives

/// The streets that a project knows: which file they come from, and who brought it in.
package struct GazetteerRow: Hashable, Sendable {
    package var project: ProjectID
    /// Of the file; each that is brought in has another.
    package var version: ID<GazetteerFile>
    package var streets: Int
    package var places: Int
    package var changedAt: Timestamp
    package var changedBy: UserID

    package init(
        project: ProjectID, version: ID<GazetteerFile>, streets: Int, places: Int, changedAt: Timestamp, changedBy: UserID
    ) {
        self.project = project
        self.version = version
        self.streets = streets
        self.places = places
        self.changedAt = changedAt
        self.changedBy = changedBy
    }
}

extension Store {
    /// Bytes of a file in one row: the log waits while one is written.
    private static let gazetteerPiece = 256 * 1024

    /// All there are, by project.
    package func gazetteers() async throws -> [GazetteerRow] {
        try await readers.read { try $0.all(GazetteerStatements.all) { try GazetteerRow(&$0) } }
    }

    /// Puts a file in the place of the one that a project has, once all of it is written.
    package func keepGazetteer(_ bytes: [UInt8], as row: GazetteerRow) async throws {
        for (place, start) in stride(from: 0, to: bytes.count, by: Self.gazetteerPiece).enumerated() {
            let piece = Array(bytes[start..<min(start + Self.gazetteerPiece, bytes.count)])
            try await writer.write { connection -> Void in
                try connection.run(
                    GazetteerStatements.keepPiece, ["version": .of(row.version), "place": .of(place), "bytes": .of(piece)])
            }
        }
        let before = try await writer.write { connection -> ID<GazetteerFile>? in
            let before = try connection.first(GazetteerStatements.version, ["project": .of(row.project)]) {
                try $0.id() as ID<GazetteerFile>
            }
            try connection.run(
                GazetteerStatements.keep,
                [
                    "project": .of(row.project), "version": .of(row.version), "streets": .of(row.streets), "places": .of(row.places),
                    "changed_at": .of(row.changedAt), "changed_by": .of(row.changedBy),
                ])
            return before
        }
        if let before, before != row.version { try await dropPieces(of: before) }
    }

    /// The bytes of a file, as they were kept.
    package func gazetteerBytes(_ version: ID<GazetteerFile>) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        var place = 0
        while true {
            let at = place
            let piece = try await readers.read { connection in
                try connection.first(GazetteerStatements.piece, ["version": .of(version), "place": .of(at)]) { try $0.bytes() }
            }
            guard let piece else { return bytes }
            bytes += piece
            place += 1
        }
    }

    /// - Returns: false if the project has none.
    package func dropGazetteer(of project: ProjectID) async throws -> Bool {
        let version = try await writer.write { connection -> ID<GazetteerFile>? in
            let version = try connection.first(GazetteerStatements.version, ["project": .of(project)]) { try $0.id() as ID<GazetteerFile> }
            try connection.run(GazetteerStatements.drop, ["project": .of(project)])
            return version
        }
        if let version { try await dropPieces(of: version) }
        return version != nil
    }

    /// Drops pieces of files that never were whole, or were replaced while a server went. Not while one is being brought in.
    package func dropStrayGazetteers() async throws {
        let strays = try await readers.read { try $0.all(GazetteerStatements.strays) { try $0.id() as ID<GazetteerFile> } }
        for version in strays { try await dropPieces(of: version) }
    }

    private func dropPieces(of version: ID<GazetteerFile>) async throws {
        while true {
            let place = try await readers.read { connection in
                try connection.first(GazetteerStatements.firstPiece, ["version": .of(version)]) { try $0.number() as Int }
            }
            guard let place else { return }
            try await writer.write { connection -> Void in
                try connection.run(GazetteerStatements.dropPiece, ["version": .of(version), "place": .of(place)])
            }
        }
    }
}

extension GazetteerRow {
    fileprivate init(_ row: inout Row) throws {
        self.init(
            project: try row.id(), version: try row.id(), streets: try row.number(), places: try row.number(), changedAt: try row.time(),
            changedBy: try row.id())
    }
}

private enum GazetteerStatements {
    static let all = Statement("SELECT project, version, streets, places, changed_at, changed_by FROM gazetteer ORDER BY project")
    static let version = Statement("SELECT version FROM gazetteer WHERE project = $project")
    static let keep = Statement(
        """
        INSERT INTO gazetteer (project, version, streets, places, changed_at, changed_by)
        VALUES ($project, $version, $streets, $places, $changed_at, $changed_by)
        ON CONFLICT (project) DO UPDATE SET version = excluded.version, streets = excluded.streets, places = excluded.places,
            changed_at = excluded.changed_at, changed_by = excluded.changed_by
        """)
    static let drop = Statement("DELETE FROM gazetteer WHERE project = $project")
    static let keepPiece = Statement(
        """
        INSERT INTO gazetteer_piece (version, place, bytes) VALUES ($version, $place, $bytes)
        ON CONFLICT (version, place) DO UPDATE SET bytes = excluded.bytes
        """)
    static let piece = Statement("SELECT bytes FROM gazetteer_piece WHERE version = $version AND place = $place")
    static let firstPiece = Statement("SELECT place FROM gazetteer_piece WHERE version = $version ORDER BY place LIMIT 1")
    static let dropPiece = Statement("DELETE FROM gazetteer_piece WHERE version = $version AND place = $place")
    static let strays = Statement("SELECT DISTINCT version FROM gazetteer_piece WHERE version NOT IN (SELECT version FROM gazetteer)")
}
