import Centre
import Contacts
import Foundation
import Logging
import Operation
import Organization
import Primitives
import Reporting
import Routing
import Simulation
import Storage
import Synchronization

/// Simulated days, each filed in a database of its own and held against the reports: what a report says is what the day's own account,
/// the floor and the log say, and the tables made again from the log are the same.
package struct FigureCheck: Sendable {
    /// In which the databases lie while they are needed.
    package var folder: String
    package var logger: Logger

    /// What was compared.
    package struct Totals: Sendable {
        package var days = 0
        package var contacts = 0
        package var visits = 0
        package var handlings = 0
        package var entries = 0
        package var intervals = 0

        package init() {}
    }

    package struct Difference: Error, CustomStringConvertible {
        package var seed: UInt64
        package var what: String
        package var description: String { "seed \(seed): \(what)" }
    }

    package init(folder: String, logger: Logger) {
        self.folder = folder
        self.logger = logger
    }

    /// - Throws: `Difference`, or what kept the day from being lived or stored.
    package func check(_ day: SimulatedDay, into totals: inout Totals) async throws {
        let diary = Diary()
        var day = day
        day.record = { diary.add($0) }
        let report = try day.run()
        let path = "\(folder)/day-\(day.seed).sqlite"
        defer { for name in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: path + name) } }
        let store = try await Store.open(.sqlite(path: path), logger: logger)
        do {
            try await compare(store, diary.batches, report, day.seed, &totals)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
        totals.days += 1
        totals.contacts += report.contacts
    }

    private func compare(
        _ store: Store, _ batches: [LogBatch], _ day: DayReport, _ seed: UInt64, _ totals: inout Totals
    ) async throws {
        func expect<Value: Equatable>(_ what: String, _ found: Value, _ expected: Value) throws {
            if found != expected { throw Difference(seed: seed, what: "\(what): \(found) instead of \(expected)") }
        }
        let filling = LogFill(store)
        for batch in batches { filling.append(batch) }
        try await filling.settle()

        let log = LogAccount(batches)
        guard let first = log.first, let last = log.last else { return }
        let whole = try await figures(store, .utc, from: first, to: last, project: nil)
        try expect("the visits of the day's account", whole.total.visits, day.figures)
        try expect("the handled of the log", whole.total.handlings.handled, log.handled)
        try expect("the time signed on", whole.total.time.work + whole.total.time.idle + whole.total.time.away, log.signedOn)
        var floor = DayFigures()
        for batch in batches { for entry in batch.entries { floor.count(entry) } }
        for project in log.projects {
            let span = try await figures(store, project.time, from: first, to: last, project: project.id)
            try expect("the intervals of project \(project.id)", span.trend.reduce(Figures(), +), span.total)
            let lines = span.rows.values.reduce(Figures(), +)
            try expect("the queues of project \(project.id)", lines.visits, span.total.visits)
            try expect("the queues' handlings of project \(project.id)", lines.handlings, span.total.handlings)
            totals.intervals += span.trend.count
            let today = try await figures(store, project.time, from: last, to: last, project: project.id)
            for queue in log.queues[project.id] ?? [] {
                try expect(
                    "the floor's figures of queue \(queue)", floor[queue, at: last], today.rows[FigureKey(sameAs: queue)]?.visits ?? .init()
                )
            }
        }
        let before = try await store.sumsOfDerivedTables()
        try await store.rebuildTables()
        let after = try await store.sumsOfDerivedTables()
        for (table, sum) in before.sorted(by: { $0.key < $1.key }) { try expect("table \(table) made again", after[table], sum) }
        totals.visits += whole.total.visits.offered
        totals.handlings += log.handled
        totals.entries += batches.reduce(0) { $0 + $1.entries.count }
    }

    private func figures(
        _ store: Store, _ time: CivilTime, from first: Timestamp, to last: Timestamp, project: ProjectID?
    ) async throws -> FigureReport {
        let span = try ReportSpan(from: time.date(of: first), through: time.date(of: last), by: .quarterHour, in: time)
        return try await store.figures(FigureFilter(reach: .all, project: project), span, by: .queue, at: last)
    }
}

/// What a day hands to the log.
private final class Diary: Sendable {
    private let state = Mutex<[LogBatch]>([])

    func add(_ step: StepRecord) {
        guard case .success(let result) = step.result, let last = result.entries.last?.position else { return }
        state.withLock { $0.append(LogBatch(entries: result.entries, filings: [], through: last)) }
    }

    var batches: [LogBatch] { state.withLock { $0 } }
}

/// A few figures counted from the entries, without any of the books that reports are made by.
private struct LogAccount {
    var first: Timestamp?
    var last: Timestamp?
    var projects: [Project] = []
    var queues: [ProjectID: [QueueID]] = [:]
    var handled = 0
    var signedOn: Duration = .zero

    init(_ batches: [LogBatch]) {
        var since: [AgentID: Timestamp] = [:]
        var internals: Set<ContactID> = []
        for entry in batches.lazy.flatMap(\.entries) {
            first = first ?? entry.at
            last = entry.at
            if case .defined(.project(let project)) = entry.event, !projects.contains(where: { $0.id == project.id }) {
                projects.append(project)
            }
            if case .defined(.queue(let queue)) = entry.event, queues[queue.project]?.contains(queue.id) != true {
                queues[queue.project, default: []].append(queue.id)
            }
            if case .contactOpened(let contact, _) = entry.event, contact.direction == .internal { internals.insert(contact.id) }
            if case .offerEnded(_, _, _, .answered) = entry.event { handled += 1 }
            if case .dialEnded(let contact, _, .answered) = entry.event, !internals.contains(contact) { handled += 1 }
            if case .presenceChanged(let agent, let presence) = entry.event {
                if presence != .off {
                    since[agent] = since[agent] ?? entry.at
                } else if let from = since.removeValue(forKey: agent) {
                    signedOn += entry.at - from
                }
            }
        }
        if let last { for from in since.values { signedOn += last - from } }
    }
}
