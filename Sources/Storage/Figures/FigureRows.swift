import Organization
import Primitives
import Reporting

/// Whose figures somebody wants, and which he may see.
package struct FigureFilter: Sendable, Hashable {
    package var reach: ContactFilter.Reach
    package var project: ProjectID?
    package var queue: QueueID?
    package var agent: AgentID?

    package init(reach: ContactFilter.Reach, project: ProjectID? = nil, queue: QueueID? = nil, agent: AgentID? = nil) {
        self.reach = reach
        self.project = project
        self.queue = queue
        self.agent = agent
    }

    /// A queue's contacts are nobody's own: only who sees whole projects sees its figures. One agent has none of them.
    package var seesQueues: Bool {
        switch reach {
        case .all, .projects: agent == nil
        case .team, .agent: false
        }
    }
}

/// By what the lines of a report are told apart.
package enum FigureGrouping: String, Sendable, Hashable, CaseIterable {
    case queue, agent, project, disposition
}

/// What a span of days came to.
package struct FigureReport: Sendable {
    package var total = Figures()
    /// By the grouping's ids as they are stored; nil: contacts without a disposition.
    package var rows: [FigureKey?: Figures] = [:]
    /// Of each interval of the span, in order.
    package var trend: [Figures]
    package var waits = [WaitCount](repeating: WaitCount(), count: WaitCount.bounds.count)
    /// Visits by the day of the week (from 0, Monday) and the hour at which they began: `week[day * 24 + hour]`.
    package var week = [QueueFigures](repeating: QueueFigures(), count: 7 * 24)
}

/// A queue, an agent, a project or a disposition, as `FigureGrouping` says.
package typealias FigureKey = ID<FigureGrouping>

/// How many visits ended after a wait of so long.
package struct WaitCount: Hashable, Sendable {
    package var answered = 0
    package var abandoned = 0

    /// Where each class begins; it ends where the next begins, and the last has no end.
    package static let bounds: [Duration] = [0, 5, 10, 20, 30, 60, 120, 300, 600].map { .seconds($0) }
}
