import Foundation
import HTTPAPI
import Logging
import Operation
import Organization
import Storage

/// Gives the demo's projects what they work with: scripts, forms, products, streets and customers, from the folder that has the project's key
/// beside its set-up file.
///
/// It goes the way of everybody, by the API from the administrator's seat. Only what is not there yet is brought in: what people have
/// changed or retired in the browser stays as they want it.
package struct DemoContents: Sendable {
    /// The folders in which those of the projects lie.
    private let folders: [String]
    private let logger: Logger

    /// - Parameter setUps: the paths of the set-up files.
    package init(beside setUps: [String], logger: Logger) {
        var folders: [String] = []
        for path in setUps {
            let folder = URL(filePath: path).deletingLastPathComponent().path
            if !folders.contains(folder) { folders.append(folder) }
        }
        self.folders = folders
        self.logger = logger
    }

    /// Brings in what the projects do not have. A file with flaws is left out, and so is everything if the seat cannot be reached; the log
    /// says why.
    ///
    /// - Parameter seat: of whoever may manage everything.
    package func bringIn(to server: CentreServer, host: String, port: Int, seat: String) async {
        do {
            let filled = try await server.store.setUp().projects.compactMap { project in
                folder(of: project.key).map { (project.project.id, $0) }
            }
            guard !filled.isEmpty else { return }
            let client = try await SeatClient(host: host, port: port, seat: seat)
            var count = 0
            for (project, folder) in filled {
                count += await ProjectContents(of: project, in: folder, client: client, logger: logger).bringIn()
            }
            logger.info("contents of projects", metadata: ["broughtIn": "\(count)"])
        } catch {
            logger.warning("no contents brought in", metadata: ["why": "\(error)"])
        }
    }

    private func folder(of key: String) -> URL? {
        folders.lazy.map { URL(filePath: $0).appending(path: key) }.first { $0.isFolder }
    }
}

extension URL {
    fileprivate var isFolder: Bool { (try? resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true }
}
