import Contacts
import Customers
import Organization
import Primitives

/// Something that happened with a customer.
package enum TimelineEntry: Hashable, Sendable {
    case contact(ContactRow)
    case consent(Consent)
    case proposal(ProposalRow)
    case concession(ConcessionRow)
    case merged(CustomerID, into: CustomerID, at: Timestamp, by: UserID)
    case unmerged(CustomerID, at: Timestamp, by: UserID)

    package var at: Timestamp {
        switch self {
        case .contact(let row): row.openedAt
        case .consent(let consent): consent.at
        case .proposal(let proposal): proposal.at
        case .concession(let concession): concession.at
        case .merged(_, _, let at, _), .unmerged(_, let at, _): at
        }
    }

    fileprivate var isOpen: Bool {
        if case .contact(let row) = self { row.closedAt == nil } else { false }
    }
}

extension Store {
    /// Contacts on one page of a timeline.
    package static let timelineMax = 100

    /// What happened with a customer and all who have become part of him: what is open first, then the newest first. Contacts from his
    /// numbers of which nobody has said whose they are, are taken for his.
    package func timeline(of customer: CustomerRow, limit: Int, before: ContactCursor? = nil) async throws
        -> (entries: [TimelineEntry], next: ContactCursor?)
    {
        let limit = min(max(limit, 1), Self.timelineMax)
        return try await readers.read { connection in
            try connection.transaction(.reading) {
                let members = try CustomerTable.members(of: customer.customer.id, on: connection)
                var contacts = try TimelineStatements.contacts(
                    of: members, customer.customer, before: before?.contact, limit: limit + 1, on: connection)
                let next = contacts.count > limit ? contacts[limit - 1] : nil
                contacts.removeLast(contacts.count - min(contacts.count, limit))
                // The rest happened between the contacts of this page, or after the last of all.
                let others = try Self.others(of: members, on: connection).filter { entry in
                    (before.map { entry.at < $0.openedAt } ?? true) && (next.map { entry.at >= $0.openedAt } ?? true)
                }
                let entries = (contacts.map(TimelineEntry.contact) + others).sorted { $0.at > $1.at }
                return (
                    entries.filter(\.isOpen) + entries.filter { !$0.isOpen },
                    next.map { ContactCursor(openedAt: $0.openedAt, contact: $0.id) }
                )
            }
        }
    }

    private static func others(of members: [CustomerID], on connection: any Connection) throws -> [TimelineEntry] {
        try CustomerTable.allConsents(of: members, on: connection).map(TimelineEntry.consent)
            + ProposalTable.proposals(to: members, on: connection).map(TimelineEntry.proposal)
            + ProposalTable.concessions(to: members, on: connection).map(TimelineEntry.concession)
            + members.flatMap { member in
                try connection.all(TimelineStatements.merges, ["id": .of(member)]) { row -> [TimelineEntry] in
                    let other: CustomerID = try row.id()
                    let merged = TimelineEntry.merged(other, into: member, at: try row.time(), by: try row.id())
                    guard let at = try row.timeOrNil() else { return [merged] }
                    return [merged, .unmerged(other, at: at, by: try row.id())]
                }.flatMap { $0 }
            }
    }
}

enum TimelineStatements {
    /// The newest contacts of a customer, by ids, which grow with time.
    ///
    /// - Parameter areHisAlone: of contacts that nobody has said whose they are, only those from numbers that no other customer has.
    static func contacts(
        of members: [CustomerID], _ customer: Customer, areHisAlone: Bool = false, before: ContactID?, limit: Int,
        on connection: any Connection
    ) throws -> [ContactRow] {
        let page: Bindings = ["before": before.map { .of($0) } ?? .id(.max, .max), "limit": .of(limit)]
        var found: [ContactID: ContactRow] = [:]
        for member in members {
            var values: Bindings = ["customer": .of(member)]
            values += page
            for row in try connection.all(chosen, values, { try ContactRow(&$0) }) { found[row.id] = row }
        }
        for number in Set(customer.numbers.map(\.number)) {
            var values: Bindings = ["number": .of(number), "project": .of(customer.project)]
            values += page
            let others: Bindings = ["number": .of(number), "project": .of(customer.project), "customer": .of(customer.id)]
            if areHisAlone, try connection.first(sharing, others, { try $0.integer() }) != nil { continue }
            for row in try connection.all(unclaimed, values, { try ContactRow(&$0) }) { found[row.id] = row }
        }
        return Array(found.values.sorted { $0.id > $1.id }.prefix(limit))
    }

    private static let chosen = Statement(
        """
        SELECT \(ContactRow.columns) FROM \(ContactRow.tables)
        WHERE contact.customer = $customer AND contact.id < $before ORDER BY contact.id DESC LIMIT $limit
        """)
    private static let unclaimed = Statement(
        """
        SELECT \(ContactRow.columns) FROM \(ContactRow.tables)
        WHERE contact_caller.number = $number AND contact.project = $project AND contact.customer IS NULL
            AND contact_caller.contact < $before
        ORDER BY contact_caller.contact DESC LIMIT $limit
        """)
    private static let sharing = Statement(
        """
        SELECT 1 FROM customer_number JOIN customer ON customer.id = customer_number.customer
        WHERE customer_number.number = $number AND customer.project = $project AND customer.merged_into IS NULL
            AND customer.id <> $customer LIMIT 1
        """)
    static let merges = Statement(
        """
        SELECT other, merged_at, merged_by, unmerged_at, unmerged_by FROM customer_merge WHERE customer = $id
        """)
}
