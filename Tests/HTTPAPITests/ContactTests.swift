import Contacts
import Organization
import Primitives
import Reporting
import Testing

@testable import HTTPAPI

struct ContactTests {
    @Test func `lists reach as far as the rights and go on page by page`() async throws {
        try await TestCentre.run { test in
            var ours: [ContactID] = []
            for number in 1...3 { ours.append(try await test.handledCall(note: "call \(number)")) }
            let theirs = try await test.handledCall(.ordersNumber, by: "cleo")
            let lost = try await test.call()
            try await test.hangUp(lost)
            // The contact's end is durable when the next command is.
            _ = try await test.client.signedIn(as: "ana").send("PUT", "/api/desk/presence", body: #"{"state":"notReady"}"#)

            func ids(_ login: String, _ query: String = "") async throws -> [String] {
                let answer = try await test.client.signedIn(as: login).get("/api/contacts\(query)")
                #expect(answer.status == 200)
                return try answer.json["contacts"].list.compactMap { $0["id"].text }
            }
            let newestFirst = ours.reversed().map(\.description)
            #expect(try await ids("ana") == newestFirst)
            #expect(try await ids("ben") == newestFirst)
            #expect(try await ids("cleo") == [theirs.description])
            #expect(try await ids("sue") == [lost.description] + newestFirst)
            #expect(try await ids("ada").count == 5)
            #expect(try await ids("sue", "?outcome=abandoned") == [lost.description])
            #expect(try await ids("ada", "?queue=\(QueueID.orders)") == [theirs.description])
            #expect(try await ids("sue", "?queue=\(QueueID.orders)") == [])
            #expect(try await ids("ada", "?agent=\(AgentID.ana)") == newestFirst)

            let sue = try await test.client.signedIn(as: "sue")
            let first = try await sue.get("/api/contacts?limit=3").json
            #expect(first["contacts"].list.count == 3)
            let next = try #require(first["next"].text)
            let second = try await sue.get("/api/contacts?limit=3&before=\(next)").json
            #expect(second["contacts"].list.compactMap { $0["id"].text } == [ours[0].description])
            #expect(second["next"] == .null)

            for (query, field, rule) in [
                ("limit=0", "limit", "malformed"), ("limit=201", "limit", "notAllowed"), ("limit=many", "limit", "malformed"),
                ("before=x", "before", "malformed"), ("queue=x", "queue", "malformed"), ("agent=x", "agent", "malformed"),
                ("outcome=lovely", "outcome", "unknown"), ("number=\(String(repeating: "1", count: 33))", "number", "tooLong"),
            ] {
                let answer = try await sue.get("/api/contacts?\(query)")
                #expect(answer.status == 422, "\(query)")
                #expect(try answer.json["errors"][0]["field"].text == field, "\(query)")
                #expect(try answer.json["errors"][0]["rule"].text == rule, "\(query)")
            }
        }
    }

    @Test func `a contact's story has its segments, offers and events`() async throws {
        try await TestCentre.run { test in
            let contact = try await test.handledCall(after: .seconds(90))
            let sue = try await test.client.signedIn(as: "sue")
            let story = try await sue.get("/api/contacts/\(contact)").json
            #expect(story["id"].text == "\(contact)")
            #expect(story["segments"].list.compactMap { $0["kind"].text } == ["queue", "ring", "talk", "wrapUp"])
            #expect(story["segments"][2]["agent"].text == "Ana")
            #expect(try #require(story["talkedMilliseconds"].number) >= 90_000)
            #expect(story["offers"][0]["result"].text == "answered")
            #expect(story["offers"][0]["why"]["considered"][0]["name"].text == "Ana")
            #expect(
                story["events"].list.compactMap { $0["kind"].text } == [
                    "contactOpened", "contactQueued", "offerMade", "offerEnded", "talkEnded", "wrapUpStarted", "contactDisposed",
                    "contactClosed",
                ])
            // Segments leave no gap.
            let segments = story["segments"].list
            for (segment, next) in zip(segments, segments.dropFirst()) { #expect(segment["to"] == next["from"]) }

            #expect(try await test.client.signedIn(as: "ana").get("/api/contacts/\(contact)").status == 200)
            #expect(try await test.client.signedIn(as: "ben").get("/api/contacts/\(contact)").status == 200)
            // Of the shop's people nobody learns that it exists.
            let hidden = try await test.client.signedIn(as: "cleo").get("/api/contacts/\(contact)")
            #expect(hidden.status == 404)
            #expect(hidden.body == (try await sue.get("/api/contacts/no-such-contact")).body)
        }
    }

    @Test func `a story says what kept the queue's agents while the customer waited, to whoever sees their time`() async throws {
        try await TestCentre.run { test in
            test.clock.stop()
            let start = test.clock.now()
            // Well inside a quarter of an hour.
            test.clock.advance(QuarterHour.start(of: start) + QuarterHour.length - start + .seconds(60))
            let ana = try await test.client.signedIn(as: "ana")
            _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"notReady","reason":"\#(PresenceReasonID.lunch)"}"#)
            let lost = try await test.call()
            test.clock.advance(.seconds(200))
            try await test.hangUp(lost)
            // Still away: what has not ended counts, too.
            let sue = try await test.client.signedIn(as: "sue")
            let meanwhile = try await sue.get("/api/contacts/\(lost)").json["meanwhile"]
            #expect(meanwhile["queue"].text == "Internet")
            #expect(meanwhile["agents"].list.compactMap { $0["agent"].text } == ["Ana"])
            let activities = meanwhile["agents"][0]["activities"]
            #expect(activities.list.count == 1 && activities[0]["activity"].text == "notReady" && activities[0]["reason"].text == "Lunch")
            #expect(activities[0]["milliseconds"].number == 200_000)
            let wait = try #require(meanwhile["from"].number)...(try #require(meanwhile["to"].number))
            #expect(wait.contains(Int(test.clock.now().milliseconds)) && wait.count == 900_001)

            let handled = try await test.handledCall()
            #expect(try await ana.get("/api/contacts/\(handled)").json["meanwhile"] == .null)
            #expect(try await test.client.signedIn(as: "ben").get("/api/contacts/\(handled)").json["meanwhile"]["agents"].list.count == 1)
        }
    }
}
