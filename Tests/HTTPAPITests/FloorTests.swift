import Centre
import Logging
import Operation
import Organization
import Primitives
import Storage
import Testing

@testable import HTTPAPI

struct FloorTests {
    private func names(_ rows: JSON) -> [String] { rows.list.compactMap { $0["name"].text }.sorted() }

    @Test func `each sees the part of the floor that is his`() async throws {
        try await TestCentre.run { test in
            func floor(_ login: String) async throws -> JSON { try await test.client.signedIn(as: login).get("/api/floor").json }
            let ada = try await floor("ada")
            #expect(names(ada["queues"]) == ["Internet", "Orders"])
            #expect(names(ada["agents"]) == ["Ana", "Ben", "Cleo"])
            let sue = try await floor("sue")
            #expect(names(sue["queues"]) == ["Internet"])
            #expect(names(sue["agents"]) == ["Ana", "Ben"])
            #expect(sue["queues"][0]["project"].text == "Service desk")
            // A senior sees his team, and the queues it serves.
            let ben = try await floor("ben")
            #expect(names(ben["queues"]) == ["Internet"])
            #expect(names(ben["agents"]) == ["Ana", "Ben"])
        }
    }

    @Test func `the floor comes whole and then row by row, cut to the reader's rights`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue").stream()
            let ada = try await test.client.signedIn(as: "ada").stream()
            let whole = try await sue.next("floor")
            #expect(whole["whole"].flag == true)
            #expect(names(whole["agents"]) == ["Ana", "Ben"])
            #expect(try await ada.next("floor")["agents"].list.count == 3)

            // What happens in the shop is Ada's to see and not Sue's.
            let cleo = try await test.client.signedIn(as: "cleo")
            _ = try await cleo.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            try await test.call(.ordersNumber)
            let shop = try await ada.next("floor") { $0["agents"][0]["state"].text == "offered" }
            #expect(shop["whole"].flag == false)
            #expect(shop["agents"][0]["name"].text == "Cleo")
            #expect(shop["agents"][0]["queue"].text == "Orders")
            #expect(names(shop["queues"]) == ["Orders"])

