import Contacts
import Organization
import Primitives

/// A filter as one statement: only the conditions that are set are in it, so that each has its index.
struct ContactSearch {
    private static let statements = Combinations<Shape>()
    private static let recentStatements = Combinations<Shape>()

    /// What decides the statement's text; the values come separately.
    private struct Shape: Hashable {
        var reach: Reach
        var hasQueue: Bool
        var hasAgent: Bool
        var number: NumberSearch.Part?
        var hasOutcome: Bool
        var hasProject: Bool
        var disposition: Disposition?
        var figure: CountedFigure?
        var hasWaitMin: Bool
        var hasWaitEnd: Bool
        var hasCursor: Bool

        enum Reach: Hashable {
            case all
            case projects(Int)
            case team, teamAndAgent, agent
        }

        enum Disposition: Hashable { case none, one }

        /// Whether few contacts are left when the reach is not looked at yet.
        var isNarrow: Bool { hasQueue || hasAgent || number != nil || figure != nil }
    }

    let statement: Statement
    private(set) var values: Bindings
    private let shape: Shape
    private let limit: Int

    /// Projects that one search can name; who has more sees those with the smallest ids.
    static let projectsMax = 1024
    /// Up to so many projects each is read in its own order and the results are merged. Who has more sees most of what
    /// there is anyway, and the list of all is read and sifted.
    private static let mergedMax = 16

    /// Nil if nothing can be found.
    init?(_ filter: ContactFilter, limit: Int, before: ContactCursor?) {
        var values: Bindings = [:]
        guard let reach = Self.reach(filter.reach, &values) else { return nil }
        var shape = Shape(
            reach: reach, hasQueue: filter.queue != nil, hasAgent: filter.agent != nil, number: nil, hasOutcome: filter.outcome != nil,
            hasProject: filter.project != nil, figure: filter.figure?.figure, hasWaitMin: filter.figure?.waitMin != nil,
            hasWaitEnd: filter.figure?.waitEnd != nil, hasCursor: before != nil)
        if let queue = filter.queue { values += ["queue": .of(queue)] }
        if let agent = filter.agent { values += ["agent": .of(agent)] }
        if let number = filter.number {
            guard let wanted = NumberSearch.Wanted(number) else { return nil }
            shape.number = wanted.part
            values += wanted.bindings
        }
        if let outcome = filter.outcome { values += ["outcome": .of(outcome)] }
        if let project = filter.project { values += ["project": .of(project)] }
        if let disposition = filter.disposition {
            shape.disposition = disposition == nil ? Shape.Disposition.none : .one
            if let disposition { values += ["disposition": .of(disposition)] }
        }
        if let figure = filter.figure {
            values += ["since": .of(figure.since), "until": .of(figure.until)]
            if figure.figure.countsVisits {
                if let wait = figure.waitMin { values += ["wait_min": .of(wait)] }
                if let wait = figure.waitEnd { values += ["wait_end": .of(wait)] }
            }
        }
        if let before { values += ["opened_at": .of(before.openedAt), "contact": .of(before.contact)] }
        values += ["limit": .of(limit)]
        self.values = values
        self.shape = shape
        self.limit = limit
        statement = Self.statements.statement(for: shape) { Self.text(of: shape) }
    }

    private static func reach(_ reach: ContactFilter.Reach, _ values: inout Bindings) -> Shape.Reach? {
        switch reach {
        case .all: return .all
        case .projects(let projects):
            let named = projects.sorted().prefix(projectsMax)
            guard let last = named.last else { return nil }
            var places = named.count
            if places > mergedMax {
                // A power of two, the last project named several times: so there are few statements.
                while places & (places - 1) != 0 { places += 1 }
            }
            for place in 0..<places {
                values.pairs.append(("project\(place)", .of(place < named.count ? named[place] : last)))
            }
            return .projects(places)
        case .team(let team, nil):
            values += ["reach_team": .of(team)]
            return .team
        case .team(let team, let agent?):
            values += ["reach_team": .of(team), "reach_agent": .of(agent)]
            return .teamAndAgent
        case .agent(let agent):
            values += ["reach_agent": .of(agent)]
            return .agent
        }
    }

