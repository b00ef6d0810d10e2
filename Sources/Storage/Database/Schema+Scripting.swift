extension Schema {
    /// Filed: scripts and forms with their versions, and what agents answer by them, keyed by contact so that it can be erased. `body` and
    /// `name` are JSON, which is read by HTTPAPI alone.
    static let scripting: [SQL] = [
        // `revision` and `versions` are the last that were given out: none is given twice.
        """
        CREATE TABLE document (
            id \(.bytes) NOT NULL PRIMARY KEY,
            project \(.bytes) NOT NULL,
            kind \(.text) NOT NULL,
            key \(.text) NOT NULL,
            name \(.text) NOT NULL,
            revision \(.integer) NOT NULL,
            versions \(.integer) NOT NULL,
            changed_at \(.integer) NOT NULL,
            changed_by \(.bytes) NOT NULL,
            UNIQUE (project, kind, key)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE document_draft (
            document \(.bytes) NOT NULL PRIMARY KEY,
            revision \(.integer) NOT NULL,
            body \(.text) NOT NULL
        ) \(.keyedTable)
        """,
        // Retired it is what was the newest then; what is published later is in force again.
        """
        CREATE TABLE document_version (
            document \(.bytes) NOT NULL,
            version \(.integer) NOT NULL,
            revision \(.integer) NOT NULL,
            body \(.text) NOT NULL,
            published_at \(.integer) NOT NULL,
            published_by \(.bytes) NOT NULL,
            retired_at \(.integer),
            PRIMARY KEY (document, version)
        ) \(.keyedTable)
        """,
        // `steps` holds `step=answer` each, between spaces.
        """
        CREATE TABLE script_run (
            contact \(.bytes) NOT NULL PRIMARY KEY,
            document \(.bytes) NOT NULL,
            version \(.integer) NOT NULL,
            steps \(.text) NOT NULL,
            current \(.text)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE form_answer (
            contact \(.bytes) NOT NULL,
            form \(.bytes) NOT NULL,
            version \(.integer) NOT NULL,
            agent \(.bytes) NOT NULL,
            submitted_at \(.integer) NOT NULL,
            PRIMARY KEY (contact, form)
        ) \(.keyedTable)
        """,
        // Values that were taken, and those half typed: one row for a field, or for each part of an address.
        """
        CREATE TABLE form_value (
            contact \(.bytes) NOT NULL,
            form \(.bytes) NOT NULL,
            field \(.text) NOT NULL,
            part \(.text) NOT NULL,
            value \(.text) NOT NULL,
            PRIMARY KEY (contact, form, field, part)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE form_draft (
            contact \(.bytes) NOT NULL,
            form \(.bytes) NOT NULL,
            field \(.text) NOT NULL,
            part \(.text) NOT NULL,
            value \(.text) NOT NULL,
            PRIMARY KEY (contact, form, field, part)
        ) \(.keyedTable)
        """,
    ]
}
