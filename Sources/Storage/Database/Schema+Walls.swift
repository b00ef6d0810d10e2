extension Schema {
    /// What rooms see, and what is told when it is beyond a threshold. `wall_link` holds hashes: whoever reads it cannot open a wallboard.
    static let wallboards: [SQL] = [
        """
        CREATE TABLE wallboard (
            id \(.bytes) NOT NULL PRIMARY KEY,
            project \(.bytes) NOT NULL,
            key \(.text) NOT NULL,
            place \(.integer) NOT NULL,
            language \(.text)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE wall_figure (
            wallboard \(.bytes) NOT NULL,
            place \(.integer) NOT NULL,
            measure \(.text) NOT NULL,
            queue \(.bytes),
            good \(.integer),
            warn \(.integer),
            PRIMARY KEY (wallboard, place)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE wall_link (
            wallboard \(.bytes) NOT NULL PRIMARY KEY,
            token_hash \(.bytes) NOT NULL,
            made_at \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
        "CREATE UNIQUE INDEX wall_link_token ON wall_link (token_hash)",
        """
        CREATE TABLE alert (
            id \(.bytes) NOT NULL PRIMARY KEY,
            project \(.bytes) NOT NULL,
            key \(.text) NOT NULL,
            place \(.integer) NOT NULL,
            measure \(.text) NOT NULL,
            queue \(.bytes),
            side \(.text) NOT NULL,
            threshold \(.integer) NOT NULL,
            clears \(.integer) NOT NULL,
            lasting \(.integer) NOT NULL,
            webhook \(.text),
            webhook_secret \(.text)
        ) \(.keyedTable)
        """,
        // From its beginning to its end, as it was set up then; without an end it goes on, also over a restart. Values in tenths.
        """
        CREATE TABLE raised_alert (
            alert \(.bytes) NOT NULL,
            since \(.integer) NOT NULL,
            project \(.bytes) NOT NULL,
            queue \(.bytes),
            measure \(.text) NOT NULL,
            side \(.text) NOT NULL,
            threshold \(.integer) NOT NULL,
            clears \(.integer) NOT NULL,
            lasting \(.integer) NOT NULL,
            began_at \(.integer) NOT NULL,
            began_value \(.integer),
            ended_at \(.integer),
            ended_value \(.integer),
            PRIMARY KEY (alert, since)
        ) \(.keyedTable)
        """,
        "CREATE INDEX raised_alert_began ON raised_alert (began_at)",
        // What other programs are still to be told. Where to, and signed with what, the alert says when it is sent.
        """
        CREATE TABLE webhook_message (
            id \(.text) NOT NULL PRIMARY KEY,
            alert \(.bytes) NOT NULL,
            body \(.text) NOT NULL,
            made_at \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
    ]
}
