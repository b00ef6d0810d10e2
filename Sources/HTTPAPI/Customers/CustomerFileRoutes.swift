import Calls
import Centre
import Contacts
import Customers
import Hummingbird
import Logging
import NIOCore
import Operation
import Organization
import Primitives
import Storage
import Synchronization

/// What is done with customers as a whole: taken along, brought in, shown to themselves, erased.
struct CustomerFileRoutes: Sendable {
    let centre: CentreActor
    let store: Store
    let recordings: RecordingPort
    let names: NameBook
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let running = RunningImports()

    /// Between two looks for what was left half done.
    private static let pause = Duration.seconds(60)
    /// Customers that are read at a time for a file.
    private static let page = 500
    private static let preview = Route.Parameter(
        name: "preview", schema: .boolean, summary: "`true`: only says what would become of each row.")
    private static let partly = Route.Parameter(
        name: "partly", schema: .boolean, summary: "`true`: leaves out the rows that are refused; else none is brought in if one is.")
    private static let project = Route.Parameter(name: "project", schema: .id, summary: "Whose customers.")

    var routes: [Route] {
        [
            Route(
                method: .get, path: "/api/customers/export", summary: "All customers of a project as CSV, one row for each.",
                access: CustomerRoutes.manage, kind: .read, audit: .exported(.customers), query: [Self.project, .purpose],
                answer: Route.AnswerShape(status: .ok, contentType: "text/csv", schema: .string), problems: [.invalid],
                handle: { try await export($0) }),
            Route(
                method: .post, path: "/api/customers/import", summary: "Brings in customers from CSV, all or none.",
                access: CustomerRoutes.manage, kind: .command, audit: .byHandler,
                body: Route.RequestShape(contentTypes: ["text/csv"], schema: .string, limit: CustomerFile.bytesMax),
                query: [Self.project, Self.preview, Self.partly],
                answer: Route.AnswerShape(
                    status: .ok, contentType: "application/json", schema: .reference(CustomerImportWire.self)),
                handle: { Response(json: try await bringIn($0)) }),
            .read(
                "/api/customers/{id}/kept", "Everything that is kept of a customer, for himself.", access: CustomerRoutes.manage,
                audit: .exported(.customer), answers: CustomerKeptWire.self, problems: [.notFound], { try await kept($0) }),
            .command(
                .post, "/api/customers/{id}/erase", "Forgets who a customer is, and everything he told and was noted of him.",
                access: CustomerRoutes.manage, audit: .byHandler, takes: CustomerErasure.self, problems: [.notFound, .staleState]
            ) { try await erase($0, $1) },
        ]
    }

    private func managed(_ call: Call) throws -> ProjectID {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let project: ProjectID? = check.id(call.query("project"), "project")
        if call.query("project") == nil { check.refuse("project", .required) }
        try check.pass()
        guard let project, names.current.knows(project), caller.managesCustomers(of: project) else {
            throw Problem.invalid("project", .unknown)
        }
        return project
    }

    // MARK: Files

    private func export(_ call: Call) async throws -> Response {
        let project = try managed(call)
        let store = self.store
        let addresses = Customer.addressesMax
        let body = ResponseBody { writer in
            var buffer = ByteBuffer(string: "\u{FEFF}" + CustomerFile.header(addresses: addresses))
            var last: CustomerID?
            while true {
                let rows = try await store.customers(of: project, after: last, limit: Self.page)
                for (row, consents) in rows {
                    buffer.writeString(CustomerFile.line(of: row.customer, consents: consents, addresses: addresses))
                }
                try await writer.write(buffer)
                buffer.clear()
                guard let end = rows.last?.0.customer.id, rows.count == Self.page else { break }
                last = end
            }
            try await writer.finish(nil)
        }
        var response = Response(status: .ok, headers: [.contentType: "text/csv; charset=utf-8"], body: body)
        response.headers[.contentDisposition] = "attachment; filename=\"customers.csv\""
        return response
    }

    private func bringIn(_ call: Call) async throws -> CustomerImportWire {
        let project = try managed(call)
        let key = try call.commandKey()
        let bytes = Array(call.body.readableBytesView)
        let file: CustomerFile
        do {
            file = try CustomerFile(bytes, numbers: names.current.numberPlan(of: project))
        } catch {
            throw Self.problem(error)
        }
        let wanted = CustomerImportID(id: key.id(of: "import"), project: project, user: key.user, began: now())
        let preview = try await store.previewImport(file, into: project)
        if call.query("preview") == "true" || preview.refusedCount > 0 && call.query("partly") != "true" {
            return CustomerImportWire(preview, isImported: false)
        }
        running.begin(wanted.id)
        defer { running.end(wanted.id) }
        try await store.keepImport(bytes, as: wanted)
        let outcome = try await store.bringIn(file, wanted)
        try await noteImport(wanted, outcome.added + outcome.changed)
        return CustomerImportWire(outcome, isImported: true)
    }

