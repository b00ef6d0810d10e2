import Operation
import Organization
import Primitives
import Testing

@testable import Server

struct NumberPlanTests {
    private let plan: NumberPlan = {
        var random = Random(seed: 1)
        let project = Project(id: ID(at: .distantPast, using: &random), time: .utc, language: .english)
        let queue = QueueID(at: .distantPast, using: &random)
        var setUp = SetUp()
        setUp.projects = [
            NamedProject(project: project, key: "p", name: Localised([:]), numbers: .init(countryCode: "44", trunkPrefix: "0"))
        ]
        for number in ["+442079460100", "611"] {
            let entry = EntryPoint(id: ID(at: .distantPast, using: &random), project: project.id, queue: queue, language: .english)
            setUp.entryPoints.append(NumberedEntryPoint(entryPoint: entry, number: number))
        }
        return NumberPlan(setUp)
    }()

    @Test(arguments: ["+442079460100", "00442079460100", "02079460100", "020 7946 0100"])
    func `a number is found however the provider writes it`(dialled: String) {
        #expect(plan.entryPoint(for: dialled)?.dialled == "+442079460100")
    }

    @Test func `a short number is found as it is, and an unknown one is not`() {
        #expect(plan.entryPoint(for: "611")?.dialled == "611")
        #expect(plan.entryPoint(for: "02079460999") == nil)
        #expect(plan.entryPoint(for: "") == nil)
    }

    @Test(arguments: [
        ("+447700900010", "+447700900010"), ("07700900010", "+447700900010"), ("101", "101"), ("anonymous", nil), ("", nil),
    ])
    func `a caller's number is kept in international form where that can be said`(user: String, expected: String?) {
        #expect(plan.normalised(user) == expected)
    }
}
