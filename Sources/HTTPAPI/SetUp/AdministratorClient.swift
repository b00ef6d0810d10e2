import Centre
import Foundation
import Storage

/// Speaks to a running server as its administrator, with the token that lies in its data folder.
package struct AdministratorClient {
    private let host: String
    private let port: Int
    private let token: String

    package init(host: String, port: Int, token: String) {
        self.host = host
        self.port = port
        self.token = token
    }

    /// Thousands of new passwords take minutes to hash.
    private static let patience = 600  // seconds
    /// Between two questions how far a check of the log is: often enough for whoever watches the count, seldom enough for the server.
    private static let chainPause = Duration.milliseconds(200)

    package enum Outcome {
        case applied(changed: [String], unchanged: Int)
        case refused([String])
    }

    /// Sends a set-up file.
    ///
    /// - Throws: `NotRunning` if nobody listens, `TookTooLong` or `BrokeOff` if there was somebody, but no answer.
    package func apply(_ yaml: String) async throws -> Outcome {
        let answer = try await post("/api/set-up", body: Array(yaml.utf8), type: "application/yaml")
        if answer.status == 200, let report = try? JSONDecoder().decode(Report.self, from: answer.body) {
            return .applied(changed: report.changed, unchanged: report.unchanged)
        }
        guard let problem = try? JSONDecoder().decode(Problem.self, from: answer.body) else {
            return .refused(["the server answered with status \(answer.status), but not as Callfloor does"])
        }
        let errors = (problem.errors ?? []).map { "\($0.field): '\($0.value ?? "")' – expected \($0.expected ?? $0.rule)" }
        return .refused(errors.isEmpty ? [problem.title] : errors)
    }

    /// The set-up as a file.
    ///
    /// - Throws: as `apply`, and `Refused` if the server does not give it.
    package func setUpFile() async throws -> String {
        let answer = try await exchange(["GET /api/set-up/file HTTP/1.1"], body: [])
        guard answer.status == 200 else {
            throw refusal(answer)
        }
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// How a check of the log stands, or what it found.
    package enum ChainState: Sendable, Hashable {
        case running(Int64, of: Int64)
        case whole(entries: Int64, mark: String?)
        case broken(entries: Int64, flaw: ChainFlaw)
    }

    /// Has the server check its log's chain, and waits for the end.
    ///
    /// - Parameter mark: an entry that was noted before.
    /// - Throws: `NotRunning` if nobody listens, `Refused` if the server does not want to.
    package func verifyChain(expecting mark: ChainMark?, onProgress: (Int64, Int64) -> Void) async throws -> ChainState {
        let wish = try JSONEncoder().encode(["expecting": mark?.description])
        var answer = try await post("/api/audit/chain", body: Array(wish), type: "application/json")
        while true {
            guard (200...299).contains(answer.status), let chain = try? JSONDecoder().decode(Chain.self, from: answer.body) else {
                throw refusal(answer)
            }
            switch chain.state {
            case "whole": return .whole(entries: chain.checked, mark: chain.mark)
            case "broken":
                guard let flaw = chain.flaw?.flaw else { throw Refused(reason: "a flaw that this program does not know") }
                return .broken(entries: chain.checked, flaw: flaw)
            case "running": onProgress(chain.checked, chain.of ?? 0)
            default: throw Refused(reason: "the check has failed; the server's log says why")
            }
            try await Task.sleep(for: Self.chainPause)  // polling: a long log takes minutes, longer than a request may stay open
            answer = try await exchange(["GET /api/audit/chain HTTP/1.1"], body: [])
        }
    }

    private struct Chain: Decodable {
        struct Flaw: Decodable {
            var kind: String
            var position: Int64
            var to: Int64?

            var flaw: ChainFlaw? {
                let place = LogPosition(position)
                return switch kind {
                case "changed": .changed(place)
                case "missing": .missing(place)
                case "moved": .moved(from: place, to: LogPosition(to ?? 0))
                case "putIn": .putIn(place)
                case "cutOff": .cutOff(after: LogPosition(position - 1))
                case "rewritten": .rewritten(place)
                default: nil
                }
            }
        }
        var state: String
        var checked: Int64
        var of: Int64?
        var mark: String?
        var flaw: Flaw?
    }

    private func refusal(_ answer: LocalRequest.Answer) -> Refused {
        Refused(reason: (try? JSONDecoder().decode(Problem.self, from: answer.body))?.title ?? "status \(answer.status)")
    }

    private func post(_ path: String, body: [UInt8], type: String) async throws -> LocalRequest.Answer {
        try await exchange(
            ["POST \(path) HTTP/1.1", "Idempotency-Key: \(UUID().uuidString)", "Content-Type: \(type)", "Content-Length: \(body.count)"],
            body: body)
    }

    /// - Parameter head: the request's first line, and what headers it has of its own.
    private func exchange(_ head: [String], body: [UInt8]) async throws -> LocalRequest.Answer {
        let request = LocalRequest(host: host, port: port, head: head + ["Authorization: Bearer \(token)"], body: body)
        do {
            return try await request.answer(within: Self.patience)
        } catch .timedOut {
            throw TookTooLong()
        } catch .brokenOff {
            throw BrokeOff(host: host, port: port)
        } catch .nobodyListens {
            throw NotRunning(host: host, port: port)
        }
    }

    package struct Refused: Error, CustomStringConvertible {
        let reason: String
        package var description: String { "the server refused: \(reason)" }
    }

    package struct TookTooLong: Error, CustomStringConvertible {
        package var description: String {
            "no answer within \(patience) s; the set-up may still be applied: apply it again to see, or in parts"
        }
    }

    package struct BrokeOff: Error, CustomStringConvertible {
        let host: String
        let port: Int
        package var description: String {
            "\(host):\(port) ended the connection without a whole answer; the set-up may still be applied: apply it again to see"
        }
    }

    package struct NotRunning: Error, CustomStringConvertible {
        let host: String
        let port: Int
        package var description: String { "nobody listens at \(host):\(port); is the server running?" }
    }

    private struct Report: Decodable {
        var changed: [String]
        var unchanged: Int
    }

    private struct Problem: Decodable {
        struct Flaw: Decodable {
            var field: String
            var rule: String
            var value: String?
            var expected: String?
        }
        var title: String
        var errors: [Flaw]?
    }
}
