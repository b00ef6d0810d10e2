/// The tables, as numbered migrations. A migration that has been released is never edited: what changes comes as the next.
///
/// There are two sorts of tables. Those *from the log* are written while events are stored, and `Store.rebuildTables` makes
/// them again from the log alone. *Filed* ones hold what must not stand in the log or does not belong there: personal values,
/// names, secrets, sessions; rows of them can be erased. Ids are 16 bytes (`Fragment.bytes`), times microseconds since
/// 1970 UTC, spans microseconds.
enum Schema {
    static let migrations: [[SQL]] = [
        first, filedTrunks, calls, presentedNumbers, hangingUp, headsets, dialling, outside, figures, escalation, openingHours,
        changing, audit, quotas, recordings, supervision, wallboards, voices, seats,
        scripting, customers, projectTexts, products, gazetteers,
    ]
    static var newest: Int { migrations.count }

    /// The tables that come from the log.
    static let derived = [
        "seat", "seat_contact", "sign_off", "recording", "audit", "queue_visit", "handling", "voice_talk", "agent_time", "shift", "contact",
        "agent_state", "agent_queue", "agent",
        "disposition",
        "entry_point",
        "queue",
        "project",
    ]

    /// The format in which the newest of them came: what is older is filled from the log.
    static let derivedSince = 15

    /// True for the rows of the log that define something; the index `log_defined` is made with these very words.
    static let isDefinition: SQL =
        "kind IN ('projectDefined', 'queueDefined', 'entryPointDefined', 'dispositionDefined', 'agentDefined', 'retired')"
    /// The same before anything could be retired.
    private static let wasDefinition: SQL =
        "kind IN ('projectDefined', 'queueDefined', 'entryPointDefined', 'dispositionDefined', 'agentDefined')"

    private static let first: [SQL] = log + fromTheLog + filedSetUp + filedPeople + filedContacts

    /// What a restart takes calls up by. `heartbeat` gets one row, which is written to find out whether anything can be written.
    private static let calls: [SQL] = [
        """
        CREATE TABLE leg (
            contact \(.bytes) NOT NULL,
            party \(.text) NOT NULL,
            id \(.bytes) NOT NULL,
            dialog \(.bytes) NOT NULL,
            codec \(.integer) NOT NULL,
            description_version \(.integer) NOT NULL,
            caller_number \(.text),
            PRIMARY KEY (contact, party)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE registration (
            phone \(.bytes) NOT NULL PRIMARY KEY,
            contact \(.text) NOT NULL,
            source \(.text) NOT NULL,
            until \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE heartbeat (
            id \(.integer) NOT NULL PRIMARY KEY,
            filling \(.bytes) NOT NULL
        ) \(.table)
        """,
    ]

    /// How long an agent who hangs up first has to say why, and where his customer goes then.
    private static let hangingUp: [SQL] = [
        "ALTER TABLE queue ADD COLUMN reason_timeout \(.integer) NOT NULL DEFAULT 20000000",
        "ALTER TABLE queue ADD COLUMN escalation \(.bytes)",
    ]

    /// Who gets the contacts that need a supervisor, before a queue does.
    private static let escalation: [SQL] = ["ALTER TABLE queue ADD COLUMN escalation_agent \(.bytes)"]

    /// Agents whose browser is their phone, and the legs that lie on it.
    private static let headsets: [SQL] = [
        "ALTER TABLE agent_state ADD COLUMN has_headset \(.integer) NOT NULL DEFAULT 0",
        "ALTER TABLE leg ADD COLUMN headset \(.bytes)",
    ]

    /// Who began a contact; how a project calls out, and where to.
    private static let dialling: [SQL] = [
        "ALTER TABLE contact ADD COLUMN direction \(.text) NOT NULL DEFAULT 'inbound'",
        """
        CREATE TABLE project_outbound (
            project \(.bytes) NOT NULL PRIMARY KEY,
            trunk \(.bytes) NOT NULL,
            caller_number \(.text) NOT NULL,
            calls_max \(.integer) NOT NULL,
            calls_per_hour_max \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE project_destination (
            project \(.bytes) NOT NULL,
            prefix \(.text) NOT NULL,
            allowed \(.integer) NOT NULL,
            PRIMARY KEY (project, prefix)
        ) \(.keyedTable)
        """,
    ]

    /// Customers sent to a number outside.
    private static let outside: [SQL] = [
        "ALTER TABLE contact ADD COLUMN outside_at \(.integer)",
        "ALTER TABLE contact ADD COLUMN released_at \(.integer)",
        """
        CREATE TABLE contact_outside (
            contact \(.bytes) NOT NULL,
            leg \(.bytes) NOT NULL,
            number \(.text) NOT NULL,
            PRIMARY KEY (contact, leg)
        ) \(.keyedTable)
        """,
    ]

