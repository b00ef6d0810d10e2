import Centre
import Hummingbird
import Operation
import Organization
import Primitives
import Products
import Scripting
import Storage

/// What projects sell, why people refuse it, who may give how much, and whom a product would please now.
struct ProductRoutes: Sendable {
    let centre: CentreActor
    let store: Store
    let names: NameBook
    let now: @Sendable () -> Timestamp

    static let read = Route.Access.may(.viewContacts, atLeast: .own)
    private static let manage = Route.Access.may(.manageProducts, atLeast: .project)
    private static let project = Route.Parameter(name: "project", schema: .id, summary: "Whose products.")

    var routes: [Route] {
        [
            .read(
                "/api/products", "What a project sells, why people refuse it, and who may give how much.", access: Self.read,
                audit: .nothing(because: "what is sold, of no customer"), answers: ProductListWire.self,
                query: [.init(name: "project", schema: .id, summary: "Of this project; else of the first.")],
                problems: [.invalid, .notFound],
                { try await list($0) }),
            write(.post, "/api/products", "Makes a product.", ProductWish.self, ProductMadeWire.self, [.keyTaken, .tooMany]) {
                try await make($0, $1)
            },
            write(.put, "/api/products/{id}", "Changes a product.", ProductChangeInput.self, ProductMadeWire.self, [.notFound, .conflict]) {
                try await change($0, $1)
            },
            sheet("/api/products/reasons", "Says why people refuse, as a tree.", ReasonsChange.self) { try await reasons($0, $1) },
            sheet("/api/products/authority", "Says what each role may give without asking.", AuthorityChange.self) {
                try await authority($0, $1)
            },
            sheet("/api/products/licences", "Says who is licensed for what.", LicencesChange.self) { try await licences($0, $1) },
            .read(
                "/api/products/{id}/answered", "Who refused something dearer for a reason that this product answers.",
                access: CustomerRoutes.manage, audit: .searched(.customers), answers: AnsweredWire.self, problems: [.notFound],
                { try await answered($0) }),
        ]
    }

    private func write<Input: WireInput, Answer: WireType>(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ input: Input.Type, _ answer: Answer.Type,
        _ problems: [Problem.Code], query: [Route.Parameter] = [], _ handle: @escaping @Sendable (Call, Input) async throws -> Answer
    ) -> Route {
        Route(
            method: method, path: path, summary: summary, access: Self.manage, kind: .command, audit: .byHandler, body: .json(input),
            query: query, answer: Route.AnswerShape(status: .ok, contentType: "application/json", schema: .reference(answer)),
            problems: problems
        ) { call in Response(json: try await handle(call, Input.read(call.body))) }
    }

    private func sheet<Input: WireInput>(
        _ path: String, _ summary: String, _ input: Input.Type,
        _ handle: @escaping @Sendable (Call, Input) async throws -> SheetRevisionWire
    ) -> Route {
        write(.put, path, summary, input, SheetRevisionWire.self, [.conflict], query: [Self.project], handle)
    }

    // MARK: Reading

    private func list(_ call: Call) async throws -> ProductListWire {
        let caller = try call.signedIn()
        let names = self.names.current
        var check = FieldCheck()
        let wanted: ProjectID? = check.id(call.query("project"), "project")
        try check.pass()
        let seen = names.allProjects.filter { caller.readsDocuments(of: $0, names) }
        guard let project = wanted ?? seen.first, seen.contains(project) else { throw Problem(.notFound) }
        let book = try await ProductBook(of: project, from: store)
        let mayManage = caller.managesProducts(of: project)
        return ProductListWire(
            project: project.description,
            projects: seen.map { NamedWire(id: $0.description, name: names.project($0, in: caller.language)) },
            products: book.products.map { ProductWire($0, names: names) }, reasons: book.reasons, currency: book.currency,
            limits: book.limits, licences: mayManage ? book.licences : [],
            people: mayManage ? names.people(of: project).map { NamedWire(id: $0.id.description, name: $0.name) } : [],
            revisions: Dictionary(
                ProductSheet.allCases.map { ($0.rawValue, book.revisions[$0] ?? 0) }, uniquingKeysWith: { first, _ in first }),
            language: names.language(of: project).rawValue, mayManage: mayManage)
    }

