import Operation
import Organization
import Primitives
import Yams

/// The YAML file that `callfloor admin apply` reads, or a part of it that a screen sends. What it names is made or changed; what it
/// does not name stays, down to the single setting, so a file can be applied again and in parts. `remove` says what goes.
///
/// Things are called by their keys; their ids are given when a key is first seen and kept in the tables, also of what was removed.
package struct SetUpFile {
    /// A larger file is refused before it is read.
    package static let bytesMax = 1 << 20

    let known: SetUp
    /// What was removed: who names it again has it back.
    let retired: SetUp
    /// Who applies it; nil: the command line.
    let author: UserID?
    /// It takes a change back: what was removed comes back with its secrets.
    let isUndo: Bool
    private let now: Timestamp
    private var random: Random
    let secrets: Secrets
    var result = SetUp()
    var removal = SetUpRemoval()
    let flaws = SetUpReader.Flaws()

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
    /// - Parameters:
    ///   - retired: what was removed and can come back.
    ///   - author: who applies it; nil: the command line.
    ///   - isFragment: a part that a screen sends need not say the version of the format.
    ///   - isUndo: it takes a change back, so that who comes back is who went, and keeps his secret. Else it is perhaps somebody else.
    /// - Returns: what it changes, each thing that stays or comes back keeping its id.
    /// - Throws: `SetUpRefused` with every flaw.
    package static func read(
        _ yaml: String, known: SetUp, retired: SetUp = SetUp(), author: UserID? = nil, isFragment: Bool = false, isUndo: Bool = false,
        secrets: Secrets, at now: Timestamp, random: Random
    ) throws -> SetUpPlan {
        guard yaml.utf8.count <= bytesMax else {
            throw SetUpRefused(flaws: [
                .init(
                    path: "(file)", value: "\(yaml.utf8.count) bytes", rule: .tooMany(max: bytesMax), expected: "at most \(bytesMax) bytes")
            ])
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw SetUpRefused(flaws: [.init(path: "(file)", value: "not YAML", rule: .malformed, expected: "\(error)")])
        }
        var file = SetUpFile(
            known: known, retired: retired, author: author, isUndo: isUndo, now: now, random: random, secrets: secrets)
        let top = SetUpReader(path: "", node: node, flaws: file.flaws)
        try file.read(top, isFragment: isFragment)
        let plan = file.plan()
        file.checkAccounts(top, plan)
        guard file.flaws.found.isEmpty else { throw SetUpRefused(flaws: file.flaws.found) }
        return plan
    }

    private init(
        known: SetUp, retired: SetUp, author: UserID?, isUndo: Bool, now: Timestamp, random: Random, secrets: Secrets
    ) {
        self.known = known
        self.retired = retired
        self.author = author
        self.isUndo = isUndo
        self.now = now
        self.random = random
        self.secrets = secrets
    }

    private mutating func read(_ top: SetUpReader, isFragment: Bool) throws {
        top.allow("callfloor", "remove", "reasons", "teams", "trunks", "phones", "projects", "users")
        if top["callfloor"].node?.int != 1, !isFragment || !top["callfloor"].isAbsent {
            top["callfloor"].refuse(.choice(["1"]), "1, the version of this format")
        }
        // What goes is not there any more for what is named.
        readRemoval(top["remove"])
        for (key, value) in top["reasons"].things() { result.reasons.append(named(key, value, known.reasons, retired.reasons)) }
        for (key, value) in top["teams"].things() { result.teams.append(named(key, value, known.teams, retired.teams)) }
        for (key, value) in top["trunks"].things() { readTrunk(key, value) }
        for (key, value) in top["phones"].things() { readPhone(key, value) }
        for (key, value) in top["projects"].things() { readProject(key, value) }
        leaveRemoved()
        for (key, value) in top["users"].things() { try readUser(key, value) }
        for (key, value) in top["projects"].things() { readEscalations(of: key, value["queues"]) }
    }

    // MARK: Lines

    private mutating func readTrunk(_ key: String, _ reader: SetUpReader) {
        let old = known.trunks.first { $0.key == key } ?? retired.trunks.first { $0.key == key }
        result.trunks.append(TrunkReader(reader: reader, old: old).trunk(old?.id ?? newID(), key: key))
    }

    private mutating func readPhone(_ user: String, _ reader: SetUpReader) {
        reader.allow("secret", "address")
        let there = known.phones.first { $0.user == user }
        let old = there ?? retired.phones.first { $0.user == user }
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
        case (true, true):
            let isLost =
                switch old?.access {
                case .fixed: reader["address"].isNull
                case .registers: there == nil && !isUndo
                case nil: true
                }
            guard let old, !isLost else {
                return reader.refuse("nothing", .required, "either a secret (the phone registers) or an address (it is fixed)")
            }
            access = old.access
        case (false, false):
            return reader.refuse(.conflict, "either a secret (the phone registers) or an address (it is fixed)")
        }
        result.phones.append(PhoneAccount(id: old?.id ?? newID(), user: user, access: access))
    }

    private func socketAddress(_ reader: SetUpReader) -> NetworkAddress? {
        guard let address = NetworkAddress(reader.text()) else {
            reader.refuse(.socketAddress, "an IP address and a port, such as 192.0.2.10:5060")
            return nil
        }
        return address
    }

    // MARK: What is there, with what this file makes of it

    var phones: [PhoneAccount] { result.phones + known.phones.filter { !removal.phones.contains($0.id) } }
    var trunks: [TrunkAccount] { result.trunks + known.trunks.filter { !removal.trunks.contains($0.id) } }
    var teams: [Named<TeamID>] { result.teams + known.teams.filter { !removal.teams.contains($0.id) } }
    var projects: [NamedProject] { result.projects + known.projects.filter { !removal.projects.contains($0.project.id) } }
    var queues: [NamedQueue] { result.queues + known.queues.filter { !removal.queues.contains($0.queue.id) } }
    var users: [UserAccount] { result.users + known.users.filter { !removal.users.contains($0.user.id) } }

    // MARK: Names and ids

    private mutating func named<Tag>(
        _ key: String, _ reader: SetUpReader, _ known: [Named<ID<Tag>>], _ retired: [Named<ID<Tag>>]
    ) -> Named<ID<Tag>> {
        reader.allow("name")
        let old = known.first { $0.key == key } ?? retired.first { $0.key == key }
        return Named(id: old?.id ?? newID(), key: key, name: name(reader, old?.name))
    }

    /// A name is one text, or one for each language.
    func name(_ reader: SetUpReader, _ old: Localised?) -> Localised {
        let reader = reader["name"]
        if reader.isAbsent, let old { return old }
        return texts(reader, max: SetUpReader.textMax)
    }

    /// What may be left unsaid; `none` and null take it away.
    func textsOrNone(_ reader: SetUpReader, _ old: Localised?, max: Int) -> Localised {
        if reader.isNull || reader.node?.string == "none" { return Localised([:]) }
        return reader.isLeftOut ? old ?? Localised([:]) : texts(reader, max: max)
    }

    private func texts(_ reader: SetUpReader, max: Int) -> Localised {
        guard reader.node?.mapping != nil else { return Localised([.english: reader.text(max: max)]) }
        var texts: [Language: String] = [:]
        for (key, value) in reader.entries() {
            if let language = Language(rawValue: key) {
                if !value.isAbsent { texts[language] = value.text(max: max) }
            } else {
                value.refuseLanguage(key)
            }
        }
        if reader.entries().isEmpty { reader.refuse("nothing", .required, "a text in at least one language") }
        return Localised(texts)
    }

    /// The same where something may be without a name; null takes it away.
    func nameOrNone(_ reader: SetUpReader, _ old: Localised?) -> Localised {
        if reader["name"].isNull { return Localised([:]) }
        return reader["name"].isLeftOut ? old ?? Localised([:]) : name(reader, old)
    }

    mutating func newID<Tag>() -> ID<Tag> { ID(at: now, using: &random) }
}