    private static let log: [SQL] = [
        """
        CREATE TABLE log (
            position \(.integer) NOT NULL PRIMARY KEY,
            at \(.integer) NOT NULL,
            kind \(.text) NOT NULL,
            version \(.integer) NOT NULL,
            project \(.bytes),
            contact \(.bytes),
            agent \(.bytes),
            queue \(.bytes),
            customer \(.bytes),
            actor \(.text) NOT NULL,
            cause \(.text) NOT NULL,
            payload \(.text) NOT NULL,
            hash \(.bytes) NOT NULL
        ) \(.table)
        """,
        "CREATE INDEX log_contact ON log (contact, position) WHERE contact IS NOT NULL",
        "CREATE INDEX log_at ON log (at)",
        "CREATE INDEX log_defined ON log (position) WHERE \(wasDefinition)",
    ]

    private static let fromTheLog: [SQL] = [
        """
        CREATE TABLE contact (
            id \(.bytes) NOT NULL PRIMARY KEY,
            project \(.bytes) NOT NULL,
            channel \(.text) NOT NULL,
            queue \(.bytes),
            agent \(.bytes),
            team \(.bytes),
            opened_at \(.integer) NOT NULL,
            queued_at \(.integer),
            answered_at \(.integer),
            talk_ended_at \(.integer),
            closed_at \(.integer),
            outcome \(.text),
            outcome_detail \(.text),
            ended_by \(.text),
            disposition \(.bytes)
        ) \(.keyedTable)
        """,
        "CREATE INDEX contact_open ON contact (id) WHERE closed_at IS NULL",
        "CREATE INDEX contact_opened ON contact (opened_at, id)",
        "CREATE INDEX contact_project ON contact (project, opened_at, id)",
        "CREATE INDEX contact_queue ON contact (queue, opened_at, id)",
        "CREATE INDEX contact_agent ON contact (agent, opened_at, id) WHERE agent IS NOT NULL",
        "CREATE INDEX contact_team ON contact (team, opened_at, id) WHERE team IS NOT NULL",
        """
        CREATE TABLE agent_state (
            agent \(.bytes) NOT NULL PRIMARY KEY,
            presence \(.text) NOT NULL,
            presence_reason \(.bytes),
            presence_since \(.integer) NOT NULL,
            next \(.text),
            next_reason \(.bytes),
            routing \(.text) NOT NULL,
            routing_contact \(.bytes),
            routing_offer \(.bytes),
            routing_since \(.integer) NOT NULL,
            idle_since \(.integer),
            phone_reachable \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE project (
            id \(.bytes) NOT NULL PRIMARY KEY,
            time_zone \(.text) NOT NULL,
            language \(.text) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE queue (
            id \(.bytes) NOT NULL PRIMARY KEY,
            project \(.bytes) NOT NULL,
            ring_timeout \(.integer) NOT NULL,
            wrap_up \(.text) NOT NULL,
            wrap_up_limit \(.integer),
            service_level_target \(.integer) NOT NULL,
            short_abandon \(.integer) NOT NULL,
            waiting_max \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE entry_point (
            id \(.bytes) NOT NULL PRIMARY KEY,
            project \(.bytes) NOT NULL,
            queue \(.bytes) NOT NULL,
            priority \(.integer) NOT NULL,
            language \(.text) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE disposition (
            id \(.bytes) NOT NULL PRIMARY KEY,
            project \(.bytes) NOT NULL,
            parent \(.bytes),
            meanings \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE agent (
            id \(.bytes) NOT NULL PRIMARY KEY,
            team \(.bytes),
            phone \(.bytes)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE agent_queue (
            agent \(.bytes) NOT NULL,
            queue \(.bytes) NOT NULL,
            priority \(.integer) NOT NULL,
            delay \(.integer) NOT NULL,
            PRIMARY KEY (agent, queue)
        ) \(.keyedTable)
        """,
    ]

