import Calls
import Centre
import Glibc
import HTTPAPI
import Logging
import MediaServer
import NIOCore
import NIOPosix
import Operation
import Organization
import Primitives
import Recording
import ServiceLifecycle
import Storage
import Synchronization

/// Everything about recordings that outlasts a call: keys, reading, what the project's rule lets go, wrapping by a new key.
final class RecordingOffice: Service, CustomStringConvertible {
    var description: String { "recordings" }

    /// Writes what is recorded; nil where the keys do not allow it.
    let keeper: RecordingKeeper?

    private let folder: RecordingFolder
    private let keys: RecordingKeyFile?
    private let shelf: RecordingShelf?
    private let loop: any EventLoop
    private let store: Store
    private let announcements: Announcements
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let centre: Connection

    /// The engine, once it is there; the writer's thread begins before it.
    private final class Connection: Sendable {
        let centre = Mutex<CentreActor?>(nil)
    }

    private static let sweepPause = Duration.seconds(3600)
    private static let pageSize = 200

    /// - Throws: where recordings are needed, what is wrong with their keys.
    init(
        _ configuration: ServerConfiguration, on loop: any EventLoop, store: Store, announcements: Announcements,
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) throws {
        let path = DataFolder.recordings(in: configuration.dataFolder)
        folder = RecordingFolder(path)
        self.loop = loop
        self.store = store
        self.announcements = announcements
        self.now = now
        self.logger = logger
        let connection = Connection()
        centre = connection
        var found: (keys: RecordingKeyFile, keeper: RecordingKeeper)?
        do {
            try folder.make()
            let file = configuration.recordingKeys ?? DataFolder.recordingKeys(in: configuration.dataFolder)
            let keys = try RecordingKeyFile(file, folder: path, today: CivilTime.utc.wall(at: ServerClock.wall).day)
            if !keys.missing.isEmpty {
                let names = keys.missing.joined(separator: ", ")
                logger.error("earlier recordings cannot be opened: keys are missing", metadata: ["keys": "\(names)", "file": "\(file)"])
                if configuration.needsRecordings { throw RecordingKeyFile.Flaw.missing("\(file): \(names)") }
                announcements.begin(Trouble(.recordingFailing, since: now(), reason: "keys of earlier recordings are missing: \(names)"))
            }
            let keeper = try RecordingKeeper(folder, keys: keys.ring) { error in
                Self.changed(error, connection.centre.withLock { $0 }, on: loop, announcements, now, logger)
            }
            found = (keys, keeper)
        } catch {
            if configuration.needsRecordings { throw error }
            logger.error("nothing is recorded and no recording can be played", metadata: ["reason": "\(error)"])
            announcements.begin(Trouble(.recordingFailing, since: now(), reason: "\(error)"))
        }
        keys = found?.keys
        keeper = found?.keeper
        shelf = found.map { RecordingShelf(RecordingFolder(path), keys: $0.keys.ring) }
    }

    /// From here on the centre knows whether what is recorded is kept; that it was not before a restart ends in the log with that, too.
    func connect(_ centre: CentreActor) {
        self.centre.centre.withLock { $0 = centre }
        // Looked at on the loop: what the writer says of a change comes before this, or after it, and is the later one.
        loop.execute { [keeper] in Self.tell(keeper.map { $0.figures.error == nil } ?? false, to: centre) }
    }

    func shutdown() { keeper?.shutdown() }

    /// The disk begins to fail, or is well again: the screens say it, and the log from when to when nothing was kept.
    private static func changed(
        _ error: Int32?, _ centre: CentreActor?, on loop: any EventLoop, _ announcements: Announcements,
        _ now: @Sendable () -> Timestamp, _ logger: Logger
    ) {
        if let error {
            let reason = String(cString: strerror(error))
            logger.error("recordings cannot be written", metadata: ["reason": "\(reason)"])
            announcements.begin(Trouble(.recordingFailing, since: now(), reason: reason))
        } else {
            logger.notice("recordings are written again")
            announcements.end(.recordingFailing)
        }
        guard let centre else { return }
        loop.execute { tell(error == nil, to: centre) }
    }

    private static func tell(_ isKept: Bool, to centre: CentreActor) {
        centre.assumeIsolated { centre in
            guard centre.read({ $0.keepsRecordings }) != isKept else { return }
            _ = try? centre.submit(.keepingChanged(isKept))
        }
    }

    // MARK: What the HTTP side asks

    var port: RecordingPort {
        guard let shelf else {
            return RecordingPort(
                contents: { _ in throw RecordingPort.Unplayable.locked }, sound: { _, _ in throw RecordingPort.Unplayable.locked },
                erase: { [folder] id in try await Self.apart { try folder.erase(ID(sameAs: id)) } })
        }
        return RecordingPort(
            contents: { id in try await Self.apart { try shelf.contents(of: ID(sameAs: id)) } },
            sound: { id, range in try await Self.apart { try shelf.sound(of: ID(sameAs: id), range) } },
            erase: { [folder] id in
                try await Self.apart {
                    shelf.forget(ID(sameAs: id))
                    try folder.erase(ID(sameAs: id))
                }
            })
    }

    /// On a thread that may wait for a disk.
    private static func apart<Found: Sendable>(_ work: @escaping @Sendable () throws -> Found) async throws -> Found {
        try await NIOThreadPool.singleton.runIfActive { try work() }
    }

    // MARK: The clock's work

    func run() async throws {
        await rewrap()
        while !Task.isShuttingDownGracefully {
            await sweep()
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.sweepPause) }
        }
    }

    private func sweep() async {
        guard let centre = centre.centre.withLock({ $0 }) else { return }
        await RetentionSweep(store: store, centre: centre, erase: port.erase, logger: logger).run(at: now())
    }

    /// After a new key was added: wraps by it the keys of all recordings.
    private func rewrap() async {
        guard let keys else { return }
        var after = RecordingID(high: 0, low: 0)
        var (wrapped, locked) = (0, 0)
        do {
            while case let page = try await store.recordingsKept(after: after, limit: Self.pageSize), let last = page.last {
                for recording in page {
                    let folder = folder
                    do {
                        if try await Self.apart({ try folder.rewrap(ID(sameAs: recording.id), by: keys.ring) }) { wrapped += 1 }
                    } catch is RecordingHeader.Unreadable {
                        locked += 1
                    } catch MediaServerError.unreadable(_, errno: ENOENT) {
                        // Nothing was ever written of it.
                    }
                }
                after = last.id
            }
            if locked == 0 { try keys.forgetOthers() }
            if wrapped + locked > 0 {
                logger.notice(
                    "recordings are wrapped by the newest key",
                    metadata: ["key": "\(keys.ring.newest.name)", "wrapped": "\(wrapped)", "not opened": "\(locked)"])
            }
        } catch {
            logger.error("recordings could not be wrapped by the newest key", metadata: ["reason": "\(error)"])
        }
    }
}
