import Calls
import Centre
import Contacts
import Operation
import Organization
import Primitives
import Reporting
import Routing
import Testing

@testable import Storage

/// Figures read from the tables equal those counted from the log.
struct FigureTests {
    /// The same, counted entry by entry in memory.
    private struct Account {
        var visits: [[UInt64]: QueueVisit] = [:]
        var handlings: [HandlingFacts] = []
        var voices: [[UInt64]: VoiceFacts] = [:]

        init(_ entries: [LogEntry]) {
            var book = FactBook()
            for entry in entries {
                let news = book.apply(entry)
                for visit in news.visits { visits[[visit.contact.high, visit.contact.low, UInt64(visit.number)]] = visit }
                if let handling = news.handling { handlings.append(handling) }
                if case .voiceMeasured(let facts) = entry.event {
                    voices[[facts.contact.high, facts.contact.low, UInt64(facts.since.microseconds)]] = facts
                }
            }
        }

        func visits(_ isWanted: (QueueVisit) -> Bool) -> QueueFigures {
            var figures = QueueFigures()
            for visit in visits.values where isWanted(visit) { figures.count(visit) }
            return figures
        }

        func voices(_ isWanted: (VoiceFacts) -> Bool) -> VoiceFigures {
            var figures = VoiceFigures()
            for facts in voices.values where isWanted(facts) {
                figures.talks += 1
                figures.talkOver += facts.talkOver
                figures.deadAir += facts.deadAir
                figures.raised += facts.isRaised ? 1 : 0
            }
            return figures
        }

        func handlings(_ isWanted: (HandlingFacts) -> Bool) -> HandlingFigures {
            var figures = HandlingFigures()
            for handling in handlings where isWanted(handling) { figures.count(handling) }
            return figures
        }
    }

    private static func store(on engine: Engine, seed: UInt64, _ body: (Store, History, ReportSpan) async throws -> Void) async throws {
        try await Scratch.store(on: engine) { store, _ in
            var history = History(seed: seed)
            history.live(steps: 3000)
            store.startWriting(onCommitted: { _ in }, onFailure: { Issue.record("\($0)") })
            for batch in history.batches { store.append(batch) }
            try await store.settle()
            let time = try #require(CivilTime(zone: "Europe/London"))
            let first = try #require(history.entries.first).at
            let span = try ReportSpan(from: time.date(of: first), through: time.date(of: history.now), by: .quarterHour, in: time)
            try await body(store, history, span)
        }
    }

    @Test(arguments: Engine.all)
    func `the sum of the intervals, that of the lines, and the log say the same`(_ engine: Engine) async throws {
        try await Self.store(on: engine, seed: 11) { store, history, span in
            let account = Account(history.entries)
            let whole = FigureFilter(reach: .all)
            let report = try await store.figures(whole, span, by: .queue, at: history.now)
            #expect(report.total.visits == account.visits { _ in true })
            #expect(report.total.handlings == account.handlings { _ in true })
            #expect(report.total.visits.answered > 10 && report.total.visits.abandoned > 3 && report.total.handlings.handled > 10)
            #expect(report.total.voices == account.voices { _ in true } && report.total.voices.raised > 0)
            #expect(report.trend.reduce(Figures(), +) == report.total)
            let lines = report.rows.values.reduce(Figures(), +)
            #expect(lines.visits == report.total.visits && lines.handlings == report.total.handlings)
            #expect(lines.voices == report.total.voices)
            #expect(report.waits.reduce(0) { $0 + $1.answered } == report.total.visits.answered)
            #expect(report.waits.reduce(0) { $0 + $1.abandoned } == report.total.visits.abandoned)
            #expect(report.week.reduce(0) { $0 + $1.offered } == report.total.visits.offered)
            for queue in history.setUp.queues.map(\.queue.id) {
                #expect(report.rows[FigureKey(sameAs: queue)]?.visits ?? QueueFigures() == account.visits { $0.queue == queue })
                var narrow = whole
                narrow.queue = queue
                let one = try await store.figures(narrow, span, by: .agent, at: history.now)
                #expect(one.total.visits == account.visits { $0.queue == queue })
                #expect(one.total.handlings == account.handlings { $0.queue == queue })
                #expect(one.total.voices == account.voices { $0.queue == queue })
            }
            let byAgent = try await store.figures(whole, span, by: .agent, at: history.now)
            #expect(byAgent.rows.values.reduce(Figures(), +).time == report.total.time)
            for agent in history.setUp.agents.map(\.id) {
                let own = try await store.figures(FigureFilter(reach: .agent(agent)), span, by: .agent, at: history.now)
                #expect(own.total.handlings == account.handlings { $0.agent == agent })
                #expect(own.total.voices == account.voices { $0.agent == agent })
                #expect(own.total.visits == QueueFigures())
                #expect(own.total.time == byAgent.rows[FigureKey(sameAs: agent)]?.time ?? TimeFigures())
            }
        }
    }

