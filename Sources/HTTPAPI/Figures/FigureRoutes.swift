import Centre
import Operation
import Organization
import Primitives
import Reporting
import Storage

/// What contacts and agents came to, for who may see it.
struct FigureRoutes: Sendable {
    let store: Store
    let names: NameBook
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            .read(
                "/api/figures", "What contacts and agents came to, in a span of days.", access: .may(.viewFigures, atLeast: .own),
                audit: .saw(.figures), answers: FiguresWire.self,
                query: [
                    .init(name: "from", schema: .day, summary: "The first day, such as 2026-11-16."),
                    .init(name: "through", schema: .day, summary: "The last day, which is part of the span."),
                    .init(
                        name: "interval", schema: .enumeration(CivilInterval.allCases.map(\.rawValue)),
                        summary: "What the course is cut into; else days."),
                    .init(
                        name: "by", schema: .enumeration(FigureGrouping.allCases.map(\.rawValue)),
                        summary: "By what the rows are told apart; else queues."),
                    .init(name: "project", schema: .id, summary: "Only of this project, whose time zone it is then."),
                    .init(name: "queue", schema: .id, summary: "Only of this queue."),
                    .init(name: "agent", schema: .id, summary: "Only of this agent."), .purpose,
                ], problems: [.invalid]
            ) { try await figures($0) }
        ]
    }

    private func figures(_ call: Call) async throws -> FiguresWire {
        let caller = try call.signedIn()
        guard let reach = ContactFilter.Reach(caller, to: .viewFigures) else { throw Problem(.forbidden) }
        let names = names.current
        var check = FieldCheck()
        let from = check.day(call.query("from"), "from", isRequired: true)
        let through = check.day(call.query("through"), "through", isRequired: true)
        let interval: CivilInterval = check.choice(call.query("interval"), "interval") ?? .day
        let grouping: FigureGrouping = check.choice(call.query("by"), "by") ?? .queue
        var filter = FigureFilter(reach: reach)
        filter.project = check.id(call.query("project"), "project")
        filter.queue = check.id(call.query("queue"), "queue")
        filter.agent = check.id(call.query("agent"), "agent")
        if let project = filter.project, !names.knows(project) { check.refuse("project", .unknown) }
        if let queue = filter.queue, !names.knows(queue) { check.refuse("queue", .unknown) }
        if let agent = filter.agent, !names.knows(agent) { check.refuse("agent", .unknown) }
        try check.pass()
        guard let from, let through else { throw Problem(.invalid) }
        let span: ReportSpan
        do throws(ReportSpan.Refusal) {
            span = try ReportSpan(from: from, through: through, by: interval, in: Self.time(for: filter, caller, names))
        } catch {
            throw Problem(error)
        }
        let now = self.now()
        let report = try await store.figures(filter, span, by: grouping, at: now)
        return FiguresWire(report, span, by: grouping, seesQueues: filter.seesQueues, names: names, language: caller.language, now: now)
    }

    /// The clock by which the span is read: the project's, or that of the first that the user sees.
    private static func time(for filter: FigureFilter, _ caller: Caller, _ names: Names) -> CivilTime {
        let project = filter.project ?? filter.queue.flatMap { names.project(of: $0) }
        return project.flatMap { names.time(of: $0) } ?? names.time(of: caller)
    }
}

extension Problem {
    init(_ refusal: ReportSpan.Refusal) {
        let error =
            switch refusal {
            case .backwards: FieldError(field: "through", rule: .notAllowed)
            case .tooLong: FieldError(field: "through", rule: .notAllowed, limit: ReportSpan.daysMax)
            case .tooFine: FieldError(field: "interval", rule: .notAllowed, limit: ReportSpan.intervalsMax)
            }
        self.init(.invalid, errors: [error])
    }
}
