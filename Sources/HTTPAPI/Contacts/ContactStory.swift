import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Storage

/// What happened to one contact, told from its entries of the log: its segments without gap or overlap, and its offers.
struct ContactStory: Sendable {
    private(set) var segments: [Segment] = []
    private(set) var offers: [OfferStory] = []
    private var heldBy: Set<HoldSide> = []
    private var consulting: AgentID?

    enum SegmentKind: String, CaseIterable, Sendable {
        /// Before its first queue.
        case flow
        /// The customer hears that we are closed.
        case closed
        case queue, ring, talk, hold
        /// The agent dials: his phone rings, then the number.
        case dial
        /// The agent's phone hung up first, and the customer hears music.
        case leftBehind
        /// The agent talks with a colleague, and the customer hears music.
        case consult
        case wrapUp
        /// Its agent is free and may still say what came of it.
        case writeUp
        /// The customer is with a number outside, and no agent has any more to do with it.
        case outside
    }

    struct Segment: Hashable, Sendable {
        var kind: SegmentKind
        var from: Timestamp
        var to: Timestamp?
        var agent: AgentID?
        var queue: QueueID?
    }

    struct OfferStory: Hashable, Sendable {
        var id: OfferID
        var agent: AgentID
        var at: Timestamp
        var result: OfferResult?
        var why: Explanation
    }

    /// - Parameter entries: those of one contact, in the log's order.
    init(_ entries: [LogEntry]) {
        for entry in entries { tell(entry) }
    }

    private mutating func tell(_ entry: LogEntry) {
        switch entry.event {
        case .contactOpened:
            begin(.flow, at: entry.at)
        case .dialStarted(_, let agent, _, _):
            begin(.dial, at: entry.at, agent: agent, queue: entry.queue)
        case .dialEnded(_, let agent, let result):
            if result == .answered { begin(.talk, at: entry.at, agent: agent, queue: entry.queue) } else { end(at: entry.at) }
        case .toldClosed: begin(.closed, at: entry.at)
        case .contactQueued(_, let queue):
            begin(.queue, at: entry.at, queue: queue)
        case .offerMade(let offering):
            begin(.ring, at: entry.at, agent: offering.agent, queue: offering.explanation.queue)
            offers.append(OfferStory(id: offering.offer, agent: offering.agent, at: entry.at, result: nil, why: offering.explanation))
        case .offerEnded(let offer, _, let agent, let result):
            if let index = offers.lastIndex(where: { $0.id == offer }) { offers[index].result = result }
            heldBy = []
            if result == .answered { begin(.talk, at: entry.at, agent: agent, queue: entry.queue) } else { end(at: entry.at) }
        case .holdStarted(_, let agent, let side):
            if heldBy.isEmpty { begin(.hold, at: entry.at, agent: agent, queue: entry.queue) }
            heldBy.insert(side)
        case .holdEnded(_, let agent, let side):
            heldBy.remove(side)
            if heldBy.isEmpty { begin(.talk, at: entry.at, agent: agent, queue: entry.queue) }
        case .agentHungUp(_, let agent, _):
            // Once more when his phone, rung again, does not answer.
            if segments.last?.kind != .leftBehind || segments.last?.to != nil {
                begin(.leftBehind, at: entry.at, agent: agent, queue: entry.queue)
            }
        case .agentReturned(_, let agent):
            heldBy = []
            begin(.talk, at: entry.at, agent: agent, queue: entry.queue)
        case .consultStarted(_, _, let agent, _, _, _):
            consulting = agent
            begin(.consult, at: entry.at, agent: agent, queue: entry.queue)
        case .consultArranged(_, _, let stage):
            let kind: SegmentKind = stage == .colleague ? .consult : heldBy.isEmpty ? .talk : .hold
            if segments.last?.kind != kind { begin(kind, at: entry.at, agent: consulting, queue: entry.queue) }
        case .consultEnded:
            if segments.last?.kind == .consult {
                begin(heldBy.isEmpty ? .talk : .hold, at: entry.at, agent: consulting, queue: entry.queue)
            }
        case .agentReleased:
            begin(.outside, at: entry.at, queue: entry.queue)
        case .outsideRefused, .outsideEnded:
            if segments.last?.kind == .outside { end(at: entry.at) }
        case .sentOutside, .talkEnded, .contactTransferred, .contactTakenOver:
            end(at: entry.at)
        case .wrapUpStarted(_, let agent, _):
            begin(.wrapUp, at: entry.at, agent: agent, queue: entry.queue)
        case .writeUpStarted(_, let agent):
            begin(.writeUp, at: entry.at, agent: agent, queue: entry.queue)
        case .contactClosed:
            end(at: entry.at)
        case .numberRefused, .colleagueDialled, .colleagueCalled, .colleagueLeft, .secondLineOpened, .numberCalled, .consultRefused,
            .supervisionStarted, .supervisionArranged, .supervisionEnded, .helpRequested, .helpWithdrawn,
            .outsideAnswered, .muteChanged, .recording, .recordingFated, .keepingChanged, .voiceMeasured, .phoneRungAgain, .customerWarned,
            .customerDismissed,
            .wrapUpRequested, .contactDisposed, .defined, .setUpApplied, .audited,
            .presenceChanged,
            .presencePlanned, .agentStoppedResponding, .phoneReachabilityChanged, .headsetChanged, .seatTaken, .seatLeft,
            .signOffChanged,
            .documentPublished, .documentRetired, .formSubmitted, .contactIdentified:
            break
        }
    }

