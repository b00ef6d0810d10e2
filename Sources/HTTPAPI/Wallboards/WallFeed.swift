import Logging
import NIOCore
import Operation
import Organization
import Primitives
import Storage

/// Looks a few times a second how the places stand that wallboards show and alerts watch, sends walls what has changed, and says which
/// alerts begin and end. Where there is neither it does nothing.
actor WallFeed {
    private let feed: LiveFeed
    private let store: Store
    private let names: NameBook
    private let announcements: Announcements
    private let tell: @Sendable (AlertNews) -> Void
    private let now: @Sendable () -> Timestamp
    private let logger: Logger

    private var readers: [Int: Reader] = [:]
    private var nextReader = 0
    private var isClosed = false
    private var book = AlertBook()
    /// What the tables could not take yet.
    private var unkept = AlertChanges()
    private var isKeeping = true
    private let closing: AsyncStream<Void>
    private nonisolated let whenClosed: AsyncStream<Void>.Continuation

    private struct Reader {
        let stream: LiveStream
        let wallboard: WallboardID
        let token: SessionToken.Hash
        var shown: WallWire?
    }

    /// - Parameter tell: is told of every alert that begins or ends, and must not wait.
    init(
        feed: LiveFeed, store: Store, names: NameBook, announcements: Announcements, tell: @escaping @Sendable (AlertNews) -> Void,
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.feed = feed
        self.store = store
        self.names = names
        self.announcements = announcements
        self.tell = tell
        self.now = now
        self.logger = logger
        (closing, whenClosed) = AsyncStream.makeStream()
    }

    // MARK: Running

    /// Reads which alerts had begun. Before `run`.
    func prepare() async throws {
        book = AlertBook(raised: try await store.raisedAlerts())
    }

    /// Works until `close`.
    func run() async {
        let closing = closing
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in closing {} }
            group.addTask { await self.repeatedly(every: Limits.wallPause) { await self.look() } }
            group.addTask { await self.repeatedly(every: Limits.heartbeat) { await self.beat() } }
            await group.next()
            group.cancelAll()
        }
        isClosed = true
        for reader in readers.values { reader.stream.finish() }
        readers = [:]
    }

    /// Ends `run` and every stream; walls come back to the next server.
    nonisolated func close() { whenClosed.finish() }

    private func repeatedly(every pause: Duration, _ action: @Sendable () async -> Void) async {
        while (try? await Task.sleep(for: pause)) != nil { await action() }
    }

    private func look() async {
        let names = self.names.current
        let watched = Set(readers.values.map(\.wallboard))
        let boards = names.wallboards.filter { watched.contains($0.wallboard.id) }
        for gone in watched.subtracting(boards.map(\.wallboard.id)).sorted() { end(gone) }
        guard !boards.isEmpty || !names.alerts.isEmpty || !book.raised.isEmpty else { return }
        let figures = boards.flatMap { named in
            named.wallboard.figures.map { MeasuredPlace(project: named.wallboard.project, queue: $0.queue) }
        }
        let readings = await feed.readings(of: Set(names.alerts.map(\.alert.place) + figures))
        await watch(names, readings)
        for board in boards {
            let wall = WallWire(board, readings, alerts: announcements.alerts, names: names, now: now())
            for id in readers.keys.sorted() where readers[id]?.wallboard == board.wallboard.id { send(wall, to: id) }
        }
    }

    private func send(_ wall: WallWire, to id: Int) {
        var same = wall
        if let shown = readers[id]?.shown { same.now = shown.now }
        guard readers[id]?.shown != same else { return }
        readers[id]?.shown = wall
        readers[id]?.stream.send(ServerSentEvent.bytes("wall", id: nil, wall))
    }

    /// Shows that the line lives, and ends those whose link is another's or nobody's by now.
    private func beat() async {
        for id in readers.keys.sorted() {
            guard let reader = readers[id] else { continue }
            do {
                if try await store.wallboard(tokenHash: reader.token.bytes) != reader.wallboard {
                    revoke(id)
                } else {
                    reader.stream.send(ServerSentEvent.beat(at: now()))
                }
            } catch {
                logger.error("a wallboard's link cannot be read", metadata: ["error": "\(error)"])
            }
        }
    }

    // MARK: Alerts

    private func watch(_ names: Names, _ readings: [MeasuredPlace: Reading]) async {
        let now = now()
        let values = names.alerts.map { named in
            (alert: named.alert, value: readings[named.alert.place]?.value(of: named.alert.measure, at: now))
        }
        let changes = book.look(at: values, now: now)
        let shown = names.alerts.compactMap { named in book.raised[named.alert.id].map { ShownAlert(named: named, since: $0) } }
        if announcements.show(shown) { await feed.sendAlerts() }
        guard !changes.isEmpty || !unkept.isEmpty else { return }
        let news = changes.compactMap { take($0, names, values, at: now) }
        // First it is kept: what is told outlasts whatever happens now, and so does what is still to be told.
        await keep()
        for one in news { tell(one) }
    }

    /// - Returns: what is to be told of it; nil: of what was taken out of the set-up nobody knows any more whom to tell.
    private func take(
        _ change: AlertBook.Change, _ names: Names, _ values: [(alert: Alert, value: Double?)], at now: Timestamp
    ) -> AlertNews? {
        let (id, since, hasBegun) =
            switch change {
            case .began(let id, let since): (id, since, true)
            case .ended(let id, let since): (id, since, false)
            }
        let named = names.alerts.first { $0.alert.id == id }
        let turn = RaisedAlert.Turn(at: now, value: values.first { $0.alert.id == id }?.value)
        logger.notice(hasBegun ? "an alert begins" : "an alert ends", metadata: ["alert": "\(named?.key ?? id.description)"])
        if !hasBegun {
            unkept.ended.append(.init(alert: id, since: since, turn: turn))
        } else if let named {
            unkept.began.append(RaisedAlert(alert: named.alert, since: since, began: turn))
        }
        guard let named else { return nil }
        let news = AlertNews(
            named: named, project: names.key(of: named.alert.place.project), queue: named.alert.place.queue.map { names.key(of: $0) },
            hasBegun: hasBegun, since: since, at: now, value: turn.value)
        if named.webhook != nil {
            let event = AlertEvent(news)
            unkept.messages.append(WaitingMessage(id: event.id, alert: id, body: event.body, madeAt: now))
        }
        return news
    }

    /// What cannot be written now is written with the next look, but for messages: those are on their way by then.
    private func keep() async {
        let changes = unkept
        do {
            try await store.keep(changes)
            unkept = AlertChanges()
            isKeeping = true
        } catch {
            if isKeeping { logger.warning("alerts cannot be kept for a restart", metadata: ["error": "\(error)"]) }
            isKeeping = false
            unkept.messages = []
            unkept.began = unkept.began.suffix(Limits.unkeptAlertsMax)
            unkept.ended = unkept.ended.suffix(Limits.unkeptAlertsMax)
        }
    }

    // MARK: Walls

    /// What a wallboard shows now; nil: there is none of that id.
    func wall(_ id: WallboardID) async -> WallWire? {
        let names = self.names.current
        guard let board = names.wallboards.first(where: { $0.wallboard.id == id }) else { return nil }
        let places = board.wallboard.figures.map { MeasuredPlace(project: board.wallboard.project, queue: $0.queue) }
        let readings = await feed.readings(of: Set(places))
        return WallWire(board, readings, alerts: announcements.alerts, names: names, now: now())
    }

    /// False while there are too many, or the server stops.
    var hasRoom: Bool { !isClosed && readers.count < Limits.wallStreamsMax }

    /// Screens that show each wallboard now.
    var screens: [WallboardID: Int] { Dictionary(readers.values.map { ($0.wallboard, 1) }, uniquingKeysWith: +) }

    /// Takes a new screen and sends it the whole.
    ///
    /// - Throws: `unavailable` if there are too many, `notFound` if the link has ended meanwhile.
    /// - Returns: what `drop` wants.
    func open(_ stream: LiveStream, _ wallboard: WallboardID, _ token: SessionToken.Hash) async throws -> Int {
        guard hasRoom else { throw Problem(.unavailable, retryAfter: 5) }
        let same = readers.filter { $0.value.wallboard == wallboard }.keys.sorted()
        for id in same.dropLast(Limits.wallStreamsOfOneMax - 1) { drop(id) }
        nextReader += 1
        let id = nextReader
        // Known before anything is read: whoever ends the link from now on ends this stream, too.
        readers[id] = Reader(stream: stream, wallboard: wallboard, token: token)
        let isLinked = try await store.wallboard(tokenHash: token.bytes) == wallboard
        guard isLinked, let wall = await wall(wallboard) else {
            drop(id)
            throw Problem(.notFound)
        }
        send(wall, to: id)
        return id
    }

    /// The connection is gone.
    func drop(_ id: Int) { readers.removeValue(forKey: id)?.stream.finish() }

    /// Its link opens it no more: its screens say so and end.
    func end(_ wallboard: WallboardID) {
        for id in readers.keys.sorted() where readers[id]?.wallboard == wallboard { revoke(id) }
    }

    private func revoke(_ id: Int) {
        readers[id]?.stream.send(ServerSentEvent.revoked)
        drop(id)
    }
}

extension ServerSentEvent {
    static let revoked = ByteBuffer(string: "event: revoked\ndata: {}\n\n")
}
