import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

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
    private static let patience = 600.0  // seconds

    package enum Outcome {
        case applied(changed: [String], unchanged: Int)
        case refused([String])
    }

    /// Sends a set-up file.
    ///
    /// - Throws: `NotRunning` if nobody answers.
    package func apply(_ yaml: String) async throws -> Outcome {
        guard let url = URL(string: "http://\(host):\(port)/api/set-up") else { throw NotRunning(host: host, port: port) }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.timeoutInterval = Self.patience
        request.setValue("application/yaml", forHTTPHeaderField: "Content-Type")
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        request.setValue(UUID().uuidString, forHTTPHeaderField: "Idempotency-Key")
        request.httpBody = Data(yaml.utf8)
        let (body, response) = try await answer(to: request)
        if (response as? HTTPURLResponse)?.statusCode == 200, let report = try? JSONDecoder().decode(Report.self, from: body) {
            return .applied(changed: report.changed, unchanged: report.unchanged)
        }
        guard let problem = try? JSONDecoder().decode(Problem.self, from: body) else { return .refused(["the server did not answer"]) }
        let errors = (problem.errors ?? []).map { "\($0.field): '\($0.value ?? "")' – expected \($0.expected ?? $0.rule)" }
        return .refused(errors.isEmpty ? [problem.title] : errors)
    }

    private func answer(to request: URLRequest) async throws -> (Data, URLResponse) {
        do {
            return try await URLSession.shared.data(for: request)
        } catch {
            if (error as? URLError)?.code == .timedOut { throw TookTooLong() }
            throw NotRunning(host: host, port: port)
        }
    }

    package struct TookTooLong: Error, CustomStringConvertible {
        package var description: String {
            "no answer within \(Int(patience)) s; the set-up may still be applied: apply it again to see, or in parts"
        }
    }

    package struct NotRunning: Error, CustomStringConvertible {
        let host: String
        let port: Int
        package var description: String { "nothing answers at \(host):\(port); is the server running?" }
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
