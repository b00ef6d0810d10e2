import ArgumentParser
import Foundation
import Server
import Storage

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Run a small centre with simulated customers and colleagues around your seat.")

    @OptionGroup var options: ServerOptions

    @Option(help: "The set-up that the centre starts with.")
    var setUp = "examples/home-internet.yaml"

    @Option(help: "The login of the agent whose seat is yours, at agent.localhost.")
    var seat = "kavya"

    @Option(help: "The login of whoever sits at supervisor.localhost.")
    var supervisor = "deniz"

    @Option(help: "The login of whoever sits at admin.localhost.")
    var administrator = "admin"

    @Flag(help: "No customers and no colleagues: only the set-up.")
    var empty = false

    @Flag(inversion: .prefixedNo, help: "At the first start: four weeks of history, lived through by the simulator (SQLite only).")
    var history = true

    func run() async throws {
        PrivateFolder.begin()
        let configuration = try opened(options.configuration())
        let logger = try options.logger()
        guard let yaml = try? String(contentsOfFile: setUp, encoding: .utf8) else {
            throw ValidationError("--set-up '\(setUp)': expected a readable YAML file")
        }
        if history, !empty {
            _ = try await DemoHistory().make(yaml, in: configuration, logger: logger) {
                Callfloor.say("Living through four weeks, so that there is something to look at; only once …")
            }
        }
        let stage = DemoStage()
        let server = try await CentreServer(configuration, version: Callfloor.version, logger: logger, observe: { stage.demo?.observe($0) })
        {
            started in
            AddressFile.write(host: configuration.httpHost, port: started.httpPort, in: configuration.dataFolder)
            Callfloor.say(Self.welcome(port: started.httpPort, sip: "\(started.sipAddress)"))
        }
        try await server.apply(yaml)
        guard !empty else { return try await server.run() }
        let demo = try await Demo(
            server, sipAddress: configuration.sipAddress, promptsFolder: configuration.promptsFolder, seat: seat, logger: logger)
        stage.demo = demo
        try await server.run(beside: [demo])
    }

    /// What only the demo has: seats that sign in by themselves (`OneClickSeats`), and a telephone for anyone.
    private func opened(_ configuration: ServerConfiguration) -> ServerConfiguration {
        var configuration = configuration
        configuration.offersCustomerPage = true
        configuration.seats = [Self.agentHost: seat, Self.supervisorHost: supervisor, Self.administratorHost: administrator]
        configuration.https?.names += configuration.seats.keys.sorted()
        return configuration
    }

    private static let agentHost = "agent.localhost"
    private static let supervisorHost = "supervisor.localhost"
    private static let administratorHost = "admin.localhost"

    private static func welcome(port: Int, sip: String) -> String {
        """

          Callfloor is running: http://localhost:\(port)

          Side by side in one browser, without signing in:

            your seat      http://\(agentHost):\(port)
            the floor      http://\(supervisorHost):\(port)
            everything     http://\(administratorHost):\(port)
            a customer     http://localhost:\(port)/customer

          Your seat's phone is the browser. To be called on a soft phone instead, register it (user 101, password
          take-the-first-call, server \(sip), UDP), sign in at http://localhost:\(port) as ana with demo-agent,
          and set yourself ready: the next customer rings within half a minute.
          Stop with Ctrl-C.

        """
    }
}

/// Filled once before the server runs; the observer may be asked earlier. Hence unchecked.
private final class DemoStage: @unchecked Sendable {
    var demo: Demo?
}
