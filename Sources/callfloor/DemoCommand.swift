import ArgumentParser
import Foundation
import Server
import Storage

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Run a small centre with simulated customers and colleagues around your seat.")

    @OptionGroup var options: ServerOptions

    @Option(
        help: """
            A set-up that the centre starts with; given several times, one over the other. A folder beside it that has a project's key holds \
            the project's scripts, forms, products, streets and customers.
            """)
    var setUp = ["home-internet", "bank-loans", "taxi", "it-desk"].map { "examples/\($0).yaml" }

    @Option(help: "More of a set-up: the colleagues around your seat. Not read with --empty.")
    var colleagues = "examples/demo-colleagues.yaml"

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

    /// Of the process that is the server: the end of the line to its keeper.
    @Option(help: .hidden)
    var keptBy: Int32?

    /// Of the process that is the server, where there was one before: the port that it had. Its set-up stays as it is.
    @Option(help: .hidden)
    var again: Int?

    func run() async throws {
        PrivateFolder.begin()
        if let keptBy { return try await serve(keptBy) }
        try await keep()
    }

    /// The process that was started: plays the people, and runs the server as another one.
    private func keep() async throws {
        let configuration = try options.configuration()
        let logger = try options.logger()
        let texts = try setUps.map { try text(of: $0) }
        if history, !empty, let yaml = texts.first {
            _ = try await DemoHistory().make(yaml, in: configuration, logger: logger) {
                Callfloor.say("Living through four weeks, so that there is something to look at; only once …")
            }
        }
        let sip = "\(configuration.sipAddress)"
        let keeper = DemoKeeper(
            .init(
                arguments: CommandLine.arguments.dropFirst() + ["--kept-by", "\(DemoKeeper.line)"], again: { ["--again", "\($0)"] },
                sip: configuration.sipAddress, prompts: configuration.promptsFolder, isEmpty: empty,
                stopMax: configuration.drainMax + .seconds(10),
                announce: { port, isFirst in Callfloor.say(isFirst ? Self.welcome(port: port, sip: sip) : "  The server is back.\n") }),
            logger: logger)
        let status = try await keeper.run()
        if status != 0 { throw ExitCode(status) }
    }

    /// The process that is the server.
    private func serve(_ line: Int32) async throws {
        let configuration = try opened(options.configuration())
        let logger = try options.logger()
        let stage = try await DemoStage(keptBy: line, seat: seat)
        let (started, tell) = AsyncStream.makeStream(of: CentreServer.Started.self)
        let server = try await CentreServer(configuration, version: Callfloor.version, logger: logger, stage: stage) { tell.yield($0) }
        if again == nil { try await server.apply(try SetUpMerge.merged(setUps.map { try text(of: $0) })) }
        let contents = DemoContents(beside: setUp, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await started in started {
                    AddressFile.write(host: configuration.httpHost, port: started.httpPort, in: configuration.dataFolder)
                    if again == nil {
                        await contents.bringIn(
                            to: server, host: configuration.httpHost, port: started.httpPort, seat: Self.administratorHost)
                    }
                    try await stage.begin(server, port: started.httpPort)
                }
            }
            try await server.run(beside: [stage])
            tasks.cancelAll()
        }
    }

    private var setUps: [(option: String, path: String)] {
        setUp.map { ("set-up", $0) } + (empty ? [] : [("colleagues", colleagues)])
    }

    private func text(of file: (option: String, path: String)) throws -> String {
        guard let yaml = try? String(contentsOfFile: file.path, encoding: .utf8) else {
            throw ValidationError("--\(file.option) '\(file.path)': expected a readable YAML file")
        }
        return yaml
    }

    /// What only the demo has: seats that sign in by themselves (`OneClickSeats`), and a telephone for anyone.
    private func opened(_ configuration: ServerConfiguration) -> ServerConfiguration {
        var configuration = configuration
        configuration.offersCustomerPage = true
        configuration.seats = [Self.agentHost: seat, Self.supervisorHost: supervisor, Self.administratorHost: administrator]
        configuration.https?.names += configuration.seats.keys.sorted()
        if let again { configuration.httpPort = again }
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

          Your seat shows you around in six steps. Its phone is the browser. To be called on a soft phone instead, register it
          (user 101, password take-the-first-call, server \(sip), UDP), sign in at http://localhost:\(port) as ana with
          demo-agent, and set yourself ready: the next customer rings within half a minute.
          Stop with Ctrl-C.

        """
    }
}
