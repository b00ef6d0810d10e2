import Primitives

/// One part of the set-up that routing reads. It enters the engine as an input and the log as an event, without any
/// name or number: those live in the tables.
package enum Definition: Hashable, Sendable {
    case project(Project)
    case queue(Queue)
    case entryPoint(EntryPoint)
    case disposition(Disposition)
    case agent(Agent)
    case retired(Retirement)
}

/// What is no longer part of the set-up: nobody is given it any more, and its past stays. A definition of it brings it back.
package enum Retirement: Hashable, Sendable {
    case project(ProjectID)
    case queue(QueueID)
    case entryPoint(EntryPointID)
    case disposition(DispositionID)
    case agent(AgentID)
}

/// The whole set-up as the engine holds it.
package struct Organization: Sendable {
    package private(set) var projects: [ProjectID: Project] = [:]
    package private(set) var queues: [QueueID: Queue] = [:]
    package private(set) var entryPoints: [EntryPointID: EntryPoint] = [:]
    package private(set) var dispositions: [DispositionID: Disposition] = [:]
    package private(set) var agents: [AgentID: Agent] = [:]
    /// The dispositions that have others below them: no leaves.
    private var branches: [DispositionID: Int] = [:]

    package init() {}

    /// Why a definition cannot be taken.
    package enum Flaw: Error, Hashable, Sendable {
        case projectUnknown(ProjectID)
        case queueUnknown(QueueID)
        case dispositionUnknown(DispositionID)
        case projectChanged
        /// Something is to go that contacts or other parts of the set-up still need.
        case inUse(Retirement)
    }

    /// Whether `definition` fits what is there; throws what does not. Of what goes, `isUsed` tells when everything else has been applied.
    package func check(_ definition: Definition) throws(Flaw) {
        switch definition {
        case .project: break
        case .queue(let queue):
            guard projects[queue.project] != nil else { throw .projectUnknown(queue.project) }
            if let known = queues[queue.id], known.project != queue.project { throw .projectChanged }
        case .entryPoint(let entry):
            guard projects[entry.project] != nil else { throw .projectUnknown(entry.project) }
            guard queues[entry.queue] != nil else { throw .queueUnknown(entry.queue) }
        case .disposition(let disposition):
            guard projects[disposition.project] != nil else { throw .projectUnknown(disposition.project) }
            if let parent = disposition.parent, dispositions[parent] == nil { throw .dispositionUnknown(parent) }
        case .agent(let agent):
            for entry in agent.profile.entries where queues[entry.queue] == nil { throw .queueUnknown(entry.queue) }
        case .retired: break
        }
    }

    /// Whether another part of the set-up needs what goes, or has gone.
    package func isUsed(_ retirement: Retirement) -> Bool {
        switch retirement {
        case .project(let id):
            queues.values.contains { $0.project == id } || entryPoints.values.contains { $0.project == id }
                || dispositions.values.contains { $0.project == id }
        case .queue(let id):
            entryPoints.values.contains { $0.queue == id } || queues.values.contains { $0.escalation == id }
                || agents.values.contains { agent in agent.profile.entries.contains { $0.queue == id } }
        case .entryPoint: false
        case .disposition(let id): branches[id, default: 0] > 0
        case .agent(let id): queues.values.contains { $0.escalationAgent == id }
        }
    }

    /// Whether `definition` would change nothing.
    package func holds(_ definition: Definition) -> Bool {
        switch definition {
        case .project(let project): projects[project.id] == project
        case .queue(let queue): queues[queue.id] == queue
        case .entryPoint(let entry): entryPoints[entry.id] == entry
        case .disposition(let disposition): dispositions[disposition.id] == disposition
        case .agent(let agent): agents[agent.id] == agent
        case .retired(.project(let id)): projects[id] == nil
        case .retired(.queue(let id)): queues[id] == nil
        case .retired(.entryPoint(let id)): entryPoints[id] == nil
        case .retired(.disposition(let id)): dispositions[id] == nil
        case .retired(.agent(let id)): agents[id] == nil
        }
    }

    package mutating func apply(_ definition: Definition) {
        switch definition {
        case .project(let project): projects[project.id] = project
        case .queue(let queue): queues[queue.id] = queue
        case .entryPoint(let entry): entryPoints[entry.id] = entry
        case .disposition(let disposition):
            if let old = dispositions[disposition.id]?.parent { branches[old, default: 1] -= 1 }
            if let parent = disposition.parent { branches[parent, default: 0] += 1 }
            dispositions[disposition.id] = disposition
        case .agent(let agent): agents[agent.id] = agent
        case .retired(.project(let id)): projects[id] = nil
        case .retired(.queue(let id)): queues[id] = nil
        case .retired(.entryPoint(let id)): entryPoints[id] = nil
        case .retired(.disposition(let id)):
            if let parent = dispositions.removeValue(forKey: id)?.parent { branches[parent, default: 1] -= 1 }
        case .retired(.agent(let id)): agents[id] = nil
        }
    }

    /// Whether an agent may choose `disposition` for a contact of `project`: a leaf of that project's tree.
    package func isLeaf(_ disposition: DispositionID, of project: ProjectID) -> Bool {
        dispositions[disposition]?.project == project && branches[disposition, default: 0] == 0
    }
}
