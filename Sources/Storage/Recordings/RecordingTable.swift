import Calls
import Centre
import Contacts
import Organization
import Primitives

/// A recording, as the log knows it.
package struct RecordingRow: Hashable, Sendable {
    package var id: RecordingID
    package var contact: ContactID
    package var project: ProjectID
    package var agent: AgentID
    package var startedAt: Timestamp
    /// Nil while the talk goes on.
    package var endedAt: Timestamp?
    /// It is kept whatever the project's rule says.
    package var isHeld: Bool
    package var erasedAt: Timestamp?
    package var erasedFor: ErasureReason?
}

/// The table of recordings, from the log.
enum RecordingTable {
    static func apply(_ entry: LogEntry, to connection: any Connection) throws {
        switch entry.event {
        case .recording(let contact, .started(let recording, let agent)):
            try connection.run(
                started,
                [
                    "id": .of(recording), "contact": .of(contact), "project": .of(entry.project), "agent": .of(agent),
                    "at": .of(entry.at),
                ])
        case .recording(_, .ended(let recording)): try connection.run(ended, ["at": .of(entry.at), "id": .of(recording)])
        case .recording(_, .refused(let recording)): try connection.run(refused, ["id": .of(recording)])
        case .recordingFated(let recording, _, _, .held): try connection.run(held, ["held": .of(1), "id": .of(recording)])
        case .recordingFated(let recording, _, _, .released): try connection.run(held, ["held": .of(0), "id": .of(recording)])
        case .recordingFated(let recording, _, _, .erased(let reason)):
            try connection.run(erased, ["at": .of(entry.at), "reason": .of(reason.rawValue), "id": .of(recording)])
        default: break
        }
    }

    private static let started = Statement(
        """
        INSERT INTO recording (id, contact, project, agent, started_at, is_held) VALUES ($id, $contact, $project, $agent, $at, 0)
        ON CONFLICT (id) DO NOTHING
        """)
    private static let ended = Statement("UPDATE recording SET ended_at = $at WHERE id = $id")
    /// There is none, and so none to be shown, kept or erased.
    private static let refused = Statement("DELETE FROM recording WHERE id = $id")
    private static let held = Statement("UPDATE recording SET is_held = $held WHERE id = $id")
    private static let erased = Statement("UPDATE recording SET erased_at = $at, erased_for = $reason WHERE id = $id")

    private static let columns: SQL = "id, contact, project, agent, started_at, ended_at, is_held, erased_at, erased_for"

    fileprivate static let ofContact = Statement(
        "SELECT \(columns) FROM recording WHERE contact = $contact ORDER BY started_at, id LIMIT 1000")
    fileprivate static let one = Statement("SELECT \(columns) FROM recording WHERE id = $id")
    fileprivate static let due = Statement(
        """
        SELECT \(columns) FROM recording
        WHERE project = $project AND started_at < $before AND erased_at IS NULL AND is_held = 0 AND ended_at IS NOT NULL
        ORDER BY started_at, id LIMIT $limit
        """)
    fileprivate static let kept = Statement(
        "SELECT \(columns) FROM recording WHERE erased_at IS NULL AND ended_at IS NOT NULL AND id > $after ORDER BY id LIMIT $limit")
}

extension Store {
    /// The recordings of a contact, the first one first.
    package func recordings(of contact: ContactID) async throws -> [RecordingRow] {
        try await readers.read { try $0.all(RecordingTable.ofContact, ["contact": .of(contact)]) { try RecordingRow(&$0) } }
    }

    package func recording(_ id: RecordingID) async throws -> RecordingRow? {
        try await readers.read { try $0.first(RecordingTable.one, ["id": .of(id)]) { try RecordingRow(&$0) } }
    }

    /// Those of a project that began before a moment and that nothing keeps, the oldest first.
    package func recordingsDue(of project: ProjectID, before: Timestamp, limit: Int) async throws -> [RecordingRow] {
        try await readers.read {
            try $0.all(RecordingTable.due, ["project": .of(project), "before": .of(before), "limit": .of(limit)]) { try RecordingRow(&$0) }
        }
    }

    /// Those that are over and not erased, by their ids.
    package func recordingsKept(after: RecordingID, limit: Int) async throws -> [RecordingRow] {
        try await readers.read {
            try $0.all(RecordingTable.kept, ["after": .of(after), "limit": .of(limit)]) { try RecordingRow(&$0) }
        }
    }
}

extension RecordingRow {
    fileprivate init(_ row: inout Row) throws {
        self.init(
            id: try row.id(), contact: try row.id(), project: try row.id(), agent: try row.id(), startedAt: try row.time(),
            endedAt: try row.timeOrNil(), isHeld: try row.integer() != 0, erasedAt: try row.timeOrNil(),
            erasedFor: try row.textOrNil().flatMap { ErasureReason(rawValue: $0) })
    }
}
