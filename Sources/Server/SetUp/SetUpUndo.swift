import HTTPAPI
import Operation

/// The file that takes a change back: what it made goes, what it took away is named again, and what it changed is as it was.
struct SetUpUndo {
    private var tops: [String: [SetUpValue.Entry]] = [:]
    private var projects: [(key: String, settings: [SetUpValue.Entry])] = []
    private var removed: [String: [SetUpValue]] = [:]
    private var removedDispositions: [SetUpValue.Entry] = []
    /// Settings whose parts are kept one by one when the file leaves them out; what is in the others is given as a whole.
    private static let merged: Set<String> = ["login", "presents", "outbound", "numbers", "quotas", "wallboards", "alerts"]
    /// Those of them that hold things of the project by their keys.
    private static let things: Set<String> = ["quotas", "wallboards", "alerts"]
    private static let places = [
        "reason": "reasons", "team": "teams", "trunk": "trunks", "phone": "phones", "project": "projects", "queue": "queues",
        "entryPoint": "entryPoints", "user": "users",
    ]

    static func document(of parts: [SetUpParts.Part]) -> SetUpValue {
        var undo = SetUpUndo()
        for part in parts { undo.reverse(part) }
        return undo.document
    }

    private mutating func reverse(_ part: SetUpParts.Part) {
        guard let place = Self.places[part.kind] else { return reverseDispositions(part) }
        guard let before = part.before else {
            removed[place, default: []].append(.text(part.key))
            return
        }
        let value = part.after.map { Self.reversed($0, to: before) } ?? before
        switch part.kind {
        case "project":
            if case .mapping(let entries) = value { add(entries, to: part.key) }
        case "queue", "entryPoint": add([.init(place, .mapping([.init(part.key, value)]))], to: part.project ?? "")
        default: tops[place, default: []].append(.init(part.key, value))
        }
    }

    private mutating func reverseDispositions(_ part: SetUpParts.Part) {
        let old = part.before.map(Self.keys) ?? []
        let gone = (part.after.map(Self.keys) ?? []).filter { !old.contains($0) }
        if !gone.isEmpty { removedDispositions.append(.init(part.key, .list(gone.map { .text($0) }))) }
        if let before = part.before { add([.init("dispositions", before)], to: part.key) }
    }

    /// The keys of a tree, branches before what grows on them.
    private static func keys(_ tree: SetUpValue) -> [String] {
        guard case .list(let items) = tree else { return [] }
        return items.flatMap { item -> [String] in
            guard case .text(let key)? = item["key"] else { return [] }
            return [key] + (item["below"].map(keys) ?? [])
        }
    }

    private mutating func add(_ settings: [SetUpValue.Entry], to project: String) {
        let index = projects.firstIndex { $0.key == project } ?? projects.endIndex
        if index == projects.endIndex { projects.append((project, [])) }
        for setting in settings {
            let known = projects[index].settings.firstIndex { $0.key == setting.key }
            if let known, case .mapping(let there) = projects[index].settings[known].value, case .mapping(let new) = setting.value {
                projects[index].settings[known].value = .mapping(there + new)
            } else {
                projects[index].settings.append(setting)
            }
        }
    }

    /// What must be said for `after` to be `before` again: what was not there then is taken away.
    ///
    /// - Parameter areThings: whether these are things by their keys, each with settings of its own.
    private static func reversed(_ after: SetUpValue, to before: SetUpValue, areThings: Bool = false) -> SetUpValue {
        guard case .mapping(let now) = after, case .mapping(let then) = before else { return before }
        let kept = then.map { entry in
            guard areThings || merged.contains(entry.key), let value = after[entry.key] else { return entry }
            return SetUpValue.Entry(
                entry.key, reversed(value, to: entry.value, areThings: !areThings && things.contains(entry.key)))
        }
        return .mapping(kept + now.filter { before[$0.key] == nil }.map { .init($0.key, .null) })
    }

    private var document: SetUpValue {
        var removal = removed.sorted { $0.key < $1.key }.map { SetUpValue.Entry($0.key, .list($0.value)) }
        // With a project go its dispositions.
        let left = removedDispositions.filter { entry in !(removed["projects"] ?? []).contains(.text(entry.key)) }
        if !left.isEmpty { removal.append(.init("dispositions", .mapping(left))) }
        let named = projects.map { SetUpValue.Entry($0.key, .mapping($0.settings)) }
        return .mapping(
            [.init("callfloor", .whole(1)), .init("remove", .mapping(removal))]
                + tops.sorted { $0.key < $1.key }.map { .init($0.key, .mapping($0.value)) } + [.init("projects", .mapping(named))])
    }
}
