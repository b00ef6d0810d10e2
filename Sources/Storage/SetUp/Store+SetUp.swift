import Operation
import Organization
import Primitives

extension Store {
    /// The whole set-up with its names, each thing in the place it had when it was last filed. A user's language is that of
    /// the set-up, whatever he has chosen since (`account` tells that).
    package func setUp() async throws -> SetUp { try await wholeSetUp().known }

    /// The same, with what was removed from it.
    package func wholeSetUp() async throws -> WholeSetUp {
        try await readers.read { connection in
            try connection.transaction(.reading) {
                let retired = try RetirementFiling.all(on: connection)
                let all = try SetUpReading(connection).setUp()
                return WholeSetUp(
                    known: all.filtered { !retired.contains($0) }, retired: all.filtered { retired.contains($0) },
                    change: try SetUpChangeTable.newest(on: connection))
            }
        }
    }
}

/// A set-up with its past.
package struct WholeSetUp: Sendable {
    package var known: SetUp
    /// What was removed, as it was last: its names stay readable, and it can come back.
    package var retired: SetUp
    /// The number of its newest change.
    package var change: Int64
}

extension SetUp {
    fileprivate func filtered(_ isIn: (ID<Retirement>) -> Bool) -> SetUp {
        var part = SetUp()
        part.projects = projects.filter { isIn(ID(sameAs: $0.project.id)) }
        part.teams = teams.filter { isIn(ID(sameAs: $0.id)) }
        part.queues = queues.filter { isIn(ID(sameAs: $0.queue.id)) }
        part.reasons = reasons.filter { isIn(ID(sameAs: $0.id)) }
        part.dispositions = dispositions.filter { isIn(ID(sameAs: $0.disposition.id)) }
        part.trunks = trunks.filter { isIn(ID(sameAs: $0.id)) }
        part.phones = phones.filter { isIn(ID(sameAs: $0.id)) }
        part.entryPoints = entryPoints.filter { isIn(ID(sameAs: $0.entryPoint.id)) }
        part.users = users.filter { isIn(ID(sameAs: $0.user.id)) }
        let agents = Set(part.users.compactMap(\.user.agent))
        part.agents = self.agents.filter { agents.contains($0.id) }
        return part
    }
}

/// Reads a set-up from the tables of the log and those filed beside it.
private struct SetUpReading {
    let connection: any Connection
    private var names: [RawID: Localised] = [:]
    private let outbound: [ProjectID: OutboundRules]
    private let quotas: [ProjectID: [NamedQuota]]
    private let shownSupervision: [ProjectID: Bool]
    private let texts: [ProjectID: [ProjectTextFiling.Kind: Localised]]
    private let wallboards: [ProjectID: [NamedWallboard]]
    private let alerts: [ProjectID: [NamedAlert]]

    /// An id of any kind: names stand in one table for all.
    private struct RawID: Hashable {
        let high: UInt64
        let low: UInt64

        init<Tag>(_ id: ID<Tag>) {
            high = id.high
            low = id.low
        }
    }

    init(_ connection: any Connection) throws {
        self.connection = connection
        outbound = try OutboundFiling.all(on: connection)
        quotas = try QuotaFiling.all(on: connection)
        shownSupervision = try SupervisionFiling.all(on: connection)
        texts = try ProjectTextFiling.all(on: connection)
        wallboards = try WallboardFiling.all(on: connection)
        alerts = try AlertFiling.all(on: connection)
        let found = try connection.all(SetUpStatements.names) { row in
            (try row.id() as ID<Localised>, try row.choice() as Language, try row.text())
        }
        for (item, language, name) in found { names[RawID(item), default: Localised([:])].texts[language] = name }
    }

    func setUp() throws -> SetUp {
        var setUp = SetUp()
        setUp.projects = try connection.all(SetUpStatements.projects, [:], project)
        setUp.teams = try named(.team)
        setUp.queues = try connection.all(SetUpStatements.queues, [:], queue)
        setUp.reasons = try named(.reason)
        setUp.dispositions = Self.parentsFirst(try connection.all(SetUpStatements.dispositions, [:], disposition))
        setUp.trunks = try trunks()
        setUp.phones = try connection.all(SetUpStatements.phones, [:], phone)
        setUp.entryPoints = try connection.all(SetUpStatements.entryPoints, [:], entryPoint)
        setUp.users = try users()
        setUp.agents = try agents()
        return setUp
    }

    private func name<Tag>(of id: ID<Tag>) -> Localised { names[RawID(id)] ?? Localised([:]) }

