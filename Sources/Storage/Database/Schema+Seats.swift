extension Schema {
    /// Who sat beside whom, from when till when and in which contacts; and who is a trainee, and by which entry last said.
    static let seats: [SQL] = [
        "ALTER TABLE agent ADD COLUMN trainee \(.integer) NOT NULL DEFAULT 0",
        // Each seat by the position of the entry that began it.
        """
        CREATE TABLE seat (
            position \(.integer) NOT NULL PRIMARY KEY,
            guest \(.bytes) NOT NULL,
            host \(.bytes) NOT NULL,
            mentored \(.integer) NOT NULL,
            since \(.integer) NOT NULL,
            until \(.integer)
        ) \(.keyedTable)
        """,
        "CREATE INDEX seat_of_guest ON seat (guest, since)",
        "CREATE INDEX seat_of_host ON seat (host, since)",
        """
        CREATE TABLE seat_contact (
            seat \(.integer) NOT NULL,
            contact \(.bytes) NOT NULL,
            PRIMARY KEY (seat, contact)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE sign_off (
            agent \(.bytes) NOT NULL PRIMARY KEY,
            position \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
    ]
}
