import Centre
import Organization
import Primitives
import Reporting
import Routing

/// Since when each agent has been at work, from the log: what a restart goes on with. The rule is that of `Shift.after`; a test compares
/// the two.
enum ShiftTable {
    static func apply(_ entry: LogEntry, to connection: any Connection) throws {
        guard case .presenceChanged(let agent, let presence) = entry.event else { return }
        if presence == .off {
            try connection.run(off, ["agent": .of(agent), "at": .of(entry.at)])
        } else {
            try connection.run(on, ["agent": .of(agent), "at": .of(entry.at), "pause": .of(Shift.pauseMax)])
        }
    }

    static func all(on connection: any Connection) throws -> [AgentID: Shift] {
        let rows = try connection.all(select, [:]) { row in
            (try row.id() as AgentID, Shift(began: try row.time(), left: try row.timeOrNil()))
        }
        return Dictionary(rows, uniquingKeysWith: { $1 })
    }

    private static let on = Statement(
        """
        INSERT INTO shift (agent, began_at, left_at) VALUES ($agent, $at, NULL)
        ON CONFLICT (agent) DO UPDATE SET
            began_at = CASE WHEN shift.left_at IS NOT NULL AND $at - shift.left_at >= $pause THEN $at ELSE shift.began_at END,
            left_at = NULL
        """)
    private static let off = Statement("UPDATE shift SET left_at = $at WHERE agent = $agent AND left_at IS NULL")
    private static let select = Statement("SELECT agent, began_at, left_at FROM shift ORDER BY agent")
}

extension Store {
    /// Every agent's shift as the log has made it.
    package func shifts() async throws -> [AgentID: Shift] { try await readers.read { try ShiftTable.all(on: $0) } }
}
