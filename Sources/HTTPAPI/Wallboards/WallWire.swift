import Operation
import Organization
import Primitives

/// What stands on one wallboard: figures and no people.
struct WallWire: WireType, Hashable {
    var name: String
    var project: String
    /// In which the wall is written.
    var language: String
    /// Whose clock it shows.
    var timeZone: String
    var now: Int64
    var figures: [FigureWire]
    var alerts: [AlertWire]

    static let schemaName = "Wall"
    static let schema = Schema.object([
        .required("name", .string), .required("project", .string),
        .required("language", .enumeration(Language.allCases.map(\.rawValue))), .required("timeZone", .string), .required("now", .time),
        .required("figures", .array(.reference(FigureWire.self))), .required("alerts", .array(.reference(AlertWire.self))),
    ])

    struct FigureWire: WireType, Hashable {
        var measure: String
        /// Null: of all queues of the project.
        @OrNull var queue: String?
        /// A count, percent with one decimal, or milliseconds; null while there is nothing to reckon it from.
        @OrNull var value: Double?
        /// Of what grows by itself: since when.
        @OrNull var since: Int64?
        /// The service level's target in seconds; null where queues have different ones.
        @OrNull var within: Int64?
        /// The target, in counts, percent or seconds.
        @OrNull var good: Int?
        @OrNull var warn: Int?
        /// How the value stands with the target.
        @OrNull var standing: String?

        static let schemaName = "WallFigure"
        static let schema = Schema.object([
            .required("measure", .enumeration(Measure.allCases.map(\.rawValue))), .required("queue", .nullable(.string)),
            .required("value", .nullable(.number)), .required("since", .nullable(.time)), .required("within", .nullable(.integer)),
            .required("good", .nullable(.integer)), .required("warn", .nullable(.integer)),
            .required("standing", .nullable(.enumeration(Wallboard.Standing.allCases.map(\.rawValue)))),
        ])

        init(_ figure: Wallboard.Figure, _ reading: Reading, names: Names, language: Language, now: Timestamp) {
            measure = figure.measure.rawValue
            queue = figure.queue.map { names.queue($0, in: language) }
            let known = reading.value(of: figure.measure, at: now)
            switch (figure.measure.unit, figure.measure) {
            // It grows with every second: the wall counts for itself.
            case (_, .waitingLongest):
                since = reading.oldestSince?.milliseconds
                value = since == nil ? 0 : nil
            case (.seconds, _): value = known.map { $0 * 1000 }
            case (.count, _): value = known
            case (.percent, _):
                value = known
                within = reading.within?.components.seconds
            }
            good = figure.target?.good
            warn = figure.target?.warn
            standing = figure.standing(of: known)?.rawValue
        }
    }

    init(
        _ named: NamedWallboard, _ readings: [MeasuredPlace: Reading], alerts: [ShownAlert], names: Names, now: Timestamp
    ) {
        let wallboard = named.wallboard
        let language = wallboard.language ?? names.language(of: wallboard.project)
        name = named.name.text(in: language)
        project = names.project(wallboard.project, in: language)
        self.language = language.rawValue
        timeZone = names.time(of: wallboard.project)?.zoneName ?? CivilTime.utc.zoneName
        self.now = now.milliseconds
        figures = wallboard.figures.map { figure in
            let place = MeasuredPlace(project: wallboard.project, queue: figure.queue)
            return FigureWire(figure, readings[place] ?? Reading(), names: names, language: language, now: now)
        }
        self.alerts = alerts.filter { $0.named.alert.place.project == wallboard.project }
            .map { AlertWire($0, names: names, language: language) }
    }
}

/// An alert that has begun.
struct AlertWire: WireType, Hashable {
    var id: String
    /// What the set-up calls it; null: by what it watches.
    @OrNull var name: String?
    var project: String
    @OrNull var queue: String?
    var measure: String
    var side: String
    var threshold: Int
    /// Since when its measure is beyond the threshold.
    var since: Int64

    static let schemaName = "Alert"
    static let schema = Schema.object([
        .required("id", .id), .required("name", .nullable(.string)), .required("project", .string), .required("queue", .nullable(.string)),
        .required("measure", .enumeration(Measure.allCases.map(\.rawValue))),
        .required("side", .enumeration(Alert.Side.allCases.map(\.rawValue))), .required("threshold", .integer),
        .required("since", .time),
    ])

    init(_ raised: ShownAlert, names: Names, language: Language) {
        let (named, alert) = (raised.named, raised.named.alert)
        id = alert.id.description
        name = named.name.texts.isEmpty ? nil : named.name.text(in: language)
        project = names.project(alert.place.project, in: language)
        queue = alert.place.queue.map { names.queue($0, in: language) }
        measure = alert.measure.rawValue
        side = alert.side.rawValue
        threshold = alert.threshold
        since = raised.since.milliseconds
    }
}

/// `event: alerts`: all that have begun and not ended.
struct AlertsWire: WireType {
    var alerts: [AlertWire]

    static let schemaName = "Alerts"
    static let schema = Schema.object([.required("alerts", .array(.reference(AlertWire.self)))])
}

/// `GET /api/wallboards`
struct WallLinksWire: WireType {
    var wallboards: [LinkWire]

    static let schemaName = "WallLinks"
    static let schema = Schema.object([.required("wallboards", .array(.reference(LinkWire.self)))])

    struct LinkWire: WireType {
        var id: String
        var project: String
        var key: String
        /// Null: no link opens it.
        @OrNull var linkedAt: Int64?
        /// Screens that show it now.
        var screens: Int

        static let schemaName = "WallLink"
        static let schema = Schema.object([
            .required("id", .id), .required("project", .string), .required("key", .string), .required("linkedAt", .nullable(.time)),
            .required("screens", .integer),
        ])
    }
}

/// The address of a wallboard, told once: only a hash of it is kept.
struct WallAddressWire: WireType {
    var path: String

    static let schemaName = "WallAddress"
    static let schema = Schema.object([.required("path", .string)])
}
