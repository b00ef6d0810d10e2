/// What the screens of a demo ask of whoever keeps it: how many customers call, and to kill the server and start it again.
package struct DemoPort: Sendable {
    package var traffic: @Sendable () -> DemoTraffic
    /// Says how many times as many customers are to call from now on.
    package var changeTraffic: @Sendable (_ factor: Int) -> Void
    /// False: it is being pulled already.
    package var pullPlug: @Sendable () -> Bool
    /// What the last pull did; nil before the first.
    package var pull: @Sendable () -> PlugPull?

    package init(
        traffic: @escaping @Sendable () -> DemoTraffic, changeTraffic: @escaping @Sendable (Int) -> Void,
        pullPlug: @escaping @Sendable () -> Bool, pull: @escaping @Sendable () -> PlugPull?
    ) {
        self.traffic = traffic
        self.changeTraffic = changeTraffic
        self.pullPlug = pullPlug
        self.pull = pull
    }
}

/// How many simulated customers call.
package struct DemoTraffic: Sendable, Hashable {
    /// So many times as many as at first.
    package var factor: Int
    /// On average; 0 in a demo without customers.
    package var callsAMinute: Int

    package static let factors = 1...20

    package init(factor: Int, callsAMinute: Int) {
        self.factor = factor
        self.callsAMinute = callsAMinute
    }
}

/// What pulling the plug did, counted from the server's state just before it was killed and from what it was afterwards.
package struct PlugPull: Sendable, Hashable {
    /// 1 for the first.
    package var number: Int
    /// Contacts that were open when the plug was pulled.
    package var open = 0
    /// Of these: those that the server did not find again.
    package var lost = 0
    /// Of these: calls from the customer's page, whose connection is the server's own.
    package var lostPages = 0
    /// Whose customer hung up meanwhile, or whose agent was done with them.
    package var ended = 0
    /// Callers who waited, and those of them before whom nobody came who stood behind them.
    package var waiting = 0
    package var keptPlace = 0
    /// Talks that nobody ended meanwhile, those of them that are heard again, and those of which that is not known yet.
    package var talks = 0
    package var heardAgain = 0
    package var awaited = 0
    /// From the kill until the server answered again.
    package var milliseconds = 0
    /// Nothing of it changes any more.
    package var isOver = false

    package init(number: Int) {
        self.number = number
    }

    /// Nobody has pulled it yet.
    static let none = {
        var none = PlugPull(number: 0)
        none.isOver = true
        return none
    }()
}
