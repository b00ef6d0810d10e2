import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// A supervisor beside an agent: who hears whom, and that the talk goes on as if nobody had been there.
struct SupervisionTests {
    /// Ana talks with a customer; Keti, who is not ready, supervises.
    struct Story {
        var centre: Centre
        let call: Centre.Caller

        init(others: [Centre.Name] = [], wrapUp: WrapUpRule = .none, recording: RecordingRule = .standard) throws {
            centre = try Centre.with(.ana, ready: true, wrapUp: wrapUp, recording: recording)
            call = try centre.incomingCall(to: .billing)
            try centre.answers(.ana)
            for name in others + [.keti] {
                try centre.hire(name, for: [.init(queue: Centre.Line.billing.id)])
                try centre.wants(name == .keti ? .notReady(nil) : .ready, name)
            }
            centre.pass(.seconds(10))
        }

        /// Keti's phone is answered.
        static func supervised(
            _ mode: SupervisionMode = .monitor, others: [Centre.Name] = [], wrapUp: WrapUpRule = .none, recording: RecordingRule = .standard
        ) throws -> Story {
            var story = try Story(others: others, wrapUp: wrapUp, recording: recording)
            try story.supervises(mode)
            try story.centre.answers(.keti)
            return story
        }

        @discardableResult
        mutating func supervises(_ mode: SupervisionMode, _ name: Centre.Name = .keti) throws -> [Centre.Deed] {
            try centre.take(.supervisionWanted(name.agent, call.contact, mode))
        }

        @discardableResult
        mutating func opens(_ isOpen: Bool, _ name: Centre.Name = .keti) throws -> [Centre.Deed] {
            try centre.take(.microphoneWanted(name.agent, call.contact, isOpen))
        }

        mutating func leaves(_ name: Centre.Name = .keti) throws -> [Centre.Deed] {
            try centre.take(.supervisionEndWanted(name.agent, call.contact))
        }

        mutating func takesOver(_ name: Centre.Name = .keti) throws -> [Centre.Deed] {
            try centre.take(.takeOverWanted(name.agent, call.contact))
        }

        @discardableResult
        mutating func pauses(_ isWanted: Bool) throws -> [Centre.Deed] {
            try centre.take(.privacyWanted(Centre.Name.ana.agent, call.contact, isWanted))
        }

        /// Who hears whom now: what closing and opening a microphone says.
        mutating func hears() throws -> [Centre.Deed] {
            guard let supervision = centre.engine.calls[call.contact]?.supervisions.first, supervision.isMicrophoneOpen else {
                return [mix(customer: [.phone(.ana)], ana: [customer], keti: [customer, .phone(.ana)])]
            }
            _ = try opens(false)
            return try opens(true)
        }

        mutating func consults() throws {
            try centre.take(.consultWanted(Centre.Name.ana.agent, call.contact, with: Centre.Name.beso.agent))
        }

        var customer: Centre.Ear { .outside(call) }

        /// The customer, the agent and the supervisor, by whom they hear.
        func mix(customer: Set<Centre.Ear>, ana: Set<Centre.Ear>, keti: Set<Centre.Ear>) -> Centre.Deed {
            .mix([.init(by: self.customer, customer), .init(by: .phone(.ana), ana), .init(by: .phone(.keti), keti)])
        }
    }

    private let ana = Centre.Ear.phone(.ana), beso = Centre.Ear.phone(.beso), keti = Centre.Ear.phone(.keti)

    // MARK: Each mode

    @Test func `a supervisor's phone rings, and she hears both and is heard by nobody`() throws {
        var story = try Story()
        #expect(try story.supervises(.monitor) == [.ringToSupervise(.keti, story.call)])
        #expect(story.centre.state(of: .keti).routing == .consulted(story.call.contact))
        #expect(try story.centre.answers(.keti) == [story.mix(customer: [ana], ana: [story.customer], keti: [story.customer, ana])])
    }

    @Test(arguments: SupervisionMode.allCases)
    func `a closed microphone is heard by nobody, whatever the mode`(mode: SupervisionMode) throws {
        var story = try Story()
        try story.supervises(mode)
        #expect(try story.centre.answers(.keti) == [story.mix(customer: [ana], ana: [story.customer], keti: [story.customer, ana])])
    }

    @Test func `who whispers is heard by the agent alone, who joins by both`() throws {
        var story = try Story.supervised(.whisper)
        let customer = story.customer
        #expect(try story.opens(true) == [story.mix(customer: [ana], ana: [customer, keti], keti: [customer, ana])])
        #expect(try story.supervises(.barge) == [story.mix(customer: [ana], ana: [customer], keti: [customer, ana])])
        #expect(try story.opens(true) == [.connectAll(story.call, .ana, .keti)])
        #expect(try story.opens(false) == [story.mix(customer: [ana], ana: [customer], keti: [customer, ana])])
    }

