import Foundation
import NIOCore
import Operation
import Organization
import Primitives

/// What another program is told of an alert: a CloudEvent in JSON (CloudEvents 1.0, JSON format, structured mode).
package struct AlertEvent: Sendable {
    /// The same in every try: by it a receiver knows that it has it already.
    package let id: String
    /// The event, in JSON.
    package let body: String

    package static let contentType = "application/cloudevents+json; charset=utf-8"

    /// One that was made before.
    package init(id: String, body: String) {
        self.id = id
        self.body = body
    }

    package init(_ news: AlertNews) {
        let alert = news.named.alert
        let kind = news.hasBegun ? "began" : "ended"
        id = "\(alert.id)-\(news.since.milliseconds)-\(kind)"
        let event = Event(
            id: id, source: "/projects/\(Self.escaped(news.project))/alerts/\(Self.escaped(news.named.key))",
            type: "callfloor.alert.\(kind)", time: Self.written(news.at),
            data: Content(
                alert: news.named.key, project: news.project, queue: news.queue, measure: alert.measure.rawValue,
                side: alert.side.rawValue, threshold: alert.threshold, clears: alert.clears, unit: "\(alert.measure.unit)",
                value: news.value, since: Self.written(news.since)))
        body = String(buffer: json(event))
    }

    /// RFC 3339, in UTC.
    private static func written(_ moment: Timestamp) -> String {
        let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// CloudEvents 1.0, section "source": a URI reference.
    private static func escaped(_ key: String) -> String { key.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }
    /// RFC 3986 section 2.3.
    private static let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")

    private struct Event: Encodable {
        var specversion = "1.0"
        var id: String
        var source: String
        var type: String
        var time: String
        var datacontenttype = "application/json"
        var data: Content
    }

    private struct Content: Encodable {
        var alert: String
        var project: String
        var queue: String?
        var measure: String
        var side: String
        var threshold: Int
        var clears: Int
        var unit: String
        var value: Double?
        var since: String
    }
}
