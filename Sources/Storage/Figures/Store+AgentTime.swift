import Organization
import Primitives
import Reporting

extension Store {
    /// What those who serve a queue today spent their time on from the quarter of an hour of `from` on, through that of `to`: as far as the
    /// reach goes, whoever was there.
    package func agentTime(
        _ reach: ContactFilter.Reach, serving queue: QueueID, from: Timestamp, to: Timestamp, at now: Timestamp
    ) async throws -> [AgentID: [Activity: Duration]] {
        let start = QuarterHour.start(of: from)
        let end = QuarterHour.start(of: to) + QuarterHour.length
        guard let search = FigureSearch(FigureFilter(reach: reach), from: start, to: end) else { return [:] }
        return try await readers.read { connection in
            try connection.transaction(.reading) {
                let wanted = try search.agents(on: connection)
                let serving: Set<AgentID> = Set(try connection.all(AgentTimeStatements.serving, ["queue": .of(queue)]) { try $0.id() })
                var spent: [AgentID: [Activity: Duration]] = [:]
                func count(_ activity: Activity, _ span: Duration, _ agent: AgentID) {
                    guard span > .zero, wanted?.contains(agent) ?? true else { return }
                    spent[agent, default: [:]][activity, default: .zero] += span
                }
                try connection.forEach(AgentTimeStatements.spent, ["queue": .of(queue), "from": .of(start), "to": .of(end)]) { row in
                    let agent: AgentID = try row.id()
                    let name = try row.text()
                    let reason: PresenceReasonID = try row.id()
                    let span = try row.span()
                    guard let activity = Activity(name, reason: reason.high == 0 && reason.low == 0 ? nil : reason) else { return }
                    count(activity, span, agent)
                }
                // What somebody still does is in the table when he ends it.
                for (agent, state) in try AgentStates(from: connection).states where serving.contains(agent) {
                    guard let activity = Activity(state) else { continue }
                    count(activity, min(now, end) - max(state.activitySince, start), agent)
                }
                return spent
            }
        }
    }
}

private enum AgentTimeStatements {
    static let serving = Statement("SELECT agent FROM agent_queue WHERE queue = $queue")

    static let spent = Statement(
        """
        SELECT agent, activity, reason, CAST(sum(span) AS \(.integer)) FROM agent_time
        WHERE agent IN (SELECT agent FROM agent_queue WHERE queue = $queue) AND quarter >= $from AND quarter < $to
        GROUP BY agent, activity, reason
        """)
}