    @Test func `another mode closes the microphone, and who only listens has none`() throws {
        var story = try Story.supervised(.whisper)
        try story.opens(true)
        try story.supervises(.monitor)
        #expect(story.centre.engine.calls[story.call.contact]?.supervisions.first?.isMicrophoneOpen == false)
        #expect(throws: Refusal.staleState) { try story.opens(true) }
        #expect(try story.opens(false) == [])
    }

    @Test func `a whisper is not heard by another supervisor, a voice that has joined is`() throws {
        var story = try Story.supervised(.whisper, others: [.beso])
        try story.supervises(.monitor, .beso)
        try story.centre.answers(.beso)
        let customer = story.customer
        #expect(
            try story.opens(true) == [
                .mix([
                    .init(by: customer, [ana]), .init(by: ana, [customer, keti]), .init(by: keti, [customer, ana]),
                    .init(by: beso, [customer, ana]),
                ])
            ])
        try story.supervises(.barge)
        #expect(
            try story.opens(true) == [
                .mix([
                    .init(by: customer, [ana, keti]), .init(by: ana, [customer, keti]), .init(by: keti, [customer, ana]),
                    .init(by: beso, [customer, ana, keti]),
                ])
            ])
    }

    @Test func `a headset is put through at once`() throws {
        var story = try Story()
        try story.centre.headset(of: .keti, isConnected: true)
        #expect(
            try story.supervises(.monitor) == [
                .ringToSupervise(.keti, story.call), story.mix(customer: [ana], ana: [story.customer], keti: [story.customer, ana]),
            ])
    }

    @Test func `nobody hears an agent who is mute`() throws {
        var story = try Story.supervised()
        #expect(
            try story.centre.mutes(.ana, story.call, true) == [story.mix(customer: [], ana: [story.customer], keti: [story.customer])])
    }

    // MARK: Hold, consult, conference

    @Test func `while the customer is on hold she hears the agent, and his music plays on`() throws {
        var story = try Story.supervised(.whisper)
        let alone = Centre.Deed.mix([.init(by: ana, []), .init(by: keti, [ana])])
        #expect(try story.centre.holdsAtDesk(.ana, story.call, true) == [.play(.music, to: story.call), alone])
        #expect(try story.opens(true) == [.mix([.init(by: ana, [keti]), .init(by: keti, [ana])])])
        #expect(try story.leaves() == [.stopPhone(.keti)])
        #expect(try story.centre.holdsAtDesk(.ana, story.call, false) == [.connect(story.call, .ana)])
    }

    @Test func `she hears the agent and the colleague who is asked, then all three`() throws {
        var story = try Story.supervised(others: [.beso])
        try story.consults()
        #expect(
            try story.centre.answers(.beso) == [
                .play(.music, to: story.call), .mix([.init(by: ana, [beso]), .init(by: beso, [ana]), .init(by: keti, [ana, beso])]),
            ])
        let customer = story.customer
        #expect(
            try story.centre.take(.consultChangeWanted(Centre.Name.ana.agent, story.call.contact, .conference)) == [
                .mix([
                    .init(by: customer, [ana, beso]), .init(by: ana, [customer, beso]), .init(by: beso, [customer, ana]),
                    .init(by: keti, [customer, ana, beso]),
                ])
            ])
        #expect(try story.leaves() == [.stopPhone(.keti), .connectAll(story.call, .ana, .beso)])
    }

    @Test func `she hears that the colleague's phone rings`() throws {
        var story = try Story.supervised(others: [.beso])
        #expect(
            try story.centre.take(.consultWanted(Centre.Name.ana.agent, story.call.contact, with: Centre.Name.beso.agent)) == [
                .ringToAsk(.beso, about: story.call, for: .ana), .play(.music, to: story.call), .playPhone(.ringBack, .ana),
                .playPhone(.ringBack, .keti),
            ])
    }

    @Test func `she is with the agent on the line on which he talks`() throws {
        var story = try Story.supervised(.whisper, others: [.beso])
        try story.opens(true)
        let first = story.centre.leg(of: .ana)
        _ = try story.centre.take(.legHeld(first, true))
        let (second, _) = try story.centre.asksByPhone(.ana, about: story.call, .colleague(Centre.Name.beso.agent))
        // Only the line on which he talks brings him the whisper: his phone would send it on from the other.
        #expect(
            try story.centre.answers(.beso) == [
                .mix([.init(by: ana, [beso, keti]), .init(by: beso, [ana]), .init(by: keti, [ana, beso])]), .play(.music, to: story.call),
            ])
        _ = try story.centre.take(.legHeld(first, false))
        #expect(try story.opens(false).last == story.mix(customer: [ana], ana: [story.customer], keti: [story.customer, ana]))
        // Both lines are joined by his phone, which sends to each what it hears on the other.
        #expect(try story.opens(true).last == story.mix(customer: [ana], ana: [story.customer], keti: [story.customer, ana]))
        #expect(try story.centre.take(.legEnded(second)).contains(.stopPhone(.beso)))
    }

    // MARK: What is kept between customer and agent

    @Test(arguments: SupervisionMode.allCases)
    func `in a pause she hears neither of them, nor they her, and afterwards as before`(mode: SupervisionMode) throws {
        var story = try Story.supervised(mode, recording: RecordingRule(calls: .all, announces: false))
        if mode != .monitor { try story.opens(true) }
        let before = try story.hears()
        #expect(try story.pauses(true) == [.keepPrivate(story.call, true), .connect(story.call, .ana), .playPhone(.music, .keti)])
        // Nothing she asks for changes that, nor does hold, nor another who comes.
        #expect(try story.supervises(mode == .barge ? .whisper : .barge) == [.playPhone(.music, .keti)])
        #expect(try story.opens(true) == [.playPhone(.music, .keti)])
        #expect(try story.centre.holdsAtDesk(.ana, story.call, true) == [.play(.music, to: story.call), .playPhone(.music, .keti)])
        #expect(try story.centre.holdsAtDesk(.ana, story.call, false) == [.connect(story.call, .ana), .playPhone(.music, .keti)])
        try story.supervises(mode)
        if mode != .monitor { try story.opens(true) }
        #expect(try story.pauses(false) == [.keepPrivate(story.call, false)] + before)
    }

    @Test func `who comes during a pause waits until it is over`() throws {
        var story = try Story(recording: RecordingRule(calls: .all, announces: false))
        #expect(try story.pauses(true) == [.keepPrivate(story.call, true)])
        try story.supervises(.monitor)
        #expect(try story.centre.answers(.keti) == [.playPhone(.music, .keti)])
        #expect(
            try story.pauses(false) == [
                .keepPrivate(story.call, false), story.mix(customer: [ana], ana: [story.customer], keti: [story.customer, ana]),
            ])
    }

    // MARK: The end

    @Test func `the two are relayed again when she leaves, hangs up, is lost or cut off`() throws {
        var story = try Story.supervised()
        #expect(try story.leaves() == [.stopPhone(.keti), .connect(story.call, .ana)])
        #expect(story.centre.state(of: .keti).routing == .notReady)
        story = try Story.supervised()
        #expect(try story.centre.hangsUp(.keti) == [.connect(story.call, .ana)])
        story = try Story.supervised()
        #expect(try story.centre.loses(.keti) == [.connect(story.call, .ana)])
        #expect(story.centre.state(of: .keti).routing == .notReady)
        story = try Story.supervised()
        #expect(try story.centre.isCutOff(.keti, true) == [.stopPhone(.keti), .connect(story.call, .ana)])
    }

    @Test func `a supervisor who does not answer, or refuses, changes nothing for the two`() throws {
        var story = try Story()
        try story.supervises(.monitor)
        #expect(try story.centre.after(.seconds(20)) == [.stopPhone(.keti)])
        try story.supervises(.monitor)
        #expect(try story.centre.phoneRefuses(.keti, .busy) == [])
        #expect(story.centre.state(of: .keti).routing == .notReady)
    }

    @Test func `she goes with the end of the talk, whoever ends it`() throws {
        var story = try Story.supervised()
        #expect(try story.centre.hangsUp(story.call) == [.stopPhone(.keti), .stopPhone(.ana)])
        #expect(story.centre.outcome(of: story.call) == .handled)
        story = try Story.supervised()
        #expect(try story.centre.dismisses(.ana, story.call, for: .test) == [.stopPhone(.keti), .hangUp(story.call), .stopPhone(.ana)])
        story = try Story.supervised()
        #expect(try story.centre.loses(story.call) == [.stopPhone(.keti), .stopPhone(.ana)])
        #expect(story.centre.state(of: .keti).routing == .notReady)
    }

    @Test func `she goes with the agent's part`() throws {
        var story = try Story.supervised(others: [.beso])
        #expect(try story.centre.loses(.ana).first == .stopPhone(.keti))
        story = try Story.supervised(others: [.beso])
        #expect(try story.centre.transfers(.ana, story.call, to: .agent(Centre.Name.beso.agent)).first == .stopPhone(.keti))
        story = try Story.supervised()
        #expect(try story.centre.sendsOutside(.ana, story.call).deeds.first == .stopPhone(.keti))
        story = try Story.supervised(others: [.beso])
        try story.consults()
        try story.centre.answers(.beso)
        let deeds = try story.centre.take(.consultEndWanted(Centre.Name.ana.agent, story.call.contact, isTransfer: true))
        #expect(deeds == [.stopPhone(.keti), .stopPhone(.ana), .connect(story.call, .beso)])
    }

    @Test func `she waits with a customer who is left behind, and hears the agent who returns`() throws {
        var story = try Story.supervised()
        #expect(try story.centre.hangsUp(.ana) == [.play(.music, to: story.call), .playPhone(.music, .keti)])
        _ = try story.centre.ringsAgain(.ana, for: story.call)
        #expect(try story.centre.answers(.ana) == [story.mix(customer: [ana], ana: [story.customer], keti: [story.customer, ana])])
        _ = try story.centre.hangsUp(.ana)
        #expect(try story.centre.after(.seconds(60)).contains(.stopPhone(.keti)))
    }

    @Test func `she waits with a customer who is left behind before he was told that he is recorded`() throws {
        var story = try Story(recording: RecordingRule(calls: .onDemand))
        _ = try story.centre.take(.recordingWanted(Centre.Name.ana.agent, story.call.contact, true))
        try story.supervises(.monitor)
        #expect(try story.centre.answers(.keti) == [])
        #expect(try story.centre.hangsUp(.ana) == [.play(.music, to: story.call), .playPhone(.music, .keti)])
    }

    @Test func `she waits with the customer of an agent who is cut off`() throws {
        var centre = try Centre.with(.ana, ready: false)
        try centre.headset(of: .ana, isConnected: true)
        try centre.wants(.ready, .ana)
        let call = try centre.incomingCall(to: .billing)
        try centre.answers(.ana)
        try centre.hire(.keti, for: [.init(queue: Centre.Line.billing.id)])
        try centre.wants(.notReady(nil), .keti)
        try centre.take(.supervisionWanted(Centre.Name.keti.agent, call.contact, .monitor))
        try centre.answers(.keti)
        let own = try #require(centre.engine.calls[call.contact]?.agent)
        #expect(try centre.take(.legInterrupted(own)) == [.play(.music, to: call), .playPhone(.music, .keti)])
        let back = try centre.take(.legResumed(own))
        #expect(
            back == [.mix([.init(by: .outside(call), [ana]), .init(by: ana, [.outside(call)]), .init(by: keti, [.outside(call), ana])])])
        _ = try centre.take(.legInterrupted(own))
        #expect(try centre.after(.seconds(20)).contains(.stopPhone(.keti)))
    }

    @Test func `a supervision does not outlive a restart`() throws {
        var story = try Story.supervised()
        let legs = [story.call.leg, story.centre.leg(of: .ana), story.centre.leg(of: .keti)]
        #expect(
            try story.centre.restarts(taking: legs) == [
                .stopPhone(.keti), .recover(story.call), .recoverPhone(.ana), .connect(story.call, .ana),
            ])
        #expect(story.centre.state(of: .keti).routing == .notReady)
    }

    @Test func `what she wanted to be meanwhile comes about when she leaves`() throws {
        var story = try Story.supervised()
        try story.centre.wants(.ready, .keti)
        let waiting = try story.centre.incomingCall(to: .billing)
        _ = try story.leaves()
        #expect(story.centre.ringing == [.keti] && story.centre.contact(of: .keti) == waiting)
    }

    // MARK: Refusals

    @Test func `who is off, busy or without a phone does not supervise, nor more than three, nor anybody himself`() throws {
        var story = try Story(others: [.beso])
        #expect(throws: Refusal.agentBusy) { try story.supervises(.monitor, .ana) }
        try story.centre.wants(.off, .keti)
        #expect(throws: Refusal.notSignedOn) { try story.supervises(.monitor) }
        try story.centre.wants(.notReady(nil), .keti)
        try story.centre.phone(of: .keti, reachable: false)
        #expect(throws: Refusal.phoneUnreachable) { try story.supervises(.monitor) }
        let other = try story.centre.incomingCall(to: .billing)
        #expect(throws: Refusal.agentBusy) { try story.supervises(.monitor, .beso) }
        _ = try story.centre.hangsUp(other)
        #expect(throws: Refusal.contactUnknown(other.contact)) {
            try story.centre.take(.supervisionWanted(Centre.Name.beso.agent, other.contact, .monitor))
        }
        #expect(throws: Refusal.staleState) { try story.opens(true) }
    }

    @Test func `what two agents have to say to each other nobody supervises`() throws {
        var centre = try Centre.with(.ana, .beso, .keti, ready: true)
        let (call, _) = try centre.callsColleague(.ana, .beso)
        try centre.answers(.ana)
        try centre.answers(.beso)
        #expect(throws: Refusal.staleState) { try centre.take(.supervisionWanted(Centre.Name.keti.agent, call.contact, .monitor)) }
    }
}
