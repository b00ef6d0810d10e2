import Organization
import Primitives
import Reporting
import Storage

/// `GET /api/figures`
struct FiguresWire: WireType {
    var from: Int64
    /// Where the span ends; no longer part of it.
    var to: Int64
    var now: Int64
    var timeZone: String
    var interval: String
    var by: String
    /// Whether what queues came to may be told; else it is null everywhere.
    var seesQueues: Bool
    var total: FigureValuesWire
    var rows: [RowWire]
    /// Every interval, also those in which nothing happened.
    var trend: [IntervalWire]
    var waits: [WaitWire]
    /// The hours of the week in which something happened.
    var week: [WeekHourWire]

    static let schemaName = "Figures"
    static let schema = Schema.object([
        .required("from", .time), .required("to", .time), .required("now", .time), .required("timeZone", .string),
        .required("interval", .enumeration(CivilInterval.allCases.map(\.rawValue))),
        .required("by", .enumeration(FigureGrouping.allCases.map(\.rawValue))), .required("seesQueues", .boolean),
        .required("total", .reference(FigureValuesWire.self)), .required("rows", .array(.reference(RowWire.self))),
        .required("trend", .array(.reference(IntervalWire.self))), .required("waits", .array(.reference(WaitWire.self))),
        .required("week", .array(.reference(WeekHourWire.self))),
    ])

    struct RowWire: WireType {
        /// Null: contacts without a disposition.
        @OrNull var id: String?
        @OrNull var name: String?
        var values: FigureValuesWire

        static let schemaName = "FigureRow"
        static let schema = Schema.object([
            .required("id", .nullable(.id)), .required("name", .nullable(.string)), .required("values", .reference(FigureValuesWire.self)),
        ])
    }

    struct IntervalWire: WireType {
        var from: Int64
        var to: Int64
        var values: FigureValuesWire

        static let schemaName = "FigureInterval"
        static let schema = Schema.object([
            .required("from", .time), .required("to", .time), .required("values", .reference(FigureValuesWire.self)),
        ])
    }

    /// How many waits ended within so many seconds.
    struct WaitWire: WireType {
        var from: Int64
        @OrNull var to: Int64?
        var answered: Int
        var abandoned: Int

        static let schemaName = "WaitCount"
        static let schema = Schema.object([
            .required("from", .integer), .required("to", .nullable(.integer)), .required("answered", .integer),
            .required("abandoned", .integer),
        ])
    }

    struct WeekHourWire: WireType {
        /// 1 for Monday to 7 for Sunday.
        var weekday: Int
        var hour: Int
        var offered: Int
        @OrNull var serviceLevel: Double?

        static let schemaName = "WeekHour"
        static let schema = Schema.object([
            .required("weekday", .integer), .required("hour", .integer), .required("offered", .integer),
            .required("serviceLevel", .nullable(.number)),
        ])
    }
}

/// The figures of one line; spans in milliseconds, shares in percent with one decimal, null where there is nothing to divide by.
struct FigureValuesWire: WireType {
    @OrNull var offered: Int?
    @OrNull var answered: Int?
    @OrNull var abandoned: Int?
    @OrNull var shortAbandons: Int?
    var serviceLevel: ServiceLevelsWire
    @OrNull var averageSpeedOfAnswer: Int64?
    @OrNull var longestWait: Int64?
    var handled: Int
    @OrNull var averageHandleTime: Int64?
    @OrNull var averageTalk: Int64?
    @OrNull var averageHold: Int64?
    @OrNull var averageWrapUp: Int64?
    @OrNull var occupancy: Double?
    var agentReleasedFirst: Int
    /// For each talk that was measured.
    @OrNull var averageTalkOver: Int64?
    @OrNull var averageDeadAir: Int64?
    /// Talks in which somebody raised his voice.
    @OrNull var raisedVoices: Int?

    static let schemaName = "FigureValues"
    static let schema = Schema.object([
        .required("offered", .nullable(.integer)), .required("answered", .nullable(.integer)), .required("abandoned", .nullable(.integer)),
        .required("shortAbandons", .nullable(.integer)), .required("serviceLevel", .reference(ServiceLevelsWire.self)),
        .required("averageSpeedOfAnswer", .nullable(.integer)), .required("longestWait", .nullable(.integer)),
        .required("handled", .integer), .required("averageHandleTime", .nullable(.integer)), .required("averageTalk", .nullable(.integer)),
        .required("averageHold", .nullable(.integer)), .required("averageWrapUp", .nullable(.integer)),
        .required("occupancy", .nullable(.number)), .required("agentReleasedFirst", .integer),
        .required("averageTalkOver", .nullable(.integer)), .required("averageDeadAir", .nullable(.integer)),
        .required("raisedVoices", .nullable(.integer)),
    ])

