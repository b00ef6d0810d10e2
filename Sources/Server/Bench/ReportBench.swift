import Centre
import Contacts
import Foundation
import Logging
import Operation
import Organization
import Primitives
import Reporting
import Simulation
import Storage

/// A year of contacts in SQLite, and how long its reports take, and the lists of contacts behind them.
package struct ReportBench: Sendable {
    package var contacts = 500_000
    package var rounds = 100
    private let path: String
    private let logger: Logger

    private static let days = 365
    private static let agents = 24
    private static let queues = 8
    private static let page = 50

    /// - Parameter folder: where the database lies; one that is there is used again.
    package init(folder: String, logger: Logger) {
        path = "\(folder)/reports.sqlite"
        self.logger = logger
    }

    package struct Figures: Sendable {
        package var contacts: Int
        package var byDay: ACDBench.Spans
        package var byQuarterHour: ACDBench.Spans
        package var drillDown: ACDBench.Spans
        /// The slowest list of all, in words.
        package var slowest: String
    }

    package func run() async throws -> Figures {
        _ = try await Store.create(at: path, logger: logger) { try await fill($0) }
        let store = try await Store.open(.sqlite(path: path), logger: logger)
        do {
            let figures = try await measure(store)
            await store.close()
            return figures
        } catch {
            await store.close()
            throw error
        }
    }

    // MARK: The year

    private static let start = CivilDate(year: 2025, month: 1, day: 1)

    private func fill(_ store: Store) async throws {
        var random = Random(seed: 1)
        let time = CivilTime(zone: "Europe/London") ?? .utc
        let start = time.startOfDay(Self.start)
        let project = Project(id: ID(at: start, using: &random), time: time, language: .english)
        let queues = (0..<Self.queues).map { _ in Queue(id: ID(at: start, using: &random), project: project.id) }
        let entryPoints = queues.map {
            EntryPoint(id: ID(at: start, using: &random), project: project.id, queue: $0.id, language: .english)
        }
        let dispositions = (0..<12).map { _ in Disposition(id: ID(at: start, using: &random), project: project.id, meanings: .reached) }
        let agents = (0..<Self.agents).map { place in
            // Two queues each, which overlap.
            let own = [place % queues.count, (place + 1) % queues.count].map { RoutingProfile.Entry(queue: queues[$0].id) }
            return Agent(id: ID(at: start, using: &random), phone: ID(at: start, using: &random), profile: RoutingProfile(own))
        }
        let days = (0..<Self.days).map { day in
            let midnight = time.startOfDay(CivilDate(daysSince1970: Self.start.daysSince1970 + day))
            let shifts = agents.map {
                SimulatedHistory.Shift($0.id, from: midnight + .seconds(8 * 3600), until: midnight + .seconds(20 * 3600))
            }
            return SimulatedHistory.Workday(
                opening: midnight + .seconds(8 * 3600), closing: midnight + .seconds(20 * 3600), contacts: contacts / Self.days,
                shifts: shifts)
        }
        var history = SimulatedHistory(
            seed: 1,
            definitions: [.project(project)] + queues.map { .queue($0) } + dispositions.map { .disposition($0) }
                + entryPoints.map { .entryPoint($0) } + agents.map { .agent($0) },
            reasons: [ID(at: start, using: &random)], start: start, days: days, check: .none)
        let log = LogFill(store)
        history.record = { step, _ in
            guard case .success(let result) = step.result, let last = result.entries.last?.position else { return }
            var filings: [Filing] = []
            if case .callArrived(let leg, _) = step.input {
                filings.append(.caller(ContactID(sameAs: leg), number: "+44770090\(1000 + leg.low % 9000)", dialled: "bench"))
            }
            log.append(LogBatch(entries: result.entries, filings: filings, through: last))
        }
        _ = try history.run()
        try await log.settle()
    }

    // MARK: The questions

    private func measure(_ store: Store) async throws -> Figures {
        var random = Random(seed: 2)
        let clock = ContinuousClock()
        let time = CivilTime(zone: "Europe/London") ?? .utc
        let end = time.startOfDay(CivilDate(daysSince1970: Self.start.daysSince1970 + Self.days))
        let setUp = try await Self.queues(of: store)
        var byDay: [Double] = []
        var byQuarterHour: [Double] = []
        var lists: [(Double, String)] = []
        for round in 0..<rounds {
            let first = CivilDate(year: Self.start.year, month: 1 + round % 12, day: 1)
            let last = CivilDate(daysSince1970: first.daysSince1970 + 27)
            for interval in [CivilInterval.day, .quarterHour] {
                let span = try ReportSpan(from: first, through: last, by: interval, in: time)
                let began = clock.now
                _ = try await store.figures(FigureFilter(reach: .all), span, by: .queue, at: end)
                let took = (clock.now - began).inSeconds * 1000
                if interval == .day { byDay.append(took) } else { byQuarterHour.append(took) }
            }
            for figure in CountedFigure.allCases {
                // Of the month, a day of it, and an hour of that.
                let month = (time.startOfDay(first), time.startOfDay(CivilDate(daysSince1970: last.daysSince1970 + 1)))
                let day = time.startOfDay(CivilDate(daysSince1970: first.daysSince1970 + Int(random.next() % 28)))
                let hour = day + .seconds(Int64(8 + random.next() % 12) * 3600)
                for (name, since, until) in [
                    ("month", month.0, month.1), ("day", day, day + .seconds(86_400)), ("hour", hour, hour + .seconds(3600)),
                ] {
                    var filter = ContactFilter(reach: .all)
                    if round % 2 == 1 { filter.queue = setUp.randomElement(using: &random) }
                    filter.figure = FigureSelection(figure, since: since, until: until)
                    let words = "\(figure.rawValue) of a \(name)\(round % 2 == 1 ? ", one queue" : "")"
                    // The first page, and one from the middle: whoever reads on.
                    let middle = ContactCursor(openedAt: since + (until - since) / 2, contact: ID(at: until, using: &random))
                    for (place, cursor) in [("", nil), (", from the middle", middle)] {
                        let began = clock.now
                        _ = try await store.contacts(filter, limit: Self.page, before: cursor)
                        lists.append(((clock.now - began).inSeconds * 1000, words + place))
                    }
                }
            }
        }
        lists.sort { $0.0 < $1.0 }
        return Figures(
            contacts: contacts, byDay: .init(milliseconds: byDay.sorted()), byQuarterHour: .init(milliseconds: byQuarterHour.sorted()),
            drillDown: .init(milliseconds: lists.map(\.0)), slowest: lists.last?.1 ?? "")
    }

    private static func queues(of store: Store) async throws -> [QueueID] {
        Array(try await store.restore().engine.organization.queues.keys).sorted()
    }
}
