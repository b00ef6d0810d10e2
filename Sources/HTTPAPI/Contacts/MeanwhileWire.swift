import Organization
import Primitives
import Reporting

extension StoryWire {
    /// What kept the agents of its queue in the quarters of an hour in which a contact waited there: why nobody came, or nobody sooner.
    struct MeanwhileWire: WireType, Hashable {
        var queue: String
        var from: Int64
        var to: Int64
        /// Whoever was there; who was away the longest, first.
        var agents: [SpentWire]

        /// Of a longer wait only so much is told of.
        static let waitMax = Duration.seconds(3600)

        static let schemaName = "Meanwhile"
        static let schema = Schema.object([
            .required("queue", .string), .required("from", .time), .required("to", .time),
            .required("agents", .array(.reference(SpentWire.self))),
        ])
    }

    struct SpentWire: WireType, Hashable {
        var agent: String
        /// The longest first.
        var activities: [ActivityWire]

        static let schemaName = "Spent"
        static let schema = Schema.object([
            .required("agent", .string), .required("activities", .array(.reference(ActivityWire.self))),
        ])
    }

    struct ActivityWire: WireType, Hashable {
        var activity: String
        /// Why the agent was not ready.
        @OrNull var reason: String?
        var milliseconds: Int64

        static let schemaName = "Activity"
        static let schema = Schema.object([
            .required("activity", .enumeration(Activity.Use.allCases.flatMap(Activity.names(of:)))),
            .required("reason", .nullable(.string)),
            .required("milliseconds", .integer),
        ])
    }
}

extension StoryWire.MeanwhileWire {
    init(
        _ spent: [AgentID: [Activity: Duration]], _ queue: QueueID, from: Timestamp, to: Timestamp, names: Names, language: Language
    ) {
        self.queue = names.queue(queue, in: language)
        self.from = QuarterHour.start(of: from).milliseconds
        self.to = (QuarterHour.start(of: to) + QuarterHour.length).milliseconds
        let away = spent.mapValues { activities in
            activities.reduce(Duration.zero) { $0 + ($1.key.use == .away ? $1.value : .zero) }
        }
        let order = spent.keys.sorted { (away[$1] ?? .zero, $0) < (away[$0] ?? .zero, $1) }
        agents = order.map { agent in
            let activities = (spent[agent] ?? [:]).map { StoryWire.ActivityWire($0, $1, names: names, language: language) }
            return StoryWire.SpentWire(agent: names.agent(agent), activities: activities.sorted { $1.order < $0.order })
        }
    }
}

extension StoryWire.ActivityWire {
    fileprivate init(_ activity: Activity, _ span: Duration, names: Names, language: Language) {
        self.activity = activity.name
        if case .notReady(let id?) = activity { reason = names.reason(id, in: language) }
        milliseconds = span.milliseconds
    }

    fileprivate var order: (Int64, String, String) { (milliseconds, activity, reason ?? "") }
}

extension ContactStory {
    /// Where it waited the longest; of equal waits the first.
    func longestWait(at now: Timestamp) -> Segment? {
        func length(_ segment: Segment) -> Duration { (segment.to ?? now) - segment.from }
        var longest: Segment?
        for segment in segments where segment.kind == .queue {
            if let longest, length(segment) <= length(longest) { continue }
            longest = segment
        }
        return longest
    }
}
