import Foundation
import HTTPAPI

/// Where a running server can be reached, written into its data folder for `callfloor admin`.
package enum AddressFile {
    package static func write(host: String, port: Int, in folder: String) {
        try? "\(host) \(port)\n".write(toFile: DataFolder.addressPath(in: folder), atomically: true, encoding: .utf8)
    }

    static func read(in folder: String) -> (host: String, port: Int)? {
        guard let text = try? String(contentsOfFile: DataFolder.addressPath(in: folder), encoding: .utf8) else { return nil }
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, let port = Int(parts[1]) else { return nil }
        return (String(parts[0]), port)
    }

    /// The way to the server that runs on `folder`.
    ///
    /// - Throws: `Missing` if none has been started there, or the folder cannot be read.
    package static func administrator(of folder: String) throws -> AdministratorClient {
        guard let address = read(in: folder), let token = try? String(contentsOfFile: DataFolder.tokenPath(in: folder), encoding: .utf8)
        else { throw Missing(folder: folder) }
        return AdministratorClient(host: address.host, port: address.port, token: token)
    }

    package struct Missing: Error, CustomStringConvertible {
        let folder: String
        package var description: String { "no server has been started on the data folder '\(folder)', or it cannot be read" }
    }
}
