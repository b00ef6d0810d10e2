import Centre
import Contacts
import Organization
import Primitives

/// Which part of the audit is wanted.
package struct AuditFilter: Hashable, Sendable {
    /// Whose data somebody may see the audit of.
    package enum Reach: Hashable, Sendable {
        case all
        /// What was done with data of these projects, and what people of them did with data of none in particular.
        case projects(Set<ProjectID>)
    }

    package var reach: Reach
    package var user: UserID?
    package var action: Audit.Action?
    package var subject: Audit.Subject.Kind?
    package var contact: ContactID?
    package var since: Timestamp?
    package var until: Timestamp?

    package init(reach: Reach) {
        self.reach = reach
    }
}

/// One line of the audit.
package struct AuditRow: Hashable, Sendable {
    package var position: LogPosition
    package var at: Timestamp
    /// Who it was, or whose login was tried; nil: the server itself, or its administrator on the machine.
    package var user: UserID?
    package var audit: Audit
}

/// How often somebody looked at something, and when last.
package struct Looker: Hashable, Sendable {
    package var user: UserID
    package var last: Timestamp
    package var looks: Int
}

extension Store {
    /// Lines read at a time.
    package static let auditMax = 10_000
    /// People told of who saw one contact; those who looked last.
    package static let lookersMax = 50

    /// The audit, the newest first; `next` is where to read on.
    package func audit(_ filter: AuditFilter, limit: Int, before: LogPosition? = nil) async throws
        -> (rows: [AuditRow], next: LogPosition?)
    {
        let limit = min(max(limit, 1), Self.auditMax)
        // One more than wanted tells whether there is a next page.
        guard let search = AuditSearch(filter, limit: limit + 1, before: before) else { return ([], nil) }
        let rows = try await readers.read { try $0.all(search.statement, search.values) { try AuditRow(&$0) } }
        let page = Array(rows.prefix(limit))
        return (page, rows.count > limit ? page.last?.position : nil)
    }

    /// Who looked at a contact, the last first.
    package func lookers(at contact: ContactID) async throws -> [Looker] {
        try await readers.read {
            try $0.all(Self.lookers, ["contact": .of(contact), "limit": .of(Self.lookersMax)]) {
                Looker(user: try $0.id(), last: try $0.time(), looks: try $0.number())
            }
        }
    }

    private static let lookers = Statement(
        """
        SELECT user_account, max(at), count(*) FROM audit
        WHERE subject_id = $contact AND subject = 'contact' AND user_account IS NOT NULL
        GROUP BY user_account ORDER BY max(at) DESC, user_account LIMIT $limit
        """)
}

extension AuditRow {
    fileprivate init(_ row: inout Row) throws {
        position = LogPosition(try row.integer())
        at = try row.time()
        let action: Audit.Action = try row.choice()
        let kind = try row.text()
        let id: ID<AuditRow>? = try row.idOrNil()
        user = try row.idOrNil()
        let project: ProjectID? = try row.idOrNil()
        let question = try row.text().split(separator: " ").compactMap { Audit.Term(parsing: $0) }
        guard let subject = Audit.Subject(kind, id: id?.description) else {
            throw StorageError.unreadable("the subject of the audit at position \(position)")
        }
        audit = Audit(action, subject, of: project, question: question)
    }
}

/// A filter as one statement: only the conditions that are set are in it.
private struct AuditSearch {
    private static let statements = Combinations<Shape>()

    private struct Shape: Hashable {
        /// How many projects the reach names; nil: all.
        var projects: Int?
        var terms: Set<String>
    }

    let statement: Statement
    let values: Bindings

    /// Nil if nothing can be found.
    init?(_ filter: AuditFilter, limit: Int, before: LogPosition?) {
        var conditions: [SQL] = []
        var values: Bindings = [:]
        var shape = Shape(terms: [])
        func add(_ name: String, _ condition: SQL, _ value: Value?) {
            guard let value else { return }
            shape.terms.insert(name)
            conditions.append(condition)
            values.pairs.append((name, value))
        }
        add("user", "user_account = $user", filter.user.map { .of($0) })
        add("action", "action = $action", filter.action.map { .of($0.rawValue) })
        add("subject", "subject = $subject", filter.subject.map { .of($0.rawValue) })
        add("contact", "subject_id = $contact", filter.contact.map { .of($0) })
        add("since", "at >= $since", filter.since.map { .of($0) })
        add("until", "at < $until", filter.until.map { .of($0) })
        add("before", "position < $before", before.map { .of($0.number) })
        if case .projects(let projects) = filter.reach {
            let named = projects.sorted().prefix(ContactSearch.projectsMax)
            guard !named.isEmpty else { return nil }
            shape.projects = named.count
            for (place, project) in named.enumerated() { values.pairs.append(("project\(place)", .of(project))) }
            let places = SQL.joined(named.indices.map { SQL(stringLiteral: "$project\($0)") }, by: ", ")
            conditions.append(
                """
                (project IN (\(places)) OR (project IS NULL AND user_account IN
                    (SELECT user_project.user_account FROM user_project WHERE user_project.project IN (\(places)))))
                """)
        }
        values += ["limit": .of(limit)]
        self.values = values
        statement = Self.statements.statement(for: shape) {
            let whole: SQL = conditions.isEmpty ? "" : "WHERE \(SQL.joined(conditions, by: " AND "))"
            return """
                SELECT position, at, action, subject, subject_id, user_account, project, question FROM audit \(whole)
                ORDER BY at DESC, position DESC LIMIT $limit
                """
        }
    }
}
