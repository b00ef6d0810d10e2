extension Schema {
    /// What figures are made of. The indexes hold whole rows: a report reads nothing else.
    static let figures: [SQL] = [
        """
        CREATE TABLE queue_visit (
            contact \(.bytes) NOT NULL,
            number \(.integer) NOT NULL,
            project \(.bytes) NOT NULL,
            queue \(.bytes) NOT NULL,
            entered_at \(.integer) NOT NULL,
            ended \(.text),
            wait \(.integer),
            in_time \(.integer) NOT NULL,
            short \(.integer) NOT NULL,
            PRIMARY KEY (contact, number)
        ) \(.keyedTable)
        """,
        "CREATE INDEX queue_visit_entered ON queue_visit (entered_at, queue, project, ended, wait, in_time, short)",
        """
        CREATE TABLE handling (
            contact \(.bytes) NOT NULL,
            number \(.integer) NOT NULL,
            project \(.bytes) NOT NULL,
            queue \(.bytes) NOT NULL,
            agent \(.bytes) NOT NULL,
            team \(.bytes),
            answered_at \(.integer) NOT NULL,
            talk \(.integer) NOT NULL,
            hold \(.integer) NOT NULL,
            wrap_up \(.integer) NOT NULL,
            agent_first \(.integer) NOT NULL,
            disposition \(.bytes),
            PRIMARY KEY (contact, number)
        ) \(.keyedTable)
        """,
        """
        CREATE INDEX handling_answered ON handling
            (answered_at, agent, queue, project, talk, hold, wrap_up, agent_first, disposition, team)
        """,
        """
        CREATE TABLE agent_time (
            quarter \(.integer) NOT NULL,
            agent \(.bytes) NOT NULL,
            activity \(.text) NOT NULL,
            reason \(.bytes) NOT NULL,
            span \(.integer) NOT NULL,
            PRIMARY KEY (quarter, agent, activity, reason)
        ) \(.keyedTable)
        """,
    ]
}
