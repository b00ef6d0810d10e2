import Organization
import Primitives
import Reporting
import Routing

extension Store {
    /// What the contacts and agents that the filter names came to in the span, all read at one moment.
    ///
    /// - Parameter now: until when what agents do at this moment counts.
    package func figures(_ filter: FigureFilter, _ span: ReportSpan, by grouping: FigureGrouping, at now: Timestamp) async throws
        -> FigureReport
    {
        let empty = FigureReport(trend: [Figures](repeating: Figures(), count: span.count))
        guard let search = FigureSearch(filter, from: span.start, to: span.end) else { return empty }
        return try await readers.read { connection in
            try connection.transaction(.reading) {
                var report = empty
                if filter.seesQueues { try report.addVisits(search, span, by: grouping, on: connection) }
                try report.addHandlings(search, span, by: grouping, on: connection)
                try report.addVoices(search, span, by: grouping, on: connection)
                // An agent's time belongs to all his queues together.
                if filter.queue == nil { try report.addTime(search, span, by: grouping, at: now, on: connection) }
                return report
            }
        }
    }
}

extension FigureReport {
    fileprivate mutating func addVisits(
        _ search: FigureSearch, _ span: ReportSpan, by grouping: FigureGrouping, on connection: any Connection
    ) throws {
        try search.visits(by: .quarter, on: connection) { row, figures in
            let quarter = try row.quarter()
            total.visits = total.visits + figures
            if let place = span.index(of: quarter) { trend[place].visits = trend[place].visits + figures }
            let hour = (span.time.weekday(of: quarter) - 1) * 24 + span.time.hour(of: quarter)
            week[hour] = week[hour] + figures
        }
        switch grouping {
        case .queue, .project:
            try search.visits(by: .column(grouping), on: connection) { row, figures in
                rows[try row.idOrNil(), default: Figures()].visits = figures
            }
        case .agent, .disposition: break
        }
        try search.visits(by: .wait, on: connection) { row, figures in
            let place: Int = try row.number()
            guard waits.indices.contains(place) else { return }
            waits[place].answered += figures.answered
            waits[place].abandoned += figures.abandoned
        }
    }

    fileprivate mutating func addHandlings(
        _ search: FigureSearch, _ span: ReportSpan, by grouping: FigureGrouping, on connection: any Connection
    ) throws {
        try search.handlings(by: .quarter, on: connection) { row, figures in
            total.handlings = total.handlings + figures
            if let place = span.index(of: try row.quarter()) { trend[place].handlings = trend[place].handlings + figures }
        }
        try search.handlings(by: .column(grouping), on: connection) { row, figures in
            rows[try row.idOrNil(), default: Figures()].handlings = figures
        }
    }

    fileprivate mutating func addVoices(
        _ search: FigureSearch, _ span: ReportSpan, by grouping: FigureGrouping, on connection: any Connection
    ) throws {
        try search.voices(by: .quarter, on: connection) { row, figures in
            total.voices = total.voices + figures
            if let place = span.index(of: try row.quarter()) { trend[place].voices = trend[place].voices + figures }
        }
        // What came of a contact is nobody's voice.
        guard grouping != .disposition else { return }
        try search.voices(by: .column(grouping), on: connection) { row, figures in
            rows[try row.idOrNil(), default: Figures()].voices = figures
        }
    }

    fileprivate mutating func addTime(
        _ search: FigureSearch, _ span: ReportSpan, by grouping: FigureGrouping, at now: Timestamp, on connection: any Connection
    ) throws {
        try search.time(by: .quarter, on: connection) { row, figures in
            total.time = total.time + figures
            if let place = span.index(of: try row.quarter()) { trend[place].time = trend[place].time + figures }
        }
        if grouping == .agent {
            try search.time(by: .column(.agent), on: connection) { row, figures in
                rows[try row.idOrNil(), default: Figures()].time = figures
            }
        }
        guard now > span.start else { return }
        let wanted = try search.agents(on: connection)
        for (agent, state) in try AgentStates(from: connection).states {
            guard wanted?.contains(agent) ?? true, let activity = Activity(state) else { continue }
            for piece in QuarterHour.pieces(from: state.activitySince, to: min(now, span.end)) {
                guard let place = span.index(of: piece.quarter) else { continue }
                total.time.count(activity, piece.span)
                trend[place].time.count(activity, piece.span)
                if grouping == .agent { rows[FigureKey(sameAs: agent), default: Figures()].time.count(activity, piece.span) }
            }
        }
    }
}

extension Row {
    fileprivate mutating func quarter() throws -> Timestamp { Timestamp(microseconds: try integer() * QuarterHour.length.microseconds) }
}
