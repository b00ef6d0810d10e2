import Audio
import CNetwork
import Glibc
import Primitives
import RTP
import SRTP

/// A thread that owns sessions: waits at their sockets, relays, plays sounds in ticks of 20 ms, reports.
///
/// On its packet path there is no lock, no actor and no allocation. Commands are taken at the start of a round.
// @unchecked: `mailbox` and `counters` are for all; everything else is touched by the own thread only, and by `init` and
// `start` before it runs.
final class MediaThread: @unchecked Sendable {
    /// Datagrams taken from one socket before the next one has its turn.
    static let batchMax = 16
    /// G.711 with 100 ms is 812 bytes; longer than any Ethernet frame is no voice.
    static let packetMax = 1500
    /// A packet for a browser grows where it lies.
    static let bufferLength = packetMax + SRTPSession.overheadMax
    static let eventsMax = 256
    /// Sessions tick every 20 ms, a twentieth of them in each millisecond.
    static let phaseCount = 20
    static let tickSpan: UInt64 = 1_000_000
    /// After standing still for longer the missed ticks are left out, not caught up.
    static let behindMax: UInt64 = 200

    /// Between two looks at the clock in a round.
    private static let eventsBetweenTicks = 32
    /// A shorter wait, in nanoseconds, was none.
    private static let sleepMin: UInt64 = 5_000
    /// While packets come close together they are let gather for so long, in nanoseconds, and taken at once: to go to sleep and
    /// wake for each costs a third of the work. It is the delay that a packet may have to bear for it.
    private static let gatherSpan: UInt64 = 400_000

    private static let wakeToken = UInt64.max

    let mailbox: Mailbox
    let counters = Counters()

