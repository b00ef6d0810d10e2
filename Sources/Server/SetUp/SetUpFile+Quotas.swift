import Operation
import Organization
import Primitives
import Yams

/// What agents, teams and projects are to reach in an hour or a shift.
extension SetUpFile {
    /// - Returns: those of before with what the file changes in them, and its new ones after them; those that the file names in another
    ///   order come after the rest, in the file's.
    mutating func quotas(_ reader: SetUpReader, of project: ProjectID, old: [NamedQuota]) -> [NamedQuota] {
        var quotas = old.filter { !removal.quotas.contains($0.quota.id) }
        var keys: [String] = []
        for (key, value) in reader.things() {
            let known = quotas.firstIndex { $0.key == key }
            if value.isNull {
                if let known { quotas.remove(at: known) }
                continue
            }
            let named = quota(key, value, of: project, old: known.map { quotas[$0] })
            if let known { quotas[known] = named } else { quotas.append(named) }
            if !keys.contains(key) { keys.append(key) }
        }
        let written = quotas.filter { keys.contains($0.key) }
        if written.map(\.key) != keys {
            quotas = quotas.filter { !keys.contains($0.key) } + keys.compactMap { key in written.first { $0.key == key } }
        }
        if quotas.count > Self.quotasMax { reader.refuse(.tooMany(max: Self.quotasMax), "at most \(Self.quotasMax) quotas") }
        return quotas
    }

    /// More are on no screen.
    static let quotasMax = 20

    private mutating func quota(_ key: String, _ reader: SetUpReader, of project: ProjectID, old: NamedQuota?) -> NamedQuota {
        reader.allow("name", "counts", "per", "by", "target")
        let known = old?.quota
        let counts = reader["counts"].choice(
            Quota.Count.names.compactMap { name in Quota.Count(name).map { (name, $0) } }, default: known?.counts ?? .handled)
        let per = reader["per"].choice(Quota.Period.allCases.map { ($0.rawValue, $0) }, default: known?.per)
        let by = reader["by"].choice(Quota.Holder.allCases.map { ($0.rawValue, $0) }, default: known?.by ?? .agent)
        let quota = Quota(
            id: known?.id ?? newID(), project: project, counts: counts ?? .handled, per: per ?? .hour, by: by ?? .agent,
            target: reader["target"].whole(1...Quota.targetMax, default: known?.target))
        return NamedQuota(quota: quota, key: key, name: nameOrNone(reader, old?.name))
    }
}
