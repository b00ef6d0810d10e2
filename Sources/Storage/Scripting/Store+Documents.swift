import Operation
import Organization
import Primitives

/// A script or a form in a list. Its name is the JSON of whoever wrote it.
package struct DocumentRow: Hashable, Sendable {
    package var id: DocumentID
    package var project: ProjectID
    package var kind: Document.Kind
    package var key: String
    package var name: String
    package var changedAt: Timestamp
    package var changedBy: UserID
    /// Nil: it has no draft.
    package var draft: Int?
    /// The newest version; nil: none yet.
    package var version: Int?
    package var publishedAt: Timestamp?
    /// Set if the newest version is offered no more.
    package var retiredAt: Timestamp?

    package var isInForce: Bool { version != nil && retiredAt == nil }
}

/// One version of a script or a form.
package struct DocumentVersionRow: Hashable, Sendable {
    package var document: DocumentID
    package var version: Int
    package var body: String
    package var at: Timestamp
    package var by: UserID
}

/// What a contact is handled by: the version of a script or a form that was in force when it began.
package struct DocumentInForce: Hashable, Sendable {
    package var document: DocumentID
    package var kind: Document.Kind
    package var version: Int
    package var body: String
}

extension Store {
    /// Makes a document with a draft of revision 1; the same id once more is the same.
    /// - Returns: false if the project has another of that kind and key.
    package func createDocument(
        _ id: DocumentID, of project: ProjectID, _ kind: Document.Kind, key: String, name: String, body: String, by user: UserID,
        at now: Timestamp
    ) async throws -> Bool {
        try await writer.write { connection in
            let values: Bindings = ["project": .of(project), "kind": .of(kind.rawValue), "key": .of(key)]
            if let there = try connection.first(DocumentStatements.keyed, values, { try $0.id() as DocumentID }) { return there == id }
            let made = try connection.run(
                DocumentStatements.create,
                [
                    "id": .of(id), "project": .of(project), "kind": .of(kind.rawValue), "key": .of(key), "name": .of(name),
                    "at": .of(now), "by": .of(user),
                ])
            guard made == 1 else { return false }
            try connection.run(DocumentStatements.saveDraft, ["document": .of(id), "revision": .of(1), "body": .of(body)])
            return true
        }
    }

    /// The documents of some projects, in the order of their keys; at most `limit`.
    package func documents(of projects: Set<ProjectID>, limit: Int) async throws -> [DocumentRow] {
        try await readers.read { connection in
            var found: [DocumentRow] = []
            for project in projects.sorted() where found.count < limit {
                found += try connection.all(
                    DocumentStatements.ofProject, ["project": .of(project), "limit": .of(limit - found.count)]
                ) { try DocumentRow(&$0) }
            }
            return found
        }
    }

    package func document(_ id: DocumentID) async throws -> DocumentRow? {
        try await readers.read { try $0.first(DocumentStatements.one, ["id": .of(id)]) { try DocumentRow(&$0) } }
    }

    package func documentDraft(_ id: DocumentID) async throws -> (revision: Int, body: String)? {
        try await readers.read {
            try $0.first(DocumentStatements.draft, ["document": .of(id)]) { (try $0.number(), try $0.text()) }
        }
    }

    /// Keeps a draft in place of the one of `revision`, or of none where that is 0.
    /// - Returns: the new revision; nil if somebody has changed it meanwhile.
    package func saveDocumentDraft(
        _ id: DocumentID, after revision: Int, name: String, body: String, by user: UserID, at now: Timestamp
    ) async throws -> Int? {
        try await writer.write { connection -> Int? in
            let there = try connection.first(DocumentStatements.draft, ["document": .of(id)]) { (try $0.number() as Int, try $0.text()) }
            // The same sent again, because its answer was lost.
            if let there, there.0 == revision + 1, there.1 == body { return there.0 }
            guard (there?.0 ?? 0) == revision else { return nil }
            let known = try connection.run(
                DocumentStatements.changed, ["name": .of(name), "at": .of(now), "by": .of(user), "id": .of(id)])
            guard known == 1, let next: Int = try connection.first(DocumentStatements.revision, ["id": .of(id)], { try $0.number() }) else {
                return nil
            }
            try connection.run(DocumentStatements.saveDraft, ["document": .of(id), "revision": .of(next), "body": .of(body)])
            return next
        }
    }