    private func named<Tag>(_ kind: SetUpFiling.Kind) throws -> [Named<ID<Tag>>] {
        try connection.all(SetUpStatements.items, ["kind": .of(kind.rawValue)]) { row in
            let id: ID<Tag> = try row.id()
            return Named(id: id, key: try row.text(), name: name(of: id))
        }
    }

    private func project(_ row: inout Row) throws -> NamedProject {
        let id: ProjectID = try row.id()
        let key = try row.text()
        let zone = try row.text()
        guard let time = CivilTime(zone: zone) else { throw StorageError.unreadable("the time zone \(zone) of project \(key)") }
        let language: Language = try row.choice()
        let hours = try row.textOrNil().map { text in
            guard let hours = OpeningHours(text) else { throw StorageError.unreadable("the hours of project \(key)") }
            return hours
        }
        let recording = try row.textOrNil().map { text in
            guard let rule = RecordingRule(text) else { throw StorageError.unreadable("what is recorded of project \(key)") }
            return rule
        }
        let project = Project(id: id, time: time, language: language, hours: hours, recording: recording ?? .standard)
        let plan = try row.textOrNil().map { PhoneNumber.NationalPlan(countryCode: $0, trunkPrefix: try row.text()) }
        let quotas = (self.quotas[id] ?? []).map { NamedQuota(quota: $0.quota, key: $0.key, name: name(of: $0.quota.id)) }
        let wallboards = (self.wallboards[id] ?? []).map { named in
            NamedWallboard(wallboard: named.wallboard, key: named.key, name: name(of: named.wallboard.id))
        }
        let alerts = (self.alerts[id] ?? []).map { named in
            NamedAlert(alert: named.alert, key: named.key, name: name(of: named.alert.id), webhook: named.webhook)
        }
        return NamedProject(
            project: project, key: key, name: name(of: id), numbers: plan, outbound: outbound[id], quotas: quotas, wallboards: wallboards,
            alerts: alerts, showsSupervision: shownSupervision[id] ?? true,
            greeting: texts[id]?[.greeting] ?? Localised([:]), jobDescription: texts[id]?[.jobDescription] ?? Localised([:]))
    }

    private func queue(_ row: inout Row) throws -> NamedQueue {
        let id: QueueID = try row.id()
        let key = try row.text()
        let project: ProjectID = try row.id()
        let ringTimeout = try row.span()
        guard let wrapUp = WrapUpRule(try row.text(), limit: try row.spanOrNil()) else {
            throw StorageError.unreadable("the wrap-up rule of queue \(key)")
        }
        let queue = Queue(
            id: id, project: project, ringTimeout: ringTimeout, wrapUp: wrapUp, serviceLevelTarget: try row.span(),
            shortAbandon: try row.span(), waitingMax: try row.number(), reasonTimeout: try row.span(), escalation: try row.idOrNil(),
            escalationAgent: try row.idOrNil())
        return NamedQueue(queue: queue, key: key, name: name(of: id))
    }

    private func disposition(_ row: inout Row) throws -> NamedDisposition {
        let id: DispositionID = try row.id()
        let key = try row.text()
        let order: Int = try row.number()
        let disposition = Disposition(
            id: id, project: try row.id(), parent: try row.idOrNil(), meanings: .init(rawValue: try row.number()))
        return NamedDisposition(disposition: disposition, key: key, name: name(of: id), order: order)
    }

    /// Later filings may have moved things: whatever their places, each comes after the one above it.
    private static func parentsFirst(_ all: [NamedDisposition]) -> [NamedDisposition] {
        let indices = Dictionary(all.enumerated().map { ($1.disposition.id, $0) }, uniquingKeysWith: { first, _ in first })
        var done: Set<DispositionID> = []
        var ordered: [NamedDisposition] = []
        for disposition in all {
            // From here upwards, as far as nobody has come yet.
            var path: [NamedDisposition] = []
            var next: NamedDisposition? = disposition
            while let current = next, done.insert(current.disposition.id).inserted {
                path.append(current)
                next = current.disposition.parent.flatMap { indices[$0] }.map { all[$0] }
            }
            ordered += path.reversed()
        }
        return ordered
    }

    private func trunks() throws -> [TrunkAccount] {
        let trunks: [Named<TrunkID>] = try named(.trunk)
        return try trunks.map { try TrunkFiling.trunk($0.id, key: $0.key, from: connection) }
    }

