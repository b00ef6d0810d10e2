import Centre
import Logging
import Operation
import Primitives
import Storage

/// Has the log's hash chain computed again while the centre goes on: one check at a time, slice by slice, at most half of the time.
actor ChainWatch {
    private let store: Store
    private let centre: CentreActor
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let wishes: AsyncStream<ChainMark?>
    private let wish: AsyncStream<ChainMark?>.Continuation

    private(set) var state = State.unchecked

    enum State: Sendable {
        /// Not since the server has started.
        case unchecked
        /// So many entries of so many.
        case running(Int64, of: Int64)
        case checked(ChainReport, at: Timestamp)
    }

    init(store: Store, centre: CentreActor, now: @escaping @Sendable () -> Timestamp, logger: Logger) {
        self.store = store
        self.centre = centre
        self.now = now
        self.logger = logger
        (wishes, wish) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Begins a check in the background, or leaves the one that runs alone.
    ///
    /// - Throws: `Problem.Code.tooManyAttempts` if one runs that looks for something else.
    func begin(expecting mark: ChainMark?) async throws -> State {
        if case .running = state {
            if mark != nil { throw Problem(.tooManyAttempts, retryAfter: 5) }
            return state
        }
        state = .running(0, of: 0)
        wish.yield(mark)
        return state
    }

    /// Carries checks out until it is cancelled.
    func run() async {
        for await mark in wishes {
            do {
                try await check(expecting: mark)
            } catch is CancellationError {
                return
            } catch {
                logger.error("the log's chain could not be checked", metadata: ["error": "\(error)"])
                state = .unchecked
            }
        }
    }

    nonisolated func close() { wish.finish() }

    private func check(expecting mark: ChainMark?) async throws {
        let total = await centre.durable.number
        var inspection = ChainInspection(expecting: mark)
        let clock = ContinuousClock()
        while !inspection.isDone {
            let begun = clock.now
            inspection = try await store.proceed(with: inspection)
            state = .running(inspection.report.entries, of: max(total, inspection.report.entries))
            // Calls come first: as long as a slice took, the disk and the processor are theirs.
            try await Task.sleep(for: min(clock.now - begun, .seconds(1)))
        }
        let report = inspection.report
        if let flaw = report.flaw { logger.error("the log's chain is broken", metadata: ["flaw": "\(flaw)"]) }
        state = .checked(report, at: now())
    }
}
