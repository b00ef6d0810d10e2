import Crypto
import Foundation
import HTTPAPI
import Operation
import Primitives

/// One message to one receiver, signed as the Standard Webhooks specification has it.
struct WebhookMessage: Sendable {
    let event: AlertEvent
    let address: WebhookAddress
    private let secret: Secret

    /// Nil: nobody wants to be told.
    init?(_ news: AlertNews) {
        guard let webhook = news.named.webhook else { return nil }
        event = AlertEvent(news)
        address = webhook.address
        secret = webhook.secret
    }

    /// One that was not delivered before a restart: it goes where its alert says now.
    init(_ message: WaitingMessage, to webhook: Webhook) {
        event = AlertEvent(id: message.id, body: message.body)
        address = webhook.address
        secret = webhook.secret
    }

    /// - Parameter now: of this try: a receiver refuses what is old, so that nobody can send it once more.
    func headers(at now: Timestamp) -> [(String, String)] {
        let seconds = "\(now.microseconds / 1_000_000)"
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(event.id).\(seconds).\(event.body)".utf8), using: SymmetricKey(data: Data(secret.text.utf8)))
        return [
            ("Content-Type", AlertEvent.contentType), ("User-Agent", "Callfloor"), ("webhook-id", event.id),
            ("webhook-timestamp", seconds), ("webhook-signature", "v1,\(Data(code).base64EncodedString())"),
        ]
    }
}
