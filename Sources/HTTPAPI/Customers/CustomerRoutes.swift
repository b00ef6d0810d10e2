import Centre
import Contacts
import Customers
import Hummingbird
import Operation
import Organization
import Primitives
import Storage

/// Who customers are and what happened with them: found, read, changed, two made one.
struct CustomerRoutes: Sendable {
    let centre: CentreActor
    let store: Store
    let names: NameBook
    let readers: CustomerReaders
    let trail: AuditTrail
    let now: @Sendable () -> Timestamp

    static let view = Route.Access.may(.viewCustomers, atLeast: .project)
    static let manage = Route.Access.may(.manageCustomers, atLeast: .project)
    private static let limit = Route.Parameter(
        name: "limit", schema: .integer, summary: "How many at most: 1 to \(Store.customersMax), else \(Limits.pageDefault).")
    private static let before = Route.Parameter(name: "before", schema: .string, summary: "Reads on where an answer's `next` says.")

    var routes: [Route] {
        [
            .read(
                "/api/customers", "Customers: who has all words of a text, or was changed last.", access: Self.view,
                audit: .searched(.customers), answers: CustomerListWire.self,
                query: [
                    .init(
                        name: "text", schema: .string,
                        summary: "Beginnings of names and words of addresses, or digits of a number, in any of the six scripts."),
                    .init(name: "project", schema: .id, summary: "Only of this project."), Self.limit, Self.before,
                ], problems: [.invalid], { try await list($0) }),
            write(.post, "/api/customers", "Makes a customer.", .byHandler, CustomerWish.self, CustomerMadeWire.self, []) {
                try await make($0, $1)
            },
            .read(
                "/api/customers/{id}", "A customer's record.", access: Self.view, audit: .saw(.customer), answers: CustomerWire.self,
                problems: [.notFound], { try await record($0) }),
            write(
                .patch, "/api/customers/{id}", "Changes fields that are still as whoever changes them saw them.", .byHandler,
                CustomerPatch.self, CustomerRevisionWire.self, [.notFound, .conflict]
            ) { try await change($0, $1) },
            .command(
                .put, "/api/customers/{id}/consents/{channel}", "Keeps what a customer says about being called and written to.",
                access: Self.view, audit: .byHandler, takes: ConsentChange.self, problems: [.notFound]
            ) { try await consent($0, $1) },
            .read(
                "/api/customers/{id}/timeline", "What happened with a customer: what is open first, then the newest first.",
                access: Self.view, audit: .saw(.customer), answers: TimelineWire.self, query: [Self.limit, Self.before],
                problems: [.notFound, .invalid], { try await timeline($0) }),
            .command(
                .post, "/api/customers/{id}/merge", "Makes another customer of the project a part of this one.", access: Self.manage,
                audit: .byHandler, takes: CustomerOther.self, problems: [.notFound, .staleState]
            ) { try await merge($0, $1, isUndone: false) },
            .command(
                .post, "/api/customers/{id}/unmerge", "Undoes a merge: what came with the other goes with him.", access: Self.manage,
                audit: .byHandler, takes: CustomerOther.self, problems: [.notFound, .staleState]
            ) { try await merge($0, $1, isUndone: true) },
            write(
                .post, "/api/customers/{id}/open", "Says that the record is open, every 20 seconds; answers who else has it open.",
                .nothing(because: "that a record is open; that it is seen stands in the log"), Nothing.self, CustomerReadersWire.self,
                [.notFound]
            ) { call, _ in try await open(call) },
            .read(
                "/api/desk/contacts/{contact}/customer", "Whose contact the agent's is, or may be.",
                access: .may(.handleContacts, atLeast: .own), audit: .byHandler, answers: DeskCustomerWire.self,
                problems: [.notFound, .staleState, .forbidden], { try await atDesk($0) }),
            .command(
                .put, "/api/desk/contacts/{contact}/customer", "Says whose contact it is.", access: .may(.handleContacts, atLeast: .own),
                audit: .inTheLog, takes: CustomerChoice.self, problems: [.notFound, .staleState]
            ) { try await choose($0, $1) },
        ]
    }

    /// A command with an answer of its own.
    private func write<Input: WireInput, Answer: WireType>(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ audit: AuditMeaning, _ input: Input.Type, _ answer: Answer.Type,
        _ problems: [Problem.Code], _ handle: @escaping @Sendable (Call, Input) async throws -> Answer
    ) -> Route {
        Route(
            method: method, path: path, summary: summary, access: Self.view, kind: .command, audit: audit, body: .json(input),
            answer: Route.AnswerShape(status: .ok, contentType: "application/json", schema: .reference(answer)), problems: problems
        ) { call in
            Response(json: try await handle(call, Input.read(call.body)))
        }
    }

