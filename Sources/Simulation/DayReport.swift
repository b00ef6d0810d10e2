import Primitives
import Reporting

/// What came of a simulated day, each figure with what it is.
package struct DayReport: Sendable {
    package var seed: UInt64
    package var agents: Int
    package var queues: Int
    /// Calls made, those of people who called again included.
    package var dialled: Int
    package var figures: QueueFigures
    package var contacts: Int
    package var handled: Int
    /// Numbers that agents dialled without reaching anybody.
    package var notReached: Int
    /// Calls of agents to colleagues: none of the contacts.
    package var betweenAgents: Int
    package var refusedFull: Int
    package var lostInRestart: Int
    package var offers: Int
    package var events: Int
    package var steps: Int
    /// (Ringing + talk + wrap-up) ÷ (the same + idle).
    package var occupancy: Double?
    /// AHT: the mean of talk and wrap-up of a contact that was handled or dialled.
    package var averageHandlingTime: Duration?
    /// Stands for everything decided: the same seed gives the same digest in every process.
    package var digest: UInt64
    /// Without checks nobody counted: only steps and digest are known.
    package var isChecked: Bool
    package var simulated: Duration
    package var wall: Duration

    init(
        seed: UInt64, agents: Int, queues: Int, dialled: Int, account: DayAccount, steps: Int, digest: UInt64, isChecked: Bool,
        simulated: Duration, wall: Duration
    ) {
        self.seed = seed
        self.agents = agents
        self.queues = queues
        self.dialled = dialled
        figures = account.total
        contacts = account.closed - account.betweenAgents
        handled = account.handled
        notReached = account.notReached
        betweenAgents = account.betweenAgents
        refusedFull = account.refusedFull
        lostInRestart = account.lost
        offers = account.offers
        events = account.events
        self.steps = steps
        let busy = account.ringing + account.talk + account.wrapUp
        let staffed = busy + account.idle
        occupancy = staffed > .zero ? busy.inSeconds / staffed.inSeconds : nil
        let worked = account.handled + account.notReached
        averageHandlingTime = worked > 0 ? (account.talk + account.wrapUp) / worked : nil
        self.digest = digest
        self.isChecked = isChecked
        self.simulated = simulated
        self.wall = wall
    }

    package var stepsPerSecond: Double { wall > .zero ? Double(steps) / wall.inSeconds : 0 }

    /// Sixteen hexadecimal digits.
    package var digestText: String {
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The report as lines of a name and a value.
    package var table: String {
        var rows: [(String, String)] = [
            ("seed", "\(seed)"),
            ("agents, queues", "\(agents), \(queues)"),
            ("simulated time", span(simulated)),
        ]
        if isChecked {
            rows += [
                ("calls made", "\(dialled)"),
                ("contacts", "\(contacts)"),
                ("  handled", "\(handled)"),
                ("  not reached", "\(notReached)"),
                ("  abandoned", "\(figures.abandoned)"),
                ("    of them short", "\(figures.shortAbandons)"),
                ("  refused, queue full", "\(refusedFull)"),
                ("  lost in restart", "\(lostInRestart)"),
                ("calls between agents", "\(betweenAgents)"),
                ("offers", "\(offers)"),
            ]
            rows += ServiceLevelVariant.allCases.map { ("service level, \($0.rawValue)", percent(figures.serviceLevel($0))) }
            rows += [
                ("ASA", figures.averageSpeedOfAnswer.map(span) ?? "–"),
                ("longest wait", span(figures.waitLongest)),
                ("AHT (talk + wrap-up)", averageHandlingTime.map(span) ?? "–"),
                ("occupancy", percent(occupancy)),
                ("events", "\(events)"),
            ]
        }
        rows += [
            ("steps", "\(steps)"),
            ("steps per second", "\(Int(stepsPerSecond))"),
            ("wall time", "\(rounded(wall.inSeconds, digits: 3)) s"),
            ("digest", digestText),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, value in name + String(repeating: " ", count: width - name.count + 2) + value }.joined(separator: "\n")
    }
}

private func percent(_ part: Double?) -> String { part.map { "\(rounded($0 * 100, digits: 1)) %" } ?? "–" }

private func rounded(_ value: Double, digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return "\((value * scale).rounded() / scale)"
}

/// `1:02:03` from an hour on, else `2:03.4`.
private func span(_ duration: Duration) -> String {
    let tenths = max(0, duration.milliseconds / 100)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let seconds = tenths / 10
    if seconds >= 3600 { return "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))" }
    return "\(seconds / 60):\(two(seconds % 60)).\(tenths % 10)"
}