    /// So many times a page, the newest that a figure counts are looked at, before all are sorted.
    private static let recentParts = [2, 20]

    /// The page of the list.
    ///
    /// Behind a figure of a month are tens of thousands of contacts, of which a page shows the newest. What a figure counts comes after its
    /// contact was opened: of those opened since a moment, all are among what was counted since then.
    func rows(on connection: any Connection) throws -> [ContactRow] {
        if let figure = shape.figure {
            let recent = Self.recentStatements.statement(for: shape) { Self.recent(figure, shape) }
            let named = Set(recent.names)
            for part in Self.recentParts {
                var bindings: Bindings = ["skipped": .of(part * limit)]
                bindings.pairs += values.pairs.filter { named.contains($0.name) }
                guard let since = try connection.first(recent, bindings, { try $0.time() }) else { break }
                var narrow = values
                narrow.pairs = narrow.pairs.map { $0.name == "since" ? ("since", .of(since)) : $0 }
                let rows = try connection.all(statement, narrow) { try ContactRow(&$0) }
                if rows.count == limit, let last = rows.last, last.openedAt >= since { return rows }
            }
        }
        return try connection.all(statement, values) { try ContactRow(&$0) }
    }

    // MARK: The statement's text

    private static func text(of shape: Shape) -> SQL {
        var conditions: [SQL] = []
        if let figure = shape.figure {
            conditions += behind(figure, shape)
        } else {
            conditions += places(shape, of: "contact") + results(shape, of: "contact")
        }
        // Talks between agents are nobody's contacts.
        conditions.append("contact.direction <> 'internal'")
        if let number = shape.number { conditions.append(NumberSearch.condition(number)) }
        if shape.hasOutcome { conditions.append("contact.outcome = $outcome") }
        if shape.hasCursor { conditions.append("(contact.opened_at, contact.id) < ($opened_at, $contact)") }
        let parts = reaches(shape.reach)
        if parts.count > 1, parts.count <= mergedMax, !shape.isNarrow {
            conditions = [merged(parts, conditions)]
        } else if let whole = reach(shape.reach) {
            conditions.append(whole)
        }
        return """
            SELECT \(ContactRow.columns) FROM \(ContactRow.tables) \(filter(conditions))
            ORDER BY contact.opened_at DESC, contact.id DESC LIMIT $limit
            """
    }

    private static func places(_ shape: Shape, of table: SQL) -> [SQL] {
        var conditions: [SQL] = []
        if shape.hasQueue { conditions.append("\(table).queue = $queue") }
        if shape.hasProject { conditions.append("\(table).project = $project") }
        return conditions
    }

    private static func results(_ shape: Shape, of table: SQL) -> [SQL] {
        var conditions: [SQL] = []
        if shape.hasAgent { conditions.append("\(table).agent = $agent") }
        switch shape.disposition {
        case nil: break
        case .some(.none): conditions.append("\(table).disposition IS NULL")
        case .one: conditions.append("\(table).disposition = $disposition")
        }
        return conditions
    }

    /// The contacts that a figure counts: the same conditions as in `FigureSearch`.
    private static func behind(_ figure: CountedFigure, _ shape: Shape) -> [SQL] {
        let counted = counted(by: figure, shape)
        let contacts: SQL = "contact.id IN (SELECT \(counted.table).contact FROM \(counted.table) \(filter(counted.conditions)))"
        // Who answered, and what came of it, stands with the contact.
        return [contacts] + counted.ofContact
    }

    /// When something was counted that has so many newer ones.
    private static func recent(_ figure: CountedFigure, _ shape: Shape) -> SQL {
        let counted = counted(by: figure, shape)
        let conditions = counted.conditions + (shape.hasCursor ? ["\(counted.moment) <= $opened_at"] : [])
        return
            "SELECT \(counted.moment) FROM \(counted.table) \(filter(conditions)) ORDER BY \(counted.moment) DESC LIMIT 1 OFFSET $skipped"
    }

    private struct Counted {
        var table: SQL
        var moment: SQL
        var conditions: [SQL]
        /// Conditions on the contact itself.
        var ofContact: [SQL] = []
    }

