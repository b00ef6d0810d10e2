import Organization
import Primitives
import Reporting

/// The statements of a report: each is one sum over an index, with only the conditions that are set.
struct FigureSearch {
    /// What a sum is grouped by.
    enum Key: Hashable {
        case nothing, quarter, wait
        case column(FigureGrouping)
    }

    private enum Table: Hashable { case visits, handlings, time, voices, agents }

    /// What decides a statement's text; the values come separately.
    private struct Shape: Hashable {
        var table: Table
        var key: Key
        var projects: Int
        var isProject: Bool
        var isQueue: Bool
        var isAgent: Bool
        var isTeam: Bool
        var isOwn: Bool
    }

    private static let statements = Combinations<Shape>()

    private let filter: FigureFilter
    private let values: Bindings
    private let projects: Int

    /// Nil if nothing can be found.
    init?(_ filter: FigureFilter, from: Timestamp, to: Timestamp) {
        self.filter = filter
        var values: Bindings = ["from": .of(from), "to": .of(to)]
        var projects = 0
        switch filter.reach {
        case .all: break
        case .projects(let mine):
            let named = mine.sorted().prefix(ContactSearch.projectsMax)
            guard let last = named.last else { return nil }
            projects = 1
            // A power of two, the last one named several times: so there are few statements.
            while projects < named.count { projects *= 2 }
            for place in 0..<projects { values.pairs.append(("project\(place)", .of(place < named.count ? named[place] : last))) }
        case .team(let team, let agent):
            values += ["team": .of(team)]
            if let agent { values += ["own": .of(agent)] }
        case .agent(let agent): values += ["own": .of(agent)]
        }
        if let project = filter.project { values += ["project": .of(project)] }
        if let queue = filter.queue { values += ["queue": .of(queue)] }
        if let agent = filter.agent { values += ["agent": .of(agent)] }
        self.projects = projects
        self.values = values
    }

    // MARK: Sums

    func visits(by key: Key, on connection: any Connection, _ body: (inout Row, QueueFigures) throws -> Void) throws {
        try run(.visits, by: key, on: connection) { row in
            var figures = QueueFigures()
            figures.offered = try row.number()
            figures.answered = try row.number()
            figures.answeredInTime = try row.number()
            figures.abandoned = try row.number()
            figures.abandonedInTime = try row.number()
            figures.shortAbandons = try row.number()
            figures.waitedByAnswered = try row.span()
            figures.waitLongest = try row.span()
            try body(&row, figures)
        }
    }

    func handlings(by key: Key, on connection: any Connection, _ body: (inout Row, HandlingFigures) throws -> Void) throws {
        try run(.handlings, by: key, on: connection) { row in
            var figures = HandlingFigures()
            figures.handled = try row.number()
            figures.talk = try row.span()
            figures.hold = try row.span()
            figures.wrapUp = try row.span()
            figures.agentReleasedFirst = try row.number()
            try body(&row, figures)
        }
    }

    /// Work, idleness and absence, of which each row brings one.
    func time(by key: Key, on connection: any Connection, _ body: (inout Row, TimeFigures) throws -> Void) throws {
        try run(.time, by: key, on: connection) { row in
            var figures = TimeFigures()
            figures.work = try row.span()
            figures.idle = try row.span()
            figures.away = try row.span()
            try body(&row, figures)
        }
    }

    func voices(by key: Key, on connection: any Connection, _ body: (inout Row, VoiceFigures) throws -> Void) throws {
        try run(.voices, by: key, on: connection) { row in
            var figures = VoiceFigures()
            figures.talks = try row.number()
            figures.talkOver = try row.span()
            figures.deadAir = try row.span()
            figures.raised = try row.number()
            try body(&row, figures)
        }
    }

    /// The agents whose time this is about; nil: all.
    func agents(on connection: any Connection) throws -> Set<AgentID>? {
        guard agentsCondition != nil else { return nil }
        var found: Set<AgentID> = []
        try run(.agents, by: .nothing, on: connection) { found.insert(try $0.id()) }
        return found
    }

    // MARK: Text

    private func run(_ table: Table, by key: Key, on connection: any Connection, _ body: (inout Row) throws -> Void) throws {
        let shape = Shape(
            table: table, key: key, projects: projects, isProject: filter.project != nil, isQueue: filter.queue != nil,
            isAgent: filter.agent != nil, isTeam: values.pairs.contains { $0.name == "team" },
            isOwn: values.pairs.contains { $0.name == "own" })
        let statement = Self.statements.statement(for: shape) { text(table, by: key) }
        let named = Set(statement.names)
        var bindings: Bindings = [:]
        bindings.pairs = values.pairs.filter { named.contains($0.name) }
        try connection.forEach(statement, bindings, body)
    }

