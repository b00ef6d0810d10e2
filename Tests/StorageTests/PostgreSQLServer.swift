import Foundation
import Synchronization

@testable import Storage

/// A PostgreSQL server for the tests: started by the first that needs it, in a folder of its own, reached by a socket
/// there and by no network, ended with the tests.
final class PostgreSQLServer: Sendable {
    static let shared = Result { try PostgreSQLServer() }

    struct CannotStart: Error, CustomStringConvertible {
        let description: String
    }

    private let folder: URL
    private let process: Process
    private let databases = Mutex(0)

    private static let folders = [
        "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin", "/usr/local/bin",
    ]

    private init() throws {
        guard let binaries = Self.folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }) else {
            throw CannotStart(
                description: "No initdb in \(Self.folders): install postgresql, or set CALLFLOOR_WITHOUT_POSTGRESQL=1 to test SQLite only.")
        }
        var template = Array("/tmp/callfloor-postgresql-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw CannotStart(description: "no folder in /tmp") }
        folder = URL(filePath: String(cString: made))
        let data = folder.appending(path: "data").path
        try Self.giveToPostgreSQL(folder.path)
        let initdb = Self.process(
            "\(binaries)/initdb",
            ["-D", data, "-A", "trust", "-U", "callfloor", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"])
        try initdb.run()
        initdb.waitUntilExit()
        guard initdb.terminationStatus == 0 else { throw CannotStart(description: "initdb ended with \(initdb.terminationStatus)") }
        // No disk is flushed, except for measuring: what these tests ask of the server survives nothing anyway.
        let flushes = ProcessInfo.processInfo.environment["CALLFLOOR_MEASURE"] == "1" ? "on" : "off"
        process = Self.process(
            "\(binaries)/postgres",
            [
                "-D", data, "-k", folder.path, "-c", "listen_addresses=", "-c", "fsync=\(flushes)", "-c", "max_connections=400",
                "-c", "shared_buffers=32MB", "-c", "log_min_messages=panic",
            ])
        Self.runOnThreadOfItsOwn(process)
        try waitUntilReady()
        Self.endWithTests(folder: folder, process: process)
    }

    /// A new database's connection string.
    func newDatabase() throws -> String {
        try databases.withLock { count in
            count += 1
            let connection = try PostgreSQLConnection(info(of: "postgres"), role: .writing)
            defer { connection.close() }
            try connection.execute("CREATE DATABASE test\(count)")
            return info(of: "test\(count)")
        }
    }

    private func info(of database: String) -> String { "host=\(folder.path) user=callfloor dbname=\(database)" }

    private func waitUntilReady() throws {
        let deadline = Date(timeIntervalSinceNow: 60)
        while true {
            do {
                try PostgreSQLConnection(info(of: "postgres"), role: .reading).close()
                return
            } catch {
                guard Date() < deadline, process.isRunning else { throw CannotStart(description: "the server does not answer: \(error)") }
                usleep(20_000)  // polling until the server answers
            }
        }
    }

    // MARK: Processes

    /// As the user postgres where the tests run as root, whom PostgreSQL refuses. The server ends with its parent, however
    /// that ends.
    private static func process(_ path: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/setpriv")
        let identity = getuid() == 0 ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
        process.arguments = identity + ["--pdeathsig", "INT", path] + arguments
        process.standardOutput = FileHandle.nullDevice
        return process
    }

    private static func giveToPostgreSQL(_ folder: String) throws {
        guard getuid() == 0 else { return }
        guard let user = getpwnam("postgres") else {
            throw CannotStart(description: "PostgreSQL does not run as root, and there is no user postgres")
        }
        chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
    }

    /// The signal of a parent's death comes when the thread ends that started the child: this one stays.
    private static func runOnThreadOfItsOwn(_ process: Process) {
        let started = DispatchSemaphore(value: 0)
        let shared = Shared(process)
        Thread.detachNewThread {
            try? shared.process.run()
            started.signal()
            while true { sleep(1000) }  // polling nothing: the thread has only to be there
        }
        started.wait()
    }

    private struct Shared: @unchecked Sendable {
        let process: Process
        init(_ process: Process) { self.process = process }
    }

    private static let ending = Mutex<(folder: URL, pid: pid_t)?>(nil)

    private static func endWithTests(folder: URL, process: Process) {
        ending.withLock { $0 = (folder, process.processIdentifier) }
        atexit {
            guard let (folder, pid) = PostgreSQLServer.ending.withLock({ $0 }) else { return }
            kill(pid, SIGQUIT)
            // The test framework may have taken the exit status; then there is nothing to wait for.
            for _ in 0..<200 where kill(pid, 0) == 0 && waitpid(pid, nil, WNOHANG) == 0 { usleep(10_000) }  // polling
            try? FileManager.default.removeItem(at: folder)
        }
    }
}
