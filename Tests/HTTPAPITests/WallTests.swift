import Centre
import Foundation
import Operation
import Organization
import Primitives
import Storage
import Testing

@testable import HTTPAPI

/// Wallboards behind their links, and alerts on walls and floors.
struct WallTests {
    private static let hall = WallboardID(high: 20, low: 1)
    private static let shopWall = WallboardID(high: 20, low: 2)

    /// A wallboard for each project, and an alert of the service desk's that begins with the first who waits.
    private func setUp(_ test: TestCentre, lasting: Duration = .zero) async throws {
        var setUp = test.setUp
        let figures: [Wallboard.Figure] = [
            .init(measure: .waiting, queue: .internet, target: .init(good: 0, warn: 1)),
            .init(measure: .waitingLongest, queue: nil, target: .init(good: 20, warn: 60)),
            .init(measure: .answeredOfOffered, queue: nil, target: .init(good: 80, warn: 60)),
            .init(measure: .offered, queue: nil, target: nil),
            .init(measure: .averageSpeedOfAnswer, queue: .internet, target: nil), .init(measure: .signedIn, queue: nil, target: nil),
        ]
        setUp.projects[0].wallboards = [
            NamedWallboard(
                wallboard: Wallboard(id: Self.hall, project: .serviceDesk, language: .turkish, figures: figures), key: "hall",
                name: Localised([.english: "Hall", .turkish: "Salon"]))
        ]
        setUp.projects[1].wallboards = [
            NamedWallboard(
                wallboard: Wallboard(id: Self.shopWall, project: .shop, language: nil, figures: Array(figures.suffix(1))), key: "shop",
                name: Localised([.english: "Shop"]))
        ]
        setUp.projects[0].alerts = [
            NamedAlert(
                alert: Alert(
                    id: AlertID(high: 21, low: 1), place: MeasuredPlace(project: .serviceDesk, queue: .internet), measure: .waiting,
                    side: .above, threshold: 0, clears: 0, lasting: lasting), key: "anybody", name: Localised([.english: "Somebody waits"]),
                webhook: nil)
        ]
        let floor = try await test.client.signedIn(as: "ada").stream()
        _ = try await floor.next("floor") { $0["whole"].flag == true }
        try await test.centre.submit(.setUp(setUp.definitions), filings: [.setUp(setUp)])
        // The names are read anew, and then everything is sent whole.
        _ = try await floor.next("floor") { $0["whole"].flag == true }
        floor.close()
    }

    private func link(_ test: TestCentre, _ id: WallboardID = hall) async throws -> String {
        let answer = try await test.client.signedIn(as: "ada").send("POST", "/api/wallboards/\(id)/link")
        let path = try #require(try answer.json["path"].text)
        return String(path.dropFirst("/wall/".count))
    }

