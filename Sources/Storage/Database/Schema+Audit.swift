extension Schema {
    /// Who saw, changed and took along what: from the log, for the screen. `subject_id` is the contact or the account; `question` holds
    /// the terms of an `Audit.Term` each, between spaces.
    static let audit: [SQL] = [
        """
        CREATE TABLE audit (
            position \(.integer) NOT NULL PRIMARY KEY,
            at \(.integer) NOT NULL,
            action \(.text) NOT NULL,
            subject \(.text) NOT NULL,
            subject_id \(.bytes),
            user_account \(.bytes),
            project \(.bytes),
            question \(.text) NOT NULL
        ) \(.table)
        """,
        "CREATE INDEX audit_at ON audit (at, position)",
        "CREATE INDEX audit_user ON audit (user_account, at, position) WHERE user_account IS NOT NULL",
        "CREATE INDEX audit_subject ON audit (subject_id, at, position) WHERE subject_id IS NOT NULL",
        "CREATE INDEX audit_project ON audit (project, at, position) WHERE project IS NOT NULL",
    ]
}
