/// What Swift files may import, call and be called.
enum SwiftRules {
    static let all: [Rule] = [
        bands, imports, json, sql, clocksAndChance, waiting, printing, traps, publicAccess, ownerlessTasks, sleepingTests, typeNames,
    ]

    static let bands = Rule(
        name: "every target has a band",
        reason: "say in Tests/TidyTests/Bands.swift in which band this target lies",
        applies: \.isSwiftSource,
        find: { $0.band == nil ? [.init(line: 1, words: $0.target ?? $0.path)] : [] },
        flagged: [.init("Sources/Telepathy/Mind.swift", "")],
        allowed: [.init("Sources/Routing/Offer.swift", ""), .init("Sources/CNetwork/shim.swift", "")])

    // MARK: Imports

    private static let foundation: Set<String> = ["Foundation", "FoundationEssentials", "FoundationNetworking", "FoundationXML"]
    private static let system: Set<String> = ["Glibc", "Musl", "Darwin", "Dispatch", "Synchronization", "Logging"]

    static let imports = Rule(
        name: "imports of pure targets",
        reason: "nothing below Operation does I/O or reads a clock; of Foundation only FoundationEssentials in Primitives/CivilTime.swift",
        applies: \.isPureSwift,
        find: { file in
            importedModules(of: file).filter { module, _ in
                if module == "FoundationEssentials", file.path == "Sources/Primitives/CivilTime.swift" { return false }
                return foundation.contains(module) || system.contains(module) || module.hasPrefix("NIO")
            }.map { .init(line: $1, words: "import \($0)") }
        },
        flagged: [
            .init("Sources/Routing/Offer.swift", "import Foundation"),
            .init("Sources/Primitives/Money.swift", "import FoundationEssentials"),
            .init("Sources/SIP/Message.swift", "package import NIOCore"),
            .init("Sources/Audio/Tone.swift", "import func Glibc.sin"),
            .init("Sources/Centre/Desk.swift", "@preconcurrency import Dispatch"),
        ],
        allowed: [
            .init("Sources/Primitives/CivilTime.swift", "import FoundationEssentials"),
            .init("Sources/Routing/Offer.swift", "import Contacts\n// import Foundation"),
            .init("Sources/Server/Start.swift", "import Foundation"),
        ])

