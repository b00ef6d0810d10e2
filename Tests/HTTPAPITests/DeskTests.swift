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

struct DeskTests {
    /// Screens kept what was never stored, and passed over what followed.
    @Test func `what was shown and not stored is taken back on desk and floor`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            let stored = await test.centre.read { $0 }
            let desk = try await ana.stream()
            let floor = try await test.client.signedIn(as: "sue").stream()
            try await test.call()
            let shown = try await desk.next("desk") { $0["contact"]["state"].text == "ringing" }
            _ = try await floor.next("floor") { $0["position"].number == shown["position"].number }
            await test.centre.commitFailed("disk full")
            await test.centre.resume(with: stored)
            test.announcements.startOver()
            let taken = try await desk.next("desk") { $0["contact"] == .null }
            #expect(try #require(taken["position"].number) < #require(shown["position"].number))
            let whole = try await floor.next("floor") { $0["whole"].flag == true }
            #expect(whole["position"].number == taken["position"].number)
            desk.close()
            floor.close()
        }
    }

    @Test func `a desk says that a talk is recorded while it is kept, and no longer`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            let stream = try await ana.stream()
            _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            let leg = try await test.call()
            try await test.answer()
            _ = try await ana.send("POST", "/api/desk/contacts/\(leg)/record", body: "{}")
            // Nobody has said yet that anything is kept.
            #expect(
                try await stream.next("desk") { $0["contact"]["state"].text == "talking" }["contact"]["recording"]["state"].text == "off")
            try await test.centre.submit(.keepingChanged(true))
            _ = try await stream.next("desk") { $0["contact"]["recording"]["state"].text == "on" }
            try await test.centre.submit(.keepingChanged(false))
            _ = try await stream.next("desk") { $0["contact"]["recording"]["state"].text == "off" }
            try await test.centre.submit(.keepingChanged(true))
            _ = try await stream.next("desk") { $0["contact"]["recording"]["state"].text == "on" }
            // What is kept of it is asked of the keeper, who takes no more.
            let recording = try #require(await test.centre.read { $0.calls[ContactID(sameAs: leg)]?.recording })
            try await test.centre.submit(.recordingRefused(leg, recording), by: .network)
            _ = try await stream.next("desk") { $0["contact"]["recording"]["state"].text == "off" }
            stream.close()
            #expect(try await test.store.recordings(of: ContactID(sameAs: leg)) == [])
            let story = try await test.client.signedIn(as: "sue").get("/api/contacts/\(leg)").json
            let kinds = story["events"].list.compactMap { $0["kind"].text }
            #expect(kinds.filter { $0.hasPrefix("recording") } == ["recordingStarted", "recordingRefused"])
        }
    }

    /// The tables know nothing of who keeps recordings.
    @Test func `after the database was away it is still known whether recordings are kept`() async throws {
        try await TestCentre.run { test in
            try await test.centre.submit(.keepingChanged(true))
            await test.centre.commitFailed("disk full")
            await test.centre.resume(with: try await test.store.restore().engine)
            #expect(await test.centre.read { $0.keepsRecordings } == true)
        }
    }

    @Test func `a call is offered, answered, wrapped up and found in the list`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            let stream = try await ana.stream()
            let first = try await stream.next("desk")
            #expect(first["presence"]["state"].text == "off")
            #expect(first["agent"]["phone"]["name"].text == "101")
            #expect(first["contact"] == .null)
            #expect(first["reasons"] == [["id": .text("\(PresenceReasonID.lunch)"), "name": "Lunch"]])

            let ready = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            let position = try #require(try ready.json["position"].number)
            let idle = try await stream.next("desk") { $0["routing"]["state"].text == "idle" }
            #expect(try #require(idle["position"].number) >= position)

            let leg = try await test.call()
            let ringing = try await stream.next("desk") { $0["contact"]["state"].text == "ringing" }
            let contact = ringing["contact"]
            #expect(contact["id"].text == "\(leg)")
            #expect(contact["number"].text == "+995322550000")
            #expect(contact["dialled"].text == "+995322111111")
            #expect(contact["project"]["name"].text == "Service desk")
            #expect(contact["queue"]["name"].text == "Internet")
            #expect(contact["why"]["rule"].text == "longestIdle")
            #expect(contact["why"]["considered"][0]["name"].text == "Ana")
            #expect(contact["why"]["excluded"][0] == ["reason": "off", "count": 1, "names": ["Ben"]])
            #expect(try #require(contact["answerBy"].number) - #require(contact["offeredAt"].number) == 20_000)
            #expect(contact["dispositions"][0]["children"][0]["name"].text == "Solved")
            #expect(contact["dispositions"][0]["children"][0]["meanings"] == ["resolved"])

            try await test.answer()
            let talking = try await stream.next("desk") { $0["contact"]["state"].text == "talking" }
            #expect(talking["contact"]["offer"] == .null)
            #expect(talking["contact"]["answeredAt"].number != nil)

            let draft = #"{"disposition":null,"note":"Router"}"#
            #expect(try await ana.send("PUT", "/api/desk/contacts/\(leg)/draft", body: draft).status == 200)
            let complete = #"{"disposition":"\#(DispositionID.solved)","note":"Router restarted"}"#
            let early = try await ana.send("POST", "/api/desk/contacts/\(leg)/complete", body: complete)
            #expect(try early.json["code"].text == "staleState")

            try await test.hangUp(leg)
            let wrapUp = try await stream.next("desk") { $0["contact"]["state"].text == "wrapUp" }
            #expect(wrapUp["contact"]["endedBy"].text == "customer")
            #expect(wrapUp["contact"]["draft"]["note"].text == "Router")
            #expect(wrapUp["contact"]["wrapUpUntil"].number != nil)

            #expect(try await ana.send("POST", "/api/desk/contacts/\(leg)/complete", body: complete).status == 200)
            // The contact's closing is told, and the desk is free again; in which order does not matter.
            let events = try await stream.events { $0.name == "desk" && $0.data["contact"] == .null }
            #expect(events.last?.data["routing"]["state"].text == "idle")
            if !events.contains(where: { $0.name == "contact" }) {
                #expect(try await stream.next("contact")["id"].text == "\(leg)")
            }
            stream.close()

            let list = try await ana.get("/api/contacts").json
            #expect(list["contacts"].list.count == 1)
            #expect(list["contacts"][0]["id"].text == "\(leg)")
            #expect(list["contacts"][0]["outcome"].text == "handled")
            #expect(list["contacts"][0]["disposition"].text == "Solved")
            #expect(list["contacts"][0]["note"].text == "Router restarted")
            #expect(list["contacts"][0]["agent"].text == "Ana")

            // The same customer again: what was before is on the desk.
            let next = try await ana.stream()
            try await test.call()
            // The stream shows it when it is stored; a request may come before that.
            let again = try await next.next("desk") { $0["contact"]["state"].text == "ringing" }["contact"]["earlier"]
            #expect(again.list.count == 1)
            #expect(again[0]["note"].text == "Router restarted")
            next.close()
        }
    }

    @Test func `a command sent twice with one key acts once`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            let key = ["Idempotency-Key": UUID().uuidString]
            let first = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#, headers: key)
            _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"off"}"#)
            let repeated = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#, headers: key)
            #expect(repeated.body == first.body)
            #expect(try await ana.get("/api/desk").json["presence"]["state"].text == "off")
            // Another user's key is another key.
            let ben = try await test.client.signedIn(as: "ben")
            #expect(try await ben.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#, headers: key).body != first.body)
        }
    }

    @Test(arguments: [("", "required"), (String(repeating: "k", count: 65), "tooLong")])
    func `a command needs a key`(key: String, rule: String) async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            let answer = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#, headers: ["Idempotency-Key": key])
            #expect(answer.status == 422)
            #expect(try answer.json["errors"][0]["field"].text == "Idempotency-Key")
            #expect(try answer.json["errors"][0]["rule"].text == rule)
        }
    }

    @Test func `presence with a reason, and what comes after the contact`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            let lunch = #"{"state":"notReady","reason":"\#(PresenceReasonID.lunch)"}"#
            _ = try await ana.send("PUT", "/api/desk/presence", body: lunch)
            let desk = try await ana.get("/api/desk").json
            #expect(desk["presence"]["reason"]["name"].text == "Lunch")
            #expect(desk["routing"]["state"].text == "notReady")

            _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            try await test.call()
            try await test.answer()
            _ = try await ana.send("PUT", "/api/desk/presence", body: lunch)
            let busy = try await ana.get("/api/desk").json
            #expect(busy["presence"]["state"].text == "ready")
            #expect(busy["presence"]["next"]["state"].text == "notReady")
            #expect(busy["presence"]["next"]["reason"]["name"].text == "Lunch")

            for (body, field, rule) in [
                (#"{"state":"asleep"}"#, "state", "unknown"), (#"{"state":""}"#, "state", "required"), (#"{}"#, "state", "required"),
                (#"{"state":"notReady","reason":"x"}"#, "reason", "malformed"),
                (#"{"state":"notReady","reason":"\#(QueueID.internet)"}"#, "reason", "unknown"),
                (#"{"state":"ready","reason":"\#(PresenceReasonID.lunch)"}"#, "reason", "notAllowed"), (#"[]"#, "body", "malformed"),
            ] {
                let answer = try await ana.send("PUT", "/api/desk/presence", body: body)
                #expect(answer.status == 422, "\(body)")
                #expect(try answer.json["errors"][0]["field"].text == field, "\(body)")
                #expect(try answer.json["errors"][0]["rule"].text == rule, "\(body)")
            }
        }
    }

    @Test func `a declined offer goes to the next agent`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            try await test.call()
            let desk = try await ana.get("/api/desk").json
            let offer = try #require(desk["contact"]["offer"].text)
            let ben = try await test.client.signedIn(as: "ben")
            _ = try await ben.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            // It is not Ben's to decline.
            #expect(try await ben.send("POST", "/api/desk/offers/\(offer)/decline", body: "{}").status == 409)
            #expect(try await ana.send("POST", "/api/desk/offers/\(offer)/decline", body: "{}").status == 200)
            #expect(try await ana.get("/api/desk").json["routing"]["state"].text == "notResponding")
            #expect(try await ben.get("/api/desk").json["contact"]["state"].text == "ringing")
            #expect(try await ana.send("POST", "/api/desk/offers/\(offer)/decline", body: "{}").status == 409)
            #expect(try await ana.send("POST", "/api/desk/offers/no-id/decline", body: "{}").status == 404)
        }
    }

    @Test func `drafts and completions are held to their rules`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            let leg = try await test.call()
            try await test.answer()
            try await test.hangUp(leg)
            func error(_ method: String, _ path: String, _ body: String) async throws -> [String?] {
                let answer = try await ana.send(method, "/api/desk/contacts/\(leg)/\(path)", body: body)
                #expect(answer.status == 422, "\(body.prefix(80))")
                let error = try answer.json["errors"][0]
                return [error["field"].text, error["rule"].text, error["limit"].number.map(String.init)]
            }
            let long = String(repeating: "ა", count: 4001)
            #expect(try await error("PUT", "draft", #"{"note":"\#(long)"}"#) == ["note", "tooLong", "4000"])
            #expect(try await error("PUT", "draft", #"{"disposition":"x","note":""}"#) == ["disposition", "malformed", nil])
            #expect(
                try await error("PUT", "draft", #"{"disposition":"\#(DispositionID.sold)","note":""}"#) == [
                    "disposition", "notAllowed", nil,
                ])
            #expect(try await error("POST", "complete", #"{"note":"x"}"#) == ["disposition", "required", nil])
            #expect(try await error("POST", "complete", #"{"disposition":"","note":"x"}"#) == ["disposition", "required", nil])
            // A branch of the tree, and a leaf of another project's.
            #expect(
                try await error("POST", "complete", #"{"disposition":"\#(DispositionID.done)"}"#) == ["disposition", "notAllowed", nil])
            #expect(
                try await error("POST", "complete", #"{"disposition":"\#(DispositionID.sold)"}"#) == ["disposition", "notAllowed", nil])

            let ben = try await test.client.signedIn(as: "ben")
            #expect(try await ben.send("PUT", "/api/desk/contacts/\(leg)/draft", body: #"{"note":"mine"}"#).status == 409)
            #expect(try await ana.get("/api/desk").json["contact"]["state"].text == "wrapUp")
        }
    }
}
