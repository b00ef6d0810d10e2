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

    @Option(help: "The login of the agent whose seat is yours.")
    var seat = "ana"

    @Flag(help: "No customers and no colleagues: only the set-up.")
    var empty = false

    func run() async throws {
        PrivateFolder.begin()
        let configuration = try options.configuration()
        let logger = try options.logger()
        guard let yaml = try? String(contentsOfFile: setUp, encoding: .utf8) else {
            throw ValidationError("--set-up '\(setUp)': expected a readable YAML file")
        }
        let stage = DemoStage()
        let seat = seat
        let server = try await CentreServer(configuration, version: Callfloor.version, logger: logger, observe: { stage.demo?.observe($0) })
        {
            started in
            AddressFile.write(host: configuration.httpHost, port: started.httpPort, in: configuration.dataFolder)
            Callfloor.say(Self.welcome(port: started.httpPort, sip: "\(started.sipAddress)", seat: seat))
        }
        try await server.apply(yaml)
        guard !empty else { return try await server.run() }
        let demo = try await Demo(
            server, sipAddress: configuration.sipAddress, promptsFolder: configuration.promptsFolder, seat: seat, logger: logger)
        stage.demo = demo
        try await server.run(beside: [demo])
    }

    private static func welcome(port: Int, sip: String, seat: String) -> String {
        """

          Callfloor is running: http://localhost:\(port)

            your seat      sign in as  \(seat)    password  demo-agent
            the floor      sign in as  deniz  password  demo-supervisor
            everything     sign in as  admin  password  demo-administrator

          To be called, register a soft phone (user 101, password take-the-first-call, server \(sip), UDP),
          sign in at your seat and set yourself ready: the next customer rings within half a minute.
          Stop with Ctrl-C.

        """
    }
}

/// Filled once before the server runs; the observer may be asked earlier. Hence unchecked.
private final class DemoStage: @unchecked Sendable {
    var demo: Demo?
}
