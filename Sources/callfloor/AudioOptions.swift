import ArgumentParser
import Foundation
import HTTPAPI
import Primitives

/// How the sound of browsers finds its way, as options of the command line. Secrets come from files: everybody on the machine sees options.
struct AudioOptions: ParsableArguments {
    @Option(help: "An address by which a router makes --media known to browsers; may be given again, also for IPv6.")
    var mediaPublicAddress: [String] = []

    @Option(help: "A STUN or TURN server for browsers, such as stun:stun.example.org or turns:turn.example.org:443; may be given again.")
    var iceServer: [String] = []

    @Option(help: "The user name for the TURN servers, the same for everybody; wants --turn-password-file.")
    var turnUsername: String?

    @Option(help: "The file of the password for that name.")
    var turnPasswordFile: String?

    @Option(help: "Instead: the file of the secret that coturn knows as static-auth-secret; each browser gets a credential of its own.")
    var turnSecretFile: String?

    /// - Throws: `ValidationError` that names the option.
    func network(own: IPAddress) throws -> AudioNetwork {
        let credential = try credential()
        do {
            return try AudioNetwork(own: own, publicAddresses: mediaPublicAddress, servers: iceServer, credential: credential)
        } catch {
            let option =
                switch error.option {
                case .publicAddress: "--media-public-address"
                case .server: "--ice-server"
                case .credential: "--turn-username, --turn-password-file, --turn-secret-file"
                }
            throw ValidationError("\(option) '\(error.value)': expected \(error.expected)")
        }
    }

    private func credential() throws -> AudioNetwork.Credential {
        guard (turnUsername == nil) == (turnPasswordFile == nil) else {
            throw ValidationError("--turn-username and --turn-password-file: expected both or none")
        }
        guard turnUsername == nil || turnSecretFile == nil else {
            throw ValidationError("--turn-secret-file: expected without --turn-username")
        }
        if let turnSecretFile { return .made(secret: try secret("turn-secret-file", turnSecretFile)) }
        guard let turnUsername, let turnPasswordFile else { return .none }
        return .fixed(username: turnUsername, password: try secret("turn-password-file", turnPasswordFile))
    }

    /// What stands in a file, without the end of its line.
    private func secret(_ option: String, _ path: String) throws -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ValidationError("--\(option) '\(path)': expected a readable file of UTF-8 text")
        }
        let line = text.trimmingCharacters(in: .newlines)
        guard !line.isEmpty, !line.contains(where: \.isNewline) else { throw ValidationError("--\(option) '\(path)': expected one line") }
        return line
    }
}