    @Test(arguments: Engine.all)
    func `what a queue's agents did in a span is what the report says of them, activity by activity`(_ engine: Engine) async throws {
        try await Self.store(on: engine, seed: 11) { store, history, span in
            let report = try await store.figures(FigureFilter(reach: .all), span, by: .agent, at: history.now)
            var kinds: Set<Activity> = []
            for queue in history.setUp.queues.map(\.queue.id) {
                let agents = history.engine.organization.agents.values
                let serving = agents.filter { $0.profile.entries.contains { $0.queue == queue } }.map(\.id)
                let through = QuarterHour.start(of: span.end) - QuarterHour.length
                let spent = try await store.agentTime(.all, serving: queue, from: span.start, to: through, at: history.now)
                #expect(Set(spent.keys).isSubset(of: serving) && !serving.isEmpty)
                for agent in serving {
                    var figures = TimeFigures()
                    for (activity, time) in spent[agent] ?? [:] { figures.count(activity, time) }
                    #expect(figures == report.rows[FigureKey(sameAs: agent)]?.time ?? TimeFigures())
                    kinds.formUnion((spent[agent] ?? [:]).keys)
                    // Nobody is told of whom he may not see.
                    let own = try await store.agentTime(.agent(agent), serving: queue, from: span.start, to: through, at: history.now)
                    #expect(own == spent.filter { $0.key == agent })
                }
                // The quarter of an hour in which nobody has begun yet.
                let early = span.start - .seconds(3600)
                #expect(try await store.agentTime(.all, serving: queue, from: early, to: early, at: history.now).isEmpty)
            }
            #expect(kinds.contains(.idle) && kinds.contains(.handling))
            #expect(kinds.contains { if case .notReady(_?) = $0 { true } else { false } })
        }
    }

    @Test(arguments: Engine.all)
    func `every count opens as many contacts as it says`(_ engine: Engine) async throws {
        try await Self.store(on: engine, seed: 12) { store, history, span in
            let account = Account(history.entries)
            let middle = span.bounds[span.count / 2]
            for (since, until) in [(span.start, span.end), (span.start, middle), (middle, span.end)] {
                let visits = account.visits.values.filter { $0.enteredAt >= since && $0.enteredAt < until }
                let handlings = account.handlings.filter { $0.answeredAt >= since && $0.answeredAt < until }
                let voices = account.voices.values.filter { $0.since >= since && $0.since < until }
                for figure in CountedFigure.allCases {
                    var filter = ContactFilter(reach: .all)
                    filter.figure = FigureSelection(figure, since: since, until: until)
                    let found = try await store.contacts(filter, limit: Store.contactsMax)
                    let expected: [ContactID] =
                        switch figure {
                        case .offered: visits.map(\.contact)
                        case .answered: visits.filter { $0.end?.kind == .answered }.map(\.contact)
                        case .abandoned: visits.filter { $0.end?.kind == .abandoned }.map(\.contact)
                        case .shortAbandons: visits.filter(\.isShortAbandon).map(\.contact)
                        case .inTime: visits.filter { $0.end?.kind == .answered && $0.isInTime }.map(\.contact)
                        case .late: visits.filter { $0.end?.kind == .answered && !$0.isInTime }.map(\.contact)
                        case .waited: visits.filter { $0.end?.kind == .answered || $0.end?.kind == .abandoned }.map(\.contact)
                        case .handled: handlings.map(\.contact)
                        case .agentReleasedFirst: handlings.filter(\.agentReleasedFirst).map(\.contact)
                        case .talkedOver: voices.filter { $0.talkOver > .zero }.map(\.contact)
                        case .deadAir: voices.filter { $0.deadAir > .zero }.map(\.contact)
                        case .raisedVoices: voices.filter(\.isRaised).map(\.contact)
                        }
                    #expect(Set(found.rows.map(\.id)) == Set(expected), "\(figure)")
                    // However small the pages, they are those of the whole list.
                    var pages: [ContactID] = []
                    var next: ContactCursor?
                    repeat {
                        let page = try await store.contacts(filter, limit: 3, before: next)
                        pages += page.rows.map(\.id)
                        next = page.next
                    } while next != nil && pages.count <= expected.count
                    #expect(pages == found.rows.map(\.id), "\(figure)")
                }
                for (place, from) in WaitCount.bounds.enumerated() {
                    let end = place + 1 < WaitCount.bounds.count ? WaitCount.bounds[place + 1] : nil
                    var filter = ContactFilter(reach: .all)
                    filter.figure = FigureSelection(.waited, since: since, until: until, waitMin: from, waitEnd: end)
                    let found = try await store.contacts(filter, limit: Store.contactsMax)
                    let expected = visits.filter { visit in
                        guard let ended = visit.end?.kind, let wait = visit.wait else { return false }
                        return (ended == .answered || ended == .abandoned) && wait >= from && end.map { wait < $0 } ?? true
                    }
                    #expect(Set(found.rows.map(\.id)) == Set(expected.map(\.contact)), "waits from \(from)")
                }
            }
        }
    }

