import Calls
import Contacts
import Organization
import Primitives
import Routing

/// What happened, in the past tense and for ever: the only thing that changes the engine, and what the log keeps.
///
/// No personal value is in here, only ids: numbers, names and notes are filed beside the log (`Filing`) and can be erased.
package enum Event: Hashable, Sendable {
    case defined(Definition)
    /// A set-up was taken, with this many changes to what routing reads; names and accounts are filed with it.
    case setUpApplied(changes: Int)
    /// The entry's actor looked at something, took it along, or came or went.
    case audited(Audit)

    case contactOpened(Contact, leg: LegID)
    /// The agent has a number called; his own phone rings first.
    case dialStarted(ContactID, AgentID, leg: LegID, until: Timestamp)
    /// His phone is answered, and the number is called.
    case numberCalled(ContactID, AgentID, until: Timestamp)
    case dialEnded(ContactID, AgentID, DialResult)
    /// A number outside was not called for the agent; about the contact in his slot, if he had one of the project.
    case numberRefused(ContactID?, AgentID, ProjectID, DialRefusal, rule: String?)
    /// The agent calls a colleague; his own phone rings first.
    case colleagueDialled(ContactID, AgentID, to: AgentID, leg: LegID, until: Timestamp)
    /// His phone is answered, and that of the colleague rings, whom the event concerns.
    case colleagueCalled(ContactID, AgentID, until: Timestamp)
    /// The colleague has no more to do with it.
    case colleagueLeft(ContactID, AgentID)
    /// The customer came while his entry point is closed, and hears that.
    case toldClosed(ContactID, until: Timestamp)
    case contactQueued(ContactID, QueueID)
    case offerMade(Offering)
    case offerEnded(OfferID, ContactID, AgentID, OfferResult)
    /// The agent puts the customer on hold, and takes him back; the customer is held while either side holds.
    case holdStarted(ContactID, AgentID, by: HoldSide)
    case holdEnded(ContactID, AgentID, by: HoldSide)
    case muteChanged(ContactID, AgentID, isMuted: Bool)
    case talkEnded(ContactID, AgentID, by: Party)
    /// The agent's phone hung up while the customer was there, or did not take the call when it was rung again.
    case agentHungUp(ContactID, AgentID, until: Timestamp)
    /// The agent wants to go on with a customer left behind.
    case phoneRungAgain(ContactID, AgentID, leg: LegID, until: Timestamp)
    case agentReturned(ContactID, AgentID)
    /// Told the customer that the call will end if he goes on like this.
    case customerWarned(ContactID, AgentID)
    /// Ended the call of a customer who was still there.
    case customerDismissed(ContactID, AgentID, DismissalReason)
    /// The agent has his colleague called, whom the event concerns; or, without one, a number outside.
    ///
    /// - Parameter why: where routing chose him: of which queue, and before whom.
    case consultStarted(ContactID, AgentID?, by: AgentID, leg: LegID, until: Timestamp, why: Explanation?)
    /// The agent has called the colleague by a second line of his phone, whose first holds the customer.
    case secondLineOpened(ContactID, AgentID, leg: LegID)
    /// Who hears whom from now on; the first time it is the colleague's answer.
    case consultArranged(ContactID, AgentID?, ConsultStage)
    /// Why the number outside does not take the call.
    case consultRefused(ContactID, DialResult)
    case consultEnded(ContactID, AgentID?)
    /// A supervisor, whom the event concerns, wants to be beside the agent.
    case supervisionStarted(ContactID, AgentID, of: AgentID, leg: LegID, SupervisionMode, until: Timestamp)
    /// Who hears the supervisor from now on; the first time it is his phone's answer.
    case supervisionArranged(ContactID, AgentID, SupervisionMode, isMicrophoneOpen: Bool)
    case supervisionEnded(ContactID, AgentID, leg: LegID)
    /// A supervisor goes on with the customer in place of the agent, whom the event concerns.
    case contactTakenOver(ContactID, from: AgentID, by: AgentID)
    /// The agent wants a supervisor to come, or does not any more. That one has come is told by his `supervisionArranged`.
    case helpRequested(ContactID, AgentID)
    case helpWithdrawn(ContactID, AgentID)
    /// The agent has sent the customer to a number outside, which rings or is there already.
    case sentOutside(ContactID, AgentID, leg: LegID, until: Timestamp)
    case outsideAnswered(ContactID)
    /// The number does not take the customer, who waits again.
    case outsideRefused(ContactID, DialResult)
    /// One of the two has hung up, or is lost.
    case outsideEnded(ContactID, by: Party)
    /// The agent is done with a customer who is with a number outside.
    case agentReleased(ContactID, AgentID)
    case contactTransferred(ContactID, AgentID, to: TransferTarget)
    /// The agent wants time after the talk, or does not want it any more; where the queue gives it on request.
    case wrapUpRequested(ContactID, AgentID, isWanted: Bool)
    case wrapUpStarted(ContactID, AgentID, until: Timestamp?)
    /// The agent is free; what came of the contact he may say until his next.
    case writeUpStarted(ContactID, AgentID)
    case contactDisposed(ContactID, AgentID, DispositionID)
    case contactClosed(ContactID, ContactOutcome)

    case recording(ContactID, RecordingStep)
    /// Of the contact of a project, which is over by then.
    case recordingFated(RecordingID, ContactID, ProjectID, RecordingFate)
    /// Whether what is recorded is kept: the disk takes it, or does not. Each start says it anew.
    case keepingChanged(isKept: Bool)
    /// What was measured of the voices in a talk, which is over, or has gone on for a while.
    case voiceMeasured(VoiceFacts)

    /// A script or a form may be worked by from now on, in this version.
    case documentPublished(DocumentID, ProjectID, version: Int)
    /// It is offered with no contact that begins from now on.
    case documentRetired(DocumentID, ProjectID)
    /// What was answered is filed beside the log; submitted again, it is another event.
    case formSubmitted(ContactID, AgentID, form: DocumentID, version: Int)
    /// Whose contact it is, by his number, or because its agent says so; said again, the last word counts.
    case contactIdentified(ContactID, CustomerID, by: AgentID?)

    case presenceChanged(AgentID, Presence)
    /// Asked for while busy; nil takes the wish back.
    case presencePlanned(AgentID, Presence?)
    /// By an offer that failed; nil: by a call that he dialled, and left.
    case agentStoppedResponding(AgentID, OfferID?)
    case phoneReachabilityChanged(AgentID, reachable: Bool)
    case headsetChanged(AgentID, isConnected: Bool)
    /// An agent, whom the event concerns, sits beside another, of whom one is a trainee; and does not any more.
    case seatTaken(AgentID, beside: AgentID)
    case seatLeft(AgentID, beside: AgentID)
    /// The agent may work alone, or is a trainee again.
    case signOffChanged(AgentID, isSignedOff: Bool)

    /// An offer with everything that made it.
    package struct Offering: Hashable, Sendable {
        package var offer: OfferID
        package var contact: ContactID
        package var agent: AgentID
        package var leg: LegID
        package var deadline: Timestamp
        package var explanation: Explanation

        package init(offer: OfferID, contact: ContactID, agent: AgentID, leg: LegID, deadline: Timestamp, explanation: Explanation) {
            self.offer = offer
            self.contact = contact
            self.agent = agent
            self.leg = leg
            self.deadline = deadline
            self.explanation = explanation
        }
    }
}

