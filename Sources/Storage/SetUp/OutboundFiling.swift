import Operation
import Organization
import Primitives

/// Writes and reads how a project calls out.
enum OutboundFiling {
    static func write(_ rules: OutboundRules?, of project: ProjectID, to connection: any Connection) throws {
        try connection.run(dropDestinations, ["project": .of(project)])
        guard let rules else {
            try connection.run(drop, ["project": .of(project)])
            return
        }
        try connection.run(
            outbound,
            [
                "project": .of(project), "trunk": .of(rules.trunk), "caller_number": .of(rules.callerNumber.description),
                "calls_max": .of(rules.callsMax), "calls_per_hour_max": .of(rules.callsPerHourMax),
            ])
        for rule in rules.destinations.rules {
            try connection.run(
                destination, ["project": .of(project), "prefix": .of(rule.prefix), "allowed": .of(rule.isAllowed)])
        }
    }

    static func all(on connection: any Connection) throws -> [ProjectID: OutboundRules] {
        var destinations: [ProjectID: [Destinations.Rule]] = [:]
        try connection.forEach(destinationsOfAll, [:]) { row in
            let project: ProjectID = try row.id()
            destinations[project, default: []].append(.init(prefix: try row.text(), isAllowed: try row.truth()))
        }
        var rules: [ProjectID: OutboundRules] = [:]
        try connection.forEach(outboundOfAll, [:]) { row in
            let project: ProjectID = try row.id()
            let trunk: TrunkID = try row.id()
            let written = try row.text()
            guard let number = try? PhoneNumber(parsing: written) else {
                throw StorageError.unreadable("the number that project \(project) shows")
            }
            rules[project] = OutboundRules(
                trunk: trunk, callerNumber: number, destinations: Destinations(destinations[project] ?? []), callsMax: try row.number(),
                callsPerHourMax: try row.number())
        }
        return rules
    }

    private static let drop = Statement("DELETE FROM project_outbound WHERE project = $project")
    private static let dropDestinations = Statement("DELETE FROM project_destination WHERE project = $project")

    private static let outbound = Statement(
        """
        INSERT INTO project_outbound (project, trunk, caller_number, calls_max, calls_per_hour_max)
        VALUES ($project, $trunk, $caller_number, $calls_max, $calls_per_hour_max)
        ON CONFLICT (project) DO UPDATE SET trunk = excluded.trunk, caller_number = excluded.caller_number,
            calls_max = excluded.calls_max, calls_per_hour_max = excluded.calls_per_hour_max
        """)

    private static let destination = Statement(
        "INSERT INTO project_destination (project, prefix, allowed) VALUES ($project, $prefix, $allowed)")

    private static let outboundOfAll = Statement(
        "SELECT project, trunk, caller_number, calls_max, calls_per_hour_max FROM project_outbound ORDER BY project")

    private static let destinationsOfAll = Statement(
        "SELECT project, prefix, allowed FROM project_destination ORDER BY project, prefix")
}
