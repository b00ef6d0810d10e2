/// What holds for any file of ours, whatever its language.
enum FileRules {
    static let all: [Rule] = [tooLong, long, machinePaths, registries, leftovers, links]

    private static let code: Set<String> = ["swift", "js", "css", "py", "c", "h", "html"]
    private static let lengthMax = 800
    private static let lengthUsual = 400

    private static func isMeasured(_ file: TextFile) -> Bool {
        let folders = ["Sources", "Tests", "Fuzz", "Web", "BrowserTests"]
        return code.contains(file.suffix) && folders.contains { file.lies(in: $0) }
    }

    private static func lines(_ count: Int, _ first: String = "") -> String { first + String(repeating: "let a = 1\n", count: count) }

    static let tooLong = Rule(
        name: "no file above 800 lines",
        reason: "a file is one idea: split it (RoutingEngine+Transfers.swift)",
        applies: isMeasured,
        find: { $0.lines.count > lengthMax + 1 ? [.init(line: lengthMax, words: "\($0.lines.count) lines")] : [] },
        flagged: [.init("Sources/Routing/A.swift", lines(801, "// Long because of everything.\n"))],
        allowed: [.init("Sources/Routing/A.swift", lines(800)), .init("Sources/SIP/table.txt", lines(900))])

    static let long = Rule(
        name: "a file above 400 lines says why",
        reason: "split it, or give the reason in a line `// Long because …`",
        applies: isMeasured,
        find: { file in
            guard file.lines.count > lengthUsual + 1, !file.text.contains("Long because ") else { return [] }
            return [.init(line: lengthUsual, words: "\(file.lines.count) lines")]
        },
        flagged: [.init("Web/base/a.js", lines(401))],
        allowed: [.init("Web/base/a.js", lines(400)), .init("Web/base/a.js", lines(401, "// Long because it is one table.\n"))])

    static let machinePaths = Rule(
        name: "no path of one machine",
        reason: "another machine has other folders: take paths from arguments or FileManager, and temporary ones from the system",
        applies: { file in
            file.suffix == "md"
                || ["Sources", "Web", "docs", "script", ".ci", "Tests", "Fuzz", "BrowserTests"].contains { file.lies(in: $0) }
                || !file.path.contains("/")
        },
        find: { file in
            guard !file.isTidyTest else { return [] }
            let allRoots = ["/work/", "/root/", "/home/", "/Users/"]
            // Tests and scripts may use the temporary folder that every system has; the program and its documents do not name it.
            let roots = file.lies(in: "Sources") || file.suffix == "md" ? allRoots + ["/tmp/"] : allRoots
            return file.lines.enumerated().compactMap { index, line in
                roots.first { root in
                    line.ranges(of: root).contains { range in
                        guard range.lowerBound > line.startIndex else { return true }
                        let before = line[line.index(before: range.lowerBound)]
                        return !before.isLetter && !before.isNumber && !"_.-~}".contains(before)
                    }
                }.map { .init(line: index + 1, words: $0) }
            }
        },
        flagged: [
            .init("Sources/Server/A.swift", "let path = \"/work/main/Web\""), .init("Sources/Server/A.swift", "let path = \"/tmp/x\""),
            .init("docs/a.md", "See /root/notes."), .init("script/a", "cd /home/ana/callfloor"),
        ],
        allowed: [
            .init("Sources/Server/A.swift", "let path = \"var/demo\" // see docs/work/1.md, base/home/"),
            .init("script/a", "mktemp /tmp/x"),
        ])

    static let registries = Rule(
        name: "no address of a package mirror",
        reason: "which registry or mirror a machine uses is that machine's own setting",
        applies: { !$0.isTidyTest },
        find: { file in
            let words = ["--index-url", "--extra-index-url", "--find-links", "-i http", "registry.npmjs", "/opt/wheels", "pypi.org/simple"]
            return file.lines.enumerated().compactMap { index, line in
                words.first { line.contains($0) }.map { .init(line: index + 1, words: $0) }
            }
        },
        flagged: [.init("BrowserTests/requirements.txt", "--index-url https://example.org/simple\nplaywright==1.55")],
        allowed: [.init("BrowserTests/requirements.txt", "playwright==1.55")])

    static let leftovers = Rule(
        name: "nothing is left for later",
        reason: "do it, or open an issue",
        applies: { file in !file.isTidyTest && (code.contains(file.suffix) || file.lies(in: "script")) },
        find: { file in
            // Swift has such words in comments only; elsewhere the whole line is read.
            let lines =
                file.isSwift
                ? file.tokens.filter { $0.kind == .comment }.map { ($0.line, $0.text) } : file.lines.enumerated().map { ($0 + 1, $1) }
            return lines.compactMap { line, text in
                let words = text.split { !$0.isLetter }
                return words.first { ["TODO", "FIXME", "XXX", "HACK"].contains($0) }.map { .init(line: line, words: String($0)) }
            }
        },
        flagged: [.init("Sources/SIP/A.swift", "// TODO: the rest"), .init("Web/a.js", "go(); // FIXME")],
        allowed: [.init("Sources/SIP/A.swift", "// All of it.\nlet text = \"TODO\"")])

    static let links = Rule(
        name: "links in documents lead somewhere",
        reason: "the file is not there",
        applies: { $0.suffix == "md" },
        find: { file in
            file.lines.enumerated().flatMap { index, line in
                line.ranges(of: "](").compactMap { range -> Rule.Match? in
                    let target = line[range.upperBound...].prefix { $0 != ")" && $0 != " " && $0 != "#" }
                    guard !target.isEmpty, !target.contains(":"), !Repository.own.exists(resolved(target, from: file.path)) else {
                        return nil
                    }
                    return .init(line: index + 1, words: String(target))
                }
            }
        },
        flagged: [.init("docs/a.md", "See [the glossary](GLOSSARY.md).")],
        allowed: [
            .init("docs/a.md", "See [the glossary](../GLOSSARY.md#queue), [there](https://example.org), [below](#below)."),
            .init("CONTRIBUTING.md", "[words](GLOSSARY.md)"),
        ])

    /// The path from the root of `target`, as written in the file at `path`.
    private static func resolved(_ target: Substring, from path: String) -> String {
        if target.hasPrefix("/") { return String(target.dropFirst()) }
        var parts = path.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": parts = Array(parts.dropLast())
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
