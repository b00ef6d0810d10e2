import Operation
import Organization
import Primitives
import Yams

/// To whom contacts go that need a supervisor: a queue, a person, or a person and else a queue. Read last: both may stand further down.
extension SetUpFile {
    mutating func readEscalations(of projectKey: String, _ queues: SetUpReader) {
        guard let project = result.projects.first(where: { $0.key == projectKey })?.project.id else { return }
        for (key, value) in queues.entries() {
            let reader = value["escalation"]
            guard !reader.isAbsent, let index = result.queues.firstIndex(where: { $0.key == key && $0.queue.project == project }) else {
                continue
            }
            guard reader.node?.mapping != nil else {
                result.queues[index].queue.escalation = queue(reader, otherThan: key, in: project)
                continue
            }
            reader.allow("user", "queue")
            if reader["user"].isAbsent, reader["queue"].isAbsent { reader.refuse("nothing", .required, "a user, a queue or both") }
            if !reader["queue"].isAbsent {
                result.queues[index].queue.escalation = queue(reader["queue"], otherThan: key, in: project)
            }
            if !reader["user"].isAbsent { result.queues[index].queue.escalationAgent = agent(reader["user"], in: project) }
        }
    }

    private func queue(_ reader: SetUpReader, otherThan key: String, in project: ProjectID) -> QueueID? {
        let wanted = reader.text()
        guard wanted != key else {
            reader.refuse(.itself, "the key of another queue of this project")
            return nil
        }
        guard let queue = queues.first(where: { $0.key == wanted }) else {
            reader.refuse(.unknownQueue, "the key of another queue of this project")
            return nil
        }
        if queue.queue.project != project { reader.refuse(.otherProject, "the key of another queue of this project") }
        return queue.queue.id
    }

    /// A user may be there already, and named in this file for something else.
    private func agent(_ reader: SetUpReader, in project: ProjectID) -> AgentID? {
        let login = reader.text()
        guard let user = users.first(where: { $0.login == login })?.user else {
            reader.refuse(.unknownUser, "the login of a user")
            return nil
        }
        guard user.projects.contains(project) else {
            reader.refuse(.notOfProject, "a user who works for this project")
            return nil
        }
        guard let agent = user.agent else {
            reader.refuse(.notAnAgent, "a user who takes calls: one with a phone, or with queues (also none: 'queues: {}')")
            return nil
        }
        guard user.role.scope(of: .handleContacts) != nil else {
            reader.refuse(.notAnAgent, "a user whose role handles contacts")
            return nil
        }
        return agent
    }
}
