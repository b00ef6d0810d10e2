import Primitives

package typealias QuotaID = ID<Quota>

/// So many contacts an hour or a shift, which an agent, a team or all of a project are to reach.
package struct Quota: Hashable, Sendable {
    package let id: QuotaID
    package let project: ProjectID
    package var counts: Count
    package var per: Period
    package var by: Holder
    package var target: Int

    package static let targetMax = 100_000

    package init(id: QuotaID, project: ProjectID, counts: Count, per: Period, by: Holder, target: Int) {
        self.id = id
        self.project = project
        self.counts = counts
        self.per = per
        self.by = by
        self.target = target
    }

    /// Of the agents' parts in contacts that are done, those that count.
    package enum Count: Hashable, Sendable {
        case handled
        /// Whose disposition means this.
        case meaning(Disposition.Meanings)

        /// As set-up files and the wire write it.
        package var name: String {
            switch self {
            case .handled: "handled"
            case .meaning(let meaning): Disposition.Meanings.named.first { $0.meaning == meaning }?.name ?? ""
            }
        }

        package static let names = ["handled"] + Disposition.Meanings.named.map(\.name)

        /// Nil for any other name.
        package init?(_ name: String) {
            if name == "handled" {
                self = .handled
            } else if let meaning = Disposition.Meanings.named.first(where: { $0.name == name })?.meaning {
                self = .meaning(meaning)
            } else {
                return nil
            }
        }
    }

    package enum Period: String, Hashable, Sendable, CaseIterable {
        /// The hour that the clock on the project's wall shows.
        case hour
        /// An agent's since he came on; of a team or a project, the day.
        case shift
    }

    package enum Holder: String, Hashable, Sendable, CaseIterable {
        case agent, team, project
    }
}
