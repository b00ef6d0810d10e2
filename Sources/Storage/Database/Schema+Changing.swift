extension Schema {
    /// What was removed from the set-up, and who changed what of it.
    static let changing: [SQL] = [
        "DROP INDEX log_defined",
        "CREATE INDEX log_defined ON log (position) WHERE \(isDefinition)",
        "CREATE TABLE retired (id \(.bytes) NOT NULL PRIMARY KEY) \(.keyedTable)",
        // The parts stand there as the set-up file writes them, without secrets.
        """
        CREATE TABLE set_up_change (
            number \(.integer) NOT NULL PRIMARY KEY,
            at \(.integer) NOT NULL,
            author \(.bytes),
            undoes \(.integer),
            parts \(.text) NOT NULL
        ) \(.table)
        """,
    ]
}
