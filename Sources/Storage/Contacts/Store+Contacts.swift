import Calls
import Contacts
import Organization
import Primitives

extension Store {
    /// Contacts on one page of a list.
    package static let contactsMax = 500

    /// The contacts that fit the filter, the newest first, from behind a cursor on; at most `limit` and `contactsMax`.
    /// - Returns: with the rows, where the next page begins; nil if there is none.
    package func contacts(
        _ filter: ContactFilter, limit: Int, before: ContactCursor? = nil
    ) async throws -> (rows: [ContactRow], next: ContactCursor?) {
        let limit = min(max(limit, 1), Self.contactsMax)
        // One more than wanted tells whether there is a next page.
        guard let search = ContactSearch(filter, limit: limit + 1, before: before) else { return ([], nil) }
        let rows = try await readers.read { connection in try connection.transaction(.reading) { try search.rows(on: connection) } }
        let page = Array(rows.prefix(limit))
        let next = rows.count > limit ? page.last.map { ContactCursor(openedAt: $0.openedAt, contact: $0.id) } : nil
        return (page, next)
    }

    /// A contact with a customer; nil also for a talk between agents.
    package func contact(_ id: ContactID) async throws -> ContactRow? {
        try await readers.read { try $0.first(ContactStatements.one, ["id": .of(id)]) { try ContactRow(&$0) } }
    }

    /// What the same number called about before, the newest first. In `projects` only, where they are given: nobody sees a
    /// project that is not his.
    package func earlierContacts(
        of number: String, before: ContactID, in projects: Set<ProjectID>? = nil, limit: Int
    ) async throws -> [ContactRow] {
        let limit = min(max(limit, 0), Self.contactsMax)
        return try await readers.read { connection in
            var found: [ContactRow] = []
            var cursor = before
            while found.count < limit {
                let page = try connection.all(
                    ContactStatements.earlier, ["number": .of(number), "before": .of(cursor), "limit": .of(limit)],
                    { try ContactRow(&$0) })
                found += page.filter { projects?.contains($0.project) ?? true }.prefix(limit - found.count)
                guard let last = page.last, page.count == limit else { break }
                cursor = last.id
            }
            return found
        }
    }

    /// Who dialled since a moment, and when.
    package func dialled(since: Timestamp) async throws -> [(AgentID, Timestamp)] {
        try await readers.read {
            try $0.all(ContactStatements.dialled, ["since": .of(since)]) { (try $0.id(), try $0.time()) }
        }
    }

    /// The numbers outside that were called about a contact, by the legs that called them.
    package func numbersOutside(of contact: ContactID) async throws -> [LegID: String] {
        try await readers.read {
            Dictionary(
                try $0.all(ContactStatements.outside, ["contact": .of(contact)]) { (try $0.id() as LegID, try $0.text()) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    package func caller(of contact: ContactID) async throws -> (number: String?, dialled: String)? {
        try await readers.read {
            try $0.first(ContactStatements.caller, ["contact": .of(contact)]) { (try $0.textOrNil(), try $0.text()) }
        }
    }

    /// What the agent has typed for a contact so far.
    package func draft(of contact: ContactID) async throws -> (disposition: DispositionID?, note: String)? {
        try await readers.read {
            try $0.first(ContactStatements.draft, ["contact": .of(contact)]) { (try $0.idOrNil(), try $0.text()) }
        }
    }

    /// Keeps what the agent has typed, until the contact closes: then an unsent note becomes the contact's.
    /// - Throws: `StorageError.contactNotOpen`.
    package func saveDraft(
        _ contact: ContactID, agent: AgentID, disposition: DispositionID?, note: String, at now: Timestamp
    ) async throws {
        let saved = try await writer.write {
            try $0.run(
                ContactStatements.saveDraft,
                [
                    "agent": .of(agent), "disposition": .of(disposition), "note": .of(note), "saved_at": .of(now),
                    "contact": .of(contact),
                ])
        }
        guard saved == 1 else { throw StorageError.contactNotOpen(contact) }
    }
}

private enum ContactStatements {
    static let one = Statement(
        "SELECT \(ContactRow.columns) FROM \(ContactRow.tables) WHERE contact.id = $id AND contact.direction <> 'internal'")

    // Ids grow with time: an earlier contact has a smaller one.
    static let earlier = Statement(
        """
        SELECT \(ContactRow.columns) FROM \(ContactRow.tables)
        WHERE contact_caller.number = $number AND contact_caller.contact < $before
        ORDER BY contact_caller.contact DESC LIMIT $limit
        """)

    static let dialled = Statement(
        """
        SELECT agent, opened_at FROM contact
        WHERE opened_at >= $since AND direction = 'outbound' AND agent IS NOT NULL ORDER BY opened_at
        """)

    static let outside = Statement("SELECT leg, number FROM contact_outside WHERE contact = $contact")

    static let caller = Statement("SELECT number, dialled FROM contact_caller WHERE contact = $contact")

    static let draft = Statement("SELECT disposition, note FROM draft WHERE contact = $contact")

    static let saveDraft = Statement(
        """
        INSERT INTO draft (contact, agent, disposition, note, saved_at)
        SELECT id, CAST($agent AS \(.bytes)), CAST($disposition AS \(.bytes)), $note, CAST($saved_at AS \(.integer))
        FROM contact WHERE id = $contact AND closed_at IS NULL
        ON CONFLICT (contact) DO UPDATE SET agent = excluded.agent, disposition = excluded.disposition, note = excluded.note,
            saved_at = excluded.saved_at
        """)
}
