import Operation
import Organization
import Primitives
import Storage

extension CentreServer {
    /// What the server before has left to be told. What is too old, and what nobody wants to be told any more, is forgotten.
    static func untold(in store: Store, _ setUp: SetUp, at now: Timestamp) async throws -> [WebhookMessage] {
        let alerts = setUp.projects.flatMap(\.alerts)
        let webhooks = Dictionary(alerts.map { ($0.alert.id, $0.webhook) }, uniquingKeysWith: { first, _ in first })
        var messages: [WebhookMessage] = []
        for waiting in try await store.waitingMessages() {
            if let webhook = webhooks[waiting.alert] ?? nil, now - waiting.madeAt <= WebhookSender.ageMax {
                messages.append(WebhookMessage(waiting, to: webhook))
            } else {
                try await store.forgetMessage(waiting.id)
            }
        }
        return messages
    }
}