    init(_ figures: Figures, seesQueues: Bool) {
        handled = figures.handlings.handled
        agentReleasedFirst = figures.handlings.agentReleasedFirst
        serviceLevel = ServiceLevelsWire(seesQueues ? figures.visits : QueueFigures())
        if seesQueues {
            offered = figures.visits.offered
            answered = figures.visits.answered
            abandoned = figures.visits.abandoned
            shortAbandons = figures.visits.shortAbandons
            averageSpeedOfAnswer = figures.visits.averageSpeedOfAnswer?.milliseconds
            longestWait = figures.visits.answered + figures.visits.abandoned > 0 ? figures.visits.waitLongest.milliseconds : nil
        }
        averageHandleTime = figures.handlings.averageHandleTime?.milliseconds
        averageTalk = figures.handlings.averageTalk?.milliseconds
        averageHold = figures.handlings.averageHold?.milliseconds
        averageWrapUp = figures.handlings.averageWrapUp?.milliseconds
        occupancy = figures.time.occupancy.map(Self.percent)
        averageTalkOver = figures.voices.averageTalkOver?.milliseconds
        averageDeadAir = figures.voices.averageDeadAir?.milliseconds
        raisedVoices = figures.voices.talks > 0 ? figures.voices.raised : nil
    }

    static func percent(_ share: Double) -> Double { (share * 1000).rounded() / 10 }
}

/// By each variant.
struct ServiceLevelsWire: WireType {
    @OrNull var answeredOfOffered: Double?
    @OrNull var abandonedInTimeIgnored: Double?
    @OrNull var abandonedInTimeCounted: Double?

    static let schemaName = "ServiceLevels"
    static let schema = Schema.object(
        ServiceLevelVariant.allCases.map { .required($0.rawValue, .nullable(.number)) })

    init(_ figures: QueueFigures) {
        answeredOfOffered = figures.serviceLevel(.answeredOfOffered).map(FigureValuesWire.percent)
        abandonedInTimeIgnored = figures.serviceLevel(.abandonedInTimeIgnored).map(FigureValuesWire.percent)
        abandonedInTimeCounted = figures.serviceLevel(.abandonedInTimeCounted).map(FigureValuesWire.percent)
    }
}

extension FiguresWire {
    init(
        _ report: FigureReport, _ span: ReportSpan, by grouping: FigureGrouping, seesQueues: Bool, names: Names, language: Language,
        now: Timestamp
    ) {
        from = span.start.milliseconds
        to = span.end.milliseconds
        self.now = now.milliseconds
        timeZone = span.time.zoneName
        interval = span.interval.rawValue
        by = grouping.rawValue
        self.seesQueues = seesQueues
        total = FigureValuesWire(report.total, seesQueues: seesQueues)
        let showsQueues = seesQueues && (grouping == .queue || grouping == .project)
        rows = report.rows.map { key, figures in
            RowWire(
                id: key?.description, name: key.map { names.name(of: $0, grouping, in: language) },
                values: FigureValuesWire(figures, seesQueues: showsQueues))
        }
        rows.sort { ($0.name ?? "", $0.id ?? "") < ($1.name ?? "", $1.id ?? "") }
        trend = report.trend.indices.map { place in
            IntervalWire(
                from: span.bounds[place].milliseconds, to: span.bounds[place + 1].milliseconds,
                values: FigureValuesWire(report.trend[place], seesQueues: seesQueues))
        }
        let bounds = WaitCount.bounds.map { $0.components.seconds }
        waits = report.waits.enumerated().map { place, count in
            WaitWire(
                from: bounds[place], to: place + 1 < bounds.count ? bounds[place + 1] : nil, answered: count.answered,
                abandoned: count.abandoned)
        }
        week = report.week.enumerated().compactMap { place, figures in
            guard figures.offered > 0 else { return nil }
            return WeekHourWire(
                weekday: place / 24 + 1, hour: place % 24, offered: figures.offered,
                serviceLevel: figures.serviceLevel(.answeredOfOffered).map(FigureValuesWire.percent))
        }
    }
}

extension Names {
    fileprivate func name(of key: FigureKey, _ grouping: FigureGrouping, in language: Language) -> String {
        switch grouping {
        case .queue: queue(QueueID(sameAs: key), in: language)
        case .agent: agent(AgentID(sameAs: key))
        case .project: project(ProjectID(sameAs: key), in: language)
        case .disposition: disposition(DispositionID(sameAs: key), in: language)
        }
    }
}
