import Dispatch
import Synchronization

/// Where passwords are hashed: on threads of their own, few at once, with a short queue before them. Neither an event
/// loop nor the threads of other tasks wait for a hash.
final class PasswordBench: Sendable {
    private struct State {
        var running = 0
        var waiting: [CheckedContinuation<Void, any Error>] = []
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "passwords", attributes: .concurrent)
    /// Compared with when there is no such login, so that its answer takes as long.
    private let decoy: String

    init(cost: Password.Cost) throws {
        decoy = try Password.hash("nobody", cost: cost)
    }

    /// Whether `password` fits `stored`; without a stored hash it takes as long and is false.
    ///
    /// - Throws: `Problem.tooManyAttempts` if too many wait already.
    func matches(_ password: String, _ stored: String?) async throws -> Bool {
        try await enter()
        defer { leave() }
        let decoy = self.decoy
        let fits = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Password.matches(password, stored ?? decoy)) }
        }
        return stored != nil && fits
    }

    private func enter() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            enum Turn { case now, later, never }
            let turn = state.withLock { state -> Turn in
                if state.running < Limits.hashesAtOnceMax {
                    state.running += 1
                    return .now
                }
                guard state.waiting.count < Limits.hashesWaitingMax else { return .never }
                state.waiting.append(continuation)
                return .later
            }
            switch turn {
            case .now: continuation.resume()
            case .later: break
            case .never: continuation.resume(throwing: Problem(.tooManyAttempts, retryAfter: 2))
            }
        }
    }

    /// Hands the place to the next in line, so that nobody overtakes.
    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
