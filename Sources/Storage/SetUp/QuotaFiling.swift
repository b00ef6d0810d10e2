import Operation
import Organization
import Primitives

/// Writes and reads a project's quotas; their names stand with those of everything else.
enum QuotaFiling {
    static func write(_ quotas: [NamedQuota], of project: ProjectID, to connection: any Connection) throws {
        try connection.run(dropNames, ["project": .of(project)])
        try connection.run(drop, ["project": .of(project)])
        for (place, named) in quotas.enumerated() {
            let quota = named.quota
            try connection.run(
                Self.quota,
                [
                    "id": .of(quota.id), "project": .of(project), "key": .of(named.key), "place": .of(place),
                    "counts": .of(quota.counts.name), "per": .of(quota.per.rawValue), "holder": .of(quota.by.rawValue),
                    "target": .of(quota.target),
                ])
            for language in Language.allCases {
                guard let text = named.name.texts[language] else { continue }
                try connection.run(name, ["item": .of(quota.id), "language": .of(language.rawValue), "name": .of(text)])
            }
        }
    }

    /// Without their names.
    static func all(on connection: any Connection) throws -> [ProjectID: [NamedQuota]] {
        var quotas: [ProjectID: [NamedQuota]] = [:]
        try connection.forEach(select, [:]) { row in
            let id: QuotaID = try row.id()
            let project: ProjectID = try row.id()
            let key = try row.text()
            let written = try row.text()
            guard let counts = Quota.Count(written) else { throw StorageError.unreadable("what quota \(key) counts") }
            let quota = Quota(
                id: id, project: project, counts: counts, per: try row.choice(), by: try row.choice(), target: try row.number())
            quotas[project, default: []].append(NamedQuota(quota: quota, key: key, name: Localised([:])))
        }
        return quotas
    }

    private static let dropNames = Statement("DELETE FROM item_name WHERE item IN (SELECT id FROM quota WHERE project = $project)")
    private static let drop = Statement("DELETE FROM quota WHERE project = $project")
    private static let quota = Statement(
        """
        INSERT INTO quota (id, project, key, place, counts, per, holder, target)
        VALUES ($id, $project, $key, $place, $counts, $per, $holder, $target)
        """)
    private static let name = Statement("INSERT INTO item_name (item, language, name) VALUES ($item, $language, $name)")
    private static let select = Statement(
        "SELECT id, project, key, counts, per, holder, target FROM quota ORDER BY project, place, key")
}
