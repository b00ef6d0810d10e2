import Operation
import Organization
import Primitives

/// Writes a set-up as the file that reads back as the same, every setting of it, but no secrets: those stay when the file is applied.
///
/// What a later feature adds to the file is written where the thing it belongs to is.
struct SetUpExporter {
    let setUp: SetUp
    let queueKeys: [QueueID: String]
    private let logins: [AgentID: String]
    private let agents: [AgentID: Agent]

    init(_ setUp: SetUp) {
        self.setUp = setUp
        queueKeys = Dictionary(setUp.queues.map { ($0.queue.id, $0.key) }, uniquingKeysWith: { first, _ in first })
        agents = Dictionary(setUp.agents.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        logins = Dictionary(
            setUp.users.compactMap { user in user.user.agent.map { ($0, user.login) } }, uniquingKeysWith: { first, _ in first })
    }

    /// The whole document, things in the order in which a file is read.
    var document: SetUpValue {
        .mapping([
            .init("callfloor", .whole(1)),
            .init("reasons", .mapping(setUp.reasons.map { .init($0.key, named($0.name)) })),
            .init("teams", .mapping(setUp.teams.map { .init($0.key, named($0.name)) })),
            .init("trunks", .mapping(setUp.trunks.map { .init($0.key, trunk($0)) })),
            .init("phones", .mapping(setUp.phones.map { .init($0.user, phone($0)) })),
            .init("projects", .mapping(setUp.projects.map { .init($0.key, wholeProject($0)) })),
            .init("users", .mapping(setUp.users.map { .init($0.login, user($0)) })),
        ])
    }

    // MARK: Names

    func named(_ name: Localised) -> SetUpValue { .mapping([.init("name", self.name(name))]) }

    func name(_ name: Localised) -> SetUpValue {
        .mapping(Language.allCases.compactMap { language in name.texts[language].map { .init(language.rawValue, .text($0)) } })
    }

    private func textsOrNone(_ texts: Localised) -> SetUpValue { texts.texts.isEmpty ? .text("none") : name(texts) }

    // MARK: Lines

    func phone(_ phone: PhoneAccount) -> SetUpValue {
        switch phone.access {
        case .registers: .mapping([])
        case .fixed(let address): .mapping([.init("address", .text(address.description))])
        }
    }

    func trunk(_ trunk: TrunkAccount) -> SetUpValue {
        var entries: [SetUpValue.Entry] = []
        if !trunk.addresses.isEmpty { entries.append(.init("addresses", .list(trunk.addresses.map { .text($0.description) }))) }
        if let server = trunk.server {
            entries.append(.init("server", .text(Self.written(server))))
            if let transport = server.transport { entries.append(.init("transport", .text(transport.rawValue))) }
        }
        if let login = trunk.login { entries.append(.init("login", self.login(login))) }
        entries.append(.init("callers", .text(trunk.callers.rawValue)))
        if let presents = trunk.presents {
            var written: [SetUpValue.Entry] = [.init("header", .text(presents.header.rawValue))]
            if let number = presents.number { written.append(.init("number", .text(number.description))) }
            entries.append(.init("presents", .mapping(written + [.init("format", .text(presents.format.rawValue))])))
        }
        if let rate = trunk.callsPerSecond { entries.append(.init("callsPerSecond", .whole(rate))) }
        return .mapping(entries)
    }

    private static func written(_ server: TrunkAccount.Server) -> String {
        guard let port = server.port else { return server.host.description }
        switch server.host {
        case .address(let address): return NetworkAddress(address, port: port).description
        case .name(let name): return "\(name):\(port)"
        }
    }

    private func login(_ login: TrunkAccount.Login) -> SetUpValue {
        var entries: [SetUpValue.Entry] = [.init("user", .text(login.user))]
        if let realmUser = login.realmUser { entries.append(.init("realmUser", .text(realmUser))) }
        entries.append(.init("registers", .truth(login.registers)))
        if login.registers { entries.append(.init("expires", Self.seconds(login.expires))) }
        return .mapping(entries)
    }

    // MARK: Projects

    /// A project with what belongs to it.
    private func wholeProject(_ named: NamedProject) -> SetUpValue {
        let id = named.project.id
        let queues = setUp.queues.filter { $0.queue.project == id }
        let entryPoints = setUp.entryPoints.filter { $0.entryPoint.project == id }
        return .mapping(
            project(named) + [
                .init("queues", .mapping(queues.map { .init($0.key, queue($0)) })), .init("dispositions", dispositions(of: id)),
                .init("entryPoints", .mapping(entryPoints.map { .init($0.number, entryPoint($0.entryPoint)) })),
            ])
    }

    /// The project's own settings.
    func project(_ named: NamedProject) -> [SetUpValue.Entry] {
        var entries: [SetUpValue.Entry] = [
            .init("name", name(named.name)), .init("timeZone", .text(named.project.time.zoneName)),
            .init("language", .text(named.project.language.rawValue)),
        ]
        if let plan = named.numbers {
            entries.append(
                .init(
                    "numbers",
                    .mapping([.init("countryCode", .text(plan.countryCode)), .init("trunkPrefix", .text(plan.trunkPrefix))])))
        }
        entries.append(.init("outbound", named.outbound.map(outbound) ?? .text("none")))
        entries.append(.init("hours", named.project.hours.map(hours) ?? .text("none")))
        entries.append(.init("recording", recording(named.project.recording)))
        entries.append(.init("quotas", quotas(named.quotas)))
        entries.append(.init("wallboards", wallboards(named.wallboards)))
        entries.append(.init("alerts", alerts(named.alerts)))
        entries.append(.init("supervision", .mapping([.init("shown", .truth(named.showsSupervision))])))
        entries.append(.init("greeting", textsOrNone(named.greeting)))
        entries.append(.init("jobDescription", textsOrNone(named.jobDescription)))
        return entries
    }

    private func recording(_ rule: RecordingRule) -> SetUpValue {
        var entries: [SetUpValue.Entry] = [.init("calls", .text(rule.word))]
        if case .share(let percent) = rule.calls { entries.append(.init("percent", .whole(percent))) }
        entries += [
            .init("announce", .text(rule.announces ? "yes" : "no")), .init("mayPause", .text(rule.mayPause ? "yes" : "no")),
            .init("days", .whole(rule.days)),
        ]
        return .mapping(entries)
    }

    private func quotas(_ quotas: [NamedQuota]) -> SetUpValue {
        .mapping(
            quotas.map { named in
                let quota = named.quota
                let called: [SetUpValue.Entry] = named.name.texts.isEmpty ? [] : [.init("name", name(named.name))]
                return .init(
                    named.key,
                    .mapping(
                        called + [
                            .init("counts", .text(quota.counts.name)), .init("per", .text(quota.per.rawValue)),
                            .init("by", .text(quota.by.rawValue)), .init("target", .whole(quota.target)),
                        ]))
            })
    }

    private func outbound(_ rules: OutboundRules) -> SetUpValue {
        let trunk = setUp.trunks.first { $0.id == rules.trunk }?.key ?? ""
        return .mapping([
            .init("trunk", .text(trunk)), .init("callerNumber", .text(rules.callerNumber.description)),
            .init("allowed", .list(rules.destinations.rules.map { .text($0.written) })), .init("callsAtOnce", .whole(rules.callsMax)),
            .init("callsPerHour", .whole(rules.callsPerHourMax)),
        ])
    }

    func queue(_ named: NamedQueue) -> SetUpValue {
        let queue = named.queue
        var entries: [SetUpValue.Entry] = [
            .init("name", name(named.name)), .init("ringTimeout", Self.seconds(queue.ringTimeout)), .init("wrapUp", wrapUp(queue.wrapUp)),
            .init("serviceLevel", Self.seconds(queue.serviceLevelTarget)), .init("shortAbandon", Self.seconds(queue.shortAbandon)),
            .init("waitingMax", .whole(queue.waitingMax)), .init("reasonTimeout", Self.seconds(queue.reasonTimeout)),
        ]
        if let escalation = escalation(of: queue) { entries.append(.init("escalation", escalation)) }
        return .mapping(entries)
    }

    private func wrapUp(_ rule: WrapUpRule) -> SetUpValue {
        switch rule {
        case .none: .text("none")
        case .timed(let span): Self.seconds(span)
        case .untilDisposed: .text("untilDisposed")
        case .optional: .text("optional")
        case .onRequest(let span): .mapping([.init("onRequest", Self.seconds(span))])
        }
    }

    private func escalation(of queue: Queue) -> SetUpValue? {
        let other = queue.escalation.flatMap { queueKeys[$0] }
        guard let login = queue.escalationAgent.flatMap({ logins[$0] }) else { return other.map { .text($0) } }
        return .mapping([.init("user", .text(login))] + (other.map { [.init("queue", .text($0))] } ?? []))
    }

    /// A project's tree.
    func dispositions(of project: ProjectID) -> SetUpValue {
        let mine = setUp.dispositions.filter { $0.disposition.project == project }.sorted { ($0.order, $0.key) < ($1.order, $1.key) }
        return branch(nil, Dictionary(grouping: mine, by: \.disposition.parent))
    }

    private func branch(_ parent: DispositionID?, _ children: [DispositionID?: [NamedDisposition]]) -> SetUpValue {
        .list(
            (children[parent] ?? []).map { named in
                let meanings = Disposition.Meanings.named.filter { named.disposition.meanings.contains($0.meaning) }
                return .mapping([
                    .init("key", .text(named.key)), .init("name", name(named.name)),
                    .init("meanings", .list(meanings.map { .text($0.name) })), .init("below", branch(named.disposition.id, children)),
                ])
            })
    }

    func entryPoint(_ entry: EntryPoint) -> SetUpValue {
        var entries: [SetUpValue.Entry] = [
            .init("queue", .text(queueKeys[entry.queue] ?? "")), .init("priority", .whole(Int(entry.priority.level))),
            .init("language", .text(entry.language.rawValue)),
        ]
        switch entry.hours {
        case nil: break
        case .always: entries.append(.init("hours", .text("always")))
        case .own(let own): entries.append(.init("hours", hours(own)))
        }
        return .mapping(entries)
    }

    private func hours(_ hours: OpeningHours) -> SetUpValue {
        func ranges(_ ranges: [OpeningHours.Range]) -> SetUpValue { .list(ranges.map { .text($0.description) }) }
        var entries: [SetUpValue.Entry] = [
            .init("week", .mapping(zip(OpeningHours.weekdays, hours.week).map { .init($0, ranges($1)) }))
        ]
        if !hours.days.isEmpty {
            entries.append(
                .init("days", .mapping(hours.days.sorted { $0.key < $1.key }.map { .init($0.key.description, ranges($0.value)) })))
        }
        return .mapping(entries)
    }

    // MARK: People

    func user(_ account: UserAccount) -> SetUpValue {
        let projects = setUp.projects.filter { account.user.projects.contains($0.project.id) }
        var entries: [SetUpValue.Entry] = [
            .init("name", .text(account.name)), .init("role", .text(account.user.role.rawValue)),
            .init("language", .text(account.language.rawValue)),
        ]
        if let team = setUp.teams.first(where: { $0.id == account.user.team }) { entries.append(.init("team", .text(team.key))) }
        entries.append(.init("projects", .list(projects.map { .text($0.key) })))
        guard let agent = account.user.agent.flatMap({ agents[$0] }) else { return .mapping(entries) }
        if let phone = setUp.phones.first(where: { $0.id == agent.phone }) { entries.append(.init("phone", .text(phone.user))) }
        if agent.isTrainee { entries.append(.init("trainee", .truth(true))) }
        let queues = agent.profile.entries.compactMap { entry in
            queueKeys[entry.queue].map { key in
                SetUpValue.Entry(
                    key, .mapping([.init("priority", .whole(Int(entry.priority))), .init("delay", Self.seconds(entry.delay))]))
            }
        }
        return .mapping(entries + [.init("queues", .mapping(queues))])
    }

    static func seconds(_ span: Duration) -> SetUpValue { .whole(Int(clamping: span.components.seconds)) }
}
