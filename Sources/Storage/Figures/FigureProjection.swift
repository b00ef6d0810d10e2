import Centre
import Primitives
import Reporting

/// The tables that reports are made of, from the log: visits to queues, agents' parts in contacts, and how agents' time is spent.
enum FigureProjection {
    static func apply(_ news: FactBook.News, to connection: any Connection) throws {
        for visit in news.visits {
            try connection.run(
                visited,
                [
                    "contact": .of(visit.contact), "number": .of(visit.number), "project": .of(visit.project), "queue": .of(visit.queue),
                    "entered_at": .of(visit.enteredAt), "ended": .of(visit.end?.kind.rawValue), "wait": .of(visit.wait),
                    "in_time": .of(visit.isInTime), "short": .of(visit.isShortAbandon),
                ])
        }
        guard let handling = news.handling else { return }
        try connection.run(
            handled,
            [
                "contact": .of(handling.contact), "number": .of(handling.number), "project": .of(handling.project),
                "queue": .of(handling.queue), "agent": .of(handling.agent), "answered_at": .of(handling.answeredAt),
                "talk": .of(handling.talk), "hold": .of(handling.hold), "wrap_up": .of(handling.wrapUp),
                "agent_first": .of(handling.agentReleasedFirst), "disposition": .of(handling.disposition),
            ])
    }

    static func apply(_ ended: AgentStates.EndedActivity, to connection: any Connection) throws {
        // A key holds no null: without a reason it is sixteen zeros.
        var reason = Value.id(0, 0)
        if case .notReady(let id?) = ended.activity { reason = .of(id) }
        for piece in QuarterHour.pieces(from: ended.from, to: ended.to) {
            try connection.run(
                spent,
                [
                    "quarter": .of(piece.quarter), "agent": .of(ended.agent), "activity": .of(ended.activity.name), "reason": reason,
                    "span": .of(piece.span),
                ])
        }
    }

    private static let visited = Statement(
        """
        INSERT INTO queue_visit (contact, number, project, queue, entered_at, ended, wait, in_time, short)
        VALUES ($contact, $number, $project, $queue, $entered_at, $ended, $wait, $in_time, $short)
        ON CONFLICT (contact, number) DO UPDATE SET ended = excluded.ended, wait = excluded.wait, in_time = excluded.in_time,
            short = excluded.short
        """)

    // The team is that of the moment, as with contacts.
    private static let handled = Statement(
        """
        INSERT INTO handling (contact, number, project, queue, agent, team, answered_at, talk, hold, wrap_up, agent_first, disposition)
        VALUES ($contact, $number, $project, $queue, $agent, (SELECT team FROM agent WHERE id = $agent), $answered_at, $talk, $hold,
            $wrap_up, $agent_first, $disposition)
        """)

    private static let spent = Statement(
        """
        INSERT INTO agent_time (quarter, agent, activity, reason, span) VALUES ($quarter, $agent, $activity, $reason, $span)
        ON CONFLICT (quarter, agent, activity, reason) DO UPDATE SET span = agent_time.span + excluded.span
        """)
}
