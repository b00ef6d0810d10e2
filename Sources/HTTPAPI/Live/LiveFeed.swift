import Calls
import Centre
import Contacts
import Logging
import NIOCore
import Operation
import Organization
import Primitives
import Reporting
import Storage

/// Carries what has become durable to the screens: an agent's desk at once, rows of the floor a few times a second, each
/// reader what his rights reach. Owns the day's figures, which it counts from the same entries.
///
/// Entries only say what is to be read again; what is sent is always read from the engine, so a screen never shows a mix.
actor LiveFeed {
    let centre: CentreActor
    let store: Store
    let names: NameBook
    let now: @Sendable () -> Timestamp
    let announcements: Announcements
    let logger: Logger

    var readers: [Int: Reader] = [:]
    /// The same readers by the agent whose desk they show, and by the floor they see.
    var openDesks: [AgentID: OpenDesk] = [:]
    var floorReaders: [FloorAudience: [Reader]] = [:]
    var nextReader = 0
    private(set) var isClosed = false

    /// The day's figures, and up to where they are counted.
    var figures = DayFigures()
    private var counted = LogPosition.start
    var quotas = QuotaBook()
    /// Something that counts for a quota has come to its end, or the hour has.
    var quotasMoved = false
    private var quotaPeriods: Set<Range<Timestamp>> = []
    /// What floors were shown last of what others do, too.
    var shownGroups: [FloorAudience: [QuotaWire]] = [:]
    /// The same entries counted for a monitoring system, since the start of the program.
    private(set) var counters = CentreCounters()
    private var days: [ProjectID: Timestamp] = [:]
    /// The queues that got no calls when it was last looked.
    private var closed: Set<QueueID> = []

    /// Who was last offered each open contact: its closing does not say whose it was.
    private var holders: [ContactID: AgentID] = [:]
    /// Who supervises them.
    private var supervisors: [ContactID: Set<AgentID>] = [:]
    /// Whom the holders have called where no customer is: they see the same call.
    private var colleagues: [ContactID: AgentID] = [:]
    /// Who sits beside an agent, and sees his desk.
    var guests: [AgentID: AgentID] = [:]
    var callers: [ContactID: CallerCard] = [:]
    /// Raised when something kept of a caller changes: what was read before is not kept then.
    var callersVersion = 0
    var sights: [FloorReach: FloorSight] = [:]

    /// What agents have been told and not read.
    var messages: [AgentID: [Message]] = [:]

    var dirtyQueues: Set<QueueID> = []
    var dirtyAgents: Set<AgentID> = []
    /// Contacts that have closed since figures were sent last.
    var closedContacts: [ClosedContact] = []

    init(
        centre: CentreActor, store: Store, names: NameBook, announcements: Announcements, now: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        self.centre = centre
        self.store = store
        self.names = names
        self.announcements = announcements
        self.now = now
        self.logger = logger
    }

    // MARK: Running

    /// Reads the names and counts the day so far. Before `run`, and again when entries were lost.
    func prepare() async throws {
        names.replace(try await store.wholeSetUp())
        sights = [:]
        try await readMessages()
        let now = self.now()
        let (midnights, holders, colleagues, supervisors, seats) = await centre.read { engine in
            (
                engine.organization.projects.mapValues { $0.time.startOfDay(now) },
                engine.contacts.compactMapValues(\.state.agent), engine.contacts.compactMapValues(\.colleague),
                engine.calls.compactMapValues { $0.supervisions.isEmpty ? nil : Set($0.supervisions.map(\.supervisor)) }, engine.seats
            )
        }
        days = midnights
        self.holders = holders
        self.colleagues = colleagues
        self.supervisors = supervisors
        guests = Dictionary(seats.map { ($0.value.host, $0.key) }, uniquingKeysWith: { first, _ in first })
        // An hour more, so that who waited at midnight is known when he is answered.
        let midnight = midnights.values.min() ?? now
        let shifts = try await store.shifts()
        // Only what is counted by shift reaches back beyond midnight.
        let isByShift = names.current.quotas.contains { $0.quota.per == .shift && $0.quota.by == .agent }
        let firstShift = isByShift ? shifts.values.compactMap { $0.start(at: now) }.min() : nil
        let start = min(midnight, firstShift ?? midnight) - .seconds(3600)
        var figures = DayFigures()
        var quotas = QuotaBook(shifts: shifts)
        var last = LogPosition.start
        try await store.forEachEntry(since: start) { entry in
            quotas.count(entry, figures.count(entry))
            last = max(last, entry.position)
        }
        self.figures = figures
        self.quotas = quotas
        quotasMoved = true
        counted = max(counted, last)
    }

    /// Works until `close`: the one place from which streams are written to.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.followAnnouncements() }
            group.addTask { await self.repeatedly(every: Limits.figuresPause) { await self.sendFigures() } }
            group.addTask { await self.repeatedly(every: Limits.heartbeat) { await self.beat() } }
            await group.next()
            group.cancelAll()
        }
        closeStreams()
    }

    /// Ends `run` and every stream. Not their sessions: readers come back to the next server.
    nonisolated func close() {
        announcements.finish()
    }

    private func followAnnouncements() async {
        for await _ in announcements.rings { await readAnnouncements() }
    }

    private func repeatedly(every pause: Duration, _ action: @Sendable () async -> Void) async {
        while (try? await Task.sleep(for: pause)) != nil { await action() }
    }

    private func closeStreams() {
        isClosed = true
        for reader in readers.values { reader.stream.finish() }
        readers = [:]
        openDesks = [:]
        floorReaders = [:]
    }

    // MARK: What has happened

    private func readAnnouncements() async {
        let (entries, isLossy, hasNewTroubles, headsets) = announcements.take()
        if hasNewTroubles { sendTroubles(to: Array(readers.values)) }
        sendApprovals(of: announcements.takeAskers())
        if isLossy {
            logger.warning("announcements lost, reading everything again")
            await startOver()
            return
        }
        var urgent = headsets
        var isNewSetUp = false
        for entry in entries where entry.position > counted {
            counted = entry.position
            let handling = figures.count(entry)
            quotas.count(entry, handling)
            if handling != nil { quotasMoved = true }
            counters.count(entry)
            if case .setUpApplied = entry.event { isNewSetUp = true }
            note(entry, urgent: &urgent)
        }
        urgent.formUnion(urgent.compactMap { guests[$0] })
        if isNewSetUp {
            await setUpChanged()
        } else {
            await sendDesks(of: urgent)
        }
    }

    /// Marks what an entry changes.
    private func note(_ entry: LogEntry, urgent: inout Set<AgentID>) {
        switch entry.event {
        case .seatTaken(let guest, let host):
            guests[host] = guest
            urgent.insert(host)
            dirtyAgents.insert(host)
        case .seatLeft(_, let host):
            guests[host] = nil
            urgent.insert(host)
            dirtyAgents.insert(host)
        default: break
        }
        if let queue = entry.queue { dirtyQueues.insert(queue) }
        var touched = entry.agent
        if let contact = entry.contact {
            if case .offerMade(let offering) = entry.event { holders[contact] = offering.agent }
            if case .dialStarted(_, let agent, _, _) = entry.event { holders[contact] = agent }
            if case .colleagueDialled(_, let agent, let colleague, _, _) = entry.event {
                holders[contact] = agent
                colleagues[contact] = colleague
            }
            // Both see it, whomever the entry names.
            if let colleague = colleagues[contact] {
                for agent in [colleague, holders[contact]].compactMap(\.self) {
                    urgent.insert(agent)
                    dirtyAgents.insert(agent)
                }
            }
            if case .contactClosed = entry.event {
                touched = holders.removeValue(forKey: contact)
                callers[contact] = nil
                if colleagues.removeValue(forKey: contact) == nil, let project = entry.project, hasReaders {
                    closedContacts.append(ClosedContact(id: contact, project: project, agent: touched))
                }
            }
            // Back in its queue it is nobody's.
            switch entry.event {
            case .supervisionStarted(_, let supervisor, _, _, _, _): supervisors[contact, default: []].insert(supervisor)
            case .supervisionEnded(_, let supervisor, _):
                supervisors[contact]?.remove(supervisor)
                if supervisors[contact]?.isEmpty == true { supervisors[contact] = nil }
            // A pause keeps them out.
            case .recording: urgent.formUnion(supervisors[contact] ?? [])
            case .sentOutside: forgetCaller(of: contact)
            // Whoever sent it outside sees it close.
            case .contactQueued: holders[contact] = nil
            default: break
            }
        }
        // A consult or a supervision is seen by both: who is asked, or supervises, stands in the entry; the other has the contact.
        switch entry.event {
        case .consultStarted, .consultArranged, .consultRefused, .consultEnded, .outsideAnswered, .outsideEnded, .outsideRefused,
            .supervisionStarted, .supervisionArranged, .supervisionEnded, .recording:
            // A number may have been filed with it.
            if let contact = entry.contact, entry.agent == nil { forgetCaller(of: contact) }
            if let holder = entry.contact.flatMap({ holders[$0] }) {
                urgent.insert(holder)
                dirtyAgents.insert(holder)
            }
        // Whether a talk is recorded stands on the desk of whoever has it.
        case .keepingChanged: urgent.formUnion(holders.values)
        default: break
        }
        if let touched {
            urgent.insert(touched)
            dirtyAgents.insert(touched)
        }
    }

    /// Says that something is asked or decided; what it is, each reads by his rights.
    private func sendApprovals(of askers: [AgentID: Set<Place>]) {
        guard !askers.isEmpty else { return }
        let bytes = ServerSentEvent.bytes("approvals", id: nil, ApprovalsWire())
        let places = askers.values.reduce(into: Set<Place>()) { $0.formUnion($1) }
        for reader in readers.values {
            let mayDecide = places.contains { reader.caller.account.user.may(.approveConcessions, at: $0) }
            if mayDecide || reader.agent.map({ askers[$0] != nil }) ?? false { reader.stream.send(bytes) }
        }
    }

    func sendTroubles(to readers: [Reader]) {
        let bytes = ServerSentEvent.bytes("troubles", id: nil, TroublesWire(announcements.troubles))
        for reader in readers { reader.stream.send(bytes) }
    }

    private func startOver() async {
        counters.forgetWaiting()
        // Positions may have gone back: what was sent from further on must not keep back what follows.
        for reader in readers.values {
            reader.deskPosition = .start
            reader.floorPosition = nil
            reader.missedFloor = .start
        }
        await prepareAgain()
        await sendWhole()
    }

    private func prepareAgain() async {
        do {
            try await prepare()
        } catch {
            logger.error("the live feed cannot read the tables", metadata: ["error": "\(error)"])
        }
    }

    /// Names or rights may be others now: everything is read again and sent whole.
    private func setUpChanged() async {
        let quotas = names.current.quotas
        await readNames()
        // A new quota may look further back than what has been counted.
        if names.current.quotas != quotas { await prepareAgain() }
        for id in readers.keys.sorted() { await refreshRights(of: id) }
        await sendWhole()
    }

    /// Reads the names of the set-up; also asked for by who has changed it, so that his next look shows them.
    func readNames() async {
        do {
            names.replace(try await store.wholeSetUp())
        } catch {
            logger.error("the live feed cannot read the set-up", metadata: ["error": "\(error)"])
        }
        sights = [:]
    }

    private func sendWhole() async {
        for desk in openDesks.values { desk.forget() }
        await sendDesks(of: Set(openDesks.keys))
        for audience in floorReaders.keys {
            // Rows that came before the whole were kept back: once more.
            repeat {
                await sendFloor(to: audience)
            } while floorReaders[audience, default: []].contains { $0.missedFloor > $0.floorPosition ?? .start }
        }
    }

    // MARK: Every fifteen seconds

    /// Shows every reader that the line lives, ends those whose session is over, and begins a new day where one has begun.
    private func beat() async {
        for id in readers.keys.sorted() { await refreshRights(of: id) }
        let now = self.now()
        let beat = ServerSentEvent.beat(at: now)
        for reader in readers.values { reader.stream.send(beat) }
        let periods = quotas.periods(at: now, names.current.quotas)
        if periods != quotaPeriods {
            quotaPeriods = periods
            quotasMoved = true
            dirtyAgents.formUnion(names.current.allAgents)
        }
        let (midnights, closed) = await centre.read { engine in
            (engine.organization.projects.mapValues { $0.time.startOfDay(now) }, engine.organization.closedQueues(at: now))
        }
        dirtyQueues.formUnion(closed.symmetricDifference(self.closed))
        self.closed = closed
        guard midnights != days else { return }
        days = midnights
        dirtyQueues.formUnion(names.current.allQueues)
    }

    private func refreshRights(of id: Int) async {
        guard let caller = readers[id]?.caller else { return }
        do {
            let session = try await store.session(tokenHash: caller.session.bytes, at: now())
            guard let session, session.expires > now(), let account = try await store.account(session.user) else { return end(id) }
            guard let reader = readers[id], reader.caller.account.user != account.user else { return }
            unlist(reader)
            reader.caller.account.user = account.user
            list(reader)
        } catch {
            logger.error("a session cannot be read", metadata: ["error": "\(error)"])
        }
    }
}
