import Operation
import Organization
import Primitives

/// What a set-up file takes away, by `remove`. Nothing is erased: it is retired, and comes back when its key is named again.
struct SetUpRemoval {
    var reasons: Set<PresenceReasonID> = []
    var teams: Set<TeamID> = []
    var trunks: Set<TrunkID> = []
    var phones: Set<PhoneID> = []
    var users: Set<UserID> = []
    var projects: Set<ProjectID> = []
    var queues: Set<QueueID> = []
    var dispositions: Set<DispositionID> = []
    var entryPoints: Set<EntryPointID> = []
    /// They have no past of their own: what they counted stands in the log.
    var quotas: Set<QuotaID> = []
    var wallboards: Set<WallboardID> = []
    var alerts: Set<AlertID> = []
    /// What was asked for, and where it stands in the file.
    var asked: [(thing: Retired, place: SetUpReader)] = []
}

/// One thing of a set-up that goes.
package enum Retired: Hashable, Sendable {
    case reason(PresenceReasonID), team(TeamID), trunk(TrunkID), phone(PhoneID), user(UserID), project(ProjectID), queue(QueueID),
        disposition(DispositionID), entryPoint(EntryPointID)
}

extension SetUpFile {
    mutating func readRemoval(_ reader: SetUpReader) {
        reader.allow(
            "reasons", "teams", "trunks", "phones", "users", "projects", "queues", "dispositions", "entryPoints", "quotas", "wallboards",
            "alerts")
        remove(reader["reasons"], known.reasons, \.key, \.id, \.reasons, Retired.reason)
        remove(reader["teams"], known.teams, \.key, \.id, \.teams, Retired.team)
        remove(reader["trunks"], known.trunks, \.key, \.id, \.trunks, Retired.trunk)
        remove(reader["phones"], known.phones, \.user, \.id, \.phones, Retired.phone)
        remove(reader["users"], known.users, \.login, \.user.id, \.users, Retired.user)
        remove(reader["projects"], known.projects, \.key, \.project.id, \.projects, Retired.project)
        remove(reader["queues"], known.queues, \.key, \.queue.id, \.queues, Retired.queue)
        remove(reader["entryPoints"], known.entryPoints, \.number, \.entryPoint.id, \.entryPoints, Retired.entryPoint)
        for (key, value) in reader["dispositions"].entries() {
            let project = known.projects.first { $0.key == key }?.project.id
            if project == nil { value.refuse(key, .unknownProject, "the key of a project") }
            let dispositions = known.dispositions.filter { $0.disposition.project == project }
            remove(value, dispositions, \.key, \.disposition.id, \.dispositions, Retired.disposition)
        }
        removeUnderProjects(reader["quotas"], \.quotas, \.key, \.quota.id, \.quotas)
        removeUnderProjects(reader["wallboards"], \.wallboards, \.key, \.wallboard.id, \.wallboards)
        removeUnderProjects(reader["alerts"], \.alerts, \.key, \.alert.id, \.alerts)
        // With a project goes what belongs to it.
        removal.queues.formUnion(known.queues.filter { removal.projects.contains($0.queue.project) }.map(\.queue.id))
        removal.entryPoints.formUnion(
            known.entryPoints.filter { removal.projects.contains($0.entryPoint.project) }.map(\.entryPoint.id))
        removal.dispositions.formUnion(
            known.dispositions.filter { removal.projects.contains($0.disposition.project) }.map(\.disposition.id))
    }

    private mutating func remove<Thing, Identity: Hashable>(
        _ reader: SetUpReader, _ things: [Thing], _ key: KeyPath<Thing, String>, _ id: KeyPath<Thing, Identity>,
        _ gone: WritableKeyPath<SetUpRemoval, Set<Identity>>, _ retired: (Identity) -> Retired
    ) {
        for item in reader.items() {
            let written = item.text()
            guard let thing = things.first(where: { $0[keyPath: key] == written }) else {
                item.refuse(.unknownKey, "the key of something that is there")
                continue
            }
            removal.asked.append((retired(thing[keyPath: id]), item))
            removal[keyPath: gone].insert(thing[keyPath: id])
        }
    }

    /// What is known by its key only within its project.
    private mutating func removeUnderProjects<Thing, Identity: Hashable>(
        _ reader: SetUpReader, _ things: KeyPath<NamedProject, [Thing]>, _ thingKey: KeyPath<Thing, String>,
        _ id: KeyPath<Thing, Identity>, _ gone: WritableKeyPath<SetUpRemoval, Set<Identity>>
    ) {
        for (key, value) in reader.entries() {
            let project = known.projects.first { $0.key == key }
            if project == nil { value.refuse(key, .unknownProject, "the key of a project") }
            for item in value.items() {
                let written = item.text()
                if let thing = project?[keyPath: things].first(where: { $0[keyPath: thingKey] == written }) {
                    removal[keyPath: gone].insert(thing[keyPath: id])
                } else {
                    item.refuse(.unknownKey, "the key of something that is there")
                }
            }
        }
    }

