import ArgumentParser
import Simulation

extension SimulatedDay.Check: ExpressibleByArgument {}

struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run days of callers and agents on virtual time through the engine that routes live calls.")

    @Option(help: "The same seed plays the same day.") var seed: UInt64 = 42
    @Option(help: "How many agents.") var agents = 200
    @Option(help: "How many contacts are expected in a day.") var contacts = 8000
    @Option(help: "How long the day is.") var hours = 8.0
    @Option(help: "Check after every step, or sweep once every simulated minute.") var check = SimulatedDay.Check.sweep
    @Option(help: "So many days, with the seeds that follow.") var days = 1
    @Option(help: "Write the steps of the last day to this file.") var record: String?
    @Option(help: "Instead: step through a recording, of a live server or of a day, and compare the directives.") var replay: String?

    func validate() throws {
        guard agents > 0, contacts >= 0, hours > 0, hours <= 24, days > 0 else {
            throw ValidationError("expected at least one agent and day, and more than 0 to 24 hours")
        }
    }

    func run() throws {
        var command = SimulateCommand()
        command.seed = seed
        command.agents = agents
        command.contacts = contacts
        command.hours = hours
        command.check = check
        command.days = days
        command.record = record
        command.replay = replay
        let code = try command.run { print($0) }
        guard code == 0 else { throw ExitCode(code) }
    }
}
