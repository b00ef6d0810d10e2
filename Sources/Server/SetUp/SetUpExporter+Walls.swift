import Operation
import Organization
import Primitives

/// What rooms see, and what is told when it is beyond a threshold.
extension SetUpExporter {
    func wallboards(_ wallboards: [NamedWallboard]) -> SetUpValue {
        .mapping(
            wallboards.map { named in
                var entries: [SetUpValue.Entry] = [.init("name", name(named.name))]
                if let language = named.wallboard.language { entries.append(.init("language", .text(language.rawValue))) }
                return .init(named.key, .mapping(entries + [.init("figures", .list(named.wallboard.figures.map(figure)))]))
            })
    }

    private func figure(_ figure: Wallboard.Figure) -> SetUpValue {
        var entries: [SetUpValue.Entry] = [.init("measure", .text(figure.measure.rawValue))]
        if let queue = figure.queue { entries.append(.init("queue", .text(queueKeys[queue] ?? ""))) }
        if let target = figure.target { entries += [.init("good", .whole(target.good)), .init("warn", .whole(target.warn))] }
        return .mapping(entries)
    }

    func alerts(_ alerts: [NamedAlert]) -> SetUpValue {
        .mapping(
            alerts.map { named in
                let alert = named.alert
                var entries: [SetUpValue.Entry] = named.name.texts.isEmpty ? [] : [.init("name", name(named.name))]
                entries.append(.init("measure", .text(alert.measure.rawValue)))
                if let queue = alert.place.queue { entries.append(.init("queue", .text(queueKeys[queue] ?? ""))) }
                entries += [
                    .init("side", .text(alert.side.rawValue)), .init("threshold", .whole(alert.threshold)),
                    .init("clears", .whole(alert.clears)), .init("lasting", Self.seconds(alert.lasting)),
                ]
                if let webhook = named.webhook {
                    entries.append(.init("webhook", .mapping([.init("address", .text(webhook.address.description))])))
                }
                return .init(named.key, .mapping(entries))
            })
    }
}
