import Centre
import Contacts
import Customers
import Hummingbird
import Operation
import Organization
import Primitives
import Products
import Storage

/// What is proposed and given in a contact, by its agent: nothing beyond what he may decide alone, unless somebody who may has allowed it.
struct ProposalRoutes: Sendable {
    let centre: CentreActor
    let store: Store
    let names: NameBook
    let announcements: Announcements
    let now: @Sendable () -> Timestamp

    static let noteMax = 1000
    private static let access = Route.Access.may(.handleContacts, atLeast: .own)

    var routes: [Route] {
        [
            .read(
                "/api/desk/contacts/{contact}/proposals", "What suits the customer of the agent's contact, and what he was proposed.",
                access: Self.access, audit: .inTheLog, answers: DeskProposalsWire.self, problems: [.notFound, .staleState],
                { try await proposals($0) }),
            .command(
                .post, "/api/desk/contacts/{contact}/proposals", "Keeps what was proposed, and what came of it.", access: Self.access,
                audit: .byHandler, takes: ProposalWish.self, problems: [.notFound, .staleState, .overLimit]
            ) { try await proposal($0, $1, anew: true) },
            .command(
                .put, "/api/desk/contacts/{contact}/proposals/{proposal}", "Changes what was proposed in this contact, or what came of it.",
                access: Self.access, audit: .byHandler, takes: ProposalWish.self, problems: [.notFound, .staleState, .overLimit]
            ) { try await proposal($0, $1, anew: false) },
            .command(
                .post, "/api/desk/contacts/{contact}/concessions", "Gives money back, or for the trouble.", access: Self.access,
                audit: .byHandler, takes: ConcessionWish.self, problems: [.notFound, .staleState, .overLimit]
            ) { try await concede($0, $1) },
            .command(
                .post, "/api/desk/contacts/{contact}/approvals", "Asks whether more may be given than the agent may decide alone.",
                access: Self.access, audit: .byHandler, takes: ApprovalWish.self, problems: [.notFound, .staleState, .tooMany]
            ) { try await ask($0, $1) },
            .command(
                .post, "/api/desk/contacts/{contact}/approvals/{approval}/withdraw", "Asks no more.", access: Self.access,
                audit: .byHandler, takes: Nothing.self, problems: [.notFound, .staleState]
            ) { call, _ in try await withdraw(call) },
            .read(
                "/api/approvals", "What is asked of whoever may allow it, the oldest first.",
                access: .may(.approveConcessions, atLeast: .team), audit: .byHandler, answers: ApprovalListWire.self,
                { try await asked($0) }),
            .command(
                .post, "/api/approvals/{id}/decision", "Allows what was asked, or refuses it.",
                access: .may(.approveConcessions, atLeast: .team), audit: .byHandler, takes: ApprovalDecision.self,
                problems: [.notFound, .staleState, .overLimit]
            ) { try await decide($0, $1) },
        ]
    }

    // MARK: At the desk

    private struct Own {
        var contact: Contact
        var caller: Caller
        var agent: AgentID
        var customer: CustomerRow?
        var book: ProductBook

        var role: Role { caller.account.user.role }
    }

    private func own(_ call: Call) async throws -> Own {
        let (caller, agent) = try call.agent()
        let id: ContactID = try call.id("contact")
        let contact = await centre.read { $0.contacts[id] }
        guard let contact, contact.state.agent == agent else { throw Problem(.staleState) }
        guard contact.direction != .internal else { throw Problem(.notFound) }
        let customer = try await store.customer(inOpen: contact)
        return Own(
            contact: contact, caller: caller, agent: agent, customer: customer,
            book: try await ProductBook(of: contact.project, from: store))
    }

    private func today(of project: ProjectID) -> CivilDate { (names.current.time(of: project) ?? .utc).date(of: now()) }

