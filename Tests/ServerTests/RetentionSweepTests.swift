import Calls
import Centre
import Contacts
import Foundation
import Logging
import NIOCore
import NIOPosix
import Operation
import Organization
import Primitives
import Storage
import Synchronization
import Testing

@testable import Server

/// What the projects' rules let go; with a real store and a real centre.
@Suite(.timeLimit(.minutes(3))) struct RetentionSweepTests {
    private static let start = Timestamp(microseconds: 1_790_000_000_000_000)
    private static let now = start + .seconds(400 * 86_400)
    private static let project = ProjectID(high: 1, low: 1)
    private static let contact = ContactID(high: 2, low: 1)

    private static func recording(_ number: UInt64) -> RecordingID { RecordingID(high: 3, low: number) }

    /// What a sweep is given, and what it did.
    private final class Scene: Sendable {
        let store: Store
        let centre: CentreActor
        private let lines = Mutex<[String]>([])
        private let gone = Mutex<[RecordingID]>([])

        init(_ store: Store, _ centre: CentreActor) {
            self.store = store
            self.centre = centre
        }

        var log: [String] { lines.withLock { $0 } }
        var erased: [RecordingID] { gone.withLock { $0 } }

        /// - Parameter erase: before it is gone.
        func sweep(_ erase: @escaping @Sendable (RecordingID) async throws -> Void) async {
            let logger = Logger(label: "test") { label in
                LogLines(label: label, format: .json, now: { start }, write: { line in self.lines.withLock { $0.append(line) } })
            }
            await RetentionSweep(
                store: store, centre: centre,
                erase: { id in
                    try await erase(id)
                    self.gone.withLock { $0.append(id) }
                }, logger: logger
            ).run(at: now)
        }
    }

    private struct Broken: Error {}

    private final class Connection: Sendable {
        let centre = Mutex<CentreActor?>(nil)
    }

    /// A project with so many recordings that are due.
    private static func scene(_ count: Int, _ story: (Scene) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "callfloor-sweep-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let store = try await Store.open(.sqlite(path: folder.appending(path: "centre.sqlite").path), logger: quiet)
        let connection = Connection()
        store.startWriting(
            onCommitted: { position in
                loop.execute { connection.centre.withLock { $0 }?.assumeIsolated { $0.committed(through: position) } }
            }, onFailure: { Issue.record("\($0)") })
        let batch = batch(count)
        store.append(batch)
        try await store.settle()
        let engine = try await store.restore().engine
        let centre = CentreActor(
            engine: engine, random: Random(seed: 1),
            ports: CentreActor.Ports(
                append: { store.append($0) }, perform: { _ in }, now: { now }, wake: { _ in }, publish: { _ in }), executor: loop.executor)
        connection.centre.withLock { $0 = centre }
        try await story(Scene(store, centre))
        await store.close()
        try await group.shutdownGracefully()
    }

    private static func batch(_ count: Int) -> LogBatch {
        let project = Project(id: project, time: .utc, language: .english, recording: RecordingRule(calls: .all, days: 30))
        var setUp = SetUp()
        setUp.projects = [NamedProject(project: project, key: "internet", name: Localised([.english: "Internet"]), numbers: nil)]
        var events: [Event] = [.defined(.project(project))]
        for number in 0..<UInt64(count) {
            events.append(.recording(contact, .started(recording(number), AgentID(high: 4, low: 1))))
            events.append(.recording(contact, .ended(recording(number))))
        }
        var position = LogPosition.start
        let entries = events.map { event in
            position = position.next
            return LogEntry(
                position: position, at: start + .milliseconds(position.number), event: event, project: project.id, contact: event.contact,
                agent: event.agent, queue: nil, actor: .system, cause: "test")
        }
        return LogBatch(entries: entries, filings: [.setUp(setUp)], through: position)
    }

    @Test func `what somebody keeps while the ones before it are erased is kept`() async throws {
        try await Self.scene(3) { scene in
            await scene.sweep { id in
                guard id == Self.recording(0) else { return }
                try await scene.centre.apply(.recordingFated(Self.recording(1), Self.contact, Self.project, .held), by: nil)
            }
            #expect(scene.erased == [Self.recording(0), Self.recording(2)])
            let held = try await scene.store.recording(Self.recording(1))
            #expect(held?.isHeld == true && held?.erasedAt == nil)
            #expect(try await scene.store.recording(Self.recording(2))?.erasedFor == .retention)
            #expect(scene.log == [])
        }
    }

    @Test func `one that cannot be erased stops no other, and is said once`() async throws {
        try await Self.scene(5) { scene in
            await scene.sweep { id in if id == Self.recording(0) || id == Self.recording(3) { throw Broken() } }
            #expect(scene.erased == [1, 2, 4].map { Self.recording($0) })
            #expect(scene.log.count == 1 && scene.log[0].contains("could not be erased"))
            #expect(scene.log[0].contains("\(Self.recording(0))"))
        }
    }

    @Test func `where nothing can be erased the sweep ends, and tries each once`() async throws {
        try await Self.scene(RetentionSweep.pageSize + 5) { scene in
            let tried = Mutex(0)
            await scene.sweep { _ in
                tried.withLock { $0 += 1 }
                throw Broken()
            }
            #expect(tried.withLock { $0 } == RetentionSweep.pageSize && scene.erased == [])
            #expect(scene.log.count == 1)
        }
    }
}