    private func phone(_ row: inout Row) throws -> PhoneAccount {
        let id: PhoneID = try row.id()
        let user = try row.text()
        let md5 = try row.textOrNil()
        let sha256 = try row.textOrNil()
        let host = try row.textOrNil()
        if let md5, let sha256 { return PhoneAccount(id: id, user: user, access: .registers(md5: md5, sha256: sha256)) }
        guard let address = host.flatMap({ IPAddress($0) }) else { throw StorageError.unreadable("the address of phone \(user)") }
        return PhoneAccount(id: id, user: user, access: .fixed(NetworkAddress(address, port: try row.number())))
    }

    private func entryPoint(_ row: inout Row) throws -> NumberedEntryPoint {
        let number = try row.text()
        let id: EntryPointID = try row.id()
        let project: ProjectID = try row.id()
        let queue: QueueID = try row.id()
        guard let priority = ContactPriority(try row.number()) else { throw StorageError.unreadable("the priority of \(id)") }
        let language: Language = try row.choice()
        let hours = try row.textOrNil().map { text in
            guard let hours = EntryPoint.Hours(text) else { throw StorageError.unreadable("the hours of \(id)") }
            return hours
        }
        return NumberedEntryPoint(
            entryPoint: EntryPoint(id: id, project: project, queue: queue, priority: priority, language: language, hours: hours),
            number: number)
    }

    private func users() throws -> [UserAccount] {
        let projects = try UserAccount.projects(connection)
        return try connection.all(SetUpStatements.users) { try UserAccount(&$0, projects: projects) }
    }

    private func agents() throws -> [Agent] {
        var entries: [AgentID: [RoutingProfile.Entry]] = [:]
        let found = try connection.all(SetUpStatements.profiles) { row in
            (
                try row.id() as AgentID,
                RoutingProfile.Entry(queue: try row.id(), priority: try row.number(), delay: try row.span())
            )
        }
        for (agent, entry) in found { entries[agent, default: []].append(entry) }
        return try connection.all(SetUpStatements.agents) { row in
            let id: AgentID = try row.id()
            return Agent(
                id: id, team: try row.idOrNil(), phone: try row.idOrNil(), profile: RoutingProfile(entries[id] ?? []),
                isTrainee: try row.truth())
        }
    }
}

private enum SetUpStatements {
    static let names = Statement("SELECT item, language, name FROM item_name")

    static let items = Statement("SELECT id, key FROM item WHERE kind = $kind ORDER BY place, key")

    static let projects = Statement(
        """
        SELECT project.id, item.key, project.time_zone, project.language, project.hours, project.recording, project_numbers.country_code, project_numbers.trunk_prefix
        FROM project JOIN item ON item.id = project.id LEFT JOIN project_numbers ON project_numbers.project = project.id
        ORDER BY item.place, item.key
        """)

    static let queues = Statement(
        """
        SELECT queue.id, item.key, queue.project, ring_timeout, wrap_up, wrap_up_limit, service_level_target, short_abandon, waiting_max,
            reason_timeout, escalation, escalation_agent
        FROM queue JOIN item ON item.id = queue.id ORDER BY item.place, item.key
        """)

    static let dispositions = Statement(
        """
        SELECT disposition.id, item.key, COALESCE(item.sibling_rank, 0), disposition.project, disposition.parent, disposition.meanings
        FROM disposition JOIN item ON item.id = disposition.id ORDER BY item.place, item.key
        """)

    static let phones = Statement(
        "SELECT id, sip_user, md5, sha256, host, port FROM phone WHERE sip_user IS NOT NULL ORDER BY place, sip_user")

    static let entryPoints = Statement(
        """
        SELECT entry_number.number, entry_point.id, entry_point.project, entry_point.queue, entry_point.priority, entry_point.language,
            entry_point.hours
        FROM entry_point JOIN entry_number ON entry_number.entry_point = entry_point.id
        WHERE entry_number.number IS NOT NULL ORDER BY entry_number.place, entry_number.number
        """)

    static let users = Statement(
        """
        SELECT id, agent, team, role, login, name, language, password_hash FROM user_account WHERE login IS NOT NULL ORDER BY place, login
        """)

    static let agents = Statement(
        """
        SELECT agent.id, agent.team, agent.phone, agent.trainee FROM user_account JOIN agent ON agent.id = user_account.agent
        WHERE user_account.login IS NOT NULL ORDER BY user_account.place, user_account.login
        """)

    static let profiles = Statement("SELECT agent, queue, priority, delay FROM agent_queue")
}
