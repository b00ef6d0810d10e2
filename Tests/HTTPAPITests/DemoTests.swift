import Foundation
import Synchronization
import Testing

@testable import HTTPAPI

/// What only a demo can be asked, and only from one of its seats.
struct DemoTests {
    private static let seats = ["agent.localhost": "ana", "supervisor.localhost": "sue"]
    private static let routes = [
        ("GET", "/api/demo/traffic", nil), ("PUT", "/api/demo/traffic", #"{"factor":5}"#), ("GET", "/api/demo/plug", nil),
        ("POST", "/api/demo/plug", nil),
    ]

    /// A demo's keeper, as far as HTTP knows him.
    private final class Keeper: Sendable {
        let traffic = Mutex(DemoTraffic(factor: 1, callsAMinute: 7))
        let pulls = Mutex(0)

        var port: DemoPort {
            DemoPort(
                traffic: { self.traffic.withLock(\.self) }, changeTraffic: { factor in self.traffic.withLock { $0.factor = factor } },
                pullPlug: {
                    self.pulls.withLock { pulls in
                        pulls += 1
                        return pulls == 1
                    }
                },
                pull: {
                    guard self.pulls.withLock({ $0 > 0 }) else { return nil }
                    var pull = PlugPull(number: 1)
                    (pull.open, pull.waiting, pull.keptPlace, pull.milliseconds) = (9, 4, 4, 1200)
                    return pull
                })
        }
    }

    /// The client of a seat: its host, and the cookie that it got for the asking.
    private func sit(at host: String, in test: TestCentre) async throws -> (client: Client, headers: [String: String]) {
        let authority = "\(host):\(test.client.port)"
        let headers = ["Host": authority, "Origin": "http://\(authority)"]
        var client = test.client
        let answer = try await client.get("/api/session", headers: headers)
        #expect(try answer.json["demo"].flag == true)
        client.cookie = answer.header("Set-Cookie").map { String($0.dropFirst("callfloor_session=".count).prefix { $0 != ";" }) }
        return (client, headers)
    }

    @Test func `whoever sits in a seat changes the traffic and pulls the plug`() async throws {
        let keeper = Keeper()
        try await TestCentre.run(seats: Self.seats, demo: keeper.port) { test in
            let (client, headers) = try await sit(at: "supervisor.localhost", in: test)
            let traffic = try await client.get("/api/demo/traffic", headers: headers).json
            #expect(traffic["factor"].number == 1 && traffic["factorMax"].number == 20 && traffic["callsAMinute"].number == 7)
            #expect(try await client.get("/api/demo/plug", headers: headers).json["number"].number == 0)
            let changed = try await client.send("PUT", "/api/demo/traffic", body: #"{"factor":5}"#, headers: headers)
            #expect(changed.status == 200)
            #expect(keeper.traffic.withLock(\.factor) == 5)
            for wrong in [#"{"factor":0}"#, #"{"factor":21}"#, #"{"factor":"5"}"#, "{}"] {
                #expect(try await client.send("PUT", "/api/demo/traffic", body: wrong, headers: headers).status == 422)
            }
            #expect(keeper.traffic.withLock(\.factor) == 5)
            #expect(try await client.send("POST", "/api/demo/plug", headers: headers).status == 202)
            #expect(try await client.send("POST", "/api/demo/plug", headers: headers).status == 409)
            let pull = try await client.get("/api/demo/plug", headers: headers).json
            #expect(pull["number"].number == 1 && pull["open"].number == 9 && pull["keptPlace"].number == 4)
            #expect(pull["over"].flag == false)
        }
    }

    @Test func `nobody else does: not by a password, not as another, not by another name or through a proxy`() async throws {
        let keeper = Keeper()
        try await TestCentre.run(seats: Self.seats, demo: keeper.port) { test in
            let (seated, headers) = try await sit(at: "agent.localhost", in: test)
            let port = test.client.port
            let ada = try await test.client.signedIn(as: "ada")
            let here = ["Origin": "http://localhost:\(port)", "Host": "localhost:\(port)"]
            let other = ["Origin": "http://supervisor.localhost:\(port)", "Host": "supervisor.localhost:\(port)"]
            for (method, path, body) in Self.routes {
                #expect(try await test.client.send(method, path, body: body, headers: headers).status == 401)
                #expect(try await ada.send(method, path, body: body, headers: here).status == 403)
                #expect(try await ada.send(method, path, body: body, headers: headers).status == 403)
                #expect(try await seated.send(method, path, body: body, headers: here).status == 403)
                #expect(try await seated.send(method, path, body: body, headers: other).status == 403)
                #expect(
                    try await seated.send(method, path, body: body, headers: headers.merging(["Via": "1.1 proxy"]) { $1 }).status == 403)
            }
            #expect(keeper.pulls.withLock(\.self) == 0 && keeper.traffic.withLock(\.factor) == 1)
        }
    }

    @Test func `outside a demo there is nothing to ask`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            #expect(try await ana.get("/api/session").json["demo"].flag == false)
            for (method, path, body) in Self.routes { #expect(try await ana.send(method, path, body: body).status == 404) }
            #expect(!test.server.table.routes.contains { $0.path.hasPrefix("/api/demo") })
        }
    }
}