            try await test.call()
            let waiting = try await sue.events { $0.name == "floor" && $0.data["queues"][0]["waiting"].number == 1 }
            #expect(waiting.allSatisfy { ["floor", "alerts", "troubles", "beat"].contains($0.name) })
            let rows = waiting.flatMap { $0.data["queues"].list + $0.data["agents"].list }
            #expect(rows.allSatisfy { $0["name"].text == "Internet" })
            #expect(waiting.last?.data["queues"][0]["oldestSince"].number != nil)
            #expect(waiting.last?.data["queues"][0]["offered"].number == 1)
            sue.close()
            ada.close()
        }
    }

    @Test func `the day's figures stand on the floor, and after a restart of the feed`() async throws {
        try await TestCentre.run { test in
            try await test.handledCall()
            let abandoned = try await test.call()
            try await test.hangUp(abandoned)
            let sue = try await test.client.signedIn(as: "sue").stream()
            let floor = try await sue.next("floor") { $0["queues"][0]["abandoned"].number == 1 }
            let queue = floor["queues"][0]
            #expect(queue["offered"].number == 2)
            #expect(queue["answered"].number == 1)
            #expect(queue["serviceLevel"] == ["percent": 50, "within": 20, "variant": "answeredOfOffered"])
            #expect(queue["averageSpeedOfAnswer"].number != nil)
            sue.close()

            // Each count opens as many contacts as it says.
            _ = try await test.client.signedIn(as: "ana").send("PUT", "/api/desk/presence", body: #"{"state":"notReady"}"#)
            let (since, until) = (try #require(queue["since"].number), try #require(queue["until"].number))
            for figure in ["offered", "answered", "abandoned"] {
                let list = try await test.client.signedIn(as: "sue").get(
                    "/api/contacts?figure=\(figure)&since=\(since)&until=\(until)&queue=\(QueueID.internet)")
                #expect(try list.json["contacts"].list.count == queue[figure].number, "\(figure)")
            }

            let again = LiveFeed(
                centre: test.centre, store: test.store, names: NameBook(), announcements: Announcements(), now: { test.clock.now() },
                logger: .init(label: "test"))
            try await again.prepare()
            let counted = await again.floor(for: FloorAudience(reach: .all, language: .english))
            let internet = try #require(counted.queues.first { $0.name == "Internet" })
            #expect((internet.offered, internet.answered, internet.abandoned) == (2, 1, 1))
        }
    }

    @Test func `a desk shows how its lines stand`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana").stream()
            let ben = try await test.client.signedIn(as: "ben").stream()
            for stream in [ana, ben] { #expect(try await stream.next("desk")["queues"][0]["waiting"].number == 0) }
            let leg = try await test.call()
            // Only what has changed comes, and the quotas have not.
            let waiting = try await ana.next("lines") { $0["queues"][0]["waiting"].number == 1 }
            #expect(waiting["queues"].list.count == 1 && waiting["quotas"] == .null)
            #expect(waiting["queues"][0]["oldestSince"].number != nil)
            // Everybody who shows the line, also who comes later.
            #expect(try await ben.next("lines")["queues"] == waiting["queues"])
            let late = try await test.client.signedIn(as: "ana").stream()
            #expect(try await late.next("desk")["queues"][0]["waiting"].number == 1)
            try await test.hangUp(leg)
            for stream in [ana, ben, late] {
                _ = try await stream.next("lines") { $0["queues"][0]["waiting"].number == 0 }
                stream.close()
            }
        }
    }

    @Test func `an agent's quotas stand on his desk, and his and his team's on the floor`() async throws {
        try await TestCentre.run { test in
            var setUp = test.setUp
            let quotas = [(Quota.Period.hour, Quota.Holder.agent, 8), (.shift, .team, 60), (.shift, .project, 100)]
            setUp.projects[0].quotas = quotas.enumerated().map { index, quota in
                NamedQuota(
                    quota: Quota(
                        id: QuotaID(high: 12, low: UInt64(index)), project: .serviceDesk, counts: .handled, per: quota.0, by: quota.1,
                        target: quota.2), key: "quota\(index)", name: Localised([:]))
            }
            try await test.centre.submit(.setUp(setUp.definitions), filings: [.setUp(setUp)])
            let ana = try await test.client.signedIn(as: "ana")
            let sue = try await test.client.signedIn(as: "sue")
            let (desk, floor) = (try await ana.stream(), try await sue.stream())
            let before = try await desk.next("desk") { $0["quotas"].list.count == 3 }
            #expect(before["quotas"].list.compactMap { $0["done"].number } == [0, 0, 0])
            #expect(before["quotas"].list.compactMap { $0["target"].number } == [8, 60, 100])
            #expect(before["quotas"][0]["group"] == .null && before["quotas"][1]["group"]["name"].text == "Red")
            try await test.handledCall()
            let after = try await desk.next("desk") { $0["quotas"][0]["done"].number == 1 }
            #expect(after["quotas"].list.compactMap { $0["done"].number } == [1, 1, 1])
            let rows = try await floor.next("floor") { $0["quotas"][0]["done"].number == 1 }
            #expect(rows["quotas"].list.compactMap { $0["group"]["name"].text } == ["Red", "Service desk"])
            #expect(try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#).status == 200)
            let whole = try await sue.get("/api/floor").json
            let anas = whole["agents"].list.first { $0["name"].text == "Ana" }
            #expect(anas?["quotas"].list.compactMap { $0["done"].number } == [1])
            // Who is off has nothing to reach.
            let bens = whole["agents"].list.first { $0["name"].text == "Ben" }
            #expect(bens?["state"].text == "off" && bens?["quotas"].list.isEmpty == true)
            // A senior sees what his team is to reach, and nobody of another project anything.
            let ben = try await test.client.signedIn(as: "ben")
            #expect(try await ben.get("/api/floor").json["quotas"].list.compactMap { $0["group"]["name"].text } == ["Red"])
            let cleo = try await test.client.signedIn(as: "cleo")
            #expect(try await cleo.get("/api/desk").json["quotas"].list.isEmpty)
            desk.close()
            floor.close()
        }
    }

    @Test func `a closed queue shows as such, and whoever calls it is told so and counts as nothing else`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            #expect(try await sue.get("/api/floor").json["queues"][0]["closed"].flag == false)
            let closed = Project(id: .serviceDesk, time: .utc, language: .english, hours: OpeningHours(week: []))
            try await test.centre.submit(.setUp([.project(closed)]))
            let leg = try await test.call()
            try await test.centre.submit(.soundEnded(leg), by: .network)
            try await test.store.settle()
            let queue = try await sue.get("/api/floor").json["queues"][0]
            #expect(queue["closed"].flag == true && queue["waiting"].number == 0 && queue["offered"].number == 0)
            #expect(queue["abandoned"].number == 0)
            let list = try await sue.get("/api/contacts?outcome=closed").json["contacts"].list
            #expect(list.compactMap { $0["id"].text } == ["\(leg)"])
            let story = try await sue.get("/api/contacts/\(leg)").json
            #expect(story["events"].list.compactMap { $0["kind"].text } == ["contactOpened", "toldClosed", "contactClosed"])
            #expect(story["segments"].list.compactMap { $0["kind"].text } == ["closed"])
        }
    }

    @Test func `a user's ninth stream closes his first`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            let first = try await sue.stream()
            _ = try await first.next("floor")
            var others: [EventStream] = []
            for _ in 1...Limits.streamsOfUserMax {
                let stream = try await sue.stream()
                _ = try await stream.next("floor")
                others.append(stream)
            }
            #expect(try await first.end().contains { $0.name == "ended" } == false)
            for stream in others { stream.close() }
        }
    }

    @Test func `a server that stops ends its streams, but not the sessions`() async throws {
        let (streams, opened) = AsyncStream.makeStream(of: EventStream.self)
        try await TestCentre.run { test in
            let stream = try await test.client.signedIn(as: "sue").stream()
            _ = try await stream.next("floor")
            opened.yield(stream)
            opened.finish()
        }
        // It has stopped although the stream was open.
        for await stream in streams { #expect(try await stream.end().contains { $0.name == "ended" } == false) }
    }
}
