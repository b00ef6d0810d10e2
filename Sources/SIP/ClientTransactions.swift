import Primitives

/// What a transaction wants of its owner after an event; several may be wanted at once.
struct TransactionDuty: OptionSet, Sendable {
    let rawValue: UInt8

    /// Send the stored message (again).
    static let send = TransactionDuty(rawValue: 1)
    /// Hand the message to the user of the transaction.
    static let pass = TransactionDuty(rawValue: 2)
    /// Send the ACK of a refusal.
    static let acknowledge = TransactionDuty(rawValue: 4)
    /// Tell the user that no answer came: like a 408.
    static let timedOut = TransactionDuty(rawValue: 8)
    /// Forget the transaction.
    static let end = TransactionDuty(rawValue: 16)
}

/// The INVITE client transaction: RFC 3261 section 17.1.1 with the state Accepted of RFC 6026 section 7.2.
struct InviteClientTransaction: Sendable {
    enum State: Sendable { case calling, proceeding, completed, accepted }

    private(set) var state = State.calling
    private var pause = Timing.t1
    /// Timer A.
    private var resendAt: Timestamp?
    /// Timer B, then D or M; while Proceeding only after a CANCEL (section 9.1).
    private var endAt: Timestamp?
    /// When it ends although it proceeds; nil for an INVITE whose owner sees to that.
    private let proceedsUntil: Timestamp?
    private var beganAt: Timestamp
    private var isReliable = false

    init(at now: Timestamp, proceedingFor limit: Duration? = nil) {
        resendAt = now + Timing.t1
        endAt = now + Timing.giveUp
        proceedsUntil = limit.map { now + $0 }
        beganAt = now
    }

    /// For a way on which nothing is lost, or one that is not waited for as long as it might be.
    mutating func hurry(isReliable: Bool, patience: Duration) {
        self.isReliable = isReliable
        if isReliable { resendAt = nil }
        endAt = beganAt + patience
    }

    /// Its connection is gone. Where another can be made it is sent again until then, as over UDP: each time makes one.
    mutating func outlast(until end: Timestamp, isSentAgain: Bool, at now: Timestamp) {
        endAt = end
        guard isSentAgain else { return resendAt = nil }
        state = .calling
        if resendAt == nil { resendAt = now + pause }
    }

    /// Begins again on another way.
    mutating func restart(isReliable: Bool, patience: Duration, at now: Timestamp) {
        state = .calling
        pause = Timing.t1
        resendAt = now + pause
        beganAt = now
        hurry(isReliable: isReliable, patience: patience)
    }

    var deadline: Timestamp? { earliest(resendAt, endAt) }

    mutating func receive(status: Int, at now: Timestamp) -> TransactionDuty {
        switch (state, status) {
        case (.calling, ..<200), (.proceeding, ..<200):
            if state == .calling { endAt = proceedsUntil }
            state = .proceeding
            resendAt = nil
            return .pass
        case (.calling, ..<300), (.proceeding, ..<300):
            state = .accepted
            resendAt = nil
            endAt = now + Timing.giveUp
            return .pass
        case (.accepted, 200..<300): return .pass
        case (.calling, _), (.proceeding, _):
            state = .completed
            resendAt = nil
            // Timer D: no copies of the refusal come where nothing is lost.
            endAt = isReliable ? now : now + Timing.giveUp
            return [.acknowledge, .pass]
        case (.completed, 300...): return .acknowledge
        case (.completed, _), (.accepted, _): return []
        }
    }

    /// Section 9.1: after a CANCEL the transaction is given up when no final answer came in 64*T1.
    mutating func cancelled(at now: Timestamp) {
        if state == .proceeding { endAt = now + Timing.giveUp }
    }

    mutating func timePassed(at now: Timestamp) -> TransactionDuty {
        if let endAt, endAt <= now {
            switch state {
            case .calling, .proceeding: return [.timedOut, .end]
            case .completed, .accepted: return .end
            }
        }
        guard let due = resendAt, due <= now else { return [] }
        pause = pause + pause
        resendAt = now + pause
        return .send
    }
}

/// The client transaction of every other request: RFC 3261 section 17.1.2.
struct RequestClientTransaction: Sendable {
    enum State: Sendable { case trying, proceeding, completed }

    private(set) var state = State.trying
    private var pause = Timing.t1
    /// Timer E.
    private var resendAt: Timestamp?
    /// Timer F, then K.
    private var endAt: Timestamp
    private var beganAt: Timestamp
    private var isReliable = false

    init(at now: Timestamp) {
        resendAt = now + Timing.t1
        endAt = now + Timing.giveUp
        beganAt = now
    }

    /// For a way on which nothing is lost, or one that is not waited for as long as it might be.
    mutating func hurry(isReliable: Bool, patience: Duration) {
        self.isReliable = isReliable
        if isReliable { resendAt = nil }
        endAt = beganAt + patience
    }

    /// Its connection is gone. Where another can be made it is sent again until then, as over UDP: each time makes one.
    mutating func outlast(until end: Timestamp, isSentAgain: Bool, at now: Timestamp) {
        endAt = end
        if !isSentAgain { resendAt = nil } else if resendAt == nil { resendAt = now + pause }
    }

    /// Begins again on another way.
    mutating func restart(isReliable: Bool, patience: Duration, at now: Timestamp) {
        self = RequestClientTransaction(at: now)
        hurry(isReliable: isReliable, patience: patience)
    }

    var deadline: Timestamp? { earliest(resendAt, endAt) }

    mutating func receive(status: Int, at now: Timestamp) -> TransactionDuty {
        switch state {
        case .trying, .proceeding:
            if status < 200 {
                state = .proceeding
                pause = Timing.t2
                return .pass
            }
            state = .completed
            resendAt = nil
            endAt = isReliable ? now : now + Timing.t4
            return .pass
        case .completed: return []
        }
    }

    mutating func timePassed(at now: Timestamp) -> TransactionDuty {
        if endAt <= now { return state == .completed ? .end : [.timedOut, .end] }
        guard let due = resendAt, due <= now else { return [] }
        pause = min(pause + pause, Timing.t2)
        resendAt = now + pause
        return .send
    }
}

func earliest(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
    guard let left else { return right }
    guard let right else { return left }
    return min(left, right)
}