    private func answered(_ call: Call) async throws -> AnsweredWire {
        let caller = try call.signedIn()
        guard let row = try await store.product(try call.id("id")), caller.managesCustomers(of: row.project) else {
            throw Problem(.notFound)
        }
        call.concern.project = row.project
        let book = try await ProductBook(of: row.project, from: store)
        let product = try KnownProduct(row).product
        let tree = book.tree
        let reasons = Set(book.reasons.map(\.key).filter { tree.stands($0, under: product.answers) })
        let (rows, suppressed) = try await store.refusals(
            of: row.project, for: reasons, period: product.period, above: product.price, product: product.key, limit: Limits.answeredMax)
        return AnsweredWire(
            customers: rows.compactMap { proposal, name in
                guard let customer = proposal.customer, let gap = proposal.total.gap(to: product.price) else { return nil }
                return AnsweredWire.RefusalWire(
                    id: customer.description, name: name, product: TextsWire(stored: proposal.name),
                    reason: TextsWire(stored: proposal.reasonName),
                    refusedAt: proposal.at.milliseconds, refusedPrice: proposal.total.description, gap: gap.description)
            }, suppressed: suppressed, currency: book.currency, price: product.price.description)
    }

    // MARK: Writing

    private func make(_ call: Call, _ wish: ProductWish) async throws -> ProductMadeWire {
        let caller = try call.signedIn()
        guard let project = ProjectID(wish.project), names.current.knows(project), caller.managesProducts(of: project) else {
            throw Problem.invalid("project", .unknown)
        }
        let key = try call.commandKey()
        let id: ProductID = key.id(of: "product")
        var check = FieldCheck()
        check.key(wish.key, "key")
        _ = wish.fields.product(id, wish.key, &check)
        try check.pass()
        guard try await store.products(of: project).count < Product.productsMax else { throw Problem(.tooMany) }
        let row = ProductRow(
            id: id, project: project, key: wish.key, body: wish.fields.text, revision: 1, changedAt: now(),
            changedBy: caller.account.user.id)
        let revision = try Self.revision(await store.addProduct(row))
        try await note("made", in: project, by: caller, key: key)
        return ProductMadeWire(id: id.description, revision: revision)
    }

    private func change(_ call: Call, _ change: ProductChangeInput) async throws -> ProductMadeWire {
        let caller = try call.signedIn()
        guard let row = try await store.product(try call.id("id")), caller.managesProducts(of: row.project) else {
            throw Problem(.notFound)
        }
        var check = FieldCheck()
        _ = change.fields.product(row.id, row.key, &check)
        try check.pass()
        let revision = try Self.revision(
            await store.changeProduct(row.id, body: change.fields.text, after: change.revision, by: caller.account.user.id, at: now()))
        try await note("changed", in: row.project, by: caller, key: call.commandKey())
        return ProductMadeWire(id: row.id.description, revision: revision)
    }

    private func reasons(_ call: Call, _ change: ReasonsChange) async throws -> SheetRevisionWire {
        let (project, caller) = try managed(call)
        var check = FieldCheck()
        if change.reasons.count > ReasonTree.reasonsMax { check.refuse("reasons", .tooLong, limit: ReasonTree.reasonsMax) }
        for (place, reason) in change.reasons.enumerated() {
            check.key(reason.key, "reasons.\(place).key")
            check.texts(reason.name, "reasons.\(place).name", limit: ProductFieldsWire.nameMax, required: true)
        }
        try check.pass()
        do throws(ReasonTree.Flaw) {
            _ = try ReasonTree(change.reasons.map { ($0.key, $0.parent) })
        } catch {
            switch error {
            case .twice(let place): throw Problem.invalid("reasons.\(place).key", .notAllowed)
            case .unknownParent(let place): throw Problem.invalid("reasons.\(place).parent", .unknown)
            case .tooDeep(let place): throw Problem.invalid("reasons.\(place).parent", .tooLarge, limit: ReasonTree.depthMax)
            }
        }
        // What was given as a reason stays readable.
        let book = try await ProductBook(of: project, from: store)
        let lost = book.reasons.firstIndex { known in !change.reasons.contains { $0.key == known.key } }
        if let lost { throw Problem.invalid("reasons.\(lost).key", .required) }
        return try await keep(.reasons, ProductBook.text(change.reasons), of: project, after: change.revision, call, caller)
    }

