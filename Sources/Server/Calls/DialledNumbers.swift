import Calls
import Contacts
import Operation
import Organization
import Primitives
import SIP

/// Numbers outside, from the moment at which they are accepted until they are called; and what each project and agent may call.
struct DialledNumbers {
    /// A number that waits for its call.
    struct Kept {
        var project: ProjectID
        var agent: AgentID
        var trunk: ID<SIPTrunk>
        var accepted: AcceptedNumber
    }

    private var rules: [ProjectID: OutboundRules] = [:]
    private var plans: [ProjectID: PhoneNumber.NationalPlan] = [:]
    private var kept: [ID<SIPLeg>: Kept] = [:]
    /// When each agent called numbers within the last hour.
    private var called: [AgentID: [Timestamp]] = [:]

    /// A number as people write it is not longer.
    static let writtenMax = 40
    private static let hour = Duration.seconds(3600)

    mutating func use(_ setUp: SetUp) {
        rules = [:]
        plans = [:]
        for project in setUp.projects {
            rules[project.project.id] = project.outbound
            plans[project.project.id] = project.numbers
        }
    }

    /// Whether agents of the project may call numbers at all.
    func callsOut(_ project: ProjectID) -> Bool { rules[project] != nil }

    /// Holds what was written against the project's rules.
    ///
    /// - Parameter open: how many calls of the project to numbers outside the engine knows.
    func judge(_ written: String, of project: ProjectID, by agent: AgentID, open: Int, at now: Timestamp) throws(DialRefusal) -> Kept {
        guard let rules = rules[project] else { throw .noTrunk }
        guard let (number, digits) = read(written, for: project) else { throw .badNumber }
        guard digits >= Destinations.digitsMin, rules.destinations.allows(number) else { throw .destinationNotAllowed }
        guard open < rules.callsMax else { throw .callsLimit }
        guard recent(of: agent, at: now).count < rules.callsPerHourMax else { throw .callsPerHourLimit }
        return Kept(
            project: project, agent: agent, trunk: ID(sameAs: rules.trunk), accepted: .init(number: number, shown: rules.callerNumber))
    }

    /// The set-up's rule that forbids the number; nil: none allows it.
    func rule(against written: String, of project: ProjectID) -> String? {
        guard let (number, _) = read(written, for: project), let rule = rules[project]?.destinations.rule(for: number), !rule.isAllowed
        else { return nil }
        return rule.written
    }

    /// The number that is written, and how many digits that were.
    private func read(_ written: String, for project: ProjectID) -> (number: PhoneNumber, digits: Int)? {
        let text = String(written.trimmingSpaces)
        guard !text.isEmpty, text.utf8.count <= Self.writtenMax else { return nil }
        let plan = plans[project]
        let isInternational = text.hasPrefix("+") || text.hasPrefix("00")
        guard isInternational || plan != nil, let number = try? PhoneNumber(parsing: text, national: plan) else { return nil }
        // 112, 999 and other short numbers are none of the country's subscribers, whatever the plan makes of them.
        let digits = text.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return (number, digits)
    }

    mutating func keep(_ number: Kept, for leg: ID<SIPLeg>) { kept[leg] = number }

    mutating func forget(_ leg: ID<SIPLeg>) { kept[leg] = nil }

    func number(on leg: ID<SIPLeg>) -> String? { kept[leg]?.accepted.number.description }

    /// Those of a project that the engine may not know yet.
    func legs(of project: ProjectID) -> [ID<SIPLeg>] { kept.filter { $0.value.project == project }.keys.sorted() }

    /// The number is called now.
    mutating func take(_ leg: ID<SIPLeg>, at now: Timestamp) -> Kept? {
        guard let number = kept.removeValue(forKey: leg) else { return nil }
        count(number.agent, at: now)
        return number
    }

    /// The agent has called a number: now, or before the server started.
    mutating func count(_ agent: AgentID, at then: Timestamp) { called[agent] = recent(of: agent, at: then) + [then] }

    private func recent(of agent: AgentID, at now: Timestamp) -> [Timestamp] { (called[agent] ?? []).filter { now - $0 < Self.hour } }
}

extension String {
    fileprivate var trimmingSpaces: Substring {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return self[first...last]
    }
}
