import Calls
import Centre
import Dispatch
import Operation
import Organization
import Primitives
import Routing
import Synchronization

/// A thread of its own for an actor, as the signalling shell is one.
final class OneThread: SerialExecutor {
    private let queue = DispatchQueue(label: "one thread")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}

/// What lies behind the actor's ports: keeps what it is given, and is told the time.
final class Outside: Sendable {
    struct State {
        var now = Timestamp(microseconds: 1_772_438_400_000_000)
        var batches: [LogBatch] = []
        var performed: [CallDirective] = []
        var wakes: [Timestamp?] = []
        var published: [LogEntry] = []
        var records: [StepRecord] = []
    }

    private let state = Mutex(State())
    /// What the outside does while it carries a directive out, on the actor's thread.
    let reaction = Mutex<(@Sendable (CallDirective) -> Void)?>(nil)

    var batches: [LogBatch] { state.withLock { $0.batches } }
    var performed: [CallDirective] { state.withLock { $0.performed } }
    var wakes: [Timestamp?] { state.withLock { $0.wakes } }
    var published: [LogEntry] { state.withLock { $0.published } }
    var records: [StepRecord] { state.withLock { $0.records } }
    var now: Timestamp { state.withLock { $0.now } }
    /// The position through which the log is to be written.
    var written: LogPosition { batches.last?.through ?? .start }

    func pass(_ span: Duration) { state.withLock { $0.now = $0.now + span } }

    func centre(engine: CentreEngine = CentreEngine(), performed: [(CommandKey, LogPosition)] = []) -> CentreActor {
        let ports = CentreActor.Ports(
            append: { batch in self.state.withLock { $0.batches.append(batch) } },
            perform: { directives in
                for directive in directives {
                    self.state.withLock { $0.performed.append(directive) }
                    self.reaction.withLock { $0 }?(directive)
                }
            },
            now: { self.now },
            wake: { moment in self.state.withLock { $0.wakes.append(moment) } },
            record: { record in self.state.withLock { $0.records.append(record) } },
            publish: { entries in self.state.withLock { $0.published += entries } })
        return CentreActor(engine: engine, random: Random(seed: 1), performed: performed, ports: ports, executor: OneThread())
    }

    /// Waits until the actor has handed over `count` batches.
    func untilHandedOver(_ count: Int) async {
        while batches.count < count { await Task.yield() }
    }
}

/// One project, one queue, one entry point, one agent.
enum SmallCentre {
    static let queue = Queue(id: QueueID(high: 2, low: 1), project: ProjectID(high: 1, low: 1), wrapUp: .none)
    static let entryPoint = EntryPoint(id: EntryPointID(high: 3, low: 1), project: queue.project, queue: queue.id, language: .english)
    static let agent = Agent(
        id: AgentID(high: 4, low: 1), phone: PhoneID(high: 5, low: 1), profile: RoutingProfile([.init(queue: queue.id)]))
    static let user = UserID(high: 6, low: 1)

    static let definitions: [Definition] = [
        .project(Project(id: queue.project, time: .utc, language: .english)), .queue(queue), .entryPoint(entryPoint), .agent(agent),
    ]
}
