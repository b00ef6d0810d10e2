import Operation
import Organization
import Primitives
import Yams

/// Projects with what belongs to them: queues, dispositions, entry points.
extension SetUpFile {
    mutating func readProject(_ key: String, _ reader: SetUpReader) {
        reader.allow(
            "name", "timeZone", "language", "numbers", "outbound", "hours", "recording", "quotas", "wallboards", "alerts", "supervision",
            "greeting", "jobDescription", "queues", "dispositions", "entryPoints")
        let old = known.projects.first { $0.key == key } ?? retired.projects.first { $0.key == key }
        let id = old?.project.id ?? newID()
        let zone = reader["timeZone"]
        let zoneName = zone.isAbsent ? old?.project.time.zoneName ?? "GMT" : zone.text()
        if CivilTime(zone: zoneName) == nil { zone.refuse(.timeZone, "the name of a time zone, such as Europe/London") }
        let language = reader["language"].language(default: old?.project.language ?? .english)
        let plan = numberPlan(reader["numbers"], old?.numbers)
        let project = Project(
            id: id, time: CivilTime(zone: zoneName) ?? .utc, language: language,
            hours: Self.hours(reader["hours"], otherwise: old?.project.hours),
            recording: Self.recording(reader["recording"], otherwise: old?.project.recording ?? .standard))
        let outbound = OutboundReader(reader: reader["outbound"], old: old?.outbound, trunks: trunks).rules()
        let quotas = quotas(reader["quotas"], of: id, old: old?.quotas ?? [])
        reader["supervision"].allow("shown")
        let usual = reader["supervision"].isNull ? true : old?.showsSupervision ?? true
        let showsSupervision = reader["supervision"]["shown"].truth(default: usual)
        var named = NamedProject(
            project: project, key: key, name: name(reader, old?.name), numbers: plan, outbound: outbound, quotas: quotas,
            showsSupervision: showsSupervision,
            greeting: textsOrNone(reader["greeting"], old?.greeting, max: NamedProject.greetingMax),
            jobDescription: textsOrNone(reader["jobDescription"], old?.jobDescription, max: NamedProject.jobDescriptionMax))
        for (queueKey, value) in reader["queues"].things() { readQueue(queueKey, value, of: id) }
        // They name queues, also those of the same file.
        named.wallboards = wallboards(reader["wallboards"], of: id, old: old?.wallboards ?? [])
        named.alerts = alerts(reader["alerts"], of: id, old: old?.alerts ?? [])
        result.projects.append(named)
        readDispositions(reader["dispositions"].items(), of: id, below: nil)
        for (number, value) in reader["entryPoints"].things() { readEntryPoint(number, value, of: project, plan: plan) }
    }

    private func numberPlan(_ reader: SetUpReader, _ old: PhoneNumber.NationalPlan?) -> PhoneNumber.NationalPlan? {
        if reader.isLeftOut { return old }
        guard !reader.isNull else { return nil }
        reader.allow("countryCode", "trunkPrefix")
        let country = reader["countryCode"], prefix = reader["trunkPrefix"]
        return .init(
            countryCode: country.isAbsent && old != nil ? old?.countryCode ?? "" : digits(country),
            trunkPrefix: prefix.isAbsent ? old?.trunkPrefix ?? "0" : digits(prefix))
    }

    private func digits(_ reader: SetUpReader) -> String {
        let text = reader.text(max: 5)
        if !text.allSatisfy({ $0.isASCII && $0.isNumber }) { reader.refuse(.digits, "digits") }
        return text
    }

    // MARK: Queues

    private mutating func readQueue(_ key: String, _ reader: SetUpReader, of project: ProjectID) {
        reader.allow("name", "ringTimeout", "wrapUp", "serviceLevel", "shortAbandon", "waitingMax", "reasonTimeout", "escalation")
        let namesake = queues.first { $0.key == key }
        if let namesake, namesake.queue.project != project { reader.refuse(.taken, "a key that no other project's queue has") }
        let old = namesake ?? retired.queues.first { $0.key == key && $0.queue.project == project }
        let usual = old?.queue ?? Queue(id: newID(), project: project)
        var queue = Queue(
            id: usual.id, project: project, ringTimeout: reader["ringTimeout"].seconds(3...120, default: usual.ringTimeout),
            wrapUp: Self.wrapUp(reader["wrapUp"], otherwise: usual.wrapUp),
            serviceLevelTarget: reader["serviceLevel"].seconds(1...3600, default: usual.serviceLevelTarget),
            shortAbandon: reader["shortAbandon"].seconds(0...600, default: usual.shortAbandon),
            waitingMax: reader["waitingMax"].whole(1...100_000, default: usual.waitingMax),
            reasonTimeout: reader["reasonTimeout"].seconds(5...300, default: usual.reasonTimeout))
        if reader["escalation"].isLeftOut {
            queue.escalation = usual.escalation.flatMap { id in queues.contains { $0.queue.id == id } ? id : nil }
            queue.escalationAgent = usual.escalationAgent.flatMap { id in users.contains { $0.user.agent == id } ? id : nil }
        }
        result.queues.append(NamedQueue(queue: queue, key: key, name: name(reader, old?.name)))
    }

