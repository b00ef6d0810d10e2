extension Schema {
    /// From the log: one row for each recording. `agent` is whose talk it began with; the sound lies in a file of its own.
    static let recordings: [SQL] = [
        "ALTER TABLE project ADD COLUMN recording \(.text)",
        """
        CREATE TABLE recording (
            id \(.bytes) NOT NULL PRIMARY KEY,
            contact \(.bytes) NOT NULL,
            project \(.bytes) NOT NULL,
            agent \(.bytes) NOT NULL,
            started_at \(.integer) NOT NULL,
            ended_at \(.integer),
            is_held \(.integer) NOT NULL,
            erased_at \(.integer),
            erased_for \(.text)
        ) \(.keyedTable)
        """,
        "CREATE INDEX recording_contact ON recording (contact, started_at)",
        "CREATE INDEX recording_due ON recording (project, started_at) WHERE erased_at IS NULL",
    ]
}
