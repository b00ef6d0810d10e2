import Calls
import Centre
import Contacts
import Organization
import Primitives
import Testing

@testable import Operation
@testable import Storage

struct ContactTests {
    /// A store with a day's contacts, and what their rows should be.
    private func day(on engine: Engine, seed: UInt64 = 34, _ body: (Store, History, [ContactRow]) async throws -> Void) async throws {
        try await Scratch.store(on: engine) { store, _ in
            var history = History(seed: seed)
            history.live(steps: 1500)
            let recorder = Recorder()
            recorder.start(store)
            await recorder.store(history, in: store)
            try #require(recorder.failures.isEmpty)
            try await body(store, history, Expected.rows(history))
        }
    }

    private func all(_ store: Store, _ filter: ContactFilter, page: Int = 7) async throws -> [ContactRow] {
        var rows: [ContactRow] = []
        var cursor: ContactCursor?
        while true {
            let (found, next) = try await store.contacts(filter, limit: page, before: cursor)
            #expect(found.count <= page)
            rows += found
            guard let next else { return rows }
            // As it comes back from a browser.
            cursor = ContactCursor(next.description)
        }
    }

    @Test(arguments: Engine.all) func `each contact has its row, with all that happened to it`(engine: Engine) async throws {
        try await day(on: engine) { store, _, expected in
            #expect(expected.count > 200)
            let found = try await all(store, ContactFilter(reach: .all))
            #expect(found == expected)
            let one = expected[17]
            #expect(try await store.contact(one.id) == one)
            #expect(try await store.contact(Samples.id(1)) == nil)
            #expect(
                try await store.contacts(ContactFilter(reach: .all), limit: 100_000).rows.count == min(expected.count, Store.contactsMax))
        }
    }

    @Test(arguments: Engine.all) func `a list shows only what the rights reach`(engine: Engine) async throws {
        try await day(on: engine) { store, history, expected in
            let projects = history.setUp.projects.map(\.project.id)
            let others: [ProjectID] = (0..<30).map { Samples.id(UInt64($0)) }
            for reach in [[projects[0]], [projects[1]], projects, projects + [Samples.id(5)], projects + others, others] {
                let found = try await all(store, ContactFilter(reach: .projects(Set(reach))))
                #expect(found == expected.filter { reach.contains($0.project) })
            }
            #expect(try await all(store, ContactFilter(reach: .projects([]))).isEmpty)
            let team = history.setUp.teams[0].id
            let outsider = try #require(history.setUp.agents.last)
            let ofTeam = try await all(store, ContactFilter(reach: .team(team, alsoAgent: nil)))
            #expect(ofTeam == expected.filter { $0.team == team } && !ofTeam.isEmpty)
            let also = try await all(store, ContactFilter(reach: .team(team, alsoAgent: outsider.id)))
            #expect(also == expected.filter { $0.team == team || $0.agent == outsider.id } && also.count > ofTeam.count)
            let own = try await all(store, ContactFilter(reach: .agent(outsider.id)))
            #expect(own == expected.filter { $0.agent == outsider.id } && !own.isEmpty)
        }
    }

    @Test func `a page of a list is read by an index, never by sorting all contacts`() async throws {
        let scratch = try Scratch(on: .sqlite)
        defer { scratch.remove() }
        await (try scratch.open()).close()
        let connection = try scratch.database.connect(for: .reading)
        defer { connection.close() }
        let reaches: [ContactFilter.Reach] = [
            .all, .projects([Samples.id(1)]), .projects([Samples.id(1), Samples.id(2)]), .team(Samples.id(1), alsoAgent: nil),
            .projects(Set((0..<40).map { Samples.id($0) })), .team(Samples.id(1), alsoAgent: Samples.id(2)), .agent(Samples.id(2)),
        ]
        for reach in reaches {
            for queue in [nil, Samples.id(3)] as [QueueID?] {
                for number in [nil, "0017"] {
                    let filter = ContactFilter(reach: reach, queue: queue, number: number, outcome: "handled")
                    let cursor = ContactCursor(openedAt: Samples.moment, contact: Samples.id(9))
                    let search = try #require(ContactSearch(filter, limit: 50, before: cursor))
                    let plan = try connection.all(
                        Statement(SQL(stringLiteral: "EXPLAIN QUERY PLAN " + search.statement.text(in: .sqlite))), search.values
                    ) { row in
                        for _ in 0..<3 { _ = try row.integer() }
                        return try row.text()
                    }
                    for step in plan where step.hasPrefix("SCAN contact") { #expect(step.contains("USING INDEX"), "\(filter): \(plan)") }
                    // Whole projects and teams are not sorted; what a number or a merge has left may be.
                    let sorts = plan.contains { $0.contains("FOR ORDER BY") }
                    #expect(!sorts || number != nil || plan.contains { $0.contains("PRIMARY KEY (id=?)") }, "\(filter): \(plan)")
                }
            }
        }
    }

    @Test(arguments: Engine.all) func `filters narrow a list, alone and together`(engine: Engine) async throws {
        try await day(on: engine) { store, history, expected in
            let queue = history.setUp.queues[1].queue.id
            let agent = history.setUp.agents[1].id
            let project = history.setUp.projects[0].project.id
            let numbers = expected.compactMap(\.number)
            let number = try #require(numbers.first)
            for hasQueue in [false, true] {
                for hasAgent in [false, true] {
                    for outcome in [nil, "handled", "abandoned", "refused"] {
                        for wanted in [nil, number, String(number.suffix(4)), "00" + number.dropFirst(), "no number"] {
                            for reach in [ContactFilter.Reach.all, .projects([project]), .agent(agent)] {
                                let filter = ContactFilter(
                                    reach: reach, queue: hasQueue ? queue : nil, agent: hasAgent ? agent : nil, number: wanted,
                                    outcome: outcome)
                                #expect(
                                    try await all(store, filter, page: 100) == expected.filter { Expected.fits($0, filter) }, "\(filter)")
                            }
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: Engine.all) func `a number is found by how it begins or ends, however it is written`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let history = History(seed: 2)
            let recorder = Recorder()
            recorder.start(store)
            await recorder.store(history, in: store)
            var engine = history.engine
            var random = Random(seed: 1)
            for (index, number) in ["+995322550017", "101", "0555123456", nil].enumerated() {
                let leg = LegID(at: Samples.moment + .seconds(Int64(index)), using: &random)
                let entry = history.setUp.entryPoints[0]
                let result = try engine.step(.callArrived(leg, entry.entryPoint.id), at: history.now, using: &random)
                let caller = Filing.caller(ContactID(sameAs: leg), number: number, dialled: entry.number)
                store.append(LogBatch(entries: result.entries, filings: [caller], through: engine.position))
            }
            await recorder.wait(for: engine.position)
            func found(_ text: String) async throws -> [String?] {
                try await store.contacts(ContactFilter(reach: .all, number: text), limit: 10).rows.map(\.number)
            }
            for text in ["+995 32 255-00-17", "00995322550017", "0322 55 00 17", "995 32 25", "550017", "0017"] {
                #expect(try await found(text) == ["+995322550017"], "\(text)")
            }
            #expect(try await found("101") == ["101"])
            #expect(try await found("0555123456") == ["0555123456"])
            #expect(try await found("05551234") == ["0555123456"])
            #expect(try await found("000").isEmpty)
            for text in ["322550", "017", "995322", "10", "1010"] { #expect(try await found(text).isEmpty, "\(text)") }
            #expect(try await found("").isEmpty)
            #expect(try await found("%").isEmpty)
            #expect(try await found(String(repeating: "9", count: 1000)).isEmpty)
        }
    }

    @Test(arguments: Engine.all) func `what the same number called about before is found`(engine: Engine) async throws {
        try await day(on: engine) { store, history, expected in
            let contact = try #require(expected.first { $0.number != nil })
            try await expectEarlier(than: contact, among: expected, in: history.setUp.projects[0].project.id, store)
        }
    }

    private func expectEarlier(than contact: ContactRow, among all: [ContactRow], in project: ProjectID, _ store: Store) async throws {
        let number = try #require(contact.number)
        let before = all.filter { $0.number == number && $0.id < contact.id }.sorted { $0.id > $1.id }
        #expect(!before.isEmpty)
        let found = try await store.earlierContacts(of: number, before: contact.id, limit: 100)
        #expect(found == before)
        let first = try await store.earlierContacts(of: number, before: contact.id, limit: 1)
        #expect(first == Array(before.prefix(1)))
        let visible = try await store.earlierContacts(of: number, before: contact.id, in: [project], limit: 2)
        #expect(visible == Array(before.filter { $0.project == project }.prefix(2)))
        let caller = try await store.caller(of: contact.id)
        #expect(caller?.number == number)
        #expect(caller?.dialled == contact.dialled)
        let nobody = try await store.caller(of: Samples.id(1))
        #expect(nobody == nil)
    }

    @Test(arguments: Engine.all) func `a draft lasts as long as its contact, and its note is not lost`(engine: Engine) async throws {
        try await day(on: engine) { store, history, expected in
            let open = try #require(expected.first { $0.closedAt == nil })
            let agent = history.setUp.agents[0].id
            let leaf = try #require(history.setUp.dispositions.last).disposition.id
            #expect(try await store.draft(of: open.id) == nil)
            for note in ["calls", "calls again", ""] {
                try await store.saveDraft(open.id, agent: agent, disposition: note.isEmpty ? nil : leaf, note: note, at: history.now)
                let draft = try await store.draft(of: open.id)
                #expect(draft?.note == note && draft?.disposition == (note.isEmpty ? nil : leaf))
            }
            try await store.saveDraft(open.id, agent: agent, disposition: nil, note: "typed, not sent", at: history.now)
            let closed = try #require(expected.first { $0.closedAt != nil })
            await #expect(throws: StorageError.self) {
                try await store.saveDraft(closed.id, agent: agent, disposition: nil, note: "too late", at: history.now)
            }
            let entry = LogEntry(
                position: history.engine.position.next, at: history.now, event: .contactClosed(open.id, .lostInRestart),
                project: open.project, contact: open.id, agent: nil, queue: open.queue, actor: .system, cause: "restarted")
            store.append(LogBatch(entries: [entry], filings: [], through: entry.position))
            // Stored behind the batch, so the batch is.
            try await store.setLanguage(.urdu, of: history.user)
            #expect(try await store.draft(of: open.id) == nil)
            #expect(try await store.contact(open.id)?.note == "typed, not sent")
        }
    }
}

/// The rows as they should be, told from the history without any database.
private enum Expected {
    static func rows(_ history: History) -> [ContactRow] {
        var rows: [ContactID: ContactRow] = [:]
        var teams: [AgentID: TeamID] = [:]
        for batch in history.batches {
            for entry in batch.entries { apply(entry, &rows, &teams) }
            for filing in batch.filings {
                switch filing {
                case .caller(let contact, let number, let dialled):
                    rows[contact]?.number = number
                    rows[contact]?.dialled = dialled
                case .note(let contact, let note): rows[contact]?.note = note
                case .setUp, .retired, .setUpChange, .outside, .performed, .leg, .registration, .registrationEnded, .message,
                    .documentVersion, .documentRetired, .formAnswer:
                    break
                }
            }
        }
        return rows.values.sorted { ($0.openedAt, $0.id) > ($1.openedAt, $1.id) }
    }

    private static func apply(_ entry: LogEntry, _ rows: inout [ContactID: ContactRow], _ teams: inout [AgentID: TeamID]) {
        switch entry.event {
        case .defined(.agent(let agent)): teams[agent.id] = agent.team
        case .contactOpened(let contact, _):
            rows[contact.id] = ContactRow(
                id: contact.id, project: contact.project, channel: contact.channel, direction: contact.direction, queue: contact.queue,
                openedAt: contact.openedAt)
        case .dialStarted(let contact, let agent, _, _):
            rows[contact]?.agent = agent
            rows[contact]?.team = teams[agent]
        case .dialEnded(let contact, let agent, .answered):
            rows[contact]?.agent = agent
            rows[contact]?.team = teams[agent]
            rows[contact]?.answeredAt = entry.at
        case .dialEnded(let contact, _, _): rows[contact]?.talkEndedAt = entry.at
        case .contactQueued(let contact, let queue):
            if rows[contact]?.queuedAt == nil { rows[contact]?.queuedAt = entry.at }
            rows[contact]?.queue = queue
        case .offerEnded(_, let contact, let agent, .answered):
            rows[contact]?.agent = agent
            rows[contact]?.team = teams[agent]
            if rows[contact]?.answeredAt == nil { rows[contact]?.answeredAt = entry.at }
            rows[contact]?.talkEndedAt = nil
            rows[contact]?.releasedAt = nil
            rows[contact]?.endedBy = nil
        case .sentOutside(let contact, _, _, _):
            rows[contact]?.talkEndedAt = entry.at
            rows[contact]?.outsideAt = entry.at
        case .outsideRefused(let contact, _): rows[contact]?.outsideAt = nil
        case .agentReleased(let contact, _): rows[contact]?.releasedAt = entry.at
        case .talkEnded(let contact, _, let party):
            rows[contact]?.talkEndedAt = entry.at
            rows[contact]?.endedBy = party
        case .contactTransferred(let contact, _, _), .contactTakenOver(let contact, _, _): rows[contact]?.talkEndedAt = entry.at
        case .contactDisposed(let contact, _, let disposition): rows[contact]?.disposition = disposition
        case .contactClosed(let contact, let outcome):
            rows[contact]?.closedAt = entry.at
            rows[contact]?.outcome = outcome
        default: break
        }
    }

    static func fits(_ row: ContactRow, _ filter: ContactFilter) -> Bool {
        let isReached =
            switch filter.reach {
            case .all: true
            case .projects(let projects): projects.contains(row.project)
            case .team(let team, let agent): row.team == team || (agent != nil && row.agent == agent)
            case .agent(let agent): row.agent == agent
            }
        guard isReached, filter.queue == nil || row.queue == filter.queue, filter.agent == nil || row.agent == filter.agent,
            filter.outcome == nil || row.outcome?.words.outcome == filter.outcome
        else { return false }
        guard let wanted = filter.number else { return true }
        let written = wanted.filter(\.isNumber)
        guard !written.isEmpty, let own = row.number?.filter(\.isNumber) else { return false }
        return [written, String(written.drop { $0 == "0" })].contains { digits in
            own == digits || digits.count >= 4 && own.hasSuffix(digits) || digits.count >= 7 && own.hasPrefix(digits)
        }
    }
}
