import Calls
import Centre
import Contacts
import Foundation
import Operation
import Organization
import Primitives
import Storage
import Testing

@testable import HTTPAPI

/// Supervisors through the door: who may, what the floor and the desks show, and messages.
struct SupervisionTests {
    /// Ana talks with a customer; Ben, a senior of her team, is signed on.
    private func talk(_ test: TestCentre) async throws -> (ana: Client, ben: Client, contact: String) {
        let ana = try await test.client.signedIn(as: "ana")
        let ben = try await test.client.signedIn(as: "ben")
        #expect(try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#).status == 200)
        let leg = try await test.call()
        try await test.answer()
        #expect(try await ben.send("PUT", "/api/desk/presence", body: #"{"state":"notReady"}"#).status == 200)
        return (ana, ben, "\(leg)")
    }

    private func row(_ floor: JSON, _ name: String) -> JSON? { floor["agents"].list.first { $0["name"].text == name } }

    @Test func `a senior is beside an agent of his team, and both see it`() async throws {
        try await TestCentre.run { test in
            let (ana, ben, contact) = try await talk(test)
            func does(_ deed: String, _ body: String = "{}") async throws -> Client.Answer {
                try await ben.send("POST", "/api/floor/contacts/\(contact)/\(deed)", body: body)
            }
            #expect(try row(try await ben.get("/api/floor").json, "Ana")?["mayBeSupervised"].flag == true)
            #expect(try await does("supervise", #"{"mode":"whisper"}"#).status == 200)
            let ringing = try await ben.get("/api/desk").json["supervising"]
            #expect(ringing["state"].text == "ringing" && ringing["agent"].text == "Ana" && ringing["contact"].text == contact)
            try await test.answer()
            #expect(try await does("supervise/microphone", #"{"open":true}"#).status == 200)
            let on = try await ben.get("/api/desk").json["supervising"]
            #expect(on["state"].text == "on" && on["mode"].text == "whisper" && on["microphoneOpen"].flag == true)
            #expect(try await ana.get("/api/desk").json["supervisors"] == [["name": "Ben", "mode": "whisper"]])
            let floor = try await ben.get("/api/floor").json
            #expect(row(floor, "Ana")?["supervisors"] == [["name": "Ben", "mode": "whisper", "microphoneOpen": .flag(true)]])
            #expect(row(floor, "Ben")?["mayBeSupervised"].flag == false)
            #expect(try await does("take-over").status == 200)
            #expect(try await ben.get("/api/desk").json["contact"]["why"]["rule"].text == "takenOver")
            #expect(try await ana.get("/api/desk").json["contact"] == .null)
        }
    }

    @Test func `whose team or project it is not finds nothing, and who has no desk is told so`() async throws {
        try await TestCentre.run { test in
            let cleo = try await test.client.signedIn(as: "cleo")
            _ = try await cleo.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            let leg = try await test.call(.ordersNumber)
            try await test.answer()
            for login in ["ben", "sue", "max"] {
                let answer = try await test.client.signedIn(as: login).send(
                    "POST", "/api/floor/contacts/\(leg)/supervise", body: #"{"mode":"monitor"}"#)
                #expect(answer.status == 404, "\(login)")
            }
            let ada = try await test.client.signedIn(as: "ada").send(
                "POST", "/api/floor/contacts/\(leg)/supervise", body: #"{"mode":"monitor"}"#)
            #expect(try ada.status == 409 && ada.json["code"].text == "agentNeeded")
        }
    }

    @Test func `a wish for help stands on the floor until somebody is there`() async throws {
        try await TestCentre.run { test in
            let (ana, ben, contact) = try await talk(test)
            #expect(try await ana.send("POST", "/api/desk/help", body: #"{"wanted":true}"#).status == 200)
            #expect(try row(try await ben.get("/api/floor").json, "Ana")?["help"].number != nil)
            #expect(try await ana.get("/api/desk").json["helpWanted"].number != nil)
            _ = try await ben.send("POST", "/api/floor/contacts/\(contact)/supervise", body: #"{"mode":"monitor"}"#)
            try await test.answer()
            #expect(try row(try await ben.get("/api/floor").json, "Ana")?["help"] == .null)
        }
    }

    @Test func `a supervisor sets an agent's presence, signs him out and frees him`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            let ana = try await test.client.signedIn(as: "ana")
            func does(_ deed: String, _ body: String = "{}") async throws -> Int {
                try await sue.send("POST", "/api/floor/agents/\(AgentID.ana)/\(deed)", body: body).status
            }
            #expect(try await does("presence", #"{"presence":"notReady","reason":"\#(PresenceReasonID.lunch)"}"#) == 200)
            #expect(try await ana.get("/api/desk").json["presence"]["state"].text == "notReady")
            #expect(try await does("free") == 409)
            #expect(try await does("log-out") == 200)
            #expect(try await ana.get("/api/desk").status == 401)
            #expect(try row(try await sue.get("/api/floor").json, "Ana")?["state"].text == "off")
        }
    }

    @Test func `a message stays until it is read, and the audit tells who sent one`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            let ana = try await test.client.signedIn(as: "ana")
            let body = #"{"text":"Lunch at one","team":"\#(TeamID.red)"}"#
            for _ in 0..<2 {
                #expect(try await sue.send("POST", "/api/floor/messages", body: body, headers: ["Idempotency-Key": "one"]).status == 200)
            }
            let messages = try await ana.get("/api/desk").json["messages"].list
            #expect(messages.count == 1 && messages[0]["from"].text == "Sue" && messages[0]["text"].text == "Lunch at one")
            let again = try await test.store.unreadMessages(since: .distantPast)
            #expect(again.map(\.agents) == [[.ana, .ben]])
            let id = try #require(messages.first?["id"].text)
            #expect(try await ana.send("POST", "/api/desk/messages/\(id)/read", body: "{}").status == 200)
            #expect(try await ana.get("/api/desk").json["messages"] == [])
            #expect(try await test.store.unreadMessages(since: .distantPast).map(\.agents) == [[.ben]])
            // Nobody of the shop can be told anything by her.
            #expect(try await sue.send("POST", "/api/floor/messages", body: #"{"text":"x","agent":"\#(AgentID.cleo)"}"#).status == 404)
            #expect(try await sue.send("POST", "/api/floor/messages", body: #"{"text":"x"}"#).status == 422)
            let ada = try await test.client.signedIn(as: "ada")
            let sent = try await ada.get("/api/audit").json["entries"].list.filter { $0["action"].text == "sent" }
            #expect(sent.count == 1 && sent[0]["person"].text == "Sue" && sent[0]["subject"].text == "message")
        }
    }
}