    private func proposals(_ call: Call) async throws -> DeskProposalsWire {
        let own = try await own(call)
        let (book, names) = (own.book, self.names.current)
        let here = try await store.proposals(in: own.contact.id)
        var earlier: [ProposalRow] = []
        if let customer = own.customer {
            earlier = try await store.proposals(to: customer.customer.id).filter { $0.contact != own.contact.id }
        }
        let today = today(of: own.contact.project)
        let advice = ProposalAdvice(
            book.products.map(\.product), reasons: book.tree, today: today,
            places: own.customer?.customer.addresses.flatMap { [$0.parts[.region], $0.parts[.city]].compactMap(\.self) }
                .filter { !$0.isEmpty } ?? [],
            licences: book.licences(of: own.caller.account.user.id, on: today), past: (here + earlier).map { Proposal($0) })
        let language = own.caller.language
        let limits = book.authority
        func limit(_ concession: Concession) -> String { limits.limit(of: own.role, for: concession).description }
        return DeskProposalsWire(
            customer: own.customer?.customer.id.description,
            suggestions: advice.suggested.compactMap { product, why in
                book.product(product.key).map {
                    .init(key: product.key, fields: $0.fields, why: why.map { .init($0, book) })
                }
            },
            notProposed: advice.notProposed.compactMap { product, obstacle in
                book.product(product.key).map { .init(name: $0.fields.name, why: .init(obstacle, book)) }
            }, proposals: here.map { ProposalWire($0, names: names) }, earlier: earlier.map { ProposalWire($0, names: names) },
            reasons: book.reasons.filter { !$0.retired }, currency: book.currency,
            limits: .init(role: own.role.rawValue, discount: limit(.discount), refund: limit(.refund), goodwill: limit(.goodwill)),
            concessions: try await store.concessions(in: own.contact.id).map { ConcessionWire($0, names: names) },
            approvals: try await store.approvals(in: own.contact.id).map { ApprovalWire($0, book, names: names, language: language) })
    }

    private func proposal(_ call: Call, _ wish: ProposalWish, anew: Bool) async throws -> PositionWire {
        let own = try await own(call)
        let key = try call.commandKey()
        var id: ProposalID = key.id(of: "proposal")
        if !anew {
            id = try call.id("proposal")
            guard let there = try await store.proposal(id), there.contact == own.contact.id, there.product == wish.product else {
                throw Problem(.notFound)
            }
        }
        var check = FieldCheck()
        let state: Proposal.State? = check.choice(wish.state, "state")
        let discount = check.amount(wish.discount, "discount")
        if let discount, discount > AuthorityLimits.discountMax { check.refuse("discount", .tooLarge, limit: 100) }
        let competitor = wish.competitorPrice.flatMap { $0.isEmpty ? nil : check.amount($0, "competitorPrice") }
        check.text(wish.note, "note", limit: Self.noteMax, required: false)
        let reason = wish.reason.flatMap { key in own.book.reasons.first { $0.key == key && !$0.retired } }
        if state == .refused, wish.reason == nil { check.refuse("reason", .required) }
        if wish.reason != nil, reason == nil { check.refuse("reason", .unknown) }
        let known = own.book.product(wish.product)
        let today = today(of: own.contact.project)
        if let product = known?.product {
            if !product.isSold(on: today) { check.refuse("product", .notAllowed) }
            if let licence = product.licence, !own.book.licences(of: own.caller.account.user.id, on: today).contains(licence) {
                check.refuse("product", .notAllowed)
            }
        } else {
            check.refuse("product", .unknown)
        }
        try check.pass()
        guard let state, let discount, let known else { throw Problem(.invalid) }
        if !own.book.authority.allows(own.role, .discount, discount) {
            let isAllowed = try await store.approvals(in: own.contact.id).contains {
                $0.state == .approved && $0.kind == .discount && $0.product == wish.product && discount <= $0.amount
            }
            guard isAllowed else { throw overLimit("discount", own, .discount) }
        }
        try await store.keep(
            ProposalRow(
                id: id, contact: own.contact.id, project: own.contact.project, customer: own.customer?.customer.id, product: wish.product,
                category: known.product.category, name: known.fields.name.stored, price: known.product.price, discount: discount,
                currency: own.book.currency, period: known.product.period, state: state, reason: state == .refused ? reason?.key : nil,
                reasonName: state == .refused ? reason?.name.stored : nil, competitorPrice: competitor, note: wish.note, at: now(),
                by: own.caller.account.user.id))
        return try await note(state.rawValue, own.contact, by: own.caller, key: key)
    }

