import Centre
import Hummingbird
import NIOCore
import Operation
import Organization
import Synchronization

/// How the server is.
package struct Health: Sendable {
    /// Whether it takes commands.
    package var isWell: Bool
    package var position: LogPosition

    package init(isWell: Bool, position: LogPosition) {
        self.isWell = isWell
        self.position = position
    }
}

struct HealthWire: WireType {
    var status: String
    var position: Int64

    static let schemaName = "Health"
    static let schema = Schema.object([.required("status", .enumeration(["ok", "unavailable"])), .required("position", .integer)])
}

/// For whoever watches over the server.
struct HealthRoute: Sendable {
    let health: @Sendable () async -> Health

    var routes: [Route] {
        [
            Route(
                method: .get, path: "/health", summary: "Whether the server takes commands; 503 with the same body if not.", access: .open,
                kind: .read, answer: Route.AnswerShape(status: .ok, contentType: "application/json", schema: .reference(HealthWire.self))
            ) { _ in
                let health = await health()
                return Response(
                    json: HealthWire(status: health.isWell ? "ok" : "unavailable", position: health.position.number),
                    status: health.isWell ? .ok : .serviceUnavailable)
            }
        ]
    }
}

/// The API's description of itself, written once when the table is complete.
final class Description: Sendable {
    private let text = Mutex(ByteBuffer())

    func write(_ document: OpenAPI) {
        let bytes = json(document.document)
        text.withLock { $0 = bytes }
    }

    var routes: [Route] {
        [
            Route(
                method: .get, path: "/api/openapi.json", summary: "This description.", access: .may(.readAPI, atLeast: .all), kind: .read,
                answer: Route.AnswerShape(status: .ok, contentType: "application/json", schema: .map(.string))
            ) { [self] _ in
                Response(json: text.withLock { $0 })
            }
        ]
    }
}
