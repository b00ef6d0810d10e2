import HTTPAPI
import Operation
import Organization

extension SetUpWarning {
    /// What stands wrong with a set-up, in its order.
    static func all(in setUp: SetUp, _ lines: LineStates) -> [SetUpWarning] {
        let projects = Dictionary(setUp.projects.map { ($0.project.id, $0.key) }, uniquingKeysWith: { first, _ in first })
        let trunks = setUp.trunks.filter { [TrunkState.refused, .unreachable].contains(lines.state(of: $0)) }
            .map { SetUpWarning(.trunkNotReached, at: ["trunks", $0.key], project: nil) }
        let none =
            (setUp.projects.isEmpty ? [SetUpWarning(.noProject, at: ["projects"], project: nil)] : [])
            + (setUp.trunks.isEmpty ? [SetUpWarning(.noTrunk, at: ["trunks"], project: nil)] : [])
        return none + ofProjects(in: setUp) + ofQueues(in: setUp, projects) + trunks + ofPeople(in: setUp)
    }

    private static func ofProjects(in setUp: SetUp) -> [SetUpWarning] {
        setUp.projects.flatMap { named -> [SetUpWarning] in
            let id = named.project.id
            let place = ["projects", named.key]
            guard setUp.queues.contains(where: { $0.queue.project == id }) else {
                return [.init(.projectWithoutQueue, at: place, project: id)]
            }
            guard setUp.dispositions.contains(where: { $0.disposition.project == id }) else {
                return [.init(.projectWithoutDispositions, at: place, project: id)]
            }
            return []
        }
    }

    private static func ofQueues(in setUp: SetUp, _ projects: [ProjectID: String]) -> [SetUpWarning] {
        let served = Set(setUp.agents.flatMap { $0.profile.entries.map(\.queue) })
        let reached = Set(setUp.entryPoints.map(\.entryPoint.queue) + setUp.queues.compactMap(\.queue.escalation))
        let queues = setUp.queues.flatMap { named -> [SetUpWarning] in
            let project = named.queue.project
            let place = ["projects", projects[project] ?? "", "queues", named.key]
            return (served.contains(named.queue.id) ? [] : [.init(.queueWithoutPeople, at: place, project: project)])
                + (reached.contains(named.queue.id) ? [] : [.init(.queueWithoutNumber, at: place, project: project)])
        }
        let numbers = setUp.entryPoints.filter { !served.contains($0.entryPoint.queue) }.map { named in
            let project = named.entryPoint.project
            return SetUpWarning(
                .numberWithoutPeople, at: ["projects", projects[project] ?? "", "entryPoints", named.number], project: project)
        }
        return queues + numbers
    }

    private static func ofPeople(in setUp: SetUp) -> [SetUpWarning] {
        let used = Set(setUp.agents.compactMap(\.phone))
        let phones = setUp.phones.filter { !used.contains($0.id) }
            .map { SetUpWarning(.phoneWithoutPerson, at: ["phones", $0.user], project: nil) }
        let idle = Set(setUp.agents.filter(\.profile.entries.isEmpty).map(\.id))
        return phones
            + setUp.users.flatMap { account -> [SetUpWarning] in
                let place = ["users", account.login]
                let user = account.user
                // A supervisor may be there for what others hand over alone.
                let hasNothing = [Role.agent, .senior].contains(user.role) && user.agent.map(idle.contains) ?? true
                return (account.passwordHash == nil ? [.init(.personWithoutPassword, at: place, project: nil)] : [])
                    + (hasNothing ? [.init(.personWithoutQueue, at: place, project: nil)] : [])
                    + (user.projects.isEmpty && user.role != .administrator ? [.init(.userWithoutProject, at: place, project: nil)] : [])
            }
    }
}