    // MARK: Dispositions

    /// The siblings below `parent` that the file names come in its order. Those it leaves out keep their places, and so does what is named
    /// in the order it has.
    private mutating func readDispositions(_ items: [SetUpReader], of project: ProjectID, below parent: DispositionID?) {
        var siblings: [(reader: SetUpReader, named: NamedDisposition)] = []
        for reader in items {
            reader.allow("key", "name", "meanings", "below")
            let key = reader["key"].text(max: SetUpReader.keyMax)
            if !key.isEmpty, siblings.contains(where: { $0.named.key == key }) || isNamed(key, in: project) {
                reader["key"].refuse(.taken, "a key that no other disposition of this project has")
            }
            let old = disposition(key, of: project, in: known) ?? disposition(key, of: project, in: retired)
            let disposition = Disposition(
                id: old?.disposition.id ?? newID(), project: project, parent: parent,
                meanings: meanings(reader["meanings"], old?.disposition.meanings ?? []))
            let order = old?.disposition.parent == parent ? old?.order ?? 0 : 0
            siblings.append((reader, NamedDisposition(disposition: disposition, key: key, name: name(reader, old?.name), order: order)))
        }
        let others = known.dispositions.filter { known in
            known.disposition.project == project && known.disposition.parent == parent
                && !siblings.contains { $0.named.disposition.id == known.disposition.id }
        }
        let orders = Self.orders(siblings.map(\.named.order), others: others.map(\.order))
        for (index, order) in zip(siblings.indices, orders) {
            siblings[index].named.order = order
            result.dispositions.append(siblings[index].named)
            readDispositions(siblings[index].reader["below"].items(), of: project, below: siblings[index].named.disposition.id)
        }
    }

    /// - Parameters:
    ///   - old: the ranks of those that are named, 0 where one has none yet.
    ///   - others: those of their siblings that are not named.
    static func orders(_ old: [Int], others: [Int]) -> [Int] {
        let placed = old.prefix { $0 > 0 }
        let last = (placed + others).max() ?? 0
        let isInOrder = zip(placed, placed.dropFirst()).allSatisfy { $0 < $1 } && old.dropFirst(placed.count).allSatisfy { $0 == 0 }
        if isInOrder { return placed + (1...max(1, old.count)).prefix(old.count - placed.count).map { last + $0 } }
        return old.indices.map { (others.max() ?? 0) + 1 + $0 }
    }

    private func disposition(_ key: String, of project: ProjectID, in setUp: SetUp) -> NamedDisposition? {
        setUp.dispositions.first { $0.key == key && $0.disposition.project == project }
    }

    private func isNamed(_ key: String, in project: ProjectID) -> Bool { disposition(key, of: project, in: result) != nil }

    private func meanings(_ reader: SetUpReader, _ old: Disposition.Meanings) -> Disposition.Meanings {
        if reader.isAbsent { return old }
        var meanings: Disposition.Meanings = []
        for item in reader.items() {
            if let meaning = item.choice(Disposition.Meanings.named.map { ($0.name, $0.meaning) }) { meanings.insert(meaning) }
        }
        return meanings
    }

    // MARK: Entry points

    private mutating func readEntryPoint(_ written: String, _ reader: SetUpReader, of project: Project, plan: PhoneNumber.NationalPlan?) {
        reader.allow("queue", "priority", "language", "hours")
        // Extensions of three digits are numbers here, too.
        let number = (try? PhoneNumber(parsing: written, national: plan))?.description ?? written
        let holder = (result.entryPoints + known.entryPoints.filter { !removal.entryPoints.contains($0.entryPoint.id) })
            .first { $0.number == number }
        if let holder, holder.entryPoint.project != project.id { reader.refuse(.taken, "a number that no other project has") }
        let old = (holder ?? retired.entryPoints.first { $0.number == number && $0.entryPoint.project == project.id })?.entryPoint
        let priority = reader["priority"].whole(1...99, default: Int(old?.priority.level ?? ContactPriority.normal.level))
        guard let queue = queue(reader["queue"], of: project.id, old: old?.queue) else { return }
        let entry = EntryPoint(
            id: old?.id ?? newID(), project: project.id, queue: queue, priority: ContactPriority(priority) ?? .normal,
            language: reader["language"].language(default: old?.language ?? project.language),
            hours: Self.entryHours(reader["hours"], otherwise: old?.hours))
        result.entryPoints.append(NumberedEntryPoint(entryPoint: entry, number: number))
    }

    func queue(_ reader: SetUpReader, of project: ProjectID, old: QueueID?) -> QueueID? {
        if reader.isAbsent, let old, queues.contains(where: { $0.queue.id == old }) { return old }
        let key = reader.text()
        guard let queue = queues.first(where: { $0.key == key }) else {
            reader.refuse(.unknownQueue, "the key of a queue")
            return nil
        }
        if queue.queue.project != project { reader.refuse(.otherProject, "a queue of this project") }
        return queue.queue.id
    }
}