    private func concede(_ call: Call, _ wish: ConcessionWish) async throws -> PositionWire {
        let own = try await own(call)
        let key = try call.commandKey()
        let id: ConcessionID = key.id(of: "concession")
        var check = FieldCheck()
        let kind: Concession? = check.choice(wish.kind, "kind")
        if kind == .discount { check.refuse("kind", .notAllowed) }
        let amount = check.amount(wish.amount, "amount")
        if amount == .zero { check.refuse("amount", .tooSmall) }
        check.text(wish.note, "note", limit: Self.noteMax)
        try check.pass()
        guard let kind, let amount else { throw Problem(.invalid) }
        let given = try await store.concessions(in: own.contact.id).filter { $0.kind == kind && $0.id != id }
        // Several small ones are one large one; what was allowed counts for itself.
        let alone = given.filter { $0.approval == nil }.reduce(0) { $0 + $1.amount.hundredths }
        var approval: ApprovalID?
        if !own.book.authority.allows(own.role, kind, Amount(hundredths: alone + amount.hundredths)) {
            approval = try await store.approvals(in: own.contact.id).first { row in
                row.state == .approved && row.kind == kind && amount <= row.amount && !given.contains { $0.approval == row.id }
            }?.id
            guard approval != nil else { throw overLimit("amount", own, kind) }
        }
        try await store.keep(
            ConcessionRow(
                id: id, contact: own.contact.id, project: own.contact.project, customer: own.customer?.customer.id, kind: kind,
                amount: amount, currency: own.book.currency, note: wish.note, at: now(), by: own.caller.account.user.id, approval: approval)
        )
        return try await note(kind.rawValue, own.contact, by: own.caller, key: key)
    }

    private func overLimit(_ field: String, _ own: Own, _ kind: Concession) -> Problem {
        var error = FieldError(field: field, rule: .tooLarge)
        error.value = own.book.authority.limit(of: own.role, for: kind).description
        return Problem(.overLimit, errors: [error])
    }

    // MARK: Asking

    private func ask(_ call: Call, _ wish: ApprovalWish) async throws -> PositionWire {
        let own = try await own(call)
        let key = try call.commandKey()
        var check = FieldCheck()
        let kind: Concession? = check.choice(wish.kind, "kind")
        let amount = check.amount(wish.amount, "amount")
        if amount == .zero { check.refuse("amount", .tooSmall) }
        check.text(wish.note, "note", limit: Self.noteMax, required: false)
        if kind == .discount {
            if let amount, amount > AuthorityLimits.discountMax { check.refuse("amount", .tooLarge, limit: 100) }
            if wish.product == nil { check.refuse("product", .required) }
            if let product = wish.product, own.book.product(product) == nil { check.refuse("product", .unknown) }
        }
        try check.pass()
        guard let kind, let amount else { throw Problem(.invalid) }
        guard try await store.approvals(in: own.contact.id).count < Store.approvalsMax else { throw Problem(.tooMany) }
        let isAlone = own.book.authority.allows(own.role, kind, amount)
        let user = own.caller.account.user
        try await store.keep(
            ApprovalRow(
                id: key.id(of: "approval"), contact: own.contact.id, project: own.contact.project, agent: own.agent, team: user.team,
                askedBy: user.id, kind: kind, amount: amount, currency: own.book.currency, product: kind == .discount ? wish.product : nil,
                note: wish.note, state: isAlone ? .approved : .asked, askedAt: now(), decidedAt: isAlone ? now() : nil,
                decidedBy: isAlone ? user.id : nil))
        let position = try await note("asked", own.contact, by: own.caller, key: key)
        announcements.approvalsChanged(of: own.agent, at: Place(project: own.contact.project, team: own.caller.account.user.team))
        return position
    }