/// The place of an event in the one sequence of the log: 1 is the first.
package struct LogPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: Int64

    package init(_ number: Int64) {
        self.number = number
    }

    package static let start = LogPosition(0)
    package var next: LogPosition { LogPosition(number + 1) }
    package var description: String { String(number) }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// An event in its envelope: where in the log it stands, when it happened, and what it concerns.
package struct LogEntry: Hashable, Sendable {
    package var position: LogPosition
    package var at: Timestamp
    package var event: Event
    package var project: ProjectID?
    package var contact: ContactID?
    package var agent: AgentID?
    package var queue: QueueID?
    package var actor: Actor
    /// The kind of the input that led to it.
    package var cause: String

    package init(
        position: LogPosition, at: Timestamp, event: Event, project: ProjectID?, contact: ContactID?, agent: AgentID?, queue: QueueID?,
        actor: Actor, cause: String
    ) {
        self.position = position
        self.at = at
        self.event = event
        self.project = project
        self.contact = contact
        self.agent = agent
        self.queue = queue
        self.actor = actor
        self.cause = cause
    }
}

extension Event {
    /// The contact it concerns.
    package var contact: ContactID? {
        switch self {
        case .defined, .setUpApplied, .audited, .presenceChanged, .presencePlanned, .agentStoppedResponding, .phoneReachabilityChanged,
            .headsetChanged, .keepingChanged, .seatTaken, .seatLeft, .signOffChanged, .documentPublished, .documentRetired:
            nil
        case .recording(let contact, _), .recordingFated(_, let contact, _, _): contact
        case .voiceMeasured(let facts): facts.contact
        case .formSubmitted(let contact, _, _, _), .contactIdentified(let contact, _, _): contact
        case .contactOpened(let contact, _): contact.id
        case .numberRefused(let contact, _, _, _, _): contact
        case .offerMade(let offering): offering.contact
        case .dialStarted(let contact, _, _, _), .numberCalled(let contact, _, _), .dialEnded(let contact, _, _),
            .colleagueDialled(let contact, _, _, _, _), .colleagueCalled(let contact, _, _), .colleagueLeft(let contact, _),
            .toldClosed(let contact, _), .contactQueued(let contact, _), .offerEnded(_, let contact, _, _), .talkEnded(let contact, _, _),
            .holdStarted(let contact, _, _), .holdEnded(let contact, _, _), .muteChanged(let contact, _, _),
            .agentHungUp(let contact, _, _),
            .phoneRungAgain(let contact, _, _, _), .agentReturned(let contact, _), .customerWarned(let contact, _),
            .customerDismissed(let contact, _, _), .consultStarted(let contact, _, _, _, _, _), .consultArranged(let contact, _, _),
            .secondLineOpened(let contact, _, _),
            .consultRefused(let contact, _), .consultEnded(let contact, _), .sentOutside(let contact, _, _, _),
            .outsideAnswered(let contact), .outsideRefused(let contact, _), .outsideEnded(let contact, _), .agentReleased(let contact, _),
            .contactTransferred(let contact, _, _),
            .wrapUpRequested(let contact, _, _), .wrapUpStarted(let contact, _, _), .writeUpStarted(let contact, _),
            .supervisionStarted(let contact, _, _, _, _, _), .supervisionArranged(let contact, _, _, _),
            .supervisionEnded(let contact, _, _), .contactTakenOver(let contact, _, _), .helpRequested(let contact, _),
            .helpWithdrawn(let contact, _),
            .contactDisposed(let contact, _, _), .contactClosed(let contact, _):
            contact
        }
    }