    private static func counted(by figure: CountedFigure, _ shape: Shape) -> Counted {
        switch figure {
        case .offered: visits([], shape)
        case .answered: visits(["ended = 'answered'"], shape)
        case .abandoned: visits(["ended = 'abandoned'"], shape)
        case .shortAbandons: visits(["short = 1"], shape)
        case .inTime: visits(["ended = 'answered'", "in_time = 1"], shape)
        case .late: visits(["ended = 'answered'", "in_time = 0"], shape)
        case .waited: visits(["ended IN ('answered', 'abandoned')"], shape)
        case .handled: handlings([], shape)
        case .agentReleasedFirst: handlings(["agent_first = 1"], shape)
        case .talkedOver: voices("talk_over > 0", shape)
        case .deadAir: voices("dead_air > 0", shape)
        case .raisedVoices: voices("raised = 1", shape)
        }
    }

    private static func visits(_ conditions: [SQL], _ shape: Shape) -> Counted {
        var whole: [SQL] = ["entered_at >= $since", "entered_at < $until"] + conditions + places(shape, of: "queue_visit")
        if shape.hasWaitMin { whole.append("wait >= $wait_min") }
        if shape.hasWaitEnd { whole.append("wait < $wait_end") }
        return Counted(table: "queue_visit", moment: "entered_at", conditions: whole, ofContact: results(shape, of: "contact"))
    }

    private static func handlings(_ conditions: [SQL], _ shape: Shape) -> Counted {
        let span: [SQL] = ["answered_at >= $since", "answered_at < $until"]
        let whole = span + conditions + places(shape, of: "handling") + results(shape, of: "handling")
        return Counted(table: "handling", moment: "answered_at", conditions: whole)
    }

    private static func voices(_ condition: SQL, _ shape: Shape) -> Counted {
        var whole: [SQL] = ["since >= $since", "since < $until", condition] + places(shape, of: "voice_talk")
        if shape.hasAgent { whole.append("voice_talk.agent = $agent") }
        var withDisposition = shape
        withDisposition.hasAgent = false
        return Counted(
            table: "voice_talk", moment: "since", conditions: whole, ofContact: results(withDisposition, of: "contact"))
    }

    private static func filter(_ conditions: [SQL]) -> SQL {
        conditions.isEmpty ? "" : "WHERE \(SQL.joined(conditions, by: " AND "))"
    }

    /// The first contacts of each part, by the part's own index; otherwise all contacts of all parts would be sorted.
    private static func merged(_ parts: [SQL], _ conditions: [SQL]) -> SQL {
        let first = parts.enumerated().map { number, part -> SQL in
            let name = SQL(stringLiteral: "part\(number)")
            return """
                SELECT id FROM (
                    SELECT contact.id, contact.opened_at FROM contact \(filter([part] + conditions))
                    ORDER BY contact.opened_at DESC, contact.id DESC LIMIT $limit
                ) AS \(name)
                """
        }
        return "contact.id IN (\(SQL.joined(first, by: " UNION ALL ")))"
    }

    /// The reach in parts that have an index each, and no contact in common.
    private static func reaches(_ reach: Shape.Reach) -> [SQL] {
        switch reach {
        case .all, .team, .agent: []
        case .projects(let places): (0..<places).map { "contact.project = \(SQL(stringLiteral: "$project\($0)"))" }
        case .teamAndAgent:
            [
                "contact.team = $reach_team",
                "contact.agent = $reach_agent AND (contact.team IS NULL OR contact.team <> $reach_team)",
            ]
        }
    }

    private static func names(_ places: Int) -> SQL { .joined((0..<places).map { SQL(stringLiteral: "$project\($0)") }, by: ", ") }

    private static func reach(_ reach: Shape.Reach) -> SQL? {
        switch reach {
        case .all: nil
        case .projects(1): "contact.project = $project0"
        case .projects(let places):
            // Not by the index of projects: what else is looked for finds fewer contacts, or the order of all does.
            "COALESCE(contact.project, contact.project) IN (\(names(places)))"
        case .team: "contact.team = $reach_team"
        case .teamAndAgent: "(contact.team = $reach_team OR contact.agent = $reach_agent)"
        case .agent: "contact.agent = $reach_agent"
        }
    }
}