    // MARK: What follows

    /// Projects that the file names only for what goes.
    mutating func leaveRemoved() {
        for project in known.projects where !result.projects.contains(where: { $0.project.id == project.project.id }) {
            var left = project
            left.quotas.removeAll { removal.quotas.contains($0.quota.id) }
            left.wallboards.removeAll { removal.wallboards.contains($0.wallboard.id) }
            left.alerts.removeAll { removal.alerts.contains($0.alert.id) }
            if left != project { result.projects.append(left) }
        }
    }

    /// What the file makes of all that is known; what may not go is among the flaws.
    mutating func plan() -> SetUpPlan {
        leaveRemovedQueues()
        removeWithBranches()
        let plan = SetUpPlan(known: known, wanted: result, removal: removal)
        for (thing, place) in removal.asked {
            if thing == author.map({ .user($0) }) {
                place.refuse(.ownAccount, "somebody else: nobody removes himself")
            } else if isNamed(thing) {
                place.refuse(.conflict, "nothing that the file also sets up")
            } else if let user = plan.user(of: thing) {
                place.refuse(user, .inUse, "something that nothing uses any more")
            }
        }
        return plan
    }

    /// Agents who serve a queue that goes serve it no more.
    private mutating func leaveRemovedQueues() {
        guard !removal.queues.isEmpty else { return }
        for user in known.users where !removal.users.contains(user.user.id) {
            guard let agent = known.agents.first(where: { $0.id == user.user.agent }), !result.agents.contains(where: { $0.id == agent.id })
            else { continue }
            let entries = agent.profile.entries.filter { !removal.queues.contains($0.queue) }
            guard entries.count < agent.profile.entries.count else { continue }
            var changed = agent
            changed.profile = RoutingProfile(entries)
            result.agents.append(changed)
            if !result.users.contains(where: { $0.user.id == user.user.id }) { result.users.append(user) }
        }
    }

    /// With a branch goes what grows on it, but for what the file names elsewhere.
    private mutating func removeWithBranches() {
        for disposition in known.dispositions.map(\.disposition)
        where disposition.parent.map(removal.dispositions.contains) ?? false && !isNamed(.disposition(disposition.id)) {
            removal.dispositions.insert(disposition.id)
        }
    }

    private func isNamed(_ thing: Retired) -> Bool {
        switch thing {
        case .reason(let id): result.reasons.contains { $0.id == id }
        case .team(let id): result.teams.contains { $0.id == id }
        case .trunk(let id): result.trunks.contains { $0.id == id }
        case .phone(let id): result.phones.contains { $0.id == id }
        case .user(let id): result.users.contains { $0.user.id == id }
        case .project(let id): result.projects.contains { $0.project.id == id }
        case .queue(let id): result.queues.contains { $0.queue.id == id }
        case .disposition(let id): result.dispositions.contains { $0.disposition.id == id }
        case .entryPoint(let id): result.entryPoints.contains { $0.entryPoint.id == id }
        }
    }
}

extension SetUpPlan {
    /// What still uses a thing that is to go, in the words of the file; nil: nothing.
    fileprivate func user(of thing: Retired) -> String? {
        switch thing {
        case .reason, .disposition, .entryPoint: nil
        case .team(let id): result.users.first { $0.user.team == id }.map { "user \($0.login)" }
        case .project(let id): result.users.first { $0.user.projects.contains(id) }.map { "user \($0.login)" }
        case .trunk(let id): result.projects.first { $0.outbound?.trunk == id }.map { "project \($0.key)" }
        case .phone(let id):
            result.agents.first { $0.phone == id }
                .flatMap { agent in result.users.first { $0.user.agent == agent.id } }.map { "user \($0.login)" }
        case .queue(let id):
            result.entryPoints.first { $0.entryPoint.queue == id }.map { "entry point \($0.number)" }
                ?? result.queues.first { $0.queue.escalation == id }.map { "queue \($0.key)" }
                ?? watcher(of: id)
        case .user(let id):
            known.users.first { $0.user.id == id }?.user.agent
                .flatMap { agent in result.queues.first { $0.queue.escalationAgent == agent } }.map { "queue \($0.key)" }
        }
    }

    /// What shows or watches a queue.
    private func watcher(of queue: QueueID) -> String? {
        for project in result.projects {
            let wallboard = project.wallboards.first { named in named.wallboard.figures.contains { $0.queue == queue } }
            if let wallboard { return "wallboard \(wallboard.key)" }
            if let alert = project.alerts.first(where: { $0.alert.place.queue == queue }) { return "alert \(alert.key)" }
        }
        return nil
    }
}