    /// The agent it concerns.
    package var agent: AgentID? {
        switch self {
        case .setUpApplied, .audited, .contactOpened, .toldClosed, .contactQueued, .consultRefused, .outsideAnswered, .outsideRefused,
            .outsideEnded, .recordingFated, .keepingChanged, .documentPublished, .documentRetired,
            .contactClosed, .recording(_, .announced), .recording(_, .told), .recording(_, .ended), .recording(_, .refused):
            nil
        case .recording(_, .started(_, let agent)), .recording(_, .paused(let agent)), .recording(_, .resumed(let agent)): agent
        case .voiceMeasured(let facts): facts.agent
        case .formSubmitted(_, let agent, _, _): agent
        case .contactIdentified(_, _, let agent): agent
        case .consultStarted(_, let agent, _, _, _, _), .consultArranged(_, let agent, _), .consultEnded(_, let agent): agent
        case .defined(.agent(let agent)): agent.id
        case .defined(.retired(.agent(let agent))): agent
        case .defined: nil
        case .offerMade(let offering): offering.agent
        case .dialStarted(_, let agent, _, _), .numberCalled(_, let agent, _), .dialEnded(_, let agent, _),
            .colleagueDialled(_, let agent, _, _, _), .colleagueCalled(_, let agent, _), .colleagueLeft(_, let agent),
            .numberRefused(_, let agent, _, _, _),
            .offerEnded(_, _, let agent, _), .talkEnded(_, let agent, _), .holdStarted(_, let agent, _),
            .holdEnded(_, let agent, _), .muteChanged(_, let agent, _), .agentHungUp(_, let agent, _), .phoneRungAgain(_, let agent, _, _),
            .agentReturned(_, let agent),
            .customerWarned(_, let agent), .customerDismissed(_, let agent, _), .sentOutside(_, let agent, _, _),
            .agentReleased(_, let agent), .contactTransferred(_, let agent, _),
            .wrapUpRequested(_, let agent, _), .wrapUpStarted(_, let agent, _), .writeUpStarted(_, let agent),
            .contactDisposed(_, let agent, _),
            .secondLineOpened(_, let agent, _),
            .supervisionStarted(_, let agent, _, _, _, _), .supervisionArranged(_, let agent, _, _), .supervisionEnded(_, let agent, _),
            .contactTakenOver(_, let agent, _), .helpRequested(_, let agent), .helpWithdrawn(_, let agent),
            .presenceChanged(let agent, _), .presencePlanned(let agent, _), .agentStoppedResponding(let agent, _),
            .phoneReachabilityChanged(let agent, _), .headsetChanged(let agent, _), .seatTaken(let agent, _),
            .seatLeft(let agent, _), .signOffChanged(let agent, _):
            agent
        }
    }
}
