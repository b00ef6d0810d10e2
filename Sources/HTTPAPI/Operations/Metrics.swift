import Primitives

/// Figures for a monitoring system, written in the text format 0.0.4 that Prometheus reads.
///
/// ```
/// metrics.gauge("callfloor_media_sessions", "Media sessions that are open.", statistics.sessions)
/// metrics.add(.counter, "callfloor_rtp_dropped_total", "Datagrams that were not used.") { family in
///     for (reason, count) in dropped { family.sample(count, ["reason": reason]) }
/// }
/// ```
///
/// Names begin with `callfloor_`, units are seconds and bytes, and a counter's name ends in `_total`.
package struct Metrics: Sendable {
    package enum Kind: String, Sendable {
        /// Only grows, from the start of the program.
        case counter
        case gauge
        case histogram
    }

    /// One name with all its labelled values.
    package struct Family: Sendable {
        package let kind: Kind
        package let name: String
        package let help: String
        fileprivate var lines: [Line] = []

        fileprivate struct Line: Sendable {
            var suffix = ""
            /// As they are written, without their braces.
            var labels: String
            var value: Double
        }

        package mutating func sample(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
            lines.append(Line(labels: Metrics.written(labels), value: value))
        }

        package mutating func sample(_ value: some BinaryInteger, _ labels: KeyValuePairs<String, String> = [:]) {
            sample(Double(value), labels)
        }

        /// In seconds.
        package mutating func sample(_ span: Duration, _ labels: KeyValuePairs<String, String> = [:]) {
            sample(span.inSeconds, labels)
        }

        /// The buckets, the sum and the count of a histogram.
        package mutating func sample(_ histogram: Histogram, _ labels: KeyValuePairs<String, String> = [:]) {
            let written = Metrics.written(labels)
            let before = written.isEmpty ? "" : written + ","
            var count: UInt64 = 0
            for (index, inBucket) in histogram.counts.enumerated() {
                count += inBucket
                let bound = index < histogram.bounds.count ? Metrics.written(histogram.bounds[index]) : "+Inf"
                lines.append(Line(suffix: "_bucket", labels: "\(before)le=\"\(bound)\"", value: Double(count)))
            }
            lines.append(Line(suffix: "_sum", labels: written, value: histogram.sum))
            lines.append(Line(suffix: "_count", labels: written, value: Double(count)))
        }
    }

    package private(set) var families: [Family] = []
    private var places: [String: Int] = [:]

    package init() {}

    // MARK: Adding

    /// Adds samples to the family of that name, which is made when it is first named.
    package mutating func add(_ kind: Kind, _ name: String, _ help: String, _ fill: (inout Family) -> Void) {
        let place = places[name] ?? families.count
        if place == families.count {
            families.append(Family(kind: kind, name: name, help: help))
            places[name] = place
        }
        fill(&families[place])
    }

    package mutating func counter(_ name: String, _ help: String, _ value: some BinaryInteger) {
        add(.counter, name, help) { $0.sample(value) }
    }

    package mutating func counter(_ name: String, _ help: String, _ seconds: Duration) {
        add(.counter, name, help) { $0.sample(seconds) }
    }

    package mutating func gauge(_ name: String, _ help: String, _ value: some BinaryInteger) {
        add(.gauge, name, help) { $0.sample(value) }
    }

    package mutating func gauge(_ name: String, _ help: String, _ seconds: Duration) {
        add(.gauge, name, help) { $0.sample(seconds) }
    }

    /// 1 or 0.
    package mutating func gauge(_ name: String, _ help: String, isTrue: Bool) {
        add(.gauge, name, help) { $0.sample(isTrue ? 1 : 0) }
    }

    /// Takes over what `other` has: families of one name become one, as the format asks for.
    package mutating func add(_ other: Metrics) {
        for family in other.families {
            add(family.kind, family.name, family.help) { $0.lines += family.lines }
        }
    }

    // MARK: Writing

    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package var text: String {
        var text = ""
        for family in families {
            text += "# HELP \(family.name) \(Self.escaped(family.help))\n# TYPE \(family.name) \(family.kind.rawValue)\n"
            for line in family.lines {
                text += family.name
                text += line.suffix
                if !line.labels.isEmpty { text += "{\(line.labels)}" }
                text += " \(Self.written(line.value))\n"
            }
        }
        return text
    }

    fileprivate static func written(_ labels: KeyValuePairs<String, String>) -> String {
        labels.map { "\($0)=\"\(escaped($1).replacing("\"", with: "\\\""))\"" }.joined(separator: ",")
    }

    /// Whole numbers without a fraction, as people write them; 2⁵³ is where a Double stops to hold every one.
    fileprivate static func written(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return abs(value) < 9_007_199_254_740_992 && value == value.rounded() ? String(Int64(value)) : String(value)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }
}

/// How often a value lay below each of some bounds.
package struct Histogram: Sendable, Hashable {
    /// The buckets' upper bounds, ascending; above the last there is one more bucket.
    package let bounds: [Double]
    /// How many lie in each bucket, not counting those below.
    package private(set) var counts: [UInt64]
    package private(set) var sum = 0.0

    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    package mutating func observe(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    package mutating func observe(_ span: Duration) { observe(span.inSeconds) }

    package var count: UInt64 { counts.reduce(0, +) }
}
