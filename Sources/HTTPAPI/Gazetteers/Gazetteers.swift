import Dispatch
import Gazetteer
import Logging
import Organization
import Primitives
import Storage
import Synchronization

/// The projects' gazetteers, held in memory: whoever types an address waits for none of the disks.
///
/// An index is built on a thread of its own, one after the other; the one before serves until it is ready.
final class Gazetteers: Sendable {
    private struct Held {
        var row: GazetteerRow
        /// Nil until it is built.
        var index: StreetIndex?
    }

    private let held = Mutex<[ProjectID: Held]>([:])
    private let store: Store
    private let logger: Logger
    private let queue = DispatchQueue(label: "gazetteers", qos: .utility)
    /// Whose index is to be built.
    private let wanted: AsyncStream<ProjectID>
    private let want: AsyncStream<ProjectID>.Continuation

    init(store: Store, logger: Logger) {
        self.store = store
        self.logger = logger
        (wanted, want) = AsyncStream.makeStream()
    }

    /// Finds out which there are; before anybody can bring one in.
    func prepare() async throws {
        try await store.dropStrayGazetteers()
        for row in try await store.gazetteers() { hold(row) }
    }

    /// Builds what is wanted, until `close`.
    func run() async {
        for await project in wanted { await build(project) }
    }

    func close() { want.finish() }

    // MARK: Asking

    var all: [(row: GazetteerRow, isReady: Bool)] {
        held.withLock { held in held.values.map { ($0.row, $0.index != nil) } }
    }

    func has(_ project: ProjectID) -> Bool { held.withLock { $0[project] != nil } }

    /// Nil if there is none, or it is being built.
    func index(of project: ProjectID) -> StreetIndex? { held.withLock { $0[project]?.index } }

    // MARK: Changing

    /// What a file comes to.
    struct Reading: Sendable {
        var rows = 0
        var streets = 0
        var places = 0
        var refused: [GazetteerFile.Refusal] = []
        var refusedCount = 0
        /// The rows that are taken, as they are kept.
        var bytes: [UInt8] = []
    }

    func read(_ file: [UInt8]) async throws -> Reading {
        let result = await onOwnThread { () -> Result<Reading, any Error> in
            Result {
                var reading = Reading(bytes: Array(GazetteerFile.header.utf8))
                var places: Set<[String]> = []
                try GazetteerFile(file).read { row in
                    reading.rows += 1
                    switch row {
                    case .street(let street):
                        reading.streets += 1
                        places.insert([street.city, street.region, street.country])
                        reading.bytes += GazetteerFile.line(of: street).utf8
                    case .refused(let refusal):
                        reading.refusedCount += 1
                        if reading.refused.count < Limits.refusalsTold { reading.refused.append(refusal) }
                    }
                }
                reading.places = places.count
                return reading
            }
        }
        return try result.get()
    }

    func replace(_ bytes: [UInt8], as row: GazetteerRow) async throws {
        try await store.keepGazetteer(bytes, as: row)
        hold(row)
    }

    /// - Returns: false if the project has none.
    func drop(_ project: ProjectID) async throws -> Bool {
        guard try await store.dropGazetteer(of: project) else { return false }
        held.withLock { $0[project] = nil }
        return true
    }

    private func hold(_ row: GazetteerRow) {
        held.withLock { $0[row.project] = Held(row: row, index: nil) }
        want.yield(row.project)
    }

    private func build(_ project: ProjectID) async {
        guard let row = held.withLock({ $0[project]?.row }) else { return }
        do {
            let bytes = try await store.gazetteerBytes(row.version)
            let index = try await onOwnThread {
                Result<StreetIndex, any Error> {
                    var builder = StreetIndex.Builder()
                    try GazetteerFile(bytes).read { if case .street(let street) = $0 { builder.add(street) } }
                    return builder.index()
                }
            }.get()
            // Meanwhile it may have been replaced, and that one is wanted, too.
            held.withLock { if $0[project]?.row.version == row.version { $0[project]?.index = index } }
            logger.info("a gazetteer is ready", metadata: ["project": "\(project)", "streets": "\(index.count)"])
        } catch {
            logger.error("a gazetteer cannot be read", metadata: ["project": "\(project)", "reason": "\(error)"])
        }
    }

    private func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in queue.async { continuation.resume(returning: work()) } }
    }
}
