/// How good a call sounds, estimated from what is measured of its packets: the E-model (ITU-T G.107), with everything that a packet does
/// not tell (room noise, echo, handsets) at its default, so that R begins at 93.2; and with the delay's share in the two straight lines of
/// Cole and Rosenbluth (Voice over IP performance monitoring, ACM SIGCOMM CCR 31/2, 2001).
package enum CallQuality {
    /// What was lost is repaired by as much.
    package enum Repair: Sendable, Hashable {
        /// G.711 whose gaps are filled from what was before.
        case concealed
        /// Opus whose packets repeat the one before: what is lost is heard unless the next one is lost, too.
        case repeated
    }

    /// R without loss and delay (G.107 section 7.7).
    private static let best = 93.2
    /// The loss robustness of G.711 with concealment, at random loss (G.113 appendix I, table I.4). Opus has no figure of its own there;
    /// its concealment is not worse.
    private static let robustness = 25.1
    /// Above so many milliseconds people begin to talk into each other.
    private static let delayKnee = 177.3
    /// Milliseconds of one packet: they are on their way only when the last sample has been said.
    private static let packetization = 20.0

    /// R, from 0 to 92.7: a packet alone delays.
    ///
    /// - Parameter jitter: twice as much is waited by whoever plays the packets.
    /// - Parameter lost: the share of packets that did not come, 0 to 1.
    package static func rating(roundTrip: Duration, jitter: Duration, lost: Double, repair: Repair) -> Double {
        let delay = max(0, roundTrip / .milliseconds(2)) + max(0, jitter / .milliseconds(1)) * 2 + packetization
        let share = min(1, max(0, lost.isFinite ? lost : 0))
        let percent = 100 * (repair == .repeated ? share * share : share)
        let delayed = 0.024 * delay + (delay > delayKnee ? 0.11 * (delay - delayKnee) : 0)
        // G.107 equation 7-29 with Ie = 0 and losses that come at random.
        let missing = 95 * percent / (percent + robustness)
        return min(best, max(0, best - delayed - missing))
    }

    /// The mean opinion of listeners, 1 (bad) to 4.40 (G.107 annex B).
    package static func opinion(roundTrip: Duration, jitter: Duration, lost: Double, repair: Repair) -> Double {
        let rating = rating(roundTrip: roundTrip, jitter: jitter, lost: lost, repair: repair)
        return max(1, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)
    }
}
