import Yams

/// Several set-up files as one.
package enum SetUpMerge {
    /// The files laid over each other: what a later one says of a thing is added, or stands in the place of what an earlier one said; lists
    /// are taken as a whole.
    ///
    /// - Throws: `SetUpRefused` if one of them is no YAML.
    package static func merged(_ files: [String]) throws -> String {
        var whole: Node?
        for (place, file) in files.enumerated() {
            do {
                guard let node = try Yams.compose(yaml: file) else { continue }
                whole = whole.map { laid(node, over: $0) } ?? node
            } catch {
                throw SetUpRefused(flaws: [
                    .init(path: "(file \(place + 1))", value: "not YAML", rule: .malformed, expected: "\(error)")
                ])
            }
        }
        return try whole.map { try Yams.serialize(node: $0, allowUnicode: true) } ?? ""
    }

    private static func laid(_ upper: Node, over lower: Node) -> Node {
        guard case .mapping(let above) = upper, case .mapping(var merged) = lower else { return upper }
        for (key, value) in above { merged[key] = merged[key].map { laid(value, over: $0) } ?? value }
        return .mapping(merged)
    }
}