    /// `import Foundation`, `package import NIOCore`, `import struct Foundation.Date`.
    static func importedModules(of file: TextFile) -> [(module: String, line: Int)] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            guard tokens[index].kind == .word, tokens[index].text == "import", index + 1 < tokens.count else { return nil }
            var next = index + 1
            if ["struct", "func", "class", "enum", "protocol", "typealias", "var", "let"].contains(tokens[next].text) { next += 1 }
            return next < tokens.count ? (tokens[next].text, tokens[index].line) : nil
        }
    }

    // MARK: Who knows what

    static let json = Rule(
        name: "only the edges know JSON",
        reason: "JSON and Codable belong to Storage and HTTPAPI (and Server's set-up files); domain types are not Codable",
        applies: { file in
            guard file.isSwiftSource, let target = file.target, target != "Storage", target != "HTTPAPI" else { return false }
            return !(target == "Server" && file.path.lowercased().contains("setup"))
        },
        find: { file in
            let names: Set = [
                "JSONEncoder", "JSONDecoder", "JSONSerialization", "Codable", "Encodable", "Decodable", "CodingKey", "CodingKeys",
            ]
            return file.tokens.filter { $0.kind == .word && names.contains($0.text) }.map { .init(line: $0.line, words: $0.text) }
        },
        flagged: [
            .init("Sources/Contacts/Contact.swift", "struct Contact: Codable {}"),
            .init("Sources/Operation/Door.swift", "let text = JSONEncoder()"),
            .init("Sources/Server/Start.swift", "JSONSerialization.data(1)"),
        ],
        allowed: [
            .init("Sources/HTTPAPI/Desk/Wire.swift", "struct Desk: Encodable {}"),
            .init("Sources/Server/SetUpFile.swift", "struct SetUp: Decodable {}"),
            .init("Sources/Contacts/Contact.swift", "/// Not Codable.\nlet text = \"Codable\""),
        ])

    static let sql = Rule(
        name: "only Storage knows SQL",
        reason: "the statements of one capability stand in one file of Storage",
        applies: { $0.isSwiftSource && $0.target != "Storage" },
        find: { file in
            file.tokens.filter { $0.kind == .literal && isSQL($0.text) }.map { .init(line: $0.line, words: String($0.text.prefix(40))) }
        },
        flagged: [
            .init("Sources/HTTPAPI/Contacts/List.swift", "let text = \"SELECT id FROM contact\""),
            .init("Sources/Server/Start.swift", "run(\"\"\"\n    UPDATE agent\n    SET state = 1\n    \"\"\")"),
            .init("Sources/Simulation/Day.swift", "\"INSERT INTO log VALUES (1)\""),
        ],
        allowed: [
            .init("Sources/Storage/Contacts/Statements.swift", "let text = \"SELECT id FROM contact\""),
            .init("Sources/HTTPAPI/Contacts/List.swift", "// SELECT id FROM contact\nlet text = \"Select a queue from the list\""),
            .init("Sources/SIP/Method.swift", "let method = \"UPDATE\""),
        ])

    private static func isSQL(_ text: String) -> Bool {
        let words = text.split { !$0.isLetter && $0 != "_" }
        for (index, word) in words.enumerated() {
            let rest = words[(index + 1)...].prefix(60)
            switch word {
            case "SELECT": if rest.contains("FROM") { return true }
            case "INSERT": if rest.first == "INTO" { return true }
            case "UPDATE": if rest.dropFirst().contains("SET") { return true }
            case "DELETE": if rest.first == "FROM" { return true }
            case "CREATE", "ALTER", "DROP": if rest.contains("TABLE") || rest.contains("INDEX") { return true }
            default: break
            }
        }
        return false
    }

    // MARK: What pure code does not do

    private static let clocks: Set<String> = ["Date", "ContinuousClock", "SuspendingClock", "DispatchTime", "Clock", "Timestamp"]
    private static let chance: Set<String> = ["random", "randomElement", "shuffled", "shuffle"]

    static let clocksAndChance = Rule(
        name: "pure code is told the time and given chance",
        reason: "time and chance are arguments: `at now: Timestamp`, `using random: inout Random`",
        applies: \.isPureSwift,
        find: { file in
            let code = Code(file)
            return code.indices.compactMap { index in
                let word = code.text(index)
                let found: Bool
                switch word {
                case "ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator", "DispatchTime", "ProcessInfo": found = true
                case "Date", "UUID": found = code.text(index + 1) == "(" && code.text(index + 2) == ")"
                case "now":
                    // `.now` and `Date.now`, but not `moment.now`.
                    let owner = code.text(index - 2)
                    let isImplicit = !code.isJoined(index - 1) || ["(", "[", "{", "!"].contains(owner)
                    found = code.text(index - 1) == "." && (isImplicit || clocks.contains(owner))
                case _ where chance.contains(word):
                    found = code.text(index - 1) == "." && code.text(index + 1) == "(" && !code.call(at: index + 1, has: "using")
                case "getenv", "clock_gettime", "gettimeofday": found = true
                default: found = false
                }
                return found ? code.match(index) : nil
            }
        },
        flagged: [
            .init("Sources/Routing/A.swift", "let now = Date()"),
            .init("Sources/Routing/A.swift", "wait(until: .now)"),
            .init("Sources/Routing/A.swift", "let now = Date.now"),
            .init("Sources/Centre/A.swift", "let clock = ContinuousClock()"),
            .init("Sources/Primitives/A.swift", "var chance = SystemRandomNumberGenerator()"),
            .init("Sources/SIP/A.swift", "let port = UInt16.random(in: 1...9)"),
            .init("Sources/Centre/A.swift", "list.shuffled()"),
        ],
        allowed: [
            .init("Sources/Routing/A.swift", "let port = UInt16.random(in: (1)...9, using: &random)"),
            .init("Sources/Routing/A.swift", "func assign(at now: Timestamp) { use(now, step.now) }"),
            .init("Sources/Primitives/CivilTime.swift", "let date = Date(timeIntervalSince1970: 1)"),
            .init("Sources/Operation/Actor.swift", "let now = Date()"),
        ])

    static let waiting = Rule(
        name: "pure code never waits",
        reason: "nothing below Operation awaits, starts a task or blocks; it returns directives",
        applies: \.isPureSwift,
        find: { file in
            let code = Code(file)
            let words: Set = [
                "await", "async", "Task", "DispatchQueue", "DispatchSemaphore", "Thread", "usleep", "nanosleep", "actor", "withTaskGroup",
            ]
            return code.indices.compactMap { index in
                guard code.kind(index) == .word, words.contains(code.text(index)) else { return nil }
                // The trade's word `actor` (who did it) is a name; the keyword stands before a type's name.
                if code.text(index) == "actor" {
                    guard let first = code.text(index + 1).first, first.isUppercase, code.text(index - 1) != "." else { return nil }
                }
                return code.match(index)
            }
        },
        flagged: [
            .init("Sources/Centre/A.swift", "func step() async {}"),
            .init("Sources/Centre/A.swift", "Task { go() }"),
            .init("Sources/SIP/A.swift", "usleep(5)"),
            .init("Sources/Centre/A.swift", "package actor Engine {}"),
        ],
        allowed: [
            .init("Sources/Centre/A.swift", "func step(by actor: Actor) { self.actor = actor } // await"),
            .init("Sources/Server/A.swift", "await start()"),
        ])

    static let printing = Rule(
        name: "only the program prints",
        reason: "pure code returns values; shells log with swift-log; only callfloor/ and Server talk to a terminal",
        applies: { $0.isSwiftSource && $0.target != "callfloor" && $0.target != "Server" },
        find: { file in
            let code = Code(file)
            return code.indices.compactMap { index in
                guard ["print", "debugPrint", "dump", "NSLog"].contains(code.text(index)), code.kind(index) == .word else { return nil }
                guard code.text(index + 1) == "(", code.text(index - 1) != ".", code.text(index - 1) != "func" else { return nil }
                return code.match(index)
            }
        },
        flagged: [.init("Sources/Routing/A.swift", "print(offer)"), .init("Sources/Storage/A.swift", "if x { debugPrint(x) }")],
        allowed: [
            .init("Sources/callfloor/A.swift", "print(offer)"),
            .init("Sources/Routing/A.swift", "func print() {}\npage.print(1)\n// print(offer)\nlet text = \"print(x)\""),
        ])

    static let traps = Rule(
        name: "bytes from the network never trap",
        reason:
            "in protocol targets no fatalError, precondition, try!, as! or x!: return an error; a rejected message ends one call, a trap all",
        applies: { $0.isSwift && $0.band == .protocols },
        find: { file in
            let code = Code(file)
            return code.indices.compactMap { index in
                switch code.text(index) {
                case "fatalError", "preconditionFailure", "precondition", "unsafeBitCast":
                    return code.kind(index) == .word && code.text(index + 1) == "(" ? code.match(index) : nil
                case "!":
                    let before = code.text(index - 1)
                    guard code.isJoined(index), code.text(index + 1) != "=" || !code.isJoined(index + 1) else { return nil }
                    let isOperand = [.word, .literal, .number].contains(code.kind(index - 1)) || [")", "]"].contains(before)
                    return isOperand ? .init(line: code.line(index), words: before + "!") : nil
                default: return nil
                }
            }
        },
        flagged: [
            .init("Sources/SIP/A.swift", "fatalError(\"no\")"),
            .init("Sources/RTP/A.swift", "let packet = try! Packet(bytes)"),
            .init("Sources/SDP/A.swift", "let line = value as! String"),
            .init("Sources/SIP/A.swift", "let port = UInt16(text)!"),
            .init("Sources/SIP/A.swift", "headers.first!.value"),
        ],
        allowed: [
            .init("Sources/SIP/A.swift", "if !done, a != b, x != nil { }\nlet text = \"no!\" // really!"),
            .init("Sources/Routing/A.swift", "fatalError(\"a bug\")"),
        ])

    // MARK: Everywhere

    static let publicAccess = Rule(
        name: "nothing is public",
        reason: "`package` between targets, `private` inside: this is a program and no library",
        applies: \.isSwiftSource,
        find: { file in
            file.tokens.filter { $0.kind == .word && $0.text == "public" }.map { .init(line: $0.line, words: "public") }
        },
        flagged: [.init("Sources/Routing/A.swift", "public struct A {}")],
        allowed: [.init("Sources/Routing/A.swift", "/// public\npackage struct A {}\nlet text = \"public\"")])

    static let ownerlessTasks = Rule(
        name: "a task has an owner",
        reason: "somebody must await or cancel a task: say who with `// owned by …` on its line, or use a group",
        applies: \.isSwiftSource,
        find: { file in
            let code = Code(file)
            return code.indices.compactMap { index in
                guard code.text(index) == "Task", code.kind(index) == .word else { return nil }
                let next = code.text(index + 1)
                let starts =
                    next == "{" || next == "(" || next == "<"
                    || (next == "." && ["detached", "immediate", "immediateDetached", "init"].contains(code.text(index + 2)))
                // `let task: Task<Void, Never>` names a task and starts none.
                guard starts, next != "<" || code.startsGenericTask(at: index + 1) else { return nil }
                return file.lines[code.line(index) - 1].contains("// owned by ") ? nil : code.match(index)
            }
        },
        flagged: [
            .init("Sources/Server/A.swift", "Task { await go() }"), .init("Sources/Server/A.swift", "let task = Task.detached { }"),
            .init("Sources/Server/A.swift", "Task(priority: .low) { }"), .init("Sources/Server/A.swift", "let a = Task<Void, Never> { }"),
        ],
        allowed: [
            .init("Sources/Server/A.swift", "task = Task { await go() }  // owned by `stop`, which cancels it"),
            .init("Sources/Server/A.swift", "try await Task.sleep(for: pause)\nvar task: Task<Void, Never>?"),
        ])

    static let sleepingTests = Rule(
        name: "tests do not sleep to be in time",
        reason: "wait for what is to happen; a pause in a loop with a deadline says `polling` in a comment on its line",
        applies: { ($0.isSwift || $0.suffix == "py") && ($0.lies(in: "Tests") || $0.lies(in: "BrowserTests")) && !$0.isTidyTest },
        find: { file in
            if file.isSwift {
                let code = Code(file)
                return code.indices.compactMap { index in
                    let sleeps = ["sleep", "usleep", "nanosleep"].contains(code.text(index)) && code.text(index + 1) == "("
                    guard sleeps, code.kind(index) == .word, code.text(index - 1) != "func" else { return nil }
                    return file.lines[code.line(index) - 1].contains("polling") ? nil : code.match(index)
                }
            }
            return file.lines.enumerated().compactMap { index, line in
                let code = line.prefix { $0 != "#" }
                let found = ["time.sleep(", "asyncio.sleep(", "wait_for_timeout("].first { code.contains($0) }
                return found.flatMap { line.contains("polling") ? nil : .init(line: index + 1, words: $0 + "…)") }
            }
        },
        flagged: [
            .init("Tests/ServerTests/A.swift", "try await Task.sleep(for: .seconds(1))"),
            .init("Tests/ServerTests/A.swift", "usleep(5)"),
            .init("Tests/Journeys/test_call.py", "    time.sleep(2)"),
            .init("BrowserTests/test_desk.py", "page.wait_for_timeout(500)"),
        ],
        allowed: [
            .init("Tests/Journeys/test_call.py", "    time.sleep(0.05)  # polling\n    # time.sleep(1)"),
            .init("Tests/ServerTests/A.swift", "func `agents sleep`() { wait(); asleep(1) }"),
        ])

    private static let emptyWords = [
        "Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Service", "Services", "Impl", "Core",
        "Common", "V2",
    ]

    static let typeNames = Rule(
        name: "types are named after what they are",
        reason: "Manager, Helper, Util, Service, Core, Common, Impl and V2 say nothing: name the thing (PacingModel, OfferBook)",
        applies: { $0.isSwift && ($0.lies(in: "Sources") || $0.lies(in: "Tests")) || $0.suffix == "js" && $0.lies(in: "Web") },
        find: { file in
            if file.suffix == "js" {
                return file.lines.enumerated().compactMap { index, line in
                    guard let range = line.firstRange(of: "class ") else { return nil }
                    let name = String(line[range.upperBound...].prefix { $0.isLetter || $0.isNumber })
                    return emptyWords.contains { name.hasSuffix($0) } ? .init(line: index + 1, words: name) : nil
                }
            }
            let code = Code(file)
            let keywords: Set = ["struct", "class", "enum", "actor", "protocol", "typealias"]
            return code.indices.compactMap { index in
                guard keywords.contains(code.text(index)), code.kind(index + 1) == .word else { return nil }
                let name = code.text(index + 1)
                return name.first?.isUppercase == true && emptyWords.contains { name.hasSuffix($0) } ? code.match(index + 1) : nil
            }
        },
        flagged: [
            .init("Sources/Routing/A.swift", "package struct QueueManager {}"), .init("Sources/HTTPAPI/A.swift", "enum TextUtils {}"),
            .init("Sources/Server/A.swift", "final class MailService: Sendable {}"), .init("Web/base/a.js", "export class DeskHelper {"),
        ],
        allowed: [
            .init("Sources/Server/A.swift", "struct Listener: Service {}"),
            .init("Sources/Reporting/A.swift", "enum ServiceLevelVariant {}"),
            .init("Web/base/a.js", "export class Desk extends Element {"),
        ])
}
