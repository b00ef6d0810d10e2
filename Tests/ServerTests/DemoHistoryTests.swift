import Centre
import Contacts
import Foundation
import Logging
import Operation
import Organization
import Primitives
import Reporting
import Routing
import Simulation
import Storage
import Testing

@testable import Server

struct DemoHistoryTests {
    /// A folder of its own, which goes when the test is over.
    private static func inFolder(_ body: (ServerConfiguration) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "history-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(
            ServerConfiguration(
                database: ServerConfiguration.database(in: folder, postgreSQL: nil), dataFolder: folder, webFolder: folder,
                promptsFolder: nil,
                httpHost: "127.0.0.1", httpPort: 0, sipAddress: NetworkAddress(.v4(0x7F00_0001), port: 5060),
                mediaAddress: .v4(0x7F00_0001), mediaPorts: 16_384...16_484, mediaThreads: 1, recording: nil))
    }

    private static func opened(_ configuration: ServerConfiguration, _ body: (Store) async throws -> Void) async throws {
        let store = try await Store.open(configuration.database, logger: logger)
        do {
            try await body(store)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    private static let london = CivilTime(zone: "Europe/London") ?? .utc
    /// A Saturday.
    private static let now = london.startOfDay(CivilDate(year: 2026, month: 11, day: 21)) + .seconds(12 * 3600)
    private static let badDay = CivilDate(year: 2026, month: 11, day: 17)

    private static func yaml() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "examples/home-internet.yaml"), encoding: .utf8)
    }

    private func make(_ days: Int, in configuration: ServerConfiguration) async throws -> Int? {
        var history = DemoHistory()
        history.days = days
        return try await history.make(Self.yaml(), in: configuration, now: Self.now, logger: Self.logger)
    }

    @Test func `the days before today are there, with callers, notes and nobody left in them`() async throws {
        try await Self.inFolder { configuration in
            let contacts = try #require(try await make(9, in: configuration))
            #expect(contacts > 1000)
            try await Self.opened(configuration) { store in
                let restored = try await store.restore()
                #expect(restored.engine.contacts.isEmpty)
                #expect(restored.engine.routing.agents.values.allSatisfy { $0.state.presence == .off })
                #expect(restored.lastAt < Self.london.startOfDay(Self.now))
                let chain = try await store.verifyChain()
                #expect(chain.isWhole)
                let rows = try await store.contacts(ContactFilter(reach: .all), limit: Store.contactsMax).rows
                #expect(rows.contains { $0.note != nil } && rows.contains { $0.disposition != nil })
                #expect(rows.count { $0.number?.hasPrefix("+447700900") == true } > rows.count * 9 / 10)
                let span = try ReportSpan(
                    from: CivilDate(year: 2026, month: 11, day: 12), through: CivilDate(year: 2026, month: 11, day: 20), by: .day,
                    in: Self.london)
                let report = try await store.figures(FigureFilter(reach: .all), span, by: .agent, at: Self.now)
                // The first of these days is a Thursday.
                let (friday, sunday) = (report.trend[1].visits.offered, report.trend[3].visits.offered)
                #expect(report.trend.allSatisfy { $0.visits.offered > 20 } && friday > 2 * sunday)
                #expect(report.rows.values.allSatisfy { $0.handlings.handled > 100 })
            }
        }
    }

    @Test func `the bad hour is the worst of its week`() async throws {
        try await Self.inFolder { configuration in
            _ = try await make(9, in: configuration)
            try await Self.opened(configuration) { store in
                let span = try ReportSpan(from: Self.badDay, through: Self.badDay, by: .hour, in: Self.london)
                let report = try await store.figures(FigureFilter(reach: .all), span, by: .queue, at: Self.now)
                let hours = report.trend.map { $0.visits.serviceLevel(.answeredOfOffered) }
                let bad = try #require(hours[11])
                #expect(bad < 0.35)
                for (hour, level) in hours.enumerated() where hour != 11 && hour != 12 {
                    if let level { #expect(level > bad + 0.2, "at \(hour)") }
                }
                #expect(report.trend[11].visits.offered > 40)
            }
        }
    }

    @Test func `the same day makes the same history, and what is there already is left alone`() async throws {
        try await Self.inFolder { one in
            try await Self.inFolder { other in
                // What a crash in the middle of an earlier try left is no history.
                try FileManager.default.createDirectory(
                    atPath: other.dataFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                try Data("half a database".utf8).write(to: URL(filePath: "\(other.dataFolder)/\(DataFolder.databaseName).partial"))
                _ = try await make(2, in: one)
                _ = try await make(2, in: other)
                var heads: [[UInt8]] = []
                for configuration in [one, other] {
                    try await Self.opened(configuration) { heads.append(try await $0.verifyChain().head) }
                }
                #expect(heads[0] == heads[1])
                let again = try await make(9, in: one)
                #expect(again == nil)
                try await Self.opened(one) { store in
                    let head = try await store.verifyChain().head
                    #expect(head == heads[0])
                }
                let names = try FileManager.default.contentsOfDirectory(atPath: other.dataFolder)
                #expect(!names.contains { $0.contains(".partial") })
            }
        }
    }
}
