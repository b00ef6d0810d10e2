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
            #expect(try answer.json == ["changed": ["queues.internet"], "unchanged": 3, "change": "8", "version": "8"])

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
                    == [
                        "field": "queues[0].wrapUp", "rule": "range", "limit": .null, "value": "soon", "expected": "seconds", "min": 1,
                        "max": 3600,
                    ])
        }
    }

    @Test func `a set-up may be larger than other bodies, but not endless`() async throws {
        try await TestCentre.run { test in
            let ada = try await test.client.signedIn(as: "ada")
            let large = String(repeating: "# a comment\n", count: 20_000)
            #expect(try await ada.send("POST", "/api/set-up", body: large, headers: yaml).status == 200)
            let tooLarge = String(repeating: "# a comment\n", count: 100_000)
            #expect(try await ada.send("POST", "/api/set-up", body: tooLarge, headers: yaml).status == 413)
            let plain = try await ada.send("POST", "/api/set-up", body: "{}", headers: ["Content-Type": "text/plain"])
            #expect(try plain.json["errors"][0]["field"].text == "Content-Type")
        }
    }

    @Test func `a screen sends a part as JSON, and nothing when somebody was quicker`() async throws {
        try await TestCentre.run { test in
            let ada = try await test.client.signedIn(as: "ada")
            let answer = try await ada.send("POST", "/api/set-up", body: "{}", headers: ["If-Match": "\"7\""])
            #expect(try answer.json["changed"] == ["fragment"])
            let late = try await ada.send("POST", "/api/set-up", body: "{}", headers: ["If-Match": "\"6\""])
            let trial = try await ada.send("POST", "/api/set-up?check=true", body: "{}")
            #expect(try trial.json["change"] == .null && trial.json["changed"] == ["fragment"])
            #expect(late.status == 412)
            #expect(try late.json["code"] == "changedMeanwhile")
        }
    }

    @Test func `the settings read the set-up with its facts, and the file`() async throws {
        try await TestCentre.run { test in
            let ada = try await test.client.signedIn(as: "ada")
            let answer = try await ada.get("/api/set-up").json
            let document = try await ada.get("/api/openapi.json").json
            #expect(SchemaCheck(document: document).faults(in: answer, as: "SetUp") == [])
            #expect(answer["version"] == "7" && answer["setUp"]["callfloor"] == 1)
            #expect(answer["facts"]["phones"]["101"] == ["registers": .flag(true), "reachable": .flag(false), "user": "ana"])
            #expect(answer["facts"]["phones"]["102"]["user"] == .null)
            #expect(answer["roles"]["supervisor"]["viewFloor"] == "project" && answer["roles"]["agent"]["viewFloor"] == .missing)
            #expect(answer["timeZones"].list.contains("Asia/Tbilisi"))
            #expect(answer["meanings"].list.contains("doNotCall"))
            let file = try await ada.get("/api/set-up/file")
            #expect(file.text == "callfloor: 1\n" && file.header("Content-Type") == "application/yaml")
            #expect(file.header("Content-Disposition")?.contains("callfloor-set-up.yaml") == true)
        }
    }

    @Test func `changes are read page by page, and taken back`() async throws {
        try await TestCentre.run { test in
            let ada = try await test.client.signedIn(as: "ada")
            let page = try await ada.get("/api/set-up/changes?limit=2").json
            let document = try await ada.get("/api/openapi.json").json
            #expect(SchemaCheck(document: document).faults(in: page, as: "SetUpChanges") == [])
            #expect(page["more"] == .flag(true) && page["changes"].list.map { $0["id"] } == ["3", "2"])
            #expect(page["changes"][0]["undoes"] == "1" && page["changes"][1]["by"] == .null)
            #expect(page["changes"][0]["parts"][0]["after"] == ["ringTimeout": 30])
            let rest = try await ada.get("/api/set-up/changes?limit=2&before=2").json
            #expect(rest["more"] == .flag(false) && rest["changes"].list.map { $0["id"] } == ["1"])
            #expect(try await ada.get("/api/set-up/changes?limit=0").status == 422)
            #expect(try await ada.get("/api/set-up/changes?before=x").status == 422)

            #expect(try await ada.send("POST", "/api/set-up/changes/1/undo").json["changed"] == ["queue internet"])
            let late = try await ada.send("POST", "/api/set-up/changes/2/undo")
            #expect(late.status == 409)
            #expect(try late.json["code"] == "changedSince" && late.json["errors"][0]["field"] == "queue internet")
            #expect(try await ada.send("POST", "/api/set-up/changes/9/undo").status == 404)
            #expect(try await ada.send("POST", "/api/set-up/changes/x/undo").status == 404)
        }
    }

    @Test func `a provider is asked whether it is there, once at a time`() async throws {
        try await TestCentre.run { test in
            let ada = try await test.client.signedIn(as: "ada")
            let answer = try await ada.send("POST", "/api/set-up/trunks/my%20provider/test").json
            let document = try await ada.get("/api/openapi.json").json
            #expect(SchemaCheck(document: document).faults(in: answer, as: "TrunkTest") == [])
            #expect(answer["outcome"] == "answered" && answer["milliseconds"] == 41)
            #expect(try await ada.send("POST", "/api/set-up/trunks/busy/test").status == 429)
            #expect(try await ada.send("POST", "/api/set-up/trunks/nobody/test").status == 404)
        }
    }

    @Test func `the floor is warned of what strands callers, of one's own projects`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            let answer = try await sue.get("/api/floor/warnings").json
            #expect(
                answer["warnings"] == [
                    ["code": "queueWithoutPeople", "path": "projects.serviceDesk.queues.internet", "name": "Internet"]
                ])
            let ada = try await test.client.signedIn(as: "ada")
            #expect(try await ada.get("/api/floor/warnings").json["warnings"].list.map { $0["name"] } == ["Internet", "sip.provider"])
        }
    }

    @Test func `the first administrator comes in with the token of the link, and nobody after him`() async throws {
        try await TestCentre.run { test in
            func make(_ token: String, password: String = "long enough") async throws -> Client.Answer {
                try await test.client.send(
                    "POST", "/api/first-administrator",
                    body: #"{"token":"\#(token)","login":"ada","name":"Ada","password":"\#(password)","language":"en"}"#)
            }
            #expect(try await make("wrong").status == 403)
            let short = try await make("right", password: "short")
            #expect(short.status == 422)
            #expect(try short.json["errors"][0]["field"] == "password" && short.json["errors"][0]["min"] == 8)
            let made = try await make("right")
            #expect(made.status == 201 && made.header("Set-Cookie")?.hasPrefix("callfloor_session=") == true)
            #expect(try made.json["permissions"]["manageSetUp"] == "all")
            #expect(try await make("over").status == 404)
            // Who guesses has to wait, as at the sign-in.
            var statuses: [Int] = []
            for _ in 0..<12 { statuses.append(try await make("wrong").status) }
            #expect(statuses.last == 429)
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
