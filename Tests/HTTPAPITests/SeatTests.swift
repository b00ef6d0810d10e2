import Foundation
import Testing

@testable import HTTPAPI

/// The demo's seats that sign in by themselves, and all the ways in which they do not.
struct SeatTests {
    private static let seats = ["agent.localhost": "ana", "supervisor.localhost": "sue", "admin.localhost": "ada"]

    private func cookie(_ answer: Client.Answer) -> String? {
        answer.header("Set-Cookie").map { String($0.dropFirst("callfloor_session=".count).prefix { $0 != ";" }) }
    }

    @Test func `each host is another seat, and what it does is held against its own origin`() async throws {
        try await TestCentre.run(seats: Self.seats) { test in
            for (host, login) in Self.seats {
                let authority = "\(host):\(test.client.port)"
                let answer = try await test.client.get("/api/session", headers: ["Host": authority, "Sec-Fetch-Site": "same-origin"])
                #expect(answer.status == 200)
                #expect(try answer.json["user"]["login"].text == login)
                let set = try #require(answer.header("Set-Cookie"))
                // Without a domain it belongs to this host alone.
                #expect(!set.lowercased().contains("domain") && set.contains("SameSite=Strict") && set.contains("HttpOnly"))
                var client = test.client
                client.cookie = cookie(answer)
                // Once there is a session no other is begun.
                #expect(try await client.get("/api/session", headers: ["Host": authority]).header("Set-Cookie") == nil)
                let change = #"{"language":"ka"}"#
                let own = ["Host": authority, "Origin": "http://\(authority)"]
                #expect(try await client.send("PATCH", "/api/session", body: change, headers: own).status == 200)
                for origin in ["http://localhost:\(test.client.port)", "http://evil.localhost:\(test.client.port)", "http://evil.example"] {
                    let foreign = try await client.send(
                        "PATCH", "/api/session", body: change, headers: ["Host": authority, "Origin": origin])
                    #expect(foreign.status == 403)
                }
                let stream = try await client.stream()
                _ = try await stream.next("troubles")
                stream.close()
            }
        }
    }

    @Test func `nobody sits down at another host, over another path, or led there by another site`() async throws {
        try await TestCentre.run(seats: Self.seats) { test in
            let port = test.client.port
            for host in [
                "localhost:\(port)", "127.0.0.1:\(port)", "evil.localhost", "agent.localhost.evil.example", "x.agent.localhost",
                "agent.localhost:", "agent.localhost:x", "agent.localhost:1:2", "agent.localhost.",
            ] {
                #expect(try await test.client.get("/api/session", headers: ["Host": host]).status == 401, "\(host)")
            }
            for site in ["cross-site", "same-site", "none"] {
                let answer = try await test.client.get(
                    "/api/session", headers: ["Host": "agent.localhost:\(port)", "Sec-Fetch-Site": site])
                #expect(answer.status == 401)
                #expect(answer.header("Set-Cookie") == nil)
            }
            for path in ["/api/desk", "/api/stream", "/api/contacts"] {
                let answer = try await test.client.get(path, headers: ["Host": "agent.localhost:\(port)"])
                #expect(answer.status == 401 || answer.status == 404, "\(path)")
                #expect(answer.header("Set-Cookie") == nil)
            }
            #expect(try await test.client.get("/api/session", headers: ["Host": "AGENT.localhost"]).status == 200)
        }
    }

    @Test func `nobody from another machine sits down, nor who comes through a proxy`() async throws {
        try await TestCentre.run(host: "0.0.0.0", seats: Self.seats) { test in
            var client = test.client
            (client.host, client.own) = ("127.0.0.9", "127.0.0.8")
            let host = ["Host": "admin.localhost:\(client.port)"]
            #expect(try await client.get("/api/session", headers: host).status == 401)
            // Not even from the address at which we are reached.
            (client.host, client.own) = ("127.0.0.9", "127.0.0.9")
            #expect(try await client.get("/api/session", headers: host).status == 401)
            for header in ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"] {
                let answer = try await test.client.get("/api/session", headers: host.merging([header: "192.0.2.1"]) { $1 })
                #expect(answer.status == 401, "\(header)")
            }
        }
    }

    @Test func `outside the demo there are no such seats, and a seat of nobody's is none`() async throws {
        try await TestCentre.run { test in
            let answer = try await test.client.get("/api/session", headers: ["Host": "admin.localhost:\(test.client.port)"])
            #expect(answer.status == 401)
            #expect(answer.header("Set-Cookie") == nil)
        }
        try await TestCentre.run(seats: ["agent.localhost": "nobody"]) { test in
            let answer = try await test.client.get("/api/session", headers: ["Host": "agent.localhost"])
            #expect(answer.status == 401)
        }
    }
}
