import Centre
import Operation
import Primitives

/// One day of one centre on virtual time: everything in it follows from the seed.
package struct SimulatedDay: Sendable {
    package var seed: UInt64
    package var agents: Int
    /// First calls; those who call again come on top.
    package var contacts: Int
    package var hours: Double
    package var check: Check
    /// Hears of every step, for a recording.
    package var record: (@Sendable (StepRecord) -> Void)?

    /// How closely the day is watched. Each step's events are held against the rules in any case but `none`.
    package enum Check: String, CaseIterable, Sendable {
        /// The whole state after every step.
        case step
        /// The whole state every simulated minute.
        case sweep
        /// Nothing: for a digest, or for speed alone.
        case none
    }

    package static let agentsMax = 20_000
    package static let contactsMax = 2_000_000

    package init(seed: UInt64, agents: Int, contacts: Int, hours: Double, check: Check = .sweep) {
        self.seed = seed
        self.agents = min(max(1, agents), Self.agentsMax)
        self.contacts = min(max(0, contacts), Self.contactsMax)
        self.hours = min(max(0.1, hours), 24 * 7)
        self.check = check
    }

    /// The seed of the chance that the engine is given; a recording of the day names it.
    package var engineSeed: UInt64 { seed &* 2 &+ 1 }

    /// Lets the day pass.
    ///
    /// - Throws: the first rule it broke.
    package func run() throws(SimulationFailure) -> DayReport {
        let clock = ContinuousClock()
        let began = clock.now
        var world = World(self)
        try world.run()
        return world.report(took: clock.now - began)
    }
}
