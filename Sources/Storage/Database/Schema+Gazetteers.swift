extension Schema {
    /// Filed: the streets that projects know, as a file in pieces. A file has a `version` of its own, and the row of `gazetteer` says which is
    /// in force: it is written when all pieces of it are there.
    static let gazetteers: [SQL] = [
        """
        CREATE TABLE gazetteer (
            project \(.bytes) NOT NULL PRIMARY KEY,
            version \(.bytes) NOT NULL,
            streets \(.integer) NOT NULL,
            places \(.integer) NOT NULL,
            changed_at \(.integer) NOT NULL,
            changed_by \(.bytes) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE gazetteer_piece (
            version \(.bytes) NOT NULL,
            place \(.integer) NOT NULL,
            bytes \(.bytes) NOT NULL,
            PRIMARY KEY (version, place)
        ) \(.keyedTable)
        """,
    ]
}
