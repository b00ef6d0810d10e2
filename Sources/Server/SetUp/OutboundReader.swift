import Operation
import Organization
import Primitives
import Yams

/// Reads how a project of a set-up file calls out.
struct OutboundReader {
    let reader: SetUpReader
    /// What is known of the project; it stays where the file says nothing.
    let old: OutboundRules?
    /// Those of the file first.
    let trunks: [TrunkAccount]

    static let callsUsual = 20
    static let callsPerHourUsual = 60

    /// - Returns: the rules; nil if the project calls nobody. What is wrong with them is among the reader's flaws.
    func rules() -> OutboundRules? {
        if reader.isAbsent { return old }
        if reader.node?.string == "none" { return nil }
        reader.allow("trunk", "callerNumber", "allowed", "callsAtOnce", "callsPerHour")
        let key = reader["trunk"].text()
        let trunk = trunks.first { $0.key == key && $0.server != nil }
        if trunk == nil { reader["trunk"].refuse("the key of a trunk that has a server") }
        let number = callerNumber(of: trunk)
        let destinations = destinations()
        let callsMax = reader["callsAtOnce"].whole(1...10_000, default: Self.callsUsual)
        let callsPerHourMax = reader["callsPerHour"].whole(1...1_000, default: Self.callsPerHourUsual)
        guard let trunk, let number else { return nil }
        return OutboundRules(
            trunk: trunk.id, callerNumber: number, destinations: destinations, callsMax: callsMax, callsPerHourMax: callsPerHourMax)
    }

    private func callerNumber(of trunk: TrunkAccount?) -> PhoneNumber? {
        let reader = reader["callerNumber"]
        if reader.isAbsent, let number = trunk?.presents?.number { return number }
        let written = reader.isAbsent ? "" : reader.text(max: 40)
        guard written.hasPrefix("+"), let number = try? PhoneNumber(parsing: written) else {
            reader.refuse("a number in international form, such as +442079460100")
            return nil
        }
        return number
    }

    private func destinations() -> Destinations {
        let items = reader["allowed"].items()
        let rules = items.prefix(Destinations.rulesMax).compactMap { item -> Destinations.Rule? in
            guard let rule = Destinations.Rule(item.text(max: 20)) else {
                item.refuse("the beginning of international numbers, such as +44, or !+4490 for those that are not to be called")
                return nil
            }
            return rule
        }
        if items.count > Destinations.rulesMax { reader["allowed"].refuse("at most \(Destinations.rulesMax) beginnings") }
        if items.isEmpty { reader["allowed"].refuse("a list of the numbers that may be called, such as [+44]") }
        return Destinations(rules)
    }
}
