import Calls
import Centre
import Organization

/// The stable names of events in the log. A name never changes and is never used for anything else; what an event of
/// that name looks like is its version (`EventCodec`).
enum EventKind: String, CaseIterable, Sendable {
    case projectDefined, queueDefined, entryPointDefined, dispositionDefined, agentDefined, retired, setUpApplied
    case audited
    case dialStarted, numberCalled, dialEnded
    case numberRefused
    case colleagueDialled, colleagueCalled, colleagueLeft
    case contactOpened, toldClosed, contactQueued, offerMade, offerEnded, holdStarted, holdEnded, talkEnded, wrapUpRequested, wrapUpStarted,
        writeUpStarted, contactDisposed, contactClosed
    case agentHungUp, phoneRungAgain, agentReturned, customerWarned, customerDismissed, contactTransferred, muteChanged
    case consultStarted, consultArranged, consultRefused, consultEnded, secondLineOpened
    case supervisionStarted, supervisionArranged, supervisionEnded, contactTakenOver, helpRequested, helpWithdrawn
    case sentOutside, outsideAnswered, outsideRefused, outsideEnded, agentReleased
    case recordingAnnounced, recordingTold, recordingStarted, recordingPaused, recordingResumed, recordingEnded, recordingRefused
    case recordingHeld, recordingReleased, recordingErased, keepingChanged
    case voiceMeasured
    case documentPublished, documentRetired, formSubmitted
    case contactIdentified
    case presenceChanged, presencePlanned, agentStoppedResponding, phoneReachabilityChanged, headsetChanged
    case seatTaken, seatLeft, signOffChanged

    /// The version in which events of this kind are written today.
    var version: Int {
        switch self {
        case .queueDefined, .projectDefined: 3
        case .entryPointDefined, .contactOpened, .holdStarted, .holdEnded, .agentStoppedResponding, .consultStarted: 2
        default: 1
        }
    }

    init(of event: Event) {
        self =
            switch event {
            case .defined(.project): .projectDefined
            case .defined(.queue): .queueDefined
            case .defined(.entryPoint): .entryPointDefined
            case .defined(.disposition): .dispositionDefined
            case .defined(.agent): .agentDefined
            case .defined(.retired): .retired
            case .setUpApplied: .setUpApplied
            case .audited: .audited
            case .contactOpened: .contactOpened
            case .dialStarted: .dialStarted
            case .numberCalled: .numberCalled
            case .dialEnded: .dialEnded
            case .numberRefused: .numberRefused
            case .colleagueDialled: .colleagueDialled
            case .colleagueCalled: .colleagueCalled
            case .colleagueLeft: .colleagueLeft
            case .toldClosed: .toldClosed
            case .contactQueued: .contactQueued
            case .offerMade: .offerMade
            case .offerEnded: .offerEnded
            case .holdStarted: .holdStarted
            case .holdEnded: .holdEnded
            case .muteChanged: .muteChanged
            case .talkEnded: .talkEnded
            case .agentHungUp: .agentHungUp
            case .phoneRungAgain: .phoneRungAgain
            case .agentReturned: .agentReturned
            case .customerWarned: .customerWarned
            case .customerDismissed: .customerDismissed
            case .contactTransferred: .contactTransferred
            case .consultStarted: .consultStarted
            case .secondLineOpened: .secondLineOpened
            case .consultArranged: .consultArranged
            case .consultRefused: .consultRefused
            case .consultEnded: .consultEnded
            case .supervisionStarted: .supervisionStarted
            case .supervisionArranged: .supervisionArranged
            case .supervisionEnded: .supervisionEnded
            case .contactTakenOver: .contactTakenOver
            case .helpRequested: .helpRequested
            case .helpWithdrawn: .helpWithdrawn
            case .sentOutside: .sentOutside
            case .outsideAnswered: .outsideAnswered
            case .outsideRefused: .outsideRefused
            case .outsideEnded: .outsideEnded
            case .agentReleased: .agentReleased
            case .wrapUpRequested: .wrapUpRequested
            case .wrapUpStarted: .wrapUpStarted
            case .writeUpStarted: .writeUpStarted
            case .contactDisposed: .contactDisposed
            case .contactClosed: .contactClosed
            case .recording(_, .announced): .recordingAnnounced
            case .recording(_, .told): .recordingTold
            case .recording(_, .started): .recordingStarted
            case .recording(_, .paused): .recordingPaused
            case .recording(_, .resumed): .recordingResumed
            case .recording(_, .ended): .recordingEnded
            case .recording(_, .refused): .recordingRefused
            case .recordingFated(_, _, _, .held): .recordingHeld
            case .recordingFated(_, _, _, .released): .recordingReleased
            case .recordingFated(_, _, _, .erased): .recordingErased
            case .keepingChanged: .keepingChanged
            case .voiceMeasured: .voiceMeasured
            case .documentPublished: .documentPublished
            case .documentRetired: .documentRetired
            case .formSubmitted: .formSubmitted
            case .contactIdentified: .contactIdentified
            case .presenceChanged: .presenceChanged
            case .presencePlanned: .presencePlanned
            case .agentStoppedResponding: .agentStoppedResponding
            case .phoneReachabilityChanged: .phoneReachabilityChanged
            case .headsetChanged: .headsetChanged
            case .seatTaken: .seatTaken
            case .seatLeft: .seatLeft
            case .signOffChanged: .signOffChanged
            }
    }
}
