import Organization
import Primitives
import Products

/// A product as it is kept; its body is the JSON of whoever wrote it.
package struct ProductRow: Hashable, Sendable {
    package var id: ProductID
    package var project: ProjectID
    package var key: String
    package var body: String
    package var revision: Int
    package var changedAt: Timestamp
    package var changedBy: UserID

    package init(
        id: ProductID, project: ProjectID, key: String, body: String, revision: Int, changedAt: Timestamp, changedBy: UserID
    ) {
        self.id = id
        self.project = project
        self.key = key
        self.body = body
        self.revision = revision
        self.changedAt = changedAt
        self.changedBy = changedBy
    }
}

/// What a project says of its products as a whole.
package enum ProductSheet: String, CaseIterable, Sendable { case reasons, authority, licences }

/// A sheet as it is kept; revision 0: nothing was said yet.
package struct ProductSheetRow: Hashable, Sendable {
    package var body: String
    package var revision: Int
}

/// What became of the change of something that several may change.
package enum ProductChange: Hashable, Sendable {
    case made(revision: Int)
    /// Somebody has changed it meanwhile.
    case conflict
    case keyTaken
    case gone
}

extension Store {
    /// A project's products in the order in which they were made.
    package func products(of project: ProjectID) async throws -> [ProductRow] {
        try await readers.read { try $0.all(ProductStatements.ofProject, ["project": .of(project)]) { try ProductRow(&$0) } }
    }

    package func product(_ id: ProductID) async throws -> ProductRow? {
        try await readers.read { try $0.first(ProductStatements.one, ["id": .of(id)]) { try ProductRow(&$0) } }
    }

    /// Makes a product; the same id once more is the same.
    package func addProduct(_ row: ProductRow) async throws -> ProductChange {
        try await writer.write { connection -> ProductChange in
            let values: Bindings = ["project": .of(row.project), "key": .of(row.key)]
            if let there = try connection.first(ProductStatements.keyed, values, { try $0.id() as ProductID }) {
                return there == row.id ? .made(revision: 1) : .keyTaken
            }
            try connection.run(
                ProductStatements.add,
                [
                    "id": .of(row.id), "project": .of(row.project), "key": .of(row.key), "body": .of(row.body), "at": .of(row.changedAt),
                    "by": .of(row.changedBy),
                ])
            return .made(revision: 1)
        }
    }

    /// Changes a product of the revision that whoever changes it has seen.
    package func changeProduct(_ id: ProductID, body: String, after revision: Int, by user: UserID, at now: Timestamp) async throws
        -> ProductChange
    {
        try await writer.write { connection -> ProductChange in
            guard let there = try connection.first(ProductStatements.one, ["id": .of(id)], { try ProductRow(&$0) }) else { return .gone }
            // The same sent again, because its answer was lost.
            if there.revision == revision + 1, there.body == body { return .made(revision: there.revision) }
            guard there.revision == revision else { return .conflict }
            try connection.run(
                ProductStatements.change, ["id": .of(id), "body": .of(body), "at": .of(now), "by": .of(user)])
            return .made(revision: revision + 1)
        }
    }

    package func productSheets(of project: ProjectID) async throws -> [ProductSheet: ProductSheetRow] {
        try await readers.read { connection in
            Dictionary(
                try connection.all(ProductStatements.sheets, ["project": .of(project)]) { row in
                    (try row.choice() as ProductSheet, ProductSheetRow(body: try row.text(), revision: try row.number()))
                }, uniquingKeysWith: { $1 })
        }
    }

    package func changeSheet(
        _ sheet: ProductSheet, of project: ProjectID, body: String, after revision: Int, by user: UserID, at now: Timestamp
    ) async throws -> ProductChange {
        try await writer.write { connection -> ProductChange in
            let place: Bindings = ["project": .of(project), "kind": .of(sheet.rawValue)]
            let there = try connection.first(ProductStatements.sheet, place) {
                ProductSheetRow(body: try $0.text(), revision: try $0.number())
            }
            if let there, there.revision == revision + 1, there.body == body { return .made(revision: there.revision) }
            guard there?.revision ?? 0 == revision else { return .conflict }
            var values = place
            values += ["body": .of(body), "revision": .of(revision + 1), "at": .of(now), "by": .of(user)]
            try connection.run(ProductStatements.keepSheet, values)
            return .made(revision: revision + 1)
        }
    }
}

extension ProductRow {
    fileprivate init(_ row: inout Row) throws {
        id = try row.id()
        project = try row.id()
        key = try row.text()
        body = try row.text()
        revision = try row.number()
        changedAt = try row.time()
        changedBy = try row.id()
    }
}

private enum ProductStatements {
    private static let columns: SQL = "id, project, key, body, revision, changed_at, changed_by"
    static let ofProject = Statement("SELECT \(columns) FROM product WHERE project = $project ORDER BY place")
    static let one = Statement("SELECT \(columns) FROM product WHERE id = $id")
    static let keyed = Statement("SELECT id FROM product WHERE project = $project AND key = $key")
    static let add = Statement(
        """
        INSERT INTO product (id, project, key, place, body, revision, changed_at, changed_by)
        VALUES ($id, $project, $key, (SELECT COALESCE(MAX(place), -1) + 1 FROM product WHERE project = $project), $body, 1, $at, $by)
        """)
    static let change = Statement(
        "UPDATE product SET body = $body, revision = revision + 1, changed_at = $at, changed_by = $by WHERE id = $id")
    static let sheets = Statement("SELECT kind, body, revision FROM product_sheet WHERE project = $project")
    static let sheet = Statement("SELECT body, revision FROM product_sheet WHERE project = $project AND kind = $kind")
    static let keepSheet = Statement(
        """
        INSERT INTO product_sheet (project, kind, body, revision, changed_at, changed_by)
        VALUES ($project, $kind, $body, $revision, $at, $by)
        ON CONFLICT (project, kind) DO UPDATE SET body = excluded.body, revision = excluded.revision, changed_at = excluded.changed_at,
            changed_by = excluded.changed_by
        """)
}
