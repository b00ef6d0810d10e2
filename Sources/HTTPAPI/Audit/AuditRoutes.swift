import Centre
import Contacts
import Hummingbird
import Operation
import Organization
import Primitives
import Reporting
import Storage

/// Who saw, changed and took along what, and whether the log still is what was written.
struct AuditRoutes: Sendable {
    let store: Store
    let names: NameBook
    let watch: ChainWatch

    private static let access = Route.Access.mayOrAdministration(.viewAudit, atLeast: .project)

    var routes: [Route] {
        [
            .read(
                "/api/audit", "Who saw, changed and took along what, the newest first.", access: .may(.viewAudit, atLeast: .project),
                audit: .saw(.audit), answers: AuditWire.self,
                query: [
                    .init(name: "limit", schema: .integer, summary: "How many at most: 1 to \(Limits.pageMax), as an export more."),
                    .init(name: "before", schema: .integer, summary: "Reads on where an answer's `next` says."),
                    .init(name: "from", schema: .day, summary: "The first day, such as 2026-11-16."),
                    .init(name: "through", schema: .day, summary: "The last day, which is part of the span."),
                    .init(name: "user", schema: .id, summary: "Only what this user did, or what was tried with his login."),
                    .init(name: "action", schema: .enumeration(Audit.Action.allCases.map(\.rawValue)), summary: "Only this."),
                    .init(name: "subject", schema: .enumeration(Audit.Subject.Kind.allCases.map(\.rawValue)), summary: "Only of this."),
                    .init(name: "contact", schema: .id, summary: "Only of this contact."), .purpose,
                ], problems: [.invalid], { try await list($0) }),
            .read(
                "/api/audit/chain", "What the last check of the log's hash chain found, or how far the one is that runs.",
                access: Self.access, audit: .nothing(because: "it tells of the log as a whole, and of nobody in it"),
                answers: ChainWire.self
            ) { _ in ChainWire(await watch.state) },
            Route(
                method: .post, path: "/api/audit/chain",
                summary: "Has the log's hash chain computed again in the background; one check at a time.",
                access: Self.access, kind: .session, audit: .seen(.checked, .log), body: .json(ChainWish.self),
                answer: .init(status: .accepted, contentType: "application/json", schema: .reference(ChainWire.self)),
                problems: [.unavailable]
            ) { call in
                let mark = try ChainWish.read(call.body).checked()
                return Response(json: ChainWire(try await watch.begin(expecting: mark)), status: .accepted)
            },
        ]
    }

    private func list(_ call: Call) async throws -> AuditWire {
        let caller = try call.signedIn()
        let names = names.current
        var check = FieldCheck()
        let most = Route.Parameter.isExport(call) ? Limits.auditExportMax : Limits.pageMax
        var limit = Limits.pageDefault
        if let text = call.query("limit") {
            if let number = Int(text), number > 0 { limit = number } else { check.refuse("limit", .malformed) }
            if limit > most { check.refuse("limit", .notAllowed, limit: most) }
        }
        var before: LogPosition?
        if let text = call.query("before") {
            before = Int64(text).map { LogPosition($0) }
            if before == nil { check.refuse("before", .malformed) }
        }
        guard let reach = AuditFilter.Reach(caller) else { throw Problem(.forbidden) }
        var filter = AuditFilter(reach: reach)
        filter.user = check.id(call.query("user"), "user")
        filter.action = check.choice(call.query("action"), "action")
        filter.subject = check.choice(call.query("subject"), "subject")
        filter.contact = check.id(call.query("contact"), "contact")
        let time = names.time(of: caller)
        let from = check.day(call.query("from"), "from")
        let through = check.day(call.query("through"), "through")
        try check.pass()
        if let from { filter.since = time.days(from: from, through: from, limit: 1).first }
        if let through { filter.until = time.days(from: through, through: through, limit: 1).last }
        if let from, let through, through < from { throw Problem.invalid("through", .notAllowed) }
        let page = try await store.audit(filter, limit: limit, before: before)
        return AuditWire(
            entries: page.rows.map { AuditWire.EntryWire($0, names: names, language: caller.language) }, next: page.next?.number,
            people: names.people(seenBy: caller).map { NamedWire(id: $0.id.description, name: $0.name) }, timeZone: time.zoneName)
    }
}

extension AuditFilter.Reach {
    /// What of the audit somebody may see; nil: nothing.
    init?(_ caller: Caller) {
        switch caller.scope(of: .viewAudit) {
        case .all: self = .all
        case .project: self = .projects(caller.account.user.projects)
        case .team, .own, nil: return nil
        }
    }
}
