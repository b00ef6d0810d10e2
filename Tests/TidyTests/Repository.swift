import Foundation

/// The repository on disk, read once: every file of ours, by its path from the root.
struct Repository: Sendable {
    let root: URL
    /// In ascending order of path, so that findings come in the same order everywhere.
    let files: [TextFile]

    /// The one this test lies in.
    static let own = Repository(around: #filePath)

    /// Looks upwards from `path` for the folder with the glossary. The tests may be built through a link elsewhere in it
    /// (script/tidy), so a fixed number of steps up would be wrong.
    init(around path: String) {
        var folder = URL(filePath: path).deletingLastPathComponent()
        while folder.path.count > 1, !FileManager.default.fileExists(atPath: folder.appending(path: "GLOSSARY.md").path) {
            folder.deleteLastPathComponent()
        }
        root = folder
        files = Self.read(folder)
    }

    /// What belongs to no one: built, fetched or written at run time (see .gitignore).
    private static func isForeign(_ name: String) -> Bool {
        name.hasPrefix(".build") || [".git", ".venv", "var", "shots", "__pycache__", "node_modules"].contains(name)
    }

    private static let kinds: Set<String> = [
        "swift", "h", "c", "modulemap", "js", "css", "html", "json", "svg", "py", "md", "txt", "yaml", "yml", "sh", "sql", "",
    ]
    /// Bigger is no source.
    private static let bytesMax = 2_000_000

    private static func read(_ root: URL) -> [TextFile] {
        var found: [TextFile] = []
        var open = [""]
        while let folder = open.popLast() {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)) ?? []
            for name in names where !isForeign(name) {
                let path = folder.isEmpty ? name : "\(folder)/\(name)"
                let url = root.appending(path: path)
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { continue }
                if isFolder.boolValue {
                    open.append(path)
                } else if kinds.contains(url.pathExtension), let data = try? Data(contentsOf: url), data.count <= bytesMax,
                    let text = String(data: data, encoding: .utf8)
                {
                    found.append(TextFile(path: path, text: text))
                }
            }
        }
        return found.sorted { $0.path < $1.path }
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root.appending(path: path).path) }
}

/// A file of text with what several rules want to know of it.
struct TextFile: Sendable {
    let path: String
    let text: String
    let lines: [String]
    /// The tokens of a Swift file; empty for others.
    let tokens: [SwiftToken]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        tokens = path.hasSuffix(".swift") ? SwiftToken.tokens(of: text) : []
    }

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    var suffix: String { name.contains(".") ? String(name.split(separator: ".").last ?? "") : "" }

    func lies(in folder: String) -> Bool { path.hasPrefix(folder + "/") }

    /// The target of a file below Sources, such as `Routing`.
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }
}
