import Contacts
import Customers
import Organization
import Primitives
import Products

package typealias ProposalID = ID<Proposal>
package typealias ConcessionID = ID<Concession>

/// An proposal as it is kept.
package struct ProposalRow: Hashable, Sendable {
    package var id: ProposalID
    package var contact: ContactID
    package var project: ProjectID
    /// Nil: nobody has said whose contact it is.
    package var customer: CustomerID?
    package var product: String
    package var category: String
    /// What it was called then: the JSON of whoever wrote it.
    package var name: String
    package var price: Amount
    /// Percent.
    package var discount: Amount
    package var total: Amount
    package var currency: String
    package var period: Product.Period
    package var state: Proposal.State
    package var reason: String?
    package var reasonName: String?
    package var competitorPrice: Amount?
    package var note: String
    package var at: Timestamp
    package var by: UserID

    package init(
        id: ProposalID, contact: ContactID, project: ProjectID, customer: CustomerID?, product: String, category: String, name: String,
        price: Amount, discount: Amount, currency: String, period: Product.Period, state: Proposal.State, reason: String?,
        reasonName: String?,
        competitorPrice: Amount?, note: String, at: Timestamp, by: UserID
    ) {
        self.id = id
        self.contact = contact
        self.project = project
        self.customer = customer
        self.product = product
        self.category = category
        self.name = name
        self.price = price
        self.discount = discount
        total = price.less(percent: discount)
        self.currency = currency
        self.period = period
        self.state = state
        self.reason = reason
        self.reasonName = reasonName
        self.competitorPrice = competitorPrice
        self.note = note
        self.at = at
        self.by = by
    }
}

/// Money that was given back or for the trouble.
package struct ConcessionRow: Hashable, Sendable {
    package var id: ConcessionID
    package var contact: ContactID
    package var project: ProjectID
    package var customer: CustomerID?
    package var kind: Concession
    package var amount: Amount
    package var currency: String
    package var note: String
    package var at: Timestamp
    package var by: UserID
    package var approval: ApprovalID?

    package init(
        id: ConcessionID, contact: ContactID, project: ProjectID, customer: CustomerID?, kind: Concession, amount: Amount, currency: String,
        note: String, at: Timestamp, by: UserID, approval: ApprovalID?
    ) {
        self.id = id
        self.contact = contact
        self.project = project
        self.customer = customer
        self.kind = kind
        self.amount = amount
        self.currency = currency
        self.note = note
        self.at = at
        self.by = by
        self.approval = approval
    }
}

extension Store {
    /// Proposals and concessions that are told of one customer or contact at most.
    package static let proposalsMax = 200

    /// Keeps an proposal, anew or as it is now.
    package func keep(_ proposal: ProposalRow) async throws {
        try await writer.write { connection -> Void in
            try connection.run(
                ProposalStatements.keep,
                [
                    "id": .of(proposal.id), "contact": .of(proposal.contact), "project": .of(proposal.project),
                    "customer": .of(proposal.customer),
                    "product": .of(proposal.product), "category": .of(proposal.category), "name": .of(proposal.name),
                    "price": .of(proposal.price.hundredths), "discount": .of(proposal.discount.hundredths),
                    "total": .of(proposal.total.hundredths), "currency": .of(proposal.currency), "period": .of(proposal.period.rawValue),
                    "state": .of(proposal.state.rawValue), "reason": .of(proposal.reason), "reason_name": .of(proposal.reasonName),
                    "competitor_price": .of(proposal.competitorPrice?.hundredths), "note": .of(proposal.note), "at": .of(proposal.at),
                    "by_user": .of(proposal.by),
                ])
        }
    }

    package func proposal(_ id: ProposalID) async throws -> ProposalRow? {
        try await readers.read { try $0.first(ProposalStatements.one, ["id": .of(id)]) { try ProposalRow(&$0) } }
    }

    /// The oldest first.
    package func proposals(in contact: ContactID) async throws -> [ProposalRow] {
        try await readers.read {
            try $0.all(ProposalStatements.ofContact, ["contact": .of(contact), "limit": .of(Self.proposalsMax)]) { try ProposalRow(&$0) }
        }
    }

    /// What a customer, and all who have become part of him, were proposed; the newest first.
    package func proposals(to customer: CustomerID) async throws -> [ProposalRow] {
        try await readers.read { connection in
            try connection.transaction(.reading) {
                let members = try CustomerTable.members(of: customer, on: connection)
                return Array(try ProposalTable.proposals(to: members, on: connection).prefix(Self.proposalsMax))
            }
        }
    }

    package func keep(_ concession: ConcessionRow) async throws {
        try await writer.write { connection -> Void in
            try connection.run(
                ProposalStatements.keepConcession,
                [
                    "id": .of(concession.id), "contact": .of(concession.contact), "project": .of(concession.project),
                    "customer": .of(concession.customer), "kind": .of(concession.kind.rawValue),
                    "amount": .of(concession.amount.hundredths),
                    "currency": .of(concession.currency), "note": .of(concession.note), "at": .of(concession.at),
                    "by_user": .of(concession.by), "approval": .of(concession.approval),
                ])
        }
    }

    package func concessions(in contact: ContactID) async throws -> [ConcessionRow] {
        try await readers.read {
            try $0.all(ProposalStatements.concessionsOfContact, ["contact": .of(contact), "limit": .of(Self.proposalsMax)]) {
                try ConcessionRow(&$0)
            }
        }
    }

