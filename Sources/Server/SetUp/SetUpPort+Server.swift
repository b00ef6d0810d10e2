import Centre
import HTTPAPI
import NIOCore
import Operation
import Organization
import Primitives
import Storage

extension SetUpPort {
    /// What the settings ask, answered by the applier, the tables and the lines.
    init(_ applier: SetUpApplier, store: Store, control: CallControl, on loop: any EventLoop) {
        @Sendable func answering<Value>(_ body: () async throws -> Value) async throws -> Value {
            do {
                return try await body()
            } catch let refused as Server.SetUpRefused {
                throw HTTPAPI.SetUpRefused(refused.flaws.map { FieldError($0) })
            }
        }
        self.init(
            apply: { request in try await answering { try await applier.apply(request) } },
            read: {
                let whole = try await store.wholeSetUp()
                let lines = try await loop.submit { LineStates(whole.known, control) }.get()
                return SetUpSight(whole, lines)
            },
            file: { SetUpYAML.text(of: SetUpExporter(try await store.setUp()).document) },
            changes: { before, limit in
                try await store.setUpChanges(before: before ?? .max, limit: limit).map { change in
                    SetUpChangeSight(
                        number: change.record.number, at: change.record.at, author: change.author,
                        parts: try SetUpParts.parts(change.record.parts), undoes: change.record.undoes, undoneBy: change.undoneBy)
                }
            },
            undo: { number, author in try await answering { try await applier.undo(number, by: author) } })
    }
}

/// What the lines are like at the moment.
struct LineStates: Sendable {
    var registered: Set<PhoneID> = []
    var trunks: [TrunkID: TrunkState] = [:]

    init() {}

    /// On the loop of `control` only.
    init(_ setUp: SetUp, _ control: CallControl) {
        registered = Set(setUp.phones.map(\.id).filter { control.isRegistered($0) })
        trunks = control.trunks
    }
}

extension SetUpSight {
    init(_ whole: WholeSetUp, _ lines: LineStates) {
        let setUp = whole.known
        var facts = SetUpFacts()
        facts.phones = setUp.phones.map { phone in
            let agent = setUp.agents.first { $0.phone == phone.id }?.id
            let user = agent.flatMap { agent in setUp.users.first { $0.user.agent == agent }?.login }
            let registers = if case .registers = phone.access { true } else { false }
            return (phone.user, .init(registers: registers, isReachable: !registers || lines.registered.contains(phone.id), user: user))
        }
        facts.users = setUp.users.map { ($0.login, $0.passwordHash != nil) }
        facts.trunks = setUp.trunks.map { trunk in
            let isUsed = setUp.projects.contains { $0.outbound?.trunk == trunk.id }
            return (trunk.key, .init(state: lines.state(of: trunk), isUsed: isUsed))
        }
        self.init(
            version: SetUpApplier.version(whole), document: SetUpExporter(setUp).document, facts: facts,
            warnings: SetUpWarning.all(in: setUp, lines))
    }
}

extension LineStates {
    func state(of trunk: TrunkAccount) -> TrunkState {
        trunk.login?.registers == true ? trunks[trunk.id] ?? .registering : .unregistered
    }
}

extension SetUpWarning {
    /// What stands wrong with a set-up, in its order.
    static func all(in setUp: SetUp, _ lines: LineStates) -> [SetUpWarning] {
        let served = Set(setUp.agents.flatMap { $0.profile.entries.map(\.queue) })
        let reached = Set(setUp.entryPoints.map(\.entryPoint.queue) + setUp.queues.compactMap(\.queue.escalation))
        let projects = Dictionary(setUp.projects.map { ($0.project.id, $0.key) }, uniquingKeysWith: { first, _ in first })
        var warnings: [SetUpWarning] = []
        for named in setUp.queues {
            let path = "projects.\(projects[named.queue.project] ?? "").queues.\(named.key)"
            if !served.contains(named.queue.id) { warnings.append(.init(.queueWithoutPeople, path: path, project: named.queue.project)) }
            if !reached.contains(named.queue.id) { warnings.append(.init(.queueUnreachable, path: path, project: named.queue.project)) }
        }
        for named in setUp.entryPoints where !served.contains(named.entryPoint.queue) {
            let project = named.entryPoint.project
            warnings.append(
                .init(.entryPointOfSilentQueue, path: "projects.\(projects[project] ?? "").entryPoints.\(named.number)", project: project))
        }
        for user in setUp.users where user.user.agent != nil && user.passwordHash == nil {
            warnings.append(.init(.agentWithoutPassword, path: "users.\(user.login)", project: nil))
        }
        for trunk in setUp.trunks where lines.state(of: trunk) == .failed {
            warnings.append(.init(.trunkUnregistered, path: "trunks.\(trunk.key)", project: nil))
        }
        return warnings
    }
}

extension FieldError {
    fileprivate init(_ flaw: SetUpFlaw) {
        self.init(
            field: flaw.path, rule: flaw.rule.name, value: flaw.value, expected: flaw.expected, min: flaw.rule.min, max: flaw.rule.max,
            choices: flaw.rule.choices)
    }
}
