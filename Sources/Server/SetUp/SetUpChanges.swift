import Operation
import Organization

/// What a set-up changes, by key, for the one who applies it.
struct SetUpChanges {
    private(set) var changed: [String] = []
    private(set) var unchanged = 0

    /// - Parameters:
    ///   - wanted: what is named, as it will be.
    ///   - removed: what goes.
    init(from known: SetUp, to wanted: SetUp, without removed: SetUp = SetUp()) {
        compare("project", wanted.projects, known.projects, removed.projects, \.key)
        compare("team", wanted.teams, known.teams, removed.teams, \.key)
        compare("queue", wanted.queues, known.queues, removed.queues, \.key)
        compare("reason", wanted.reasons, known.reasons, removed.reasons, \.key)
        compare("disposition", wanted.dispositions, known.dispositions, removed.dispositions, \.key)
        compare("trunk", wanted.trunks, known.trunks, removed.trunks, \.key)
        compare("phone", wanted.phones, known.phones, removed.phones, \.user)
        compare("entry point", wanted.entryPoints, known.entryPoints, removed.entryPoints, \.number)
        compare("user", wanted.users, known.users, removed.users, \.login)
        let agents = Dictionary(known.agents.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for user in wanted.users {
            guard let agent = wanted.agents.first(where: { $0.id == user.user.agent }), agents[agent.id] != agent else { continue }
            let name = "user \(user.login)"
            if !changed.contains(name) {
                changed.append(name)
                unchanged -= 1
            }
        }
    }

    private mutating func compare<Thing: Hashable>(
        _ kind: String, _ wanted: [Thing], _ known: [Thing], _ removed: [Thing], _ key: KeyPath<Thing, String>
    ) {
        let known = Set(known)
        for thing in wanted {
            if known.contains(thing) { unchanged += 1 } else { changed.append("\(kind) \(thing[keyPath: key])") }
        }
        changed += removed.map { "\(kind) \($0[keyPath: key]), removed" }
    }
}
