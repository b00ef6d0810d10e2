import Contacts
import Organization
import Primitives
import Testing

@testable import HTTPAPI

struct FigureTests {
    @Test func `figures say what contacts came to, as far as the rights reach`() async throws {
        try await TestCentre.run { test in
            try await test.handledCall(after: .seconds(90))
            try await test.handledCall(.ordersNumber, by: "cleo")
            let lost = try await test.call()
            try await test.hangUp(lost)
            // The contact's end is durable when the next command is.
            _ = try await test.client.signedIn(as: "ana").send("PUT", "/api/desk/presence", body: #"{"state":"notReady"}"#)
            let day = CivilTime.utc.date(of: test.clock.now())
            let span = "from=\(CivilDate(daysSince1970: day.daysSince1970 - 1))&through=\(CivilDate(daysSince1970: day.daysSince1970 + 1))"

            func figures(_ login: String, _ more: String = "") async throws -> JSON {
                let answer = try await test.client.signedIn(as: login).get("/api/figures?\(span)\(more)")
                #expect(answer.status == 200)
                return try answer.json
            }
            let whole = try await figures("ada")
            #expect(whole["total"]["offered"].number == 3 && whole["total"]["answered"].number == 2)
            #expect(whole["total"]["abandoned"].number == 1 && whole["total"]["handled"].number == 2)
            #expect(whole["total"]["serviceLevel"]["answeredOfOffered"] == .number(66.7))
            #expect(whole["trend"].list.count == 3)
            #expect(whole["waits"].list.compactMap { $0["answered"].number }.reduce(0, +) == 2)

            let sue = try await figures("sue")
            #expect(sue["total"]["offered"].number == 2)
            #expect(sue["rows"].list.count == 1)
            #expect(try #require(sue["total"]["averageTalk"].number) >= 90_000)

            let ana = try await figures("ana", "&by=agent")
            #expect(ana["seesQueues"].flag == false && ana["total"]["offered"] == .null)
            #expect(ana["rows"].list.compactMap { $0["name"].text } == ["Ana"])
            #expect(ana["total"]["handled"].number == 1)
            let others = try await figures("ana", "&by=agent&agent=\(AgentID.cleo)")
            #expect(others["total"]["handled"].number == 0 && others["rows"].list.isEmpty)
            let foreign = try await figures("sue", "&queue=\(QueueID.orders)")
            #expect(foreign["total"]["offered"].number == 0)
        }
    }

    @Test func `a client is told what his project came to, and nothing of another's or of the people`() async throws {
        try await TestCentre.run { test in
            try await test.handledCall(after: .seconds(90))
            try await test.handledCall(.ordersNumber, by: "cleo")
            let lost = try await test.call()
            try await test.hangUp(lost)
            _ = try await test.client.signedIn(as: "ana").send("PUT", "/api/desk/presence", body: #"{"state":"notReady"}"#)
            let day = CivilTime.utc.date(of: test.clock.now())
            let span = "from=\(CivilDate(daysSince1970: day.daysSince1970 - 1))&through=\(CivilDate(daysSince1970: day.daysSince1970 + 1))"
            let kim = try await test.client.signedIn(as: "kim")
            let answer = try await kim.get("/api/client-report?\(span)")
            let report = try answer.json
            #expect(report["projects"].list.compactMap { $0["id"].text } == [ProjectID.serviceDesk.description])
            #expect(report["total"]["offered"].number == 2 && report["total"]["abandoned"].number == 1)
            #expect(report["total"]["serviceLevel"] == .number(50))
            #expect(report["trend"].list.count == 3 && report["queues"].list.count == 1)
            #expect(report["dispositions"].list.compactMap { $0["handled"].number } == [1])
            #expect(!answer.text.contains("Ana"))
            #expect(
                SchemaCheck(document: try await test.client.signedIn(as: "ada").get("/api/openapi.json").json)
                    .faults(in: report, as: "ClientReport") == [])
            let foreign = try await kim.get("/api/client-report?\(span)&project=\(ProjectID.shop)")
            #expect(foreign.status == 422 && foreign.text.contains("unknown"))
        }
    }

    @Test func `the contacts behind a figure are those that it counts`() async throws {
        try await TestCentre.run { test in
            let handled = try await test.handledCall()
            let lost = try await test.call()
            try await test.hangUp(lost)
            _ = try await test.client.signedIn(as: "ana").send("PUT", "/api/desk/presence", body: #"{"state":"notReady"}"#)
            let now = test.clock.now().milliseconds
            let sue = try await test.client.signedIn(as: "sue")
            for (figure, expected) in [("abandoned", [lost.description]), ("handled", [handled.description]), ("late", [])] {
                let list = try await sue.get("/api/contacts?figure=\(figure)&since=\(now - 86_400_000)&until=\(now + 86_400_000)").json
                #expect(list["contacts"].list.compactMap { $0["id"].text } == expected, "\(figure)")
            }
            // What is asked for beside the figure narrows it, whatever the figure counts.
            for (figure, narrower, count) in [
                ("offered", "disposition=none", 1), ("offered", "disposition=\(DispositionID.solved)", 1),
                ("handled", "disposition=\(DispositionID.solved)", 1), ("answered", "agent=\(AgentID.ana)&queue=\(QueueID.internet)", 1),
                ("abandoned", "agent=\(AgentID.ana)", 0),
            ] {
                let list = try await sue.get(
                    "/api/contacts?figure=\(figure)&since=\(now - 86_400_000)&until=\(now + 86_400_000)&\(narrower)")
                #expect(list.status == 200, "\(figure) \(narrower)")
                #expect(try list.json["contacts"].list.count == count, "\(figure) \(narrower)")
            }
            let earlier = try await sue.get("/api/contacts?figure=offered&since=0&until=\(now - 86_400_000)").json
            #expect(earlier["contacts"].list.isEmpty)
            // Behind the end of time, by less than a second.
            #expect(try await sue.get("/api/contacts?figure=offered&since=0&until=9223372036854999").status == 200)
            for (query, field, rule) in [
                ("figure=lovely", "figure", "unknown"), ("figure=offered&until=1", "since", "required"),
                ("figure=offered&since=x&until=1", "since", "malformed"), ("disposition=x", "disposition", "malformed"),
                ("project=x", "project", "malformed"), ("figure=waited&since=0&until=1&waitMin=x", "waitMin", "malformed"),
                ("figure=handled&since=0&until=1&waitEnd=5", "waitEnd", "notAllowed"),
            ] {
                let answer = try await sue.get("/api/contacts?\(query)")
                #expect(answer.status == 422, "\(query)")
                #expect(try answer.json["errors"][0]["field"].text == field, "\(query)")
                #expect(try answer.json["errors"][0]["rule"].text == rule, "\(query)")
            }
        }
    }

    @Test func `what cannot be meant is refused with its field`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            for (query, field, rule) in [
                ("through=2026-11-21", "from", "required"), ("from=2026-02-30&through=2026-11-21", "from", "malformed"),
                ("from=2026-11-22&through=2026-11-21", "through", "notAllowed"),
                ("from=1926-11-22&through=2026-11-21", "through", "notAllowed"),
                ("from=2026-01-01&through=2026-11-21&interval=quarterHour", "interval", "notAllowed"),
                ("from=2026-11-21&through=2026-11-21&interval=minute", "interval", "unknown"),
                ("from=2026-11-21&through=2026-11-21&by=weather", "by", "unknown"),
                ("from=2026-11-21&through=2026-11-21&queue=\(ContactID(high: 1, low: 1))", "queue", "unknown"),
            ] {
                let answer = try await sue.get("/api/figures?\(query)")
                #expect(answer.status == 422, "\(query)")
                #expect(try answer.json["errors"][0]["field"].text == field, "\(query)")
                #expect(try answer.json["errors"][0]["rule"].text == rule, "\(query)")
            }
        }
    }
}
