import Organization
import Primitives
import Reporting
import Storage

/// `GET /api/client-report`
struct ClientReportWire: WireType {
    var from: Int64
    /// Where the span ends; no longer part of it.
    var to: Int64
    var now: Int64
    var timeZone: String
    var interval: String
    var project: String
    /// Which the client may ask for.
    var projects: [NamedWire]
    var total: ClientFiguresWire
    /// Every interval, also those in which nothing happened.
    var trend: [IntervalWire]
    var queues: [QueueWire]
    /// The most frequent first.
    var dispositions: [DispositionWire]

    static let schemaName = "ClientReport"
    static let schema = Schema.object([
        .required("from", .time), .required("to", .time), .required("now", .time), .required("timeZone", .string),
        .required("interval", .enumeration(CivilInterval.allCases.map(\.rawValue))), .required("project", .id),
        .required("projects", .array(.reference(NamedWire.self))), .required("total", .reference(ClientFiguresWire.self)),
        .required("trend", .array(.reference(IntervalWire.self))), .required("queues", .array(.reference(QueueWire.self))),
        .required("dispositions", .array(.reference(DispositionWire.self))),
    ])

    struct IntervalWire: WireType {
        var from: Int64
        var to: Int64
        var figures: ClientFiguresWire

        static let schemaName = "ClientInterval"
        static let schema = Schema.object([
            .required("from", .time), .required("to", .time), .required("figures", .reference(ClientFiguresWire.self)),
        ])
    }

    struct QueueWire: WireType {
        var name: String
        var figures: ClientFiguresWire

        static let schemaName = "ClientQueue"
        static let schema = Schema.object([.required("name", .string), .required("figures", .reference(ClientFiguresWire.self))])
    }

    struct DispositionWire: WireType {
        /// Null: contacts without a disposition.
        @OrNull var name: String?
        var handled: Int

        static let schemaName = "ClientDisposition"
        static let schema = Schema.object([.required("name", .nullable(.string)), .required("handled", .integer)])
    }

    init(
        projects: [ProjectID], project: ProjectID, _ byQueue: FigureReport, _ byDisposition: FigureReport, _ span: ReportSpan, names: Names,
        language: Language, now: Timestamp
    ) {
        from = span.start.milliseconds
        to = span.end.milliseconds
        self.now = now.milliseconds
        timeZone = span.time.zoneName
        interval = span.interval.rawValue
        self.project = project.description
        self.projects = projects.map { NamedWire(id: $0.description, name: names.project($0, in: language)) }
        total = ClientFiguresWire(byQueue.total)
        trend = byQueue.trend.indices.map { place in
            IntervalWire(
                from: span.bounds[place].milliseconds, to: span.bounds[place + 1].milliseconds,
                figures: ClientFiguresWire(byQueue.trend[place]))
        }
        queues = byQueue.rows.compactMap { key, figures in
            key.map { QueueWire(name: names.queue(QueueID(sameAs: $0), in: language), figures: ClientFiguresWire(figures)) }
        }
        queues.sort { $0.name < $1.name }
        dispositions = byDisposition.rows.map { key, figures in
            DispositionWire(
                name: key.map { names.disposition(DispositionID(sameAs: $0), in: language) }, handled: figures.handlings.handled)
        }
        dispositions.sort { ($1.handled, $0.name ?? "") < ($0.handled, $1.name ?? "") }
    }
}

/// What a client is told of a line; spans in milliseconds, shares in percent with one decimal, null where there is nothing to divide by.
struct ClientFiguresWire: WireType, Hashable {
    var offered: Int
    var answered: Int
    var abandoned: Int
    /// Answered in time, of all offered.
    @OrNull var serviceLevel: Double?
    @OrNull var averageSpeedOfAnswer: Int64?
    @OrNull var longestWait: Int64?
    var handled: Int
    @OrNull var averageHandleTime: Int64?

    static let schemaName = "ClientFigures"
    static let schema = Schema.object([
        .required("offered", .integer), .required("answered", .integer), .required("abandoned", .integer),
        .required("serviceLevel", .nullable(.number)), .required("averageSpeedOfAnswer", .nullable(.integer)),
        .required("longestWait", .nullable(.integer)), .required("handled", .integer), .required("averageHandleTime", .nullable(.integer)),
    ])

    init(_ figures: Figures) {
        let visits = figures.visits
        offered = visits.offered
        answered = visits.answered
        abandoned = visits.abandoned
        serviceLevel = visits.serviceLevel(.answeredOfOffered).map(FigureValuesWire.percent)
        averageSpeedOfAnswer = visits.averageSpeedOfAnswer?.milliseconds
        longestWait = visits.answered + visits.abandoned > 0 ? visits.waitLongest.milliseconds : nil
        handled = figures.handlings.handled
        averageHandleTime = figures.handlings.averageHandleTime?.milliseconds
    }
}