    let configuration: MediaServer.Configuration
    let ports: PortPool
    let onEvent: @Sendable (MediaEvent) -> Void
    private let index: Int
    private let epoll: Int32
    let batch: OpaquePointer
    /// A packet of ours is built here.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferLength, alignment: 16)
    /// 20 ms of sound, on their way from one thing to the next.
    let frame = UnsafeMutablePointer<Int16>.allocate(capacity: Codec.samplesPerPacket)
    private let tokens = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: eventsMax)
    private var handle = pthread_t()
    private var isStarted = false

    var slots: [Session?] = []
    var freeSlots: [Int] = []
    var sessions: [ID<MediaSession>: Session] = [:]
    var phases: [[Session]] = Array(repeating: [], count: phaseCount)
    var rooms: [ID<MediaRoom>: Room] = [:]
    var roomPhases: [[Room]] = Array(repeating: [], count: phaseCount)
    let desk = MixingDesk()
    /// Sessions on their way here; while there are any, commands wait.
    var expected: Set<ID<MediaSession>> = []
    /// Those that came before they were expected.
    var early: Set<ID<MediaSession>> = []
    var deferred: [Command] = []
    private var commands: [Command] = []
    var isStopping = false

    /// When the thread woke for this round.
    var now: UInt64 = 0
    /// The packets of this round came after this.
    var cameAfter: UInt64 = 0
    /// A socket had more than was taken from it in this round.
    var isBehind = false
    /// The millisecond that is next to tick.
    private var tick: UInt64 = 0

    init(_ index: Int, configuration: MediaServer.Configuration, ports: PortPool, onEvent: @escaping @Sendable (MediaEvent) -> Void)
        throws
    {
        self.index = index
        self.configuration = configuration
        self.ports = ports
        self.onEvent = onEvent
        mailbox = try Mailbox()
        let epoll = network_epoll_make()
        guard epoll >= 0 else { throw MediaServerError.cannotStart(errno: -epoll) }
        self.epoll = epoll
        guard let batch = network_batch_make(Int32(Self.batchMax), Int32(Self.bufferLength)) else {
            Glibc.close(epoll)
            throw MediaServerError.cannotStart(errno: ENOMEM)
        }
        self.batch = batch
        let added = network_epoll_add(epoll, mailbox.descriptor, Self.wakeToken)
        guard added >= 0 else { throw MediaServerError.cannotStart(errno: -added) }
        frame.initialize(repeating: 0, count: Codec.samplesPerPacket)
    }

    deinit {
        Glibc.close(epoll)
        network_batch_free(batch)
        scratch.deallocate()
        frame.deallocate()
        tokens.deallocate()
    }

    func start() throws {
        // The thread holds itself alive until it ends.
        let context = Unmanaged.passRetained(self)
        let error = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<MediaThread>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard error == 0 else {
            context.release()
            throw MediaServerError.cannotStart(errno: error)
        }
        isStarted = true
    }

    /// Ends the thread and waits for it.
    func stop() {
        guard isStarted else { return }
        mailbox.post(.stop)
        pthread_join(handle, nil)
        isStarted = false
    }

    /// After all threads have ended: a session may have been on its way to this one.
    func clearMail() {
        mailbox.drain(into: &commands)
        for command in deferred + commands {
            switch command {
            case .open(let session), .adopt(_, let session?): ports.give(back: session.sockets)
            case .describe(_, let tell): tell(nil)
            case .listen(_, let listener, _): listener.end()
            case .connect, .connectBrowser, .restartBrowser, .play, .bridge, .unbridge, .hear, .join, .leave, .hearing, .echo, .press,
                .stopListening, .keepPrivate, .close, .surrender, .expect, .adopt(_, nil), .stop:
                break
            }
        }
        deferred = []
        commands = []
    }

    func watch(_ session: Session) {
        network_epoll_add(epoll, session.sockets.rtp, UInt64(session.slot) << 1)
        // A browser's reports come where everything of it comes.
        if session.browser == nil { network_epoll_add(epoll, session.sockets.rtcp, UInt64(session.slot) << 1 | 1) }
    }

    func unwatch(_ session: Session) {
        network_epoll_remove(epoll, session.sockets.rtp)
        if session.browser == nil { network_epoll_remove(epoll, session.sockets.rtcp) }
    }

    private func run() {
        network_thread_name("media-\(index)")
        // Where it is allowed: a packet must not wait until a compiler or a report has had its slice.
        if configuration.isUrgent { _ = network_thread_hurry() }
        now = Clock.monotonic()
        tick = now / Self.tickSpan
        var woken = now
        var wokenBefore: UInt64 = 0
        while !isStopping {
            let asleep = Clock.monotonic()
            let isGathering =
                !isBehind && woken &- wokenBefore < 2 &* Self.gatherSpan && gather(until: woken &+ Self.gatherSpan, from: asleep)
            let timeout = timeout(at: isGathering ? Clock.monotonic() : asleep)
            let count = Int(network_epoll_wait(epoll, tokens.baseAddress, Int32(Self.eventsMax), timeout))
            wokenBefore = woken
            woken = Clock.monotonic()
            // Who did not sleep finds what came while the last round was at work.
            cameAfter = isGathering ? asleep : woken &- asleep < Self.sleepMin ? now : woken
            now = woken
            isBehind = false
            // Commands first: one that was given before a packet was sent is carried out before the packet is looked at.
            for place in 0..<max(0, count) where tokens[place] == Self.wakeToken { obey() }
            for place in 0..<max(0, count) where tokens[place] != Self.wakeToken {
                // A command may just have given the slot away; then nothing waits at the new session's socket.
                guard let session = slots[Int(tokens[place] >> 1)] else { continue }
                if tokens[place] & 1 == 0 { receive(from: session) } else { receiveControl(from: session) }
                // Many packets at once must not hold up what is due by the clock.
                if place % Self.eventsBetweenTicks == Self.eventsBetweenTicks - 1 {
                    now = Clock.monotonic()
                    advance()
                }
            }
            advance()
        }
        for session in sessions.values.sorted(by: { $0.slot < $1.slot }) { end(session) }
    }

    /// Sleeps until `time`, or until the next millisecond, while packets are let come.
    ///
    /// - Returns: whether it was long enough to be a sleep.
    private func gather(until time: UInt64, from asleep: UInt64) -> Bool {
        let end = min(time, tick &* Self.tickSpan)
        guard end > asleep, end &- asleep > Self.sleepMin else { return false }
        Clock.sleep(until: end)
        return true
    }

    /// Nanoseconds up to the next tick in which there is anything to do; for ever if there is nobody.
    private func timeout(at time: UInt64) -> Int64 {
        if sessions.isEmpty { return -1 }
        var next = tick
        while phases[Int(next % UInt64(Self.phaseCount))].isEmpty, next < tick + UInt64(Self.phaseCount) { next += 1 }
        let due = next &* Self.tickSpan
        return due <= time ? 0 : Int64(truncatingIfNeeded: due - time)
    }

    private func obey() {
        mailbox.drain(into: &commands)
        for command in commands { take(command) }
        commands.removeAll(keepingCapacity: true)
    }

    /// Ticks through the milliseconds that have passed.
    private func advance() {
        let current = now / Self.tickSpan
        if sessions.isEmpty || current > tick + Self.behindMax { tick = current }
        while tick <= current {
            let phase = Int(tick % UInt64(Self.phaseCount))
            for room in roomPhases[phase] { mix(room, due: tick &* Self.tickSpan) }
            for session in phases[phase] { self.tick(session) }
            if tick % 128 == 0 { counters.processorTime.set(Clock.threadTime()) }
            tick += 1
        }
    }
}