    private mutating func begin(_ kind: SegmentKind, at now: Timestamp, agent: AgentID? = nil, queue: QueueID? = nil) {
        end(at: now)
        segments.append(Segment(kind: kind, from: now, to: nil, agent: agent, queue: queue))
    }

    private mutating func end(at now: Timestamp) {
        guard let last = segments.indices.last, segments[last].to == nil else { return }
        // A call that goes into its queue at once has no flow worth telling.
        // Nor has what a phone with two lines passes through on its way from one to the other.
        let isPassing = segments[last].kind == .flow || consulting != nil && [.talk, .hold].contains(segments[last].kind)
        if isPassing, segments[last].from == now {
            segments.remove(at: last)
        } else {
            segments[last].to = now
        }
    }
}

extension Event {
    /// Its name in a contact's story.
    var storyName: String {
        switch self {
        case .defined: "defined"
        case .setUpApplied: "setUpApplied"
        case .audited: "audited"
        case .contactOpened: "contactOpened"
        case .dialStarted: "dialStarted"
        case .numberCalled: "numberCalled"
        case .dialEnded: "dialEnded"
        case .numberRefused: "numberRefused"
        case .colleagueDialled: "colleagueDialled"
        case .colleagueCalled: "colleagueCalled"
        case .colleagueLeft: "colleagueLeft"
        case .toldClosed: "toldClosed"
        case .contactQueued: "contactQueued"
        case .offerMade: "offerMade"
        case .offerEnded: "offerEnded"
        case .holdStarted(_, _, let side): side == .connection ? "connectionLost" : "holdStarted"
        case .holdEnded(_, _, let side): side == .connection ? "connectionRestored" : "holdEnded"
        case .recording(_, .announced): "recordingAnnounced"
        case .recording(_, .told(let isWhole)): isWhole ? "recordingTold" : "recordingNotTold"
        case .recording(_, .started): "recordingStarted"
        case .recording(_, .paused): "recordingPaused"
        case .recording(_, .resumed): "recordingResumed"
        case .recording(_, .ended): "recordingEnded"
        case .recording(_, .refused): "recordingRefused"
        case .recordingFated(_, _, _, .held): "recordingHeld"
        case .recordingFated(_, _, _, .released): "recordingReleased"
        case .recordingFated(_, _, _, .erased): "recordingErased"
        case .keepingChanged: "keepingChanged"
        case .voiceMeasured: "voiceMeasured"
        case .documentPublished: "documentPublished"
        case .documentRetired: "documentRetired"
        case .formSubmitted: "formSubmitted"
        case .contactIdentified: "contactIdentified"
        case .muteChanged(_, _, let isMuted): isMuted ? "muted" : "unmuted"
        case .talkEnded: "talkEnded"
        case .agentHungUp: "agentHungUp"
        case .phoneRungAgain: "phoneRungAgain"
        case .agentReturned: "agentReturned"
        case .customerWarned: "customerWarned"
        case .customerDismissed: "customerDismissed"
        case .contactTransferred: "contactTransferred"
        case .consultStarted: "consultStarted"
        case .consultArranged(_, _, let stage): stage == .conference ? "conferenceStarted" : "consultArranged"
        case .secondLineOpened: "secondLineOpened"
        case .supervisionStarted: "supervisionStarted"
        case .supervisionArranged: "supervisionArranged"
        case .supervisionEnded: "supervisionEnded"
        case .contactTakenOver: "contactTakenOver"
        case .helpRequested: "helpRequested"
        case .helpWithdrawn: "helpWithdrawn"
        case .consultRefused: "consultRefused"
        case .consultEnded: "consultEnded"
        case .sentOutside: "sentOutside"
        case .outsideAnswered: "outsideAnswered"
        case .outsideRefused: "outsideRefused"
        case .outsideEnded: "outsideEnded"
        case .agentReleased: "agentReleased"
        case .wrapUpRequested(_, _, let isWanted): isWanted ? "wrapUpRequested" : "wrapUpDeclined"
        case .wrapUpStarted: "wrapUpStarted"
        case .writeUpStarted: "writeUpStarted"
        case .contactDisposed: "contactDisposed"
        case .contactClosed: "contactClosed"
        case .presenceChanged: "presenceChanged"
        case .presencePlanned: "presencePlanned"
        case .agentStoppedResponding: "agentStoppedResponding"
        case .phoneReachabilityChanged: "phoneReachabilityChanged"
        case .headsetChanged: "headsetChanged"
        case .seatTaken: "seatTaken"
        case .seatLeft: "seatLeft"
        case .signOffChanged: "signOffChanged"
        }
    }
}

