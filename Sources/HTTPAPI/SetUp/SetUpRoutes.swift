import Centre
import Hummingbird
import Logging
import NIOCore
import Operation
import Organization

/// The set-up as a whole: read, changed from a file or in parts, and taken back.
struct SetUpRoutes: Sendable {
    let port: SetUpPort
    let feed: LiveFeed

    private static let access = Route.Access.may(.manageSetUp, atLeast: .all)
    private static let yaml = ["application/yaml", "application/x-yaml", "text/yaml"]
    private static let report = Route.AnswerShape(status: .ok, contentType: "application/json", schema: .reference(SetUpReportWire.self))

    var routes: [Route] {
        [
            .read(
                "/api/set-up", "The set-up with what is known of its parts, and what is wrong with it.", access: Self.access,
                audit: .saw(.setUp), answers: SetUpWire.self
            ) { _ in SetUpWire(try await port.read()) },
            Route(
                method: .post, path: "/api/set-up",
                summary:
                    "Applies a set-up file or a part of one: all of it, or nothing if anything in it is wrong. What it leaves out stays; "
                    + "applying it again changes nothing. With If-Match only if the set-up is still of that version; with check=true only "
                    + "said is what it would change.",
                access: .mayOrAdministration(.manageSetUp, atLeast: .all), kind: .session, audit: .inTheLog,
                body: Route.RequestShape(
                    contentTypes: Self.yaml + ["application/json"], schema: .string, limit: Limits.setUpBodyMax),
                query: [.init(name: "check", schema: .boolean, summary: "true: nothing is changed")], answer: Self.report,
                problems: [.changedMeanwhile, .unavailable], handle: { try await take($0) }),
            Route(
                method: .get, path: "/api/set-up/file",
                summary: "The set-up as a file that `callfloor admin apply` reads; without secrets.",
                access: .mayOrAdministration(.manageSetUp, atLeast: .all), kind: .read, audit: .exported(.setUp),
                answer: Route.AnswerShape(status: .ok, contentType: "application/yaml", schema: .string), handle: { _ in try await file() }),
            .read(
                "/api/set-up/changes", "Who changed what of the set-up, the newest first.", access: Self.access,
                audit: .saw(.setUp), answers: SetUpChangesWire.self,
                query: [
                    .init(name: "before", schema: .string, summary: "only those before this one"),
                    .init(name: "limit", schema: .integer, summary: "at most so many; 50 if not given, 200 at most"),
                ]
            ) { try await changes($0) },
            Route(
                method: .post, path: "/api/set-up/changes/{id}/undo",
                summary: "Takes a change back, unless one of its parts has been changed since. Secrets are not kept, and do not come back.",
                access: Self.access, kind: .session, audit: .inTheLog, answer: Self.report,
                problems: [.notFound, .invalid, .changedSince, .unavailable],
                handle: { try await undo($0) }),
        ]
    }

    private func take(_ call: Call) async throws -> Response {
        guard let text = String(validating: call.body.readableBytesView, as: UTF8.self) else {
            throw Problem.invalid("body", .malformed)
        }
        let type = call.request.headers[.contentType]?.split(separator: ";").first.map(String.init) ?? ""
        let request = SetUpRequest(
            text: text, isFragment: !Self.yaml.contains(type.lowercased()), author: call.caller?.account.user.id,
            version: call.request.headers[.ifMatch].map(Self.version), isTrial: call.query("check") == "true")
        return try await answer(call) { try await port.apply(request) }
    }

    /// RFC 9110 section 8.8.3: in quotes, perhaps said to be weak.
    private static func version(_ header: String) -> String {
        var text = Substring(header)
        if text.hasPrefix("W/") { text.removeFirst(2) }
        return text.filter { $0 != "\"" }
    }

    private func undo(_ call: Call) async throws -> Response {
        guard let change = call.parameters.get("id").flatMap({ Int64($0) }) else { throw Problem(.notFound) }
        return try await answer(call) {
            guard let report = try await port.undo(change, call.caller?.account.user.id) else { throw Problem(.notFound) }
            return report
        }
    }

    private func answer(_ call: Call, _ change: () async throws -> SetUpReport) async throws -> Response {
        let report: SetUpReport
        do {
            report = try await change()
        } catch let refused as SetUpRefused {
            throw Problem(.invalid, errors: refused.errors)
        } catch is SetUpOutdated {
            throw Problem(.changedMeanwhile)
        } catch let changed as SetUpChangedSince {
            throw Problem(.changedSince, errors: changed.parts.map { FieldError(field: $0, rule: .notAllowed) })
        }
        guard report.change != nil else { return Response(json: SetUpReportWire(report)) }
        await feed.readNames()
        call.logger.info("set-up applied", metadata: ["changed": "\(report.changed.count)", "unchanged": "\(report.unchanged)"])
        return Response(json: SetUpReportWire(report))
    }

    private func file() async throws -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/yaml", .contentDisposition: "attachment; filename=\"callfloor-set-up.yaml\""],
            body: ResponseBody(byteBuffer: ByteBuffer(string: try await port.file())))
    }

    private func changes(_ call: Call) async throws -> SetUpChangesWire {
        let limit = call.query("limit").map { Int($0) ?? 0 } ?? Limits.pageDefault
        guard (1...Limits.pageMax).contains(limit) else { throw Problem.invalid("limit", .malformed, limit: Limits.pageMax) }
        let before = try call.query("before").map { text in
            guard let number = Int64(text) else { throw Problem.invalid("before", .malformed) }
            return number
        }
        return SetUpChangesWire(try await port.changes(before, limit + 1), limit: limit)
    }
}
