import Audio
import Calls
import Centre
import Contacts
import HTTPAPI
import MediaServer
import NIOCore
import Operation
import Organization
import Primitives
import SIP

/// A talk that is being measured.
struct HeardTalk {
    let ear: VoiceEar
    var facts: VoiceFacts
    var signs: VoiceReading.Signs = []
    /// How much had been measured when the engine was told last.
    var told = Duration.zero
    /// How often its last word has been waited for since it was over.
    var rounds = 0
}

/// The talks whose voices are measured.
struct VoiceWatch {
    /// By the customer's leg; and those that are over, of which the last is still to come.
    var talks: [ID<SIPLeg>: HeardTalk] = [:]
    var ended: [HeardTalk] = []
    var task: RepeatedTask?
    /// Hears how an agent's talk sounds; nil: he has none.
    var show: @Sendable (VoiceNow?, AgentID) -> Void = { _, _ in }
}

/// Voice facts: who measures which talk, what the screens see of it while it goes on, and what is kept of it.
extension CallControl {
    /// How often what was found is asked for, and so how often a screen changes at most.
    private static let voicePause = TimeAmount.seconds(1)
    /// A talk that goes on is told anew so often: what a kill takes is never more than that.
    private static let voiceCheckpoint = Duration.seconds(300)
    private static let lastWordRounds = 3
    /// Of less nothing is to be said.
    private static let measuredMin = Duration.seconds(1)

    /// After what the engine wants of these lines has been done: their talks may have begun, stand still, or be over.
    func heed(_ directives: [CallDirective]) {
        guard let centre else { return }
        var contacts: Set<ContactID> = []
        for directive in directives {
            for leg in directive.heardLegs {
                if let contact = lines[ID(sameAs: leg)]?.contact { contacts.insert(contact) }
                if let contact = voices.talks[ID(sameAs: leg)]?.facts.contact { contacts.insert(contact) }
            }
        }
        guard !contacts.isEmpty else { return }
        let found = centre.assumeIsolated { centre in contacts.sorted().map { id in centre.read { $0.measuredTalk(of: id) } } }
        for (id, talk) in zip(contacts.sorted(), found) { heed(talk, of: id) }
    }

    private func heed(_ talk: MeasuredTalk?, of contact: ContactID) {
        // The customer's line has the id of its contact, but where an agent has called him.
        let leg = talk.map { ID<SIPLeg>(sameAs: $0.customer) } ?? voices.talks.first { $0.value.facts.contact == contact }?.key
        guard let leg else { return }
        if let going = voices.talks[leg], going.facts.agent != talk?.agent { stopMeasuring(leg) }
        guard let talk, lines[leg] != nil else { return }
        if voices.talks[leg] == nil {
            guard talk.isTogether else { return }
            let ear = VoiceEar()
            voices.talks[leg] = HeardTalk(
                ear: ear,
                facts: VoiceFacts(
                    contact: talk.contact, agent: talk.agent, project: talk.project, queue: talk.queue, since: now(), measured: .zero))
            media.listen(to: session(of: leg), by: ear)
            watchVoices()
        }
        voices.talks[leg]?.ear.listen(talk.isTogether)
    }

    /// The talk is over; what is still to be told of it comes when the media thread has let go of it.
    func stopMeasuring(_ leg: ID<SIPLeg>) {
        guard let talk = voices.talks.removeValue(forKey: leg) else { return }
        media.stopListening(to: session(of: leg), by: talk.ear)
        voices.show(nil, talk.facts.agent)
        voices.ended.append(talk)
    }

    /// The server stops: nobody asks any more.
    func tellVoices() {
        for leg in voices.talks.keys.sorted() { stopMeasuring(leg) }
        for var talk in voices.ended {
            _ = talk.take()
            tell(&talk)
        }
        voices.ended = []
    }

