import Centre
import Contacts
import Organization
import Primitives
import Reporting
import Routing
import Testing

@testable import Operation
@testable import Storage

/// Quotas counted live equal the figures over the same span, and shifts kept by SQL those of the rule.
struct QuotaTests {
    private static func store(
        on engine: Engine, seed: UInt64, _ body: (Store, History) async throws -> Void
    ) async throws {
        try await Scratch.store(on: engine) { store, _ in
            var history = History(seed: seed)
            history.live(steps: 3000)
            store.startWriting(onCommitted: { _ in }, onFailure: { Issue.record("\($0)") })
            for batch in history.batches { store.append(batch) }
            try await store.settle()
            try await body(store, history)
        }
    }

    private func book(_ entries: [LogEntry], _ shifts: [AgentID: Shift] = [:]) -> QuotaBook {
        var figures = DayFigures()
        var book = QuotaBook(shifts: shifts)
        for entry in entries { book.count(entry, figures.count(entry)) }
        return book
    }

    @Test(arguments: Engine.all)
    func `what counts for a quota is what the figures say over the same hours`(_ engine: Engine) async throws {
        try await Self.store(on: engine, seed: 21) { store, history in
            let book = book(history.entries)
            var found = 0
            for project in history.setUp.projects.map(\.project) {
                let first = try #require(history.entries.first).at
                let span = try ReportSpan(
                    from: project.time.date(of: first), through: project.time.date(of: history.now), by: .hour, in: project.time)
                let quota = Quota(id: ID(high: 1, low: 1), project: project.id, counts: .handled, per: .hour, by: .agent, target: 8)
                for agent in history.setUp.agents.map(\.id) {
                    var filter = FigureFilter(reach: .all)
                    filter.project = project.id
                    filter.agent = agent
                    let report = try await store.figures(filter, span, by: .agent, at: history.now)
                    for (index, figures) in report.trend.enumerated() {
                        let hour = span.bounds[index]..<span.bounds[index + 1]
                        #expect(project.time.hourSpan(at: hour.lowerBound) == hour)
                        #expect(book.count(quota, .agent(agent), in: hour) == figures.handlings.handled)
                        found += figures.handlings.handled
                    }
                }
                let whole = try await store.figures(FigureFilter(reach: .all, project: project.id), span, by: .project, at: history.now)
                let handled = (0..<span.count).map { book.count(quota, .project(project.id), in: span.bounds[$0]..<span.bounds[$0 + 1]) }
                #expect(handled == whole.trend.map(\.handlings.handled))
            }
            #expect(found > 10)
        }
    }

    @Test(arguments: Engine.all)
    func `a restart in the middle of a shift goes on with the same counts`(_ engine: Engine) async throws {
        try await Self.store(on: engine, seed: 22) { store, history in
            var shifts: [AgentID: Shift] = [:]
            for entry in history.entries {
                guard case .presenceChanged(let agent, let presence) = entry.event else { continue }
                shifts[agent] = Shift.after(shifts[agent], isOn: presence != .off, at: entry.at)
            }
            let kept = try await store.shifts()
            #expect(kept == shifts && !kept.isEmpty)
            var figures = DayFigures()
            var again = QuotaBook(shifts: kept)
            let start = (kept.values.compactMap { $0.start(at: history.now) }.min() ?? history.now) - .seconds(3600)
            try await store.forEachEntry(since: start) { again.count($0, figures.count($0)) }
            let live = book(history.entries)
            for project in history.setUp.projects.map(\.project) {
                for per in Quota.Period.allCases {
                    for by in Quota.Holder.allCases {
                        let quota = Quota(
                            id: ID(high: 1, low: 1), project: project.id, counts: .meaning(.sale), per: per, by: by, target: 8)
                        for agent in history.setUp.agents.map(\.id) {
                            guard let holder = live.holder(of: quota, for: agent) else { continue }
                            #expect(again.standing(of: quota, holder, at: history.now) == live.standing(of: quota, holder, at: history.now))
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a pause of four hours ends a shift in the table, too`(_ engine: Engine) async throws {
        let scratch = try Scratch(on: engine)
        defer { scratch.remove() }
        let store = try await scratch.open()
        let connection = try scratch.database.connect(for: .writing)
        let agent: AgentID = Samples.id(7)
        var shift: Shift?
        var now = Samples.moment
        for (hours, presence) in [
            (0, Presence.ready), (2, .off), (3, .ready), (1, .notReady(nil)), (5, .off), (4, .ready), (1, .off), (9, .off), (1, .ready),
        ] {
            now = now + .seconds(3600 * hours)
            let entry = LogEntry(
                position: .start, at: now, event: .presenceChanged(agent, presence), project: nil, contact: nil, agent: agent, queue: nil,
                actor: .system, cause: "test")
            try ShiftTable.apply(entry, to: connection)
            shift = Shift.after(shift, isOn: presence != .off, at: now)
            #expect(try ShiftTable.all(on: connection)[agent] == shift, "after \(hours) hours, \(presence)")
        }
        connection.close()
        await store.close()
    }

    @Test(arguments: Engine.all)
    func `a project's quotas are kept with their names, and those that it no longer has are gone`(_ engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            var random = Random(seed: 3)
            var setUp = Samples.setUp(agents: 2, using: &random)
            let project = setUp.projects[0].project.id
            setUp.projects[0].quotas = [
                NamedQuota(
                    quota: Quota(id: Samples.id(40), project: project, counts: .meaning(.sale), per: .shift, by: .team, target: 60),
                    key: "sales", name: Localised([.english: "Sales", .urdu: "فروخت"])),
                NamedQuota(
                    quota: Quota(id: Samples.id(41), project: project, counts: .handled, per: .hour, by: .agent, target: 8), key: "calls",
                    name: Localised([:])),
            ]
            store.startWriting(onCommitted: { _ in }, onFailure: { Issue.record("\($0)") })
            for quotas in [setUp.projects[0].quotas, Array(setUp.projects[0].quotas.suffix(1)), []] {
                setUp.projects[0].quotas = quotas
                var engine = CentreEngine()
                let result = try engine.step(.setUp(setUp.definitions), at: Samples.moment, using: &random)
                store.append(LogBatch(entries: [], filings: [.setUp(setUp)], through: .start))
                if quotas.count == 2 { store.append(LogBatch(entries: result.entries, filings: [], through: engine.position)) }
                try await store.settle()
                #expect(try await store.setUp().projects.first { $0.project.id == project }?.quotas == quotas)
            }
        }
    }
}
