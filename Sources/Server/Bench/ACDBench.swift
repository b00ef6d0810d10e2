import Glibc
import Logging
import NIOCore
import NIOPosix
import Primitives
import SIP

/// Measures a queue from outside, with telephones: how soon a caller's INVITE becomes an INVITE at a free agent's phone,
/// and how soon an agent who hung up gets the next waiting caller. Works against any server that queues calls.
///
/// Caller and agent phones live in this process, so one clock measures both; every leg sends sound. Bound to its event
/// loop; hence unchecked.
package final class ACDBench: @unchecked Sendable {
    package struct Plan: Sendable {
        package var server: NetworkAddress
        /// The number that leads into the queue.
        package var number: String
        package var callers: NetworkAddress
        package var phones: NetworkAddress
        package var agents: Int
        package var calls: Int

        package init(server: NetworkAddress, number: String, callers: NetworkAddress, phones: NetworkAddress, agents: Int, calls: Int) {
            self.server = server
            self.number = number
            self.callers = callers
            self.phones = phones
            self.agents = agents
            self.calls = calls
        }
    }

    /// Spans in milliseconds, sorted.
    package struct Spans: Sendable {
        package var milliseconds: [Double]

        package func percentile(_ part: Double) -> Double {
            guard !milliseconds.isEmpty else { return .nan }
            return milliseconds[min(milliseconds.count - 1, Int(Double(milliseconds.count) * part))]
        }
    }

    package struct Figures: Sendable {
        /// INVITE sent → INVITE at a free agent's phone.
        package var offered: Spans
        /// Agent hung up → next waiting caller's INVITE at his phone, every agent busy and callers waiting.
        package var freed: Spans
        package var failed: Int
    }

    private enum Phase { case free, saturated, done }

    private let plan: Plan
    private let loop: any EventLoop
    private let clock: ServerClock
    private var callers: SoftPhones?
    private var phones: SoftPhones?
    private var phase = Phase.free
    private var placed = 0
    private var callSent: [String: Timestamp] = [:]
    private var legOfCaller: [String: ID<SIPLeg>] = [:]
    private var callerOfLeg: [ID<SIPLeg>: String] = [:]
    private var agentOfLeg: [ID<SIPLeg>: String] = [:]
    private var callerOfAgentLeg: [ID<SIPLeg>: String] = [:]
    private var freeSince: [String: Timestamp] = [:]
    private var offered: [Double] = []
    private var freed: [Double] = []
    private var failed = 0
    private var finished: EventLoopPromise<Void>

    private init(_ plan: Plan, loop: any EventLoop, clock: ServerClock) {
        self.plan = plan
        self.loop = loop
        self.clock = clock
        finished = loop.makePromise()
    }

    package static func run(_ plan: Plan, logger: Logger) async throws -> Figures {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let clock = ServerClock()
        let bench = ACDBench(plan, loop: group.next(), clock: clock)
        let callers = try await SoftPhones.open(
            at: plan.callers, ports: 40_000...43_999, prompts: nil, on: bench.loop, clock: { clock.now }, logger: logger,
            onEvent: { bench.caller($1) })
        let phones = try await SoftPhones.open(
            at: plan.phones, ports: 40_000...43_999, prompts: nil, on: bench.loop, clock: { clock.now }, logger: logger,
            onEvent: { bench.phone($0, $1) })
        try await bench.loop.submit {
            bench.callers = callers
            bench.phones = phones
            bench.paceFreeCalls()
        }.get()
        let limit = bench.loop.scheduleTask(in: .seconds(Int64(60 + plan.calls / 2))) { bench.finished.succeed() }
        try await bench.finished.futureResult.get()
        limit.cancel()
        let figures = try await bench.loop.submit {
            Figures(
                offered: Spans(milliseconds: bench.offered.sorted()), freed: Spans(milliseconds: bench.freed.sorted()), failed: bench.failed
            )
        }.get()
        try await callers.close()
        try await phones.close()
        try await group.shutdownGracefully()
        return figures
    }

    // MARK: First phase: agents are free

    /// Ten calls a second of 300 ms each: three agents busy at a time, the others free.
    private func paceFreeCalls() {
        guard placed < plan.calls else {
            loop.scheduleTask(in: .seconds(3)) { self.saturate() }
            return
        }
        place()
        loop.scheduleTask(in: .milliseconds(100)) { self.paceFreeCalls() }
    }

    private func place() {
        placed += 1
        let caller = "+4477009\(String(100_000 + placed).suffix(5))"
        let now = clock.now
        callSent[caller] = now
        guard let leg = callers?.call(plan.number, at: plan.server, as: caller, saying: nil, now: now) else {
            failed += 1
            return
        }
        legOfCaller[caller] = leg
        callerOfLeg[leg] = caller
    }

    // MARK: Second phase: more callers than agents

    private func saturate() {
        phase = .saturated
        placed = 0
        // Who has been free since the first phase waited for nobody.
        freeSince = [:]
        for index in 0..<plan.agents * 3 {
            // Spread over a second: an INVITE burst is not what is measured.
            loop.scheduleTask(in: .milliseconds(Int64(index * 1000 / (plan.agents * 3)))) { self.place() }
        }
    }

    private func caller(_ event: SoftPhones.PhoneEvent) {
        if case .ended(let leg) = event { callerLeft(leg) }
    }

    private func callerLeft(_ leg: ID<SIPLeg>) {
        guard let caller = callerOfLeg.removeValue(forKey: leg) else { return }
        if callSent[caller] != nil { failed += 1 }
        callSent[caller] = nil
        legOfCaller[caller] = nil
        guard phase == .saturated else { return }
        if freed.count >= plan.calls {
            phase = .done
            loop.scheduleTask(in: .seconds(2)) { self.finished.succeed() }
        } else {
            place()
        }
    }

    private func phone(_ phones: SoftPhones, _ event: SoftPhones.PhoneEvent) {
        let now = clock.now
        switch event {
        case .rings(let leg, let user, let caller):
            agentOfLeg[leg] = user
            if phase == .free, let caller, let sent = callSent[caller] { offered.append((now - sent).inSeconds * 1000) }
            if phase == .saturated, let since = freeSince.removeValue(forKey: user) { freed.append((now - since).inSeconds * 1000) }
            if let caller {
                callSent[caller] = nil
                callerOfAgentLeg[leg] = caller
            }
            phones.answer(leg, saying: nil)
            let talk = phase == .free ? 300 : 1000 + Int64(leg.low % 1000)
            loop.scheduleTask(in: .milliseconds(talk)) { self.hangUp(leg) }
        case .ended(let leg):
            // The other side was faster: then the agent is free from now.
            if let user = agentOfLeg.removeValue(forKey: leg) { freeSince[user] = now }
            callerOfAgentLeg[leg] = nil
        case .answered: break
        }
    }

    /// The customer of an agent's leg hangs up: agents never do first.
    private func hangUp(_ leg: ID<SIPLeg>) {
        guard let user = agentOfLeg.removeValue(forKey: leg), let caller = callerOfAgentLeg.removeValue(forKey: leg),
            let line = legOfCaller[caller]
        else { return }
        freeSince[user] = clock.now
        callers?.hangUp(line)
        callerLeft(line)
    }
}

/// What a commit costs on the disk that the figures were taken on: 4 KiB written and fdatasync'ed, over and over.
package func commitSpans(in folder: String, count: Int) -> ACDBench.Spans {
    let path = "\(folder)/commit-probe"
    let file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
    guard file >= 0 else { return .init(milliseconds: []) }
    defer {
        close(file)
        unlink(path)
    }
    let block = [UInt8](repeating: 7, count: 4096)
    var spans: [Double] = []
    for index in 0..<count {
        let start = ContinuousClock.now
        guard pwrite(file, block, block.count, off_t(index * block.count)) == block.count, fdatasync(file) == 0 else { break }
        spans.append((ContinuousClock.now - start).inSeconds * 1000)
    }
    return .init(milliseconds: spans.sorted())
}
