import Foundation
import Testing

@testable import HTTPAPI

struct SetUpTests {
    private let yaml = ["Content-Type": "application/yaml"]

    @Test func `the local administrator applies a set-up with the token of this start`() async throws {
        try await TestCentre.run { test in
            // No page sends this header, so there is no origin to ask for.
            let headers = yaml.merging(["Authorization": "Bearer let me in", "Origin": ""]) { $1 }
            let answer = try await test.client.send("POST", "/api/set-up", body: "queues: []", headers: headers)
            #expect(answer.status == 200)
            #expect(try answer.json == ["changed": ["queues.internet"], "unchanged": 3])

            for token in ["Bearer let me i", "Bearer let me inn", "Bearer ", "Basic let me in"] {
                let refused = try await test.client.send(
                    "POST", "/api/set-up", body: "queues: []", headers: headers.merging(["Authorization": token]) { $1 })
                #expect(refused.status == 401, "\(token)")
            }
            // It opens nothing else.
            let contacts = try await test.client.get("/api/contacts", headers: ["Authorization": "Bearer let me in"])
            #expect(contacts.status == 401)
        }
    }

    @Test func `a wrong set-up is refused with its key, what was found and what was expected`() async throws {
        try await TestCentre.run { test in
            let ada = try await test.client.signedIn(as: "ada")
            let answer = try await ada.send("POST", "/api/set-up", body: "wrong", headers: yaml)
            #expect(answer.status == 422)
            #expect(
                try answer.json["errors"][0]
                    == ["field": "queues[0].wrapUp", "rule": "malformed", "limit": .null, "value": "soon", "expected": "seconds"])
        }
    }

    @Test func `a set-up may be larger than other bodies, but not endless`() async throws {
        try await TestCentre.run { test in
            let ada = try await test.client.signedIn(as: "ada")
            let large = String(repeating: "# a comment\n", count: 20_000)
            #expect(try await ada.send("POST", "/api/set-up", body: large, headers: yaml).status == 200)
            let tooLarge = String(repeating: "# a comment\n", count: 100_000)
            #expect(try await ada.send("POST", "/api/set-up", body: tooLarge, headers: yaml).status == 413)
            let json = try await ada.send("POST", "/api/set-up", body: "{}")
            #expect(try json.json["errors"][0]["field"].text == "Content-Type")
        }
    }
}

struct AdministratorClientTests {
    @Test func `the administrator applies a set-up and reads what became of it`() async throws {
        try await TestCentre.run { test in
            func apply(_ yaml: String, token: String = TestCentre.administrationToken) async throws -> AdministratorClient.Outcome {
                try await AdministratorClient(host: "127.0.0.1", port: test.client.port, token: token).apply(yaml)
            }
            guard case .applied(["queues.internet"], unchanged: 3) = try await apply("a: 1") else {
                Issue.record("not applied")
                return
            }
            guard case .refused(let flaws) = try await apply("wrong") else {
                Issue.record("not refused")
                return
            }
            #expect(flaws == ["queues[0].wrapUp: 'soon' – expected seconds"])
            guard case .refused(let reasons) = try await apply("a: 1", token: "another") else {
                Issue.record("taken with a wrong token")
                return
            }
            #expect(reasons == ["Sign in first"])
            // More than the server reads: it answers before it has all.
            guard case .refused(let large) = try await apply(String(repeating: "a: 1\n", count: 1_000_000)) else {
                Issue.record("taken although too large")
                return
            }
            #expect(large == ["The request is too large"])
        }
    }

    @Test func `where nobody listens the administrator is told so`() async throws {
        await #expect(throws: AdministratorClient.NotRunning.self) {
            // The port of the discard protocol.
            _ = try await AdministratorClient(host: "127.0.0.1", port: 9, token: "").apply("a: 1")
        }
    }

    /// Takes one connection, and does with it what it is told.
    private static func listener(_ meet: @escaping @Sendable (Int32) -> Void) throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 1) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isBound)
        Thread.detachNewThread {
            let connection = accept(descriptor, nil, nil)
            meet(connection)
            close(connection)
            close(descriptor)
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    @Test func `who is slow is told from who breaks off and from nobody`() async throws {
        let isOver = DispatchSemaphore(value: 0)
        let slow = try Self.listener { _ in isOver.wait() }
        let request = Array("POST / HTTP/1.1\r\n\r\n".utf8)
        await #expect(throws: LocalRequest.Failure.timedOut) {
            _ = try await LocalRequest(host: "127.0.0.1", port: slow, bytes: request).answer(within: 1)
        }
        isOver.signal()
        let hasty = try Self.listener { _ in }
        await #expect(throws: AdministratorClient.BrokeOff.self) {
            _ = try await AdministratorClient(host: "127.0.0.1", port: hasty, token: "").apply("a: 1")
        }
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalf", "HTTP/1.1 200 OK\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 many OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    ])
    func `what is no whole answer is none`(bytes: String) {
        #expect(LocalRequest.parsed(Data(bytes.utf8)) == nil)
    }
}