    private func text(_ table: Table, by key: Key) -> SQL {
        let columns: SQL
        var conditions: [SQL]
        let name: SQL
        let began: SQL
        switch table {
        case .visits:
            name = "queue_visit"
            began = "entered_at"
            columns = Self.visitColumns
            conditions = placeConditions
        case .handlings:
            name = "handling"
            began = "answered_at"
            columns = Self.handlingColumns
            conditions = placeConditions + personConditions
        case .time:
            name = "agent_time"
            began = "quarter"
            columns = Self.timeColumns
            conditions = []
            if let agents = agentsCondition { conditions.append("agent IN (SELECT id FROM agent WHERE \(agents))") }
        case .voices:
            name = "voice_talk"
            began = "since"
            columns = Self.voiceColumns
            conditions = placeConditions + personConditions
        case .agents: return "SELECT id FROM agent \(agentsCondition.map { "WHERE \($0)" } ?? "" as SQL)"
        }
        conditions += ["\(began) >= $from", "\(began) < $to"]
        let grouping = expression(key, began)
        let group: SQL = grouping.map { "GROUP BY \($0)" } ?? ""
        let first: SQL = grouping.map { ", \($0)" } ?? ""
        return "SELECT \(columns)\(first) FROM \(name) WHERE \(SQL.joined(conditions, by: " AND ")) \(group)"
    }

    private func expression(_ key: Key, _ began: SQL) -> SQL? {
        switch key {
        case .nothing: nil
        case .quarter: "\(began) / 900000000"
        case .wait: Self.waitClass
        case .column(.queue): "queue"
        case .column(.agent): "agent"
        case .column(.project): "project"
        case .column(.disposition): "disposition"
        }
    }

    private var placeConditions: [SQL] {
        var conditions: [SQL] = []
        if projects > 0 {
            let places = (0..<projects).map { SQL(stringLiteral: "$project\($0)") }
            conditions.append("project IN (\(SQL.joined(places, by: ", ")))")
        }
        if filter.project != nil { conditions.append("project = $project") }
        if filter.queue != nil { conditions.append("queue = $queue") }
        return conditions
    }

    private var personConditions: [SQL] {
        var conditions: [SQL] = []
        switch filter.reach {
        case .all, .projects: break
        case .team(_, nil): conditions.append("team = $team")
        case .team: conditions.append("(team = $team OR agent = $own)")
        case .agent: conditions.append("agent = $own")
        }
        if filter.agent != nil { conditions.append("agent = $agent") }
        return conditions
    }

    /// Whose time is told: an agent's time belongs to no project, but who serves one is told of to those who see it.
    private var agentsCondition: SQL? {
        var conditions: [SQL] = []
        if projects > 0 {
            let places = (0..<projects).map { SQL(stringLiteral: "$project\($0)") }
            conditions.append(Self.serves("queue.project IN (\(SQL.joined(places, by: ", ")))"))
        }
        switch filter.reach {
        case .all, .projects: break
        case .team(_, nil): conditions.append("team = $team")
        case .team: conditions.append("(team = $team OR id = $own)")
        case .agent: conditions.append("id = $own")
        }
        if filter.project != nil { conditions.append(Self.serves("queue.project = $project")) }
        if filter.agent != nil { conditions.append("id = $agent") }
        return conditions.isEmpty ? nil : SQL.joined(conditions, by: " AND ")
    }

    private static func serves(_ condition: SQL) -> SQL {
        "id IN (SELECT agent_queue.agent FROM agent_queue JOIN queue ON queue.id = agent_queue.queue WHERE \(condition))"
    }

    private static func total(_ what: SQL) -> SQL { "CAST(COALESCE(sum(\(what)), 0) AS \(.integer))" }
    private static func count(_ condition: SQL) -> SQL { total("CASE WHEN \(condition) THEN 1 ELSE 0 END") }

    private static let visitColumns = SQL.joined(
        [
            "count(*)", count("ended = 'answered'"), count("ended = 'answered' AND in_time = 1"), count("ended = 'abandoned'"),
            count("ended = 'abandoned' AND in_time = 1"), total("short"), total("CASE WHEN ended = 'answered' THEN wait ELSE 0 END"),
            "COALESCE(max(CASE WHEN ended IN ('answered', 'abandoned') THEN wait END), 0)",
        ], by: ", ")

    private static let handlingColumns = SQL.joined(
        ["count(*)", total("talk"), total("hold"), total("wrap_up"), total("agent_first")], by: ", ")

    private static let voiceColumns = SQL.joined(["count(*)", total("talk_over"), total("dead_air"), total("raised")], by: ", ")

    private static let timeColumns = SQL.joined([spent(.work), spent(.idle), spent(.away)], by: ", ")

    private static func spent(_ use: Activity.Use) -> SQL {
        let names = Activity.names(of: use).map { SQL(stringLiteral: "'\($0)'") }
        return total("CASE WHEN activity IN (\(SQL.joined(names, by: ", "))) THEN span ELSE 0 END")
    }

    private static let waitClass: SQL = {
        let classes = WaitCount.bounds.enumerated().dropFirst().map { place, bound in
            SQL(stringLiteral: "WHEN wait < \(bound.microseconds) THEN \(place - 1)")
        }
        return "CASE \(SQL.joined(classes, by: " ")) ELSE \(SQL(stringLiteral: "\(WaitCount.bounds.count - 1)")) END"
    }()
}
