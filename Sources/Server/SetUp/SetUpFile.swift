import Operation
import Organization
import Primitives
import Yams

/// The YAML file that `callfloor admin apply` reads. What it names is made or changed; what it does not name stays, so a
/// file can be applied again and in parts.
///
/// Things are called by their keys; their ids are given when a key is first seen and kept in the tables.
package struct SetUpFile {
    /// A larger file is refused before it is read.
    package static let bytesMax = 1 << 20

    let known: SetUp
    private let now: Timestamp
    private var random: Random
    private let secrets: Secrets
    var result = SetUp()
    private let flaws = SetUpReader.Flaws()

    /// How secrets become what may be stored.
    package struct Secrets {
        /// The digest HA1 of a phone: (user, secret) -> (MD5, SHA-256).
        package var phone: (String, String) -> (md5: String, sha256: String)
        /// The hash of a password; the one already stored if it is the same password.
        package var password: (_ password: String, _ stored: String?) throws -> String

        package init(
            phone: @escaping (String, String) -> (md5: String, sha256: String), password: @escaping (String, String?) throws -> String
        ) {
            self.phone = phone
            self.password = password
        }
    }

    /// Reads `yaml` against what is `known`.
    ///
    /// - Returns: the things that the file names, with those of the known ones it refers to keeping their ids.
    /// - Throws: `SetUpRefused` with every flaw.
    package static func read(_ yaml: String, known: SetUp, secrets: Secrets, at now: Timestamp, random: Random) throws -> SetUp {
        guard yaml.utf8.count <= bytesMax else {
            throw SetUpRefused(flaws: [.init(path: "(file)", value: "\(yaml.utf8.count) bytes", expected: "at most \(bytesMax) bytes")])
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw SetUpRefused(flaws: [.init(path: "(file)", value: "not YAML", expected: "\(error)")])
        }
        var file = SetUpFile(known: known, now: now, random: random, secrets: secrets)
        let top = SetUpReader(path: "", node: node, flaws: file.flaws)
        try file.read(top)
        guard file.flaws.found.isEmpty else { throw SetUpRefused(flaws: file.flaws.found) }
        return file.result
    }

    private init(known: SetUp, now: Timestamp, random: Random, secrets: Secrets) {
        self.known = known
        self.now = now
        self.random = random
        self.secrets = secrets
    }

    private mutating func read(_ top: SetUpReader) throws {
        top.allow("callfloor", "projects", "reasons", "teams", "trunks", "phones", "users")
        if top["callfloor"].node?.int != 1 { top["callfloor"].refuse("1, the version of this format") }
        for (key, value) in top["reasons"].entries() { result.reasons.append(named(key, value, known.reasons)) }
        for (key, value) in top["teams"].entries() { result.teams.append(named(key, value, known.teams)) }
        for (key, value) in top["trunks"].entries() { readTrunk(key, value) }
        for (key, value) in top["phones"].entries() { readPhone(key, value) }
        for (key, value) in top["projects"].entries() { readProject(key, value) }
        for (key, value) in top["users"].entries() { try readUser(key, value) }
        for (key, value) in top["projects"].entries() { readEscalations(of: key, value["queues"]) }
    }

    // MARK: Projects

    private mutating func readProject(_ key: String, _ reader: SetUpReader) {
        reader.allow("name", "timeZone", "language", "numbers", "outbound", "hours", "queues", "dispositions", "entryPoints")
        let old = known.projects.first { $0.key == key }
        let id = old?.project.id ?? newID()
        let zone = reader["timeZone"]
        let zoneName = zone.isAbsent ? old?.project.time.zoneName ?? "GMT" : zone.text()
        if CivilTime(zone: zoneName) == nil { zone.refuse("the name of a time zone, such as Europe/London") }
        let language = reader["language"].language(default: old?.project.language ?? .english)
        var plan = old?.numbers
        let numbers = reader["numbers"]
        if !numbers.isAbsent {
            numbers.allow("countryCode", "trunkPrefix")
            plan = .init(
                countryCode: digits(numbers["countryCode"]),
                trunkPrefix: numbers["trunkPrefix"].isAbsent ? "0" : digits(numbers["trunkPrefix"]))
        }
        let project = Project(
            id: id, time: CivilTime(zone: zoneName) ?? .utc, language: language,
            hours: Self.hours(reader["hours"], otherwise: old?.project.hours))
        let outbound = OutboundReader(reader: reader["outbound"], old: old?.outbound, trunks: result.trunks + known.trunks).rules()
        result.projects.append(NamedProject(project: project, key: key, name: name(reader, old?.name), numbers: plan, outbound: outbound))
        for (queueKey, value) in reader["queues"].entries() { readQueue(queueKey, value, of: id) }
        var order = 0
        for item in reader["dispositions"].items() { readDisposition(item, of: id, below: nil, order: &order) }
        for (number, value) in reader["entryPoints"].entries() { readEntryPoint(number, value, of: project, plan: plan) }
    }

    private mutating func readQueue(_ key: String, _ reader: SetUpReader, of project: ProjectID) {
        reader.allow("name", "ringTimeout", "wrapUp", "serviceLevel", "shortAbandon", "waitingMax", "reasonTimeout", "escalation")
        let old = known.queues.first { $0.key == key }
        if let old, old.queue.project != project { reader.refuse("a key that no other project's queue has") }
        let queue = Queue(
            id: old?.queue.id ?? newID(), project: project, ringTimeout: reader["ringTimeout"].seconds(3...120, default: 20),
            wrapUp: Self.wrapUp(reader["wrapUp"], otherwise: .timed(.seconds(60))),
            serviceLevelTarget: reader["serviceLevel"].seconds(1...3600, default: 20),
            shortAbandon: reader["shortAbandon"].seconds(0...600, default: 5),
            waitingMax: reader["waitingMax"].whole(1...100_000, default: 500),
            reasonTimeout: reader["reasonTimeout"].seconds(5...300, default: 20))
        result.queues.append(NamedQueue(queue: queue, key: key, name: name(reader, old?.name)))
    }

    private mutating func readDisposition(_ reader: SetUpReader, of project: ProjectID, below parent: DispositionID?, order: inout Int) {
        reader.allow("key", "name", "meanings", "below")
        let key = reader["key"].text(max: 60)
        let old = known.dispositions.first { $0.key == key && $0.disposition.project == project }
        var meanings: Disposition.Meanings = []
        for item in reader["meanings"].items() {
            if let meaning = item.choice(Disposition.Meanings.named.map { ($0.name, $0.meaning) }) { meanings.insert(meaning) }
        }
        let disposition = Disposition(id: old?.disposition.id ?? newID(), project: project, parent: parent, meanings: meanings)
        order += 1
        result.dispositions.append(NamedDisposition(disposition: disposition, key: key, name: name(reader, old?.name), order: order))
        for item in reader["below"].items() { readDisposition(item, of: project, below: disposition.id, order: &order) }
    }

    private mutating func readEntryPoint(_ written: String, _ reader: SetUpReader, of project: Project, plan: PhoneNumber.NationalPlan?) {
        reader.allow("queue", "priority", "language", "hours")
        // Extensions of three digits are numbers here, too.
        let number = (try? PhoneNumber(parsing: written, national: plan))?.description ?? written
        let queueKey = reader["queue"].text()
        let queue = result.queues.first { $0.key == queueKey } ?? known.queues.first { $0.key == queueKey }
        if let queue, queue.queue.project != project.id { reader["queue"].refuse("a queue of this project") }
        if queue == nil { reader["queue"].refuse("the key of a queue") }
        let level = reader["priority"].whole(1...99, default: Int(ContactPriority.normal.level))
        let old = known.entryPoints.first { $0.number == number }
        if let old, old.entryPoint.project != project.id { reader.refuse("a number that no other project has") }
        guard let queue else { return }
        let entry = EntryPoint(
            id: old?.entryPoint.id ?? newID(), project: project.id, queue: queue.queue.id, priority: ContactPriority(level) ?? .normal,
            language: reader["language"].language(default: project.language),
            hours: Self.entryHours(reader["hours"], otherwise: old?.entryPoint.hours))
        result.entryPoints.append(NumberedEntryPoint(entryPoint: entry, number: number))
    }

    // MARK: Lines

    private mutating func readTrunk(_ key: String, _ reader: SetUpReader) {
        let old = known.trunks.first { $0.key == key }
        result.trunks.append(TrunkReader(reader: reader, old: old).trunk(old?.id ?? newID(), key: key))
    }

    private mutating func readPhone(_ user: String, _ reader: SetUpReader) {
        reader.allow("secret", "address")
        let old = known.phones.first { $0.user == user }
        let access: PhoneAccount.Access
        switch (reader["secret"].isAbsent, reader["address"].isAbsent) {
        case (false, true):
            // Phones are registered from anywhere: a short secret is guessed.
            let secret = reader["secret"].secret(min: 12)
            let (md5, sha256) = secrets.phone(user, secret)
            access = .registers(md5: md5, sha256: sha256)
        case (true, false):
            guard let address = socketAddress(reader["address"]) else { return }
            access = .fixed(address)
        case (true, true), (false, false):
            return reader.refuse("either a secret (the phone registers) or an address (it is fixed)")
        }
        result.phones.append(PhoneAccount(id: old?.id ?? newID(), user: user, access: access))
    }

    private func socketAddress(_ reader: SetUpReader) -> NetworkAddress? {
        guard let address = NetworkAddress(reader.text()) else {
            reader.refuse("an IP address and a port, such as 192.0.2.10:5060")
            return nil
        }
        return address
    }

    // MARK: People

    private mutating func readUser(_ login: String, _ reader: SetUpReader) throws {
        reader.allow("name", "password", "role", "language", "team", "projects", "phone", "queues")
        let old = known.users.first { $0.login == login }
        let role = reader["role"].choice(Role.allCases.map { ($0.rawValue, $0) }, default: old?.user.role ?? .agent) ?? .agent
        var projects: Set<ProjectID> = []
        for item in reader["projects"].items() {
            let key = item.text()
            if let project = project(key) { projects.insert(project) } else { item.refuse("the key of a project") }
        }
        if reader["projects"].isAbsent, let old { projects = old.user.projects }
        let team = reader["team"].isAbsent ? old?.user.team : find(reader["team"], in: result.teams + known.teams, what: "team")
        let agent = readAgent(reader, old: old, team: team)
        if let agent { result.agents.append(agent) }
        var hash = old?.passwordHash
        if !reader["password"].isAbsent {
            let password = reader["password"].secret(min: 8)
            hash = try secrets.password(password, old?.passwordHash)
        }
        let user = User(id: old?.user.id ?? newID(), agent: agent?.id, team: team, projects: projects, role: role)
        let name = reader["name"].isAbsent ? old?.name ?? login : reader["name"].text()
        result.users.append(
            UserAccount(
                user: user, login: login, name: name, language: reader["language"].language(default: old?.language ?? .english),
                passwordHash: hash))
    }

    /// A user with queues or a phone is an agent.
    private mutating func readAgent(_ reader: SetUpReader, old: UserAccount?, team: TeamID?) -> Agent? {
        let oldAgent = old?.user.agent.flatMap { id in known.agents.first { $0.id == id } }
        guard !reader["queues"].isAbsent || !reader["phone"].isAbsent || oldAgent != nil else { return nil }
        var phone = oldAgent?.phone
        if !reader["phone"].isAbsent {
            let user = reader["phone"].text()
            phone = (result.phones + known.phones).first { $0.user == user }?.id
            if phone == nil { reader["phone"].refuse("the user name of a phone") }
        }
        var profile = oldAgent?.profile ?? RoutingProfile([])
        if !reader["queues"].isAbsent {
            profile = RoutingProfile(reader["queues"].entries().compactMap { key, value in entry(key, value) })
        }
        return Agent(id: oldAgent?.id ?? newID(), team: team, phone: phone, profile: profile)
    }

    private func entry(_ key: String, _ reader: SetUpReader) -> RoutingProfile.Entry? {
        guard let queue = (result.queues + known.queues).first(where: { $0.key == key }) else {
            reader.refuse("'\(key)' to be the key of a queue")
            return nil
        }
        if !reader.isAbsent { reader.allow("priority", "delay") }
        return .init(
            queue: queue.queue.id, priority: UInt8(reader["priority"].whole(1...99, default: 1)),
            delay: reader["delay"].seconds(0...3600, default: 0))
    }

    private func project(_ key: String) -> ProjectID? {
        (result.projects + known.projects).first { $0.key == key }?.project.id
    }

    private func find<Identity>(_ reader: SetUpReader, in things: [Named<Identity>], what: String) -> Identity? {
        let key = reader.text()
        guard let thing = things.first(where: { $0.key == key }) else {
            reader.refuse("the key of a \(what)")
            return nil
        }
        return thing.id
    }

    // MARK: Names and ids

    private mutating func named<Tag>(_ key: String, _ reader: SetUpReader, _ known: [Named<ID<Tag>>]) -> Named<ID<Tag>> {
        reader.allow("name")
        let old = known.first { $0.key == key }
        return Named(id: old?.id ?? newID(), key: key, name: name(reader, old?.name))
    }

    /// A name is one text, or one for each language.
    private func name(_ reader: SetUpReader, _ old: Localised?) -> Localised {
        let reader = reader["name"]
        if reader.isAbsent, let old { return old }
        guard reader.node?.mapping != nil else { return Localised([.english: reader.text()]) }
        var texts: [Language: String] = [:]
        for (key, value) in reader.entries() {
            if let language = Language(rawValue: key) {
                texts[language] = value.text()
            } else {
                value.refuse("a language: one of \(Language.allCases.map(\.rawValue).joined(separator: ", "))")
            }
        }
        return Localised(texts)
    }

    private func digits(_ reader: SetUpReader) -> String {
        let text = reader.text(max: 5)
        if !text.allSatisfy({ $0.isASCII && $0.isNumber }) { reader.refuse("digits") }
        return text
    }

    private mutating func newID<Tag>() -> ID<Tag> { ID(at: now, using: &random) }
}
