import Centre
import Foundation
import Logging
import Primitives
import Synchronization
import Testing

@testable import Operation
@testable import Storage

/// A folder for backups, and centres to take them from and to put them into.
final class BackupScratch: Sendable {
    let folder: URL
    private let places = Atomic<Int>(0)

    static let key = BackupKey(Array(0..<32))
    static let otherKey = BackupKey(Array(1..<33))

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "callfloor-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// A place where nothing is: the data folder of a server, and its database.
    func target(_ engine: Engine) throws -> (location: DatabaseLocation, folder: String) {
        let data = path("data\(places.add(1, ordering: .relaxed).newValue)")
        switch engine {
        case .sqlite: return (.sqlite(path: "\(data)/callfloor.sqlite"), data)
        case .postgreSQL: return (.postgreSQL(try PostgreSQLServer.shared.get().newDatabase()), data)
        }
    }

    /// A centre in which something of everything has happened.
    func centre(_ engine: Engine, steps: Int = 400, seed: UInt64 = 31) async throws -> (location: DatabaseLocation, folder: String) {
        let place = try target(engine)
        try FileManager.default.createDirectory(atPath: place.folder, withIntermediateDirectories: true)
        let store = try await Store.open(place.location, logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var history = History(seed: seed)
        history.live(steps: steps)
        let recorder = Recorder()
        recorder.start(store)
        await recorder.store(history, in: store)
        try #require(recorder.failures.isEmpty)
        try await store.openSession(tokenHash: [0, 1, 255], user: history.user, expires: .distantFuture)
        try await store.setLanguage(.urdu, of: history.user)
        if let command = CommandKey(user: history.user, key: "key") {
            store.append(LogBatch(entries: [], filings: [.performed(command, history.engine.position)], through: history.engine.position))
        }
        await store.close()
        return place
    }

    func backUp(
        _ place: (location: DatabaseLocation, folder: String), to name: String, key: BackupKey? = nil,
        onTable: (String) throws -> Void = { _ in }
    ) throws -> BackupReport {
        try Backup.write(
            place.location, folder: place.folder, to: path(name), key: key, product: "test", at: Samples.moment, onTable: onTable)
    }

    func restore(_ name: String, to place: (location: DatabaseLocation, folder: String), key: BackupKey? = nil) throws -> BackupReport {
        try Restore.restore(path(name), to: place.location, folder: place.folder, key: key)
    }

    /// Everything in a database, table by table.
    func dump(_ location: DatabaseLocation) throws -> [String: [String]] {
        let connection = try location.database.connect(for: .reading)
        defer { connection.close() }
        let tables = try Catalog(of: connection).tables.map(\.name) + [Catalog.unlisted]
        return Dictionary(uniqueKeysWithValues: tables.map { ($0, Dump.rows(of: $0, on: connection)) })
    }

    /// Whether nothing is left of a restore that was refused.
    func isUntouched(_ place: (location: DatabaseLocation, folder: String)) throws -> Bool {
        guard !FileManager.default.fileExists(atPath: place.folder) else { return false }
        guard case .postgreSQL = place.location else { return true }
        let connection = try place.location.database.connect(for: .reading)
        defer { connection.close() }
        var isEmpty = true
        try connection.forEachColumn { _, _, _, _ in isEmpty = false }
        return isEmpty
    }
}

/// Waits for what a thread of its own does, so that it stands in nobody's way.
func onItsOwnThread<Value: Sendable>(_ body: @escaping () throws -> Value) async throws -> Value {
    let shared = Unchecked(body: body)
    return try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try shared.body() }) }
    }
}

private struct Unchecked<Value>: @unchecked Sendable {
    let body: () throws -> Value
}
