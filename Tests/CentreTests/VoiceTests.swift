import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// Which talks are measured, and what becomes of what was measured.
struct VoiceTests {
    private func talking(recording: RecordingRule = .standard) throws -> (Centre, Centre.Caller) {
        var centre = try Centre.with(.ana, .beso, ready: true, recording: recording)
        let call = try centre.incomingCall(to: .billing)
        #expect(centre.engine.measuredTalk(of: call.contact) == nil)
        try centre.answers(.ana)
        return (centre, call)
    }

    private func isTogether(_ centre: Centre, _ call: Centre.Caller) -> Bool? {
        centre.engine.measuredTalk(of: call.contact)?.isTogether
    }

    private func facts(_ talk: MeasuredTalk, at now: Timestamp) -> VoiceFacts {
        VoiceFacts(contact: talk.contact, agent: talk.agent, project: talk.project, queue: talk.queue, since: now, measured: .seconds(60))
    }

    @Test func `a customer and his agent are measured while they hear each other`() throws {
        var (centre, call) = try talking()
        let talk = try #require(centre.engine.measuredTalk(of: call.contact))
        #expect(talk.agent == Centre.Name.ana.agent && talk.customer == call.leg && talk.isTogether)
        _ = try centre.take(.holdWanted(talk.agent, call.contact, true))
        #expect(isTogether(centre, call) == false)
        _ = try centre.take(.holdWanted(talk.agent, call.contact, false))
        #expect(isTogether(centre, call) == true)
        try centre.hangsUp(call)
        #expect(centre.engine.measuredTalk(of: call.contact) == nil)
    }

    @Test func `what is nobody's business is not measured, nor what the customer is told`() throws {
        var (centre, call) = try talking(recording: RecordingRule(calls: .all, announces: false))
        _ = try centre.take(.privacyWanted(Centre.Name.ana.agent, call.contact, true))
        #expect(isTogether(centre, call) == false)
        _ = try centre.take(.privacyWanted(Centre.Name.ana.agent, call.contact, false))
        #expect(isTogether(centre, call) == true)
        var (other, second) = try talking(recording: RecordingRule(calls: .all))
        #expect(isTogether(other, second) == false)
        _ = try other.take(.soundEnded(second.leg))
        #expect(isTogether(other, second) == true)
    }

    @Test func `a transferred customer is measured with each of his agents`() throws {
        var (centre, call) = try talking()
        let first = try #require(centre.engine.measuredTalk(of: call.contact))
        try centre.transfers(.ana, call, to: .agent(Centre.Name.beso.agent))
        #expect(centre.engine.measuredTalk(of: call.contact) == nil)
        _ = try centre.take(.voiceMeasured(facts(first, at: centre.now)))
        #expect(centre.events == [.voiceMeasured(facts(first, at: centre.now))])
        try centre.answers(.beso)
        #expect(centre.engine.measuredTalk(of: call.contact)?.agent == Centre.Name.beso.agent)
    }

    @Test func `what is told when the contact is closed is kept with its project and its queue`() throws {
        var (centre, call) = try talking()
        let talk = try #require(centre.engine.measuredTalk(of: call.contact))
        try centre.hangsUp(call)
        #expect(centre.engine.contacts[call.contact] == nil)
        let before = centre.engine.routing.agents[talk.agent]?.state
        var random = Random(seed: 1)
        var engine = centre.engine
        let result = try engine.step(.voiceMeasured(facts(talk, at: centre.now)), at: centre.now, using: &random)
        let entry = try #require(result.entries.first)
        #expect(result.entries.count == 1 && result.directives.isEmpty && result.faults.isEmpty)
        #expect(entry.project == talk.project && entry.queue == talk.queue && entry.contact == call.contact && entry.agent == talk.agent)
        #expect(engine.routing.agents[talk.agent]?.state == before)
    }
}
