import Centre
import Hummingbird
import NIOCore
import Operation
import Organization
import Primitives
import Scripting
import Storage

/// Scripts and forms as they are written, published and read.
struct DocumentRoutes: Sendable {
    let centre: CentreActor
    let store: Store
    let names: NameBook
    let now: @Sendable () -> Timestamp

    private static let manage = Route.Access.may(.manageScripts, atLeast: .project)
    private static let reads = Route.Access.may(.viewContacts, atLeast: .own)
    private static let draft = AuditMeaning.nothing(because: "nobody works by a draft; that it is published stands in the log")
    private static let read = AuditMeaning.nothing(because: "what agents are to say and ask, of no person")

    var routes: [Route] {
        [
            .read(
                "/api/documents", "Scripts and forms.", access: Self.reads, audit: Self.read, answers: DocumentListWire.self,
                query: [
                    .init(name: "project", schema: .id, summary: "Only of this project."),
                    .init(name: "kind", schema: .enumeration(Document.Kind.allCases.map(\.rawValue)), summary: "Only of this kind."),
                ], problems: [.invalid], { try await list($0) }),
            write(
                .post, "/api/documents", "Makes a script or a form, with a draft.", DocumentWish.self, .byHandler, DocumentMadeWire.self,
                [
                    .keyTaken
                ]
            ) { try await make($0, $1) },
            .read(
                "/api/documents/{id}", "A script or a form: its draft, what is published, its versions.", access: Self.reads,
                audit: Self.read, answers: DocumentWire.self, problems: [.notFound], { try await document($0) }),
            .read(
                "/api/documents/{id}/versions/{version}", "One version of a script or a form.", access: Self.reads, audit: Self.read,
                answers: DocumentVersionWire.self, problems: [.notFound], { try await version($0) }),
            write(
                .put, "/api/documents/{id}/draft", "Keeps the draft of a script or a form; one without a draft has the revision 0.",
                DocumentDraftChange.self, Self.draft, DraftRevisionWire.self, [.notFound, .conflict]
            ) { try await save($0, $1) },
            Route(
                method: .delete, path: "/api/documents/{id}/draft", summary: "Drops a draft.", access: Self.manage, kind: .session,
                audit: Self.draft, answer: Route.AnswerShape(status: .noContent, contentType: nil, schema: nil),
                problems: [.notFound, .unavailable], handle: { try await drop($0) }),
            Route(
                method: .post, path: "/api/documents/{id}/check", summary: "Says what would keep a body from being published.",
                access: Self.manage, kind: .read, audit: Self.read,
                body: Route.RequestShape(
                    contentTypes: ["application/json"], schema: .reference(DocumentCheck.self), limit: Limits.documentBodyMax),
                answer: Route.AnswerShape(status: .ok, contentType: "application/json", schema: .reference(FlawListWire.self)),
                problems: [.notFound], handle: { Response(json: try await check($0)) }),
            write(
                .post, "/api/documents/{id}/publish", "Makes the draft the version that contacts are handled by from now on.",
                PublishWish.self, .inTheLog, PublishedWire.self, [.notFound, .conflict, .documentFlawed]
            ) { try await publish($0, $1) },
            .command(
                .post, "/api/documents/{id}/retire", "Offers a script or a form with no contact that begins from now on.",
                access: Self.manage, audit: .inTheLog, takes: Nothing.self, problems: [.notFound, .staleState]
            ) { call, _ in try await retire(call) },
        ]
    }

    /// A command with an answer of its own.
    private func write<Input: WireInput, Answer: WireType>(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ input: Input.Type, _ audit: AuditMeaning, _ answer: Answer.Type,
        _ problems: [Problem.Code], _ handle: @escaping @Sendable (Call, Input) async throws -> Answer
    ) -> Route {
        Route(
            method: method, path: path, summary: summary, access: Self.manage, kind: .command, audit: audit,
            body: Route.RequestShape(contentTypes: ["application/json"], schema: .reference(input), limit: Limits.documentBodyMax),
            answer: Route.AnswerShape(status: .ok, contentType: "application/json", schema: .reference(answer)), problems: problems
        ) { call in
            Response(json: try await handle(call, Input.read(call.body)))
        }
    }

