extension Schema {
    /// Each as one word (`OpeningHours.description`).
    static let openingHours: [SQL] = [
        "ALTER TABLE project ADD COLUMN hours \(.text)", "ALTER TABLE entry_point ADD COLUMN hours \(.text)",
    ]

    static let quotas: [SQL] = [
        """
        CREATE TABLE quota (
            id \(.bytes) NOT NULL PRIMARY KEY,
            project \(.bytes) NOT NULL,
            key \(.text) NOT NULL,
            place \(.integer) NOT NULL,
            counts \(.text) NOT NULL,
            per \(.text) NOT NULL,
            holder \(.text) NOT NULL,
            target \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE shift (
            agent \(.bytes) NOT NULL PRIMARY KEY,
            began_at \(.integer) NOT NULL,
            left_at \(.integer)
        ) \(.keyedTable)
        """,
    ]
}