    private static func problem(_ error: CustomerFile.Unreadable) -> Problem {
        var found: FieldError
        switch error {
        case .encoding(let line):
            found = FieldError(field: "file", rule: .malformed)
            found.line = line
        case .column(let name):
            found = FieldError(field: "file", rule: .unknown)
            found.value = String(name.prefix(Customer.labelMax))
        case .noName: found = FieldError(field: "file", rule: .required)
        }
        return Problem(.invalid, errors: [found])
    }

    private func noteImport(_ wanted: CustomerImportID, _ count: Int) async throws {
        let question = [Audit.Term("deed", "imported"), Audit.Term("count", String(count))].compactMap(\.self)
        try await centre.apply(.audited(Audit(.changed, .customers, of: wanted.project, question: question)), by: wanted.user)
    }

    // MARK: What was left

    /// Ends what was left half done, by a server that went or because nothing could be written; returns when the task is cancelled.
    func tend() async {
        do {
            try await store.dropStrayPieces()
        } catch {
            logger.error("pieces of files stay", metadata: ["reason": "\(error)"])
        }
        repeat {
            await endImports()
            do {
                if try await !store.overwriteErased() {
                    logger.warning("erased values are not overwritten yet: they are read all the time")
                }
            } catch {
                logger.error("erased values are not overwritten yet", metadata: ["reason": "\(error)"])
            }
        } while (try? await Task.sleep(for: Self.pause)) != nil
    }

    private func endImports() async {
        do {
            for (wanted, bytes) in try await store.importsBegun() where !running.contains(wanted.id) {
                guard let file = try? CustomerFile(bytes, numbers: names.current.numberPlan(of: wanted.project)) else { continue }
                let outcome = try await store.bringIn(file, wanted)
                logger.notice("a file of customers was brought in to its end", metadata: ["rows": "\(outcome.rows)"])
                try await noteImport(wanted, outcome.added + outcome.changed)
            }
        } catch {
            logger.error("a file of customers is not brought in yet", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: One person

    private func visible(_ call: Call) async throws -> (CustomerRow, Caller) {
        let caller = try call.signedIn()
        guard let row = try await store.customer(try call.id("id")), caller.managesCustomers(of: row.customer.project) else {
            throw Problem(.notFound)
        }
        call.concern.project = row.customer.project
        return (row, caller)
    }

    private func kept(_ call: Call) async throws -> CustomerKeptWire {
        let (row, caller) = try await visible(call)
        guard let kept = try await store.kept(of: row.customer.id) else { throw Problem(.notFound) }
        return CustomerKeptWire(kept, names: names.current, language: caller.language)
    }

    private func erase(_ call: Call, _ wish: CustomerErasure) async throws -> PositionWire {
        // One whose answer was lost is sent again: then there is nobody any more.
        if let done = await centre.position(of: try call.commandKey()) { return PositionWire(position: done.number) }
        let (row, caller) = try await visible(call)
        let (id, project, user, key) = (row.customer.id, row.customer.project, caller.account.user.id, try call.commandKey())
        let reason = try wish.checked()
        guard row.mergedInto == nil, let kept = try await store.kept(of: id) else { throw Problem(.staleState) }
        guard kept.contacts.allSatisfy({ $0.contact.closedAt != nil }) else { throw Problem(.staleState) }
        for recording in kept.contacts.flatMap(\.recordings)
        where recording.erasedAt == nil && recording.endedAt != nil && !recording.isHeld {
            try await recordings.erase(recording.id)
            try await centre.apply(.recordingFated(recording.id, recording.contact, recording.project, .erased(.wish)), by: user)
        }
        guard try await store.eraseCustomer(id) else { throw Problem(.notFound) }
        let question = [Audit.Term("deed", "erased"), Audit.Term("why", reason.rawValue)].compactMap(\.self)
        let position = try await centre.perform(
            .audited(Audit(.changed, .customer(id), of: project, question: question)), by: user, key: key)
        return PositionWire(position: position.number)
    }
}

/// The files that requests bring in just now.
final class RunningImports: Sendable {
    private let ids = Mutex<[ID<CustomerFile>: Int]>([:])

    func begin(_ id: ID<CustomerFile>) { ids.withLock { $0[id, default: 0] += 1 } }

    func end(_ id: ID<CustomerFile>) {
        ids.withLock {
            let left = $0[id, default: 1] - 1
            $0[id] = left > 0 ? left : nil
        }
    }

    func contains(_ id: ID<CustomerFile>) -> Bool { ids.withLock { $0[id] != nil } }
}
