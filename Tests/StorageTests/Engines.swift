import Foundation
import Logging
import Testing

@testable import Storage

/// The databases on which every test runs.
enum Engine: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite = "SQLite"
    case postgreSQL = "PostgreSQL"

    var testDescription: String { rawValue }

    /// Both, unless somebody has said that this machine has no PostgreSQL.
    static var all: [Engine] {
        ProcessInfo.processInfo.environment["CALLFLOOR_WITHOUT_POSTGRESQL"] == "1" ? [.sqlite] : allCases
    }
}

/// An empty database for one test.
struct Scratch: Sendable {
    let location: DatabaseLocation
    let folder: URL?

    init(on engine: Engine) throws {
        switch engine {
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory.appending(path: "callfloor-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            self.folder = folder
            location = .sqlite(path: folder.appending(path: "callfloor.sqlite").path)
        case .postgreSQL:
            folder = nil
            location = .postgreSQL(try PostgreSQLServer.shared.get().newDatabase())
        }
    }

    var database: any Database {
        switch location {
        case .sqlite(let path): SQLiteDatabase(path: path)
        case .postgreSQL(let info): PostgreSQLDatabase(info)
        }
    }

    func open() async throws -> Store { try await Store.open(location, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) }

    /// PostgreSQL's databases go with their server.
    func remove() {
        if let folder { try? FileManager.default.removeItem(at: folder) }
    }

    /// Runs a test on an empty store.
    static func store(on engine: Engine, _ body: (Store, Scratch) async throws -> Void) async throws {
        let scratch = try Scratch(on: engine)
        defer { scratch.remove() }
        let store = try await scratch.open()
        do {
            try await body(store, scratch)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    /// Runs a test on a connection of its own.
    static func connection(on engine: Engine, _ body: (any Connection) throws -> Void) throws {
        let scratch = try Scratch(on: engine)
        defer { scratch.remove() }
        let connection = try scratch.database.connect(for: .writing)
        defer { connection.close() }
        try body(connection)
    }
}
