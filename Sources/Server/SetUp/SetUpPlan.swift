import Operation
import Organization
import Primitives

/// What a set-up file comes to against what is there.
package struct SetUpPlan {
    let known: SetUp
    /// What the file names, as it will be, with what follows of itself.
    package let wanted: SetUp
    /// What goes, as it was.
    package let removed: SetUp
    /// Everything, as it will be.
    package let result: SetUp
    /// Where in the file it stands that something goes.
    let places: [(thing: Retired, path: String)]

    init(known: SetUp, wanted: SetUp, removal: SetUpRemoval) {
        self.known = known
        self.wanted = wanted
        places = removal.asked.map { ($0.thing, $0.place.path) }
        let agents = Set(known.users.filter { removal.users.contains($0.user.id) }.compactMap(\.user.agent))
        var removed = SetUp()
        var result = SetUp()
        func settle<Thing, Identity: Hashable>(
            _ things: WritableKeyPath<SetUp, [Thing]>, _ id: KeyPath<Thing, Identity>, _ goes: Set<Identity>
        ) {
            removed[keyPath: things] = known[keyPath: things].filter { goes.contains($0[keyPath: id]) }
            let left = known[keyPath: things].filter { !goes.contains($0[keyPath: id]) }
            let named = Dictionary(wanted[keyPath: things].map { ($0[keyPath: id], $0) }, uniquingKeysWith: { _, later in later })
            let old = Set(left.map { $0[keyPath: id] })
            let new = wanted[keyPath: things].filter { !old.contains($0[keyPath: id]) }
            result[keyPath: things] = left.map { named[$0[keyPath: id]] ?? $0 } + new
        }
        settle(\.reasons, \.id, removal.reasons)
        settle(\.teams, \.id, removal.teams)
        settle(\.trunks, \.id, removal.trunks)
        settle(\.phones, \.id, removal.phones)
        settle(\.projects, \.project.id, removal.projects)
        settle(\.queues, \.queue.id, removal.queues)
        settle(\.dispositions, \.disposition.id, removal.dispositions)
        settle(\.entryPoints, \.entryPoint.id, removal.entryPoints)
        settle(\.users, \.user.id, removal.users)
        settle(\.agents, \.id, agents)
        self.removed = removed
        self.result = result
    }

    /// What the engine is told: what is there first, then what goes, each before what it hangs on.
    var definitions: [Definition] {
        let agents = removed.agents.map { Retirement.agent($0.id) }
        let entryPoints = removed.entryPoints.map { Retirement.entryPoint($0.entryPoint.id) }
        let dispositions = removed.dispositions.reversed().map { Retirement.disposition($0.disposition.id) }
        let queues = removed.queues.map { Retirement.queue($0.queue.id) }
        let projects = removed.projects.map { Retirement.project($0.project.id) }
        return wanted.definitions + (agents + entryPoints + dispositions + queues + projects).map { .retired($0) }
    }

    /// Where it stands that what the engine refuses to let go was to go: the thing itself, or what it goes with.
    func place(of retirement: Retirement) -> String {
        let thing: Retired? =
            switch retirement {
            case .project(let id): .project(id)
            case .queue(let id): .queue(id)
            case .entryPoint(let id): .entryPoint(id)
            case .disposition(let id): .disposition(id)
            case .agent(let id): removed.users.first { $0.user.agent == id }.map { .user($0.user.id) }
            }
        return places.first { $0.thing == thing }?.path ?? "remove"
    }
}
