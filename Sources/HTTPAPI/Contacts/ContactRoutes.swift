import Centre
import Contacts
import Operation
import Organization
import Primitives
import Storage

/// The contacts somebody may see, as a list and each with its story.
struct ContactRoutes: Sendable {
    let store: Store
    let names: NameBook
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        let access = Route.Access.may(.viewContacts, atLeast: .own)
        return [
            .read(
                "/api/contacts", "Contacts, the newest first.", access: access, audit: .searched(.contacts), answers: ContactListWire.self,
                query: [
                    .init(
                        name: "limit", schema: .integer, summary: "How many at most: 1 to \(Limits.pageMax), else \(Limits.pageDefault)."),
                    .init(name: "before", schema: .string, summary: "Reads on where an answer's `next` says."),
                    .init(name: "queue", schema: .id, summary: "Only of this queue."),
                    .init(name: "agent", schema: .id, summary: "Only of this agent."),
                    .init(name: "number", schema: .string, summary: "Only of this caller."),
                    .init(name: "outcome", schema: .enumeration(OutcomeName.all), summary: "Only those that ended so."),
                    .init(name: "project", schema: .id, summary: "Only of this project."),
                    .init(name: "disposition", schema: .string, summary: "Only those with this disposition, or with `none`."),
                    .init(
                        name: "figure", schema: .enumeration(CountedFigure.allCases.map(\.rawValue)),
                        summary: "Only those that this figure of the span counts."),
                    .init(name: "since", schema: .integer, summary: "Where the figure's span begins, in milliseconds since 1970."),
                    .init(name: "until", schema: .integer, summary: "Where it ends."),
                    .init(name: "waitMin", schema: .integer, summary: "Of a queue's figure, only waits of so many seconds and more."),
                    .init(name: "waitEnd", schema: .integer, summary: "Of a queue's figure, only waits of less than so many seconds."),
                ], problems: [.invalid], { try await list($0) }),
            .read(
                "/api/contacts/{id}", "One contact with its segments, offers and events.", access: access, audit: .saw(.contact),
                answers: StoryWire.self, problems: [.notFound], { try await story($0) }),
        ]
    }

    private func list(_ call: Call) async throws -> ContactListWire {
        let caller = try call.signedIn()
        guard let reach = ContactFilter.Reach(caller) else { throw Problem(.forbidden) }
        var check = FieldCheck()
        var limit = Limits.pageDefault
        if let text = call.query("limit") {
            if let number = Int(text), number > 0 { limit = number } else { check.refuse("limit", .malformed) }
            if limit > Limits.pageMax { check.refuse("limit", .notAllowed, limit: Limits.pageMax) }
        }
        var before: ContactCursor?
        if let text = call.query("before") {
            before = ContactCursor(text)
            if before == nil { check.refuse("before", .malformed) }
        }
        let queue: QueueID? = check.id(call.query("queue"), "queue")
        let agent: AgentID? = check.id(call.query("agent"), "agent")
        let number = call.query("number")
        check.text(number ?? "", "number", limit: Limits.numberMax, required: false)
        let outcome = call.query("outcome")
        if let outcome, !OutcomeName.all.contains(outcome) { check.refuse("outcome", .unknown) }
        var filter = ContactFilter(reach: reach, queue: queue, agent: agent, number: number, outcome: outcome)
        filter.project = check.id(call.query("project"), "project")
        switch call.query("disposition") {
        case nil: break
        case "none": filter.disposition = .some(nil)
        case let text?:
            let disposition: DispositionID? = check.id(text, "disposition")
            filter.disposition = .some(disposition)
        }
        filter.figure = Self.figure(call, &check)
        try check.pass()
        let page = try await store.contacts(filter, limit: limit, before: before)
        let names = names.current
        let now = self.now()
        return ContactListWire(
            contacts: page.rows.map { ContactWire($0, names: names, language: caller.language, now: now) }, next: page.next?.description)
    }

    private static func figure(_ call: Call, _ check: inout FieldCheck) -> FigureSelection? {
        guard let figure: CountedFigure = check.choice(call.query("figure"), "figure") else { return nil }
        let bounds = ["since", "until"].map { field in
            let bound = call.query(field).flatMap { Int64($0) }.map { Timestamp.distantPast + .milliseconds($0) }
            if bound == nil { check.refuse(field, call.query(field) == nil ? .required : .malformed) }
            return bound
        }
        let waits = ["waitMin", "waitEnd"].map { field -> Duration? in
            guard let text = call.query(field) else { return nil }
            guard figure.countsVisits else {
                check.refuse(field, .notAllowed)
                return nil
            }
            guard let seconds = Int32(text), seconds >= 0 else {
                check.refuse(field, .malformed)
                return nil
            }
            return .seconds(seconds)
        }
        guard let since = bounds[0], let until = bounds[1] else { return nil }
        return FigureSelection(figure, since: since, until: until, waitMin: waits[0], waitEnd: waits[1])
    }

    private func story(_ call: Call) async throws -> StoryWire {
        let caller = try call.signedIn()
        let id: ContactID = try call.id("id")
        // What one may not see is not there for him: an id must tell nothing.
        guard let row = try await store.contact(id), caller.account.user.may(.viewContacts, at: row.place) else {
            throw Problem(.notFound)
        }
        call.concern.project = row.project
        let entries = try await store.entries(of: id)
        let outside = try await store.numbersOutside(of: id)
        let told = Array(entries.prefix(Limits.storyMax))
        var story = StoryWire(row, told, outside: outside, names: names.current, language: caller.language, now: now())
        story.meanwhile = try await meanwhile(ContactStory(told), caller)
        if caller.account.user.may(.viewAudit, at: row.place) {
            story.seenBy = try await store.lookers(at: id).map { LookerWire($0, names: names.current) }
        }
        return story
    }

    /// What kept the agents of its queue while it waited there the longest.
    private func meanwhile(_ story: ContactStory, _ caller: Caller) async throws -> StoryWire.MeanwhileWire? {
        let now = now()
        guard let wait = story.longestWait(at: now), let queue = wait.queue, let reach = ContactFilter.Reach(caller, to: .viewFigures)
        else {
            return nil
        }
        // Who sees nobody but himself knows what he did.
        if case .agent = reach { return nil }
        let to = min(wait.to ?? now, wait.from + StoryWire.MeanwhileWire.waitMax)
        let spent = try await store.agentTime(reach, serving: queue, from: wait.from, to: to, at: now)
        return StoryWire.MeanwhileWire(spent, queue, from: wait.from, to: to, names: names.current, language: caller.language)
    }
}

extension ContactRow {
    /// Where it lies, seen from the rights.
    var place: Place { Place(project: project, team: team, agent: agent) }
}

extension ContactFilter.Reach {
    /// The contacts of which a user may see a list, or what they came to; nil: none.
    init?(_ caller: Caller, to permission: Permission = .viewContacts) {
        let user = caller.account.user
        switch (caller.scope(of: permission), user.team, user.agent) {
        case (nil, _, _): return nil
        case (.all, _, _): self = .all
        case (.project, _, _): self = .projects(user.projects)
        case (.team, let team?, let agent): self = .team(team, alsoAgent: agent)
        case (.team, nil, let agent?), (.own, _, let agent?): self = .agent(agent)
        case (.team, nil, nil), (.own, _, nil): return nil
        }
    }
}
