import Foundation
import Logging
import NIOCore
import NIOPosix
import Primitives
import SIP

/// Measures what open desks cost a server that runs already: each holds its event stream, as a browser would, while customers call, wait
/// and hang up, so that the lines on every desk change all the time.
///
/// Streams and callers live in this process, so one clock measures from a hang-up to its sight on the desks, and their own cost is not the
/// server's. Bound to its event loop; hence unchecked.
package final class LiveBench: @unchecked Sendable {
    package struct Plan: Sendable {
        /// The server's process, for its processor time and memory.
        package var process: Int32
        package var http: NetworkAddress
        package var sip: NetworkAddress
        package var callers: NetworkAddress
        /// They lead into queues that every desk shows; called in turns.
        package var numbers: [String]
        /// The cookie of each desk's session.
        package var cookies: [String]
        package var callsPerSecond: Int
        package var seconds: Int

        package init(
            process: Int32, http: NetworkAddress, sip: NetworkAddress, callers: NetworkAddress, numbers: [String], cookies: [String],
            callsPerSecond: Int, seconds: Int
        ) {
            self.process = process
            self.http = http
            self.sip = sip
            self.callers = callers
            self.numbers = numbers
            self.cookies = cookies
            self.callsPerSecond = callsPerSecond
            self.seconds = seconds
        }
    }

    package struct Figures: Sendable {
        package var streams: Int
        /// Customers who came or went, a second: each changes a line on every desk.
        package var changes: Double
        /// Messages a second in one stream.
        package var messagesFewest: Double
        package var messagesMean: Double
        package var messagesMost: Double
        /// Of them, by the name of the event.
        package var messagesByName: [(name: String, mean: Double)]
        package var bytesMean: Double
        /// The server's processor time in percent of a core: with the streams, and with the same calls before they were opened.
        package var core: Double
        package var coreOfCalls: Double
        package var kibibytesOfStream: Double
        /// A caller hung up → seen on a desk.
        package var delays: ACDBench.Spans
        /// Hang-ups that a desk did not come to show.
        package var missed: Int
    }

    package enum Failure: Error { case noProcess, noStream(Int), noCall }

    private struct Call {
        var placedAt: Timestamp
        var leg: ID<SIPLeg>
        var endedAt: Timestamp?
    }

    private struct Count {
        var messages: [String: Int] = [:]
        var bytes = 0
        /// The last caller who was seen at the head of each line.
        var heads: [Int: Int] = [:]
    }

    /// How long a caller stays; every line has a few.
    private static let stay = TimeAmount.seconds(4)
    private static let warmUp = TimeAmount.seconds(6)
    private static let aloneSeconds = 10
    /// An arrival is on record this much after the call was placed, at most: sooner than the next is placed.
    private static let arrivalMax = Duration.milliseconds(20)
    /// Every so many streams are read for what they say: one process reads them all and must not be late itself.
    private static let readEvery = 20

    private let plan: Plan
    private let loop: any EventLoop
    private let clock: ServerClock
    private var callers: SoftPhones?
    private var calls: [Call] = []
    private var counts: [Count]
    private var delays: [Double] = []
    private var measuredSince: Timestamp?
    private var isDone = false
    private var failed = 0

    private init(_ plan: Plan, loop: any EventLoop, clock: ServerClock) {
        self.plan = plan
        self.loop = loop
        self.clock = clock
        counts = Array(repeating: Count(), count: plan.cookies.count)
    }

    package static func run(_ plan: Plan, logger: Logger) async throws -> Figures {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let clock = ServerClock()
        let bench = LiveBench(plan, loop: group.next(), clock: clock)
        let callers = try await SoftPhones.open(
            at: plan.callers, ports: 40_000...43_999, prompts: nil, on: bench.loop, clock: { clock.now }, logger: logger,
            onEvent: { bench.caller($1) })
        try await bench.loop.submit {
            bench.callers = callers
            bench.pace()
        }.get()
        let figures = try await bench.measure()
        try await bench.loop.submit { bench.isDone = true }.get()
        try await bench.pass(stay + .seconds(1))
        try await callers.close()
        try await group.shutdownGracefully()
        return figures
    }

    private func measure() async throws -> Figures {
        try await pass(Self.warmUp)
        let alone = try ProcessUse(of: plan.process)
        try await pass(.seconds(Int64(Self.aloneSeconds)))
        let before = try ProcessUse(of: plan.process)
        var streams: [any Channel] = []
        for (index, cookie) in plan.cookies.enumerated() { streams.append(try await open(index, cookie)) }
        try await pass(Self.warmUp)
        let (begun, start, first) = try await loop.submit { try self.begin() }.get()
        try await pass(.seconds(Int64(plan.seconds)))
        let (ended, last, counts) = try await loop.submit { (self.clock.now, try ProcessUse(of: self.plan.process), self.counts) }.get()
        let seconds = (ended - begun).inSeconds
        // Whoever hung up a moment ago is seen a moment later.
        try await pass(.seconds(2))
        let (delays, missed, changes) = try await loop.submit {
            (self.delays.sorted(), self.missed(until: ended), self.changes(from: begun, until: ended))
        }.get()
        for stream in streams { try await stream.close() }
        guard failed == 0 else { throw Failure.noCall }

        let totals = counts.map { Double($0.messages.values.reduce(0, +)) / seconds }
        let names = Set(counts.flatMap(\.messages.keys)).sorted()
        let streamsCount = Double(max(1, counts.count))
        return Figures(
            streams: counts.count, changes: Double(changes) / seconds, messagesFewest: totals.min() ?? 0,
            messagesMean: totals.reduce(0, +) / streamsCount, messagesMost: totals.max() ?? 0,
            messagesByName: names.map { name in
                (name, Double(counts.reduce(0) { $0 + ($1.messages[name] ?? 0) }) / seconds / streamsCount)
            },
            bytesMean: Double(counts.reduce(0) { $0 + $1.bytes }) / seconds / streamsCount,
            core: (last.seconds - start.seconds) / seconds * 100,
            coreOfCalls: (before.seconds - alone.seconds) / Double(Self.aloneSeconds) * 100,
            kibibytesOfStream: Double(first.kibibytes - before.kibibytes) / streamsCount,
            delays: ACDBench.Spans(milliseconds: delays), missed: missed)
    }

    private func begin() throws -> (Timestamp, ProcessUse, ProcessUse) {
        for index in counts.indices {
            counts[index].messages = [:]
            counts[index].bytes = 0
        }
        let use = try ProcessUse(of: plan.process)
        let now = clock.now
        measuredSince = now
        return (now, use, use)
    }

    private func pass(_ time: TimeAmount) async throws { try await loop.scheduleTask(in: time) {}.futureResult.get() }

    // MARK: Customers

    private func pace() {
        guard !isDone else { return }
        place()
        loop.scheduleTask(in: .microseconds(Int64(1_000_000 / max(1, plan.callsPerSecond)))) { self.pace() }
    }

    private func place() {
        let (index, now) = (calls.count, clock.now)
        let caller = "+4477009\(String(100_000 + index).suffix(5))"
        guard let leg = callers?.call(plan.numbers[index % plan.numbers.count], at: plan.sip, as: caller, saying: nil, now: now) else {
            failed += 1
            return
        }
        calls.append(Call(placedAt: now, leg: leg))
        loop.scheduleTask(in: Self.stay) {
            self.calls[index].endedAt = self.clock.now
            self.callers?.hangUp(leg)
        }
    }

    private func caller(_ event: SoftPhones.PhoneEvent) {
        // Nobody answers here, and the server has no reason to send anybody away.
        if case .ended = event { failed += 1 }
    }

    private func changes(from begun: Timestamp, until ended: Timestamp) -> Int {
        calls.count { begun <= $0.placedAt && $0.placedAt < ended }
            + calls.count { call in call.endedAt.map { begun <= $0 && $0 < ended } ?? false }
    }

    // MARK: Desks

    private func open(_ index: Int, _ cookie: String) async throws -> any Channel {
        let opened = loop.makePromise(of: Void.self)
        let channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let reader = EventStreamReader(opened: opened) { self.heard(index, $0, $1, bytes: $2) }
                    try channel.pipeline.syncOperations.addHandler(reader)
                }
            }
            .connect(host: plan.http.host.description, port: Int(plan.http.port)).get()
        let request = "GET /api/stream HTTP/1.1\r\nHost: \(plan.http)\r\nAccept: text/event-stream\r\nCookie: \(cookie)\r\n\r\n"
        try await channel.writeAndFlush(ByteBuffer(string: request)).get()
        do {
            try await opened.futureResult.get()
        } catch {
            throw Failure.noStream(index)
        }
        return channel
    }

    private func heard(_ index: Int, _ name: String, _ data: ByteBufferView, bytes: Int) {
        counts[index].messages[name, default: 0] += 1
        counts[index].bytes += bytes
        guard index % Self.readEvery == 0, name == "desk" || name == "lines" else { return }
        let now = clock.now
        for since in EventStreamReader.times(after: "\"oldestSince\":", in: data) { showed(index, head: since, at: now) }
    }

    /// A desk shows that whoever has waited longest came at `since` (milliseconds): those before him in his line have hung up.
    private func showed(_ index: Int, head since: Int64, at now: Timestamp) {
        let latest = Timestamp(microseconds: since * 1000) + .milliseconds(1)
        guard let head = calls.lastIndex(where: { $0.placedAt <= latest }),
            latest - calls[head].placedAt < Self.arrivalMax + .milliseconds(1)
        else { return }
        let line = head % plan.numbers.count
        guard let before = counts[index].heads.updateValue(head, forKey: line), before < head else { return }
        for gone in stride(from: before, to: head, by: plan.numbers.count) {
            guard let endedAt = calls[gone].endedAt, let measuredSince, endedAt >= measuredSince else { continue }
            delays.append((now - endedAt).inSeconds * 1000)
        }
    }

    private func missed(until ended: Timestamp) -> Int {
        guard let measuredSince else { return 0 }
        let gone = calls.indices.filter { index in calls[index].endedAt.map { measuredSince <= $0 && $0 < ended } ?? false }
        return stride(from: 0, to: counts.count, by: Self.readEvery).reduce(0) { sum, index in
            sum + gone.count { $0 >= counts[index].heads[$0 % plan.numbers.count] ?? 0 }
        }
    }
}

/// What a process has taken so far.
private struct ProcessUse: Sendable {
    /// User and system time.
    var seconds: Double
    /// In RAM now.
    var kibibytes: Int

    init(of process: Int32) throws {
        // proc(5): the name in brackets is the second field, utime and stime are the 14th and the 15th, the pages in RAM the 24th.
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { throw LiveBench.Failure.noProcess }
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 22, let user = Double(fields[12]), let system = Double(fields[13]), let pages = Int(fields[22]) else {
            throw LiveBench.Failure.noProcess
        }
        seconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        kibibytes = pages * sysconf(Int32(_SC_PAGESIZE)) / 1024
    }
}