    // MARK: Reading

    private func list(_ call: Call) async throws -> DocumentListWire {
        let caller = try call.signedIn()
        let names = self.names.current
        var check = FieldCheck()
        let project: ProjectID? = check.id(call.query("project"), "project")
        let kind: Document.Kind? = check.choice(call.query("kind"), "kind")
        try check.pass()
        let projects = names.allProjects.filter { (project == nil || $0 == project) && caller.readsDocuments(of: $0, names) }
        let rows = try await store.documents(of: Set(projects), limit: Limits.documentsMax).filter { kind == nil || $0.kind == kind }
        return DocumentListWire(
            documents: rows.compactMap { row in
                let mayManage = caller.managesDocuments(of: row.project)
                guard mayManage || row.isInForce else { return nil }
                return DocumentListedWire(row, names: names, mayManage: mayManage)
            })
    }

    private func document(_ call: Call) async throws -> DocumentWire {
        let (row, mayManage) = try await visible(call)
        let names = self.names.current
        var draft: DocumentWire.DraftWire?
        if mayManage, let kept = try await store.documentDraft(row.id) {
            draft = .init(body: try body(kept.body, row.kind), revision: kept.revision)
        }
        var published: DocumentVersionWire?
        if row.isInForce, let version = row.version, let kept = try await store.documentVersion(row.id, version) {
            published = try wire(kept, row.kind, names)
        }
        let versions = mayManage ? try await store.documentVersions(row.id, limit: Limits.documentVersionsTold) : []
        return DocumentWire(
            id: row.id.description, kind: row.kind.rawValue, project: row.project.description, key: row.key,
            language: names.language(of: row.project).rawValue, draft: draft, published: published,
            versions: versions.map { .init(version: $0.version, at: $0.at.milliseconds, by: names.user($0.by)) },
            retiredAt: row.retiredAt?.milliseconds, mayManage: mayManage)
    }

    private func version(_ call: Call) async throws -> DocumentVersionWire {
        let (row, _) = try await visible(call)
        guard let number = call.parameters.get("version").flatMap({ Int32($0) }),
            let kept = try await store.documentVersion(row.id, Int(number))
        else { throw Problem(.notFound) }
        return try wire(kept, row.kind, names.current)
    }

    private func wire(_ row: DocumentVersionRow, _ kind: Document.Kind, _ names: Names) throws -> DocumentVersionWire {
        DocumentVersionWire(version: row.version, body: try body(row.body, kind), at: row.at.milliseconds, by: names.user(row.by))
    }

    private func body(_ text: String, _ kind: Document.Kind) throws -> DocumentBody {
        guard let body = DocumentBody(text, kind) else { throw StorageError.unreadable("the body of a \(kind)") }
        return body
    }

    // MARK: Writing

    private func make(_ call: Call, _ wish: DocumentWish) async throws -> DocumentMadeWire {
        let caller = try call.signedIn()
        let (project, kind) = try wish.checked()
        guard names.current.knows(project), caller.managesDocuments(of: project) else { throw Problem.invalid("project", .unknown) }
        let body = try DocumentBody.read(call.body, kind)
        let key = try call.commandKey()
        guard try await store.documents(of: [project], limit: Limits.documentsMax).count < Limits.documentsMax else {
            throw Problem(.tooMany)
        }
        let id = key.id(of: "document") as DocumentID
        guard
            try await store.createDocument(
                id, of: project, kind, key: wish.key, name: body.name, body: body.text, by: caller.account.user.id, at: now())
        else { throw Problem(.keyTaken) }
        let question = [Audit.Term("document", "made"), Audit.Term("kind", kind.rawValue)].compactMap(\.self)
        let position = try await centre.perform(
            .audited(Audit(.changed, .setUp, of: project, question: question)), by: caller.account.user.id, key: key)
        return DocumentMadeWire(id: id.description, position: position.number, revision: 1)
    }

