import Centre
import Contacts
import Gazetteer
import Hummingbird
import Operation
import Organization
import Primitives
import Scripting
import Storage

/// Scripts and forms about a contact: at the desk of its agent, and in its story.
///
/// A contact is handled by the versions that were in force when it began, whatever is published meanwhile.
struct ContactWorkRoutes: Sendable {
    let centre: CentreActor
    let store: Store
    let names: NameBook
    let trail: AuditTrail
    let gazetteers: Gazetteers
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        let access = Route.Access.may(.handleContacts, atLeast: .own)
        return [
            .read(
                "/api/desk/contacts/{contact}/work", "The script and the forms of the agent's contact.", access: access, audit: .inTheLog,
                answers: ContactWorkWire.self, problems: [.notFound, .staleState], { try await work($0) }),
            .command(
                .put, "/api/desk/contacts/{contact}/script", "Keeps the way that was taken through the script.", access: access,
                audit: .nothing(because: "who has the contact stands in the log"), takes: ScriptRunChange.self,
                problems: [.notFound, .staleState]
            ) { try await follow($0, $1) },
            values(
                .put, "/api/desk/contacts/{contact}/forms/{form}/values", "Keeps what is typed in some fields of a form, as it is typed.",
                .nothing(because: "what is submitted stands in the log")
            ) { try await keep($0, $1) },
            values(
                .post, "/api/desk/contacts/{contact}/forms/{form}/submit", "Keeps the answer to a form, if all of it is right.", .inTheLog
            ) { try await submit($0, $1) },
            .read(
                "/api/contacts/{id}/work", "What was said by the script and answered to forms.",
                access: .may(.viewContacts, atLeast: .own), audit: .byHandler, answers: StoryWorkWire.self, problems: [.notFound]
            ) { try await story($0) },
        ]
    }

    private func values(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ audit: AuditMeaning,
        _ handle: @escaping @Sendable (Call, FormValuesChange) async throws -> PositionWire
    ) -> Route {
        var route = Route.command(
            method, path, summary, access: .may(.handleContacts, atLeast: .own), audit: audit, takes: FormValuesChange.self,
            problems: [.notFound, .staleState, .conflict], handle)
        route.body?.limit = Limits.formBodyMax
        return route
    }

    // MARK: At the desk

    /// The agent's contact: nobody else's work is there for him.
    private struct Own {
        var contact: Contact
        var caller: Caller
        var agent: AgentID
        var position: LogPosition
    }

    private func own(_ call: Call) async throws -> Own {
        let (caller, agent) = try call.agent()
        let id: ContactID = try call.id("contact")
        let (contact, position) = await centre.read { ($0.contacts[id], $0.position) }
        guard let contact, contact.state.agent == agent else { throw Problem(.staleState) }
        return Own(contact: contact, caller: caller, agent: agent, position: position)
    }

    private func work(_ call: Call) async throws -> ContactWorkWire {
        let own = try await own(call)
        let language = names.current.language(of: own.contact.project).rawValue
        guard own.contact.direction != .internal else { return ContactWorkWire(language: language, script: nil, forms: []) }
        let inForce = try await store.documentsInForce(of: own.contact.project, at: own.contact.openedAt)
        let work = try await store.work(of: own.contact.id)
        var forms: [ContactWorkWire.FormWorkWire] = []
        for document in inForce {
            guard case .form(let form)? = DocumentBody(document.body, document.kind) else { continue }
            let row = work.form(document.document)
            var values = FieldValue.values(row?.values ?? [])
            for (field, value) in FieldValue.values(row?.draft ?? []) { values[field] = value }
            forms.append(
                .init(
                    id: document.document.description, version: document.version, body: form,
                    values: values.filter { !$0.value.isEmpty }.mapValues { ValueWire($0) },
                    submittedAt: row?.submitted?.at.milliseconds))
        }
        let chosen = Self.script(of: inForce, for: own.contact.direction)
        return ContactWorkWire(
            language: language,
            script: chosen.map { document, script in
                let run = work.run.flatMap { $0.document == document.document && $0.version == document.version ? $0 : nil }
                return .init(
                    id: document.document.description, version: document.version, body: ScriptWire(script),
                    run: .init(
                        steps: (run?.steps ?? []).map { TakenWire(step: $0.step, answer: $0.answer) },
                        current: run == nil ? script.start : run?.current))
            }, forms: forms)
    }

    /// The newest that is for such calls.
    private static func script(of documents: [DocumentInForce], for direction: ContactDirection) -> (DocumentInForce, Script)? {
        for document in documents.reversed() {
            guard case .script(let wire)? = DocumentBody(document.body, document.kind) else { continue }
            switch (wire.script.direction, direction) {
            case (.both, _), (.inbound, .inbound), (.outbound, .outbound): return (document, wire.script)
            case (.inbound, _), (.outbound, _): continue
            }
        }
        return nil
    }

    private func follow(_ call: Call, _ change: ScriptRunChange) async throws -> PositionWire {
        let own = try await own(call)
        let inForce = try await store.documentsInForce(of: own.contact.project, at: own.contact.openedAt)
        guard own.contact.direction != .internal, let (document, script) = Self.script(of: inForce, for: own.contact.direction) else {
            throw Problem(.notFound)
        }
        let run = change.run
        do {
            try run.check(against: script)
        } catch {
            switch error {
            case .step(let index): throw Problem.invalid("steps.\(index)", .notAllowed)
            case .current: throw Problem.invalid("current", .notAllowed)
            case .tooLong: throw Problem.invalid("steps", .tooLong, limit: ScriptRun.stepsMax)
            }
        }
        let row = ScriptRunRow(
            document: document.document, version: document.version, steps: run.steps.map { ($0.step, $0.answer) }, current: run.current)
        try await store.saveScriptRun(row, of: own.contact.id)
        return PositionWire(position: own.position.number)
    }

    /// The form in the version that the contact is handled by, which the desk must have, too.
    private func form(_ call: Call, _ own: Own, _ version: Int) async throws -> (DocumentInForce, Form) {
        guard own.contact.direction != .internal,
            let document = try await store.documentInForce(call.id("form"), of: own.contact.project, at: own.contact.openedAt),
            case .form(let wire)? = DocumentBody(document.body, document.kind)
        else { throw Problem(.notFound) }
        guard document.version == version else { throw Problem(.conflict) }
        return (document, wire.form)
    }

    private func keep(_ call: Call, _ change: FormValuesChange) async throws -> PositionWire {
        let own = try await own(call)
        let (document, form) = try await form(call, own, change.version)
        let fields = Dictionary(form.fields.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var check = FieldCheck()
        var kept: [String: [FieldText]] = [:]
        for key in change.values.keys.sorted() {
            guard let field = fields[key], let value = change.values[key]?.value else {
                check.refuse(key, .unknown)
                continue
            }
            // A card's number is written nowhere, also not half of it.
            if field.kind == .card || field.computed != nil { continue }
            let texts = value.texts(of: key)
            if texts.contains(where: { $0.text.unicodeScalars.count > Field.textMax }) {
                check.refuse(key, .tooLong, limit: Field.textMax)
            }
            kept[key] = texts
        }
        try check.pass()
        try await store.saveFormDraft(kept, in: document.document, of: own.contact.id)
        return PositionWire(position: own.position.number)
    }

    private func submit(_ call: Call, _ change: FormValuesChange) async throws -> PositionWire {
        let own = try await own(call)
        let (document, form) = try await form(call, own, change.version)
        let names = self.names.current
        let before = try await store.work(of: own.contact.id).form(document.document)
        let now = now()
        let context = AnswerContext(
            today: (names.time(of: own.contact.project) ?? .utc).date(of: now), numbers: names.numberPlan(of: own.contact.project),
            kept: FieldValue.values(before?.values ?? []),
            isKnown: try form.fields.contains(where: \.isInGazetteer) ? known(in: own.contact.project) : nil)
        let answer: FormAnswer
        switch form.check(change.values.mapValues(\.value), context) {
        case .answer(let right): answer = right
        case .problems(let problems): throw Problem(.invalid, errors: problems.map { FieldError($0) })
        }
        let record = FormAnswerRecord(
            contact: own.contact.id, form: document.document, version: document.version, agent: own.agent, at: now,
            values: answer.values.flatMap { $0.value.texts(of: $0.field) })
        let position = try await centre.perform(
            .formSubmitted(own.agent, own.contact.id, form: document.document, version: document.version),
            by: own.caller.account.user.id, key: call.commandKey(), filings: [.formAnswer(record)])
        return PositionWire(position: position.number)
    }

    /// Nil if the project has no gazetteer.
    private func known(in project: ProjectID) throws -> (@Sendable (PostalAddress) -> Bool)? {
        guard gazetteers.has(project) else { return nil }
        guard let index = gazetteers.index(of: project) else { throw Problem(.unavailable, retryAfter: 5) }
        return { address in
            func part(_ part: PostalAddress.Part) -> String { address.parts[part] ?? "" }
            let unknown = index.unknown(
                street: part(.street), houseNumber: part(.houseNumber), city: part(.city), postcode: part(.postcode))
            return unknown == nil
        }
    }

    // MARK: In the story

    private func story(_ call: Call) async throws -> StoryWorkWire {
        let caller = try call.signedIn()
        let id: ContactID = try call.id("id")
        guard let row = try await store.contact(id), caller.account.user.may(.viewContacts, at: row.place) else {
            throw Problem(.notFound)
        }
        let names = self.names.current
        let (language, fallback) = (caller.language, names.language(of: row.project))
        let work = try await store.work(of: id)
        var script: StoryWorkWire.ScriptStoryWire?
        if let run = work.run, !run.steps.isEmpty, let kept = try await store.documentVersion(run.document, run.version),
            case .script(let wire)? = DocumentBody(kept.body, .script)
        {
            script = .init(wire.script, run, language: language, else: fallback)
        }
        var forms: [StoryWorkWire.FormStoryWire] = []
        for form in work.forms {
            // What was begun and never submitted was begun in the version that was in force.
            var version = form.submitted?.version
            if version == nil {
                version = try await store.documentInForce(form.form, of: row.project, at: row.openedAt)?.version
            }
            guard let version, let kept = try await store.documentVersion(form.form, version),
                case .form(let wire)? = DocumentBody(kept.body, .form)
            else { continue }
            forms.append(.init(wire.form, version, form, names: names, language: language, else: fallback))
        }
        // Nobody is shown anything of which the log does not say that he saw it.
        try await trail.write(Audit(.saw, .contact(id), of: row.project), by: caller.account.user.id)
        let approvals = try await store.approvals(in: id)
        let book = approvals.isEmpty ? nil : try await ProductBook(of: row.project, from: store)
        return StoryWorkWire(
            script: script, forms: forms, proposals: try await store.proposals(in: id).map { ProposalWire($0, names: names) },
            concessions: try await store.concessions(in: id).map { ConcessionWire($0, names: names) },
            approvals: approvals.compactMap { approval in
                book.map { ApprovalWire(approval, $0, names: names, language: language) }
            })
    }
}

extension FieldError {
    init(_ problem: FieldProblem) {
        let rule: Rule =
            switch problem.rule {
            case .required: .required
            case .malformed: .malformed
            case .tooLong: .tooLong
            case .tooSmall: .tooSmall
            case .tooLarge: .tooLarge
            case .pattern: .pattern
            case .notAllowed: .notAllowed
            case .unknown: .unknown
            case .unknownAddress: .unknownAddress
            }
        self.init(field: problem.field, rule: rule, limit: problem.limit.flatMap { Int($0) })
        expected = problem.limit
    }
}
