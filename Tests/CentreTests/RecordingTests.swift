import Calls
import Centre
import Contacts
import Organization
import Primitives
import Testing

/// What is recorded of a talk, whom that is told, and what is kept out of it.
struct RecordingTests {
    private static let all = RecordingRule(calls: .all, announces: false)

    private func talking(_ rule: RecordingRule) throws -> (Centre, Centre.Caller) {
        var centre = try Centre.with(.ana, .beso, ready: true, recording: rule)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        return (centre, call)
    }

    private func steps(_ centre: Centre) -> [RecordingStep] {
        centre.events.compactMap { if case .recording(_, let step) = $0 { step } else { nil } }
    }

    @Test func `a talk is recorded from its answer to the customer's end`() throws {
        var centre = try Centre.with(.ana, ready: true, recording: Self.all)
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.answers(.ana) == [.connect(call, .ana), .record(call)])
        #expect(steps(centre).count == 1)
        let recording = try #require(centre.engine.calls[call.contact]?.recording)
        #expect(try centre.hangsUp(call) == [.stopPhone(.ana), .stopRecording(call)])
        #expect(steps(centre) == [.ended(recording)])
    }

    @Test func `a project that records nothing records nothing`() throws {
        let (centre, call) = try talking(.standard)
        #expect(centre.engine.calls[call.contact]?.recording == nil && steps(centre).isEmpty)
    }

    @Test func `a transfer is in the same recording`() throws {
        var (centre, call) = try talking(Self.all)
        let recording = try #require(centre.engine.calls[call.contact]?.recording)
        try centre.transfers(.ana, call, to: .agent(Centre.Name.beso.agent))
        #expect(centre.engine.calls[call.contact]?.recording == recording)
        #expect(try !centre.answers(.beso).contains(.record(call)))
        #expect(centre.engine.calls[call.contact]?.recording == recording)
    }

    @Test func `the customer is told before they talk, once`() throws {
        var centre = try Centre.with(.ana, ready: true, recording: RecordingRule(calls: .all))
        let call = try centre.incomingCall(to: .billing)
        let words = Sound.recorded(.english)
        #expect(try centre.answers(.ana) == [.connect(call, .ana), .record(call), .play(words, to: call), .playPhone(words, .ana)])
        // What she presses meanwhile counts after it.
        #expect(try centre.mutes(.ana, call, true) == [])
        #expect(try centre.take(.soundEnded(call.leg)) == [.connectMuted(call, .ana)])
        #expect(steps(centre) == [.told(isWhole: true)])
        #expect(try centre.take(.soundEnded(call.leg)) == [])
    }

    @Test func `where nobody tells the end of the words they talk all the same`() throws {
        var (centre, call) = try talking(RecordingRule(calls: .all))
        #expect(try centre.after(.seconds(31)) == [.connect(call, .ana)])
        #expect(centre.engine.calls[call.contact]?.wasTold == false)
    }

    @Test func `what is said in a pause is kept from everybody else, at the longest until the talk ends`() throws {
        var (centre, call) = try talking(Self.all)
        let ana = Centre.Name.ana.agent
        #expect(try centre.take(.privacyWanted(ana, call.contact, true)) == [.keepPrivate(call, true)])
        #expect(steps(centre) == [.paused(ana)] && centre.engine.calls[call.contact]?.isPrivate == true)
        #expect(try centre.take(.privacyWanted(ana, call.contact, true)) == [])
        #expect(try centre.take(.privacyWanted(ana, call.contact, false)) == [.keepPrivate(call, false)])
        try _ = centre.take(.privacyWanted(ana, call.contact, true))
        try centre.transfers(.ana, call, to: .queue(Centre.Line.support.id))
        #expect(steps(centre) == [.resumed(ana)])
        #expect(centre.engine.calls[call.contact]?.isPrivate == false)
    }

    @Test func `a pause is the project's to allow, and the talking agent's to begin`() throws {
        var (centre, call) = try talking(RecordingRule(calls: .all, announces: false, mayPause: false))
        #expect(throws: Refusal.staleState) { try centre.take(.privacyWanted(Centre.Name.ana.agent, call.contact, true)) }
        var (other, second) = try talking(Self.all)
        #expect(throws: Refusal.self) { try other.take(.privacyWanted(Centre.Name.beso.agent, second.contact, true)) }
    }

    @Test func `where it is left to the agent nothing is recorded before he asks`() throws {
        var (centre, call) = try talking(RecordingRule(calls: .onDemand, announces: false))
        let ana = Centre.Name.ana.agent
        #expect(centre.engine.calls[call.contact]?.recording == nil)
        #expect(try centre.take(.recordingWanted(ana, call.contact, true)) == [.record(call)])
        #expect(try centre.take(.recordingWanted(ana, call.contact, false)) == [.stopRecording(call)])
        #expect(try centre.take(.recordingWanted(ana, call.contact, true)) == [.record(call)])
        var (other, second) = try talking(Self.all)
        #expect(throws: Refusal.staleState) { try other.take(.recordingWanted(ana, second.contact, false)) }
    }

    @Test func `after a restart the talk goes on in another recording, and stays private`() throws {
        var (centre, call) = try talking(Self.all)
        let first = try #require(centre.engine.calls[call.contact]?.recording)
        _ = try centre.take(.privacyWanted(Centre.Name.ana.agent, call.contact, true))
        let agent = try #require(centre.engine.calls[call.contact]?.agent)
        let deeds = try centre.restarts(taking: [call.leg, agent])
        #expect(deeds.suffix(3) == [.keepPrivate(call, true), .stopRecording(call), .record(call)])
        #expect(steps(centre).first == .ended(first))
        #expect(centre.engine.calls[call.contact]?.recording != first)
    }

    @Test func `a recording that nothing takes is none, and the talk goes on`() throws {
        var (centre, call) = try talking(RecordingRule(calls: .onDemand, announces: false))
        let ana = Centre.Name.ana.agent
        _ = try centre.take(.recordingWanted(ana, call.contact, true))
        let recording = try #require(centre.engine.calls[call.contact]?.recording)
        #expect(try centre.take(.recordingRefused(call.leg, RecordingID(high: 1, low: 1))) == [])
        #expect(centre.engine.calls[call.contact]?.recording == recording)
        #expect(try centre.take(.recordingRefused(call.leg, recording)) == [])
        #expect(steps(centre) == [.refused(recording)])
        #expect(centre.engine.calls[call.contact]?.recording == nil)
        guard case .talking = centre.engine.contacts[call.contact]?.state else {
            Issue.record("the talk is over")
            return
        }
        // She may ask again; and there is nothing to stop at the end.
        #expect(try centre.take(.recordingRefused(call.leg, recording)) == [] && steps(centre) == [])
        #expect(try centre.take(.recordingWanted(ana, call.contact, true)) == [.record(call)])
    }

    @Test func `two who work here are not recorded`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true, recording: Self.all)
        let (call, _) = try centre.callsColleague(.ana, .beso)
        try centre.answers(.ana)
        #expect(try !centre.answers(.beso).contains(.record(call)))
        #expect(steps(centre).isEmpty)
    }

    @Test func `a share takes so many of a hundred, and always the same`() {
        var random = Random(seed: 7)
        let rule = RecordingRule(calls: .share(30))
        let contacts = (0..<10_000).map { _ in ContactID(at: Timestamp(microseconds: 0), using: &random) }
        let taken = contacts.filter { rule.takes($0) }.count
        #expect((2_800...3_200).contains(taken))
        #expect(contacts.allSatisfy { rule.takes($0) == rule.takes($0) })
    }

    @Test(arguments: [
        RecordingRule(), RecordingRule(calls: .all, announces: false, mayPause: false, days: 1),
        RecordingRule(calls: .share(99), days: 3650),
        RecordingRule(calls: .onDemand, announces: false),
    ])
    func `a rule is the same when it is read back`(_ rule: RecordingRule) {
        #expect(RecordingRule(rule.description) == rule)
        #expect(
            RecordingRule(rule.description + " ") == nil && RecordingRule("share=0;days=1") == nil && RecordingRule("all;days=0") == nil)
    }
}
