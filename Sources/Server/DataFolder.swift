import Foundation
import HTTPAPI
import Storage

/// The folder that belongs to one server: readable by nobody else, for it holds secrets.
enum DataFolder {
    /// Makes the folder if it is not there, and closes it to others if it is open.
    /// - Throws: `BackupError.unfinished` if a restore into it has not come to its end, `BackupError.sharedFolder`.
    static func prepare(_ path: String) throws {
        guard !Restore.isUnfinished(in: path) else { throw BackupError.unfinished(path) }
        try PrivateFolder.make(path, marks: [databaseName, tokenName])
    }

    /// The secret with which `callfloor admin` on this machine proves that it may read this folder; made at first start.
    static func administratorToken(in folder: String) throws -> String {
        let path = tokenPath(in: folder)
        if let token = try? String(contentsOfFile: path, encoding: .utf8), token.utf8.count >= 43 { return token }
        return try keep(secret(), at: path)
    }

    /// The secret of the link by which the first administrator comes in; made when it is first asked for.
    static func welcomeToken(in folder: String) throws -> String {
        let path = "\(folder)/\(welcomeName)"
        if let token = try? String(contentsOfFile: path, encoding: .utf8), token.utf8.count >= 43 { return token }
        let token = secret().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return try keep(token, at: path)
    }

    static func dropWelcomeToken(in folder: String) { try? FileManager.default.removeItem(atPath: "\(folder)/\(welcomeName)") }

    private static let welcomeName = "welcome-token"

    private static func secret() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Data(bytes).base64EncodedString()
    }

    private static func keep(_ token: String, at path: String) throws -> String {
        guard FileManager.default.createFile(atPath: path, contents: Data(token.utf8), attributes: [.posixPermissions: 0o600]) else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
        return token
    }

    private static let tokenName = "administrator-token"

    static func tokenPath(in folder: String) -> String { "\(folder)/\(tokenName)" }

    /// What was recorded, and what tells its keys from others.
    static func recordings(in folder: String) -> String { "\(folder)/recordings" }
    /// The keys that seal recordings, where they are not kept elsewhere.
    static func recordingKeys(in folder: String) -> String { "\(folder)/recording-keys" }

    /// SQLite's file.
    static let databaseName = "callfloor.sqlite"

    /// The certificate and the key that a server makes for itself, where it is given none.
    static func ownCertificate(in folder: String) -> ServerCertificate.Files {
        ServerCertificate.Files(certificate: "\(folder)/https-certificate.pem", key: "\(folder)/https-key.pem")
    }

    /// Where a running server says under which address it is reached.
    static func addressPath(in folder: String) -> String { "\(folder)/address" }
}
