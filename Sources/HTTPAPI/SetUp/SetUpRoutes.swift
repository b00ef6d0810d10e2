import Hummingbird
import Logging
import NIOCore
import Operation
import Organization

/// What applying a set-up changed.
package struct SetUpReport: Sendable, Hashable {
    /// The key paths of what is new or different.
    package var changed: [String]
    package var unchanged: Int

    package init(changed: [String], unchanged: Int) {
        self.changed = changed
        self.unchanged = unchanged
    }
}

/// A set-up that cannot be applied; nothing has changed.
package struct SetUpRefused: Error, Sendable {
    package var errors: [FieldError]

    package init(_ errors: [FieldError]) {
        self.errors = errors
    }
}

struct SetUpReportWire: WireType {
    var changed: [String]
    var unchanged: Int

    static let schemaName = "SetUpReport"
    static let schema = Schema.object([.required("changed", .array(.string)), .required("unchanged", .integer)])
}

/// Changing the set-up as a whole, from one file.
struct SetUpRoutes: Sendable {
    let apply: @Sendable (String, UserID?) async throws -> SetUpReport
    let feed: LiveFeed

    var routes: [Route] {
        [
            Route(
                method: .post, path: "/api/set-up",
                summary: "Applies a set-up file: all of it, or nothing if anything in it is wrong. Applying it again changes nothing.",
                access: .mayOrAdministration(.manageSetUp, atLeast: .all), kind: .session,
                body: Route.RequestShape(
                    contentTypes: ["application/yaml", "application/x-yaml", "text/yaml"], schema: .string, limit: Limits.setUpBodyMax),
                answer: Route.AnswerShape(status: .ok, contentType: "application/json", schema: .reference(SetUpReportWire.self)),
                problems: [.unavailable], handle: { try await take($0) })
        ]
    }

    private func take(_ call: Call) async throws -> Response {
        guard let text = String(validating: call.body.readableBytesView, as: UTF8.self) else {
            throw Problem.invalid("body", .malformed)
        }
        let report: SetUpReport
        do {
            report = try await apply(text, call.caller?.account.user.id)
        } catch let refused as SetUpRefused {
            throw Problem(.invalid, errors: refused.errors)
        }
        await feed.readNames()
        call.logger.info("set-up applied", metadata: ["changed": "\(report.changed.count)", "unchanged": "\(report.unchanged)"])
        return Response(json: SetUpReportWire(changed: report.changed, unchanged: report.unchanged))
    }
}
