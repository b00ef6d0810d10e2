import Foundation
import Hummingbird
import Operation
import Organization
import Primitives

struct TrunkTestWire: WireType {
    var outcome: String
    var request: String
    @OrNull var address: String?
    @OrNull var status: Int?
    @OrNull var reason: String?
    @OrNull var milliseconds: Int64?

    static let schemaName = "TrunkTest"
    static let schema = Schema.object([
        .required("outcome", .enumeration(TrunkTestSight.Outcome.allCases.map(\.rawValue))),
        .required("request", .enumeration(["OPTIONS", "REGISTER"])), .required("address", .nullable(.string)),
        .required("status", .nullable(.integer)), .required("reason", .nullable(.string)), .required("milliseconds", .nullable(.integer)),
    ])

    init(_ sight: TrunkTestSight) {
        outcome = sight.outcome.rawValue
        request = sight.request
        address = sight.address
        status = sight.status
        reason = sight.reason
        milliseconds = sight.took?.milliseconds
    }
}

/// Asking a trunk's provider whether it is there.
struct TrunkTestRoute: Sendable {
    let port: SetUpPort

    var routes: [Route] {
        [
            Route(
                method: .post, path: "/api/set-up/trunks/{key}/test",
                summary:
                    "Asks the provider of a trunk whether it is there, by REGISTER where it registers, else by OPTIONS. Within 5 s it says "
                    + "what came of it.",
                access: .may(.manageSetUp, atLeast: .all), kind: .session,
                audit: .nothing(because: "it asks a provider, and changes nothing"),
                answer: Route.AnswerShape(status: .ok, contentType: "application/json", schema: .reference(TrunkTestWire.self)),
                problems: [.notFound],
                handle: { call in
                    guard let key = call.parameters.get("key")?.removingPercentEncoding else { throw Problem(.notFound) }
                    do {
                        guard let answer = try await port.test(key) else { throw Problem(.notFound) }
                        return Response(json: TrunkTestWire(answer))
                    } catch is TrunkTestUnderWay {
                        throw Problem(.tooManyAttempts, retryAfter: 5)
                    }
                })
        ]
    }
}
