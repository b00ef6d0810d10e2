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
            random: Random(seed: 1)
        ).wanted
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

    // MARK: Hours

    @Test func `hours are read, stay where they are not named, and end with none`() throws {
        let first = try read(
            """
            {name: Desk, hours: {week: {mon: ["13:00-17:00", "08:00-12:00"], fri: ["22:00-06:00"]}, days: {"2026-12-25": []}},
             queues: {help: {name: Help}}, entryPoints: {"+995322550000": {queue: help, hours: always}, "+995322550001": {queue: help}}}
            """)
        let written = "mon=08:00-12:00,13:00-17:00;tue=;wed=;thu=;fri=22:00-06:00;sat=;sun=;2026-12-25="
        #expect(first.projects.first?.project.hours?.description == written)
        #expect(first.entryPoints.map(\.entryPoint.hours) == [.always, nil])
        let again = try read("{name: Desk, queues: {help: }, entryPoints: {\"+995322550000\": {queue: help}}}", known: first)
        #expect(again.projects.first?.project.hours?.description == written && again.entryPoints.first?.entryPoint.hours == .always)
        let open = try read("{name: Desk, hours: none}", known: first)
        #expect(open.projects.first.map { $0.project.hours == nil } == true)
    }

    @Test(arguments: [
        ("{week: {mon: [8-20]}}", "week.mon[0]"), ("{week: {monday: []}}", "week.monday"), ("{days: {tomorrow: []}}", "days.tomorrow"),
        (#"{week: {mon: ["08:00-12:00", "11:00-13:00"]}}"#, "week.mon"), ("sometimes", ""),
        (#"{days: {"2026-02-30": []}}"#, "days.2026-02-30"),
    ])
    func `no other hours are taken`(written: String, path: String) {
        #expect(flaws("{name: Desk, hours: \(written)}") == ["projects.desk.hours" + (path.isEmpty ? "" : ".\(path)")])
    }

    @Test func `a word that says nothing of hours is told which does`() {
        func rules(_ project: String) -> [SetUpFlaw.Rule] {
            var desk = SetUpDesk()
            return desk.flaws("projects: {desk: \(project)}").map(\.rule)
        }
        #expect(rules("{name: Desk, hours: always}") == [.choice(["none"])])
        #expect(rules("{name: Desk, hours: [always]}") == [.mappingNeeded])
        let number = "{name: Desk, queues: {help: {name: Help}}, entryPoints: {\"101\": {queue: help, hours: none}}}"
        #expect(rules(number) == [.choice(["always"])])
    }

    @Test func `agents see who listens to them unless the project says otherwise`() throws {
        let usual = try read("{name: Desk}")
        #expect(usual.projects.first?.showsSupervision == true)
        let hidden = try read("{name: Desk, supervision: {shown: false}}", known: usual)
        #expect(hidden.projects.first?.showsSupervision == false)
        #expect(try read("{name: Desk}", known: hidden).projects.first?.showsSupervision == false)
        #expect(try read("{name: Desk, supervision: null}", known: hidden).projects.first?.showsSupervision == true)
    }

    @Test func `what a project tells its agents stays until it is taken away`() throws {
        let said = try read("{name: Desk, greeting: {en: Good day, cy: Dydd da}, jobDescription: Lines and modems}")
        #expect(said.projects.first?.greeting.texts == [.english: "Good day", .welsh: "Dydd da"])
        #expect(said.projects.first?.jobDescription.texts == [.english: "Lines and modems"])
        #expect(try read("{name: Desk}", known: said).projects.first?.greeting.texts.count == 2)
        for nothing in ["none", "null"] {
            #expect(try read("{name: Desk, greeting: \(nothing)}", known: said).projects.first?.greeting.texts == [:])
        }
        #expect(throws: (any Error).self) {
            try read("{name: Desk, greeting: {en: \(String(repeating: "a", count: NamedProject.greetingMax + 1))}}")
        }
    }

    // MARK: Quotas

    @Test func `quotas are read, keep their ids, and stay where they are not named`() throws {
        let first = try read(
            """
            {name: Desk, quotas: {calls: {counts: handled, per: hour, by: agent, target: 8},
             sales: {name: {en: Sales}, counts: sale, per: shift, by: team, target: 60}}}
            """)
        let quotas = try #require(first.projects.first?.quotas)
        #expect(quotas.map(\.key) == ["calls", "sales"] && quotas.map(\.quota.target) == [8, 60])
        #expect(quotas[1].quota.counts == .meaning(.sale) && quotas[1].quota.per == .shift && quotas[1].quota.by == .team)
        #expect(quotas[0].name.texts.isEmpty && quotas[1].name.text(in: .turkish) == "Sales")
        let again = try #require(try read("{name: Desk, quotas: {sales: {target: 70}}}", known: first).projects.first?.quotas)
        #expect(again.map(\.quota.id) == quotas.map(\.quota.id) && again.map(\.quota.target) == [8, 70])
        #expect(again[1].quota.per == .shift && again[1].name == quotas[1].name)
        let unnamed = try #require(try read("{name: Desk, quotas: {sales: {name: null}}}", known: first).projects.first?.quotas)
        #expect(unnamed[1].name.texts.isEmpty)
    }

    @Test(arguments: [
        ("{counts: money, per: hour, target: 8}", "counts"), ("{counts: handled, per: day, target: 8}", "per"),
        ("{per: hour, by: everybody, target: 8}", "by"), ("{per: hour}", "target"), ("{per: hour, target: 0}", "target"),
        ("{target: 8}", "per"), ("{per: hour, target: 8, colour: red}", "colour"),
    ])
    func `no other quotas are taken`(written: String, path: String) {
        #expect(flaws("{name: Desk, quotas: {calls: \(written)}}") == ["projects.desk.quotas.calls.\(path)"])
    }
}
