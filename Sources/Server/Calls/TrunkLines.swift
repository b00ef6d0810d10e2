import HTTPAPI
import Logging
import NIOCore
import Operation
import Organization
import Primitives
import SIP

/// What is known of the lines to providers.
struct TrunkLines {
    /// What came last of registering, where that is wanted.
    private(set) var states: [TrunkID: TrunkState] = [:]
    /// Who waits for what a provider answers.
    private var tests: [TrunkID: (TrunkAnswer) -> Void] = [:]

    mutating func keep(_ trunks: [Operation.TrunkAccount]) {
        states = states.filter { known in trunks.contains { $0.id == known.key && $0.login?.registers == true } }
    }

    mutating func take(_ report: Report, _ logger: Logger) {
        if case .trunkRegistered(let trunk, _) = report {
            states[TrunkID(sameAs: trunk)] = .registered
            logger.info("trunk registered", metadata: ["trunk": "\(trunk)"])
        }
        if case .trunkFailed(let trunk, let status, let retryAt) = report {
            // Of its own accord a provider refuses otherwise (RFC 3261 sections 21.4.9 and 21.5.4).
            states[TrunkID(sameAs: trunk)] = [408, 503].contains(status) ? .unreachable : .refused
            logger.error("trunk not registered", metadata: ["trunk": "\(trunk)", "status": "\(status)", "retry": "\(retryAt)"])
        }
        if case .trunkTested(let trunk, let answer) = report { tests.removeValue(forKey: TrunkID(sameAs: trunk))?(answer) }
    }

    /// False: it is being asked already, and `told` hears nothing.
    mutating func wait(for trunk: TrunkID, _ told: @escaping (TrunkAnswer) -> Void) -> Bool {
        guard tests[trunk] == nil else { return false }
        tests[trunk] = told
        return true
    }
}

extension CallControl {
    /// Asks a trunk's provider whether it is there; nil: it is being asked already. From any thread.
    func answer(of trunk: TrunkID) async -> TrunkAnswer? {
        await withCheckedContinuation { (waiting: CheckedContinuation<TrunkAnswer?, Never>) in
            loop.execute {
                guard self.trunks.wait(for: trunk, { waiting.resume(returning: $0) }) else { return waiting.resume(returning: nil) }
                self.order(.test(ID(sameAs: trunk)))
            }
        }
    }

    /// Whether a phone that registers has done so.
    func isRegistered(_ phone: PhoneID) -> Bool {
        loop.preconditionInEventLoop()
        return registered[ID(sameAs: phone)] != nil
    }
}
