import Foundation
import Logging
import Simulation
import Testing

@testable import Server

struct FigureCheckTests {
    @Test func `reports of simulated days say what their logs say`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "figures-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let check = FigureCheck(folder: folder, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        var totals = FigureCheck.Totals()
        for seed in 1...3 as ClosedRange<UInt64> {
            try await check.check(.init(seed: seed, agents: 8, contacts: 120, hours: 3), into: &totals)
        }
        #expect(totals.days == 3 && totals.visits > 360 && totals.intervals >= 3 * 96)
    }
}
