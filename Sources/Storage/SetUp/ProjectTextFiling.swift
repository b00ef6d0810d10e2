import Operation
import Organization
import Primitives

/// Writes and reads what a project's agents are told.
enum ProjectTextFiling {
    enum Kind: String, CaseIterable { case greeting, jobDescription }

    static func write(_ named: NamedProject, to connection: any Connection) throws {
        try connection.run(drop, ["project": .of(named.project.id)])
        for (kind, texts) in [(Kind.greeting, named.greeting), (.jobDescription, named.jobDescription)] {
            for language in Language.allCases {
                guard let text = texts.texts[language] else { continue }
                try connection.run(
                    insert,
                    [
                        "project": .of(named.project.id), "kind": .of(kind.rawValue), "language": .of(language.rawValue), "text": .of(text),
                    ])
            }
        }
    }

    static func all(on connection: any Connection) throws -> [ProjectID: [Kind: Localised]] {
        var texts: [ProjectID: [Kind: Localised]] = [:]
        try connection.forEach(select, [:]) { row in
            let (project, kind, language): (ProjectID, Kind, Language) = (try row.id(), try row.choice(), try row.choice())
            texts[project, default: [:]][kind, default: Localised([:])].texts[language] = try row.text()
        }
        return texts
    }

    private static let drop = Statement("DELETE FROM project_text WHERE project = $project")
    private static let insert = Statement(
        "INSERT INTO project_text (project, kind, language, text) VALUES ($project, $kind, $language, $text)")
    private static let select = Statement("SELECT project, kind, language, text FROM project_text ORDER BY project, kind, language")
}