    private func watchVoices() {
        guard voices.task == nil else { return }
        voices.task = loop.scheduleRepeatedTask(initialDelay: Self.voicePause, delay: Self.voicePause) { [self] task in
            for leg in voices.talks.keys.sorted() { follow(leg) }
            var open: [HeardTalk] = []
            for var talk in voices.ended {
                talk.rounds += 1
                // A party that is gone already says no last word: what is known counts.
                if talk.take() || talk.rounds > Self.lastWordRounds { tell(&talk) } else { open.append(talk) }
            }
            voices.ended = open
            guard voices.talks.isEmpty, voices.ended.isEmpty else { return }
            voices.task = nil
            task.cancel()
        }
    }

    private func follow(_ leg: ID<SIPLeg>) {
        guard var talk = voices.talks[leg] else { return }
        let before = talk.signs
        let isEmpty = talk.facts.measured == .zero
        _ = talk.take()
        if talk.signs != before || (isEmpty && talk.facts.measured > .zero) { voices.show(VoiceNow(talk.signs), talk.facts.agent) }
        if talk.facts.measured - talk.told >= Self.voiceCheckpoint { tell(&talk) }
        voices.talks[leg] = talk
    }

    private func tell(_ talk: inout HeardTalk) {
        guard talk.facts.measured >= Self.measuredMin, talk.facts.measured > talk.told else { return }
        talk.told = talk.facts.measured
        submit(.voiceMeasured(talk.facts))
    }
}

extension HeardTalk {
    /// Takes what has been found since.
    ///
    /// - Returns: whether nothing more comes.
    fileprivate mutating func take() -> Bool {
        guard let (reading, isWhole) = ear.read() else { return false }
        signs = reading.signs
        facts.measured = Self.span(reading.frames)
        facts.customer = VoiceFacts.Side(reading.said)
        facts.agentSide = VoiceFacts.Side(reading.heard)
        facts.talkOver = Self.span(reading.talkOverFrames)
        facts.talkOvers = Int(reading.talkOvers)
        facts.deadAir = Self.span(reading.deadAirFrames)
        facts.deadAirLongest = Self.span(reading.deadAirLongest)
        return isWhole
    }

    fileprivate static func span(_ frames: UInt32) -> Duration { .milliseconds(20 * Int64(frames)) }
}

extension VoiceFacts.Side {
    fileprivate init(_ side: VoiceReading.Side) {
        self.init()
        spoken = HeardTalk.span(side.activeFrames)
        level = side.level.map { Int($0.rounded()) }
        noise = side.noise.map { Int($0.rounded()) }
        raised = HeardTalk.span(side.raisedFrames)
        rise = Int(side.rise.rounded())
        echo = side.echoReturnLoss.map { Int($0.rounded()) }
        echoDelay = side.echoDelay
    }
}

extension VoiceNow {
    fileprivate init(_ signs: VoiceReading.Signs) {
        func level(_ quiet: VoiceReading.Signs, _ good: VoiceReading.Signs, _ loud: VoiceReading.Signs) -> Level? {
            signs.contains(quiet) ? .quiet : signs.contains(loud) ? .loud : signs.contains(good) ? .good : nil
        }
        self.init(
            agent: level(.heardQuiet, .heardGood, .heardLoud), customer: level(.saidQuiet, .saidGood, .saidLoud),
            signs: [
                (.talkOver, .talkOver), (.deadAir, .deadAir), (.saidRaised, .customerRaised), (.heardRaised, .agentRaised),
                (VoiceReading.Signs.saidEcho, Sign.echo), (.heardEcho, .echo), (.heardNoise, .noise),
            ].filter { signs.contains($0.0) }.map(\.1))
    }
}

extension CallDirective {
    /// The lines of which it changes what is heard.
    fileprivate var heardLegs: [LegID] {
        switch self {
        case .play(let leg, _), .end(let leg), .keepPrivate(let leg, _): [leg]
        case .bridge(let first, let second): [first, second]
        case .confer(let voices): voices.map(\.leg)
        case .ring, .consult, .supervise, .call, .answer, .refuse, .press, .record, .stopRecording, .recover: []
        }
    }
}
