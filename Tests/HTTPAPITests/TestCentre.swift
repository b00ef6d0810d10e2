import Calls
import Centre
import Contacts
import Dispatch
import Foundation
import Logging
import Operation
import Organization
import Primitives
import ServiceLifecycle
import Storage
import Synchronization

@testable import HTTPAPI

/// A centre with everything real but the telephones: engine, actor, SQLite store and HTTP server on a free port.
///
/// Two projects, so that rights show: the service desk (Ana and Ben of the red team, Sue supervises, Max manages) and the
/// shop (Cleo of the blue team). Ada administrates.
final class TestCentre: Sendable {
    static let password = "correct horse"
    static let administrationToken = "let me in"
    private static let cost = Password.Cost(logarithm: 4, blockSize: 1, parallelism: 1)

    let centre: CentreActor
    let store: Store
    let server: HTTPServer
    let clock: TestClock
    let setUp: SetUp
    let announcements: Announcements
    /// What the server's health says of SIP.
    let isSIPUp = Flag(true)
    let webFolder: URL
    /// What other programs were told of alerts.
    let told = News()
    private let phones: Phones
    private let random = Mutex(Random(seed: 7))
    private let port = Mutex(0)

    var client: Client { Client(port: port.withLock { $0 }) }

    /// Starts one, runs the story and takes everything down again.
    ///
    /// - Parameters:
    ///   - host: the address on which its HTTP listens.
    ///   - seats: logins of seats without a password, by host name.
    ///   - demo: what a demo can be asked; nil: it is none.
    ///   - changing: makes another set-up of it.
    static func run(
        host: String = "127.0.0.1", seats: [String: String] = [:], demo: DemoPort? = nil,
        changing change: @Sendable (inout SetUp) -> Void = { _ in },
        _ story: @Sendable (TestCentre) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "callfloor-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (ports, running) = AsyncStream.makeStream(of: Int.self)
        var setUp = try makeSetUp(cost: cost)
        change(&setUp)
        let test = try await TestCentre(folder: folder, host: host, seats: seats, demo: demo, setUp: setUp) { running.yield($0) }
        let group = ServiceGroup(services: [test.server], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { running.finish() }
                try await group.run()
            }
            for await port in ports {
                test.port.withLock { $0 = port }
                break
            }
            do {
                try await story(test)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        await test.store.close()
    }

    private static let quiet = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    private init(
        folder: URL, host: String, seats: [String: String], demo: DemoPort?, setUp: SetUp, onRunning: @escaping @Sendable (Int) -> Void
    ) async throws {
        webFolder = folder.appending(path: "Web", directoryHint: .isDirectory)
        try Self.writeFiles(in: webFolder)
        let clock = TestClock()
        let phones = Phones()
        let announcements = Announcements()
        let store = try await Store.open(.sqlite(path: folder.appending(path: "centre.sqlite").path), logger: Self.quiet)
        let restored = try await store.restore()
        let executor = SerialQueue()
        let centre = CentreActor(
            engine: restored.engine, random: Random(seed: 1), performed: restored.performed,
            ports: CentreActor.Ports(
                append: { store.append($0) }, perform: { phones.perform($0) }, now: { clock.now() }, wake: { _ in },
                publish: { announcements.publish($0) }),
            executor: executor)
        store.startWriting(
            onCommitted: { position in executor.submit { centre.assumeIsolated { $0.committed(through: position) } } },
            onFailure: { reason in executor.submit { centre.assumeIsolated { $0.commitFailed(reason) } } })
        let ada = setUp.users.first { $0.login == "ada" }!.user.id
        _ = try await centre.perform(
            .setUp(setUp.definitions), by: ada, key: CommandKey(user: ada, key: "set-up")!, filings: [.setUp(setUp)])
        self.centre = centre
        self.announcements = announcements
        let isSIPUp = self.isSIPUp
        self.store = store
        self.clock = clock
        self.phones = phones
        self.setUp = setUp
        var configuration = HTTPServer.Configuration(
            host: host, port: 0, webFolder: webFolder.path, administrationToken: Self.administrationToken, productVersion: "1.2.3",
            passwordCost: Self.cost)
        configuration.seats = seats
        let setUpPort = Self.port(to: store)
        server = try HTTPServer(
            configuration: configuration, centre: centre, store: store, announcements: announcements, now: { clock.now() },
            setUp: setUpPort,
            health: {
                Health(position: await centre.durable, isStorageWriting: await centre.unavailable == nil, isSIPUp: isSIPUp.value)
            },
            metrics: {
                var metrics = Metrics()
                metrics.gauge("callfloor_test_widgets", "What another part of the server adds.", 12)
                return metrics
            }, demo: demo, keepKeys: { phones.keep($0, $1) },
            numbers: NumberDesk(
                accept: { written, leg, _, _ in
                    guard let number = try? PhoneNumber(parsing: written) else { throw DialRefusal.badNumber }
                    guard number.description.hasPrefix("+995") else { throw DialRefusal.destinationNotAllowed }
                    phones.keptNumbers.withLock { _ = $0.insert(leg) }
                    return AcceptedNumber(number: number, shown: try PhoneNumber(parsing: "+995322111111"))
                }, settle: { leg in phones.keptNumbers.withLock { _ = $0.remove(leg) } }),
            alerts: { [told] in told.keep($0) }, onRunning: { onRunning($0.plain) }, logger: Self.quiet)
    }

    private static func writeFiles(in folder: URL) throws {
        try FileManager.default.createDirectory(at: folder.appending(path: "base"), withIntermediateDirectories: true)
        try Data("<!doctype html><title>Callfloor</title>".utf8).write(to: folder.appending(path: "index.html"))
        try Data("export const a = 1;".utf8).write(to: folder.appending(path: "base/text.js"))
        try Data("secret".utf8).write(to: folder.appending(path: "../secret.txt"))
        try Data("hidden".utf8).write(to: folder.appending(path: ".hidden"))
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "leak.txt"), withDestinationURL: folder.appending(path: "../secret.txt"))
    }

    // MARK: The telephones

    /// A customer calls a queue.
    /// - Returns: his line, whose id is also the contact's.
    @discardableResult
    func call(_ entry: EntryPointID = .internetNumber, from number: String? = "+995322550000") async throws -> LegID {
        let leg = random.withLock { LegID(at: clock.now(), using: &$0) }
        try await centre.submit(
            .callArrived(leg, entry), by: .network,
            filings: [.caller(ContactID(sameAs: leg), number: number, dialled: "+995322111111")])
        return leg
    }

    /// The phone that rings is picked up.
    func answer() async throws { try await centre.submit(.legAnswered(phones.ringing()), by: .network) }

    /// The phone that rang last hangs up.
    func hangUpAgent() async throws { try await centre.submit(.legEnded(phones.ringing()), by: .network) }

    /// The phone that rang last puts us on hold.
    func holdAgent(_ isHeld: Bool) async throws { try await centre.submit(.legHeld(phones.ringing(), isHeld), by: .network) }

    /// The keys that were pressed so far, and how many are kept.
    var pressed: [String] { phones.pressed }
    var keptKeys: Int { phones.keptKeys }
    /// Numbers that were accepted and are not settled yet.
    var keptNumbers: Int { phones.keptNumbers.withLock { $0.count } }

    func hangUp(_ leg: LegID) async throws { try await centre.submit(.legEnded(leg), by: .network) }

    /// A whole contact of Ana's, from the call to its completion.
    @discardableResult
    func handledCall(_ entry: EntryPointID = .internetNumber, by login: String = "ana", note: String = "", after talk: Duration = .zero)
        async throws -> ContactID
    {
        let agent = try await client.signedIn(as: login)
        _ = try await agent.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
        let leg = try await call(entry)
        try await answer()
        clock.advance(talk)
        try await hangUp(leg)
        let disposition = entry == .internetNumber ? DispositionID.solved : .sold
        let done = try await agent.send(
            "POST", "/api/desk/contacts/\(leg)/complete", body: #"{"disposition":"\#(disposition)","note":"\#(note)"}"#)
        guard done.status == 200 else { throw Client.Broken(description: "completing: \(done.status) \(done.text)") }
        _ = try await agent.send("PUT", "/api/desk/presence", body: #"{"state":"off"}"#)
        return ContactID(sameAs: leg)
    }
}

/// A switch that a test turns.
final class Flag: Sendable {
    private let state: Mutex<Bool>

    init(_ value: Bool) {
        state = Mutex(value)
    }

    var value: Bool { state.withLock { $0 } }
    func set(_ new: Bool) { state.withLock { $0 = new } }
}

/// The wall's time, which a test may move on or stop.
final class TestClock: Sendable {
    private let state = Mutex((ahead: Duration.zero, stoppedAt: Timestamp?.none))

    func now() -> Timestamp {
        state.withLock { state in
            (state.stoppedAt ?? Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))) + state.ahead
        }
    }

    func advance(_ span: Duration) { state.withLock { $0.ahead += span } }

    func stop() {
        let now = now()
        state.withLock { $0 = (.zero, now) }
    }
}

