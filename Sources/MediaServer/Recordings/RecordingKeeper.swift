import CNetwork
import Crypto
import Glibc
import Primitives
import Recording
import Synchronization

/// Writes what is recorded: one thread for all recordings, which appends twice a second, and one that syncs once a second. So a killed
/// program loses less than a second of each, and a power cut not much more. While nobody is recorded both sleep.
package final class RecordingKeeper: Sendable {
    /// How writing goes.
    package struct Figures: Sendable, Equatable {
        package var open = 0
        package var bytes: UInt64 = 0
        /// Time of a call of which nothing was kept: the disk was full, or stood still.
        package var lost: Duration = .zero
        /// What the disk says; nil: it takes what it is given.
        package var error: Int32?
    }

    private struct State {
        var new: [OpenRecordingOrder] = []
        var figures = Figures()
        var isStopping = false
        /// The writer has written its last.
        var isWritten = false
        var isDirty = false
    }

    /// What the writer's thread makes a recording of.
    private struct OpenRecordingOrder: Sendable {
        var path: String
        var header: RecordingHeader
        var secret: SymmetricKey
        var ring: RecordingRing
    }

    /// More at once are refused: each has a ring of 80 KiB.
    package static let recordingsMax = 4_000

    private static let pause: UInt64 = 400_000_000
    private static let syncPause: UInt64 = 1_000_000_000

    let folder: RecordingFolder
    private let keys: RecordingKeyRing
    private let state = Mutex(State())
    private let onChange: @Sendable (Int32?) -> Void
    /// Rung when there is a first recording, and for the end.
    private let writerBell: Bell
    /// Rung when there is something to sync, and for the end.
    private let syncerBell: Bell
    private let threads = Mutex<(writer: pthread_t?, syncer: pthread_t?)>((nil, nil))

    /// - Parameter onChange: hears, on the writer's thread, what the disk says when it begins to fail, and nil when it is well again.
    package init(_ folder: RecordingFolder, keys: RecordingKeyRing, onChange: @escaping @Sendable (Int32?) -> Void = { _ in }) throws {
        self.folder = folder
        self.keys = keys
        self.onChange = onChange
        writerBell = try Bell()
        syncerBell = try Bell()
        try folder.make()
        let writer = try run { $0.write() }
        threads.withLock { $0.writer = writer }
        do {
            let syncer = try run { $0.sync() }
            threads.withLock { $0.syncer = syncer }
        } catch {
            shutdown()
            throw error
        }
    }

    /// Begins a recording.
    ///
    /// - Returns: what is to listen to the party; nil if there are too many. When it is told of the end, the recording is whole.
    package func begin(_ id: ID<SealedRecording>, at now: Timestamp) -> RecordingRing? {
        let secret = SymmetricKey(size: .bits256)
        let nonces = RecordingHeader.slots.map { _ in Array(AES.GCM.Nonce()) }
        guard
            let header = try? RecordingHeader(id: id, startedAt: now, secret: secret, wrappedBy: keys.newest, nonces: nonces)
        else { return nil }
        let (ring, isFirst) = state.withLock { state -> (RecordingRing?, Bool) in
            guard !state.isStopping, state.figures.open < Self.recordingsMax else { return (nil, false) }
            state.figures.open += 1
            let ring = RecordingRing()
            state.new.append(OpenRecordingOrder(path: folder.path(of: id), header: header, secret: secret, ring: ring))
            return (ring, state.figures.open == 1)
        }
        // While there are others the writer looks twice a second.
        if isFirst { writerBell.ring() }
        return ring
    }

    package var figures: Figures { state.withLock { $0.figures } }

    /// Writes what is there, syncs it and ends the threads. A recording whose party is still there ends as one that was cut off.
    package func shutdown() {
        let (writer, syncer) = threads.withLock { threads in
            defer { threads = (nil, nil) }
            return threads
        }
        state.withLock { $0.isStopping = true }
        writerBell.ring()
        if let writer { pthread_join(writer, nil) }
        state.withLock { $0.isWritten = true }
        syncerBell.ring()
        if let syncer { pthread_join(syncer, nil) }
    }

    private func run(_ body: @escaping @Sendable (RecordingKeeper) -> Void) throws -> pthread_t {
        final class Work: Sendable {
            let keeper: RecordingKeeper
            let body: @Sendable (RecordingKeeper) -> Void
            init(_ keeper: RecordingKeeper, _ body: @escaping @Sendable (RecordingKeeper) -> Void) {
                self.keeper = keeper
                self.body = body
            }
        }
        let context = Unmanaged.passRetained(Work(self, body))
        var thread = pthread_t()
        let error = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
                work.body(work.keeper)
                return nil
            }, context.toOpaque())
        guard error == 0 else {
            context.release()
            throw MediaServerError.cannotStart(errno: error)
        }
        return thread
    }

    // MARK: The writer

    private func write() {
        network_thread_name("recorder")
        var recordings: [OpenRecording] = []
        var isStopping = false
        while true {
            let begun = Clock.monotonic()
            let new = state.withLock { state in
                isStopping = state.isStopping
                defer { state.new = [] }
                return state.new
            }
            recordings += new.map { OpenRecording(path: $0.path, header: $0.header, secret: $0.secret, ring: $0.ring) }
            var sum = OpenRecording.Round()
            var done: Set<ObjectIdentifier> = []
            for recording in recordings {
                let round = recording.write()
                sum.written += round.written
                sum.lost += round.lost
                sum.error = sum.error ?? round.error
                if round.isDone { done.insert(ObjectIdentifier(recording)) }
            }
            recordings.removeAll { done.contains(ObjectIdentifier($0)) }
            tell(sum, ended: done.count)
            if isStopping { return }
            wait(for: writerBell, until: begun &+ Self.pause) { $0.isStopping }
            // Nobody is recorded: nothing comes before the bell.
            if recordings.isEmpty { wait(for: writerBell) { $0.isStopping || !$0.new.isEmpty } }
        }
    }

    private func tell(_ round: OpenRecording.Round, ended: Int) {
        if round.written > 0 { markDirty() }
        let change: Int32?? = state.withLock { state in
            state.figures.open -= ended
            state.figures.bytes &+= UInt64(round.written)
            state.figures.lost += .milliseconds(20) * Int(clamping: round.lost)
            // A round in which there was nothing to write says nothing.
            guard round.written > 0 || round.error != nil else { return nil }
            let old = state.figures.error
            state.figures.error = round.error
            return (old == nil) == (round.error == nil) ? nil : .some(round.error)
        }
        if let change { onChange(change) }
    }

    // MARK: Syncing

    private func markDirty() {
        let isNew = state.withLock { state in
            defer { state.isDirty = true }
            return !state.isDirty
        }
        if isNew { syncerBell.ring() }
    }

    private func sync() {
        network_thread_name("recorder-sync")
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if descriptor >= 0 { Glibc.close(descriptor) } }
        while true {
            let begun = Clock.monotonic()
            let (isLast, isDirty) = state.withLock { state in
                defer { state.isDirty = false }
                return (state.isWritten, state.isDirty)
            }
            // One for all files: 500 of them would need 500 commits of the file system's journal.
            if isDirty, descriptor >= 0 { network_sync_disk(descriptor) }
            if isLast { return }
            wait(for: syncerBell, until: begun &+ Self.syncPause) { $0.isWritten }
            wait(for: syncerBell) { $0.isWritten || $0.isDirty }
        }
    }

    /// Until the clock stands there, or nil: for as long as it takes; or until there is something to do, for which the bell is rung.
    private func wait(for bell: Bell, until time: UInt64? = nil, or isDue: (borrowing State) -> Bool) {
        while !state.withLock({ isDue($0) }), time.map({ Clock.monotonic() < $0 }) ?? true { bell.wait(until: time) }
    }
}
