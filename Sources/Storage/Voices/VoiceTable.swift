import Calls
import Centre
import Contacts
import Organization
import Primitives

/// What was measured of talks, from the log: what reports count. The rest stands in the entries, which a contact's story reads.
enum VoiceTable {
    static func apply(_ entry: LogEntry, to connection: any Connection) throws {
        guard case .voiceMeasured(let facts) = entry.event else { return }
        try connection.run(
            measured,
            [
                "contact": .of(facts.contact), "since": .of(facts.since), "project": .of(facts.project), "queue": .of(facts.queue),
                "agent": .of(facts.agent), "talk_over": .of(facts.talkOver), "dead_air": .of(facts.deadAir), "raised": .of(facts.isRaised),
            ])
    }

    // The team is that of the moment, as with contacts.
    private static let measured = Statement(
        """
        INSERT INTO voice_talk (contact, since, project, queue, agent, team, talk_over, dead_air, raised)
        VALUES ($contact, $since, $project, $queue, $agent, (SELECT team FROM agent WHERE id = $agent), $talk_over, $dead_air, $raised)
        ON CONFLICT (contact, since, agent) DO UPDATE SET talk_over = excluded.talk_over, dead_air = excluded.dead_air,
            raised = excluded.raised
        """)
}
