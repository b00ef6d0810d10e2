import Calls
import Contacts
import Organization
import Primitives
import Routing

/// What reaches the engine: from the network, from people, from the clock. Inputs carry no personal value; what comes
/// with them (a caller's number, a note) is filed by the shell in the same transaction.
package enum Input: Hashable, Sendable {
    /// Several at once, all or none.
    case setUp([Definition])
    /// The input's actor saw something, or is to be shown it; or came or went.
    case audited(Audit)

    case callArrived(LegID, EntryPointID)
    /// The leg's far end hung up, cancelled, or was lost.
    case legEnded(LegID)
    case legAnswered(LegID)
    case legRefused(LegID, LegRefusal)
    /// The leg's far end put us on hold, or took us back.
    case legHeld(LegID, Bool)
    /// What was played to the leg has come to its end; told of what has one that matters.
    case soundEnded(LegID)
    /// The leg's far end is gone without a word.
    case legLost(LegID, LegLoss)
    case phoneReachable(PhoneID, Bool)
    /// The agent's headset is connected, or is not any more.
    case headsetConnected(AgentID, Bool)
    /// The headset on which this leg lies is cut off, and may come back.
    case legInterrupted(LegID)
    case legResumed(LegID)

    case presenceWanted(AgentID, Presence)
    /// The agent wants to call a number, for the project of the queue, in which its customer waits if the agent leaves him. The number is
    /// kept under the contact's id, which is new.
    case dialWanted(AgentID, ContactID, QueueID)
    /// The same by the agent's phone, which calls us on the leg.
    case dialledByPhone(AgentID, ContactID, QueueID, LegID)
    /// A number outside was not called for the agent: the project's rules forbid it. Which number is kept nowhere.
    ///
    /// - Parameter rule: the set-up's rule that says so, as it is written there; nil: none allows it, or a limit is reached.
    case numberRefused(AgentID, ProjectID, DialRefusal, rule: String?)
    /// The agent wants to talk with a colleague, without a customer. The contact's id is new.
    case colleagueDialWanted(AgentID, ContactID, to: AgentID)
    case offerDeclined(AgentID, OfferID)
    /// The agent takes, at the desk, the contact that rings on his headset: one offered, or one about which he is asked.
    case answerWanted(AgentID, ContactID)
    /// The agent does not take what rings for him.
    case declineWanted(AgentID, ContactID)
    case contactCompleted(AgentID, ContactID, DispositionID?)
    /// The agent wants to end a call whose customer is still there.
    case dismissalWanted(AgentID, ContactID, DismissalReason?)
    /// The agent has warned the customer.
    case warningGiven(AgentID, ContactID)
    /// The agent wants his phone to ring again for the customer he left behind.
    case phoneWanted(AgentID, ContactID)
    /// The agent wants to put the customer on hold, or to take him back.
    case holdWanted(AgentID, ContactID, Bool)
    /// The agent wants to be heard by nobody, or again.
    case muteWanted(AgentID, ContactID, Bool)
    /// The agent wants time after the talk, or does not want it any more.
    case wrapUpWanted(AgentID, ContactID, Bool)
    /// The agent presses keys for the customer's side.
    case keysWanted(AgentID, ContactID, ID<Keys>)
    /// The agent wants to ask a colleague while the customer hears music.
    case consultWanted(AgentID, ContactID, with: AgentID)
    /// The same with whomever routing gives the queue's next contact.
    case queueConsultWanted(AgentID, ContactID, QueueID)
    /// The same with a number outside, which is kept under the leg.
    case outsideConsultWanted(AgentID, ContactID, LegID)
    /// The agent calls somebody on the last leg, a second line of his phone, while its first holds the customer.
    case consultDialledByPhone(AgentID, ContactID, with: DialledParty, on: LegID)
    /// The agent wants to talk with the colleague, the customer or both; `ringing` is no wish.
    case consultChangeWanted(AgentID, ContactID, ConsultStage)
    /// The agent wants the colleague to go on with the customer, or to be alone with the customer again.
    case consultEndWanted(AgentID, ContactID, isTransfer: Bool)
    /// The agent wants somebody else to go on.
    case transferWanted(AgentID, ContactID, to: TransferTarget)
    /// The agent wants a number outside to go on, which is kept under the leg.
    case outsideTransferWanted(AgentID, ContactID, LegID)
    /// The agent wants a supervisor to go on.
    case handOverWanted(AgentID, ContactID)
    /// The agent wants to be beside the one who talks with the contact's customer, or to be heard by others than until now.
    case supervisionWanted(AgentID, ContactID, SupervisionMode)
    /// The agent who supervises wants his microphone open, or closed.
    case microphoneWanted(AgentID, ContactID, Bool)
    case supervisionEndWanted(AgentID, ContactID)
    /// The agent wants to go on with the customer in place of the one who talks with him.
    case takeOverWanted(AgentID, ContactID)
    /// The agent wants a supervisor to come, or does not any more.
    case helpWanted(AgentID, Bool)
    /// The agent is stuck in his wrap-up, or does not respond, and somebody sets him free.
    case agentFreed(AgentID)
    /// The first wants to sit beside the other; one of the two is a trainee.
    case seatWanted(AgentID, beside: AgentID)
    /// One of two who sit beside each other, either, wants it to end.
    case seatEndWanted(AgentID)
    /// The agent may work alone from now on, or may not any more.
    case signOffWanted(AgentID, isSignedOff: Bool)

    /// The agent wants the talk recorded, or not any more.
    case recordingWanted(AgentID, ContactID, Bool)
    /// The agent wants the talk kept out of the recording, and from those who listen in; or no longer.
    case privacyWanted(AgentID, ContactID, Bool)
    /// What became of a recording.
    case recordingFated(RecordingID, ContactID, ProjectID, RecordingFate)
    /// Nothing takes the recording of the leg that was asked for.
    case recordingRefused(LegID, RecordingID)
    /// Whether what is recorded is kept: there are keys, and the disk takes it.
    case keepingChanged(Bool)
    /// What was measured of the voices in a talk: at its end, and at times before; the last counts.
    case voiceMeasured(VoiceFacts)

    /// Somebody publishes a version of a script or a form, which is filed beside; or has it offered no more.
    case documentPublished(DocumentID, ProjectID, version: Int)
    case documentRetired(DocumentID, ProjectID)
    /// The agent has filled in a form about his contact; what he answered is filed beside.
    case formSubmitted(AgentID, ContactID, form: DocumentID, version: Int)
    /// Whose contact it is: found by his number, or chosen by its agent. Who that is lies in the tables.
    case contactIdentified(ContactID, CustomerID, by: AgentID?)

    /// Some deadline has come; the engine knows which.
    case timePassed
    /// The server has started again, or reads its tables anew. Of the legs of before, these may be taken up again.
    case restarted([LegID])
}

