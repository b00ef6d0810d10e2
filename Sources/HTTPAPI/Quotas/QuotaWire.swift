import Operation
import Organization
import Primitives

/// How somebody stands with a quota.
struct QuotaWire: WireType, Hashable {
    var id: String
    /// What the set-up calls it; null: by what it counts.
    @OrNull var name: String?
    /// `handled`, or the meaning of a disposition.
    var counts: String
    var per: String
    var by: String
    /// The team or the project that is to reach it together.
    @OrNull var group: NamedWire?
    var done: Int
    var target: Int
    /// The target is spread over the time from here …
    var since: Int64
    /// … to here: who has done less than the share of the time that has passed is behind.
    var until: Int64

    static let schemaName = "Quota"
    static let schema = Schema.object([
        .required("id", .id), .required("name", .nullable(.string)), .required("counts", .enumeration(Quota.Count.names)),
        .required("per", .enumeration(Quota.Period.allCases.map(\.rawValue))),
        .required("by", .enumeration(Quota.Holder.allCases.map(\.rawValue))), .required("group", .nullable(.reference(NamedWire.self))),
        .required("done", .integer), .required("target", .integer), .required("since", .time), .required("until", .time),
    ])

    init(_ named: NamedQuota, _ holder: QuotaBook.Holder, _ standing: QuotaBook.Standing, names: Names, language: Language) {
        let quota = named.quota
        id = quota.id.description
        name = named.name.texts.isEmpty ? nil : named.name.text(in: language)
        counts = quota.counts.name
        per = quota.per.rawValue
        by = quota.by.rawValue
        group =
            switch holder {
            case .agent: nil
            case .team(let team): NamedWire(id: team.description, name: names.team(team, in: language))
            case .project(let project): NamedWire(id: project.description, name: names.project(project, in: language))
            }
        done = standing.done
        target = quota.target
        since = standing.pace.lowerBound.milliseconds
        until = standing.pace.upperBound.milliseconds
    }
}

extension QuotaBook {
    /// More than these are on no desk.
    static let shownMax = 6

    /// How an agent stands: with his own quotas first, then with those of his team and his projects.
    func wires(for agent: AgentID, at now: Timestamp, names: Names, language: Language) -> [QuotaWire] {
        let order: [Quota.Holder] = [.agent, .team, .project]
        let mine = order.flatMap { holder in names.quotas.filter { $0.quota.by == holder } }
        let wires = mine.lazy.compactMap { named -> QuotaWire? in
            guard let holder = holder(of: named.quota, for: agent), let standing = standing(of: named.quota, holder, at: now) else {
                return nil
            }
            return QuotaWire(named, holder, standing, names: names, language: language)
        }
        return Array(wires.prefix(Self.shownMax))
    }

    /// How the teams and projects stand that somebody sees on the floor.
    func wires(for sight: FloorSight, at now: Timestamp, names: Names, language: Language) -> [QuotaWire] {
        names.quotas.filter { sight.tells($0.quota.project) }.flatMap { named in
            groups(of: named.quota).filter(sight.shows).compactMap { holder in
                standing(of: named.quota, holder, at: now).map { QuotaWire(named, holder, $0, names: names, language: language) }
            }
        }
    }

    /// What shows otherwise although nobody did anything, because time has passed.
    func periods(at now: Timestamp, _ quotas: [NamedQuota]) -> Set<Range<Timestamp>> {
        Set(quotas.compactMap { standing(of: $0.quota, .project($0.quota.project), at: now)?.pace })
    }
}