    private func withdraw(_ call: Call) async throws -> PositionWire {
        let own = try await own(call)
        guard let row = try await store.approval(try call.id("approval")), row.contact == own.contact.id else { throw Problem(.notFound) }
        guard try await store.decide(row.id, .withdrawn, by: own.caller.account.user.id, at: now()) else { throw Problem(.staleState) }
        let position = try await note("withdrawn", own.contact, by: own.caller, key: call.commandKey())
        announcements.approvalsChanged(of: own.agent, at: Place(project: own.contact.project, team: own.caller.account.user.team))
        return position
    }

    // MARK: Deciding

    private func asked(_ call: Call) async throws -> ApprovalListWire {
        let caller = try call.signedIn()
        let names = self.names.current
        var wires: [ApprovalWire] = []
        for project in names.allProjects {
            let rows = try await store.approvalsAsked(of: project).filter { caller.decides($0) }
            if rows.isEmpty { continue }
            let book = try await ProductBook(of: project, from: store)
            for row in rows where book.authority.allows(caller.account.user.role, row.kind, row.amount) {
                // Who hung up has nothing to wait for.
                guard let contact = await centre.read({ $0.contacts[row.contact] }) else { continue }
                let customer = try await store.customer(inOpen: contact)
                wires.append(
                    ApprovalWire(row, book, customer: customer?.customer.name, names: names, language: caller.language))
            }
        }
        return ApprovalListWire(approvals: Array(wires.sorted { $0.askedAt < $1.askedAt }.prefix(Store.approvalsMax)))
    }

    private func decide(_ call: Call, _ decision: ApprovalDecision) async throws -> PositionWire {
        let caller = try call.signedIn()
        guard let row = try await store.approval(try call.id("id")), caller.decides(row) else { throw Problem(.notFound) }
        let book = try await ProductBook(of: row.project, from: store)
        guard book.authority.allows(caller.account.user.role, row.kind, row.amount) else { throw Problem(.overLimit) }
        let key = try call.commandKey()
        let state: ApprovalRow.State = decision.approved ? .approved : .refused
        if try await !store.decide(row.id, state, by: caller.account.user.id, at: now()) {
            // The same sent again, because its answer was lost.
            let there = try await store.approval(row.id)
            guard there?.state == state, there?.decidedBy == caller.account.user.id else { throw Problem(.staleState) }
        }
        let question = [Audit.Term("approval", state.rawValue)].compactMap(\.self)
        let position = try await centre.perform(
            .audited(Audit(.changed, .contact(row.contact), of: row.project, question: question)), by: caller.account.user.id, key: key)
        announcements.approvalsChanged(of: row.agent, at: Place(project: row.project, team: row.team))
        return PositionWire(position: position.number)
    }

    private func note(_ deed: String, _ contact: Contact, by caller: Caller, key: CommandKey) async throws -> PositionWire {
        let question = [Audit.Term("proposal", deed)].compactMap(\.self)
        let position = try await centre.perform(
            .audited(Audit(.changed, .contact(contact.id), of: contact.project, question: question)), by: caller.account.user.id, key: key)
        return PositionWire(position: position.number)
    }
}

extension Caller {
    /// Whether an approval is his to decide, whatever its amount; never his own.
    func decides(_ row: ApprovalRow) -> Bool {
        row.askedBy != account.user.id && row.agent != account.user.agent
            && account.user.may(.approveConcessions, at: Place(project: row.project, team: row.team))
    }
}

extension Proposal {
    init(_ row: ProposalRow) {
        self.init(
            product: row.product, category: row.category, state: row.state, reason: row.reason, total: row.total, period: row.period,
            at: row.at)
    }
}
