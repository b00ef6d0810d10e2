import Centre
import Organization
import Primitives

/// The tables of what routing reads, from the log's definitions.
enum DefinitionProjection {
    static func apply(_ definition: Definition, to connection: any Connection) throws {
        switch definition {
        case .project(let project):
            try connection.run(
                Self.project,
                [
                    "id": .of(project.id), "time_zone": .of(project.time.zoneName), "language": .of(project.language.rawValue),
                    "hours": .of(project.hours?.description), "recording": .of(project.recording.description),
                ])
        case .queue(let queue):
            try connection.run(
                Self.queue,
                [
                    "id": .of(queue.id), "project": .of(queue.project), "ring_timeout": .of(queue.ringTimeout),
                    "wrap_up": .of(queue.wrapUp.words.rule), "wrap_up_limit": .of(queue.wrapUp.words.limit),
                    "service_level_target": .of(queue.serviceLevelTarget), "short_abandon": .of(queue.shortAbandon),
                    "waiting_max": .of(queue.waitingMax), "reason_timeout": .of(queue.reasonTimeout),
                    "escalation": .of(queue.escalation), "escalation_agent": .of(queue.escalationAgent),
                ])
        case .entryPoint(let entry):
            try connection.run(
                entryPoint,
                [
                    "id": .of(entry.id), "project": .of(entry.project), "queue": .of(entry.queue),
                    "priority": .of(Int(entry.priority.level)), "language": .of(entry.language.rawValue),
                    "hours": .of(entry.hours?.description),
                ])
        case .disposition(let disposition):
            try connection.run(
                Self.disposition,
                [
                    "id": .of(disposition.id), "project": .of(disposition.project), "parent": .of(disposition.parent),
                    "meanings": .of(Int(disposition.meanings.rawValue)),
                ])
        case .agent(let agent):
            try connection.run(
                Self.agent, ["id": .of(agent.id), "team": .of(agent.team), "phone": .of(agent.phone), "trainee": .of(agent.isTrainee)])
            try connection.run(noQueues, ["agent": .of(agent.id)])
            for entry in agent.profile.entries {
                try connection.run(
                    agentQueue,
                    [
                        "agent": .of(agent.id), "queue": .of(entry.queue), "priority": .of(Int(entry.priority)),
                        "delay": .of(entry.delay),
                    ])
            }
        // What it was stays readable; that it went is filed (`RetirementFiling`).
        case .retired: break
        }
    }

    private static let project = Statement(
        """
        INSERT INTO project (id, time_zone, language, hours, recording) VALUES ($id, $time_zone, $language, $hours, $recording)
        ON CONFLICT (id) DO UPDATE SET time_zone = excluded.time_zone, language = excluded.language, hours = excluded.hours,
            recording = excluded.recording
        """)

    private static let queue = Statement(
        """
        INSERT INTO queue (id, project, ring_timeout, wrap_up, wrap_up_limit, service_level_target, short_abandon, waiting_max,
            reason_timeout, escalation, escalation_agent)
        VALUES ($id, $project, $ring_timeout, $wrap_up, $wrap_up_limit, $service_level_target, $short_abandon, $waiting_max,
            $reason_timeout, $escalation, $escalation_agent)
        ON CONFLICT (id) DO UPDATE SET project = excluded.project, ring_timeout = excluded.ring_timeout,
            wrap_up = excluded.wrap_up, wrap_up_limit = excluded.wrap_up_limit,
            service_level_target = excluded.service_level_target, short_abandon = excluded.short_abandon,
            waiting_max = excluded.waiting_max, reason_timeout = excluded.reason_timeout, escalation = excluded.escalation,
            escalation_agent = excluded.escalation_agent
        """)

    private static let entryPoint = Statement(
        """
        INSERT INTO entry_point (id, project, queue, priority, language, hours)
        VALUES ($id, $project, $queue, $priority, $language, $hours)
        ON CONFLICT (id) DO UPDATE SET project = excluded.project, queue = excluded.queue, priority = excluded.priority,
            language = excluded.language, hours = excluded.hours
        """)

    private static let disposition = Statement(
        """
        INSERT INTO disposition (id, project, parent, meanings) VALUES ($id, $project, $parent, $meanings)
        ON CONFLICT (id) DO UPDATE SET project = excluded.project, parent = excluded.parent, meanings = excluded.meanings
        """)

    private static let agent = Statement(
        """
        INSERT INTO agent (id, team, phone, trainee) VALUES ($id, $team, $phone, $trainee)
        ON CONFLICT (id) DO UPDATE SET team = excluded.team, phone = excluded.phone, trainee = excluded.trainee
        """)

    private static let noQueues = Statement("DELETE FROM agent_queue WHERE agent = $agent")

    private static let agentQueue = Statement(
        "INSERT INTO agent_queue (agent, queue, priority, delay) VALUES ($agent, $queue, $priority, $delay)")
}