/// Whom an agent calls by a second line of his phone.
package enum DialledParty: Hashable, Sendable {
    case colleague(AgentID)
    /// A number outside, which is kept under the leg.
    case number(LegID)
}

extension Input {
    /// Something that has happened outside and cannot be refused. A new call can: its caller is told to try again.
    package var isFact: Bool {
        switch self {
        case .legEnded, .legAnswered, .legRefused, .legHeld, .soundEnded, .legLost, .phoneReachable, .headsetConnected, .legInterrupted,
            .legResumed, .recordingFated, .recordingRefused, .keepingChanged, .voiceMeasured:
            true
        case .setUp, .audited, .callArrived, .presenceWanted, .dialWanted, .dialledByPhone, .numberRefused, .colleagueDialWanted,
            .offerDeclined, .answerWanted,
            .declineWanted, .contactCompleted,
            .dismissalWanted,
            .warningGiven, .phoneWanted,
            .holdWanted, .muteWanted, .wrapUpWanted, .keysWanted, .outsideConsultWanted, .outsideTransferWanted, .consultWanted,
            .queueConsultWanted,
            .consultChangeWanted, .consultDialledByPhone,
            .consultEndWanted, .transferWanted,
            .handOverWanted, .supervisionWanted, .microphoneWanted, .supervisionEndWanted, .takeOverWanted, .helpWanted, .agentFreed,
            .seatWanted, .seatEndWanted, .signOffWanted,
            .recordingWanted, .privacyWanted, .documentPublished, .documentRetired, .formSubmitted, .contactIdentified, .timePassed,
            .restarted:
            false
        }
    }
}

