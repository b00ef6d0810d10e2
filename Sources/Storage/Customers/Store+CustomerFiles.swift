import Customers
import Organization
import Primitives

/// What a file of customers would make of a project's, or has made.
package struct CustomerImport: Hashable, Sendable {
    package var rows = 0
    package var added = 0
    package var changed = 0
    package var unchanged = 0
    package var refused: [CustomerFile.Refusal] = []
    package var refusedCount = 0

    package init() {}
}

/// A file that is being brought in.
package struct CustomerImportID: Hashable, Sendable {
    package var id: ID<CustomerFile>
    package var project: ProjectID
    package var user: UserID
    package var began: Timestamp

    package init(id: ID<CustomerFile>, project: ProjectID, user: UserID, began: Timestamp) {
        self.id = id
        self.project = project
        self.user = user
        self.began = began
    }
}

extension Store {
    /// Rows that are written at a time: the log waits as long.
    private static let importStep = 25
    /// Bytes of a file in one row.
    private static let pieceSize = 256 * 1024
    private static let refusedTold = 1000

    /// What would become of each row; nothing is changed.
    package func previewImport(_ file: CustomerFile, into project: ProjectID) async throws -> CustomerImport {
        var outcome = CustomerImport()
        // Two rows of one customer: the second finds who the first will have made.
        var seen: Set<CustomerFile.Likeness> = []
        var reader = file.rows
        while true {
            let rows = reader.next(Self.importStep)
            if rows.isEmpty { return outcome }
            let matches = try await readers.read { connection in
                try connection.transaction(.reading) {
                    try rows.map { try ImportTable.match($0, in: project, on: connection) }
                }
            }
            for (row, match) in zip(rows, matches) {
                let likenesses = row.likenesses
                let isSeen = !seen.isDisjoint(with: likenesses)
                seen.formUnion(likenesses)
                outcome.count(row, match.outcome(isSeen: isSeen), told: Self.refusedTold)
            }
        }
    }

    /// Keeps a file, which is then brought in whatever happens to this server.
    package func keepImport(_ bytes: [UInt8], as wanted: CustomerImportID) async throws {
        for (place, start) in stride(from: 0, to: max(bytes.count, 1), by: Self.pieceSize).enumerated() {
            let piece = Array(bytes[start..<min(start + Self.pieceSize, bytes.count)])
            try await writer.write { connection -> Void in
                try connection.run(
                    ImportStatements.keepPiece, ["import": .of(wanted.id), "place": .of(place), "bytes": .of(piece)])
            }
        }
        try await writer.write { connection -> Void in
            try connection.run(
                ImportStatements.keep,
                [
                    "id": .of(wanted.id), "project": .of(wanted.project), "by_user": .of(wanted.user), "began_at": .of(wanted.began),
                ])
        }
    }

    /// Drops the pieces of files that never were whole; while a file is being kept it must not be asked.
    package func dropStrayPieces() async throws { try await writer.write { try $0.run(ImportStatements.dropStray) as Int } }

    /// Files that were kept and not brought in to their end, with their bytes.
    package func importsBegun() async throws -> [(CustomerImportID, [UInt8])] {
        try await readers.read { connection in
            try connection.all(ImportStatements.begun) { row in
                CustomerImportID(
                    id: try row.id(), project: try row.id(), user: try row.id(), began: try row.time())
            }.map { wanted in
                (wanted, try connection.all(ImportStatements.pieces, ["import": .of(wanted.id)]) { try $0.bytes() }.flatMap { $0 })
            }
        }
    }

    /// Brings a kept file in, from where it was left, a few rows at a time; the file goes with the last.
    package func bringIn(_ file: CustomerFile, _ wanted: CustomerImportID) async throws -> CustomerImport {
        var outcome = CustomerImport()
        var reader = file.rows
        var place = 0
        while true {
            let rows = reader.next(Self.importStep)
            let first = place
            place += rows.count
            let steps = try await writer.write { connection -> [ImportTable.Outcome] in
                let done = try connection.first(ImportStatements.done, ["id": .of(wanted.id)]) { try $0.number() as Int }
                guard let done, !rows.isEmpty else {
                    for statement in ImportStatements.drop { try connection.run(statement, ["id": .of(wanted.id)]) }
                    return []
                }
                let steps = try rows.enumerated().map { index, row in
                    try ImportTable.write(row, first + index, of: wanted, isDone: first + index < done, to: connection)
                }
                try connection.run(ImportStatements.step, ["rows_done": .of(first + rows.count), "id": .of(wanted.id)])
                return steps
            }
            for (row, step) in zip(rows, steps) { outcome.count(row, step, told: Self.refusedTold) }
            if steps.isEmpty { return outcome }
        }
    }

    /// Customers of a project in the order of their ids, for a file.
    package func customers(of project: ProjectID, after: CustomerID?, limit: Int) async throws -> [(CustomerRow, [Consent])] {
        try await readers.read { connection in
            try connection.transaction(.reading) {
                let ids = try connection.all(
                    ImportStatements.after,
                    ["project": .of(project), "after": .of(after ?? CustomerID(high: 0, low: 0)), "limit": .of(limit)]
                ) { try $0.id() as CustomerID }
                return try ids.compactMap { id in
                    guard let row = try CustomerTable.read(id, on: connection) else { return nil }
                    let members = try CustomerTable.members(of: id, on: connection)
                    return (row, try CustomerTable.consents(of: members, on: connection))
                }
            }
        }
    }
}