    @Test(arguments: Engine.all)
    func `data of before there were figures get them when they are opened`(_ engine: Engine) async throws {
        let scratch = try Scratch(on: engine)
        defer { scratch.remove() }
        var history = History(seed: 14)
        history.live(steps: 1000)
        var store = try await scratch.open()
        store.startWriting(onCommitted: { _ in }, onFailure: { Issue.record("\($0)") })
        for batch in history.batches { store.append(batch) }
        await store.close()
        let old = try scratch.database.connect(for: .writing)
        for table in [
            "queue_visit", "handling", "agent_time", "retired", "set_up_change", "audit", "shift", "quota", "recording",
            "project_supervision", "message", "message_unread", "wallboard", "wall_figure", "wall_link", "alert", "raised_alert",
            "webhook_message", "voice_talk", "seat", "seat_contact", "sign_off",
            "document", "document_draft", "document_version", "script_run", "form_answer", "form_value", "form_draft",
            "customer", "customer_number", "customer_email", "customer_address", "customer_consent", "customer_merge", "customer_word",
            "customer_import", "customer_import_piece", "project_text", "product", "product_sheet", "proposal", "concession", "approval",
            "gazetteer", "gazetteer_piece",
        ] { try old.execute("DROP TABLE \(table)") }
        // A leg was known by its contact and party: the index goes with the table that takes its place again.
        try old.execute("DROP INDEX leg_of_contact")
        try old.execute("DROP INDEX contact_customer")
        try old.execute("ALTER TABLE contact DROP COLUMN customer")
        try old.execute("ALTER TABLE queue DROP COLUMN escalation_agent")
        try old.execute("ALTER TABLE project DROP COLUMN recording")
        try old.execute("ALTER TABLE agent DROP COLUMN trainee")
        for table in ["project", "entry_point"] { try old.execute("ALTER TABLE \(table) DROP COLUMN hours") }
        try old.execute("DELETE FROM schema_version WHERE version > 8")
        old.close()
        store = try await scratch.open()
        let time = try #require(CivilTime(zone: "Asia/Tbilisi"))
        let first = try #require(history.entries.first).at
        let span = try ReportSpan(from: time.date(of: first), through: time.date(of: history.now), by: .day, in: time)
        let report = try await store.figures(FigureFilter(reach: .all), span, by: .agent, at: history.now)
        let account = Account(history.entries)
        #expect(report.total.visits == account.visits { _ in true } && report.total.visits.offered > 5)
        #expect(report.total.handlings == account.handlings { _ in true })
        #expect(report.total.time.work > .zero)
        await store.close()
    }

    /// Signed on all the time means that every moment is spent on something.
    @Test(arguments: Engine.all)
    func `no moment of an agent is lost or counted twice`(_ engine: Engine) async throws {
        try await Self.store(on: engine, seed: 13) { store, history, span in
            let report = try await store.figures(FigureFilter(reach: .all), span, by: .agent, at: history.now)
            var expected: [AgentID: Duration] = [:]
            var engine = CentreEngine()
            var last = history.entries[0].at
            for entry in history.entries {
                for (agent, member) in engine.routing.agents where member.state.routing != .off {
                    expected[agent, default: .zero] += entry.at - last
                }
                last = entry.at
                engine.apply(entry)
            }
            for (agent, member) in engine.routing.agents where member.state.routing != .off {
                expected[agent, default: .zero] += history.now - last
            }
            for (agent, span) in expected {
                let time = report.rows[FigureKey(sameAs: agent)]?.time ?? TimeFigures()
                #expect(time.work + time.idle + time.away == span)
            }
        }
    }
}
