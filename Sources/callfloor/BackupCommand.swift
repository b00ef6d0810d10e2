import ArgumentParser
import Foundation
import Server
import Storage

/// Where a centre's data are, as `serve` is told.
struct DataOptions: ParsableArguments {
    @Option(help: "The data folder of the server.")
    var data = "var/callfloor"

    @Option(help: "libpq connection string of a PostgreSQL database, instead of SQLite in the data folder.")
    var postgresql: String?

    var location: DatabaseLocation { ServerConfiguration.database(in: data, postgreSQL: postgresql) }
}

/// With what a backup is encrypted.
struct KeyOptions: ParsableArguments {
    @Option(help: "A file with the key of the backup: 32 bytes, or their base64 (openssl rand -base64 32).")
    var keyFile: String?

    func key() throws -> BackupKey? { try keyFile.map { try BackupKey(contentsOf: $0) } }
}

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write everything into one file, while the server runs.",
        discussion: """
            The file holds one moment of the centre: all tables of its database, and the files of its data folder but for the \
            recordings, which are to be copied by themselves. `callfloor restore` makes a centre of it, in SQLite or PostgreSQL. It \
            holds passwords of trunks and personal data: give it a key, and keep the key elsewhere.
            """)

    @OptionGroup var source: DataOptions

    @Option(name: .customLong("to"), help: "The file to write; there must be none yet.")
    var path: String

    @OptionGroup var lock: KeyOptions

    func run() async throws {
        PrivateFolder.begin()
        let start = ContinuousClock.now
        let report = try Backup.write(
            source.location, folder: source.data, to: path, key: try lock.key(), product: Callfloor.version, at: ServerClock().now)
        BackupWords.tell("Written and read back: \(path)", report, in: ContinuousClock.now - start)
        let recordings = "\(source.data)/recordings"
        if FileManager.default.fileExists(atPath: recordings) { Callfloor.say("not in it: \(recordings), which is to be copied by itself") }
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a centre from a backup, here or on another machine.",
        discussion: """
            The data folder must be empty or not there, a PostgreSQL database without tables. Everything that was put in is read back \
            and compared with the backup before it counts; if anything differs, nothing is left.
            """)

    @Argument(help: "The backup.")
    var path: String

    @OptionGroup var target: DataOptions

    @OptionGroup var lock: KeyOptions

    func run() async throws {
        PrivateFolder.begin()
        let start = ContinuousClock.now
        let report = try Restore.restore(path, to: target.location, folder: target.data, key: try lock.key())
        for table in report.tables { Callfloor.say("the same  \(table.name), \(table.rows) rows") }
        BackupWords.tell("Restored to \(target.data), read back and compared: \(path)", report, in: ContinuousClock.now - start)
    }
}

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a backup to its last byte, without restoring it.")

    @Argument(help: "The backup.")
    var path: String

    @OptionGroup var lock: KeyOptions

    func run() async throws {
        let start = ContinuousClock.now
        let report = try Backup.verify(path, key: try lock.key())
        BackupWords.tell("Whole: \(path)", report, in: ContinuousClock.now - start)
    }
}

/// What a person is told of a backup.
private enum BackupWords {
    static func tell(_ headline: String, _ report: BackupReport, in time: Duration) {
        let rows = report.tables.reduce(0) { $0 + $1.rows }
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let size = Double(report.bytes) / 1_000_000
        let speed = size > 1 ? String(format: " (%.0f MB/s)", size / max(seconds, 0.001)) : ""
        Callfloor.say(headline)
        Callfloor.say("  taken \(report.at) by Callfloor \(report.product), tables of format \(report.schema)")
        Callfloor.say("  \(report.tables.count) tables, \(rows) rows, \(report.files) files beside them")
        let hash = report.chain.head.map { String(format: "%02x", $0) }.joined()
        if let broken = report.chain.brokenAt {
            Callfloor.say("  WARNING: the log's hash chain is broken at entry \(broken); it was so when the backup was taken")
        } else {
            Callfloor.say("  log of \(report.chain.entries) entries, hash chain whole, the last hash is \(hash)")
        }
        let way = report.isEncrypted ? "encrypted" : "not encrypted"
        Callfloor.say(String(format: "  %.2f MB, %@, in %.1f s%@", size, way, seconds, speed))
    }
}
