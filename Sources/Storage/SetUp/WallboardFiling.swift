import Operation
import Organization
import Primitives

/// Writes and reads a project's wallboards; their names stand with those of everything else. What was removed loses its link, too.
enum WallboardFiling {
    static func write(_ wallboards: [NamedWallboard], of project: ProjectID, to connection: any Connection) throws {
        try connection.run(dropNames, ["project": .of(project)])
        try connection.run(dropFigures, ["project": .of(project)])
        try connection.run(drop, ["project": .of(project)])
        for (place, named) in wallboards.enumerated() {
            let id = Value.of(named.wallboard.id)
            try connection.run(
                wallboard,
                [
                    "id": id, "project": .of(project), "key": .of(named.key), "place": .of(place),
                    "language": .of(named.wallboard.language?.rawValue),
                ])
            for (place, figure) in named.wallboard.figures.enumerated() {
                try connection.run(
                    Self.figure,
                    [
                        "wallboard": id, "place": .of(place), "measure": .of(figure.measure.rawValue), "queue": .of(figure.queue),
                        "good": .of(figure.target.map { Int64($0.good) }), "warn": .of(figure.target.map { Int64($0.warn) }),
                    ])
            }
            try NameFiling.write(named.name, of: named.wallboard.id, to: connection)
        }
        try connection.run(dropLinks)
    }

    /// Without their names.
    static func all(on connection: any Connection) throws -> [ProjectID: [NamedWallboard]] {
        var figures: [WallboardID: [Wallboard.Figure]] = [:]
        try connection.forEach(selectFigures, [:]) { row in
            let id: WallboardID = try row.id()
            let measure: Measure = try row.choice()
            let queue: QueueID? = try row.idOrNil()
            let good = try row.integerOrNil()
            let warn = try row.integerOrNil()
            var target: Wallboard.Target?
            if let good, let warn { target = Wallboard.Target(good: Int(clamping: good), warn: Int(clamping: warn)) }
            figures[id, default: []].append(Wallboard.Figure(measure: measure, queue: queue, target: target))
        }
        var wallboards: [ProjectID: [NamedWallboard]] = [:]
        try connection.forEach(select, [:]) { row in
            let id: WallboardID = try row.id()
            let project: ProjectID = try row.id()
            let key = try row.text()
            let wallboard = Wallboard(id: id, project: project, language: try row.choiceOrNil(), figures: figures[id] ?? [])
            wallboards[project, default: []].append(NamedWallboard(wallboard: wallboard, key: key, name: Localised([:])))
        }
        return wallboards
    }

    private static let mine: SQL = "(SELECT id FROM wallboard WHERE project = $project)"
    private static let dropNames = Statement("DELETE FROM item_name WHERE item IN \(mine)")
    private static let dropFigures = Statement("DELETE FROM wall_figure WHERE wallboard IN \(mine)")
    private static let drop = Statement("DELETE FROM wallboard WHERE project = $project")
    private static let dropLinks = Statement("DELETE FROM wall_link WHERE wallboard NOT IN (SELECT id FROM wallboard)")
    private static let wallboard = Statement(
        "INSERT INTO wallboard (id, project, key, place, language) VALUES ($id, $project, $key, $place, $language)")
    private static let figure = Statement(
        """
        INSERT INTO wall_figure (wallboard, place, measure, queue, good, warn)
        VALUES ($wallboard, $place, $measure, $queue, $good, $warn)
        """)
    private static let select = Statement("SELECT id, project, key, language FROM wallboard ORDER BY project, place, key")
    private static let selectFigures = Statement(
        "SELECT wallboard, measure, queue, good, warn FROM wall_figure ORDER BY wallboard, place")
}

/// The same for its alerts.
enum AlertFiling {
    static func write(_ alerts: [NamedAlert], of project: ProjectID, to connection: any Connection) throws {
        try connection.run(dropNames, ["project": .of(project)])
        try connection.run(drop, ["project": .of(project)])
        for (place, named) in alerts.enumerated() {
            let alert = named.alert
            try connection.run(
                Self.alert,
                [
                    "id": .of(alert.id), "project": .of(project), "key": .of(named.key), "place": .of(place),
                    "measure": .of(alert.measure.rawValue), "queue": .of(alert.place.queue), "side": .of(alert.side.rawValue),
                    "threshold": .of(alert.threshold), "clears": .of(alert.clears), "lasting": .of(alert.lasting),
                    "webhook": .of(named.webhook?.address.description), "webhook_secret": .of(named.webhook?.secret.text),
                ])
            try NameFiling.write(named.name, of: alert.id, to: connection)
        }
    }

    /// Without their names.
    static func all(on connection: any Connection) throws -> [ProjectID: [NamedAlert]] {
        var alerts: [ProjectID: [NamedAlert]] = [:]
        try connection.forEach(select, [:]) { row in
            let id: AlertID = try row.id()
            let project: ProjectID = try row.id()
            let key = try row.text()
            let measure: Measure = try row.choice()
            let queue: QueueID? = try row.idOrNil()
            let alert = Alert(
                id: id, place: MeasuredPlace(project: project, queue: queue), measure: measure, side: try row.choice(),
                threshold: try row.number(), clears: try row.number(), lasting: try row.span())
            let written = try row.textOrNil()
            let secret = try row.textOrNil()
            var webhook: Webhook?
            if let written, let secret {
                guard let address = WebhookAddress(written) else { throw StorageError.unreadable("the webhook of alert \(key)") }
                webhook = Webhook(address: address, secret: Secret(secret))
            }
            alerts[project, default: []].append(NamedAlert(alert: alert, key: key, name: Localised([:]), webhook: webhook))
        }
        return alerts
    }

    private static let dropNames = Statement("DELETE FROM item_name WHERE item IN (SELECT id FROM alert WHERE project = $project)")
    private static let drop = Statement("DELETE FROM alert WHERE project = $project")
    private static let alert = Statement(
        """
        INSERT INTO alert (id, project, key, place, measure, queue, side, threshold, clears, lasting, webhook, webhook_secret)
        VALUES ($id, $project, $key, $place, $measure, $queue, $side, $threshold, $clears, $lasting, $webhook, $webhook_secret)
        """)
    private static let select = Statement(
        """
        SELECT id, project, key, measure, queue, side, threshold, clears, lasting, webhook, webhook_secret
        FROM alert ORDER BY project, place, key
        """)
}

private enum NameFiling {
    static func write<Tag>(_ name: Localised, of id: ID<Tag>, to connection: any Connection) throws {
        for language in Language.allCases {
            guard let text = name.texts[language] else { continue }
            try connection.run(Self.name, ["item": .of(id), "language": .of(language.rawValue), "name": .of(text)])
        }
    }

    private static let name = Statement("INSERT INTO item_name (item, language, name) VALUES ($item, $language, $name)")
}
