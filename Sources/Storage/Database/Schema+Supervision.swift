extension Schema {
    /// Supervisors: a talk may have several, each with a line of his own, so a leg is known by its id; whether agents are told; and what they
    /// tell agents.
    static let supervision: [SQL] = [
        "ALTER TABLE leg RENAME TO leg_by_party",
        """
        CREATE TABLE leg (
            id \(.bytes) NOT NULL PRIMARY KEY,
            contact \(.bytes) NOT NULL,
            party \(.text) NOT NULL,
            dialog \(.bytes) NOT NULL,
            codec \(.integer) NOT NULL,
            description_version \(.integer) NOT NULL,
            caller_number \(.text),
            headset \(.bytes)
        ) \(.keyedTable)
        """,
        """
        INSERT INTO leg (id, contact, party, dialog, codec, description_version, caller_number, headset)
        SELECT id, contact, party, dialog, codec, description_version, caller_number, headset FROM leg_by_party
        """,
        "DROP TABLE leg_by_party",
        "CREATE INDEX leg_of_contact ON leg (contact, party)",
        // A project that says nothing of it tells its agents.
        """
        CREATE TABLE project_supervision (
            project \(.bytes) NOT NULL PRIMARY KEY,
            shown \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE message (
            id \(.bytes) NOT NULL PRIMARY KEY,
            sender \(.bytes) NOT NULL,
            text \(.text) NOT NULL,
            sent_at \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE message_unread (
            message \(.bytes) NOT NULL,
            agent \(.bytes) NOT NULL,
            PRIMARY KEY (message, agent)
        ) \(.keyedTable)
        """,
    ]
}
