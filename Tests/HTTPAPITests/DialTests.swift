import Calls
import Centre
import Operation
import Organization
import Primitives
import Testing

@testable import HTTPAPI

/// Dialling, through the door.
struct DialTests {
    private func dial(_ ana: Client, _ body: String) async throws -> Client.Answer {
        try await ana.send("POST", "/api/desk/dial", body: body)
    }

    @Test func `a number that is dialled is on the desk, and in the contact's story`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"notReady"}"#)
            let stream = try await ana.stream()
            #expect(try await dial(ana, #"{"number":"+995 322 55 00 01"}"#).status == 200)
            let desk = try await stream.next("desk") { $0["contact"]["state"].text == "dialling" && $0["contact"]["number"].text != nil }
            let contact = desk["contact"]
            #expect(contact["direction"].text == "outbound" && contact["number"].text == "+995322550001")
            #expect(contact["dial"]["stage"].text == "phone" && contact["dialled"].text == "+995322111111")
            #expect(contact["why"] == .null && desk["routing"]["state"].text == "handling")
            let id = try #require(contact["id"].text)
            try await test.answer()
            #expect(try await ana.get("/api/desk").json["contact"]["dial"]["stage"].text == "number")
            try await test.centre.submit(.legRefused(try #require(LegID(id)), .busy), by: .network)
            let done = try await ana.get("/api/desk").json["contact"]
            #expect(done["state"].text == "wrapUp" && done["dialResult"].text == "busy")
            let story = try await ana.get("/api/contacts/\(id)").json
            #expect(story["direction"].text == "outbound")
            #expect(story["segments"].list.first?["kind"].text == "dial")
            #expect(story["events"].list.first { $0["kind"].text == "dialEnded" }?["result"].text == "busy")
        }
    }

    @Test func `what cannot be dialled is refused with its reason, and no number is kept`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            for (body, status, code) in [
                (#"{"number":"+995322550001"}"#, 409, "agentBusy"), (#"{"number":"+33123456789"}"#, 403, "destinationNotAllowed"),
                (#"{"number":"mother"}"#, 422, "invalid"), (#"{"number":""}"#, 422, "invalid"), ("{}", 422, "invalid"),
                (#"{"number":"+995322550001","contact":"00000000-0000-0001-0000-000000000009"}"#, 422, "invalid"),
                (#"{"number":"+995322550001","queue":"\#(QueueID.orders)"}"#, 422, "invalid"),
                (#"{"contact":"00000000-0000-0001-0000-000000000009"}"#, 404, "notFound"),
            ] {
                let refused = try await dial(ana, body)
                #expect(refused.status == status, "\(body)")
                #expect(try refused.json["code"].text == code, "\(body)")
            }
            #expect(test.keptNumbers == 0)
        }
    }

    @Test func `the number of an earlier contact is dialled for its project`() async throws {
        try await TestCentre.run { test in
            let earlier = try await test.handledCall()
            let ana = try await test.client.signedIn(as: "ana")
            _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"notReady"}"#)
            #expect(try await dial(ana, #"{"contact":"\#(earlier)"}"#).status == 200)
            let desk = try await ana.get("/api/desk").json
            #expect(desk["contact"]["number"].text == "+995322550000")
            #expect(desk["contact"]["earlier"].list.map { $0["id"].text } == ["\(earlier)"])
            // Whoever has nothing to do with the project learns nothing of it.
            let cleo = try await test.client.signedIn(as: "cleo")
            #expect(try await dial(cleo, #"{"contact":"\#(earlier)"}"#).status == 404)
        }
    }

    @Test func `a colleague is called, both desks show it, and no list or figure does`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            let ben = try await test.client.signedIn(as: "ben")
            for seat in [ana, ben] { _ = try await seat.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#) }
            let stream = try await ben.stream()
            let ours = try await ana.stream()
            let found = try await ana.get("/api/desk/colleagues").json["agents"]
            #expect(found.list.map { $0["name"].text } == ["Ben"] && found[0]["free"].flag == true)
            #expect(try await dial(ana, #"{"agent":"\#(AgentID.ben)","number":"1"}"#).status == 422)
            #expect(try await dial(ana, #"{"agent":"\#(AgentID.ana)"}"#).status == 422)
            #expect(try await dial(ana, #"{"agent":"\#(AgentID.ben)"}"#).status == 200)
            let own = try await ana.get("/api/desk").json
            #expect(own["contact"] == .null && own["internal"]["with"]["name"].text == "Ben")
            #expect(own["internal"]["stage"].text == "phone" && own["internal"]["own"].flag == true)
            try await test.answer()
            let theirs = try await stream.next("desk") { $0["internal"]["stage"].text == "colleague" }["internal"]
            _ = try await ours.next("desk") { $0["internal"]["stage"].text == "colleague" }
            ours.close()
            #expect(theirs["with"]["name"].text == "Ana" && theirs["own"].flag == false && theirs["answerable"].flag == false)
            #expect(try await dial(ana, #"{"agent":"\#(AgentID.ben)"}"#).json["code"].text == "agentBusy")
            let id = try #require(theirs["contact"].text)
            try await test.centre.submit(.legAnswered(try #require(LegID(id))), by: .network)
            _ = try await stream.next("desk") { $0["internal"]["stage"].text == "talking" }
            let sue = try await test.client.signedIn(as: "sue")
            let floor = try await sue.get("/api/floor").json
            let row = try #require(floor["agents"].list.first { $0["name"].text == "Ben" })
            #expect(row["state"].text == "talking" && row["colleague"].text == "Ana" && row["queue"] == .null && row["contact"] == .null)
            #expect(try await ben.send("POST", "/api/desk/contacts/\(id)/hold", body: "{}").json["code"].text == "staleState")
            #expect(try await ben.send("POST", "/api/desk/contacts/\(id)/end", body: "{}").status == 200)
            _ = try await stream.next("desk") { $0["internal"] == .null && $0["routing"]["state"].text == "idle" }
            stream.close()
            #expect(try await sue.get("/api/floor").json["queues"].list.allSatisfy { $0["offered"].number == 0 })
            #expect(try await sue.get("/api/contacts").json["contacts"].list.isEmpty)
            #expect(try await ana.get("/api/contacts/\(id)").status == 404)
        }
    }
}
