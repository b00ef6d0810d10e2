import Audio
import DTLS
import Glibc
import Logging
import Primitives
import RTP
import Synchronization

/// The media plane: opens ports for calls, plays sounds to parties, relays between two of them, hears their keys.
///
/// Commands return at once; a media thread carries them out before its next round of packets, in the order in which they
/// were given. A command for a session that is not open is ignored: the party may have hung up a moment before.
package final class MediaServer: Sendable {
    package struct Configuration: Sendable {
        package static let threadsMax = 64

        /// Where the sockets are bound, and what descriptions tell the phones.
        package var address: IPAddress
        /// Two for each session.
        package var ports: ClosedRange<UInt16>
        package var threads = 1
        /// Whether the threads ask for real-time scheduling; without the right to it they run as all others.
        package var isUrgent = true
        /// For SSRCs, first sequence numbers and names, which must differ from start to start (RFC 3550 section 5.1).
        package var seed: UInt64
        package var prompts: [PromptName: [Int16]] = [:]
        package var music: [Int16] = HoldMusic.samples
        /// Pairs of sockets kept open in advance.
        package var pairsReady = 32
        /// How long a port rests after a call.
        package var quarantine: Duration = .seconds(5)
        /// After so long without a packet a party is reported silent.
        package var silenceLimit: Duration = .seconds(20)
        /// Between two RTCP reports (RFC 3550 section 6.2).
        package var reportInterval: Duration = .seconds(5)
        /// After so long without anything authentic a browser that was sending sound is reported lost: its customer shall soon hear music.
        package var browserLostAfter: Duration = .seconds(5)
        /// Who we are to browsers; nil: made at the start.
        package var identity: DTLSIdentity?

        package init(address: IPAddress, ports: ClosedRange<UInt16>, seed: UInt64) {
            self.address = address
            self.ports = ports
            self.seed = seed
        }
    }

    /// Which way media may flow, as we see it (RFC 3264 section 5.1, mirrored where the phone says it).
    package enum Direction: Sendable, Hashable {
        case sendReceive
        /// We send only: what comes is dropped.
        case sendOnly
        case receiveOnly
        case inactive

        var sends: Bool { self == .sendReceive || self == .sendOnly }
        var receives: Bool { self == .sendReceive || self == .receiveOnly }
    }

    /// Who is where, as far as commands were given.
    struct Directory {
        /// The thread of each session.
        var threads: [ID<MediaSession>: Int] = [:]
        /// Sessions of each thread.
        var load: [Int]
        /// The room of a session.
        var places: [ID<MediaSession>: ID<MediaRoom>] = [:]
        var rooms: [ID<MediaRoom>: (thread: Int, parties: Int)] = [:]
        var browsers: Set<ID<MediaSession>> = []
        var random: Random
        var isShutDown = false
    }

    let configuration: Configuration
    let identity: DTLSIdentity
    private let logger: Logger
    private let sounds: SoundLibrary
    let ports: PortPool
    let threads: [MediaThread]
    let directory: Mutex<Directory>

    /// - Parameter onEvent: called on media threads; it must return at once and must not call `shutdown`.
    package init(_ configuration: Configuration, logger: Logger, onEvent: @escaping @Sendable (MediaEvent) -> Void) throws {
        guard (1...Configuration.threadsMax).contains(configuration.threads) else {
            throw MediaServerError.configuration(key: "threads", expected: "1 to \(Configuration.threadsMax)")
        }
        guard !configuration.music.isEmpty else { throw MediaServerError.configuration(key: "music", expected: "sound") }
        let start = Clock.wall()
        let identity = configuration.identity ?? DTLSIdentity(validFrom: start - .seconds(86_400), until: start + Self.identitySpan)
        guard let identity else { throw MediaServerError.cannotStart(errno: ENOMEM) }
        self.configuration = configuration
        self.identity = identity
        self.logger = logger
        sounds = SoundLibrary(prompts: configuration.prompts, music: configuration.music)
        let ports = try PortPool(configuration)
        self.ports = ports
        var threads: [MediaThread] = []
        do {
            for index in 0..<configuration.threads {
                let thread = try MediaThread(index, configuration: configuration, ports: ports, onEvent: onEvent)
                threads.append(thread)
                try thread.start()
            }
        } catch {
            for thread in threads { thread.stop() }
            ports.shutdown()
            throw error
        }
        self.threads = threads
        directory = Mutex(
            Directory(load: Array(repeating: 0, count: configuration.threads), random: Random(seed: configuration.seed)))
    }

    deinit { shutdown() }

    /// Nobody looks at the dates of a certificate whose fingerprint was told: longer than any server runs.
    private static let identitySpan = Duration.seconds(10 * 366 * 86_400)

    /// Opens a port for a party. Nothing is sent or accepted until `connect`.
    ///
    /// - Returns: the address to tell the phone; RTCP is on the next port.
    /// - Throws: `portsExhausted`, `alreadyOpen`, `isShutDown`, `cannotBind`.
    package func open(_ session: ID<MediaSession>) throws -> NetworkAddress { try open(session, of: nil) }

    /// - Parameter browser: nil: a phone.
    func open(_ session: ID<MediaSession>, of browser: ((NetworkAddress) -> BrowserConnection)?) throws -> NetworkAddress {
        let pair = try ports.take()
        let address = NetworkAddress(configuration.address, port: pair.port)
        do {
            try directory.withLock { directory in
                guard !directory.isShutDown else { throw MediaServerError.isShutDown }
                guard directory.threads[session] == nil else { throw MediaServerError.alreadyOpen }
                let thread = directory.load.indices.min { directory.load[$0] < directory.load[$1] } ?? 0
                directory.threads[session] = thread
                directory.load[thread] += 1
                if browser != nil { directory.browsers.insert(session) }
                let chance = directory.random.next()
                // The first timestamp stays below half: a phone that compares plainly sees no wrap in the first hours.
                let outgoing = OutgoingStream(
                    ssrc: UInt32(truncatingIfNeeded: chance), sequence: UInt16(truncatingIfNeeded: chance >> 32) & 0x7FFF,
                    timestamp: UInt32(truncatingIfNeeded: directory.random.next()) & 0x7FFF_FFFF)
                let opened = Session(
                    session, sockets: pair, outgoing: outgoing, cname: directory.random.next(), browser: browser?(address))
                threads[thread].mailbox.post(.open(opened))
            }
        } catch {
            ports.give(back: pair)
            throw error
        }
        return address
    }

    /// The party's description is known: from here on its packets are taken and it is sent to. Again after a re-INVITE.
    ///
    /// - Parameter remote: the negotiated address; if that is a private one behind a NAT, the host that the signalling
    ///   came from. Only packets of this host are accepted, from any port of it.
    /// - Parameter telephoneEvent: the payload type of telephone events, 96–127, nil if there are none.
    package func connect(_ session: ID<MediaSession>, to remote: NetworkAddress, codec: Codec, telephoneEvent: UInt8?) {
        // Made here: the media threads allocate nothing for it.
        let keyEar = telephoneEvent == nil ? KeyEar() : nil
        let remote = Remote(
            negotiated: .init(remote), sending: .law(codec), types: PayloadTypes(telephoneEvent: telephoneEvent), keyEar: keyEar)
        post(.connect(session, to: remote), for: session)
    }

    /// Plays `sound` in place of what the party hears now; it leaves its bridge or its room.
    ///
    /// A recording that is not loaded is reported as finished at once.
    package func play(_ session: ID<MediaSession>, _ sound: Sound) {
        let (clips, missing) = sounds.clips(for: sound)
        for name in missing { logger.warning("prompt not loaded", metadata: ["prompt": "\(name)", "session": "\(session)"]) }
        directory.withLock { directory in
            guard let thread = directory.threads[session] else { return }
            directory.leaveRoom(session)
            threads[thread].mailbox.post(.play(session, clips))
        }
    }

    /// Two parties hear each other, packet by packet. Sounds played to either end; each leaves an earlier bridge or room.
    package func bridge(_ first: ID<MediaSession>, _ second: ID<MediaSession>) {
        directory.withLock { directory in
            guard first != second, let home = directory.threads[first], let other = directory.threads[second] else { return }
            directory.leaveRoom(first)
            directory.leaveRoom(second)
            move(second, from: other, to: home, in: &directory)
            threads[home].mailbox.post(.bridge(first, second))
        }
    }

    /// Both parties of the bridge that `session` is in hear silence.
    package func unbridge(_ session: ID<MediaSession>) { post(.unbridge(session), for: session) }

    /// Which way media may flow from now on: hold and resume.
    package func hear(_ session: ID<MediaSession>, _ direction: Direction) { post(.hear(session, direction), for: session) }

    /// Says BYE by RTCP, closes the port and lets it rest. A partner hears silence.
    package func close(_ session: ID<MediaSession>) {
        directory.withLock { directory in
            guard let thread = directory.threads.removeValue(forKey: session) else { return }
            directory.load[thread] -= 1
            directory.browsers.remove(session)
            directory.leaveRoom(session)
            threads[thread].mailbox.post(.close(session))
        }
        ports.refill()
    }

    /// Makes a recording (8,000 samples a second) known under `name`; replaces an earlier one for those who hear it next.
    package func loadPrompt(_ name: PromptName, samples: [Int16]) throws {
        guard sounds.load(name, samples: samples) else { throw MediaServerError.tooManyPrompts }
    }

    /// Makes all sound files of a folder known: `greeting.en.wav` as `greeting.en`.
    ///
    /// - Returns: their names, sorted.
    /// - Throws: `MediaServerError.unreadable`, or `WAV.Refused` for the first file that is no usable sound.
    @discardableResult
    package func loadPrompts(in folder: String) throws -> [PromptName] {
        try WAV.names(in: folder).map { name in
            try loadPrompt(PromptName(name), samples: try WAV(path: "\(folder)/\(name).wav").atLineRate())
            return PromptName(name)
        }
    }

    package var statistics: MediaStatistics {
        var statistics = MediaStatistics()
        for thread in threads { thread.counters.add(to: &statistics) }
        statistics.sessions = directory.withLock { $0.threads.count }
        statistics.sockets = ports.sockets
        return statistics
    }

    /// Says BYE to all, closes everything and ends the threads. Returns when they have ended; a second call does nothing.
    package func shutdown() {
        let isFirst = directory.withLock { directory in
            defer { directory.isShutDown = true }
            directory.threads = [:]
            directory.places = [:]
            directory.rooms = [:]
            directory.browsers = []
            return !directory.isShutDown
        }
        guard isFirst else { return }
        for thread in threads { thread.stop() }
        for thread in threads { thread.clearMail() }
        ports.shutdown()
    }

    /// Brings a session to the thread of those whom it shall hear. All commands of a move are posted under the lock: moves
    /// have one order over all threads, so none waits for the other in a ring.
    func move(_ session: ID<MediaSession>, from old: Int, to new: Int, in directory: inout Directory) {
        guard old != new else { return }
        threads[new].mailbox.post(.expect(session))
        threads[old].mailbox.post(.surrender(session, to: threads[new]))
        directory.threads[session] = new
        directory.load[old] -= 1
        directory.load[new] += 1
    }

    func post(_ command: Command, for session: ID<MediaSession>) {
        directory.withLock { directory in
            // Under the lock: a move of the session must not come between the look-up and the posting.
            guard let thread = directory.threads[session] else { return }
            threads[thread].mailbox.post(command)
        }
    }
}
