import Organization
import Primitives

/// Writes and reads whether the agents of a project see who listens to them.
enum SupervisionFiling {
    static func write(_ isShown: Bool, of project: ProjectID, to connection: any Connection) throws {
        try connection.run(insert, ["project": .of(project), "shown": .of(isShown)])
    }

    static func all(on connection: any Connection) throws -> [ProjectID: Bool] {
        var shown: [ProjectID: Bool] = [:]
        try connection.forEach(select, [:]) { row in
            let project: ProjectID = try row.id()
            shown[project] = try row.truth()
        }
        return shown
    }

    private static let insert = Statement(
        """
        INSERT INTO project_supervision (project, shown) VALUES ($project, $shown)
        ON CONFLICT (project) DO UPDATE SET shown = excluded.shown
        """)
    private static let select = Statement("SELECT project, shown FROM project_supervision ORDER BY project")
}
