import Operation
import Organization
import Primitives

@testable import Server

/// Reads set-up files with secrets that a test can see.
struct SetUpDesk {
    static var secrets: SetUpFile.Secrets {
        SetUpFile.Secrets(
            phone: { user, secret in ("md5 of \(user):\(secret)", "sha256 of \(user):\(secret)") },
            password: { password, _ in "hash of \(password)" })
    }

    var known = SetUp()
    var retired = SetUp()
    private var count: UInt64 = 0

    /// Applies a file as the server does, but for the engine.
    @discardableResult
    mutating func apply(_ yaml: String, by author: String? = nil, isFragment: Bool = true, isUndo: Bool = false) throws -> SetUpPlan {
        count += 1
        let plan = try SetUpFile.read(
            yaml, known: known, retired: retired, author: known.users.first { $0.login == author }?.user.id, isFragment: isFragment,
            isUndo: isUndo, secrets: Self.secrets, at: Timestamp(microseconds: Int64(count) * 1_000_000), random: Random(seed: count))
        known = plan.result
        retired.take(plan.removed, without: plan.wanted)
        return plan
    }

    mutating func flaws(_ yaml: String, by author: String? = nil) -> [SetUpFlaw] {
        do {
            try apply(yaml, by: author)
            return []
        } catch let refused as SetUpRefused {
            return refused.flaws
        } catch {
            return [.init(path: "\(error)", value: "", rule: .malformed, expected: "")]
        }
    }

    /// What somebody who knows only the tables sees: names, rules, no secrets.
    var document: SetUpValue { SetUpExporter(known).document }
}

extension SetUp {
    fileprivate mutating func take(_ removed: SetUp, without wanted: SetUp) {
        projects = (projects + removed.projects).filter { thing in !wanted.projects.contains { $0.project.id == thing.project.id } }
        teams = (teams + removed.teams).filter { thing in !wanted.teams.contains { $0.id == thing.id } }
        queues = (queues + removed.queues).filter { thing in !wanted.queues.contains { $0.queue.id == thing.queue.id } }
        reasons = (reasons + removed.reasons).filter { thing in !wanted.reasons.contains { $0.id == thing.id } }
        dispositions = (dispositions + removed.dispositions)
            .filter { thing in !wanted.dispositions.contains { $0.disposition.id == thing.disposition.id } }
        trunks = (trunks + removed.trunks).filter { thing in !wanted.trunks.contains { $0.id == thing.id } }
        phones = (phones + removed.phones).filter { thing in !wanted.phones.contains { $0.id == thing.id } }
        entryPoints = (entryPoints + removed.entryPoints)
            .filter { thing in !wanted.entryPoints.contains { $0.entryPoint.id == thing.entryPoint.id } }
        users = (users + removed.users).filter { thing in !wanted.users.contains { $0.user.id == thing.user.id } }
        agents = (agents + removed.agents).filter { thing in !wanted.agents.contains { $0.id == thing.id } }
    }
}

/// Writes set-up files of every shape.
struct SetUpWriter {
    private var random: Random
    private var keys = 0

    init(seed: UInt64) {
        random = Random(seed: seed)
    }

    private mutating func chance() -> Bool { random.next() & 1 == 0 }
    private mutating func number(_ range: ClosedRange<Int>) -> Int { range.lowerBound + Int(random.next() % UInt64(range.count)) }
    private mutating func one<Value>(_ values: [Value]) -> Value { values[number(0...values.count - 1)] }

    /// Keys that YAML could take for something else.
    private mutating func key(_ kind: String) -> String {
        keys += 1
        return one(["\(kind)\(keys)", "\(keys)", "no \(keys)", "\(kind)-\(keys): #\"x", "yes\(keys)", "0\(keys)", "\(keys)e1", "ქ\(keys)"])
    }

    private mutating func text() -> SetUpValue {
        .text(
            one([
                "Support", "  spaced ", "a: b", "# no", "- list", "null", "true", "12", "1.5", "\"quoted\"", "it's", "{x}", "[x]", "سپورٹ",
                "मदद", "two\nlines", "\u{200F}rtl", "a\tb", "=", "~", "&a", "*b", "!c", "%d", "@e", "`f", "|", ">", "back\\slash", "\u{85}",
            ]))
    }

    private mutating func name() -> SetUpValue {
        guard chance() else { return text() }
        var entries: [SetUpValue.Entry] = [.init("en", text())]
        for language in ["ur", "ka", "hi", "tr", "cy"] where chance() { entries.append(.init(language, text())) }
        return .mapping(entries)
    }

    private mutating func perhaps(_ key: String, _ value: SetUpValue) -> [SetUpValue.Entry] { chance() ? [.init(key, value)] : [] }

