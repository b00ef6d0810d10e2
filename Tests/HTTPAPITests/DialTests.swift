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
}
