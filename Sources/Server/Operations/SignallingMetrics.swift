import HTTPAPI
import SIP
import SIPTransport

extension Metrics {
    /// What signalling has counted.
    mutating func add(_ figures: SIPEndpoint.Figures) {
        let agent = figures.userAgent
        gauge("callfloor_sip_legs", "Legs that SIP holds.", figures.legs)
        gauge("callfloor_sip_transactions", "Transactions that are open or wait for late copies.", figures.transactions)
        gauge("callfloor_sip_connections", "TCP and TLS connections that are open.", figures.connections)
        counter("callfloor_sip_received_total", "Messages that came in.", agent.received)
        add(.counter, "callfloor_sip_dropped_total", "Messages that got no answer, by reason.") { family in
            family.sample(agent.droppedAsStrange, ["reason": "stranger"])
            family.sample(agent.droppedAsTooMany, ["reason": "tooMany"])
            family.sample(agent.droppedAsUnreadable, ["reason": "unreadable"])
            family.sample(agent.silenced, ["reason": "wrongPasswords"])
        }
        counter("callfloor_sip_refused_total", "Calls refused with 503 because a limit was reached.", agent.refusedAsTooMany)
        counter("callfloor_sip_challenges_total", "Requests that were asked for a password.", agent.challenges)
        counter("callfloor_sip_wrong_passwords_total", "Requests with a wrong password.", agent.wrongPasswords)
        counter("callfloor_sip_copies_received_total", "Requests that came again.", agent.copiesReceived)
        counter("callfloor_sip_copies_sent_total", "Messages sent again for want of an answer.", agent.copiesSent)
        counter("callfloor_sip_unsent_total", "Datagrams that could not be sent.", figures.unsent)
    }

    /// What calls came to.
    mutating func add(_ figures: CallFigures) {
        counter(
            "callfloor_calls_refused_busy_total", "Calls refused because the disk was behind or the server was about to stop.",
            figures.refusedBusy)
        counter("callfloor_legs_lost_total", "Far ends that went without a word.", figures.lost)
        counter("callfloor_legs_recovered_total", "Legs of before a restart that were taken up again.", figures.recovered)
    }
}