    @Test func `whoever has the link sees this wallboard and nothing else`() async throws {
        try await TestCentre.run { test in
            try await setUp(test)
            let token = try await link(test)
            #expect(token.count == 64)
            let wall = try await test.client.get("/api/wall/\(token)").json
            #expect(wall["name"].text == "Salon" && wall["project"].text == "Destek" && wall["language"].text == "tr")
            #expect(
                wall["figures"].list.map { $0["measure"].text } == [
                    "waiting", "waitingLongest", "answeredOfOffered", "offered", "averageSpeedOfAnswer", "signedIn",
                ])
            #expect(wall["figures"][0]["queue"].text == "İnternet" && wall["figures"][1]["queue"].text == nil)
            var intruder = test.client
            intruder.cookie = token
            for path in ["/api/session", "/api/floor", "/api/stream", "/api/contacts", "/api/wallboards", "/api/set-up"] {
                #expect(try await intruder.get(path).status == 401, "\(path)")
            }
            for wrong in [String(token.dropLast()), token.uppercased() + "0", String(repeating: "0", count: 64), "\(Self.hall)"] {
                #expect(try await test.client.get("/api/wall/\(wrong)").status == 404)
                #expect(try await test.client.get("/api/wall/\(wrong)/stream").status == 404)
            }
        }
    }

    @Test func `its figures are the floor's`() async throws {
        try await TestCentre.run { test in
            try await setUp(test)
            try await test.handledCall()
            try await test.hangUp(try await test.call())
            try await test.call()
            let stream = try await test.client.stream("/api/wall/\(try await link(test))/stream")
            let wall = try await stream.next("wall") { $0["figures"][0]["value"].number == 1 }
            let floor = try await test.client.signedIn(as: "sue").get("/api/floor").json["queues"][0]
            #expect(floor["waiting"].number == 1 && wall["figures"][1]["since"] == floor["oldestSince"])
            #expect(wall["figures"][2]["value"] == floor["serviceLevel"]["percent"] && wall["figures"][2]["within"].number == 20)
            #expect(wall["figures"][3]["value"] == floor["offered"] && wall["figures"][5]["value"] == floor["signedIn"])
            // The floor tells parts of a second, the wall whole ones.
            let (shown, exact) = (try #require(wall["figures"][4]["value"].number), try #require(floor["averageSpeedOfAnswer"].number))
            #expect(shown == exact / 1000 * 1000)
            #expect(wall["figures"].list.map { $0["standing"].text } == ["warn", "good", "bad", nil, nil, nil])
            stream.close()
        }
    }

    @Test func `a stream goes on with what changes, and tells of its own project's alerts alone`() async throws {
        try await TestCentre.run { test in
            try await setUp(test)
            let stream = try await test.client.stream("/api/wall/\(try await link(test))/stream")
            let other = try await test.client.stream("/api/wall/\(try await link(test, Self.shopWall))/stream")
            #expect(try await stream.next("wall")["alerts"].list.isEmpty)
            let leg = try await test.call()
            let alert = try await stream.next("wall") { !$0["alerts"].list.isEmpty }["alerts"][0]
            #expect(alert["name"].text == "Somebody waits" && alert["queue"].text == "İnternet" && alert["side"].text == "above")
            try await test.hangUp(leg)
            _ = try await stream.next("wall") { $0["alerts"].list.isEmpty && $0["figures"][0]["value"].number == 0 }
            try await test.call(.ordersNumber)
            _ = try await test.client.signedIn(as: "cleo").send("PUT", "/api/desk/presence", body: #"{"state":"notReady"}"#)
            let shop = try await other.events { $0.name == "wall" && $0.data["figures"][0]["value"].number == 1 }
            #expect(shop.allSatisfy { $0.name != "wall" || $0.data["alerts"].list.isEmpty })
            stream.close()
            other.close()
        }
    }

    @Test func `a link that is ended, replaced, or whose wallboard is gone opens nothing, also not what is open`() async throws {
        try await TestCentre.run { test in
            try await setUp(test)
            let ada = try await test.client.signedIn(as: "ada")
            let first = try await link(test)
            let before = try await test.client.stream("/api/wall/\(first)/stream")
            _ = try await before.next("wall")
            #expect(try await ada.get("/api/wallboards").json["wallboards"][0]["screens"].number == 1)
            let second = try await link(test)
            #expect(try await before.end().last?.name == "revoked")
            #expect(try await test.client.get("/api/wall/\(first)").status == 404)
            let after = try await test.client.stream("/api/wall/\(second)/stream")
            _ = try await after.next("wall")
            #expect(try await ada.send("DELETE", "/api/wallboards/\(Self.hall)/link").status == 204)
            #expect(try await after.end().last?.name == "revoked")
            #expect(try await test.client.get("/api/wall/\(second)").status == 404)
            #expect(try await ada.get("/api/wallboards").json["wallboards"].list.allSatisfy { $0["linkedAt"].number == nil })

            let third = try await test.client.stream("/api/wall/\(try await link(test))/stream")
            _ = try await third.next("wall")
            try await test.centre.submit(.setUp(test.setUp.definitions), filings: [.setUp(test.setUp)])
            #expect(try await third.end().last?.name == "revoked")
        }
    }

    @Test func `who made a link and who ended it stands in the audit`() async throws {
        try await TestCentre.run { test in
            try await setUp(test)
            _ = try await link(test)
            _ = try await test.client.signedIn(as: "ada").send("DELETE", "/api/wallboards/\(Self.hall)/link")
            let rows = try await test.store.audit(AuditFilter(reach: .all), limit: 100).rows
            let told = rows.filter { $0.audit.action == .changed && !$0.audit.question.isEmpty }.map { $0.audit.question.map(\.text) }
            #expect(told == [["wallLink=ended", "wallboard=hall"], ["wallLink=made", "wallboard=hall"]])
        }
    }

    @Test func `an alert stands on the floors that see its queue, and others are told once when it begins and ends`() async throws {
        try await TestCentre.run { test in
            try await setUp(test)
            let sue = try await test.client.signedIn(as: "sue").stream()
            let leg = try await test.call()
            let alert = try await sue.next("alerts") { !$0["alerts"].list.isEmpty }["alerts"][0]
            #expect(alert["name"].text == "Somebody waits" && alert["threshold"].number == 0 && alert["project"].text == "Service desk")
            // Who comes later is told, too.
            let later = try await test.client.signedIn(as: "ben").stream()
            _ = try await later.next("alerts") { !$0["alerts"].list.isEmpty }
            try await test.hangUp(leg)
            _ = try await sue.next("alerts") { $0["alerts"].list.isEmpty }
            // Screens are told first; then it is kept, and then others are told.
            while test.told.words.count < 2 { await Task.yield() }
            #expect(test.told.words == ["anybody began", "anybody ended"])
            #expect(try await test.store.raisedAlerts().isEmpty)
            sue.close()
            later.close()
        }
    }

    @Test func `alerts of before can be looked up by who sees their queue`() async throws {
        try await TestCentre.run { test in
            try await setUp(test)
            let sue = try await test.client.signedIn(as: "sue")
            #expect(try await sue.get("/api/alerts").json["alerts"].list.isEmpty)
            let floor = try await sue.stream()
            for _ in 0..<2 {
                let leg = try await test.call()
                _ = try await floor.next("alerts") { !$0["alerts"].list.isEmpty }
                try await test.hangUp(leg)
                _ = try await floor.next("alerts") { $0["alerts"].list.isEmpty }
            }
            try await test.call()
            _ = try await floor.next("alerts") { !$0["alerts"].list.isEmpty }
            floor.close()
            // Screens are told first, the tables then.
            var alerts = try await sue.get("/api/alerts").json["alerts"].list
            while alerts.count < 3 { alerts = try await sue.get("/api/alerts").json["alerts"].list }
            #expect(alerts.map { $0["ended"].number == nil } == [true, false, false])
            let last = alerts[2]
            #expect(last["alert"]["name"].text == "Somebody waits" && last["queueId"].text == "\(QueueID.internet)")
            #expect(last["beganValue"].number == 1 && last["endedValue"].number == 0)
            let times = ["day", "began", "ended"].compactMap { last[$0].number }
            #expect(times.count == 3 && times == times.sorted())
            let shop = try await test.client.signedIn(as: "cleo").get("/api/alerts").json["alerts"].list
            #expect(shop.isEmpty)
        }
    }

    @Test func `the page of a wallboard is there for whatever stands behind it, and nothing else is`() async throws {
        try await TestCentre.run { test in
            try Data("<!doctype html><title>Wall</title>".utf8).write(to: test.webFolder.appending(path: "wall.html"))
            #expect(try await test.client.get("/wall/abc").text.contains("Wall"))
            for path in ["/wall/a/b", "/wall/a.js"] { #expect(try await test.client.get(path).status == 404) }
        }
    }
}
