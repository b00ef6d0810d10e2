import Operation
import Organization
import Primitives

/// Writes what only people and shells need of a set-up: keys, names, numbers, phones, trunks, accounts. What routing reads
/// comes from the log (`DefinitionProjection`).
///
/// A filing is written whatever stands in it, for its set-up is in the engine already: a login, SIP user name or number
/// that somebody else has goes over to the one who is named with it now. What a set-up does not mention stays, and everything
/// keeps the place among its kind that it got when it was first filed: parts of a set-up say nothing of the others.
enum SetUpFiling {
    /// The kinds of `item`.
    enum Kind: String {
        case project, team, queue, reason, disposition, trunk
    }

    static func write(_ setUp: SetUp, to connection: any Connection) throws {
        for project in setUp.projects {
            try item(project.project.id, .project, project.key, project.name, on: connection)
            try numbers(of: project, on: connection)
            try OutboundFiling.write(project.outbound, of: project.project.id, to: connection)
            try ProjectTextFiling.write(project, to: connection)
            try SupervisionFiling.write(project.showsSupervision, of: project.project.id, to: connection)
            try QuotaFiling.write(project.quotas, of: project.project.id, to: connection)
            try WallboardFiling.write(project.wallboards, of: project.project.id, to: connection)
            try AlertFiling.write(project.alerts, of: project.project.id, to: connection)
        }
        for team in setUp.teams { try item(team.id, .team, team.key, team.name, on: connection) }
        for queue in setUp.queues { try item(queue.queue.id, .queue, queue.key, queue.name, on: connection) }
        for reason in setUp.reasons { try item(reason.id, .reason, reason.key, reason.name, on: connection) }
        for named in setUp.dispositions {
            try item(named.disposition.id, .disposition, named.key, named.name, rank: named.order, on: connection)
        }
        for trunk in setUp.trunks {
            try item(trunk.id, .trunk, trunk.key, Localised([:]), on: connection)
            try TrunkFiling.write(trunk, to: connection)
        }
        for phone in setUp.phones { try write(phone, to: connection) }
        for entry in setUp.entryPoints {
            let id = Value.of(entry.entryPoint.id)
            try RetirementFiling.bringBack(id, on: connection)
            try connection.run(releaseNumber, ["number": .of(entry.number), "id": id])
            try connection.run(entryNumber, ["id": id, "number": .of(entry.number)])
        }
        for user in setUp.users { try write(user, to: connection) }
    }

    private static func item<Tag>(
        _ id: ID<Tag>, _ kind: Kind, _ key: String, _ name: Localised, rank: Int? = nil, on connection: any Connection
    ) throws {
        try RetirementFiling.bringBack(.of(id), on: connection)
        try connection.run(
            item, ["id": .of(id), "kind": .of(kind.rawValue), "key": .of(key), "rank": .of(rank.map { Int64($0) })])
        try connection.run(dropNames, ["item": .of(id)])
        for language in Language.allCases {
            guard let text = name.texts[language] else { continue }
            try connection.run(Self.name, ["item": .of(id), "language": .of(language.rawValue), "name": .of(text)])
        }
    }

    private static func numbers(of project: NamedProject, on connection: any Connection) throws {
        try connection.run(dropPlan, ["project": .of(project.project.id)])
        guard let plan = project.numbers else { return }
        try connection.run(
            Self.plan,
            [
                "project": .of(project.project.id), "country_code": .of(plan.countryCode), "trunk_prefix": .of(plan.trunkPrefix),
            ])
    }

    private static func write(_ phone: PhoneAccount, to connection: any Connection) throws {
        var values: Bindings = ["id": .of(phone.id), "sip_user": .of(phone.user)]
        switch phone.access {
        case .registers(let md5, let sha256):
            values += ["md5": .of(md5), "sha256": .of(sha256), "host": .null, "port": .null]
        case .fixed(let address):
            values += ["md5": .null, "sha256": .null, "host": .of(address.host.description), "port": .of(Int(address.port))]
        }
        try RetirementFiling.bringBack(.of(phone.id), on: connection)
        try connection.run(releaseSIPUser, ["sip_user": .of(phone.user), "id": .of(phone.id)])
        try connection.run(Self.phone, values)
    }

