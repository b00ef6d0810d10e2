import HTTPAPI
import Operation
import Organization
import Yams

/// What a change of the set-up comes to, part by part: each thing as the file writes it before and after, without secrets. A project's
/// dispositions are one part, for their order and their branches are.
struct SetUpParts {
    typealias Part = SetUpChangeSight.Part

    private let before: SetUpExporter
    private let after: SetUpExporter
    private(set) var parts: [Part] = []

    init(from known: SetUp, to result: SetUp) {
        before = SetUpExporter(known)
        after = SetUpExporter(result)
        compare("reason", \.reasons, key: \.key) { $0.named($1.name) }
        compare("team", \.teams, key: \.key) { $0.named($1.name) }
        compare("trunk", \.trunks, key: \.key, secret: { $0.login?.password.text }) { $0.trunk($1) }
        compare("phone", \.phones, key: \.user, secret: { Self.secret(of: $0) }) { $0.phone($1) }
        compare("project", \.projects, key: \.key, project: { $1.key }, secret: { Self.secrets(of: $0) }) { .mapping($0.project($1)) }
        compare("queue", \.queues, key: \.key, project: { $0.key(of: $1.queue.project) }) { $0.queue($1) }
        compareDispositions()
        compare("entryPoint", \.entryPoints, key: \.number, project: { $0.key(of: $1.entryPoint.project) }) { $0.entryPoint($1.entryPoint) }
        compare("user", \.users, key: \.login, secret: \.passwordHash) { $0.user($1) }
    }

    private mutating func compare<Thing>(
        _ kind: String, _ things: KeyPath<SetUp, [Thing]>, key: KeyPath<Thing, String>,
        project: (SetUpExporter, Thing) -> String? = { _, _ in nil }, secret: (Thing) -> String? = { _ in nil },
        write: (SetUpExporter, Thing) -> SetUpValue
    ) {
        func placed(_ thing: Thing, in exporter: SetUpExporter) -> Place {
            Place(project: project(exporter, thing), key: thing[keyPath: key])
        }
        let old = Dictionary(
            before.setUp[keyPath: things].map { (placed($0, in: before), $0) }, uniquingKeysWith: { first, _ in first })
        let new = Set(after.setUp[keyPath: things].map { placed($0, in: after) })
        for thing in after.setUp[keyPath: things] {
            let place = placed(thing, in: after)
            let known = old[place]
            let part = Part(
                kind: kind, key: place.key, project: place.project, before: known.map { write(before, $0) },
                after: write(after, thing), secretChanged: known.map { secret($0) != secret(thing) } ?? (secret(thing) != nil))
            if part.before != part.after || part.secretChanged { parts.append(part) }
        }
        for thing in before.setUp[keyPath: things] {
            let place = placed(thing, in: before)
            guard !new.contains(place) else { continue }
            parts.append(
                Part(
                    kind: kind, key: place.key, project: place.project, before: write(before, thing), after: nil, secretChanged: false))
        }
    }

    /// A number or a queue's key that goes over to another project goes in one and comes in the other.
    private struct Place: Hashable {
        let project: String?
        let key: String
    }

    private mutating func compareDispositions() {
        let keys = (after.setUp.projects + before.setUp.projects).map(\.key).reduce(into: [String]()) { keys, key in
            if !keys.contains(key) { keys.append(key) }
        }
        for key in keys {
            let (old, new) = (before.dispositions(of: key), after.dispositions(of: key))
            guard old != new else { continue }
            parts.append(Part(kind: "dispositions", key: key, project: key, before: old, after: new, secretChanged: false))
        }
    }

    private static func secrets(of project: NamedProject) -> String? {
        let secrets = project.alerts.compactMap(\.webhook?.secret.text)
        return secrets.isEmpty ? nil : secrets.joined(separator: "\n")
    }

    private static func secret(of phone: PhoneAccount) -> String? {
        if case .registers(let md5, _) = phone.access { md5 } else { nil }
    }
}

extension SetUpExporter {
    fileprivate func key(of project: ProjectID) -> String? { setUp.projects.first { $0.project.id == project }?.key }

    /// Nil: there is no such project, or it has none.
    fileprivate func dispositions(of project: String) -> SetUpValue? {
        guard let id = setUp.projects.first(where: { $0.key == project })?.project.id,
            setUp.dispositions.contains(where: { $0.disposition.project == id })
        else { return nil }
        return dispositions(of: id)
    }

    /// A part as it is in this set-up; nil: it is not there.
    func value(_ part: SetUpParts.Part) -> SetUpValue? {
        switch part.kind {
        case "reason": setUp.reasons.first { $0.key == part.key }.map { named($0.name) }
        case "team": setUp.teams.first { $0.key == part.key }.map { named($0.name) }
        case "trunk": setUp.trunks.first { $0.key == part.key }.map { trunk($0) }
        case "phone": setUp.phones.first { $0.user == part.key }.map { phone($0) }
        case "project": setUp.projects.first { $0.key == part.key }.map { .mapping(project($0)) }
        case "queue": setUp.queues.first { $0.key == part.key && key(of: $0.queue.project) == part.project }.map { queue($0) }
        case "entryPoint":
            setUp.entryPoints.first { $0.number == part.key && key(of: $0.entryPoint.project) == part.project }
                .map { entryPoint($0.entryPoint) }
        case "user": setUp.users.first { $0.login == part.key }.map { user($0) }
        default: dispositions(of: part.key)
        }
    }
}

// MARK: As they are kept

extension SetUpParts {
    /// In one line.
    static func line(_ parts: [Part]) -> String {
        SetUpValue.list(
            parts.map { part in
                .mapping([
                    .init("kind", .text(part.kind)), .init("key", .text(part.key)),
                    .init("project", part.project.map { .text($0) } ?? .null),
                    .init("before", part.before ?? .null), .init("after", part.after ?? .null),
                    .init("secretChanged", .truth(part.secretChanged)),
                ])
            }
        ).line
    }

    /// Reads what `line` has written.
    static func parts(_ line: String) throws -> [Part] {
        guard let node = try Yams.compose(yaml: line), case .list(let items) = SetUpValue(node) else { return [] }
        return items.compactMap { item in
            guard case .text(let kind)? = item["kind"], case .text(let key)? = item["key"] else { return nil }
            var project: String?
            if case .text(let text)? = item["project"] { project = text }
            let before = item["before"], after = item["after"]
            return Part(
                kind: kind, key: key, project: project, before: before == .null ? nil : before, after: after == .null ? nil : after,
                secretChanged: item["secretChanged"] == .truth(true))
        }
    }
}

extension SetUpValue {
    /// What `line` has written: a text is in quotes, what is not is no text.
    init(_ node: Node) {
        switch node {
        case .mapping(let mapping): self = .mapping(mapping.map { Entry($0.key.string ?? "", SetUpValue($0.value)) })
        case .sequence(let sequence): self = .list(sequence.map { SetUpValue($0) })
        case .alias: self = .null
        case .scalar(let scalar):
            self =
                switch (scalar.style, node.int, scalar.string) {
                case (.plain, _, "null"): .null
                case (.plain, _, "true"), (.plain, _, "false"): .truth(scalar.string == "true")
                case (.plain, let number?, _): .whole(number)
                default: .text(scalar.string)
                }
        }
    }
}
