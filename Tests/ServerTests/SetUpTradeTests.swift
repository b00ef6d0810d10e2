import Operation
import Organization
import Primitives
import Testing

@testable import Server

/// What a set-up file says of the trade behind its queues: what follows a talk, when calls are taken, what agents are to reach.
struct SetUpTradeTests {
    private var secrets: SetUpFile.Secrets { SetUpFile.Secrets(phone: { _, _ in ("", "") }, password: { word, _ in word }) }

    private func read(_ project: String, known: SetUp = SetUp()) throws -> SetUp {
        try SetUpFile.read(
            "callfloor: 1\nprojects: {desk: \(project)}", known: known, secrets: secrets, at: Timestamp(microseconds: 1),
            random: Random(seed: 1))
    }

    private func flaws(_ project: String) -> [String] {
        do {
            _ = try read(project)
            return []
        } catch let refused as SetUpRefused {
            return refused.flaws.map(\.path)
        } catch {
            return ["\(error)"]
        }
    }

    // MARK: Wrap-up

    @Test(arguments: [
        ("45", WrapUpRule.timed(.seconds(45))), ("none", .none), ("untilDisposed", .untilDisposed), ("optional", .optional),
        ("{onRequest: 90}", .onRequest(.seconds(90))),
    ])
    func `each way to wrap up is read`(written: String, rule: WrapUpRule) throws {
        #expect(try read("{name: Desk, queues: {help: {name: Help, wrapUp: \(written)}}}").queues.first?.queue.wrapUp == rule)
    }

    @Test(arguments: [
        ("0", ""), ("3601", ""), ("always", ""), ("{onRequest: 0}", ".onRequest"), ("{onRequest: 4000}", ".onRequest"),
        ("{later: 5}", ".later"),
    ])
    func `no other is taken`(written: String, path: String) {
        #expect(flaws("{name: Desk, queues: {help: {name: Help, wrapUp: \(written)}}}").contains("projects.desk.queues.help.wrapUp\(path)"))
    }
}
