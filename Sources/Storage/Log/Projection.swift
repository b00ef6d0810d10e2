import Centre
import Reporting

/// The tables that come from the log: each entry changes them in its own transaction.
struct Projection {
    private(set) var agents = AgentStates()
    private var facts = FactBook()

    /// Of an empty log.
    init() {}

    /// Of the log as the tables show it.
    init(from connection: any Connection) throws {
        agents = try AgentStates(from: connection)
        let codec = EventCodec()
        try connection.forEach(LogStatements.ofRestart, [:]) { _ = facts.apply(try LogRow(&$0).entry(codec)) }
    }

    mutating func apply(_ entry: LogEntry, to connection: any Connection) throws {
        if case .defined(let definition) = entry.event { try DefinitionProjection.apply(definition, to: connection) }
        try ContactProjection.apply(entry, to: connection)
        try AuditProjection.apply(entry, to: connection)
        try SeatTable.apply(entry, to: connection)
        try RecordingTable.apply(entry, to: connection)
        try VoiceTable.apply(entry, to: connection)
        if let agent = agents.apply(entry) { try agents.write(agent, to: connection) }
        if let ended = agents.ended { try FigureProjection.apply(ended, to: connection) }
        try ShiftTable.apply(entry, to: connection)
        try FigureProjection.apply(facts.apply(entry), to: connection)
    }

    /// Empties the tables and fills them from the log, inside one transaction.
    static func rebuilt(on connection: any Connection) throws -> Projection {
        for table in Schema.derived { try connection.execute("DELETE FROM \(table)") }
        let codec = EventCodec()
        var projection = Projection()
        var position: Int64 = 0
        while true {
            let page = try connection.all(LogStatements.after, ["position": .of(position), "limit": .of(pageSize)]) { try LogRow(&$0) }
            for row in page { try projection.apply(row.entry(codec), to: connection) }
            guard let last = page.last else { return projection }
            position = last.position
        }
    }

    /// Rows of the log in memory at a time.
    static let pageSize = 2000
}
