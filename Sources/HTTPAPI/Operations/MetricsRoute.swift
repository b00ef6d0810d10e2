import Centre
import Hummingbird
import NIOCore
import Operation
import Primitives

/// The figures for a monitoring system: HTTP's and the centre's own, and what `more` adds of signalling, media and storage.
struct MetricsRoute: Sendable {
    let centre: CentreActor
    let names: NameBook
    let feed: LiveFeed
    let figures: FrontFigures
    let trail: AuditTrail
    let announcements: Announcements
    let more: @Sendable () async -> Metrics
    let version: String
    let startedAt: Timestamp
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            Route(
                method: .get, path: "/metrics",
                summary: "Figures in the text format of Prometheus; to this machine itself and to who has the administration token.",
                access: .operators, kind: .read, audit: .nothing(because: "counts"),
                answer: Route.AnswerShape(status: .ok, contentType: Metrics.contentType, schema: .string)
            ) { _ in
                Response(
                    status: .ok, headers: [.contentType: Metrics.contentType],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: await collected().text)))
            }
        ]
    }

    private func collected() async -> Metrics {
        var metrics = Metrics()
        metrics.add(.gauge, "callfloor_build_info", "Always 1; the label tells the version that runs.") {
            $0.sample(1, ["version": version])
        }
        let troubles = Set(announcements.troubles.map(\.code))
        metrics.add(.gauge, "callfloor_trouble", "1 while something is wrong that the screens show too.") { family in
            for code in Trouble.Code.allCases { family.sample(troubles.contains(code) ? 1 : 0, ["code": code.rawValue]) }
        }
        let reading = await centre.read { CentreReading(of: $0) }
        let durable = await centre.durable
        let live = await feed.reading
        metrics.add(reading, live.counters, names: names.current, at: now())
        metrics.gauge("callfloor_log_position", "The last entry of the log that a crash cannot take back.", durable.number)
        metrics.gauge(
            "callfloor_log_pending_entries", "Entries that are decided on and not yet durable.",
            max(0, reading.position.number - durable.number))
        metrics.gauge("callfloor_live_streams", "Live streams to browsers that are open.", live.streams)
        metrics.gauge("callfloor_live_sessions", "Sign-ins with at least one live stream.", live.sessions)
        figures.add(to: &metrics)
        trail.add(to: &metrics)
        metrics.add(await more())
        metrics.addProcess(startedAt: startedAt)
        return metrics
    }
}
