import ArgumentParser
import Foundation

@main
struct Callfloor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callfloor", abstract: "The one program in which a call centre works.", version: Callfloor.version,
        subcommands: [
            Serve.self, DemoCommand.self, Simulate.self, Bench.self, Admin.self, BackupCommand.self, RestoreCommand.self,
            VerifyCommand.self,
        ])

    static let version = "0.1.0"

    /// Says something on standard output at once, also into a pipe: whoever starts a server from a script waits for the
    /// line that tells where it listens.
    static func say(_ text: String) {
        FileHandle.standardOutput.write(Data("\(text)\n".utf8))
    }
}