    // MARK: Reading

    private func list(_ call: Call) async throws -> CustomerListWire {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let limit = Self.limit(call, &check)
        let project: ProjectID? = check.id(call.query("project"), "project")
        let text = call.query("text")
        check.text(text ?? "", "text", limit: Customer.nameMax, required: false)
        let before = Self.cursor(call, CustomerCursor.init, &check)
        try check.pass()
        let names = self.names.current
        let seen = names.allProjects.filter { caller.seesCustomers(of: $0, names) }
        let named = seen.map { NamedWire(id: $0.description, name: names.project($0, in: caller.language)) }
        let projects = Set(seen.filter { project == nil || $0 == project })
        if let text {
            let rows = try await store.customers(matching: text, in: projects, limit: limit)
            return CustomerListWire(customers: rows.map { CustomerListedWire($0) }, next: nil, projects: named)
        }
        let (rows, next) = try await store.customersChanged(in: projects, limit: limit, before: before)
        return CustomerListWire(customers: rows.map { CustomerListedWire($0) }, next: next?.description, projects: named)
    }

    private static func limit(_ call: Call, _ check: inout FieldCheck) -> Int {
        guard let text = call.query("limit") else { return Limits.pageDefault }
        guard let limit = Int(text), limit > 0 else {
            check.refuse("limit", .malformed)
            return 1
        }
        if limit > Store.customersMax { check.refuse("limit", .notAllowed, limit: Store.customersMax) }
        return limit
    }

    private static func cursor<Cursor>(_ call: Call, _ parse: (String) -> Cursor?, _ check: inout FieldCheck) -> Cursor? {
        guard let text = call.query("before") else { return nil }
        let cursor = parse(text)
        if cursor == nil { check.refuse("before", .malformed) }
        return cursor
    }

    private func record(_ call: Call) async throws -> CustomerWire {
        let (row, caller) = try await visible(call)
        return try await wire(row, for: caller)
    }

    private func wire(_ row: CustomerRow, for caller: Caller) async throws -> CustomerWire {
        let consents = try await store.consents(of: row.customer.id)
        let mayManage = row.mergedInto == nil && caller.managesCustomers(of: row.customer.project)
        return CustomerWire(row, consents, names: names.current, mayManage: mayManage)
    }

    private func timeline(_ call: Call) async throws -> TimelineWire {
        let (row, caller) = try await visible(call)
        var check = FieldCheck()
        let limit = Self.limit(call, &check)
        let before = Self.cursor(call, ContactCursor.init, &check)
        try check.pass()
        let (entries, next) = try await store.timeline(of: row, limit: limit, before: before)
        let names = self.names.current
        return TimelineWire(
            entries: entries.map { .init($0, names: names, language: caller.language) }, next: next?.description)
    }

    /// What one may not see is not there for him.
    private func visible(_ call: Call) async throws -> (CustomerRow, Caller) {
        let caller = try call.signedIn()
        guard let row = try await store.customer(try call.id("id")), caller.seesCustomers(of: row.customer.project, names.current) else {
            throw Problem(.notFound)
        }
        call.concern.project = row.customer.project
        return (row, caller)
    }

    // MARK: Writing

    private func make(_ call: Call, _ wish: CustomerWish) async throws -> CustomerMadeWire {
        let caller = try call.signedIn()
        let names = self.names.current
        guard let project = ProjectID(wish.project), names.knows(project), caller.seesCustomers(of: project, names) else {
            throw Problem.invalid("project", .unknown)
        }
        let key = try call.commandKey()
        // The same for the same command: one that is sent again makes nobody anew.
        let customer = try wish.customer(key.id(of: "customer"), of: project, names.numberPlan(of: project))
        try await store.addCustomer(customer, by: caller.account.user.id, at: now())
        let position = try await note("made", customer.id, of: project, by: caller, key: key)
        return CustomerMadeWire(id: customer.id.description, position: position.position)
    }

    private func change(_ call: Call, _ patch: CustomerPatch) async throws -> CustomerRevisionWire {
        let (row, caller) = try await visible(call)
        let (id, project) = (row.customer.id, row.customer.project)
        let (were, now) = try patch.parts(names.current.numberPlan(of: project))
        switch try await store.changeCustomer(id, from: were, to: now, by: caller.account.user.id, at: self.now()) {
        case .gone: throw Problem(.notFound)
        case .conflicts(let fields, let row):
            var problem = Problem(.conflict)
            problem.conflicts = CustomerConflictsWire(fields, row.customer)
            throw problem
        case .made(let revision):
            _ = try await note("changed", id, of: project, by: caller, key: call.commandKey())
            return CustomerRevisionWire(id: id.description, revision: revision)
        }
    }