    private static let filedSetUp: [SQL] = [
        // What the set-up file calls a thing, its place among its kind there, and a disposition's rank among its siblings.
        """
        CREATE TABLE item (
            id \(.bytes) NOT NULL PRIMARY KEY,
            kind \(.text) NOT NULL,
            key \(.text) NOT NULL,
            place \(.integer) NOT NULL,
            sibling_rank \(.integer)
        ) \(.keyedTable)
        """,
        "CREATE INDEX item_kind ON item (kind, place)",
        """
        CREATE TABLE item_name (
            item \(.bytes) NOT NULL,
            language \(.text) NOT NULL,
            name \(.text) NOT NULL,
            PRIMARY KEY (item, language)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE project_numbers (
            project \(.bytes) NOT NULL PRIMARY KEY,
            country_code \(.text) NOT NULL,
            trunk_prefix \(.text) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE trunk_address (
            trunk \(.bytes) NOT NULL,
            place \(.integer) NOT NULL,
            address \(.text) NOT NULL,
            PRIMARY KEY (trunk, place)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE phone (
            id \(.bytes) NOT NULL PRIMARY KEY,
            place \(.integer) NOT NULL,
            sip_user \(.text) UNIQUE,
            md5 \(.text),
            sha256 \(.text),
            host \(.text),
            port \(.integer)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE entry_number (
            entry_point \(.bytes) NOT NULL PRIMARY KEY,
            place \(.integer) NOT NULL,
            number \(.text) UNIQUE
        ) \(.keyedTable)
        """,
    ]

    private static let filedPeople: [SQL] = [
        """
        CREATE TABLE user_account (
            id \(.bytes) NOT NULL PRIMARY KEY,
            place \(.integer) NOT NULL,
            agent \(.bytes),
            team \(.bytes),
            role \(.text) NOT NULL,
            login \(.text) UNIQUE,
            name \(.text) NOT NULL,
            language \(.text) NOT NULL,
            chosen_language \(.text),
            password_hash \(.text)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE user_project (
            user_account \(.bytes) NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
            project \(.bytes) NOT NULL,
            PRIMARY KEY (user_account, project)
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE session (
            token_hash \(.bytes) NOT NULL PRIMARY KEY,
            user_account \(.bytes) NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
            expires_at \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
        "CREATE INDEX session_of_user ON session (user_account, expires_at)",
        // The commands that have been carried out: their keys, so that a repetition acts once.
        """
        CREATE TABLE command (
            number \(.integer) NOT NULL PRIMARY KEY,
            user_account \(.bytes) NOT NULL,
            key \(.text) NOT NULL,
            position \(.integer) NOT NULL,
            UNIQUE (user_account, key)
        ) \(.table)
        """,
    ]

    private static let filedContacts: [SQL] = [
        // `digits` and `digits_reversed` are what a number is searched by: its beginning, and its end.
        """
        CREATE TABLE contact_caller (
            contact \(.bytes) NOT NULL PRIMARY KEY,
            number \(.text),
            dialled \(.text) NOT NULL,
            digits \(.text),
            digits_reversed \(.text)
        ) \(.keyedTable)
        """,
        "CREATE INDEX contact_caller_number ON contact_caller (number, contact) WHERE number IS NOT NULL",
        "CREATE INDEX contact_caller_digits ON contact_caller (digits) WHERE digits IS NOT NULL",
        "CREATE INDEX contact_caller_reversed ON contact_caller (digits_reversed) WHERE digits_reversed IS NOT NULL",
        """
        CREATE TABLE contact_note (
            contact \(.bytes) NOT NULL PRIMARY KEY,
            note \(.text) NOT NULL
        ) \(.keyedTable)
        """,
        """
        CREATE TABLE draft (
            contact \(.bytes) NOT NULL PRIMARY KEY,
            agent \(.bytes) NOT NULL,
            disposition \(.bytes),
            note \(.text) NOT NULL,
            saved_at \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
    ]
    /// Numbers in national form were promised, and never written so: they went out as they were, in international form.
    private static let presentedNumbers: [SQL] = ["UPDATE trunk SET presents_format = 'e164' WHERE presents_format = 'national'"]

    // What a trunk is beyond its addresses; one that was filed before this table has no row yet.
    private static let filedTrunks: [SQL] = [
        """
        CREATE TABLE trunk (
            id \(.bytes) NOT NULL PRIMARY KEY,
            server_host \(.text),
            server_port \(.integer),
            transport \(.text),
            callers \(.text) NOT NULL,
            presents_header \(.text),
            presents_number \(.text),
            presents_format \(.text),
            calls_per_second \(.integer)
        ) \(.keyedTable)
        """,
        // The password is readable: `Secret` says why.
        """
        CREATE TABLE trunk_login (
            trunk \(.bytes) NOT NULL PRIMARY KEY,
            sip_user \(.text) NOT NULL,
            password \(.text) NOT NULL,
            realm_user \(.text),
            registers \(.integer) NOT NULL,
            expires \(.integer) NOT NULL
        ) \(.keyedTable)
        """,
    ]
}