    mutating func document() -> SetUpValue {
        let teams = (0..<number(0...3)).map { _ in key("team") }
        let reasons = (0..<number(0...3)).map { _ in key("reason") }
        let trunks = (0..<number(0...3)).map { _ in key("trunk") }
        let phones = (0..<number(0...4)).map { _ in key("phone") }
        let projects = (0..<number(1...3)).map { _ in (key: key("project"), queues: (0..<number(0...4)).map { _ in key("queue") }) }
        let queues = projects.flatMap(\.queues)
        var writtenTrunks: [SetUpValue.Entry] = []
        var callingTrunks: [String] = []
        for trunk in trunks {
            let hasServer = chance()
            if hasServer { callingTrunks.append(trunk) }
            writtenTrunks.append(.init(trunk, self.trunk(hasServer: hasServer)))
        }
        var writtenProjects: [SetUpValue.Entry] = []
        for project in projects {
            writtenProjects.append(.init(project.key, self.project(queues: project.queues, trunks: callingTrunks)))
        }
        var users: [SetUpValue.Entry] = []
        for _ in 0..<number(0...6) {
            users.append(.init(key("user"), user(teams: teams, phones: phones, projects: projects.map(\.key), queues: queues)))
        }
        return .mapping([
            .init("callfloor", .whole(1)), .init("reasons", .mapping(reasons.map { .init($0, .mapping([.init("name", name())])) })),
            .init("teams", .mapping(teams.map { .init($0, .mapping([.init("name", name())])) })), .init("trunks", .mapping(writtenTrunks)),
            .init("phones", .mapping(phones.map { .init($0, phone()) })), .init("projects", .mapping(writtenProjects)),
            .init("users", .mapping(users)),
        ])
    }

    private mutating func phone() -> SetUpValue {
        chance()
            ? .mapping([.init("secret", .text("long-enough-secret"))])
            : .mapping([.init("address", .text(one(["192.0.2.9:5060", "[2001:db8::1]:5070"])))])
    }

    private mutating func trunk(hasServer: Bool) -> SetUpValue {
        var entries = perhaps("callers", .text(one(["assertedIdentity", "remoteParty", "from"])))
        entries += perhaps("callsPerSecond", .whole(number(1...1000)))
        guard hasServer else { return .mapping(entries + [.init("addresses", .list([.text("192.0.2.1"), .text("2001:db8::1")]))]) }
        entries += perhaps("addresses", .list([.text("192.0.2.1")]))
        entries.append(
            .init("server", .text(one(["sip.example.com", "sip.example.com:5061", "192.0.2.1", "[2001:db8::1]:5070", "2001:db8::1"]))))
        entries += perhaps("transport", .text(one(["udp", "tcp", "tls"])))
        var login: [SetUpValue.Entry] = [.init("user", .text("442079460300")), .init("password", .text("only they know"))]
        login += perhaps("realmUser", .text("account 7"))
        login += chance() ? [.init("registers", .truth(false))] : perhaps("expires", .whole(number(60...86_400)))
        entries += perhaps("login", .mapping(login))
        var presents: [SetUpValue.Entry] = [.init("header", .text(one(["from", "remoteParty"])))]
        presents += perhaps("number", .text("+442079460300")) + perhaps("format", .text(one(["e164", "digits"])))
        return .mapping(entries + perhaps("presents", .mapping(presents)))
    }

    private mutating func project(queues: [String], trunks: [String]) -> SetUpValue {
        var entries: [SetUpValue.Entry] = [.init("name", name())]
        entries += perhaps("timeZone", .text(one(["Europe/London", "Asia/Tbilisi", "Asia/Karachi"]))) + perhaps("language", .text("ka"))
        entries += perhaps("numbers", .mapping([.init("countryCode", .text("995"))] + perhaps("trunkPrefix", .text("8"))))
        if let trunk = trunks.first {
            entries += perhaps(
                "outbound",
                .mapping(
                    [
                        .init("trunk", .text(trunk)), .init("callerNumber", .text("+442079460300")),
                        .init("allowed", .list([.text("!+4490"), .text("+44")])),
                    ] + perhaps("callsAtOnce", .whole(number(1...10_000)))))
        }
        entries += perhaps("hours", hours(or: "none"))
        let quotas: [SetUpValue.Entry] = (0..<number(0...3)).map { _ in .init(key("quota"), quota()) }
        entries += perhaps("quotas", .mapping(quotas))
        entries.append(.init("queues", .mapping(queues.map { .init($0, queue()) })))
        entries.append(.init("dispositions", .list((0..<number(0...3)).map { _ in disposition(depth: 0) })))
        guard !queues.isEmpty else { return .mapping(entries) }
        var numbers: [SetUpValue.Entry] = []
        for _ in 0..<number(0...3) {
            keys += 1
            let settings =
                [SetUpValue.Entry("queue", .text(one(queues)))] + perhaps("priority", .whole(number(1...99)))
                + perhaps("language", .text("tr")) + perhaps("hours", hours(or: "always"))
            numbers.append(.init(one(["+9953225500\(10 + keys)", "\(keys)"]), .mapping(settings)))
        }
        return .mapping(entries + [.init("entryPoints", .mapping(numbers))])
    }

