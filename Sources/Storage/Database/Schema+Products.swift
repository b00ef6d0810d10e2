extension Schema {
    /// Filed: what a project sells, what was proposed to whom, what was given, and who was asked whether it may be. `body` is JSON, which is read
    /// by HTTPAPI alone.
    static let products: [SQL] = [
        """
        CREATE TABLE product (
            id \(.bytes) NOT NULL PRIMARY KEY,
            project \(.bytes) NOT NULL,
            key \(.text) NOT NULL,
            place \(.integer) NOT NULL,
            body \(.text) NOT NULL,
            revision \(.integer) NOT NULL,
            changed_at \(.integer) NOT NULL,
            changed_by \(.bytes) NOT NULL,
            UNIQUE (project, key)
        ) \(.keyedTable)
        """,
        // Reasons, limits, licences: each of a project's is changed as a whole.
        """
        CREATE TABLE product_sheet (
            project \(.bytes) NOT NULL,
            kind \(.text) NOT NULL,
            body \(.text) NOT NULL,
            revision \(.integer) NOT NULL,
            changed_at \(.integer) NOT NULL,
            changed_by \(.bytes) NOT NULL,
            PRIMARY KEY (project, kind)
        ) \(.keyedTable)
        """,
        // Amounts are hundredths. The price is what it was then.
        """
        CREATE TABLE proposal (
            id \(.bytes) NOT NULL PRIMARY KEY,
            contact \(.bytes) NOT NULL,
            project \(.bytes) NOT NULL,
            customer \(.bytes),
            product \(.text) NOT NULL,
            category \(.text) NOT NULL,
            name \(.text) NOT NULL,
            price \(.integer) NOT NULL,
            discount \(.integer) NOT NULL,
            total \(.integer) NOT NULL,
            currency \(.text) NOT NULL,
            period \(.text) NOT NULL,
            state \(.text) NOT NULL,
            reason \(.text),
            reason_name \(.text),
            competitor_price \(.integer),
            note \(.text) NOT NULL,
            at \(.integer) NOT NULL,
            by_user \(.bytes) NOT NULL
        ) \(.keyedTable)
        """,
        "CREATE INDEX proposal_of_contact ON proposal (contact)",
        "CREATE INDEX proposal_of_customer ON proposal (customer, at) WHERE customer IS NOT NULL",
        "CREATE INDEX proposal_refused ON proposal (project, reason, at) WHERE state = 'refused'",
        """
        CREATE TABLE concession (
            id \(.bytes) NOT NULL PRIMARY KEY,
            contact \(.bytes) NOT NULL,
            project \(.bytes) NOT NULL,
            customer \(.bytes),
            kind \(.text) NOT NULL,
            amount \(.integer) NOT NULL,
            currency \(.text) NOT NULL,
            note \(.text) NOT NULL,
            at \(.integer) NOT NULL,
            by_user \(.bytes) NOT NULL,
            approval \(.bytes)
        ) \(.keyedTable)
        """,
        "CREATE INDEX concession_of_contact ON concession (contact)",
        "CREATE INDEX concession_of_customer ON concession (customer, at) WHERE customer IS NOT NULL",
        """
        CREATE TABLE approval (
            id \(.bytes) NOT NULL PRIMARY KEY,
            contact \(.bytes) NOT NULL,
            project \(.bytes) NOT NULL,
            agent \(.bytes) NOT NULL,
            team \(.bytes),
            asked_by \(.bytes) NOT NULL,
            kind \(.text) NOT NULL,
            amount \(.integer) NOT NULL,
            currency \(.text) NOT NULL,
            product \(.text),
            note \(.text) NOT NULL,
            state \(.text) NOT NULL,
            asked_at \(.integer) NOT NULL,
            decided_at \(.integer),
            decided_by \(.bytes)
        ) \(.keyedTable)
        """,
        "CREATE INDEX approval_of_contact ON approval (contact)",
        "CREATE INDEX approval_asked ON approval (project, asked_at) WHERE state = 'asked'",
    ]
}
