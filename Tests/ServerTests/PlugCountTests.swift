import Contacts
import HTTPAPI
import Organization
import Primitives
import Routing
import Testing

@testable import Server

/// What the keeper says after the plug was pulled is what was seen before and after.
struct PlugCountTests {
    private let support = QueueID(high: 1, low: 1)
    private let billing = QueueID(high: 1, low: 2)

    private func id(_ number: UInt64) -> ContactID { ContactID(high: 2, low: number) }

    private func contact(_ number: UInt64, _ stage: OpenContact.Stage, place: Int = 0, in queue: QueueID? = nil, isHeard: Bool = false)
        -> OpenContact
    {
        OpenContact(id: id(number), stage: stage, queue: queue ?? support, place: place, isHeard: isHeard)
    }

    private func count(_ before: [OpenContact], _ after: [OpenContact], closed: [UInt64: Bool] = [:], isLast: Bool = true) -> PlugPull {
        var count = PlugCount(number: 1)
        for contact in before { count.saw(before: contact) }
        count.isBack(after: .milliseconds(1234))
        count.beginLook()
        for contact in after { count.saw(after: contact) }
        for (number, isLost) in closed { count.saw(closed: id(number), isLost: isLost) }
        return count.pull(isLast: isLast)
    }

    @Test func `nothing is lost where everybody is there again`() {
        let pull = count(
            [
                contact(1, .talking), contact(2, .waiting, place: 1), contact(3, .waiting, place: 2), contact(4, .ringing),
                contact(5, .wrapUp),
            ],
            [
                contact(1, .talking, isHeard: true), contact(2, .ringing), contact(3, .waiting, place: 1), contact(4, .talking),
                contact(5, .wrapUp), contact(6, .waiting, place: 2),
            ])
        #expect(pull.open == 5 && pull.lost == 0 && pull.ended == 0)
        #expect(pull.waiting == 3 && pull.keptPlace == 3)
        #expect(pull.talks == 1 && pull.heardAgain == 1)
        #expect(pull.milliseconds == 1234 && pull.isOver)
    }

    @Test func `a contact of which nobody knows is lost, one that its customer ended is not`() {
        let pull = count([contact(1, .waiting, place: 1), contact(2, .talking), contact(3, .talking)], [], closed: [2: true, 3: false])
        #expect(pull.lost == 2 && pull.ended == 1)
        #expect(pull.keptPlace == 0 && pull.heardAgain == 0)
    }

    @Test func `a talk that the server ended is lost, also while it is written up`() {
        #expect(count([contact(1, .talking)], [contact(1, .cut)]).lost == 1)
        let ended = count([contact(1, .talking)], [contact(1, .wrapUp)])
        #expect(ended.lost == 0 && ended.ended == 1 && ended.talks == 0)
        #expect(count([contact(1, .cut)], [contact(1, .cut)]).lost == 0)
    }

    @Test func `a call from the customer's page is lost, and told apart`() {
        var page = contact(1, .talking)
        page.isPages = true
        let pull = count([page, contact(2, .waiting, place: 1)], [], closed: [1: true, 2: true])
        #expect(pull.lost == 2 && pull.lostPages == 1)
    }

    @Test func `who is overtaken by one behind him has not kept his place`() {
        let before = [contact(1, .waiting, place: 1), contact(2, .waiting, place: 2), contact(3, .waiting, place: 1, in: billing)]
        let swapped = count(
            before, [contact(1, .waiting, place: 2), contact(2, .waiting, place: 1), contact(3, .waiting, place: 1, in: billing)])
        #expect(swapped.waiting == 3 && swapped.keptPlace == 2)
        let passed = count(before, [contact(1, .waiting, place: 1), contact(2, .talking), contact(3, .talking, in: billing)])
        #expect(passed.keptPlace == 2)
    }

    @Test func `who has lost his place once has lost it`() {
        var count = PlugCount(number: 1)
        for contact in [contact(1, .waiting, place: 1), contact(2, .waiting, place: 2), contact(4, .talking)] { count.saw(before: contact) }
        count.beginLook()
        for contact in [contact(1, .waiting, place: 1), contact(2, .ringing), contact(4, .talking)] { count.saw(after: contact) }
        #expect(count.pull(isLast: false).keptPlace == 1)
        count.beginLook()
        for contact in [contact(1, .talking), contact(2, .talking), contact(4, .talking, isHeard: true)] { count.saw(after: contact) }
        #expect(count.pull(isLast: false).keptPlace == 1)
    }

    @Test func `a talk is waited for until both are heard, or nobody looks again`() {
        let before = [contact(1, .talking), contact(2, .talking)]
        let after = [contact(1, .talking, isHeard: true), contact(2, .talking)]
        let first = count(before, after, isLast: false)
        #expect(first.heardAgain == 1 && first.awaited == 1 && !first.isOver)
        let last = count(before, after)
        #expect(last.heardAgain == 1 && last.awaited == 0 && last.isOver)
        // Without his agent the customer waits again: nothing more is to come of the talk.
        #expect(count(before, [contact(1, .talking, isHeard: true), contact(2, .waiting, place: 1)], isLast: false).isOver)
    }

    @Test func `what keeper and server tell each other arrives as it was said`() {
        let agent = AgentID(high: 3, low: 1)
        let project = ProjectID(high: 6, low: 1)
        let reports: [DemoReport] = [
            .trunk(.v4(0x7F00_0002)), .entryPoint("+442079460100"),
            .colleague(agent, at: NetworkAddress(.v4(0x7F00_0003), port: 5060), user: "a b"),
            .project(project, key: "home-internet"), .disposition(DispositionID(high: 4, low: 1), of: project),
            .reason(PresenceReasonID(high: 5, low: 1)), .serving(port: 8080),
            .answered(caller: "+447700900123", byColleague: true), .wrapUp(id(1), agent, of: project), .away(agent),
            .free(colleagues: 3, newcomers: 1), .closed(id(1), isLost: true), .counted, .trafficWanted(20), .plugWanted,
        ]
        let contacts = OpenContact.Stage.allCases.map { contact(1, $0, place: 7, isHeard: true) }
        for report in reports + contacts.map(DemoReport.open) { #expect(DemoReport(line: report.line) == report) }
        var pull = PlugPull(number: 2)
        (pull.open, pull.lost, pull.lostPages, pull.ended, pull.waiting, pull.keptPlace) = (9, 8, 7, 6, 5, 4)
        (pull.talks, pull.heardAgain, pull.awaited, pull.milliseconds, pull.isOver) = (3, 2, 1, 1200, true)
        let orders: [DemoOrder] = [
            .presence(agent, .ready), .presence(agent, .off), .presence(agent, .notReady(nil)),
            .presence(agent, .notReady(PresenceReasonID(high: 5, low: 1))),
            .complete(id(1), agent, DispositionID(high: 4, low: 1), note: "two  words "),
            .complete(id(1), agent, DispositionID(high: 4, low: 1), note: ""),
            .count([]), .count([id(1), id(2)]), .traffic(DemoTraffic(factor: 3, callsAMinute: 21)), .pull(pull),
        ]
        for order in orders { #expect(DemoOrder(line: order.line) == order, "\(order.line)") }
    }

    @Test(arguments: ["", "unknown", "open", "open x waiting", "serving eighty", "answered", "closed 1 2", "pull 1 2"])
    func `a line that says nothing is dropped`(line: String) {
        #expect(DemoReport(line: line) == nil)
        #expect(DemoOrder(line: line) == nil)
    }
}
