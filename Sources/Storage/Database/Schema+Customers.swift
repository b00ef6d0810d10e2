extension Schema {
    /// Filed: who calls, with all that is personal about them. A contact knows its customer by id, from the log.
    static let customers: [SQL] = [
        // `languages` are codes between spaces; `words` is what the customer stands in `customer_word` by, between spaces. Merged into
        // another he is found no more.
        """
        CREATE TABLE customer (
            id \(.bytes) NOT NULL PRIMARY KEY,
            project \(.bytes) NOT NULL,
            kind \(.text) NOT NULL,
            name \(.text) NOT NULL,
            languages \(.text) NOT NULL,
            note \(.text) NOT NULL,
            words \(.text) NOT NULL,
            revision \(.integer) NOT NULL,
            created_at \(.integer) NOT NULL,
            changed_at \(.integer) NOT NULL,
            changed_by \(.bytes) NOT NULL,
            merged_into \(.bytes)
        ) \(.keyedTable)
        """,
        "CREATE INDEX customer_changed ON customer (project, changed_at, id) WHERE merged_into IS NULL",
        "CREATE INDEX customer_merged ON customer (merged_into) WHERE merged_into IS NOT NULL",
        // `merged_from` is the customer with whom a value came.
        """
        CREATE TABLE customer_number (
            customer \(.bytes) NOT NULL,
            place \(.integer) NOT NULL,
            number \(.text) NOT NULL,
            label \(.text) NOT NULL,
            merged_from \(.bytes),
            PRIMARY KEY (customer, place)
        ) \(.keyedTable)
        """,
        "CREATE INDEX customer_number_number ON customer_number (number, customer)",
        """
        CREATE TABLE customer_email (
            customer \(.bytes) NOT NULL,
            place \(.integer) NOT NULL,
            email \(.text) NOT NULL,
            merged_from \(.bytes),
            PRIMARY KEY (customer, place)
        ) \(.keyedTable)
        """,
        "CREATE INDEX customer_email_email ON customer_email (email, customer)",
        """
        CREATE TABLE customer_address (
            customer \(.bytes) NOT NULL,
            place \(.integer) NOT NULL,
            label \(.text) NOT NULL,
            street \(.text) NOT NULL,
            house_number \(.text) NOT NULL,
            unit \(.text) NOT NULL,
            postcode \(.text) NOT NULL,
            city \(.text) NOT NULL,
            region \(.text) NOT NULL,
            country \(.text) NOT NULL,
            directions \(.text) NOT NULL,
            merged_from \(.bytes),
            PRIMARY KEY (customer, place)
        ) \(.keyedTable)
        """,
        // The last of a channel is in force.
        """
        CREATE TABLE customer_consent (
            customer \(.bytes) NOT NULL,
            channel \(.text) NOT NULL,
            at \(.integer) NOT NULL,
            given \(.integer) NOT NULL,
            by_user \(.bytes) NOT NULL,
            PRIMARY KEY (customer, channel, at)
        ) \(.keyedTable)
        """,
        // Languages that came with the other.
        """
        CREATE TABLE customer_merge (
            customer \(.bytes) NOT NULL,
            other \(.bytes) NOT NULL,
            merged_at \(.integer) NOT NULL,
            merged_by \(.bytes) NOT NULL,
            unmerged_at \(.integer),
            unmerged_by \(.bytes),
            languages \(.text) NOT NULL,
            PRIMARY KEY (customer, other, merged_at)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE customer_word (
            project \(.bytes) NOT NULL,
            word \(.text) NOT NULL,
            customer \(.bytes) NOT NULL,
            PRIMARY KEY (project, word, customer)
        ) \(.keyedTable)
        """,
        // A file that is being brought in, in pieces: what a server has begun the next one ends.
        """
        CREATE TABLE customer_import (
            id \(.bytes) NOT NULL PRIMARY KEY,
            project \(.bytes) NOT NULL,
            by_user \(.bytes) NOT NULL,
            began_at \(.integer) NOT NULL,
            rows_done \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE customer_import_piece (
            import \(.bytes) NOT NULL,
            place \(.integer) NOT NULL,
            bytes \(.bytes) NOT NULL,
            PRIMARY KEY (import, place)
        ) \(.keyedTable)
        """,
        "ALTER TABLE contact ADD COLUMN customer \(.bytes)",
        "CREATE INDEX contact_customer ON contact (customer, id) WHERE customer IS NOT NULL",
    ]
}
