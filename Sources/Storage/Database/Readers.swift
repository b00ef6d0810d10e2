/// The connections for reading, each on a thread of its own; a request goes to whichever is free.
final class Readers: Sendable {
    private typealias Job = @Sendable (Result<any Connection, any Error>) -> Void

    private let jobs = Mailbox<Job>()
    private let threads: [OwnThread]

    static let count = 4
    /// More requests than this are refused: by then people have given up waiting for the first.
    static let waitingMax = 10_000

    init(_ database: any Database, count: Int = Readers.count) {
        threads = (1...count).map { [jobs] number in
            OwnThread("reader \(number)") {
                var connection: (any Connection)?
                while let job = jobs.takeFirst() {
                    if connection?.isLost == true { connection = nil }
                    job(
                        Result {
                            let usable = try connection ?? database.connect(for: .reading)
                            connection = usable
                            return usable
                        })
                }
                connection?.close()
            }
        }
    }

    /// Runs `body` on a reader's thread.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let taken = jobs.put({ connection in continuation.resume(with: Result { try body(connection.get()) }) }, limit: Self.waitingMax)
            if !taken { continuation.resume(throwing: jobs.isOpen ? StorageError.overloaded : StorageError.closed) }
        }
    }

    /// Serves what waits, then ends.
    func close() async {
        jobs.close()
        for thread in threads { await thread.end() }
    }
}
