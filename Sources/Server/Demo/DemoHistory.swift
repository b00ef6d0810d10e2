import Centre
import Contacts
import Logging
import Operation
import Organization
import Primitives
import Simulation
import Storage
import Synchronization

/// The weeks that the demo's centre has behind it at its first start: lived through on virtual time by the people of its set-up, into the
/// log and the tables that come from it, as live days are. The same seed on the same day makes the same weeks.
///
/// On the last Tuesday before today, from eleven to twelve, two of the agents are in a meeting and calls are twice as many: an hour to
/// be found by who looks at the figures.
package struct DemoHistory: Sendable {
    package var seed: UInt64 = 42
    package var days = 28
    /// First calls of a weekday.
    package var contactsPerAgent = 50

    /// A larger set-up does not wait longer for its first start.
    package static let contactsMax = 240
    /// On a day at the weekend half of the people are there, for a shorter day and with more time for each.
    private static let weekendPart = 0.2

    package init() {}

    /// Makes the data of a demo that has none yet.
    ///
    /// - Parameter onBegin: called if there is something to be made.
    /// - Returns: how many contacts there were; nil if there are data already, or the data are not in a file of ours.
    package func make(
        _ yaml: String, in configuration: ServerConfiguration, now: Timestamp = ServerClock().now, logger: Logger,
        onBegin: @Sendable () -> Void = {}
    ) async throws -> Int? {
        guard case .sqlite(let path) = configuration.database else { return nil }
        try DataFolder.prepare(configuration.dataFolder)
        var contacts: Int?
        _ = try await Store.create(at: path, logger: logger) { store in
            onBegin()
            contacts = try await fill(store, yaml, now: now)
        }
        return contacts
    }

    private func fill(_ store: Store, _ yaml: String, now: Timestamp) async throws -> Int {
        // Read twice: in whose time zone the days begin stands in it. Of this first reading nothing is kept, so no password is hashed.
        let zone =
            try read(yaml, at: now, SetUpFile.Secrets(phone: { _, _ in ("", "") }, password: { _, _ in "" }))
            .projects.first?.project.time ?? .utc
        let today = zone.date(of: now)
        let dates = (max(1, days) * -1..<0).map { CivilDate(daysSince1970: today.daysSince1970 + $0) }
        let start = dates.first.map { zone.startOfDay($0) } ?? now
        let setUp = try read(yaml, at: start, SetUpApplier.secrets)
        var history = SimulatedHistory(
            seed: seed(of: today), definitions: setUp.definitions, reasons: setUp.reasons.map(\.id), start: start,
            days: workdays(dates, of: setUp, in: zone), check: .none)
        for user in setUp.users { if let agent = user.user.agent { history.users[agent] = user.user.id } }
        let secretary = Secretary(setUp, seed: seed)
        let log = LogFill(store)
        history.record = { step, caller in
            guard let batch = secretary.batch(of: step, caller: caller) else { return }
            log.append(batch)
        }
        _ = try history.run()
        try await log.settle()
        return secretary.contacts
    }

    private func read(_ yaml: String, at moment: Timestamp, _ secrets: SetUpFile.Secrets) throws -> SetUp {
        try SetUpFile.read(yaml, known: SetUp(), secrets: secrets, at: moment, random: Random(seed: seed)).wanted
    }

    private func seed(of today: CivilDate) -> UInt64 { seed &* 1_000_003 &+ UInt64(truncatingIfNeeded: today.daysSince1970) }

    // MARK: Days

    private func workdays(_ dates: [CivilDate], of setUp: SetUp, in zone: CivilTime) -> [SimulatedHistory.Workday] {
        let agents = setUp.agents.filter { !$0.profile.entries.isEmpty }.map(\.id)
        let contacts = min(agents.count * contactsPerAgent, Self.contactsMax)
        let rushDay = dates.last { zone.weekday(of: zone.startOfDay($0)) == 2 }
        return dates.map { date in
            // Clocks change on Sundays; then a shift begins an hour earlier or later, and nobody minds.
            let midnight = zone.startOfDay(date)
            func time(_ hour: Int, _ minute: Int = 0) -> Timestamp { midnight + .seconds(hour * 3600 + minute * 60) }
            let weekday = zone.weekday(of: midnight)
            guard weekday < 6 else {
                // They take turns.
                let there = agents.enumerated().filter { agents.count == 1 || $0.offset % 2 == weekday % 2 }
                return SimulatedHistory.Workday(
                    opening: time(10), closing: time(16), contacts: Int(Double(contacts) * Self.weekendPart),
                    shifts: there.map { SimulatedHistory.Shift($0.element, from: time(9, 50), until: time(16, 15)) })
            }
            let rush = date == rushDay ? time(11)..<time(12) : nil
            let shifts = agents.enumerated().map { place, agent in
                // Early and late by turns, so that all are there when most call.
                var shift =
                    place % 2 == 0
                    ? SimulatedHistory.Shift(agent, from: time(7, 50), until: time(16, 30))
                    : SimulatedHistory.Shift(agent, from: time(9, 20), until: time(18, 15))
                if rush != nil, place < min(2, agents.count - 1) {
                    shift.absence = .init(from: time(11), until: time(12), reason: setUp.reasons.last?.id)
                }
                return shift
            }
            return SimulatedHistory.Workday(opening: time(8), closing: time(18), contacts: contacts, shifts: shifts, rush: rush)
        }
    }
}

/// Turns the steps of simulated days into what live ones hand to the log: the entries, and beside them numbers and notes.
private final class Secretary: Sendable {
    private let setUp: SetUp
    private let state: Mutex<State>

    private struct State {
        var random: Random
        /// What each caller shows; nothing if he withholds it.
        var numbers: [Int: String?] = [:]
        var contacts = 0
    }

    private static let withheld = 0.03
    private static let noted = 0.4

    init(_ setUp: SetUp, seed: UInt64) {
        self.setUp = setUp
        state = Mutex(State(random: Random(seed: seed)))
    }

    /// How many there were.
    var contacts: Int { state.withLock { $0.contacts } }

    /// Nil for a step of which nothing came.
    func batch(of step: StepRecord, caller: Int?) -> LogBatch? {
        guard case .success(let result) = step.result, let last = result.entries.last?.position else { return nil }
        let filings = state.withLock { self.filings(for: step.input, caller, &$0) }
        return LogBatch(entries: result.entries, filings: filings, through: last)
    }

    private func filings(for input: Input, _ caller: Int?, _ state: inout State) -> [Filing] {
        if case .setUp = input { return [.setUp(setUp)] }
        if case .callArrived(let leg, let entryPoint) = input {
            state.contacts += 1
            guard let dialled = setUp.entryPoints.first(where: { $0.entryPoint.id == entryPoint })?.number else { return [] }
            return [.caller(ContactID(sameAs: leg), number: caller.flatMap { number(of: $0, &state) }, dialled: dialled)]
        }
        if case .contactCompleted(_, let contact, _?) = input, state.random.chance(Self.noted) {
            let notes = setUp.projects.first.flatMap { DemoPeople.notes[$0.key] } ?? []
            return notes.randomElement(using: &state.random).map { [.note(contact, $0)] } ?? []
        }
        return []
    }

    /// Numbers that Ofcom keeps for drama; few enough that people call again.
    private func number(of caller: Int, _ state: inout State) -> String? {
        if let known = state.numbers[caller] { return known }
        let ending = String(Int.random(in: 0...999, using: &state.random))
        let number = state.random.chance(Self.withheld) ? nil : "+447700900" + String(repeating: "0", count: 3 - ending.count) + ending
        state.numbers[caller] = .some(number)
        return number
    }
}