    private mutating func queue() -> SetUpValue {
        var entries: [SetUpValue.Entry] = [.init("name", name())]
        entries += perhaps("ringTimeout", .whole(number(3...120))) + perhaps("serviceLevel", .whole(number(1...3600)))
        entries += perhaps(
            "wrapUp",
            one([.whole(30), .text("none"), .text("untilDisposed"), .text("optional"), .mapping([.init("onRequest", .whole(90))])]))
        entries += perhaps("shortAbandon", .whole(number(0...600))) + perhaps("waitingMax", .whole(number(1...100_000)))
        return .mapping(entries + perhaps("reasonTimeout", .whole(number(5...300))))
    }

    // MARK: Hours and quotas

    private mutating func hours(or word: String) -> SetUpValue {
        guard number(0...4) > 0 else { return .text(word) }
        let week = OpeningHours.weekdays.filter { _ in chance() }
        let days = (0..<number(0...3)).map { _ in CivilDate(daysSince1970: number(20_000...40_000)).description }
        // The last day of a February is one that not every year has.
        let special = Set(days + (chance() ? ["2028-02-29"] : []))
        let byWeekday: [SetUpValue.Entry] = week.map { .init($0, ranges()) }
        let byDate: [SetUpValue.Entry] = special.sorted().map { .init($0, ranges()) }
        return .mapping(perhaps("week", .mapping(byWeekday)) + perhaps("days", .mapping(byDate)))
    }

    /// Up to three in any order, the last of the day past midnight at times; none: closed.
    private mutating func ranges() -> SetUpValue {
        let times = Set((0..<number(0...3) * 2).map { _ in number(0...1440) }).sorted()
        var ranges = stride(from: 0, to: times.count - 1, by: 2).map { (from: times[$0], to: times[$0 + 1]) }
        if let last = ranges.last, chance() { ranges[ranges.count - 1].to = number(0...last.from) }
        if chance() { ranges.reverse() }
        return .list(ranges.compactMap { OpeningHours.Range(from: $0.from, to: $0.to).map { .text($0.description) } })
    }

    private mutating func quota() -> SetUpValue {
        let rest: [SetUpValue.Entry] = [
            .init("per", .text(one(Quota.Period.allCases).rawValue)), .init("target", .whole(number(1...Quota.targetMax))),
        ]
        return .mapping(
            perhaps("name", name()) + perhaps("counts", .text(one(Quota.Count.names)))
                + perhaps("by", .text(one(Quota.Holder.allCases).rawValue)) + rest)
    }

    /// Other hours and quotas for the projects that are there: some kept, some changed, some taken away, some new.
    mutating func otherTrade(of known: SetUp) -> SetUpValue {
        let projects = known.projects.map { named -> SetUpValue.Entry in
            var entries = perhaps("hours", one([hours(or: "none"), .null]))
            var quotas: [SetUpValue.Entry] = []
            for quota in named.quotas where chance() {
                let changed =
                    perhaps("name", one([name(), .null])) + perhaps("target", .whole(number(1...9)))
                    + perhaps("by", .text(one(Quota.Holder.allCases).rawValue))
                quotas.append(.init(quota.key, one([.null, .mapping(changed), self.quota()])))
            }
            if chance() { quotas.reverse() }
            if chance() { quotas.insert(.init(key("quota"), quota()), at: number(0...quotas.count)) }
            entries.append(.init("quotas", .mapping(quotas)))
            let numbers = known.entryPoints.filter { $0.entryPoint.project == named.project.id }
            let written: [SetUpValue.Entry] = numbers.map { number in
                .init(number.number, .mapping(perhaps("hours", one([hours(or: "always"), .null]))))
            }
            return .init(named.key, .mapping(entries + [.init("entryPoints", .mapping(written))]))
        }
        return .mapping([.init("projects", .mapping(projects))])
    }

    private mutating func disposition(depth: Int) -> SetUpValue {
        var entries: [SetUpValue.Entry] = [.init("key", .text(key("disposition"))), .init("name", name())]
        entries += perhaps("meanings", .list([.text("reached"), .text("sale")]))
        guard depth < 3 else { return .mapping(entries) }
        return .mapping(entries + [.init("below", .list((0..<number(0...2)).map { _ in disposition(depth: depth + 1) }))])
    }

    private mutating func user(teams: [String], phones: [String], projects: [String], queues: [String]) -> SetUpValue {
        var entries = perhaps("name", text()) + perhaps("role", .text(one(["agent", "senior", "supervisor", "administrator"])))
        entries += perhaps("password", .text("long enough")) + perhaps("projects", .list(projects.map { .text($0) }))
        if !teams.isEmpty { entries += perhaps("team", .text(one(teams))) }
        if !phones.isEmpty { entries += perhaps("phone", .text(one(phones))) }
        let served = queues.filter { _ in chance() }
        return .mapping(
            entries
                + perhaps(
                    "queues", .mapping(served.map { .init($0, chance() ? .null : .mapping([.init("priority", .whole(number(1...99)))])) })))
    }
}
