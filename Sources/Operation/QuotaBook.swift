import Centre
import Contacts
import Organization
import Primitives
import Reporting
import Routing

/// How agents, teams and projects stand with their quotas: counted from the log's entries as they become durable, as the day's figures are.
/// A part that an agent had in a contact counts once it is done, in the hour and the shift in which he answered, as in every report.
package struct QuotaBook: Sendable {
    private var parts: [AgentID: [Part]] = [:]
    private var shifts: [AgentID: Shift]
    private var organization = Organization()

    private struct Part: Sendable {
        let project: ProjectID
        let team: TeamID?
        let disposition: DispositionID?
        let answeredAt: Timestamp
    }

    /// What is older than the longest shift, and the longest day, counts nowhere.
    private static let memory = Shift.lengthMax + .seconds(2 * 3600)

    /// - Parameter shifts: as they stood at some position of the log; entries from before it may come again.
    package init(shifts: [AgentID: Shift] = [:]) {
        self.shifts = shifts
    }

    /// - Parameter handling: what the entry brought to its end.
    package mutating func count(_ entry: LogEntry, _ handling: HandlingFacts?) {
        if case .defined(let definition) = entry.event { organization.apply(definition) }
        if case .presenceChanged(let agent, let presence) = entry.event {
            shifts[agent] = Shift.after(shifts[agent], isOn: presence != .off, at: entry.at)
        }
        guard let handling else { return }
        var own = parts[handling.agent] ?? []
        own.removeAll { entry.at - $0.answeredAt > Self.memory }
        own.append(
            Part(
                project: handling.project, team: organization.agents[handling.agent]?.team, disposition: handling.disposition,
                answeredAt: handling.answeredAt))
        parts[handling.agent] = own
    }

    // MARK: Whose they are

    /// Whom a quota is for.
    package enum Holder: Hashable, Sendable {
        case agent(AgentID)
        case team(TeamID)
        case project(ProjectID)
    }

    /// Whose share of the quota an agent sees; nil: he does not work for its project, or is in no team.
    package func holder(of quota: Quota, for agent: AgentID) -> Holder? {
        guard let known = organization.agents[agent], serves(known, quota.project) else { return nil }
        return switch quota.by {
        case .agent: .agent(agent)
        case .team: known.team.map { .team($0) }
        case .project: .project(quota.project)
        }
    }

    /// The teams whose agents work for the quota's project, or the project itself; of one by agent, nobody.
    package func groups(of quota: Quota) -> [Holder] {
        switch quota.by {
        case .agent: []
        case .team: Set(organization.agents.values.filter { serves($0, quota.project) }.compactMap(\.team)).sorted().map { .team($0) }
        case .project: organization.projects[quota.project] == nil ? [] : [.project(quota.project)]
        }
    }

    private func serves(_ agent: Agent, _ project: ProjectID) -> Bool {
        agent.profile.entries.contains { organization.queues[$0.queue]?.project == project }
    }

    // MARK: How they stand

    package struct Standing: Hashable, Sendable {
        package let done: Int
        /// The span over which the target is spread, so that who has done half of it at half time is neither ahead nor behind.
        package let pace: Range<Timestamp>
    }

    /// Nil: no shift of the agent goes on.
    package func standing(of quota: Quota, _ holder: Holder, at now: Timestamp) -> Standing? {
        guard let project = organization.projects[quota.project], let (span, pace) = spans(of: quota, holder, project, at: now) else {
            return nil
        }
        return Standing(done: count(quota, holder, in: span), pace: pace)
    }

    /// The parts of the holder that count for the quota and were answered in the span.
    package func count(_ quota: Quota, _ holder: Holder, in span: Range<Timestamp>) -> Int {
        func isCounted(_ part: Part) -> Bool {
            guard part.project == quota.project, span.contains(part.answeredAt) else { return false }
            switch quota.counts {
            case .handled: return true
            case .meaning(let meaning):
                return part.disposition.flatMap { organization.dispositions[$0] }?.meanings.isSuperset(of: meaning) ?? false
            }
        }
        return switch holder {
        case .agent(let agent): (parts[agent] ?? []).count(where: isCounted)
        case .team(let team): parts.values.reduce(0) { $0 + $1.count { $0.team == team && isCounted($0) } }
        case .project: parts.values.reduce(0) { $0 + $1.count(where: isCounted) }
        }
    }

    private func spans(
        of quota: Quota, _ holder: Holder, _ project: Project, at now: Timestamp
    ) -> (counted: Range<Timestamp>, pace: Range<Timestamp>)? {
        switch (quota.per, holder) {
        case (.hour, _):
            let hour = project.time.hourSpan(at: now)
            return (hour, hour)
        case (.shift, .agent(let agent)):
            guard let start = shifts[agent]?.start(at: now) else { return nil }
            return (start..<start + Shift.lengthMax, start..<start + Shift.lengthUsual)
        case (.shift, .team), (.shift, .project):
            let start = project.time.startOfDay(now)
            let end = project.time.startOfDay(start + .seconds(30 * 3600))
            return (start..<end, project.workingDay(at: now) ?? start..<end)
        }
    }
}