/// Why a command cannot be carried out. Nothing has changed then.
package enum Refusal: Error, Hashable, Sendable {
    case agentUnknown(AgentID)
    case contactUnknown(ContactID)
    /// The contact or offer is no longer (or not yet) in a state that allows it, or not this agent's.
    case staleState
    case notALeaf(DispositionID)
    /// A customer who is still there is dismissed for a reason only.
    case reasonNeeded
    /// Nobody is dismissed for abuse whom nobody has warned.
    case warningNeeded
    /// The phone itself holds the customer, and only it can take him back.
    case heldAtPhone
    /// No contact of this project can be sent there.
    case targetUnknown
    /// The colleague has a contact, is not ready, or his phone cannot be reached.
    case agentNotFree(AgentID)
    /// None of those who serve the queue is.
    case nobodyFree(QueueID)
    /// The agent is not signed on, or has a contact already.
    case agentBusy
    /// Who wants to supervise is not signed on.
    case notSignedOn
    /// The agent is a trainee, and no mentor sits beside him.
    case traineeAlone(AgentID)
    /// Of two who sit beside each other one is a trainee.
    case traineeNeeded
    /// One of the two sits beside somebody already, or has somebody beside him.
    case seatTaken
    /// The agent's own phone cannot be reached.
    case phoneUnreachable
    /// The contact's queue has no escalation.
    case noEscalation
    case setUp(index: Int, Organization.Flaw)
    /// More at once than the engine takes.
    case limit(String)
}

/// What one step brought about.
package struct StepResult: Hashable, Sendable {
    /// In the order in which they happened and were applied.
    package var entries: [LogEntry] = []
    package var directives: [CallDirective] = []
    /// What is broken in ourselves: fails tests and simulation; live it is logged, and the decision in question is not taken.
    package var faults: [String] = []

    package init() {}
}

/// On whose behalf an input came.
package enum Actor: Hashable, Sendable {
    case system
    case network
    case user(UserID)
}

extension Input {
    /// The stable name kept as the cause of the events that came of it.
    package var kind: String {
        switch self {
        case .setUp: "setUp"
        case .audited: "audited"
        case .callArrived: "callArrived"
        case .legEnded: "legEnded"
        case .legAnswered: "legAnswered"
        case .legRefused: "legRefused"
        case .legHeld: "legHeld"
        case .soundEnded: "soundEnded"
        case .legLost: "legLost"
        case .phoneReachable: "phoneReachable"
        case .headsetConnected: "headsetConnected"
        case .legInterrupted: "legInterrupted"
        case .legResumed: "legResumed"
        case .presenceWanted: "presenceWanted"
        case .dialWanted: "dialWanted"
        case .dialledByPhone: "dialledByPhone"
        case .numberRefused: "numberRefused"
        case .colleagueDialWanted: "colleagueDialWanted"
        case .offerDeclined: "offerDeclined"
        case .answerWanted: "answerWanted"
        case .declineWanted: "declineWanted"
        case .contactCompleted: "contactCompleted"
        case .dismissalWanted: "dismissalWanted"
        case .warningGiven: "warningGiven"
        case .phoneWanted: "phoneWanted"
        case .holdWanted: "holdWanted"
        case .muteWanted: "muteWanted"
        case .wrapUpWanted: "wrapUpWanted"
        case .keysWanted: "keysWanted"
        case .consultWanted: "consultWanted"
        case .queueConsultWanted: "queueConsultWanted"
        case .outsideConsultWanted: "outsideConsultWanted"
        case .consultDialledByPhone: "consultDialledByPhone"
        case .outsideTransferWanted: "outsideTransferWanted"
        case .consultChangeWanted: "consultChangeWanted"
        case .consultEndWanted: "consultEndWanted"
        case .transferWanted: "transferWanted"
        case .handOverWanted: "handOverWanted"
        case .recordingWanted: "recordingWanted"
        case .privacyWanted: "privacyWanted"
        case .recordingFated: "recordingFated"
        case .recordingRefused: "recordingRefused"
        case .keepingChanged: "keepingChanged"
        case .voiceMeasured: "voiceMeasured"
        case .documentPublished: "documentPublished"
        case .documentRetired: "documentRetired"
        case .formSubmitted: "formSubmitted"
        case .contactIdentified: "contactIdentified"
        case .supervisionWanted: "supervisionWanted"
        case .microphoneWanted: "microphoneWanted"
        case .supervisionEndWanted: "supervisionEndWanted"
        case .takeOverWanted: "takeOverWanted"
        case .helpWanted: "helpWanted"
        case .agentFreed: "agentFreed"
        case .seatWanted: "seatWanted"
        case .seatEndWanted: "seatEndWanted"
        case .signOffWanted: "signOffWanted"
        case .timePassed: "timePassed"
        case .restarted: "restarted"
        }
    }
}