    private static func write(_ account: UserAccount, to connection: any Connection) throws {
        let id = Value.of(account.user.id)
        try connection.run(forgetPassword, ["id": id])
        try RetirementFiling.bringBack(id, on: connection)
        try connection.run(releaseLogin, ["login": .of(account.login), "id": id])
        if let hash = account.passwordHash { try connection.run(endSessions, ["id": id, "password_hash": .of(hash)]) }
        try connection.run(
            Self.user,
            [
                "id": id, "agent": .of(account.user.agent), "team": .of(account.user.team),
                "role": .of(account.user.role.rawValue), "login": .of(account.login), "name": .of(account.name),
                "language": .of(account.language.rawValue), "password_hash": .of(account.passwordHash),
            ])
        try connection.run(dropProjects, ["id": id])
        for project in account.user.projects.sorted() { try connection.run(Self.userProject, ["id": id, "project": .of(project)]) }
    }

    // MARK: Statements

    private static let item = Statement(
        """
        INSERT INTO item (id, kind, key, place, sibling_rank) VALUES ($id, $kind, $key, (SELECT COALESCE(MAX(place), -1) + 1 FROM item WHERE kind = $kind), $rank)
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, key = excluded.key, sibling_rank = excluded.sibling_rank
        """)
    private static let dropNames = Statement("DELETE FROM item_name WHERE item = $item")
    private static let name = Statement("INSERT INTO item_name (item, language, name) VALUES ($item, $language, $name)")

    private static let dropPlan = Statement("DELETE FROM project_numbers WHERE project = $project")
    private static let plan = Statement(
        "INSERT INTO project_numbers (project, country_code, trunk_prefix) VALUES ($project, $country_code, $trunk_prefix)")

    private static let releaseSIPUser = Statement("UPDATE phone SET sip_user = NULL WHERE sip_user = $sip_user AND id <> $id")
    private static let phone = Statement(
        """
        INSERT INTO phone (id, place, sip_user, md5, sha256, host, port)
        VALUES ($id, (SELECT COALESCE(MAX(place), -1) + 1 FROM phone), $sip_user, $md5, $sha256, $host, $port)
        ON CONFLICT (id) DO UPDATE SET sip_user = excluded.sip_user, md5 = excluded.md5,
            sha256 = excluded.sha256, host = excluded.host, port = excluded.port
        """)

    private static let releaseNumber = Statement("UPDATE entry_number SET number = NULL WHERE number = $number AND entry_point <> $id")
    private static let entryNumber = Statement(
        """
        INSERT INTO entry_number (entry_point, place, number)
        VALUES ($id, (SELECT COALESCE(MAX(place), -1) + 1 FROM entry_number), $number)
        ON CONFLICT (entry_point) DO UPDATE SET number = excluded.number
        """)

    private static let releaseLogin = Statement("UPDATE user_account SET login = NULL WHERE login = $login AND id <> $id")
    // Whoever comes back by this login is perhaps somebody else.
    private static let forgetPassword = Statement(
        "UPDATE user_account SET password_hash = NULL WHERE id = $id AND id IN (SELECT id FROM retired)")
    // Who gives somebody a new password may want to lock out whoever has the old one.
    private static let endSessions = Statement(
        """
        DELETE FROM session WHERE user_account = $id AND EXISTS (
            SELECT 1 FROM user_account WHERE id = $id AND password_hash IS DISTINCT FROM $password_hash
        )
        """)
    // No new password leaves the old one; the language that somebody chose himself is in a column of its own.
    private static let user = Statement(
        """
        INSERT INTO user_account (id, place, agent, team, role, login, name, language, password_hash)
        VALUES ($id, (SELECT COALESCE(MAX(place), -1) + 1 FROM user_account), $agent, $team, $role, $login, $name, $language,
            $password_hash)
        ON CONFLICT (id) DO UPDATE SET agent = excluded.agent, team = excluded.team, role = excluded.role,
            login = excluded.login, name = excluded.name, language = excluded.language,
            password_hash = COALESCE(excluded.password_hash, user_account.password_hash)
        """)
    private static let dropProjects = Statement("DELETE FROM user_project WHERE user_account = $id")
    private static let userProject = Statement("INSERT INTO user_project (user_account, project) VALUES ($id, $project)")
}
