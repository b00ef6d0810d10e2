import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// Calls that come when nobody takes them.
struct ClosedHoursTests {
    /// The tests' clock stands at a moment of a known weekday; these hours have it closed, or open only so far.
    private func centre(_ hours: (CivilDate, Int) -> OpeningHours?) throws -> Centre {
        var centre = try Centre.with(.ana, ready: true)
        let (today, minute) = CivilTime.utc.wall(at: centre.now)
        try centre.setUp([
            .project(Project(id: Centre.project, time: .utc, language: .english, hours: hours(today, minute)))
        ])
        return centre
    }

    private func closed() throws -> Centre { try centre { _, _ in OpeningHours(week: []) } }

    @Test func `whoever calls when we are closed is told so and hung up on, and nobody rings`() throws {
        var centre = try closed()
        let (call, deeds) = try centre.arrive(to: .billing)
        #expect(deeds == [.answer(call), .play(.closed(.english), to: call)])
        #expect(centre.ringing == [] && centre.line(.billing) == [])
        #expect(try centre.take(.soundEnded(call.leg)) == [.hangUp(call)])
        #expect(centre.outcome(of: call) == .closed && centre.engine.contacts.isEmpty)
        #expect(try centre.after(.seconds(60)) == [])
    }

    @Test func `a prompt whose end nobody tells of is over by the clock`() throws {
        var centre = try closed()
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.after(.seconds(29)) == [])
        #expect(try centre.after(.seconds(1)) == [.hangUp(call)])
        #expect(centre.outcome(of: call) == .closed)
    }

    @Test func `whoever hangs up while he is told is not abandoned`() throws {
        var centre = try closed()
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.hangsUp(call) == [])
        #expect(centre.outcome(of: call) == .closed)
        let other = try centre.incomingCall(to: .billing)
        try centre.loses(other)
        #expect(centre.outcome(of: other) == .closed)
    }

    @Test func `a restart hangs up on whoever was being told`() throws {
        var centre = try closed()
        let call = try centre.incomingCall(to: .billing)
        #expect(try centre.restarts(taking: [call.leg]) == [.hangUp(call)])
        #expect(centre.outcome(of: call) == .closed)
    }

    @Test func `whoever waits when we close is served, and who comes after that is not`() throws {
        var centre = try Centre.with(.ana, ready: false)
        let (today, minute) = CivilTime.utc.wall(at: centre.now)
        let range = try #require(OpeningHours.Range(from: 0, to: minute + 1))
        try centre.setUp([
            .project(
                Project(
                    id: Centre.project, time: .utc, language: .english, hours: OpeningHours(week: [], days: [today: [range]])))
        ])
        let waiting = try centre.incomingCall(to: .billing)
        try centre.after(.seconds(120))
        let late = try centre.incomingCall(to: .billing)
        #expect(centre.line(.billing) == [waiting])
        #expect(try centre.wants(.ready, .ana) == [.ring(.ana, for: waiting), .play(.ringBack, to: waiting)])
        try centre.answers(.ana)
        try centre.hangsUp(late)
        #expect(centre.outcome(of: late) == .closed && centre.contact(of: .ana) == waiting)
    }

    @Test func `a number of its own hours takes calls when its project is closed`() throws {
        var centre = try closed()
        var entry = Centre.entryPoint(to: .billing, urgent: true)
        entry.hours = .always
        try centre.setUp([.entryPoint(entry)])
        let call = try centre.incomingCall(to: .billing, urgent: true)
        #expect(centre.ringing == [.ana])
        // The end of a greeting means nothing.
        #expect(try centre.take(.soundEnded(call.leg)) == [] && centre.events == [])
    }
}
