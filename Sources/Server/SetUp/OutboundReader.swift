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
        if reader.isLeftOut { return old }
        if reader.isNull || reader.node?.string == "none" { return nil }
        reader.allow("trunk", "callerNumber", "allowed", "callsAtOnce", "callsPerHour")
        let trunk = trunk()
        let number = callerNumber(of: trunk)
        let destinations = destinations()
        let callsMax = reader["callsAtOnce"].whole(1...10_000, default: old?.callsMax ?? Self.callsUsual)
        let callsPerHourMax = reader["callsPerHour"].whole(1...1_000, default: old?.callsPerHourMax ?? Self.callsPerHourUsual)
        guard let trunk, let number else { return nil }
        return OutboundRules(
            trunk: trunk.id, callerNumber: number, destinations: destinations, callsMax: callsMax, callsPerHourMax: callsPerHourMax)
    }

    private func trunk() -> TrunkAccount? {
        let reader = reader["trunk"]
        if reader.isAbsent, let old { return trunks.first { $0.id == old.trunk } }
        let key = reader.text()
        guard let trunk = trunks.first(where: { $0.key == key && $0.server != nil }) else {
            reader.refuse(.unknownTrunk, "the key of a trunk that has a server")
            return nil
        }
        return trunk
    }

    private func callerNumber(of trunk: TrunkAccount?) -> PhoneNumber? {
        let reader = reader["callerNumber"]
        if reader.isLeftOut, let old { return old.callerNumber }
        if reader.isAbsent, let number = trunk?.presents?.number { return number }
        return reader.phoneNumber()
    }

    private func destinations() -> Destinations {
        let reader = reader["allowed"]
        if reader.isAbsent, let old { return old.destinations }
        let items = reader.items()
        let rules = items.prefix(Destinations.rulesMax).compactMap { item -> Destinations.Rule? in
            guard let rule = Destinations.Rule(item.text(max: 20)) else {
                item.refuse(
                    .destination, "the beginning of international numbers, such as +44, or !+4490 for those that are not to be called")
                return nil
            }
            return rule
        }
        if items.count > Destinations.rulesMax {
            reader.refuse(.tooMany(max: Destinations.rulesMax), "at most \(Destinations.rulesMax) beginnings")
        }
        if items.isEmpty { reader.refuse("nothing", .required, "a list of the numbers that may be called, such as [+44]") }
        return Destinations(rules)
    }
}
