import Centre
import Foundation
import Operation
import Storage

/// Puts a history that was lived on virtual time into a store's log: never further ahead of the disk than is good, and all of it or an
/// error.
final class LogFill: @unchecked Sendable {
    private let store: Store
    // Everything below is guarded by the condition.
    private let condition = NSCondition()
    private var through = LogPosition.start
    private var stored = LogPosition.start
    private var failure: String?

    /// Entries on their way to the disk. The simulation is faster, and of ten thousand batches the writer would take no request beside them.
    private static let entriesMax: Int64 = 5000

    init(_ store: Store) {
        self.store = store
        store.startWriting(onCommitted: { [self] in committed(through: $0) }, onFailure: { [self] in failed($0) })
    }

    /// Hands over a batch; waits while there are too many before it.
    func append(_ batch: LogBatch) {
        condition.withLock {
            while failure == nil, through.number - stored.number > Self.entriesMax { condition.wait() }
            through = batch.through
        }
        store.append(batch)
    }

    /// Waits until everything is stored.
    ///
    /// - Throws: `StorageError.notWritten` if it is not: half a history must not be taken for a whole one.
    func settle() async throws {
        try await store.settle()
        try condition.withLock {
            if let failure { throw StorageError.notWritten(failure) }
            if stored != through { throw StorageError.notWritten("the log ends at \(stored) instead of \(through)") }
        }
    }

    private func committed(through position: LogPosition) {
        condition.withLock {
            stored = position
            condition.signal()
        }
    }

    private func failed(_ reason: String) {
        condition.withLock {
            failure = reason
            condition.signal()
        }
    }
}
