import Centre
import Gazetteer
import Hummingbird
import NIOCore
import Operation
import Organization
import Primitives
import Storage

/// The streets that a project knows: brought in as a file, asked while somebody types an address.
struct GazetteerRoutes: Sendable {
    let centre: CentreActor
    let gazetteers: Gazetteers
    let names: NameBook
    let now: @Sendable () -> Timestamp

    private static let manage = Route.Access.may(.manageScripts, atLeast: .project)
    private static let streets = AuditMeaning.nothing(because: "streets of a town, of no person")
    private static let project = Route.Parameter(name: "project", schema: .id, summary: "Whose gazetteer.")
    private static let city = Route.Parameter(name: "city", schema: .string, summary: "The town as far as it is known.")

    var routes: [Route] {
        [
            .read(
                "/api/gazetteers", "The gazetteers of projects.", access: Self.manage, audit: Self.streets, answers: GazetteerListWire.self,
                { try await list($0) }),
            Route(
                method: .post, path: "/api/gazetteers/import", summary: "Puts the streets of a file in the place of those a project has.",
                access: Self.manage, kind: .command, audit: .byHandler,
                body: Route.RequestShape(contentTypes: ["text/csv"], schema: .string, limit: GazetteerFile.bytesMax),
                query: [
                    Self.project,
                    .init(name: "preview", schema: .boolean, summary: "`true`: only says which rows are refused."),
                    .init(
                        name: "partly", schema: .boolean,
                        summary: "`true`: leaves out the rows that are refused; else nothing is changed if one is."),
                ],
                answer: Route.AnswerShape(
                    status: .ok, contentType: "application/json", schema: .reference(GazetteerImportWire.self)),
                handle: { Response(json: try await bringIn($0)) }),
            .command(
                .delete, "/api/gazetteers/{project}", "Forgets the streets that a project knows.", access: Self.manage, audit: .byHandler,
                takes: Nothing.self, problems: [.notFound]
            ) { call, _ in try await drop(call) },
            .read(
                "/api/gazetteer", "Addresses that somebody who types a street may mean, the best first.", access: CustomerRoutes.view,
                audit: Self.streets, answers: AddressSuggestionsWire.self,
                query: [
                    Self.project,
                    .init(
                        name: "text", schema: .string, summary: "What is typed: a street, its number, a town, in any of the six scripts."),
                    Self.city,
                    .init(
                        name: "limit", schema: .integer,
                        summary: "How many at most: 1 to \(StreetIndex.limitMax), else \(Limits.suggestionsDefault)."),
                ], problems: [.invalid], { try await suggest($0) }),
            .read(
                "/api/gazetteer/check", "Whether an address is in the gazetteer.", access: CustomerRoutes.view, audit: Self.streets,
                answers: AddressCheckWire.self,
                query: [
                    Self.project, .init(name: "street", schema: .string, summary: "Its whole name."),
                    .init(name: "houseNumber", schema: .string, summary: "The house."), Self.city,
                    .init(name: "postcode", schema: .string, summary: "The postcode."),
                ], problems: [.invalid], { try await check($0) }),
        ]
    }

    // MARK: Whose

    private func project(_ call: Call, where may: (Caller, ProjectID) -> Bool) throws -> ProjectID {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let project: ProjectID? = check.id(call.query("project"), "project")
        if call.query("project") == nil { check.refuse("project", .required) }
        try check.pass()
        guard let project, names.current.knows(project), may(caller, project) else { throw Problem.invalid("project", .unknown) }
        return project
    }

    private func asked(_ call: Call) throws -> ProjectID {
        let names = self.names.current
        return try project(call) { $0.seesCustomers(of: $1, names) }
    }

    // MARK: Managing

    private func list(_ call: Call) async throws -> GazetteerListWire {
        let caller = try call.signedIn()
        let names = self.names.current
        let projects = names.allProjects.filter { caller.managesDocuments(of: $0) }
        let all = gazetteers.all.filter { projects.contains($0.row.project) }.sorted { $0.row.project < $1.row.project }
        return GazetteerListWire(
            gazetteers: all.map { .init($0.row, isReady: $0.isReady, names: names) },
            projects: projects.map { NamedWire(id: $0.description, name: names.project($0, in: caller.language)) })
    }

