import Operation
import Organization
import Primitives
import Yams

/// Wallboards and alerts of a project, with the queues they name.
extension SetUpFile {
    /// More walls than a centre has.
    static let wallboardsMax = 20
    static let alertsMax = 50

    /// - Returns: those of before with what the file changes in them, and its new ones after them.
    mutating func wallboards(_ reader: SetUpReader, of project: ProjectID, old: [NamedWallboard]) -> [NamedWallboard] {
        var wallboards = old.filter { !removal.wallboards.contains($0.wallboard.id) }
        for (key, value) in reader.things() {
            if value.isNull {
                wallboards.removeAll { $0.key == key }
                continue
            }
            let known = wallboards.firstIndex { $0.key == key }
            let named = wallboard(key, value, of: project, old: known.map { wallboards[$0] })
            if let known { wallboards[known] = named } else { wallboards.append(named) }
        }
        if wallboards.count > Self.wallboardsMax {
            reader.refuse(.tooMany(max: Self.wallboardsMax), "at most \(Self.wallboardsMax) wallboards")
        }
        // So they stand as before when one was taken out and comes back; and so do alerts.
        return wallboards.sorted { $0.key < $1.key }
    }

    private mutating func wallboard(
        _ key: String, _ reader: SetUpReader, of project: ProjectID, old: NamedWallboard?
    ) -> NamedWallboard {
        reader.allow("name", "language", "figures")
        let known = old?.wallboard
        let written = reader["figures"]
        var language = known?.language
        if !reader["language"].isLeftOut {
            language = reader["language"].isNull ? nil : reader["language"].language(default: .english)
        }
        let figures = written.isLeftOut ? known?.figures ?? [] : written.items().map { figure($0, of: project) }
        if figures.isEmpty { written.refuse("nothing", .required, "at least one figure") }
        if figures.count > Wallboard.figuresMax {
            written.refuse(.tooMany(max: Wallboard.figuresMax), "at most \(Wallboard.figuresMax) figures")
        }
        let wallboard = Wallboard(id: known?.id ?? newID(), project: project, language: language, figures: figures)
        return NamedWallboard(wallboard: wallboard, key: key, name: name(reader, old?.name))
    }

    private func figure(_ reader: SetUpReader, of project: ProjectID) -> Wallboard.Figure {
        reader.allow("measure", "queue", "good", "warn")
        let measure = measure(reader["measure"], old: nil)
        var target: Wallboard.Target?
        if !reader["good"].isAbsent || !reader["warn"].isAbsent {
            let good = reader["good"].whole(0...measure.max)
            let warn = reader["warn"].whole(0...measure.max, default: good)
            if measure.isBetterHigh ? warn > good : warn < good {
                reader["warn"].refuse(.conflict, "not better than what is good")
            }
            target = Wallboard.Target(good: good, warn: warn)
        }
        return Wallboard.Figure(measure: measure, queue: measuredQueue(reader["queue"], of: project, old: nil), target: target)
    }

    private func measure(_ reader: SetUpReader, old: Measure?) -> Measure {
        reader.choice(Measure.allCases.map { ($0.rawValue, $0) }, default: old) ?? .waiting
    }

    /// Said to be nothing: all queues of the project.
    private func measuredQueue(_ reader: SetUpReader, of project: ProjectID, old: QueueID?) -> QueueID? {
        if reader.isLeftOut { return old }
        return reader.isNull ? nil : queue(reader, of: project, old: nil)
    }

    // MARK: Alerts

    mutating func alerts(_ reader: SetUpReader, of project: ProjectID, old: [NamedAlert]) -> [NamedAlert] {
        var alerts = old.filter { !removal.alerts.contains($0.alert.id) }
        for (key, value) in reader.things() {
            if value.isNull {
                alerts.removeAll { $0.key == key }
                continue
            }
            let known = alerts.firstIndex { $0.key == key }
            let named = alert(key, value, of: project, old: known.map { alerts[$0] })
            if let known { alerts[known] = named } else { alerts.append(named) }
        }
        if alerts.count > Self.alertsMax { reader.refuse(.tooMany(max: Self.alertsMax), "at most \(Self.alertsMax) alerts") }
        return alerts.sorted { $0.key < $1.key }
    }

    private mutating func alert(_ key: String, _ reader: SetUpReader, of project: ProjectID, old: NamedAlert?) -> NamedAlert {
        reader.allow("name", "measure", "queue", "side", "threshold", "clears", "lasting", "webhook")
        let known = old?.alert
        let measure = measure(reader["measure"], old: known?.measure)
        let usual: Alert.Side = measure.isBetterHigh ? .below : .above
        let side =
            reader["side"].choice(Alert.Side.allCases.map { ($0.rawValue, $0) }, default: known?.side ?? usual) ?? usual
        let threshold = reader["threshold"].whole(0...measure.max, default: known?.threshold)
        // Who moves the threshold and says nothing of where it clears, means the threshold itself if the old place lies beyond it.
        let isBeyond = known.map { side == .above ? $0.clears > threshold : $0.clears < threshold } ?? true
        let clears = reader["clears"].whole(0...measure.max, default: isBeyond ? threshold : known?.clears)
        if side == .above ? clears > threshold : clears < threshold {
            reader["clears"].refuse(.conflict, "at the threshold, or on the good side of it")
        }
        let alert = Alert(
            id: known?.id ?? newID(),
            place: MeasuredPlace(project: project, queue: measuredQueue(reader["queue"], of: project, old: known?.place.queue)),
            measure: measure, side: side, threshold: threshold, clears: clears,
            lasting: reader["lasting"].seconds(0...Alert.lastingMax, default: known?.lasting ?? .seconds(30)))
        return NamedAlert(
            alert: alert, key: key, name: nameOrNone(reader, old?.name), webhook: webhook(reader["webhook"], old: old?.webhook))
    }

    private func webhook(_ reader: SetUpReader, old: Webhook?) -> Webhook? {
        if reader.isLeftOut { return old }
        if reader.isNull || reader.node?.string == "none" { return nil }
        reader.allow("address", "secret")
        let written = reader["address"].isAbsent ? old?.address.description : reader["address"].text(max: WebhookAddress.textMax)
        guard let address = written.flatMap(WebhookAddress.init) else {
            reader["address"].refuse(.webhook, "an address that begins with https:// or http://")
            return nil
        }
        // It is not shown again, so who leaves it out keeps it. To another host nobody's secret goes.
        if reader["secret"].isAbsent, let old, old.address.host == address.host { return Webhook(address: address, secret: old.secret) }
        return Webhook(address: address, secret: Secret(reader["secret"].secret(min: Webhook.secretMin, max: Webhook.secretMax)))
    }
}