extension CustomerImport {
    fileprivate mutating func count(_ row: CustomerFile.Row, _ outcome: ImportTable.Outcome, told: Int) {
        rows += 1
        switch outcome {
        case .added: added += 1
        case .changed: changed += 1
        case .unchanged: unchanged += 1
        case .refused(let refusals):
            refusedCount += 1
            refused += refusals.prefix(told - refused.count)
        }
    }
}

/// One row of a file against what is kept.
private enum ImportTable {
    enum Outcome: Sendable {
        case added, changed, unchanged
        case refused([CustomerFile.Refusal])
    }

    enum Match: Sendable {
        case refused([CustomerFile.Refusal])
        case new
        case known(CustomerRow, isChanged: Bool)

        func outcome(isSeen: Bool) -> Outcome {
            switch self {
            case .refused(let refusals): .refused(refusals)
            case .new: isSeen ? .unchanged : .added
            case .known(_, let isChanged): isChanged ? .changed : .unchanged
            }
        }
    }

    /// Whom a row means: by the id that an export gave him, or of one name and a number or e-mail address in common.
    static func match(_ row: CustomerFile.Row, in project: ProjectID, on connection: any Connection) throws -> Match {
        guard row.refusals.isEmpty else { return .refused(row.refusals) }
        var known: CustomerRow?
        if let id = row.id {
            guard let found = try CustomerTable.read(id, on: connection), found.customer.project == project, found.mergedInto == nil else {
                return .refused([CustomerFile.Refusal(line: row.line, column: "id", rule: .unknown)])
            }
            known = found
        } else {
            let ids =
                try row.customer.numbers.flatMap { number in
                    try connection.all(ImportStatements.withNumber, ["value": .of(number.number), "project": .of(project)]) {
                        try $0.id() as CustomerID
                    }
                }
                + row.customer.emails.flatMap { email in
                    try connection.all(ImportStatements.withEmail, ["value": .of(email), "project": .of(project)]) {
                        try $0.id() as CustomerID
                    }
                }
            let name = SearchWords.words(of: row.customer.name)
            for id in ids where known == nil {
                let found = try CustomerTable.read(id, on: connection)
                if let found, SearchWords.words(of: found.customer.name) == name { known = found }
            }
        }
        guard var known else { return .new }
        let before = known.customer
        row.change(&known.customer)
        return .known(known, isChanged: known.customer != before)
    }

    static func write(
        _ row: CustomerFile.Row, _ place: Int, of wanted: CustomerImportID, isDone: Bool, to connection: any Connection
    ) throws -> Outcome {
        // It was written before the server went: what it was then is not known any more.
        if isDone { return .unchanged }
        let match = try match(row, in: wanted.project, on: connection)
        switch match {
        case .refused: break
        case .new:
            // The same file makes the same customers.
            let id = CustomerID(high: wanted.id.high, low: wanted.id.low &+ UInt64(place + 1))
            // He is another by now: the file was sent again after its end.
            guard try CustomerTable.read(id, on: connection) == nil else { return .unchanged }
            var customer = Customer(id: id, project: wanted.project)
            row.change(&customer)
            try CustomerTable.write(
                CustomerRow(
                    customer: customer, revision: 1, createdAt: wanted.began, changedAt: wanted.began, changedBy: wanted.user,
                    mergedInto: nil), to: connection)
        case .known(var known, isChanged: true):
            known.revision += 1
            known.changedAt = wanted.began
            known.changedBy = wanted.user
            try CustomerTable.write(known, to: connection)
        case .known: break
        }
        return match.outcome(isSeen: false)
    }
}

private enum ImportStatements {
    static let keepPiece = Statement(
        """
        INSERT INTO customer_import_piece (import, place, bytes) VALUES ($import, $place, $bytes)
        ON CONFLICT (import, place) DO UPDATE SET bytes = excluded.bytes
        """)
    static let keep = Statement(
        """
        INSERT INTO customer_import (id, project, by_user, began_at, rows_done)
        VALUES ($id, $project, $by_user, $began_at, 0) ON CONFLICT (id) DO NOTHING
        """)
    static let begun = Statement("SELECT id, project, by_user, began_at FROM customer_import ORDER BY began_at")
    static let pieces = Statement("SELECT bytes FROM customer_import_piece WHERE import = $import ORDER BY place")
    static let dropStray = Statement("DELETE FROM customer_import_piece WHERE import NOT IN (SELECT id FROM customer_import)")
    static let done = Statement("SELECT rows_done FROM customer_import WHERE id = $id")
    static let step = Statement("UPDATE customer_import SET rows_done = $rows_done WHERE id = $id AND rows_done < $rows_done")
    static let drop = [
        Statement("DELETE FROM customer_import_piece WHERE import = $id"), Statement("DELETE FROM customer_import WHERE id = $id"),
    ]
    static let after = Statement(
        "SELECT id FROM customer WHERE project = $project AND id > $after AND merged_into IS NULL ORDER BY id LIMIT $limit")
    static let withNumber = Statement(
        """
        SELECT customer.id FROM customer_number JOIN customer ON customer.id = customer_number.customer
        WHERE customer_number.number = $value AND customer.project = $project AND customer.merged_into IS NULL ORDER BY customer.id
        """)
    static let withEmail = Statement(
        """
        SELECT customer.id FROM customer_email JOIN customer ON customer.id = customer_email.customer
        WHERE customer_email.email = $value AND customer.project = $project AND customer.merged_into IS NULL ORDER BY customer.id
        """)
}