    private func authority(_ call: Call, _ change: AuthorityChange) async throws -> SheetRevisionWire {
        let (project, caller) = try managed(call)
        var check = FieldCheck()
        if change.currency.utf8.count != 3 || !change.currency.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) {
            check.refuse("currency", .malformed)
        }
        for limit in change.limits {
            guard let role = Role(rawValue: limit.role), AuthorityLimits.roles.contains(role) else {
                check.refuse("limits.\(limit.role)", .unknown)
                continue
            }
            let discount = check.amount(limit.discount, "limits.\(role).discount")
            if let discount, discount > AuthorityLimits.discountMax { check.refuse("limits.\(role).discount", .tooLarge, limit: 100) }
            _ = check.amount(limit.refund, "limits.\(role).refund")
            _ = check.amount(limit.goodwill, "limits.\(role).goodwill")
        }
        try check.pass()
        if let flaw = AuthorityLimits(change.limits).flaw { throw Problem.invalid("limits.\(flaw.role).\(flaw.concession)", .tooSmall) }
        let text = ProductBook.text(currency: change.currency, change.limits)
        return try await keep(.authority, text, of: project, after: change.revision, call, caller)
    }

    private func licences(_ call: Call, _ change: LicencesChange) async throws -> SheetRevisionWire {
        let (project, caller) = try managed(call)
        let people = Set(names.current.people(of: project).map(\.id.description))
        var check = FieldCheck()
        if change.licences.count > Limits.licencesMax { check.refuse("licences", .tooLong, limit: Limits.licencesMax) }
        for (place, licence) in change.licences.enumerated() {
            check.text(licence.licence, "licences.\(place).licence", limit: Product.keyMax)
            if !people.contains(licence.user) { check.refuse("licences.\(place).user", .unknown) }
            _ = check.day(licence.until, "licences.\(place).until")
        }
        try check.pass()
        return try await keep(.licences, ProductBook.text(change.licences), of: project, after: change.revision, call, caller)
    }

    private func managed(_ call: Call) throws -> (ProjectID, Caller) {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let project: ProjectID? = check.id(call.query("project"), "project")
        try check.pass()
        guard let project else { throw Problem.invalid("project", .required) }
        guard names.current.knows(project), caller.managesProducts(of: project) else { throw Problem.invalid("project", .unknown) }
        return (project, caller)
    }

    private func keep(
        _ sheet: ProductSheet, _ text: String, of project: ProjectID, after revision: Int, _ call: Call, _ caller: Caller
    ) async throws -> SheetRevisionWire {
        let change = try await store.changeSheet(
            sheet, of: project, body: text, after: revision, by: caller.account.user.id, at: now())
        let revision = try Self.revision(change)
        try await note(sheet.rawValue, in: project, by: caller, key: call.commandKey())
        return SheetRevisionWire(revision: revision)
    }

    private static func revision(_ change: ProductChange) throws -> Int {
        switch change {
        case .made(let revision): return revision
        case .conflict: throw Problem(.conflict)
        case .keyTaken: throw Problem(.keyTaken)
        case .gone: throw Problem(.notFound)
        }
    }

    private func note(_ deed: String, in project: ProjectID, by caller: Caller, key: CommandKey) async throws {
        let question = [Audit.Term("product", deed)].compactMap(\.self)
        _ = try await centre.perform(
            .audited(Audit(.changed, .setUp, of: project, question: question)), by: caller.account.user.id, key: key)
    }
}

extension Caller {
    func managesProducts(of project: ProjectID) -> Bool { account.user.may(.manageProducts, at: Place(project: project)) }
}

extension FieldCheck {
    /// Small letters, digits and hyphens, a letter first.
    mutating func key(_ text: String, _ field: String) {
        self.text(text, field, limit: Product.keyMax)
        let bytes = text.utf8
        let isKey =
            bytes.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } ?? true
            && bytes.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-")
            }
        if !isKey { refuse(field, .malformed) }
    }
}
