import Centre
import Organization
import Primitives

/// The hours that agents sat beside each other, and who may work alone since when.
enum SeatTable {
    static func apply(_ entry: LogEntry, to connection: any Connection) throws {
        switch entry.event {
        case .seatTaken(let guest, let host):
            try connection.run(
                take, ["position": .of(entry.position.number), "guest": .of(guest), "host": .of(host), "since": .of(entry.at)])
        case .seatLeft(let guest, _): try connection.run(leave, ["guest": .of(guest), "until": .of(entry.at)])
        case .supervisionStarted(let contact, let guest, let host, _, _, _):
            try connection.run(hear, ["guest": .of(guest), "host": .of(host), "contact": .of(contact)])
        case .signOffChanged(let agent, let isSignedOff):
            try connection.run(signOff, ["agent": .of(agent), "position": .of(entry.position.number)])
            try connection.run(learn, ["agent": .of(agent), "trainee": .of(!isSignedOff)])
        default: break
        }
    }

    private static let take = Statement(
        """
        INSERT INTO seat (position, guest, host, mentored, since)
        SELECT $position, $guest, $host, COALESCE((SELECT trainee FROM agent WHERE id = $host), 0), $since
        """)
    private static let leave = Statement("UPDATE seat SET until = $until WHERE guest = $guest AND until IS NULL")
    private static let hear = Statement(
        """
        INSERT INTO seat_contact (seat, contact)
        SELECT position, $contact FROM seat WHERE guest = $guest AND host = $host AND until IS NULL
        ON CONFLICT (seat, contact) DO NOTHING
        """)
    private static let signOff = Statement(
        """
        INSERT INTO sign_off (agent, position) VALUES ($agent, $position) ON CONFLICT (agent) DO UPDATE SET position = excluded.position
        """)
    private static let learn = Statement("UPDATE agent SET trainee = $trainee WHERE id = $agent")
    fileprivate static let hours = Statement(
        """
        SELECT seat.guest, seat.host, seat.mentored, seat.since, seat.until,
            (SELECT COUNT(*) FROM seat_contact WHERE seat_contact.seat = seat.position)
        FROM seat WHERE seat.guest = $agent OR seat.host = $agent ORDER BY seat.position DESC LIMIT $limit
        """)
}

/// One span in which two sat beside each other.
package struct SeatSpan: Hashable, Sendable {
    package var guest: AgentID
    package var host: AgentID
    /// The host was the trainee.
    package var isMentored: Bool
    package var since: Timestamp
    /// Nil: they still do.
    package var until: Timestamp?
    package var contacts: Int
}

extension Store {
    /// The last spans in which the agent sat beside somebody, or somebody beside him; the newest first.
    package func seats(of agent: AgentID, limit: Int = 1000) async throws -> [SeatSpan] {
        try await readers.read { connection in
            try connection.all(SeatTable.hours, ["agent": .of(agent), "limit": .of(limit)]) { row in
                SeatSpan(
                    guest: try row.id(), host: try row.id(), isMentored: try row.truth(), since: try row.time(), until: try row.timeOrNil(),
                    contacts: try row.number())
            }
        }
    }
}