    private func save(_ call: Call, _ change: DocumentDraftChange) async throws -> DraftRevisionWire {
        let (row, caller) = try await managed(call)
        let body = try DocumentBody.read(call.body, row.kind)
        guard
            let revision = try await store.saveDocumentDraft(
                row.id, after: change.revision, name: body.name, body: body.text, by: caller.account.user.id, at: now())
        else { throw Problem(.conflict) }
        return DraftRevisionWire(revision: revision)
    }

    private func drop(_ call: Call) async throws -> Response {
        let (row, _) = try await managed(call)
        var name: String?
        if let version = row.version, let kept = try await store.documentVersion(row.id, version) {
            name = try body(kept.body, row.kind).name
        }
        try await store.dropDocumentDraft(row.id, name: name)
        return Response(status: .noContent)
    }

    private func check(_ call: Call) async throws -> FlawListWire {
        let (row, _) = try await managed(call)
        let flaws = try DocumentBody.read(call.body, row.kind).flaws(in: names.current.language(of: row.project))
        return FlawListWire(flaws: flaws.map { FlawWire($0) })
    }

    private func publish(_ call: Call, _ wish: PublishWish) async throws -> PublishedWire {
        let (row, caller) = try await managed(call)
        let key = try call.commandKey()
        guard let draft = try await store.documentDraft(row.id), draft.revision == wish.revision else {
            // The same command again, whose answer was lost.
            guard let version = try await store.documentVersion(row.id, ofRevision: wish.revision) else { throw Problem(.conflict) }
            return PublishedWire(version: version, position: await centre.read { $0.position.number })
        }
        let flaws = try body(draft.body, row.kind).flaws(in: names.current.language(of: row.project))
        guard flaws.isEmpty else { throw Problem(.documentFlawed, flaws: flaws) }
        guard let version = try await store.nextDocumentVersion(row.id, of: draft.revision) else { throw Problem(.conflict) }
        let record = DocumentVersionRecord(
            document: row.id, version: version, revision: draft.revision, body: draft.body, at: now(), by: caller.account.user.id)
        let position = try await centre.perform(
            .documentPublished(row.id, row.project, version: version), by: caller.account.user.id, key: key,
            filings: [.documentVersion(record)])
        return PublishedWire(version: version, position: position.number)
    }

    private func retire(_ call: Call) async throws -> PositionWire {
        let (row, caller) = try await managed(call)
        guard row.isInForce else { throw Problem(.staleState) }
        let position = try await centre.perform(
            .documentRetired(row.id, row.project), by: caller.account.user.id, key: call.commandKey(),
            filings: [.documentRetired(row.id, at: now())])
        return PositionWire(position: position.number)
    }

    // MARK: Who may

    /// What one may not see is not there for him.
    private func visible(_ call: Call) async throws -> (DocumentRow, mayManage: Bool) {
        let caller = try call.signedIn()
        guard let row = try await store.document(try call.id("id")) else { throw Problem(.notFound) }
        let mayManage = caller.managesDocuments(of: row.project)
        guard mayManage || row.isInForce && caller.readsDocuments(of: row.project, names.current) else { throw Problem(.notFound) }
        return (row, mayManage)
    }

    private func managed(_ call: Call) async throws -> (DocumentRow, Caller) {
        let caller = try call.signedIn()
        guard let row = try await store.document(try call.id("id")), caller.managesDocuments(of: row.project) else {
            throw Problem(.notFound)
        }
        return (row, caller)
    }
}

extension Caller {
    func managesDocuments(of project: ProjectID) -> Bool { account.user.may(.manageScripts, at: Place(project: project)) }

    /// Who handles a project's contacts reads what is published for them.
    func readsDocuments(of project: ProjectID, _ names: Names) -> Bool {
        if managesDocuments(of: project) { return true }
        guard scope(of: .handleContacts) != nil || scope(of: .viewContacts) != nil else { return false }
        return account.user.projects.contains(project) || account.user.agent.map { names.projects(of: $0).contains(project) } ?? false
    }
}