    private func bringIn(_ call: Call) async throws -> GazetteerImportWire {
        let project = try project(call) { $0.managesDocuments(of: $1) }
        let key = try call.commandKey()
        let reading: Gazetteers.Reading
        do {
            reading = try await gazetteers.read(Array(call.body.readableBytesView))
        } catch let error as GazetteerFile.Unreadable {
            throw Self.problem(error)
        }
        if call.query("preview") == "true" || reading.refusedCount > 0 && call.query("partly") != "true" {
            return GazetteerImportWire(reading, isImported: false)
        }
        // An empty table is no gazetteer: whoever wants none says so.
        guard reading.streets > 0 else { throw Problem.invalid("file", .required) }
        let row = GazetteerRow(
            project: project, version: key.id(of: "gazetteer"), streets: reading.streets, places: reading.places, changedAt: now(),
            changedBy: key.user)
        try await gazetteers.replace(reading.bytes, as: row)
        try await note("imported", project, by: key, count: reading.streets)
        return GazetteerImportWire(reading, isImported: true)
    }

    private static func problem(_ error: GazetteerFile.Unreadable) -> Problem {
        var found: FieldError
        switch error {
        case .encoding(let line):
            found = FieldError(field: "file", rule: .malformed)
            found.line = line
        case .column(let name):
            found = FieldError(field: "file", rule: .unknown)
            found.value = String(name.prefix(GazetteerFile.textMax))
        case .missing(let name):
            found = FieldError(field: "file", rule: .required)
            found.value = name
        case .tooMany: found = FieldError(field: "file", rule: .tooLarge, limit: GazetteerFile.rowsMax)
        }
        return Problem(.invalid, errors: [found])
    }

    private func drop(_ call: Call) async throws -> PositionWire {
        let caller = try call.signedIn()
        let project: ProjectID = try call.id("project")
        guard caller.managesDocuments(of: project) else { throw Problem(.notFound) }
        call.concern.project = project
        let key = try call.commandKey()
        guard try await gazetteers.drop(project) else { throw Problem(.notFound) }
        return PositionWire(position: try await note("removed", project, by: key, count: nil))
    }

    @discardableResult
    private func note(_ deed: String, _ project: ProjectID, by key: CommandKey, count: Int?) async throws -> Int64 {
        let question = [Audit.Term("gazetteer", deed), count.flatMap { Audit.Term("count", String($0)) }].compactMap(\.self)
        return try await centre.perform(.audited(Audit(.changed, .setUp, of: project, question: question)), by: key.user, key: key).number
    }

    // MARK: Asking

    private func suggest(_ call: Call) async throws -> AddressSuggestionsWire {
        let project = try asked(call)
        var check = FieldCheck()
        let text = call.query("text") ?? ""
        let city = call.query("city") ?? ""
        check.text(text, "text", limit: StreetIndex.lineMax, required: false)
        check.text(city, "city", limit: StreetIndex.lineMax, required: false)
        var limit = Limits.suggestionsDefault
        if let wanted = call.query("limit") {
            if let number = Int(wanted), number > 0 { limit = number } else { check.refuse("limit", .malformed) }
            if limit > StreetIndex.limitMax { check.refuse("limit", .notAllowed, limit: StreetIndex.limitMax) }
        }
        try check.pass()
        let index = gazetteers.index(of: project)
        let found = index?.suggestions(for: text, city: city, limit: limit) ?? []
        return AddressSuggestionsWire(
            isReady: index != nil, hasStreets: gazetteers.has(project), suggestions: found.map { AddressSuggestionsWire.One($0) })
    }

    private func check(_ call: Call) async throws -> AddressCheckWire {
        let project = try asked(call)
        var check = FieldCheck()
        func part(_ name: String) -> String {
            let text = call.query(name) ?? ""
            check.text(text, name, limit: StreetIndex.lineMax, required: name == "street")
            return text
        }
        let (street, houseNumber, city, postcode) = (part("street"), part("houseNumber"), part("city"), part("postcode"))
        try check.pass()
        guard let index = gazetteers.index(of: project) else { return AddressCheckWire(known: true, why: nil) }
        let unknown = index.unknown(street: street, houseNumber: houseNumber, city: city, postcode: postcode)
        return AddressCheckWire(known: unknown == nil, why: unknown?.rawValue)
    }
}
