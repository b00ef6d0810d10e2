import Foundation
import Logging
import Organization

/// What lies in a project's folder, brought in by the API: `*.script.json` and `*.form.json`, of which the name is the key, `products.json`,
/// `streets.csv` and `customers.csv`. Only what is not there yet is.
package struct ProjectContents {
    private let project: ProjectID
    private let folder: URL
    private let client: SeatClient
    private let logger: Logger

    package init(of project: ProjectID, in folder: URL, client: SeatClient, logger: Logger) {
        self.project = project
        self.folder = folder
        self.client = client
        self.logger = logger
    }

    /// Leaves out a file with flaws, and logs them.
    ///
    /// - Returns: how many things were brought in.
    package func bringIn() async -> Int {
        var count = 0
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
        for name in names {
            do {
                count += try await bringIn(name)
            } catch {
                let path = folder.appending(path: name).path
                logger.warning("not brought in", metadata: ["file": "\(path)", "why": "\(error)"])
            }
        }
        return count
    }

    private func bringIn(_ name: String) async throws -> Int {
        let file = folder.appending(path: name)
        if name.hasSuffix(".script.json") { return try await document("script", file, suffix: ".script.json") }
        if name.hasSuffix(".form.json") { return try await document("form", file, suffix: ".form.json") }
        return switch name {
        case "products.json": try await products(file)
        case "streets.csv": try await streets(file)
        case "customers.csv": try await customers(file)
        default: 0
        }
    }

    // MARK: Scripts and forms

    private func document(_ kind: String, _ file: URL, suffix: String) async throws -> Int {
        struct Listed: Decodable {
            struct One: Decodable { var kind, key: String }
            var documents: [One]
        }
        struct Made: Decodable {
            var id: String
            var revision: Int
        }
        struct Published: Decodable { var version: Int }
        let key = String(file.lastPathComponent.dropLast(suffix.count))
        let there = try await client.get("/api/documents?project=\(project)", Listed.self).documents
        guard !there.contains(where: { $0.kind == kind && $0.key == key }) else { return 0 }
        let wish: [String: Any] = ["project": "\(project)", "kind": kind, "key": key, "body": try Self.object(file)]
        let made = try await client.send("POST", "/api/documents", Self.data(wish), answer: Made.self)
        _ = try await client.send(
            "POST", "/api/documents/\(made.id)/publish", Self.data(["revision": made.revision]), answer: Published.self)
        return 1
    }

    // MARK: Products

    private struct Listed: Decodable {
        struct One: Decodable { var key: String }
        struct Person: Decodable { var id, name: String }
        var products: [One]
        var people: [Person]
        var revisions: [String: Int]
    }

    private struct Revision: Decodable { var revision: Int }

    /// The sheets before the products: these name reasons.
    private func products(_ file: URL) async throws -> Int {
        let there = try await client.get("/api/products?project=\(project)", Listed.self)
        let wanted = try Self.object(file)
        var count = 0
        let sheets: [(String, [String: Any])] = [
            ("reasons", ["reasons": wanted["reasons"] ?? []]),
            ("authority", ["currency": wanted["currency"] ?? "", "limits": wanted["limits"] ?? []]),
            ("licences", ["licences": try licences(wanted["licences"], among: there.people)]),
        ]
        for (sheet, var body) in sheets where there.revisions[sheet] == 0 {
            body["revision"] = 0
            _ = try await client.send("PUT", "/api/products/\(sheet)?project=\(project)", Self.data(body), answer: Revision.self)
            count += 1
        }
        for product in wanted["products"] as? [[String: Any]] ?? [] {
            let key = product["key"] as? String ?? ""
            if there.products.contains(where: { $0.key == key }) { continue }
            let wish: [String: Any] = ["project": "\(project)", "key": key, "fields": product["fields"] ?? [:]]
            _ = try await client.send("POST", "/api/products", Self.data(wish), answer: Revision.self)
            count += 1
        }
        return count
    }

    /// In the file stands a person's name, in the API his id.
    private func licences(_ wanted: Any?, among people: [Listed.Person]) throws -> [[String: Any]] {
        try (wanted as? [[String: Any]] ?? []).map { licence in
            var licence = licence
            let name = licence.removeValue(forKey: "person") as? String ?? ""
            guard let person = people.first(where: { $0.name == name }) else { throw Flaw("licences: nobody is called '\(name)'") }
            licence["user"] = person.id
            return licence
        }
    }

    // MARK: Tables

    private struct Import: Decodable {
        struct Refusal: Decodable {
            var row: Int
            var field, rule: String
        }
        var rows: Int
        var added: Int?
        var refused: [Refusal]
        var imported: Bool

        /// - Throws: `Flaw` with the first rows that are refused.
        func taken() throws -> Int {
            if !refused.isEmpty {
                throw Flaw(refused.prefix(5).map { "row \($0.row), \($0.field): \($0.rule)" }.joined(separator: "; "))
            }
            return imported ? 1 : 0
        }
    }

    private func streets(_ file: URL) async throws -> Int {
        struct Listed: Decodable {
            struct One: Decodable { var project: String }
            var gazetteers: [One]
        }
        let there = try await client.get("/api/gazetteers", Listed.self).gazetteers
        guard !there.contains(where: { $0.project == "\(project)" }) else { return 0 }
        return try await table(file, "/api/gazetteers/import?project=\(project)").taken()
    }

    /// Into a project whose customers are those of the file, or some of them, none are brought in again.
    private func customers(_ file: URL) async throws -> Int {
        let path = "/api/customers/import?project=\(project)"
        let preview = try await table(file, "\(path)&preview=true")
        guard preview.added == preview.rows else {
            if preview.refused.isEmpty { return 0 }
            return try preview.taken()
        }
        return try await table(file, path).taken()
    }

    private func table(_ file: URL, _ path: String) async throws -> Import {
        try await client.send("POST", path, try Data(contentsOf: file), type: "text/csv")
    }

    // MARK: Files

    private struct Flaw: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private static func object(_ file: URL) throws -> [String: Any] {
        guard let object = try? JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] else {
            throw Flaw("no JSON object")
        }
        return object
    }

    private static func data(_ object: [String: Any]) throws -> Data { try JSONSerialization.data(withJSONObject: object) }
}
