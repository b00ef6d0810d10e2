import Centre
import Operation
import Organization
import Primitives
import Reporting
import Storage

/// What the projects of a client came to, without the people who worked in them.
struct ClientReportRoutes: Sendable {
    let store: Store
    let names: NameBook
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            .read(
                "/api/client-report", "What one of the client's own projects came to, in a span of days.",
                access: .may(.viewClientReport, atLeast: .project), audit: .saw(.figures), answers: ClientReportWire.self,
                query: [
                    .init(name: "from", schema: .day, summary: "The first day, such as 2026-11-16."),
                    .init(name: "through", schema: .day, summary: "The last day, which is part of the span."),
                    .init(
                        name: "interval", schema: .enumeration(CivilInterval.allCases.map(\.rawValue)),
                        summary: "What the course is cut into; else days."),
                    .init(name: "project", schema: .id, summary: "Which of the projects; else the first."), .purpose,
                ], problems: [.invalid]
            ) { try await report($0) }
        ]
    }

    private func report(_ call: Call) async throws -> ClientReportWire {
        let caller = try call.signedIn()
        let names = names.current
        let own = names.allProjects.filter(caller.account.user.projects.contains)
        var check = FieldCheck()
        let from = check.day(call.query("from"), "from", isRequired: true)
        let through = check.day(call.query("through"), "through", isRequired: true)
        let interval: CivilInterval = check.choice(call.query("interval"), "interval") ?? .day
        let named: ProjectID? = check.id(call.query("project"), "project")
        if let named, !own.contains(named) { check.refuse("project", .unknown) }
        try check.pass()
        guard let from, let through else { throw Problem(.invalid) }
        // A client without a project has nothing to see.
        guard let project = named ?? own.first, let time = names.time(of: project) else { throw Problem.invalid("project", .required) }
        let span: ReportSpan
        do throws(ReportSpan.Refusal) {
            span = try ReportSpan(from: from, through: through, by: interval, in: time)
        } catch {
            throw Problem(error)
        }
        let now = self.now()
        var filter = FigureFilter(reach: .projects([project]))
        filter.project = project
        let queues = try await store.figures(filter, span, by: .queue, at: now)
        let dispositions = try await store.figures(filter, span, by: .disposition, at: now)
        return ClientReportWire(
            projects: own, project: project, queues, dispositions, span, names: names, language: caller.language, now: now)
    }
}
