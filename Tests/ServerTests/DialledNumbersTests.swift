import Calls
import Contacts
import Operation
import Organization
import Primitives
import SIP
import Testing

@testable import Server

/// What an agent writes, held against the rules of his project.
struct DialledNumbersTests {
    private let project = ProjectID(high: 1, low: 1)
    private let agent = AgentID(high: 2, low: 2)
    private let now = Timestamp(microseconds: 1_800_000_000_000_000)

    private func numbers(plan: PhoneNumber.NationalPlan? = .init(countryCode: "44"), callsPerHour: Int = 2) throws -> DialledNumbers {
        var setUp = SetUp()
        let rules = OutboundRules(
            trunk: TrunkID(high: 3, low: 3), callerNumber: try PhoneNumber(parsing: "+442079460100"),
            destinations: Destinations(["+44", "!+4490"].compactMap { Destinations.Rule($0) }), callsMax: 3, callsPerHourMax: callsPerHour)
        setUp.projects = [
            NamedProject(
                project: Project(id: project, time: .utc, language: .english), key: "one", name: Localised([:]), numbers: plan,
                outbound: rules)
        ]
        var numbers = DialledNumbers()
        numbers.use(setUp)
        return numbers
    }

    @Test(arguments: [
        ("+44 20 7946 0101", "+442079460101"), ("020 7946 0101", "+442079460101"), ("0044 (20) 7946-0101", "+442079460101"),
        (" 020 7946 0101 ", "+442079460101"),
    ])
    func `a number is understood as people write it`(_ written: String, _ number: String) throws {
        let kept = try numbers().judge(written, of: project, by: agent, open: 0, at: now)
        #expect(kept.accepted.number.description == number && kept.accepted.shown.description == "+442079460100")
    }

    @Test(arguments: [
        ("", DialRefusal.badNumber), ("help", .badNumber), ("+", .badNumber), (String(repeating: "1", count: 41), .badNumber),
        ("999", .destinationNotAllowed), ("112", .destinationNotAllowed), ("101", .destinationNotAllowed),
        ("+44999", .destinationNotAllowed), ("09098790000", .destinationNotAllowed), ("+33123456789", .destinationNotAllowed),
    ])
    func `what may not be called is refused`(_ written: String, _ refusal: DialRefusal) throws {
        let numbers = try numbers()
        #expect(throws: refusal) { try numbers.judge(written, of: project, by: agent, open: 0, at: now) }
    }

    @Test(arguments: [("0909 879 0000", "!+4490"), ("+33123456789", nil), ("020 7946 0101", nil), ("help", nil)] as [(String, String?)])
    func `the rule that forbids a number is told, where one does`(_ written: String, _ rule: String?) throws {
        #expect(try numbers().rule(against: written, of: project) == rule)
    }

    @Test func `without a national plan only international numbers are numbers`() throws {
        let numbers = try numbers(plan: nil)
        #expect(throws: DialRefusal.badNumber) { try numbers.judge("020 7946 0101", of: project, by: agent, open: 0, at: now) }
        _ = try numbers.judge("00442079460101", of: project, by: agent, open: 0, at: now)
    }

    @Test func `limits of the project and of the agent hold`() throws {
        var numbers = try numbers()
        #expect(throws: DialRefusal.callsLimit) { try numbers.judge("+442079460101", of: project, by: agent, open: 3, at: now) }
        numbers.count(agent, at: now)
        numbers.count(agent, at: now + .seconds(60))
        #expect(throws: DialRefusal.callsPerHourLimit) {
            try numbers.judge("+442079460101", of: project, by: agent, open: 0, at: now + .seconds(3599))
        }
        _ = try numbers.judge("+442079460101", of: project, by: agent, open: 0, at: now + .seconds(3600))
    }

    @Test func `a project without rules calls nobody`() throws {
        let numbers = try numbers()
        #expect(throws: DialRefusal.noTrunk) {
            try numbers.judge("+442079460101", of: ProjectID(high: 9, low: 9), by: agent, open: 0, at: now)
        }
    }

    @Test func `a number is kept until it is called or forgotten`() throws {
        var numbers = try numbers()
        let legs = [ID<SIPLeg>(high: 5, low: 1), ID<SIPLeg>(high: 5, low: 2)]
        for leg in legs { numbers.keep(try numbers.judge("+442079460101", of: project, by: agent, open: 0, at: now), for: leg) }
        #expect(numbers.legs(of: project) == legs && numbers.number(on: legs[0]) == "+442079460101")
        #expect(numbers.take(legs[0], at: now) != nil && numbers.take(legs[0], at: now) == nil)
        numbers.forget(legs[1])
        #expect(numbers.legs(of: project) == [])
    }
}