    /// - Parameter name: what the document is called without it; nil: as now.
    package func dropDocumentDraft(_ id: DocumentID, name: String?) async throws {
        try await writer.write { connection -> Void in
            try connection.run(DocumentStatements.dropDraft, ["document": .of(id)])
            if let name { try connection.run(DocumentStatements.rename, ["name": .of(name), "id": .of(id)]) }
        }
    }

    /// The number of the version that the draft of this revision becomes; nobody else gets it. Nil if there is no such draft.
    package func nextDocumentVersion(_ id: DocumentID, of revision: Int) async throws -> Int? {
        try await writer.write { connection -> Int? in
            let claimed = try connection.run(DocumentStatements.claim, ["id": .of(id), "revision": .of(revision)])
            guard claimed == 1 else { return nil }
            return try connection.first(DocumentStatements.claimed, ["id": .of(id)]) { try $0.number() }
        }
    }

    /// The version that a draft has become; nil: none.
    package func documentVersion(_ id: DocumentID, ofRevision revision: Int) async throws -> Int? {
        try await readers.read {
            try $0.first(DocumentStatements.versionOfRevision, ["document": .of(id), "revision": .of(revision)]) { try $0.number() }
        }
    }

    package func documentVersion(_ id: DocumentID, _ version: Int) async throws -> DocumentVersionRow? {
        try await readers.read {
            try $0.first(DocumentStatements.version, ["document": .of(id), "version": .of(version)]) { try DocumentVersionRow(&$0) }
        }
    }

    /// When each version was published, and by whom; the newest first, without their bodies.
    package func documentVersions(_ id: DocumentID, limit: Int) async throws -> [DocumentVersionRow] {
        try await readers.read {
            try $0.all(DocumentStatements.versions, ["document": .of(id), "limit": .of(limit)]) { try DocumentVersionRow(&$0) }
        }
    }

    /// What a contact of the project that began at a moment is handled by, the oldest first.
    package func documentsInForce(of project: ProjectID, at moment: Timestamp) async throws -> [DocumentInForce] {
        try await readers.read {
            try $0.all(DocumentStatements.inForce, ["project": .of(project), "at": .of(moment)]) { try DocumentInForce(&$0) }
        }
    }

    /// The same for one of them; nil if it was not in force.
    package func documentInForce(_ id: DocumentID, of project: ProjectID, at moment: Timestamp) async throws -> DocumentInForce? {
        try await readers.read {
            try $0.first(DocumentStatements.oneInForce, ["project": .of(project), "at": .of(moment), "id": .of(id)]) {
                try DocumentInForce(&$0)
            }
        }
    }
}

/// What is filed of documents with the log's entries.
enum DocumentTable {
    static func write(_ record: DocumentVersionRecord, to connection: any Connection) throws {
        try connection.run(
            DocumentStatements.publish,
            [
                "document": .of(record.document), "version": .of(record.version), "revision": .of(record.revision),
                "body": .of(record.body), "at": .of(record.at), "by": .of(record.by),
            ])
        try connection.run(DocumentStatements.touch, ["at": .of(record.at), "by": .of(record.by), "id": .of(record.document)])
        try connection.run(DocumentStatements.dropPublished, ["document": .of(record.document), "revision": .of(record.revision)])
    }

    static func retire(_ document: DocumentID, at moment: Timestamp, to connection: any Connection) throws {
        try connection.run(DocumentStatements.retire, ["at": .of(moment), "document": .of(document)])
    }
}

extension DocumentRow {
    fileprivate init(_ row: inout Row) throws {
        self.init(
            id: try row.id(), project: try row.id(), kind: try row.choice(), key: try row.text(), name: try row.text(),
            changedAt: try row.time(), changedBy: try row.id(), draft: try row.integerOrNil().map { Int($0) },
            version: try row.integerOrNil().map { Int($0) }, publishedAt: try row.timeOrNil(), retiredAt: try row.timeOrNil())
    }
}

extension DocumentVersionRow {
    fileprivate init(_ row: inout Row) throws {
        self.init(document: try row.id(), version: try row.number(), body: try row.text(), at: try row.time(), by: try row.id())
    }
}

