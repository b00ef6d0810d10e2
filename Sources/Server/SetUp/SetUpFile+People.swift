import Operation
import Organization
import Primitives

/// People, and the agents that some of them are.
extension SetUpFile {
    mutating func readUser(_ login: String, _ reader: SetUpReader) throws {
        reader.allow("name", "password", "role", "language", "team", "projects", "phone", "queues", "trainee")
        let there = known.users.first { $0.login == login }
        let old = there ?? retired.users.first { $0.login == login }
        let role = reader["role"].choice(Role.allCases.map { ($0.rawValue, $0) }, default: old?.user.role ?? .agent) ?? .agent
        if let old, old.user.id == author, old.user.role != role {
            reader["role"].refuse(.ownAccount, "somebody else's role: nobody changes his own")
        }
        var team = old?.user.team.flatMap { id in teams.contains { $0.id == id } ? id : nil }
        if reader["team"].isNull { team = nil }
        if !reader["team"].isAbsent { team = self.team(reader["team"]) }
        let agent = readAgent(reader, old: old, team: team)
        if let agent { result.agents.append(agent) }
        var hash = isUndo ? old?.passwordHash : there?.passwordHash
        if !reader["password"].isAbsent {
            let password = reader["password"].secret(min: 8)
            hash = try secrets.password(password, old?.passwordHash)
        }
        let user = User(
            id: old?.user.id ?? newID(), agent: agent?.id, team: team, projects: projects(reader["projects"], old?.user.projects ?? []),
            role: role)
        let name = reader["name"].isAbsent ? old?.name ?? login : reader["name"].text()
        result.users.append(
            UserAccount(
                user: user, login: login, name: name, language: reader["language"].language(default: old?.language ?? .english),
                passwordHash: hash))
    }

    private func projects(_ reader: SetUpReader, _ old: Set<ProjectID>) -> Set<ProjectID> {
        if reader.isAbsent { return old.filter { id in projects.contains { $0.project.id == id } } }
        var found: Set<ProjectID> = []
        for item in reader.items() {
            let key = item.text()
            if let project = projects.first(where: { $0.key == key }) {
                found.insert(project.project.id)
            } else {
                item.refuse(.unknownProject, "the key of a project")
            }
        }
        return found
    }

    private func team(_ reader: SetUpReader) -> TeamID? {
        let key = reader.text()
        guard let team = teams.first(where: { $0.key == key }) else {
            reader.refuse(.unknownTeam, "the key of a team")
            return nil
        }
        return team.id
    }

    /// A user with queues or a phone is an agent.
    private mutating func readAgent(_ reader: SetUpReader, old: UserAccount?, team: TeamID?) -> Agent? {
        let old = old?.user.agent.flatMap { id in (known.agents + retired.agents).first { $0.id == id } }
        guard !reader["queues"].isAbsent || !reader["phone"].isAbsent || old != nil else { return nil }
        var phone = old?.phone.flatMap { id in phones.contains { $0.id == id } ? id : nil }
        if reader["phone"].isNull { phone = nil }
        if !reader["phone"].isAbsent {
            let user = reader["phone"].text()
            phone = phones.first { $0.user == user }?.id
            if phone == nil { reader["phone"].refuse(.unknownPhone, "the user name of a phone") }
        }
        var entries = (old?.profile.entries ?? []).filter { entry in queues.contains { $0.queue.id == entry.queue } }
        if reader["queues"].isNull { entries = [] }
        if !reader["queues"].isAbsent {
            let named = reader["queues"].entries()
            entries = named.compactMap { key, value in entry(key, value) }
            if named.count > RoutingProfile.entriesMax {
                reader["queues"].refuse(.tooMany(max: RoutingProfile.entriesMax), "at most \(RoutingProfile.entriesMax) queues")
            }
        }
        let isTrainee = reader["trainee"].truth(default: reader["trainee"].isNull ? false : old?.isTrainee ?? false)
        return Agent(id: old?.id ?? newID(), team: team, phone: phone, profile: RoutingProfile(entries), isTrainee: isTrainee)
    }

    private func entry(_ key: String, _ reader: SetUpReader) -> RoutingProfile.Entry? {
        guard let queue = queues.first(where: { $0.key == key }) else {
            reader.refuse(key, .unknownQueue, "'\(key)' to be the key of a queue")
            return nil
        }
        if !reader.isAbsent { reader.allow("priority", "delay") }
        return .init(
            queue: queue.queue.id, priority: UInt8(reader["priority"].whole(1...99, default: 1)),
            delay: reader["delay"].seconds(0...3600, default: .zero))
    }

    /// Somebody must be left who can set up the centre.
    func checkAccounts(_ top: SetUpReader, _ plan: SetUpPlan) {
        func count(_ setUp: SetUp) -> Int { setUp.users.count { $0.user.role == .administrator } }
        guard count(known) > 0, count(plan.result) == 0 else { return }
        let lost = known.users.first { user in
            user.user.role == .administrator && (removal.users.contains(user.user.id) || result.users.contains { $0.login == user.login })
        }
        guard let lost else { return }
        let place = removal.asked.first { $0.thing == .user(lost.user.id) }?.place ?? top["users"][lost.login]["role"]
        place.refuse(lost.login, .lastAdministrator, "that somebody is left who can set up the centre")
    }
}
