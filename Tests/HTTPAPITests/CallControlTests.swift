import Calls
import Centre
import Contacts
import Foundation
import Operation
import Organization
import Primitives
import Routing
import Testing

@testable import HTTPAPI

/// What an agent does with the call in his slot, through the door.
struct CallControlTests {
    /// Ana talks with a customer.
    private func talk(_ test: TestCentre) async throws -> (ana: Client, contact: String) {
        let ana = try await test.client.signedIn(as: "ana")
        #expect(try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#).status == 200)
        let leg = try await test.call()
        try await test.answer()
        return (ana, "\(leg)")
    }

    @Test func `a call whose customer is there is not ended without a reason`() async throws {
        try await TestCentre.run { test in
            let (ana, contact) = try await talk(test)
            for body in ["{}", #"{"reason":null}"#, #"{"reason":""}"#] {
                let refused = try await ana.send("POST", "/api/desk/contacts/\(contact)/end", body: body)
                #expect(refused.status == 409)
                #expect(try refused.json["code"].text == "reasonNeeded")
            }
            let unknown = try await ana.send("POST", "/api/desk/contacts/\(contact)/end", body: #"{"reason":"bored"}"#)
            #expect(unknown.status == 422)
            #expect(try unknown.json["errors"][0]["field"].text == "reason")

            #expect(try await ana.send("POST", "/api/desk/contacts/\(contact)/end", body: #"{"reason":"wrongNumber"}"#).status == 200)
            let again = try await ana.send("POST", "/api/desk/contacts/\(contact)/end", body: #"{"reason":"wrongNumber"}"#)
            #expect(try again.json["code"].text == "staleState")
            let story = try await ana.get("/api/contacts/\(contact)").json
            let dismissed = try #require(story["events"].list.first { $0["kind"].text == "customerDismissed" })
            #expect(dismissed["reason"].text == "wrongNumber")
            #expect(story["events"].list.first { $0["kind"].text == "talkEnded" }?["by"].text == "agent")
        }
    }

    @Test func `abuse ends a call only after a warning`() async throws {
        try await TestCentre.run { test in
            let (ana, contact) = try await talk(test)
            let early = try await ana.send("POST", "/api/desk/contacts/\(contact)/end", body: #"{"reason":"abuse"}"#)
            #expect(try early.json["code"].text == "warningNeeded")
            #expect(try await ana.send("POST", "/api/desk/contacts/\(contact)/warn", body: "{}").status == 200)
            #expect(try await ana.get("/api/desk").json["contact"]["warned"].flag == true)
            #expect(try await ana.send("POST", "/api/desk/contacts/\(contact)/end", body: #"{"reason":"abuse"}"#).status == 200)
        }
    }

    @Test func `a desk whose phone hung up first shows how long the customer is kept, and rings the phone again`() async throws {
        try await TestCentre.run { test in
            let (ana, contact) = try await talk(test)
            let stream = try await ana.stream()
            try await test.hangUpAgent()
            let left = try await stream.next("desk") { $0["contact"]["leftBehind"] != .null }["contact"]
            #expect(left["state"].text == "talking" && left["endedAt"] == .null)
            #expect(left["leftBehind"]["phoneRings"].flag == false)
            #expect(try #require(left["leftBehind"]["until"].number) > 0)
            #expect(try await ana.send("POST", "/api/desk/contacts/\(contact)/ring-again", body: "{}").status == 200)
            _ = try await stream.next("desk") { $0["contact"]["leftBehind"]["phoneRings"].flag == true }
            try await test.answer()
            _ = try await stream.next("desk") { $0["contact"]["leftBehind"] == .null }
            stream.close()
            let story = try await ana.get("/api/contacts/\(contact)").json
            #expect(story["segments"].list.map { $0["kind"].text } == ["queue", "ring", "talk", "leftBehind", "talk"])
        }
    }

    @Test func `a contact is handed over to the supervisors of its queue, where there are some`() async throws {
        try await TestCentre.run { test in
            let (ana, contact) = try await talk(test)
            let refused = try await ana.send("POST", "/api/desk/contacts/\(contact)/hand-over", body: "{}")
            #expect(try refused.json["code"].text == "noEscalation")
            try await test.centre.submit(
                .setUp([
                    .queue(Queue(id: .help, project: .serviceDesk)),
                    .queue(Queue(id: .internet, project: .serviceDesk, escalation: .help)),
                ]))
            #expect(try await ana.send("POST", "/api/desk/contacts/\(contact)/hand-over", body: "{}").status == 200)
            #expect(try await ana.get("/api/desk").json["contact"] == .null)
            #expect(await test.centre.read { $0.routing.waiting(in: .help).count } == 1)
        }
    }

    @Test func `the desk shows who holds and who is muted, and what the phone holds the desk cannot take back`() async throws {
        try await TestCentre.run { test in
            let (ana, contact) = try await talk(test)
            func does(_ deed: String) async throws -> String? {
                try await ana.send("POST", "/api/desk/contacts/\(contact)/\(deed)", body: "{}").json["code"].text
            }
            func desk() async throws -> JSON { try await ana.get("/api/desk").json["contact"] }
            #expect(try await desk()["held"] == .null)
            #expect(try await does("hold") == nil)
            #expect(try await desk()["held"].text == "desk")
            #expect(try await does("retrieve") == nil)
            try await test.holdAgent(true)
            #expect(try await desk()["held"].text == "phone")
            #expect(try await does("retrieve") == "heldAtPhone")
            try await test.holdAgent(false)
            #expect(try await does("mute") == nil)
            #expect(try await desk()["muted"].flag == true)
            #expect(try await does("unmute") == nil)
            #expect(try await desk()["muted"].flag == false)
            let kinds = try await ana.get("/api/contacts/\(contact)").json["segments"].list.map { $0["kind"].text }
            #expect(kinds == ["queue", "ring", "talk", "hold", "talk", "hold", "talk"])
        }
    }

    @Test func `where wrap-up is on request the desk asks for it in the talk, and takes it back`() async throws {
        try await TestCentre.run { test in
            try await test.centre.submit(
                .setUp([.queue(Queue(id: .internet, project: .serviceDesk, wrapUp: .onRequest(.seconds(90))))]))
            let (ana, contact) = try await talk(test)
            #expect(try await ana.get("/api/desk").json["contact"]["wrapUpOnRequest"]["seconds"].number == 90)
            #expect(try await ana.send("POST", "/api/desk/contacts/\(contact)/wrap-up", body: "{}").status == 200)
            #expect(try await ana.get("/api/desk").json["contact"]["wrapUpOnRequest"]["wanted"].flag == true)
            #expect(try await ana.send("POST", "/api/desk/contacts/\(contact)/no-wrap-up", body: "{}").status == 200)
            #expect(try await ana.get("/api/desk").json["contact"]["wrapUpOnRequest"]["wanted"].flag == false)
            #expect(try await ana.send("POST", "/api/desk/contacts/\(contact)/wrap-up", body: "{}").status == 200)
            try await test.hangUp(try #require(LegID(contact)))
            #expect(try await ana.get("/api/desk").json["contact"]["state"].text == "wrapUp")
            let refused = try await ana.send("POST", "/api/desk/contacts/\(contact)/no-wrap-up", body: "{}")
            #expect(try refused.status == 409 && refused.json["code"].text == "staleState")
            let story = try await ana.get("/api/contacts/\(contact)").json
            let kinds = story["events"].list.compactMap { $0["kind"].text }
            #expect(kinds.filter { $0.hasPrefix("wrapUp") } == ["wrapUpRequested", "wrapUpDeclined", "wrapUpRequested", "wrapUpStarted"])
        }
    }

    @Test func `where wrap-up is optional the agent is free, and completes the last contact while the next one rings`() async throws {
        try await TestCentre.run { test in
            try await test.centre.submit(.setUp([.queue(Queue(id: .internet, project: .serviceDesk, wrapUp: .optional))]))
            let (ana, contact) = try await talk(test)
            let stream = try await ana.stream()
            try await test.hangUp(try #require(LegID(contact)))
            let free = try await stream.next("desk") { $0["writeUp"] != .null }
            #expect(free["contact"] == .null && free["routing"]["state"].text == "idle")
            #expect(free["writeUp"]["id"].text == contact && free["writeUp"]["state"].text == "writeUp")
            #expect(free["writeUp"]["number"].text != nil && !free["writeUp"]["dispositions"].list.isEmpty)

            let draft = #"{"disposition":null,"note":"to be called"}"#
            #expect(try await ana.send("PUT", "/api/desk/contacts/\(contact)/draft", body: draft).status == 200)
            let next = try await test.call()
            let both = try await stream.next("desk") { $0["contact"]["state"].text == "ringing" }
            #expect(both["contact"]["id"].text == "\(next)" && both["writeUp"]["draft"]["note"].text == "to be called")
            let completion = #"{"disposition":"\#(DispositionID.solved)","note":"called"}"#
            #expect(try await ana.send("POST", "/api/desk/contacts/\(contact)/complete", body: completion).status == 200)
            let after = try await stream.next("desk") { $0["writeUp"] == .null }
            #expect(after["contact"]["id"].text == "\(next)")
            stream.close()
            let story = try await ana.get("/api/contacts/\(contact)").json
            #expect(story["segments"].list.compactMap { $0["kind"].text }.last == "writeUp")
            #expect(story["disposition"].text == "Solved" && story["note"].text == "called")
        }
    }

    @Test func `keys are pressed once for each key of the request, and only keys`() async throws {
        try await TestCentre.run { test in
            let (ana, contact) = try await talk(test)
            let path = "/api/desk/contacts/\(contact)/keys"
            for _ in 0..<2 {
                #expect(try await ana.send("POST", path, body: #"{"keys":"12#"}"#, headers: ["Idempotency-Key": "once"]).status == 200)
            }
            #expect(test.pressed == ["12#"])
            for wrong in ["", "1 2", "x", String(repeating: "1", count: 33)] {
                #expect(try await ana.send("POST", path, body: #"{"keys":"\#(wrong)"}"#).status == 422)
            }
            #expect(test.pressed == ["12#"] && test.keptKeys == 0)
        }
    }

    @Test func `a contact is sent to a colleague who is free, and his desk shows by whom`() async throws {
        try await TestCentre.run { test in
            let (ana, contact) = try await talk(test)
            let path = "/api/desk/contacts/\(contact)/transfer"
            let ben = try await test.client.signedIn(as: "ben")
            _ = try await ben.send("PUT", "/api/desk/presence", body: #"{"state":"notReady"}"#)
            let targets = { try await ana.get("/api/desk/contacts/\(contact)/targets").json }
            #expect(try await targets()["agents"][0]["free"].flag == false)
            let busy = try await ana.send("POST", path, body: #"{"agent":"\#(AgentID.ben)"}"#)
            #expect(try busy.json["code"].text == "agentNotFree")
            for wrong in ["{}", #"{"queue":"x"}"#, #"{"queue":"\#(QueueID.orders)"}"#, #"{"agent":"\#(AgentID.cleo)"}"#] {
                #expect(try await ana.send("POST", path, body: wrong).status == 422, "\(wrong)")
            }
            _ = try await ben.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            let found = try await targets()
            #expect(found["queues"].list.map { $0["name"].text } == ["Internet"])
            #expect(found["agents"].list.map { $0["name"].text } == ["Ben"] && found["agents"][0]["free"].flag == true)
            #expect(found["escalation"].flag == false)
            #expect(try await ana.send("POST", path, body: #"{"agent":"\#(AgentID.ben)"}"#).status == 200)
            let theirs = try await ben.get("/api/desk").json["contact"]
            #expect(theirs["id"].text == contact && theirs["why"]["rule"].text == "transferred")
            #expect(theirs["transferredBy"]["agent"]["name"].text == "Ana")
            #expect(theirs["transferredBy"]["queue"]["name"].text == "Internet")
            try await test.answer()
            let story = try await ben.get("/api/contacts/\(contact)").json
            #expect(story["events"].list.first { $0["kind"].text == "contactTransferred" }?["to"].text == "Ben")
        }
    }

    @Test func `both desks show a consult, and the story tells it`() async throws {
        try await TestCentre.run { test in
            let (ana, contact) = try await talk(test)
            let ben = try await test.client.signedIn(as: "ben")
            _ = try await ben.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            func does(_ deed: String, _ body: String = "{}") async throws -> Int {
                try await ana.send("POST", "/api/desk/contacts/\(contact)/\(deed)", body: body).status
            }
            #expect(try await does("consult", #"{"agent":"x"}"#) == 422)
            #expect(try await does("consult", #"{"agent":"\#(AgentID.ben)"}"#) == 200)
            #expect(try await ana.get("/api/desk").json["contact"]["consult"]["stage"].text == "ringing")
            try await test.answer()
            let asked = try await ben.get("/api/desk").json
            #expect(asked["contact"] == .null && asked["consulted"]["contact"].text == contact)
            #expect(asked["consulted"]["by"]["name"].text == "Ana" && asked["consulted"]["stage"].text == "colleague")
            #expect(try await does("consult/change", #"{"stage":"ringing"}"#) == 422)
            #expect(try await does("consult/change", #"{"stage":"conference"}"#) == 200)
            #expect(try await ana.get("/api/desk").json["contact"]["consult"]["stage"].text == "conference")
            #expect(try await does("consult/complete") == 200)
            #expect(try await does("consult/cancel") == 409)
            #expect(try await ben.get("/api/desk").json["contact"]["transferredBy"]["agent"]["name"].text == "Ana")
            #expect(try await ana.get("/api/desk").json["contact"] == .null)
            let story = try await ben.get("/api/contacts/\(contact)").json
            let kinds = story["segments"].list.compactMap { $0["kind"].text }
            #expect(kinds.filter { $0 == "talk" || $0 == "consult" } == ["talk", "consult", "talk", "talk"])
        }
    }

    @Test func `a queue is asked where somebody there is free, and the story says why it was he`() async throws {
        try await TestCentre.run { test in
            let (ana, contact) = try await talk(test)
            let path = "/api/desk/contacts/\(contact)/consult"
            let wish = #"{"queue":"\#(QueueID.internet)"}"#
            #expect(try await ana.send("POST", path, body: wish).json["code"].text == "nobodyFree")
            #expect(try await ana.send("POST", path, body: #"{"queue":"\#(QueueID.orders)"}"#).status == 422)
            #expect(try await ana.send("POST", path, body: #"{"queue":"\#(QueueID.internet)","number":"1"}"#).status == 422)
            let ben = try await test.client.signedIn(as: "ben")
            _ = try await ben.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            #expect(try await ana.send("POST", path, body: wish).status == 200)
            #expect(try await ana.get("/api/desk").json["contact"]["consult"]["agent"]["name"].text == "Ben")
            let story = try await ana.get("/api/contacts/\(contact)").json
            let asked = try #require(story["events"].list.first { $0["kind"].text == "consultStarted" })
            #expect(asked["queue"].text == "Internet" && asked["why"]["considered"][0]["name"].text == "Ben")
        }
    }

    @Test func `nobody commands a call that is not in his slot`() async throws {
        try await TestCentre.run { test in
            let (_, contact) = try await talk(test)
            let ben = try await test.client.signedIn(as: "ben")
            for (deed, body) in [
                ("end", #"{"reason":"test"}"#), ("warn", "{}"), ("ring-again", "{}"), ("hand-over", "{}"), ("wrap-up", "{}"),
                ("hold", "{}"),
                ("retrieve", "{}"), ("mute", "{}"),
                ("unmute", "{}"), ("keys", #"{"keys":"1"}"#),
            ] {
                let refused = try await ben.send("POST", "/api/desk/contacts/\(contact)/\(deed)", body: body)
                #expect(refused.status == 409, "\(deed)")
                #expect(try refused.json["code"].text == "staleState", "\(deed)")
                let nowhere = try await ben.send("POST", "/api/desk/contacts/x/\(deed)", body: body)
                #expect(nowhere.status == 404, "\(deed)")
            }
        }
    }
}

extension ID<Queue> {
    fileprivate static let help = Self(high: 3, low: 3)
}
