import Primitives

/// The INVITE server transaction: RFC 3261 section 17.2.1 with the state Accepted of RFC 6026 section 7.1.
struct InviteServerTransaction: Sendable {
    enum State: Sendable { case proceeding, completed, confirmed, accepted }

    private(set) var state = State.proceeding
    /// On the way back nothing is lost: no refusal is sent again, and nothing waits for late copies.
    var isReliable = false
    private var pause = Timing.t1
    /// Timer G: over UDP a refusal is sent again until the ACK comes.
    private var resendAt: Timestamp?
    /// Timer H, then I; or L.
    private var endAt: Timestamp?

    init() {}

    var deadline: Timestamp? { earliest(resendAt, endAt) }

    /// The INVITE came again.
    func receiveAgain() -> TransactionDuty {
        switch state {
        case .proceeding, .completed: .send
        // RFC 6026: the 2xx is sent again by the call itself, on its own clock.
        case .accepted, .confirmed: []
        }
    }

    /// An answer of our own; false if a final one was given already.
    mutating func respond(status: Int, at now: Timestamp) -> Bool {
        guard state == .proceeding else { return false }
        if status >= 300 {
            state = .completed
            if !isReliable { resendAt = now + Timing.t1 }
            endAt = now + Timing.giveUp
        } else if status >= 200 {
            state = .accepted
            endAt = now + Timing.giveUp
        }
        return true
    }

    /// The ACK of a refusal.
    mutating func acknowledged(at now: Timestamp) {
        guard state == .completed else { return }
        state = .confirmed
        resendAt = nil
        endAt = isReliable ? now : now + Timing.t4
    }

    mutating func timePassed(at now: Timestamp) -> TransactionDuty {
        if let endAt, endAt <= now { return .end }
        guard let due = resendAt, due <= now else { return [] }
        pause = min(pause + pause, Timing.t2)
        resendAt = now + pause
        return .send
    }
}

/// The server transaction of every other request: RFC 3261 section 17.2.2.
struct RequestServerTransaction: Sendable {
    enum State: Sendable { case trying, completed }

    private(set) var state = State.trying
    var isReliable = false
    /// Timer J.
    private(set) var deadline: Timestamp?

    init() {}

    func receiveAgain() -> TransactionDuty { state == .completed ? .send : [] }

    mutating func respond(status: Int, at now: Timestamp) -> Bool {
        guard state == .trying else { return false }
        if status >= 200 {
            state = .completed
            deadline = isReliable ? now : now + Timing.giveUp
        }
        return true
    }

    func timePassed(at now: Timestamp) -> TransactionDuty {
        if let deadline, deadline <= now { return .end }
        return []
    }
}
