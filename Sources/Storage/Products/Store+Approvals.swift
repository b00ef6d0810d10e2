import Contacts
import Organization
import Primitives
import Products

package typealias ApprovalID = ID<ApprovalRow>

/// An agent asks whether he may give more than he may decide alone.
package struct ApprovalRow: Hashable, Sendable {
    package enum State: String, CaseIterable, Sendable { case asked, approved, refused, withdrawn }

    package var id: ApprovalID
    package var contact: ContactID
    package var project: ProjectID
    package var agent: AgentID
    package var team: TeamID?
    package var askedBy: UserID
    package var kind: Concession
    package var amount: Amount
    package var currency: String
    /// Of a discount: on which product.
    package var product: String?
    package var note: String
    package var state: State
    package var askedAt: Timestamp
    package var decidedAt: Timestamp?
    package var decidedBy: UserID?

    package init(
        id: ApprovalID, contact: ContactID, project: ProjectID, agent: AgentID, team: TeamID?, askedBy: UserID, kind: Concession,
        amount: Amount, currency: String, product: String?, note: String, state: State, askedAt: Timestamp, decidedAt: Timestamp? = nil,
        decidedBy: UserID? = nil
    ) {
        self.id = id
        self.contact = contact
        self.project = project
        self.agent = agent
        self.team = team
        self.askedBy = askedBy
        self.kind = kind
        self.amount = amount
        self.currency = currency
        self.product = product
        self.note = note
        self.state = state
        self.askedAt = askedAt
        self.decidedAt = decidedAt
        self.decidedBy = decidedBy
    }
}

extension Store {
    /// Approvals that are told at once.
    package static let approvalsMax = 100

    /// The same id once more is the same.
    package func keep(_ approval: ApprovalRow) async throws {
        try await writer.write { connection -> Void in
            try connection.run(
                ApprovalStatements.keep,
                [
                    "id": .of(approval.id), "contact": .of(approval.contact), "project": .of(approval.project),
                    "agent": .of(approval.agent),
                    "team": .of(approval.team), "asked_by": .of(approval.askedBy), "kind": .of(approval.kind.rawValue),
                    "amount": .of(approval.amount.hundredths), "currency": .of(approval.currency), "product": .of(approval.product),
                    "note": .of(approval.note), "state": .of(approval.state.rawValue), "asked_at": .of(approval.askedAt),
                    "decided_at": .of(approval.decidedAt), "decided_by": .of(approval.decidedBy),
                ])
        }
    }

    package func approval(_ id: ApprovalID) async throws -> ApprovalRow? {
        try await readers.read { try $0.first(ApprovalStatements.one, ["id": .of(id)]) { try ApprovalRow(&$0) } }
    }

    /// The oldest first.
    package func approvals(in contact: ContactID) async throws -> [ApprovalRow] {
        try await readers.read {
            try $0.all(ApprovalStatements.ofContact, ["contact": .of(contact), "limit": .of(Self.approvalsMax)]) { try ApprovalRow(&$0) }
        }
    }

    /// What is asked and not decided, the oldest first.
    package func approvalsAsked(of project: ProjectID) async throws -> [ApprovalRow] {
        try await readers.read {
            try $0.all(ApprovalStatements.asked, ["project": .of(project), "limit": .of(Self.approvalsMax)]) { try ApprovalRow(&$0) }
        }
    }

    /// Decides what is still asked.
    /// - Returns: false if somebody has decided or withdrawn it meanwhile.
    package func decide(_ id: ApprovalID, _ state: ApprovalRow.State, by user: UserID, at now: Timestamp) async throws -> Bool {
        try await writer.write { connection -> Bool in
            try connection.run(
                ApprovalStatements.decide, ["id": .of(id), "state": .of(state.rawValue), "at": .of(now), "by": .of(user)]) == 1
        }
    }
}

extension ApprovalRow {
    fileprivate init(_ row: inout Row) throws {
        self.init(
            id: try row.id(), contact: try row.id(), project: try row.id(), agent: try row.id(), team: try row.idOrNil(),
            askedBy: try row.id(), kind: try row.choice(), amount: Amount(hundredths: try row.integer()), currency: try row.text(),
            product: try row.textOrNil(), note: try row.text(), state: try row.choice(), askedAt: try row.time(),
            decidedAt: try row.timeOrNil(), decidedBy: try row.idOrNil())
    }
}

private enum ApprovalStatements {
    private static let columns: SQL =
        """
        id, contact, project, agent, team, asked_by, kind, amount, currency, product, note, state, asked_at, decided_at, decided_by
        """
    static let keep = Statement(
        """
        INSERT INTO approval (id, contact, project, agent, team, asked_by, kind, amount, currency, product, note, state, asked_at,
            decided_at, decided_by)
        VALUES ($id, $contact, $project, $agent, $team, $asked_by, $kind, $amount, $currency, $product, $note, $state, $asked_at,
            $decided_at, $decided_by)
        ON CONFLICT (id) DO NOTHING
        """)
    static let one = Statement("SELECT \(columns) FROM approval WHERE id = $id")
    static let ofContact = Statement("SELECT \(columns) FROM approval WHERE contact = $contact ORDER BY asked_at, id LIMIT $limit")
    static let asked = Statement(
        "SELECT \(columns) FROM approval WHERE project = $project AND state = 'asked' ORDER BY asked_at, id LIMIT $limit")
    static let decide = Statement(
        "UPDATE approval SET state = $state, decided_at = $at, decided_by = $by WHERE id = $id AND state = 'asked'")
}
