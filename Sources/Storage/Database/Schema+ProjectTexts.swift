extension Schema {
    /// What a project's agents are told: what to say first, what the work is.
    static let projectTexts: [SQL] = [
        """
        CREATE TABLE project_text (
            project \(.bytes) NOT NULL,
            kind \(.text) NOT NULL,
            language \(.text) NOT NULL,
            text \(.text) NOT NULL,
            PRIMARY KEY (project, kind, language)
        ) \(.keyedTable)
        """
    ]
}
