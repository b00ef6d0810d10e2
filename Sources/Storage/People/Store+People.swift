import Operation
import Organization
import Primitives

extension Store {
    /// More sign-ins at once than this end the user's oldest: one who signs in everywhere and out nowhere.
    package static let sessionsMax = 20

    /// Whoever signs in with `login`, with the hash of his password.
    package func account(login: String) async throws -> UserAccount? {
        try await account(PeopleStatements.byLogin, ["login": .of(login)])
    }

    package func account(_ id: UserID) async throws -> UserAccount? {
        try await account(PeopleStatements.byID, ["id": .of(id)])
    }

    private func account(_ statement: Statement, _ values: Bindings) async throws -> UserAccount? {
        try await readers.read { connection in
            try connection.transaction(.reading) {
                let projects = try UserAccount.projects(connection, where: PeopleStatements.projects(beside: statement), values)
                return try connection.first(statement, values) { try UserAccount(&$0, projects: projects) }
            }
        }
    }

    /// The language somebody has chosen; from then on the set-up's no longer counts for him.
    package func setLanguage(_ language: Language, of user: UserID) async throws {
        try await writer.write { connection -> Void in
            try connection.run(PeopleStatements.setLanguage, ["language": .of(language.rawValue), "id": .of(user)])
        }
    }

    /// Keeps a sign-in by the hash of its token, until it expires.
    package func openSession(tokenHash: [UInt8], user: UserID, expires: Timestamp) async throws {
        try await writer.write { connection -> Void in
            try connection.run(
                PeopleStatements.openSession,
                ["token_hash": .of(tokenHash), "user": .of(user), "expires_at": .of(expires)])
            try connection.run(PeopleStatements.endOldest, ["user": .of(user), "limit": .of(Self.sessionsMax)])
        }
    }

    /// Moves the end of a sign-in on; false if it has ended meanwhile, and then it stays ended.
    package func renewSession(tokenHash: [UInt8], expires: Timestamp) async throws -> Bool {
        try await writer.write { connection in
            let renewed: UserID? = try connection.first(
                PeopleStatements.renewSession, ["token_hash": .of(tokenHash), "expires_at": .of(expires)]
            ) { try $0.id() }
            return renewed != nil
        }
    }

    /// Who holds the token whose hash this is; nil if it is unknown or has expired.
    package func session(tokenHash: [UInt8], at now: Timestamp) async throws -> (user: UserID, expires: Timestamp)? {
        try await readers.read {
            try $0.first(PeopleStatements.session, ["token_hash": .of(tokenHash), "now": .of(now)]) { (try $0.id(), try $0.time()) }
        }
    }

    /// Signs somebody out of every browser.
    package func closeSessions(of user: UserID) async throws {
        try await writer.write { connection -> Void in try connection.run(PeopleStatements.closeSessions, ["user": .of(user)]) }
    }

    package func closeSession(tokenHash: [UInt8]) async throws {
        try await writer.write { connection -> Void in
            try connection.run(PeopleStatements.closeSession, ["token_hash": .of(tokenHash)])
        }
    }
}

extension UserAccount {
    /// Reads id, agent, team, role, login, name, language and the password's hash.
    init(_ row: inout Row, projects: [UserID: Set<ProjectID>]) throws {
        let id: UserID = try row.id()
        let user = User(
            id: id, agent: try row.idOrNil(), team: try row.idOrNil(), projects: projects[id] ?? [], role: try row.choice())
        self.init(
            user: user, login: try row.text(), name: try row.text(), language: try row.choice(), passwordHash: try row.textOrNil())
    }

    /// The projects of users, all or those that `statement` selects.
    static func projects(
        _ connection: any Connection, where statement: Statement = PeopleStatements.allProjects, _ values: Bindings = [:]
    ) throws -> [UserID: Set<ProjectID>] {
        var projects: [UserID: Set<ProjectID>] = [:]
        for (user, project) in try connection.all(statement, values, { (try $0.id() as UserID, try $0.id() as ProjectID) }) {
            projects[user, default: []].insert(project)
        }
        return projects
    }
}

enum PeopleStatements {
    private static let columns: SQL = "id, agent, team, role, login, name, COALESCE(chosen_language, language), password_hash"

    private static let isThere: SQL = "id NOT IN (SELECT id FROM retired)"

    static let byLogin = Statement("SELECT \(columns) FROM user_account WHERE login = $login AND \(isThere)")
    static let byID = Statement("SELECT \(columns) FROM user_account WHERE id = $id AND login IS NOT NULL AND \(isThere)")

    static let allProjects = Statement("SELECT user_account, project FROM user_project")
    private static let projectsByLogin = Statement(
        """
        SELECT user_project.user_account, user_project.project
        FROM user_project JOIN user_account ON user_account.id = user_project.user_account WHERE user_account.login = $login
        """)
    private static let projectsByID = Statement("SELECT user_account, project FROM user_project WHERE user_account = $id")

    /// The projects of the users whom `statement` selects, with the same values.
    static func projects(beside statement: Statement) -> Statement { statement === byLogin ? projectsByLogin : projectsByID }

    static let setLanguage = Statement("UPDATE user_account SET chosen_language = $language WHERE id = $id")

    static let openSession = Statement(
        """
        INSERT INTO session (token_hash, user_account, expires_at) VALUES ($token_hash, $user, $expires_at)
        ON CONFLICT (token_hash) DO UPDATE SET user_account = excluded.user_account, expires_at = excluded.expires_at
        """)
    static let renewSession = Statement(
        "UPDATE session SET expires_at = $expires_at WHERE token_hash = $token_hash RETURNING user_account")
    static let endOldest = Statement(
        """
        DELETE FROM session WHERE user_account = $user AND token_hash NOT IN (
            SELECT token_hash FROM session WHERE user_account = $user ORDER BY expires_at DESC, token_hash LIMIT $limit
        )
        """)
    static let session = Statement(
        "SELECT user_account, expires_at FROM session WHERE token_hash = $token_hash AND expires_at > $now")
    static let closeSessions = Statement("DELETE FROM session WHERE user_account = $user")
    static let closeSession = Statement("DELETE FROM session WHERE token_hash = $token_hash")
}