extension DocumentInForce {
    fileprivate init(_ row: inout Row) throws {
        self.init(document: try row.id(), kind: try row.choice(), version: try row.number(), body: try row.text())
    }
}

private enum DocumentStatements {
    static let keyed = Statement("SELECT id FROM document WHERE project = $project AND kind = $kind AND key = $key")
    static let create = Statement(
        """
        INSERT INTO document (id, project, kind, key, name, revision, versions, changed_at, changed_by)
        VALUES ($id, $project, $kind, $key, $name, 1, 0, $at, $by) ON CONFLICT DO NOTHING
        """)
    static let saveDraft = Statement(
        """
        INSERT INTO document_draft (document, revision, body) VALUES ($document, $revision, $body)
        ON CONFLICT (document) DO UPDATE SET revision = excluded.revision, body = excluded.body
        """)
    static let draft = Statement("SELECT revision, body FROM document_draft WHERE document = $document")
    static let dropDraft = Statement("DELETE FROM document_draft WHERE document = $document")
    static let dropPublished = Statement("DELETE FROM document_draft WHERE document = $document AND revision = $revision")
    static let changed = Statement(
        "UPDATE document SET revision = revision + 1, name = $name, changed_at = $at, changed_by = $by WHERE id = $id")
    static let rename = Statement("UPDATE document SET name = $name WHERE id = $id")
    static let touch = Statement("UPDATE document SET changed_at = $at, changed_by = $by WHERE id = $id")
    static let revision = Statement("SELECT revision FROM document WHERE id = $id")
    static let claim = Statement(
        """
        UPDATE document SET versions = versions + 1
        WHERE id = $id AND EXISTS (SELECT 1 FROM document_draft WHERE document = $id AND revision = $revision)
        """)
    static let claimed = Statement("SELECT versions FROM document WHERE id = $id")
    static let publish = Statement(
        """
        INSERT INTO document_version (document, version, revision, body, published_at, published_by)
        VALUES ($document, $version, $revision, $body, $at, $by) ON CONFLICT (document, version) DO NOTHING
        """)
    static let retire = Statement(
        """
        UPDATE document_version SET retired_at = $at WHERE document = $document AND retired_at IS NULL
            AND version = (SELECT max(newest.version) FROM document_version newest WHERE newest.document = $document)
        """)

    private static let rows: SQL =
        """
        SELECT document.id, document.project, document.kind, document.key, document.name, document.changed_at, document.changed_by,
            document_draft.revision, newest.version, newest.published_at, newest.retired_at
        FROM document LEFT JOIN document_draft ON document_draft.document = document.id
        LEFT JOIN document_version newest ON newest.document = document.id
            AND newest.version = (SELECT max(any_of.version) FROM document_version any_of WHERE any_of.document = document.id)
        """
    static let ofProject = Statement(
        "\(rows) WHERE document.project = $project ORDER BY document.kind, document.key LIMIT $limit")
    static let one = Statement("\(rows) WHERE document.id = $id")

    static let version = Statement(
        """
        SELECT document, version, body, published_at, published_by FROM document_version
        WHERE document = $document AND version = $version
        """)
    static let versions = Statement(
        """
        SELECT document, version, '', published_at, published_by FROM document_version WHERE document = $document
        ORDER BY version DESC LIMIT $limit
        """)
    static let versionOfRevision = Statement(
        "SELECT version FROM document_version WHERE document = $document AND revision = $revision ORDER BY version LIMIT 1")

    private static let then: SQL =
        """
        SELECT document.id, document.kind, document_version.version, document_version.body
        FROM document JOIN document_version ON document_version.document = document.id
        WHERE document.project = $project AND document_version.published_at <= $at
            AND (document_version.retired_at IS NULL OR document_version.retired_at > $at)
            AND NOT EXISTS (SELECT 1 FROM document_version later WHERE later.document = document.id
                AND later.version > document_version.version AND later.published_at <= $at)
        """
    static let inForce = Statement("\(then) ORDER BY document_version.published_at, document.id LIMIT 200")
    static let oneInForce = Statement("\(then) AND document.id = $id")
}