extension StoryWire {
    /// - Parameter outside: the numbers outside that were called about it, by leg.
    init(_ row: ContactRow, _ entries: [LogEntry], outside: [LegID: String], names: Names, language: Language, now: Timestamp) {
        let story = ContactStory(entries)
        contact = ContactWire(row, names: names, language: language, now: now)
        segments = story.segments.map {
            SegmentWire(
                kind: $0.kind.rawValue, from: $0.from.milliseconds, to: $0.to?.milliseconds, agent: $0.agent.map { names.agent($0) },
                queue: $0.queue.map { names.queue($0, in: language) })
        }
        offers = story.offers.map {
            OfferWire(
                id: $0.id.description, agent: names.agent($0.agent), at: $0.at.milliseconds, result: $0.result?.rawValue,
                why: WhyWire($0.why, names: names))
        }
        events = entries.withoutOldVoices.map { entry in
            var event = EventWire(position: entry.position.number, at: entry.at.milliseconds, kind: entry.event.storyName)
            if case .voiceMeasured(let facts) = entry.event { event.voice = VoiceFactsWire(facts, names: names) }
            if case .dialEnded(_, _, let result) = entry.event { event.result = result.rawValue }
            if case .talkEnded(_, _, let party) = entry.event { event.by = party.rawValue }
            if case .customerDismissed(_, _, let reason) = entry.event { event.reason = reason.rawValue }
            if case .consultStarted(_, let colleague, _, let leg, _, let why) = entry.event {
                event.to = colleague.map { names.agent($0) } ?? outside[leg]
                event.queue = why.map { names.queue($0.queue, in: language) }
                event.why = why.map { WhyWire($0, names: names) }
            }
            if case .numberRefused(_, _, _, let refusal, let rule) = entry.event {
                event.refusal = refusal.rawValue
                event.rule = rule
            }
            switch entry.event {
            case .supervisionStarted(_, let supervisor, _, _, let mode, _), .supervisionArranged(_, let supervisor, let mode, _):
                event.to = names.agent(supervisor)
                event.mode = mode.rawValue
            case .supervisionEnded(_, let supervisor, _), .contactTakenOver(_, _, let supervisor): event.to = names.agent(supervisor)
            default: break
            }
            if case .sentOutside(_, _, let leg, _) = entry.event { event.to = outside[leg] }
            if case .outsideEnded(_, let party) = entry.event { event.by = party.rawValue }
            if case .consultRefused(_, let result) = entry.event { event.result = result.rawValue }
            if case .outsideRefused(_, let result) = entry.event { event.result = result.rawValue }
            if case .contactTransferred(_, _, let target) = entry.event {
                event.to =
                    switch target {
                    case .queue(let queue): names.queue(queue, in: language)
                    case .agent(let agent): names.agent(agent)
                    }
            }
            return event
        }
    }
}
