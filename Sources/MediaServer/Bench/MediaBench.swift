import Audio
import Glibc
import Logging
import Primitives
import RTP
import Recording

/// Measures what one media thread carries: relayed calls, rooms of three in which everybody speaks and hears the two others, and browsers'
/// legs, each in a call with a phone in G.711 (A-law). The telephones are in this process, on threads of their own; what the media thread uses of its core is counted
/// apart, so that the figure for a whole core is known without filling one.
package struct MediaBench {
    package enum Scene: String, Sendable, CaseIterable {
        case relay = "relayed calls"
        case recorded = "relayed calls, each recorded"
        case measured = "relayed calls, the voices of each measured"
        case rooms = "rooms of three"
        case browsers = "browser legs in PCMU"
        case opusBrowsers = "browser legs in Opus"

        /// Legs of one of them.
        var legs: Int {
            switch self {
            case .relay, .recorded, .measured, .browsers, .opusBrowsers: 2
            case .rooms: 3
            }
        }

        /// What the browser of a call speaks, if there is one.
        var browser: Coding? {
            switch self {
            case .relay, .recorded, .measured, .rooms: nil
            case .browsers: .pcmu
            case .opusBrowsers: .opus
            }
        }

        /// Whether packets go out by the clock, and not when they came.
        var isMixed: Bool { self == .rooms || self == .opusBrowsers }
    }

    /// Of one run.
    package struct Figures: Sendable {
        package var scene: Scene
        package var count: Int
        package var seconds: Double
        /// Packets that the phones sent in this time. A busy machine makes them late: then there are fewer.
        package var spoken: UInt64
        /// Of a core, by the media thread.
        package var processorShare: Double
        /// Relay: from the moment the phone sent a packet until the media thread had sent it on, by the kernel's stamp.
        /// Rooms, and Opus: how late after its tick a packet went out.
        package var delay: Delays
        /// Packets that phones should have been sent and did not get.
        package var missing: UInt64
        /// By the media thread while it was measured; nil if nobody counted (script/bench.d/allocations.c).
        package var allocations: UInt64?

        /// Of them, as many as the packets in fact were: 50 a second from each leg.
        package var load: Double { seconds > 0 ? Double(spoken) / seconds / Double(50 * scene.legs) : 0 }
        /// How many of them would use the whole core.
        package var perCore: Int { processorShare > 0 ? Int(load / processorShare) : 0 }

        /// What the columns of `row` are; times in milliseconds.
        package static let header = "what,asked,load,core %,on a core,delay p50,p90,p99,worst,missing,allocations"

        /// One line of CSV.
        package var row: String {
            func rounded(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }
            let delays = [0.5, 0.9, 0.99, 1].map { rounded(delay.percentile($0) / .milliseconds(1)) }
            let cells =
                [scene.rawValue, String(count), rounded(load), rounded(100 * processorShare), String(perCore)] + delays
                + [String(missing), allocations.map { String($0) } ?? "not counted"]
            return cells.joined(separator: ",")
        }
    }

    package static let seconds = 10
    /// For everything to be connected and the buffers to have found their delay.
    private static let warmUpSeconds = 2
    private static let ports: ClosedRange<UInt16> = 20_000...59_999
    /// Legs that the ports are enough for.
    package static let legsMax = ports.count / 2

    private let scene: Scene
    private let count: Int
    private let folder: String

    /// - Parameters:
    ///   - count: of calls or rooms.
    ///   - folder: where recordings are written.
    package init(_ scene: Scene, count: Int, folder: String = ".") {
        self.scene = scene
        self.folder = folder
        self.count = max(1, min(count, Self.legsMax / scene.legs))
    }

    package func run() throws -> Figures {
        var configuration = MediaServer.Configuration(address: .v4(0x7F00_0001), ports: Self.ports, seed: 1)
        configuration.pairsReady = 0
        let logger = Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
        let server = try MediaServer(configuration, logger: logger) { _ in }
        defer { server.shutdown() }
        let keeper = try scene == .recorded ? recorder() : nil
        defer { keeper?.shutdown() }
        let telephones = try Telephones()
        let ids = (0..<count * scene.legs).map { ID<MediaSession>(high: 1, low: UInt64($0) + 1) }
        try connect(ids, on: server, with: telephones)
        var random = Random(seed: 1)
        for first in stride(from: 0, to: ids.count, by: scene.legs) {
            switch scene {
            case .relay, .recorded, .measured, .browsers, .opusBrowsers:
                server.bridge(ids[first], ids[first + 1])
                if let ring = keeper?.begin(ID(at: Clock.wall(), using: &random), at: Clock.wall()) {
                    server.listen(to: ids[first], by: ring)
                }
                if scene == .measured {
                    let ear = VoiceEar()
                    ear.listen(true)
                    server.listen(to: ids[first], by: ear)
                }
            case .rooms:
                for id in ids[first..<first + scene.legs] { try server.join(id, room: ID(high: 2, low: UInt64(first))) }
            }
        }
        try telephones.listen()
        telephones.speak(seconds: Self.warmUpSeconds)

        let countAllocations = AllocationCounter()
        telephones.forget()
        let before = server.statistics
        let allocatedBefore = countAllocations?()
        let begun = Clock.monotonic()
        let spoken = telephones.speak(seconds: Self.seconds)
        let allocated = countAllocations?()
        let elapsed = Double(Clock.monotonic() - begun) / 1e9
        let after = server.statistics
        // A room would speak on for ever.
        for id in ids { server.close(id) }
        let arrived = telephones.finish()

        let busy = (after.processorTime - before.processorTime) / .seconds(1)
        return Figures(
            scene: scene, count: count, seconds: elapsed, spoken: spoken, processorShare: busy / elapsed,
            delay: scene.isMixed ? after.mixingDelay.since(before.mixingDelay) : arrived.delays,
            missing: spoken - min(spoken, arrived.count),
            allocations: allocated.flatMap { now in allocatedBefore.map { now - $0 } })
    }

    private func recorder() throws -> RecordingKeeper {
        guard let key = RecordingKey(name: "bench", bytes: Array(repeating: 1, count: RecordingKey.size)) else {
            throw MediaServerError.configuration(key: "key", expected: "32 bytes")
        }
        return try RecordingKeeper(RecordingFolder("\(folder)/recordings"), keys: RecordingKeyRing(key))
    }

    /// Where a call has a browser, it is the second leg.
    private func connect(_ ids: [ID<MediaSession>], on server: MediaServer, with telephones: Telephones) throws {
        guard let coding = scene.browser else {
            telephones.targets = try ids.map { try server.open($0) }
            for id in ids { server.connect(id, to: telephones.address, codec: .pcma, telephoneEvent: 101) }
            return
        }
        let identity = try BrowserIdentity(expecting: server.fingerprint)
        let browsers = try stride(from: 1, to: ids.count, by: 2).map { ($0, try server.openBrowser(ids[$0])) }
        let phones = try stride(from: 0, to: ids.count, by: 2).map { try server.open(ids[$0]) }
        telephones.targets = ids.indices.map { $0 % 2 == 0 ? phones[$0 / 2] : browsers[$0 / 2].1.address }
        for (leg, port) in browsers {
            server.connect(ids[leg - 1], to: telephones.address, codec: .pcma, telephoneEvent: 101)
            try server.connectBrowser(ids[leg], to: identity.remote(coding))
            try telephones.connect(leg, to: port, as: identity, speaking: coding)
        }
    }
}

/// The count of allocations by media threads since the program started, where script/bench.d/allocations.c is preloaded.
private struct AllocationCounter {
    private let count: @convention(c) () -> UInt64

    init?() {
        // Null is RTLD_DEFAULT: wherever it is.
        guard let symbol = dlsym(nil, "media_thread_allocations") else { return nil }
        count = unsafeBitCast(symbol, to: (@convention(c) () -> UInt64).self)
    }

    func callAsFunction() -> UInt64 { count() }
}
