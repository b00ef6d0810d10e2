import Calls
import Centre
import Contacts
import DequeModule
import Organization
import Primitives

/// The one owner of the engine: inputs enter one after another, their events go to the log, their directives to
/// signalling and media, at once or after the commit, as each directive says.
///
/// Between a step and the handing-over nothing is awaited. Give it the executor of the signalling shell: then an INVITE
/// is decided on without changing threads.
package actor CentreActor {
    /// Where the outside is reached. Each closure hands over and returns; none waits for an effect.
    package struct Ports: Sendable {
        /// Takes a batch for the log, in order; `committed` or `commitFailed` is called for it in time.
        package var append: @Sendable (LogBatch) -> Void
        /// Carries out directives, called on this actor's executor, in order.
        package var perform: @Sendable ([CallDirective]) -> Void
        /// Monotonic, anchored once to the wall.
        package var now: @Sendable () -> Timestamp
        /// Asks for `timePassed` at a moment; a newer wish replaces the older.
        package var wake: @Sendable (Timestamp?) -> Void
        /// Hears of every step, for `simulate --replay`; not of those after `resume`, which follow from what was stored instead.
        package var record: (@Sendable (StepRecord) -> Void)?
        /// Waits until what was appended before is stored, or lost: for what is filed without an event.
        package var settle: @Sendable () async throws -> Void
        /// Hears of what has become durable, in order.
        package var publish: @Sendable ([LogEntry]) -> Void
        /// Hears of states that must not be: our own mistakes, by ids.
        package var fault: @Sendable ([String]) -> Void

        package init(
            append: @escaping @Sendable (LogBatch) -> Void, perform: @escaping @Sendable ([CallDirective]) -> Void,
            now: @escaping @Sendable () -> Timestamp, wake: @escaping @Sendable (Timestamp?) -> Void,
            record: (@Sendable (StepRecord) -> Void)? = nil, settle: @escaping @Sendable () async throws -> Void = {},
            publish: @escaping @Sendable ([LogEntry]) -> Void,
            fault: @escaping @Sendable ([String]) -> Void = { _ in }
        ) {
            self.append = append
            self.perform = perform
            self.now = now
            self.wake = wake
            self.record = record
            self.settle = settle
            self.publish = publish
            self.fault = fault
        }
    }

    /// Nothing can be stored at the moment, so nothing is promised.
    package struct Unavailable: Error, Sendable {
        package let reason: String
    }

    private var engine: CentreEngine
    private var random: Random
    private let ports: Ports
    private let executor: any SerialExecutor

    /// The last position that a crash cannot take back.
    package private(set) var durable: LogPosition
    private var failure: Unavailable?
    private var undurable = Deque<Waiting>()
    /// Directives on their way out while an earlier one is carried out.
    private var outgoing = Deque<[CallDirective]>()
    private var isPerforming = false
    private var waiters: [(position: LogPosition, continuation: CheckedContinuation<Void, any Error>)] = []
    private var performed: [CommandKey: LogPosition] = [:]
    private var performedOrder = Deque<CommandKey>()
    private var armed: Timestamp?
    private var isRecorded = true
    /// What happened outside while nothing could be stored, in order; with the position to which it led if it was decided on before.
    private var missed = Deque<(fact: Input, through: LogPosition?)>()

    /// Facts beyond this many are not kept during an outage; what they ended is found out when it is over.
    package static let missedMax = 100_000
    /// While the oldest event has waited so long for the disk, new calls are refused: a busy tone now is better than an answer
    /// after the caller has given up.
    package static let backlogMax = Duration.milliseconds(500)
    /// How many commands are remembered; a repetition after so many others is a new command.
    package static let performedMax = 100_000

    /// A step whose events are on their way to the disk, and what may be done only then.
    private struct Waiting {
        var input: Input
        var at: Timestamp
        var through: LogPosition
        var entries: [LogEntry]
        var directives: [CallDirective]
    }

    /// - Parameters:
    ///   - engine: as the log left it.
    ///   - performed: the commands of before, oldest first.
    package init(
        engine: CentreEngine, random: Random, performed: [(CommandKey, LogPosition)] = [], ports: Ports, executor: any SerialExecutor
    ) {
        self.engine = engine
        self.random = random
        self.ports = ports
        self.executor = executor
        durable = engine.position
        for (key, position) in performed.suffix(Self.performedMax) {
            self.performed[key] = position
            performedOrder.append(key)
        }
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Takes one input. Its events are decided and applied when this returns, and durable some time later.
    ///
    /// - Returns: the position through which the log must be durable for this input to last.
    /// - Throws: `Refusal` or `Unavailable`; nothing has changed then. Facts are not refused: while nothing can be stored they are
    ///   kept, and taken when that is over.
    @discardableResult
    package func submit(_ input: Input, by actor: Actor = .system, filings: [Filing] = [], key: CommandKey? = nil) throws -> LogPosition {
        if let failure {
            guard input.isFact else { throw failure }
            if missed.count < Self.missedMax { missed.append((input, nil)) }
            return engine.position
        }
        let now = ports.now()
        let result: StepResult
        do throws(Refusal) {
            result = try engine.step(input, by: actor, at: now, using: &random)
        } catch {
            record(StepRecord(at: now, actor: actor, input: input, result: .failure(error)))
            throw error
        }
        record(StepRecord(at: now, actor: actor, input: input, result: .success(result)))
        handOver(result, of: input, at: now, filings: filings, key: key)
        arm()
        return engine.position
    }

    /// Where a command stands that was carried out before; nil: there was none with this key.
    package func position(of key: CommandKey) -> LogPosition? { performed[key] }

    /// Carries out a command once and waits until it is durable.
    ///
    /// A command with the key of an earlier one is not carried out again: it gets the earlier one's position.
    package func perform(_ command: Input, by user: UserID, key: CommandKey, filings: [Filing] = []) async throws -> LogPosition {
        if let position = performed[key] {
            try await durable(through: position)
            return position
        }
        let before = engine.position
        let position = try submit(command, by: .user(user), filings: filings, key: key)
        remember(key, at: position)
        if position == before {
            // It changed nothing, but its key must be stored before it is acknowledged.
            try await ports.settle()
            if let failure { throw failure }
        }
        try await durable(through: position)
        return position
    }

    /// Takes an input that no sender repeats, and waits until it is durable.
    package func apply(_ input: Input, by user: UserID?, filings: [Filing] = []) async throws {
        let position = try submit(input, by: user.map { .user($0) } ?? .system, filings: filings)
        try await durable(through: position)
    }

    /// Reads the engine between two steps.
    package func read<Value: Sendable>(_ body: @Sendable (CentreEngine) throws -> Value) rethrows -> Value {
        try body(engine)
    }

    /// The log is durable through `position`: what waited for that goes out now.
    package func committed(through position: LogPosition) {
        durable = max(durable, position)
        var entries: [LogEntry] = []
        while let first = undurable.first, first.through <= durable {
            undurable.removeFirst()
            entries += first.entries
            carryOut(first.directives)
        }
        if !entries.isEmpty { ports.publish(entries) }
        let due = waiters.prefix { $0.position <= durable }
        waiters.removeFirst(due.count)
        for waiter in due { waiter.continuation.resume() }
    }

    /// The log could not be written: nothing that waited is acknowledged, and nothing new is taken until `resume`.
    package func commitFailed(_ reason: String) {
        let failure = Unavailable(reason: reason)
        self.failure = failure
        // Who called and has not been answered hears busy, instead of nothing for ever.
        let unanswered = undurable.flatMap(\.directives).compactMap(\.inFailure)
        // Phones that ring for an offer that never was are stopped; who waits hears music again.
        let rung = undurable.flatMap(\.entries).flatMap { entry -> [CallDirective] in
            guard case .offerMade(let offering) = entry.event, let call = engine.calls[offering.contact], call.agent == offering.leg,
                engine.contacts[offering.contact]?.state == .offered(offering.offer, offering.agent)
            else { return [] }
            return [.end(offering.leg), .play(call.customer, .music)]
        }
        // What the engine made of these is lost; that they happened is not.
        missed.append(contentsOf: undurable.lazy.filter(\.input.isFact).map { ($0.input, $0.through) })
        undurable.removeAll()
        performed = performed.filter { $0.value <= durable }
        performedOrder.removeAll { performed[$0] == nil }
        carryOut(unanswered + rung)
        let lost = waiters
        waiters.removeAll()
        for waiter in lost { waiter.continuation.resume(throwing: failure) }
    }

    /// The log can be written again: goes on with the engine as the tables have it, and takes what has happened meanwhile.
    ///
    /// The legs are compared by the input `.restarted` that follows: it is the same as after a crash, but that nobody was cut off.
    package func resume(with engine: CentreEngine) {
        let keepsRecordings = self.engine.keepsRecordings
        self.engine = engine
        durable = engine.position
        failure = nil
        isRecorded = false
        armed = nil
        // A commit that was said to have failed may have reached the disk: then what it held is known already.
        let facts = missed.filter { $0.through.map { $0 > engine.position } ?? true }
        missed = []
        // Of the keeper of recordings, which has gone on meanwhile, the tables know nothing.
        if let keepsRecordings { _ = try? submit(.keepingChanged(keepsRecordings)) }
        for (fact, _) in facts { _ = try? submit(fact, by: .network) }
        arm()
    }

    /// Why nothing is taken at the moment; nil when all is well.
    package var unavailable: String? { failure?.reason }

    /// Whether a new call can be stored soon enough to be answered.
    package var keepsUp: Bool {
        guard failure == nil else { return false }
        return undurable.first.map { ports.now() - $0.at <= Self.backlogMax } ?? true
    }

    /// Files what came about without an input: nothing waits for it. Lost while nothing can be stored.
    package func file(_ filings: [Filing]) {
        guard failure == nil, !filings.isEmpty else { return }
        ports.append(LogBatch(entries: [], filings: filings, through: engine.position))
    }

    private func record(_ step: @autoclosure () -> StepRecord) {
        if isRecorded, let record = ports.record { record(step()) }
    }

    private func handOver(_ result: StepResult, of input: Input, at now: Timestamp, filings: [Filing], key: CommandKey?) {
        let through = engine.position
        // Values about something that did not come about are not kept.
        var filings = result.entries.isEmpty ? [] : filings
        if let key { filings.append(.performed(key, through)) }
        if !result.entries.isEmpty || !filings.isEmpty {
            ports.append(LogBatch(entries: result.entries, filings: filings, through: through))
        }
        let isDurable = through <= durable
        let later = result.directives.filter { $0.timing == .afterCommit }
        if !isDurable { undurable.append(Waiting(input: input, at: now, through: through, entries: result.entries, directives: later)) }
        carryOut(result.directives.filter { $0.timing == .withCommit })
        if isDurable { carryOut(later) }
        if !result.faults.isEmpty { ports.fault(result.faults) }
    }

    /// Carrying something out may bring the next input at once (a phone that is known to be unreachable): what that leads to
    /// goes out after what caused it.
    private func carryOut(_ directives: [CallDirective]) {
        guard !directives.isEmpty else { return }
        outgoing.append(directives)
        guard !isPerforming else { return }
        isPerforming = true
        defer { isPerforming = false }
        while let next = outgoing.popFirst() { ports.perform(next) }
    }

    /// Returns when the log is durable through `position`, or throws because it will not be.
    package func durable(through position: LogPosition) async throws {
        guard position > durable else { return }
        if let failure { throw failure }
        try await withCheckedThrowingContinuation { continuation in
            // Positions only grow, so almost always this appends.
            let index = waiters.lastIndex { $0.position <= position }.map { $0 + 1 } ?? 0
            waiters.insert((position, continuation), at: index)
        }
    }

    private func remember(_ key: CommandKey, at position: LogPosition) {
        if performed.updateValue(position, forKey: key) == nil { performedOrder.append(key) }
        while performedOrder.count > Self.performedMax { performed[performedOrder.removeFirst()] = nil }
    }

    private func arm() {
        // While nothing can be stored no deadline is handled: to be woken for it again and again would help nobody.
        guard failure == nil else { return }
        let next = engine.nextDeadline
        guard next != armed else { return }
        armed = next
        ports.wake(next)
    }

    /// The moment asked for by `wake` has come.
    package func timePassed() {
        armed = nil
        if engine.nextDeadline.map({ $0 <= ports.now() }) ?? false { _ = try? submit(.timePassed) }
        arm()
    }
}

extension CallDirective {
    /// What becomes of it when the commit that it waits for fails.
    fileprivate var inFailure: CallDirective? {
        switch self {
        case .answer(let leg), .refuse(let leg, _): .refuse(leg, .busy)
        case .ring, .consult, .supervise, .call, .end, .play, .bridge, .confer, .press, .record, .stopRecording, .keepPrivate, .recover: nil
        }
    }
}

/// One step as it happened, for the recording that `simulate --replay` reads.
package struct StepRecord: Sendable {
    package var at: Timestamp
    package var actor: Actor
    package var input: Input
    package var result: Result<StepResult, Refusal>

    package init(at: Timestamp, actor: Actor, input: Input, result: Result<StepResult, Refusal>) {
        self.at = at
        self.actor = actor
        self.input = input
        self.result = result
    }
}
