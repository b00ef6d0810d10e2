import Contacts
import Organization
import Primitives

package typealias LegID = ID<Leg>

/// The tag of a leg: one party's line to Callfloor, which is a back-to-back user agent (each leg a dialog of its own).
package enum Leg {}

package typealias HeadsetID = ID<HeadsetConnection>

/// The tag of the audio connection between an agent's browser and us: one for his whole shift, on which his legs come and go.
package enum HeadsetConnection {}

/// A phone contact's legs: the customer's, and the agent's while one rings or talks.
package struct Call: Hashable, Sendable {
    /// Where an agent has called a colleague, that is his.
    package let customer: LegID
    package var agent: LegID?
    /// Where the agent has put the customer on hold, who hears music then: by his phone's own key, at the desk, or both; or the agent's
    /// headset is cut off.
    package var heldBy: Set<HoldSide> = []
    /// Whose headsets are cut off: the agent's, or that of the colleague he has called.
    package var apart: Set<AgentID> = []
    /// While one is cut off: how long the other waits for him.
    package var interruptedUntil: Timestamp?
    /// Nobody hears the agent.
    package var isMuted = false
    package var consult: Consult?
    /// Those who are beside the agent, in the order in which they came.
    package var supervisions: [Supervision] = []
    /// The number outside to which the customer has been sent; while its agent wraps up, and after that.
    package var outside: OutsideParty?
    /// Why the number that the agent wanted to consult last did not take the call.
    package var consultResult: DialResult?
    package var recording: RecordingID?
    /// While the customer hears that he is recorded: when that is over in any case.
    package var announcedUntil: Timestamp?
    /// He has heard it to its end.
    package var wasTold = false
    /// Who keeps the talk out of the recording, and from those who listen in.
    package var privateBy: AgentID?
    package var privateSince: Timestamp?

    package init(customer: LegID) {
        self.customer = customer
    }

    /// Nobody hears it but those who talk, nothing of it is kept, and what keys are pressed is told to nobody.
    package var isPrivate: Bool { privateBy != nil }

    package var isHeld: Bool { !heldBy.isEmpty }

    package func supervision(by supervisor: AgentID) -> Supervision? { supervisions.first { $0.supervisor == supervisor } }

    /// Every line that there is for it.
    package var legs: [LegID] {
        [customer, agent, outside?.leg].compactMap(\.self) + (consult?.legs ?? []) + supervisions.map(\.leg)
    }
}

/// A number outside, with the customer's call of which no agent is a party any more.
package struct OutsideParty: Hashable, Sendable {
    package let leg: LegID
    package var isAnswered = false
    /// When it has rung long enough.
    package let deadline: Timestamp

    package init(leg: LegID, deadline: Timestamp) {
        self.leg = leg
        self.deadline = deadline
    }
}

/// A colleague, or a number outside, whom the agent has called while his customer is there.
package struct Consult: Hashable, Sendable {
    package let leg: LegID
    /// Nil: a number outside.
    package let agent: AgentID?
    /// The line of the agent's phone on which he talks with the colleague while another of its lines holds the customer; nil: he does
    /// both on one.
    package var secondLine: LegID?
    package var stage = ConsultStage.ringing
    /// When the colleague's phone has rung long enough.
    package let deadline: Timestamp

    package init(leg: LegID, agent: AgentID?, deadline: Timestamp) {
        self.leg = leg
        self.agent = agent
        self.deadline = deadline
    }

    /// The lines that there are because of it.
    package var legs: [LegID] { [leg, secondLine].compactMap(\.self) }
}

/// Who hears whom in a consult.
package enum ConsultStage: String, Sendable, Hashable, CaseIterable {
    /// The colleague's phone rings; the customer hears music.
    case ringing
    /// The agent talks with the colleague; the customer hears music.
    case colleague
    /// The agent talks with the customer; the colleague hears music.
    case customer
    /// All three hear each other.
    case conference
}

/// Where a hold was asked for; it ends where it began.
package enum HoldSide: String, Sendable, Hashable, CaseIterable {
    /// By a re-INVITE of the agent's phone.
    case phone
    case desk
    /// By nobody: the agent's headset has lost its connection.
    case connection
}

/// The tag of keys to be pressed: which they are is nobody's business but the customer's side.
package enum Keys {}

/// Why a leg of ours did not come about.
package enum LegRefusal: String, Sendable, Hashable, CaseIterable {
    /// 486, 600: the phone is in use.
    case busy
    /// 603 and the like: somebody pressed reject.
    case declined
    /// 480 and 487 of a number outside: it rang, and nobody came.
    case noAnswer
    /// 404, 410, 484 and 604 of a number outside.
    case noSuchNumber
    /// 404, 408, 480, 5xx: no phone there.
    case unreachable
}

/// How we found out that the far end of a leg is gone, without a word from it.
package enum LegLoss: String, Sendable, Hashable, CaseIterable {
    /// In the middle of a call: nothing is heard of it, and it does not answer.
    case vanished
    /// It could not be taken up again after a restart of the server.
    case restart
}

/// What one party hears when nobody talks to him.
package enum Sound: Hashable, Sendable {
    case silence
    case ringBack
    case music
    /// The project's greeting in this language, then music.
    case greeting(Language)
    /// That the talk is recorded, in this language; its end is told.
    case recorded(Language)
    /// That we are closed, in this language; its end is told.
    case closed(Language)
}

/// Why we refuse an arriving call; the shell knows the SIP status for it.
package enum CallRefusal: String, Sendable, Hashable, CaseIterable {
    case notInService, busy
}

/// What the core asks of signalling and media. Each says when it may happen relative to the commit of the events that
/// were decided with it.
package enum CallDirective: Hashable, Sendable {
    /// Ring the phone for a contact, showing the customer's number where the project allows it.
    case ring(LegID, phone: PhoneID, customer: LegID)
    /// Ring a colleague's phone to consult him about a customer, for the agent on the last leg.
    case consult(LegID, phone: PhoneID, customer: LegID, agent: LegID)
    /// Ring the phone of a supervisor who wants to be beside the agent in a customer's talk.
    case supervise(LegID, phone: PhoneID, customer: LegID)
    /// Call the number that is kept under the leg, for the agent or the customer on the other leg, who hears how it goes there.
    case call(LegID, for: LegID)
    /// Take the arriving call: from here on the customer hears us.
    case answer(LegID)
    case refuse(LegID, CallRefusal)
    /// End the leg in whatever state it is: stop its ringing, or hang up.
    case end(LegID)
    case play(LegID, Sound)
    case bridge(LegID, LegID)
    /// They hear each other, as far as each may hear the other.
    case confer([Voice])
    /// Press the keys kept under this id towards a party.
    case press(LegID, ID<Keys>)
    /// Record what passes between us and the customer on the leg, until his leg ends.
    case record(LegID, RecordingID)
    case stopRecording(LegID)
    /// Nobody who is no party of his talk hears the customer, or what he is told.
    case keepPrivate(LegID, Bool)
    /// Take up a leg of before a restart: its far end is told where the sound goes now.
    case recover(LegID)

    package enum Timing: Hashable, Sendable { case withCommit, afterCommit }

    /// What acknowledges something to somebody outside waits until it cannot be lost; what a crash would end anyway
    /// goes at once.
    package var timing: Timing {
        switch self {
        case .answer, .refuse: .afterCommit
        case .ring, .consult, .supervise, .call, .end, .play, .bridge, .confer, .press, .record, .stopRecording, .keepPrivate, .recover:
            .withCommit
        }
    }
}
