extension Schema {
    /// From the log: what was measured of each talk, the newest word on it. The index holds whole rows, as those of the other figures do.
    static let voices: [SQL] = [
        """
        CREATE TABLE voice_talk (
            contact \(.bytes) NOT NULL,
            since \(.integer) NOT NULL,
            project \(.bytes) NOT NULL,
            queue \(.bytes) NOT NULL,
            agent \(.bytes) NOT NULL,
            team \(.bytes),
            talk_over \(.integer) NOT NULL,
            dead_air \(.integer) NOT NULL,
            raised \(.integer) NOT NULL,
            PRIMARY KEY (contact, since, agent)
        ) \(.keyedTable)
        """,
        "CREATE INDEX voice_talk_since ON voice_talk (since, agent, queue, project, talk_over, dead_air, raised, team)",
    ]
}
