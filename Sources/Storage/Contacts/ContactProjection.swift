import Centre
import Contacts
import Organization
import Primitives

/// The table of contacts, from the log: one row for each, from its opening on.
enum ContactProjection {
    static func apply(_ entry: LogEntry, to connection: any Connection) throws {
        switch entry.event {
        case .contactOpened(let contact, _):
            try connection.run(
                opened,
                [
                    "id": .of(contact.id), "project": .of(contact.project), "channel": .of(contact.channel.rawValue),
                    "direction": .of(contact.direction.rawValue),
                    "queue": .of(contact.direction == .internal ? nil : contact.queue), "opened_at": .of(contact.openedAt),
                ])
        case .dialStarted(let contact, let agent, _, _), .colleagueDialled(let contact, let agent, _, _, _):
            try connection.run(dialled, ["agent": .of(agent), "id": .of(contact)])
        case .dialEnded(let contact, let agent, .answered):
            try connection.run(answered, ["agent": .of(agent), "at": .of(entry.at), "id": .of(contact)])
        case .dialEnded(let contact, _, _):
            try connection.run(transferred, ["at": .of(entry.at), "id": .of(contact)])
        case .contactQueued(let contact, let queue):
            try connection.run(queued, ["at": .of(entry.at), "queue": .of(queue), "id": .of(contact)])
        case .offerEnded(_, let contact, let agent, .answered):
            try connection.run(answered, ["agent": .of(agent), "at": .of(entry.at), "id": .of(contact)])
        case .talkEnded(let contact, _, let party):
            try connection.run(talkEnded, ["at": .of(entry.at), "party": .of(party.rawValue), "id": .of(contact)])
        case .sentOutside(let contact, _, _, _):
            try connection.run(transferred, ["at": .of(entry.at), "id": .of(contact)])
            try connection.run(sentOutside, ["at": .of(entry.at), "id": .of(contact)])
        case .outsideRefused(let contact, _):
            try connection.run(sentOutside, ["at": .null, "id": .of(contact)])
        case .agentReleased(let contact, _):
            try connection.run(released, ["at": .of(entry.at), "id": .of(contact)])
        case .contactTransferred(let contact, _, _), .contactTakenOver(let contact, _, _):
            try connection.run(transferred, ["at": .of(entry.at), "id": .of(contact)])
        case .contactDisposed(let contact, _, let disposition):
            try connection.run(disposed, ["disposition": .of(disposition), "id": .of(contact)])
        case .contactClosed(let contact, let outcome):
            try connection.run(
                closed,
                [
                    "at": .of(entry.at), "outcome": .of(outcome.words.outcome), "detail": .of(outcome.words.detail),
                    "id": .of(contact),
                ])
        case .toldClosed, .numberCalled, .numberRefused, .colleagueCalled, .colleagueLeft, .offerMade, .offerEnded, .holdStarted,
            .holdEnded,
            .muteChanged, .recording, .recordingFated, .keepingChanged, .voiceMeasured, .agentHungUp, .phoneRungAgain, .agentReturned,
            .customerWarned,
            .supervisionStarted, .supervisionArranged, .supervisionEnded, .helpRequested, .helpWithdrawn,
            .secondLineOpened,
            .customerDismissed, .consultStarted, .consultArranged, .consultRefused, .consultEnded, .outsideAnswered, .outsideEnded,
            .wrapUpRequested, .wrapUpStarted, .writeUpStarted, .defined, .setUpApplied, .audited, .presenceChanged,
            .presencePlanned, .agentStoppedResponding,
            .phoneReachabilityChanged, .headsetChanged, .seatTaken, .seatLeft,
            .signOffChanged,
            .documentPublished, .documentRetired, .formSubmitted:
            break
        case .contactIdentified(let contact, let customer, let agent):
            try connection.run(agent == nil ? found : identified, ["customer": .of(customer), "id": .of(contact)])
        }
    }

    private static let opened = Statement(
        """
        INSERT INTO contact (id, project, channel, direction, queue, opened_at)
        VALUES ($id, $project, $channel, $direction, $queue, $opened_at)
        ON CONFLICT (id) DO NOTHING
        """)

    private static let dialled = Statement(
        "UPDATE contact SET agent = $agent, team = (SELECT team FROM agent WHERE id = $agent) WHERE id = $id")

    // Back in a queue it keeps the time at which it first queued, as in the engine.
    private static let queued = Statement(
        "UPDATE contact SET queued_at = CASE WHEN queued_at IS NULL THEN $at ELSE queued_at END, queue = $queue WHERE id = $id")

    // The team is that of the moment: who moves to another team leaves the old one its contacts. Whoever is answered again, because his
    // agent was lost in the talk, has waited until the first answer.
    private static let answered = Statement(
        """
        UPDATE contact SET agent = $agent, team = (SELECT team FROM agent WHERE id = $agent),
            answered_at = CASE WHEN answered_at IS NULL THEN $at ELSE answered_at END, talk_ended_at = NULL, ended_by = NULL,
            released_at = NULL
        WHERE id = $id
        """)

    private static let talkEnded = Statement("UPDATE contact SET talk_ended_at = $at, ended_by = $party WHERE id = $id")

    // The talk with who handed it on is over, or none came about; it goes on if somebody answers.
    private static let transferred = Statement("UPDATE contact SET talk_ended_at = $at WHERE id = $id")

    private static let sentOutside = Statement("UPDATE contact SET outside_at = $at WHERE id = $id")

    private static let released = Statement("UPDATE contact SET released_at = $at WHERE id = $id")

    private static let disposed = Statement("UPDATE contact SET disposition = $disposition WHERE id = $id")

    // By the number: that does not overrule an agent.
    private static let found = Statement("UPDATE contact SET customer = $customer WHERE id = $id AND customer IS NULL")
    private static let identified = Statement("UPDATE contact SET customer = $customer WHERE id = $id")

    private static let closed = Statement(
        "UPDATE contact SET closed_at = $at, outcome = $outcome, outcome_detail = $detail WHERE id = $id")
}
