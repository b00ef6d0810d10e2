import Centre
import Logging
import Operation

/// The one writer of the database, on a thread of its own. When it is free it takes whatever waits, without any delay,
/// and stores it in one transaction: under load many commits become one.
final class LogWriter: Sendable {
    /// Hears of what is durable, or that nothing can be made durable any more.
    struct Listener: Sendable {
        let onCommitted: @Sendable (LogPosition) -> Void
        let onFailure: @Sendable (String) -> Void
    }

    private enum Work: Sendable {
        case start(Listener)
        case batch(LogBatch)
        case job(any WriteJob)
        case rebuild(any WriteJob)
    }

    private let mailbox = Mailbox<Work>()
    private let thread: OwnThread
    /// Requests beside the log that may wait; the log itself is never turned away.
    static let jobsMax = 10_000
    /// More than this is not stored in one transaction: the first of them would wait for the last.
    private static let groupMax = 2000

    init(_ database: any Database, logger: Logger) {
        thread = OwnThread("log writer") { [mailbox] in
            var loop = Loop(database: database, logger: logger)
            while true {
                let work = mailbox.takeAll()
                if work.isEmpty { return loop.close() }
                loop.perform(work)
            }
        }
    }

    func start(_ listener: Listener) { _ = mailbox.put(.start(listener)) }

    func append(_ batch: LogBatch) { _ = mailbox.put(.batch(batch)) }