/// Keeps what the centre asks of the telephones.
private final class Phones: Sendable {
    private let last = Mutex<LegID?>(nil)
    let keptNumbers = Mutex(Set<LegID>())
    private let keys = Mutex((kept: [ID<Keys>: String](), pressed: [String]()))

    var pressed: [String] { keys.withLock { $0.pressed } }
    var keptKeys: Int { keys.withLock { $0.kept.count } }

    func keep(_ id: ID<Keys>, _ text: String?) { keys.withLock { $0.kept[id] = text } }

    func perform(_ directives: [CallDirective]) {
        for directive in directives {
            if case .ring(let leg, _, _) = directive { last.withLock { $0 = leg } }
            if case .consult(let leg, _, _, _) = directive { last.withLock { $0 = leg } }
            if case .supervise(let leg, _, _) = directive { last.withLock { $0 = leg } }
            if case .press(_, let id) = directive { keys.withLock { $0.pressed.append($0.kept.removeValue(forKey: id) ?? "?") } }
        }
    }

    func ringing() throws -> LegID {
        guard let leg = last.withLock({ $0 }) else { throw Client.Broken(description: "no phone rings") }
        return leg
    }
}

/// The centre's own thread of work.
private final class SerialQueue: SerialExecutor {
    private let queue = DispatchQueue(label: "centre")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func submit(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}

/// What is told of alerts.
final class News: Sendable {
    private let all = Mutex<[AlertNews]>([])

    func keep(_ news: AlertNews) { all.withLock { $0.append(news) } }
    var words: [String] { all.withLock { $0.map { "\($0.named.key) \($0.hasBegun ? "began" : "ended")" } } }
}
