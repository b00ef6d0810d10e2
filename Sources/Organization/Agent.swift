import Primitives

/// One who handles contacts, as routing sees him.
package struct Agent: Hashable, Sendable {
    package let id: AgentID
    package var team: TeamID?
    /// The phone that rings for him; without one he gets no calls.
    package var phone: PhoneID?
    package var profile: RoutingProfile
    /// He learns: without a mentor beside him he gets no customer, until somebody signs him off.
    package var isTrainee: Bool

    package init(id: AgentID, team: TeamID? = nil, phone: PhoneID?, profile: RoutingProfile, isTrainee: Bool = false) {
        self.id = id
        self.team = team
        self.phone = phone
        self.profile = profile
        self.isTrainee = isTrainee
    }
}

/// The queues an agent serves, and in which order.
package struct RoutingProfile: Hashable, Sendable {
    /// In ascending priority; queues of one priority are served as one line.
    package private(set) var entries: [Entry]

    /// More queues than this for one agent is a mistake in the set-up.
    package static let entriesMax = 100

    /// Each queue counts once; the first mention wins.
    package init(_ entries: [Entry]) {
        var seen: Set<QueueID> = []
        let once = entries.filter { seen.insert($0.queue).inserted }.prefix(Self.entriesMax)
        self.entries = once.sorted { ($0.priority, $0.queue) < ($1.priority, $1.queue) }
    }

    package struct Entry: Hashable, Sendable {
        package var queue: QueueID
        /// 1 is served before 99.
        package var priority: UInt8
        /// A contact must have waited this long before this agent counts for it: helpers come in late.
        package var delay: Duration

        package init(queue: QueueID, priority: UInt8 = 1, delay: Duration = .zero) {
            self.queue = queue
            self.priority = min(max(priority, 1), 99)
            self.delay = delay
        }
    }
}
