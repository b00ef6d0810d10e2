import Operation
import Organization
import Primitives
import Testing

@testable import HTTPAPI

struct MetricsTests {
    @Test func `families are written with help, type and escaped labels`() {
        var metrics = Metrics()
        metrics.gauge("callfloor_waiting", "Those who wait,\nnot \\ only by phone.", 3)
        metrics.add(.counter, "callfloor_seen_total", "Seen.") { family in
            family.sample(7, ["queue": "a \"b\"\\\nc", "project": "p"])
            family.sample(Duration.milliseconds(1500))
            family.sample(Double.infinity, ["queue": "∞"])
        }
        #expect(
            metrics.text == #"""
                # HELP callfloor_waiting Those who wait,\nnot \\ only by phone.
                # TYPE callfloor_waiting gauge
                callfloor_waiting 3
                # HELP callfloor_seen_total Seen.
                # TYPE callfloor_seen_total counter
                callfloor_seen_total{queue="a \"b\"\\\nc",project="p"} 7
                callfloor_seen_total 1.5
                callfloor_seen_total{queue="∞"} +Inf

                """#)
    }

    @Test func `a histogram's buckets count everything below them`() {
        var histogram = Histogram(bounds: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 4] { histogram.observe(value) }
        var metrics = Metrics()
        metrics.add(.histogram, "callfloor_wait_seconds", "Waiting.") { $0.sample(histogram, ["queue": "q"]) }
        #expect(
            metrics.text == #"""
                # HELP callfloor_wait_seconds Waiting.
                # TYPE callfloor_wait_seconds histogram
                callfloor_wait_seconds_bucket{queue="q",le="0.1"} 2
                callfloor_wait_seconds_bucket{queue="q",le="1"} 3
                callfloor_wait_seconds_bucket{queue="q",le="+Inf"} 4
                callfloor_wait_seconds_sum{queue="q"} 4.65
                callfloor_wait_seconds_count{queue="q"} 4

                """#)
    }

    @Test func `families of one name become one`() {
        var first = Metrics()
        first.add(.counter, "callfloor_a_total", "A.") { $0.sample(1, ["part": "x"]) }
        var second = Metrics()
        second.gauge("callfloor_b", "B.", 5)
        second.add(.counter, "callfloor_a_total", "A.") { $0.sample(2, ["part": "y"]) }
        first.add(second)
        #expect(first.families.map(\.name) == ["callfloor_a_total", "callfloor_b"])
        #expect(first.text.contains("callfloor_a_total{part=\"x\"} 1\ncallfloor_a_total{part=\"y\"} 2\n"))
    }

    @Test func `a monitoring system reads the trade's figures and HTTP's`() async throws {
        try await TestCentre.run { test in
            try await test.handledCall(after: .seconds(5))
            let lost = try await test.call()
            test.clock.advance(.seconds(90))
            let ana = try await test.client.signedIn(as: "ana")
            let stream = try await ana.stream()
            // The desk says that the feed has counted what came before.
            _ = try await stream.next("desk") { $0["queues"][0]["waiting"].number == 1 }
            let answer = try await test.client.get("/metrics")
            #expect(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            let figures = try Exposition(answer.text)
            #expect(figures[#"callfloor_contacts{project="serviceDesk",queue="internet",state="waiting"}"#] == 1)
            #expect(figures[#"callfloor_contacts{project="serviceDesk",queue="internet",state="talking"}"#] == 0)
            #expect(figures[#"callfloor_contacts_closed_total{project="serviceDesk",queue="internet",outcome="handled"}"#] == 1)
            #expect(figures[#"callfloor_offers_total{project="serviceDesk",queue="internet",result="answered"}"#] == 1)
            #expect(figures[#"callfloor_answer_wait_seconds_count{project="serviceDesk",queue="internet"}"#] == 1)
            let longest = try #require(figures[#"callfloor_queue_longest_wait_seconds{project="serviceDesk",queue="internet"}"#])
            #expect(longest >= 90 && longest < 120)
            #expect(figures[#"callfloor_agents{state="off"}"#] == 3)
            #expect(figures["callfloor_live_streams"] == 1)
            #expect(figures["callfloor_live_sessions"] == 1)
            #expect(figures[#"callfloor_build_info{version="1.2.3"}"#] == 1)
            #expect(figures["callfloor_test_widgets"] == 12)
            let post = #"method="POST",route="/api/desk/contacts/{contact}/complete""#
            #expect(figures["callfloor_http_requests_total{\(post),status=\"2xx\"}"] == 1)
            #expect(figures["callfloor_http_request_duration_seconds_count{\(post)}"] == 1)
            #expect(try #require(figures["process_resident_memory_bytes"]) > 1_000_000)
            #expect(try #require(figures["process_open_fds"]) > 3)
            stream.close()
            try await test.hangUp(lost)
        }
    }

    @Test func `every family's name and unit are as Prometheus wants them`() async throws {
        try await TestCentre.run { test in
            _ = try await test.client.get("/nothing")
            let families = try Exposition(await test.client.get("/metrics").text).kinds
            #expect(families.count > 15)
            for (name, kind) in families {
                #expect(name.hasPrefix("callfloor_") || name.hasPrefix("process_"), "\(name)")
                #expect(name.hasSuffix("_total") == (kind == "counter"), "\(name)")
                #expect(!name.contains("milliseconds") && !name.contains("percent"), "\(name)")
            }
        }
    }

    @Test func `figures are for this machine and for who has the token`() async throws {
        try await TestCentre.run { test in
            func status(_ client: Client, token: String? = nil, by proxy: String? = "192.0.2.7") async throws -> Int {
                var headers: [String: String] = [:]
                if let proxy { headers["X-Forwarded-For"] = proxy }
                if let token { headers["Authorization"] = "Bearer \(token)" }
                return try await client.get("/metrics", headers: headers).status
            }
            let ada = try await test.client.signedIn(as: "ada")
            #expect(try await status(test.client) == 401)
            #expect(try await status(ada) == 401)
            #expect(try await status(test.client, token: "let me out") == 401)
            #expect(try await status(test.client, token: TestCentre.administrationToken) == 200)
            #expect(try await status(test.client, by: nil) == 200)
        }
    }

    @Test func `the longest wait is found behind those who are more urgent`() async throws {
        try await TestCentre.run { test in
            let first = test.clock.now()
            try await test.call()
            test.clock.advance(.seconds(30))
            try await test.call(.urgentNumber)
            let reading = await test.centre.read { CentreReading(of: $0) }
            let line = try #require(reading.lines.first { $0.queue == .internet })
            #expect(line.waiting == 2)
            #expect(try #require(line.oldestSince) - first < .seconds(10))
        }
    }
}

/// The text format 0.0.4 read strictly: what Prometheus would refuse, this refuses.
struct Exposition {
    struct Broken: Error {
        let line: Substring
        let reason: String
    }

    /// By the name with its labels, as they are written.
    private var values: [String: Double] = [:]
    private(set) var kinds: [String: String] = [:]

    subscript(_ series: String) -> Double? { values[series] }

    init(_ text: String) throws {
        let sample = #/([a-zA-Z_:][a-zA-Z0-9_:]*)((?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)+\})?) (\S+)/#
        guard text.hasSuffix("\n") else { throw Broken(line: "", reason: "does not end with a line") }
        var helped: Set<String> = []
        var family = ""
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            if let help = line.wholeMatch(of: #/# HELP (\S+) (.+)/#) {
                guard helped.insert(String(help.1)).inserted else { throw Broken(line: line, reason: "a family twice") }
            } else if let type = line.wholeMatch(of: #/# TYPE (\S+) (counter|gauge|histogram)/#) {
                family = String(type.1)
                guard helped.contains(family) else { throw Broken(line: line, reason: "no help before it") }
                kinds[family] = String(type.2)
            } else if let found = line.wholeMatch(of: sample) {
                let suffixes = kinds[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
                guard suffixes.contains(where: { found.1 == family + $0 }) else { throw Broken(line: line, reason: "not of \(family)") }
                guard let value = found.3 == "+Inf" ? .infinity : Double(found.3) else { throw Broken(line: line, reason: "no number") }
                guard values.updateValue(value, forKey: String(found.1 + found.2)) == nil else { throw Broken(line: line, reason: "twice") }
            } else {
                throw Broken(line: line, reason: "no line of the format")
            }
        }
    }
}
