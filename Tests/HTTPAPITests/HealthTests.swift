import Centre
import Operation
import Organization
import Primitives
import Testing

@testable import HTTPAPI

struct HealthTests {
    private static let proxied = ["X-Forwarded-For": "192.0.2.7"]

    @Test func `a server that is well says so, and to operators more`() async throws {
        try await TestCentre.run { test in
            let well = try await test.client.get("/health")
            #expect(well.status == 200)
            let body = try well.json
            #expect(body["status"].text == "ok")
            #expect(body["version"].text == "1.2.3")
            #expect(try #require(body["position"].number) > 0)
            #expect(try #require(body["uptimeSeconds"].number) >= 0)
            #expect(body["storageWriting"].flag == true)
            #expect(body["sip"].flag == true)
            #expect(body["troubles"] == [])

            let stranger = try await test.client.get("/health", headers: Self.proxied)
            #expect(stranger.status == 200)
            #expect(try stranger.json == ["status": "ok"])
            var token = Self.proxied
            token["Authorization"] = "Bearer \(TestCentre.administrationToken)"
            #expect(try await test.client.get("/health", headers: token).json["version"].text == "1.2.3")
            #expect(try await test.client.get("/health/ready").json == ["status": "ok"])
        }
    }

    @Test func `a server at the machine's own address knows who asks from the machine itself`() async throws {
        try await TestCentre.run(host: "127.0.0.2") { test in
            func asked(from own: String, headers: [String: String] = [:]) async throws -> [String] {
                var client = test.client
                (client.host, client.own) = ("127.0.0.2", own)
                let health = try await client.get("/health", headers: headers).json["version"].text
                let figures = try await client.get("/metrics", headers: headers).status
                return [health ?? "no details", "\(figures)"]
            }
            let (own, loopback) = (try await asked(from: "127.0.0.2"), try await asked(from: "127.0.0.1"))
            #expect(own == ["1.2.3", "200"] && loopback == ["1.2.3", "200"])
            // Another machine, and one behind a proxy on this one.
            let (other, proxied) = (try await asked(from: "127.0.0.3"), try await asked(from: "127.0.0.2", headers: Self.proxied))
            #expect(other == ["no details", "401"] && proxied == ["no details", "401"])
        }
    }

    @Test(arguments: [(Trouble.Code.draining, "draining"), (.storageFailing, "storageFailing")])
    func `a server in trouble is not ready and still lives`(code: Trouble.Code, status: String) async throws {
        try await TestCentre.run { test in
            let since = test.clock.now()
            test.announcements.begin(Trouble(code, since: since, reason: "the disk is full"))
            // Said again it began no later.
            test.announcements.begin(Trouble(code, since: since + .seconds(5), reason: "the disk is very full"))
            let answer = try await test.client.get("/health")
            #expect(answer.status == 503)
            let body = try answer.json
            #expect(body["status"].text == status)
            #expect(body["troubles"].list.count == 1)
            #expect(body["troubles"][0]["code"].text == status)
            #expect(body["troubles"][0]["since"].number == Int(since.milliseconds))
            #expect(body["troubles"][0]["reason"].text == "the disk is very full")
            #expect(try await test.client.get("/health/ready").status == 503)
            #expect(try await test.client.get("/health/live").status == 200)
            let metrics = try Exposition(await test.client.get("/metrics").text)
            #expect(metrics[#"callfloor_trouble{code="\#(status)"}"#] == 1)
            // Why is nobody's business outside.
            #expect(try await test.client.get("/health", headers: Self.proxied).json == ["status": .text(status)])

            test.announcements.end(code)
            #expect(try await test.client.get("/health").status == 200)
        }
    }

    @Test func `the worst of it is the status`() {
        let at = Timestamp(microseconds: 1)
        let both = [Trouble(.storageFailing, since: at), Trouble(.draining, since: at)]
        var health = Health(position: .start, isStorageWriting: true, isSIPUp: true)
        #expect(health.status([]) == .ok)
        #expect(health.status([Trouble(.draining, since: at)]) == .draining)
        #expect(health.status(both) == .storageFailing)
        health.isSIPUp = false
        #expect(health.status([Trouble(.draining, since: at)]) == .unavailable)
        health.isStorageWriting = false
        #expect(health.status([]) == .storageFailing)
    }

    @Test func `a part that is down makes the server not ready`() async throws {
        try await TestCentre.run { test in
            test.isSIPUp.set(false)
            let answer = try await test.client.get("/health")
            #expect(answer.status == 503)
            #expect(try answer.json["status"].text == "unavailable")
            #expect(try answer.json["sip"].flag == false)
        }
    }

    @Test func `every screen hears of a trouble when it begins, when it ends, and when it comes later`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana").stream()
            let sue = try await test.client.signedIn(as: "sue").stream()
            #expect(try await ana.next("troubles")["troubles"] == [])
            #expect(try await sue.next("troubles")["troubles"] == [])
            let since = test.clock.now()
            test.announcements.begin(Trouble(.storageFailing, since: since, reason: "secret of the machine"))
            for stream in [ana, sue] {
                let told = try await stream.next("troubles")
                #expect(told == ["troubles": [["code": "storageFailing", "since": .number(Double(since.milliseconds))]]])
            }
            let late = try await test.client.signedIn(as: "max").stream()
            #expect(try await late.next("troubles")["troubles"][0]["code"].text == "storageFailing")
            test.announcements.end(.storageFailing)
            for stream in [ana, sue, late] {
                #expect(try await stream.next("troubles")["troubles"] == [])
                stream.close()
            }
        }
    }
}
