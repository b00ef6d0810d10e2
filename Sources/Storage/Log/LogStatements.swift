/// The statements of the log.
enum LogStatements {
    /// What `LogRow` reads.
    static let columns: SQL = "position, at, kind, version, project, contact, agent, queue, customer, actor, cause, payload"
    static let columnCount = 12

    static let insert = Statement(
        """
        INSERT INTO log (\(columns), hash)
        VALUES ($position, $at, $kind, $version, $project, $contact, $agent, $queue, $customer, $actor, $cause, $payload, $hash)
        """)

    static let head = Statement("SELECT position, hash FROM log ORDER BY position DESC LIMIT 1")

    static let end = Statement("SELECT position, at FROM log ORDER BY position DESC LIMIT 1")

    static let after = Statement("SELECT \(columns) FROM log WHERE position > $position ORDER BY position LIMIT $limit")

    static let hashedAfter = Statement("SELECT \(columns), hash FROM log WHERE position > $position ORDER BY position LIMIT $limit")

    static let ofContact = Statement("SELECT \(columns) FROM log WHERE contact = $contact ORDER BY position")

    /// The first position at or after a moment; the log's times never go backwards.
    static let firstSince = Statement("SELECT position FROM log WHERE at >= $since ORDER BY at, position LIMIT 1")

    static let definitionsBefore = Statement(
        "SELECT \(columns) FROM log WHERE \(Schema.isDefinition) AND position < $position ORDER BY position")

    /// What the engine is built from again: all definitions, and everything about contacts that are open.
    static let ofRestart = Statement(
        """
        SELECT \(columns) FROM log WHERE position IN (
            SELECT position FROM log WHERE \(Schema.isDefinition)
            UNION
            SELECT log.position FROM contact JOIN log ON log.contact = contact.id WHERE contact.closed_at IS NULL
            UNION
            SELECT position FROM seat WHERE until IS NULL
            UNION
            SELECT position FROM sign_off
        ) ORDER BY position
        """)
}
