import Foundation
import Operation
import Organization
import Primitives
import Testing

@testable import Server

struct SetUpMergeTests {
    private static let examples = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../examples")

    private func read(_ yaml: String) throws -> SetUp {
        try SetUpFile.read(
            yaml, known: SetUp(), secrets: SetUpFile.Secrets(phone: { _, _ in ("", "") }, password: { _, _ in "" }),
            at: Timestamp(microseconds: 0), random: Random(seed: 1)
        ).wanted
    }

    @Test func `a later file adds to an earlier one, and stands in its place where both speak`() throws {
        let merged = try SetUpMerge.merged([
            "callfloor: 1\nteams: {day: {name: Day}}\nusers: {ana: {name: Ana, role: agent, language: en, team: day, projects: []}}\n",
            "callfloor: 1\nteams: {night: {name: \"نائٹ\"}}\nusers: {ana: {role: senior}}\n", "",
        ])
        let setUp = try read(merged)
        #expect(setUp.teams.map(\.key) == ["day", "night"])
        #expect(setUp.teams.last?.name.text(in: .english) == "نائٹ")
        #expect(setUp.users.map(\.user.role) == [.senior] && setUp.users.first?.name == "Ana")
    }

    @Test func `lists are taken as a whole`() throws {
        #expect(try SetUpMerge.merged(["a: [1, 2]", "a: [3]"]).contains("3"))
        #expect(try !SetUpMerge.merged(["a: [1, 2]", "a: [3]"]).contains("1"))
    }

    @Test func `a file that is no YAML is named`() {
        let error = #expect(throws: SetUpRefused.self) { _ = try SetUpMerge.merged(["callfloor: 1", "a: [1"]) }
        #expect(error?.flaws.map(\.path) == ["(file 2)"])
    }

    @Test func `the demo's files fit together, with people for every queue`() throws {
        let names = ["home-internet", "bank-loans", "taxi", "it-desk", "demo-colleagues"]
        let files = try names.map { try String(contentsOf: Self.examples.appending(path: "\($0).yaml"), encoding: .utf8) }
        let setUp = try read(SetUpMerge.merged(files))
        #expect(setUp.projects.map(\.key).sorted() == names.dropLast().sorted())
        for queue in setUp.queues {
            let people = setUp.agents.filter { agent in agent.profile.entries.contains { $0.queue == queue.queue.id } }
            #expect(people.count >= 3, "\(queue.key)")
        }
        let ofSeveral = setUp.users.count { $0.user.projects.count > 1 }
        #expect(ofSeveral >= 12)
    }
}
