extension UserAgent {
    /// What it has done since it was made, for the metrics: numbers that only grow.
    package struct Figures: Sendable, Equatable {
        package var received = 0
        /// Of the received: from strangers, and nothing that could become a call or a registration (scanners, mostly).
        package var droppedAsStrange = 0
        /// Of the received: from strangers above their rates.
        package var droppedAsTooMany = 0
        /// Of the received: no SIP.
        package var droppedAsUnreadable = 0
        /// Requests not answered because of too many wrong passwords.
        package var silenced = 0
        /// Keep-alives.
        package var keepAlives = 0
        /// Calls refused with 503 at a limit.
        package var refusedAsTooMany = 0
        package var challenges = 0
        package var wrongPasswords = 0
        /// Copies of requests that came again.
        package var copiesReceived = 0
        /// Messages of ours sent again for want of an answer.
        package var copiesSent = 0
        package var serverTransactions = 0
        package var clientTransactions = 0
        package var legs = 0
    }
}
