import Foundation

/// Speaks to a running server of a demo as whoever sits at one of its seats, by the API that the seat's browser uses.
package struct SeatClient: Sendable {
    private let host: String
    private let port: Int
    private let authority: String
    private let cookie: String

    /// How long an answer may take, in seconds.
    private static let patience = 60
    /// How often a request is sent that came too soon.
    private static let triesMax = 10

    /// What the server did not want, in its own words.
    package struct Refused: Error, CustomStringConvertible {
        package let status: Int
        package let description: String

        fileprivate init(_ answer: LocalRequest.Answer) {
            struct Told: Decodable {
                struct Flaw: Decodable {
                    var path: String
                    var rule: String
                }
                struct Field: Decodable {
                    var field: String
                    var rule: String
                }
                var title: String
                var errors: [Field]
                var flaws: [Flaw]?
            }
            status = answer.status
            let told = try? JSONDecoder().decode(Told.self, from: answer.body)
            let details = (told?.errors ?? []).map { "\($0.field): \($0.rule)" } + (told?.flaws ?? []).map { "\($0.path): \($0.rule)" }
            description = details.isEmpty ? told?.title ?? "status \(answer.status)" : details.joined(separator: "; ")
        }
    }

    /// Sits down.
    ///
    /// - Parameter seat: the name of its host, such as `admin.localhost`.
    /// - Throws: `Refused` if there is no such seat, `LocalRequest.Failure` if no answer comes.
    package init(host: String, port: Int, seat: String) async throws {
        self.host = host
        self.port = port
        authority = "\(seat):\(port)"
        let request = LocalRequest(host: host, port: port, head: ["GET /api/session HTTP/1.1"], authority: authority)
        let answer = try await request.answer(within: Self.patience)
        guard answer.status == 200, let cookie = answer.header("set-cookie")?.split(separator: ";").first else { throw Refused(answer) }
        self.cookie = String(cookie)
    }

    func get<Answer: Decodable>(_ path: String, _ type: Answer.Type = Answer.self) async throws -> Answer {
        try await exchange(["GET \(path) HTTP/1.1"])
    }

    /// A command, each time a new one.
    func send<Answer: Decodable>(
        _ method: String, _ path: String, _ body: Data, type: String = "application/json", answer: Answer.Type = Answer.self
    ) async throws -> Answer {
        let head = [
            "\(method) \(path) HTTP/1.1", "Origin: http://\(authority)", "Idempotency-Key: \(UUID().uuidString)", "Content-Type: \(type)",
            "Content-Length: \(body.count)",
        ]
        return try await exchange(head, body)
    }

    private func exchange<Answer: Decodable>(_ head: [String], _ body: Data = Data()) async throws -> Answer {
        let request = LocalRequest(host: host, port: port, head: head + ["Cookie: \(cookie)"], authority: authority, body: body)
        for _ in 0..<Self.triesMax {
            let answer = try await request.answer(within: Self.patience)
            if answer.status == 429, let seconds = answer.header("retry-after").flatMap({ Int($0) }), seconds <= Self.patience {
                // More in a second than a person has hands for: the server says when there is room again.
                try await Task.sleep(for: .seconds(seconds))
                continue
            }
            guard answer.status == 200 else { throw Refused(answer) }
            return try JSONDecoder().decode(Answer.self, from: answer.body)
        }
        throw LocalRequest.Failure.timedOut
    }
}
