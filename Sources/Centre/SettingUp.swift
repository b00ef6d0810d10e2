import Contacts
import Organization
import Primitives
import Routing

/// A set-up is taken whole or not at all, and may let somebody who is free take somebody who waits.
extension CentreEngine {
    mutating func setUp(_ definitions: [Definition], at now: Timestamp, using random: inout Random) throws(Refusal) {
        var trial = organization
        for (index, definition) in definitions.enumerated() {
            do {
                try trial.check(definition)
            } catch {
                throw .setUp(index: index, error)
            }
            trial.apply(definition)
        }
        // Against what is left then: parts that go together may need each other.
        for (index, definition) in definitions.enumerated() {
            guard case .retired(let retirement) = definition else { continue }
            if trial.isUsed(retirement) || isBusy(retirement) { throw .setUp(index: index, .inUse(retirement)) }
        }
        var changes = 0
        for definition in definitions where !organization.holds(definition) {
            // Who goes is off first: what he did with his time is told by his presence.
            if case .retired(.agent(let agent)) = definition, let state = routing.agents[agent]?.state, state.presence != .off {
                emit(.presenceChanged(agent, .off), at: now)
            }
            emit(.defined(definition), at: now)
            changes += 1
        }
        emit(.setUpApplied(changes: changes), at: now)
        // A new profile may let somebody who is free take somebody who waits.
        serve(definitions.compactMap { if case .agent(let agent) = $0 { agent.id } else { nil } }, at: now, using: &random)
    }

    /// Whether somebody waits for, or talks with, what is to go.
    private func isBusy(_ retirement: Retirement) -> Bool {
        switch retirement {
        case .project(let id): contacts.values.contains { $0.project == id }
        case .queue(let id): contacts.values.contains { $0.queue == id || $0.sender?.queue == id }
        case .entryPoint, .disposition: false
        case .agent(let id):
            routing.agents[id]?.state.routing.contact != nil || contacts.values.contains { $0.state.agent == id || $0.colleague == id }
        }
    }

    /// Gives those of `agents` who are free what waits for them; the longest idle first, as ever.
    mutating func serve(_ agents: [AgentID], at now: Timestamp, using random: inout Random) {
        var free: [(since: Timestamp, agent: AgentID)] = []
        for agent in agents {
            guard let member = routing.agents[agent], member.isFree, let since = member.state.idleSince else { continue }
            free.append((since, agent))
        }
        for (_, agent) in free.sorted(by: <) { serve(agent, at: now, using: &random) }
    }
}