    private func consent(_ call: Call, _ change: ConsentChange) async throws -> PositionWire {
        let (row, caller) = try await visible(call)
        guard let channel = call.parameters.get("channel").flatMap(Consent.Channel.init), row.mergedInto == nil else {
            throw Problem(.notFound)
        }
        let consent = Consent(channel, isGiven: try change.checked(), at: now(), by: caller.account.user.id)
        try await store.keep(consent, of: row.customer.id)
        return try await note(
            consent.isGiven ? "consented" : "refused", row.customer.id, of: row.customer.project, by: caller, key: call.commandKey())
    }

    private func merge(_ call: Call, _ change: CustomerOther, isUndone: Bool) async throws -> PositionWire {
        let (row, caller) = try await visible(call)
        guard caller.managesCustomers(of: row.customer.project) else { throw Problem(.notFound) }
        let (other, user, key) = (try change.checked(), caller.account.user.id, try call.commandKey())
        // One whose answer was lost is sent again: then it has been done.
        let id = row.customer.id
        if try await store.customer(other)?.mergedInto == id {
            if isUndone, try await !store.unmergeCustomer(other, from: id, by: user, at: now()) { throw Problem(.staleState) }
        } else {
            let isDone =
                isUndone
                ? try await store.wasUnmerged(other, from: id)
                : try await store.mergeCustomer(other, into: id, by: user, at: now())
            guard isDone else { throw Problem(.staleState) }
        }
        return try await note(isUndone ? "unmerged" : "merged", row.customer.id, of: row.customer.project, by: caller, key: key)
    }

    /// Says in the log what was done with a customer.
    private func note(_ deed: String, _ id: CustomerID, of project: ProjectID, by caller: Caller, key: CommandKey) async throws
        -> PositionWire
    {
        let audit = Audit(.changed, .customer(id), of: project, question: Audit.Term("deed", deed).map { [$0] } ?? [])
        let position = try await centre.perform(.audited(audit), by: caller.account.user.id, key: key)
        return PositionWire(position: position.number)
    }

    private func open(_ call: Call) async throws -> CustomerReadersWire {
        let (row, caller) = try await visible(call)
        let names = self.names.current
        let others = readers.others(at: row.customer.id, beside: caller.account.user.id, at: now())
        return CustomerReadersWire(others: others.map { names.user($0) }.filter { !$0.isEmpty })
    }

    // MARK: At the desk

    private func own(_ call: Call) async throws -> (Contact, Caller, AgentID) {
        let (caller, agent) = try call.agent()
        let id: ContactID = try call.id("contact")
        let contact = await centre.read { $0.contacts[id] }
        guard let contact, contact.state.agent == agent else { throw Problem(.staleState) }
        guard contact.direction != .internal, caller.seesCustomers(of: contact.project, names.current) else { throw Problem(.notFound) }
        return (contact, caller, agent)
    }

    private func atDesk(_ call: Call) async throws -> DeskCustomerWire {
        let (contact, caller, _) = try await own(call)
        let row = try await store.contact(contact.id)
        let number = row?.number
        var matches: [CustomerListedRow] = []
        if let number { matches = try await store.customers(withNumber: number, in: contact.project, limit: Limits.customersAtDesk) }
        // The log says whose it is soon after it has come; the one who has the number is that one already.
        let chosen = try await store.whole(row?.customer ?? (matches.count == 1 ? matches[0].id : nil))
        if let chosen {
            try await trail.write(Audit(.saw, .customer(chosen.customer.id), of: contact.project), by: caller.account.user.id)
        }
        var wire: CustomerWire?
        if let chosen { wire = try await self.wire(chosen, for: caller) }
        return DeskCustomerWire(chosen: wire, matches: matches.map { CustomerListedWire($0) }, number: number)
    }

    private func choose(_ call: Call, _ choice: CustomerChoice) async throws -> PositionWire {
        let (contact, caller, agent) = try await own(call)
        let id = try choice.checked()
        guard let row = try await store.customer(id), row.customer.project == contact.project, row.mergedInto == nil else {
            throw Problem.invalid("customer", .unknown)
        }
        let position = try await centre.perform(
            .contactIdentified(contact.id, id, by: agent), by: caller.account.user.id, key: call.commandKey())
        return PositionWire(position: position.number)
    }
}

extension Caller {
    /// Customers are known in one project: whoever works there sees them.
    func seesCustomers(of project: ProjectID, _ names: Names) -> Bool {
        if account.user.may(.viewCustomers, at: Place(project: project)) { return true }
        return scope(of: .viewCustomers) != nil && account.user.agent.map { names.projects(of: $0).contains(project) } ?? false
    }

    func managesCustomers(of project: ProjectID) -> Bool { account.user.may(.manageCustomers, at: Place(project: project)) }
}
