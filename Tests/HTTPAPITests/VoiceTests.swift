import Calls
import Centre
import Contacts
import Operation
import Organization
import Primitives
import Testing

@testable import HTTPAPI

/// How talks sound: on screens while they go on, in the contact's story and among the figures afterwards.
struct VoiceTests {
    private func talk(_ test: TestCentre) async throws -> ContactID {
        _ = try await test.client.signedIn(as: "ana").send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
        let leg = try await test.call()
        try await test.answer()
        return ContactID(sameAs: leg)
    }

    private func facts(_ test: TestCentre, _ contact: ContactID, since: Timestamp) async throws -> VoiceFacts {
        let talk = try #require(await test.centre.read { $0.measuredTalk(of: contact) })
        #expect(talk.isTogether)
        return VoiceFacts(
            contact: contact, agent: talk.agent, project: talk.project, queue: talk.queue, since: since, measured: .seconds(60))
    }

    @Test func `a sign reaches the desk in a few bytes and the floor in its row, and goes again`() async throws {
        try await TestCentre.run { test in
            _ = try await talk(test)
            let desk = try await test.client.signedIn(as: "ana").stream()
            let floor = try await test.client.signedIn(as: "sue").stream()
            #expect(try await desk.next("voice") == ["agent": .null, "customer": .null, "signs": []])
            test.announcements.show(VoiceNow(agent: .good, customer: .loud, signs: [.customerRaised, .talkOver]), of: .ana)
            let voice = try await desk.next("voice")
            #expect(voice == ["agent": "good", "customer": "loud", "signs": ["talkOver", "customerRaised"]])
            @Sendable func signs(_ floor: JSON) -> [String]? {
                floor["agents"].list.first { $0["name"].text == "Ana" }?["voice"].list.compactMap(\.text)
            }
            _ = try await floor.next("floor") { signs($0) == ["talkOver", "customerRaised"] }
            // Whoever opens his desk now sees it, too.
            let late = try await test.client.signedIn(as: "ana").stream()
            #expect(try await late.next("voice")["signs"].list.count == 2)
            test.announcements.show(nil as VoiceNow?, of: .ana)
            #expect(try await desk.next("voice")["signs"].list.isEmpty)
            _ = try await floor.next("floor") { signs($0) == [] }
            for stream in [desk, floor, late] { stream.close() }
        }
    }

    @Test func `the story tells each talk once, with the last that was said of it`() async throws {
        try await TestCentre.run { test in
            let contact = try await talk(test)
            var first = try await facts(test, contact, since: test.clock.now())
            first.talkOver = .seconds(1)
            try await test.centre.apply(.voiceMeasured(first), by: nil)
            first.talkOver = .seconds(3)
            first.customer.rise = 12
            first.customer.raised = .seconds(5)
            try await test.centre.apply(.voiceMeasured(first), by: nil)
            let second = try await facts(test, contact, since: first.since + .seconds(90))
            try await test.centre.apply(.voiceMeasured(second), by: nil)
            let sue = try await test.client.signedIn(as: "sue")
            let events = try await sue.get("/api/contacts/\(contact)").json["events"].list
            let voices = events.filter { $0["kind"].text == "voiceMeasured" }.map { $0["voice"] }
            #expect(voices.map { $0["talkOver"].number } == [3000, 0])
            #expect(voices[0]["raised"].flag == true && voices[0]["customer"]["rise"].number == 12 && voices[0]["agentName"].text == "Ana")
            let found = try await sue.get("/api/contacts?figure=raisedVoices&since=0&until=4102444800000").json["contacts"].list
            #expect(found.map { $0["id"].text } == ["\(contact)"])
            let day = CivilTime.utc.wall(at: test.clock.now()).day
            let total = try await sue.get("/api/figures?from=\(day)&through=\(day)&by=agent").json["total"]
            #expect(total["averageTalkOver"].number == 1500 && total["raisedVoices"].number == 1 && total["averageDeadAir"].number == 0)
        }
    }
}