    /// Writes something beside the log, in a transaction that it may share with others.
    func write<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let job = Writing(body, continuation)
            if !mailbox.put(.job(job), limit: Self.jobsMax) {
                job.finish(mailbox.isOpen ? StorageError.overloaded : StorageError.closed)
            }
        }
    }

    /// Makes the tables from the log again.
    func rebuild() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let job = Writing({ _ in () }, continuation)
            if !mailbox.put(.rebuild(job)) { job.finish(StorageError.closed) }
        }
    }

    /// Stores what waits, then ends.
    func close() async {
        mailbox.close()
        await thread.end()
    }

    // MARK: On the thread

    private struct Loop {
        let database: any Database
        let logger: Logger
        var connection: (any Connection)?
        var listener: Listener?
        /// Where the log ends, and what its tables need to be carried on; nil until it is started, and after a failure.
        var state: State?

        init(database: any Database, logger: Logger) {
            self.database = database
            self.logger = logger
        }

        mutating func perform(_ work: [Work]) {
            var group: [Work] = []
            for item in work {
                switch item {
                case .batch, .job:
                    group.append(item)
                    if group.count >= LogWriter.groupMax {
                        commit(group)
                        group = []
                    }
                case .start(let listener):
                    commit(group)
                    group = []
                    start(listener)
                case .rebuild(let job):
                    commit(group)
                    group = []
                    rebuild(job)
                }
            }
            commit(group)
        }

        func close() { connection?.close() }

        private mutating func open() throws -> any Connection {
            if let connection, !connection.isLost { return connection }
            let fresh = try database.connect(for: .writing)
            connection = fresh
            return fresh
        }

        private mutating func start(_ listener: Listener) {
            self.listener = listener
            do {
                state = try State(from: open())
            } catch {
                fail("\(error)")
            }
        }

        /// After this nothing is written to the log until it is started again: what follows would stand on what is lost.
        private mutating func fail(_ reason: String) {
            logger.critical("the log cannot be written", metadata: ["reason": "\(reason)"])
            state = nil
            connection?.close()
            connection = nil
            listener?.onFailure(reason)
            listener = nil
        }

        private mutating func rebuild(_ job: any WriteJob) {
            do {
                let connection = try open()
                let projection = try connection.transaction(.writing) {
                    try job.run(on: connection)
                    return try Projection.rebuilt(on: connection)
                }
                state?.projection = projection
                job.finish(nil)
            } catch {
                job.finish(error)
            }
        }

        /// Stores a group in one transaction; what cannot be stored for a reason of its own fails alone, unless it is the log.
        private mutating func commit(_ group: [Work]) {
            guard !group.isEmpty else { return }
            var jobs: [any WriteJob] = []
            var through: LogPosition?
            do {
                let connection = try open()
                try connection.transaction(.writing) {
                    for item in group {
                        switch item {
                        case .batch(let batch):
                            guard state != nil else {
                                logger.critical("a batch is lost: the log is not being written", metadata: ["through": "\(batch.through)"])
                                continue
                            }
                            // In place: if this transaction fails, the state is thrown away with it.
                            try state?.write(batch, to: connection)
                            through = batch.through
                        case .job(let job):
                            jobs.append(job)
                            try Self.perform(job, on: connection)
                        case .start, .rebuild: break
                        }
                    }
                }
            } catch {
                return abandon(group, because: error)
            }
            if let through { listener?.onCommitted(through) }
            for job in jobs { job.finish(nil) }
        }

        private static func perform(_ job: any WriteJob, on connection: any Connection) throws {
            try connection.execute("SAVEPOINT job")
            do {
                try job.run(on: connection)
            } catch {
                try connection.execute("ROLLBACK TO SAVEPOINT job")
            }
            try connection.execute("RELEASE SAVEPOINT job")
        }

        private mutating func abandon(_ group: [Work], because error: any Error) {
            let reason = "\(error)"
            var isLog = false
            for item in group {
                switch item {
                case .batch: isLog = true
                case .job(let job): job.finish(StorageError.notWritten(reason))
                case .start, .rebuild: break
                }
            }
            if isLog, listener != nil {
                fail(reason)
            } else {
                logger.error("not written", metadata: ["reason": "\(reason)"])
            }
        }
    }

    /// What the writer carries from one transaction to the next.
    private struct State {
        var position: LogPosition
        var hash: [UInt8]
        var projection: Projection
        var filings: Filings
        let codec = EventCodec()

        init(from connection: any Connection) throws {
            let head = try connection.first(LogStatements.head) { (LogPosition(try $0.integer()), try $0.bytes()) }
            (position, hash) = head ?? (.start, HashChain.start)
            projection = try Projection(from: connection)
            filings = try Filings(from: connection)
        }

        mutating func write(_ batch: LogBatch, to connection: any Connection) throws {
            for entry in batch.entries {
                // Two engines on one log, or a batch that went astray: better stop than store a history that never was.
                guard entry.position == position.next else {
                    throw StorageError.notWritten("position \(entry.position) does not follow \(position)")
                }
                try append(entry, to: connection)
                try projection.apply(entry, to: connection)
            }
            for entry in batch.entries {
                if case .contactClosed(let contact, _) = entry.event { try filings.settleDraft(of: contact, on: connection) }
            }
            for filing in batch.filings { try filings.write(filing, to: connection) }
            // After the filings: a call that is refused as it comes leaves nothing behind.
            for entry in batch.entries { try LegTable.apply(entry, to: connection) }
        }

        private mutating func append(_ entry: LogEntry, to connection: any Connection) throws {
            let row = LogRow(entry, codec)
            hash = HashChain.hash(of: row, after: hash)
            try connection.run(
                LogStatements.insert,
                [
                    "position": .of(row.position), "at": .of(row.at), "kind": .of(row.kind), "version": .of(row.version),
                    "project": .of(row.project), "contact": .of(row.contact), "agent": .of(row.agent), "queue": .of(row.queue),
                    "customer": .of(row.customer), "actor": .of(row.actor), "cause": .of(row.cause), "payload": .of(row.payload),
                    "hash": .of(hash),
                ])
            position = entry.position
        }
    }
}

/// Something to be written beside the log, and somebody who waits for it.
private protocol WriteJob: AnyObject, Sendable {
    func run(on connection: any Connection) throws
    /// Called once, after the commit; nil: it is stored, or failed by itself.
    func finish(_ error: (any Error)?)
}

private final class Writing<Value: Sendable>: WriteJob, @unchecked Sendable {
    // Touched by the writer's thread only, between `run` and `finish`.
    private var result: Result<Value, any Error>?
    private let body: @Sendable (any Connection) throws -> Value
    private let continuation: CheckedContinuation<Value, any Error>

    init(_ body: @escaping @Sendable (any Connection) throws -> Value, _ continuation: CheckedContinuation<Value, any Error>) {
        self.body = body
        self.continuation = continuation
    }

    func run(on connection: any Connection) throws {
        let result = Result { try body(connection) }
        self.result = result
        _ = try result.get()
    }

    func finish(_ error: (any Error)?) {
        if let error {
            continuation.resume(throwing: error)
        } else {
            continuation.resume(with: result ?? .failure(StorageError.closed))
        }
    }
}