    /// Whoever was refused for one of some reasons, with the newest refusal of each; the newest first.
    ///
    /// - Parameter above: only what was to cost more than this.
    /// - Returns: without those who have accepted `product` since or have become part of another; `suppressed` do not want to be called.
    package func refusals(
        of project: ProjectID, for reasons: Set<String>, period: Product.Period, above price: Amount, product: String, limit: Int
    ) async throws -> (rows: [(proposal: ProposalRow, name: String)], suppressed: Int) {
        try await readers.read { connection in
            try connection.transaction(.reading) {
                var seen: Set<CustomerID> = []
                var found: [(proposal: ProposalRow, name: String)] = []
                var suppressed = 0
                var refused: [ProposalRow] = []
                for reason in reasons.sorted() {
                    refused += try connection.all(
                        ProposalStatements.refused, ["project": .of(project), "reason": .of(reason), "limit": .of(Self.refusalsMax)]
                    ) { try ProposalRow(&$0) }
                }
                for proposal in refused.sorted(by: { $0.at > $1.at }) where found.count < limit {
                    guard let customer = proposal.customer, seen.insert(customer).inserted, proposal.period == period,
                        price < proposal.total,
                        let row = try CustomerTable.read(customer, on: connection), row.mergedInto == nil
                    else { continue }
                    let members = try CustomerTable.members(of: customer, on: connection)
                    let others = try ProposalTable.proposals(to: members, on: connection)
                    if others.contains(where: { $0.product == product && $0.state == .accepted }) { continue }
                    // What he has accepted since ended the matter.
                    if others.contains(where: { $0.at > proposal.at && $0.product == proposal.product && $0.state == .accepted }) {
                        continue
                    }
                    let isRefused = try CustomerTable.consents(of: members, on: connection).contains { $0.channel == .call && !$0.isGiven }
                    if isRefused { suppressed += 1 } else { found.append((proposal, row.customer.name)) }
                }
                return (found, suppressed)
            }
        }
    }

    /// Refusals for one reason that are looked through.
    private static let refusalsMax = 10_000
}

/// Proposals of one customer, for those who read more of him.
enum ProposalTable {
    static func proposals(to members: [CustomerID], on connection: any Connection) throws -> [ProposalRow] {
        try members.flatMap { member in
            try connection.all(ProposalStatements.ofCustomer, ["customer": .of(member)]) { try ProposalRow(&$0) }
        }.sorted { $0.at > $1.at }
    }

    static func concessions(to members: [CustomerID], on connection: any Connection) throws -> [ConcessionRow] {
        try members.flatMap { member in
            try connection.all(ProposalStatements.concessionsOfCustomer, ["customer": .of(member)]) { try ConcessionRow(&$0) }
        }.sorted { $0.at > $1.at }
    }
}

extension ProposalRow {
    fileprivate init(_ row: inout Row) throws {
        self.init(
            id: try row.id(), contact: try row.id(), project: try row.id(), customer: try row.idOrNil(), product: try row.text(),
            category: try row.text(), name: try row.text(), price: Amount(hundredths: try row.integer()),
            discount: Amount(hundredths: try row.integer()), currency: try row.text(),
            period: try row.choice(), state: try row.choice(), reason: try row.textOrNil(), reasonName: try row.textOrNil(),
            competitorPrice: try row.integerOrNil().map { Amount(hundredths: $0) }, note: try row.text(), at: try row.time(),
            by: try row.id())
    }
}

extension ConcessionRow {
    fileprivate init(_ row: inout Row) throws {
        self.init(
            id: try row.id(), contact: try row.id(), project: try row.id(), customer: try row.idOrNil(), kind: try row.choice(),
            amount: Amount(hundredths: try row.integer()), currency: try row.text(), note: try row.text(), at: try row.time(),
            by: try row.id(), approval: try row.idOrNil())
    }
}

private enum ProposalStatements {
    private static let columns: SQL =
        """
        id, contact, project, customer, product, category, name, price, discount, currency, period, state, reason, reason_name,
        competitor_price, note, at, by_user
        """
    private static let given: SQL = "id, contact, project, customer, kind, amount, currency, note, at, by_user, approval"

    static let keep = Statement(
        """
        INSERT INTO proposal (id, contact, project, customer, product, category, name, price, discount, total, currency, period, state,
            reason, reason_name, competitor_price, note, at, by_user)
        VALUES ($id, $contact, $project, $customer, $product, $category, $name, $price, $discount, $total, $currency, $period, $state,
            $reason, $reason_name, $competitor_price, $note, $at, $by_user)
        ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, price = excluded.price, discount = excluded.discount,
            total = excluded.total, state = excluded.state, reason = excluded.reason, reason_name = excluded.reason_name, competitor_price = excluded.competitor_price,
            note = excluded.note, at = excluded.at, by_user = excluded.by_user
        """)
    static let one = Statement("SELECT \(columns) FROM proposal WHERE id = $id")
    static let ofContact = Statement("SELECT \(columns) FROM proposal WHERE contact = $contact ORDER BY at, id LIMIT $limit")
    static let ofCustomer = Statement("SELECT \(columns) FROM proposal WHERE customer = $customer ORDER BY at DESC")
    static let refused = Statement(
        """
        SELECT \(columns) FROM proposal WHERE project = $project AND reason = $reason AND state = 'refused' ORDER BY at DESC LIMIT $limit
        """)
    static let keepConcession = Statement(
        """
        INSERT INTO concession (id, contact, project, customer, kind, amount, currency, note, at, by_user, approval)
        VALUES ($id, $contact, $project, $customer, $kind, $amount, $currency, $note, $at, $by_user, $approval)
        ON CONFLICT (id) DO NOTHING
        """)
    static let concessionsOfContact = Statement("SELECT \(given) FROM concession WHERE contact = $contact ORDER BY at, id LIMIT $limit")
    static let concessionsOfCustomer = Statement("SELECT \(given) FROM concession WHERE customer = $customer ORDER BY at DESC")
}
