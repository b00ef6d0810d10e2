import HTTPAPI
import MediaServer

extension Metrics {
    /// What the media threads have counted.
    mutating func add(_ statistics: MediaStatistics) {
        gauge("callfloor_media_sessions", "Legs whose sound is relayed or played.", statistics.sessions)
        gauge("callfloor_media_sockets", "UDP sockets for sound that are open, those in reserve included.", statistics.sockets)
        counter("callfloor_media_packets_received_total", "RTP packets that came in.", statistics.packetsIn)
        counter("callfloor_media_packets_sent_total", "RTP packets that went out.", statistics.packetsOut)
        add(.counter, "callfloor_media_dropped_total", "Datagrams that were not used, by reason.") { family in
            for reason in DropReason.allCases { family.sample(statistics.dropped[reason] ?? 0, ["reason": "\(reason)"]) }
        }
        add(.gauge, "callfloor_media_relay_delay_seconds", "How long relayed packets waited in a media thread, by quantile.") {
            $0.sample(statistics.relayDelay)
        }
        add(.gauge, "callfloor_media_mixing_delay_seconds", "How late packets of rooms went out after their tick, by quantile.") {
            $0.sample(statistics.mixingDelay)
        }
        counter("callfloor_media_cpu_seconds_total", "Processor time of the media threads.", statistics.processorTime)
    }
}

extension Metrics {
    /// How what is recorded is kept.
    mutating func add(_ figures: RecordingKeeper.Figures) {
        gauge("callfloor_recordings_open", "Calls that are being recorded.", figures.open)
        counter("callfloor_recording_bytes_total", "Bytes of recordings that were written.", figures.bytes)
        counter("callfloor_recording_lost_seconds_total", "Time of recorded calls of which nothing could be kept.", figures.lost)
        gauge("callfloor_recording_failing", "1 while the disk does not take what is recorded.", figures.error == nil ? 0 : 1)
    }
}

extension Metrics.Family {
    fileprivate mutating func sample(_ delays: Delays) {
        for (name, share) in [("0.5", 0.5), ("0.99", 0.99), ("1", 1.0)] { sample(delays.percentile(share), ["quantile": name]) }
    }
}
