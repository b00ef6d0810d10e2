import Centre
import HTTPAPI
import Operation
import Organization
import Primitives
import Testing

@testable import Server

struct SetUpRemovalTests {
    private let centre = """
        reasons: {lunch: {name: Lunch}}
        teams: {day: {name: Day}, idle: {name: Idle}}
        trunks: {out: {server: s.example}, spare: {addresses: [192.0.2.1]}}
        phones: {"101": {address: "192.0.2.9:5060"}, "102": {address: "192.0.2.9:5061"}}
        projects:
          desk:
            name: Desk
            outbound: {trunk: out, callerNumber: "+442079460300", allowed: [+44]}
            queues: {help: {name: Help, escalation: {user: sue, queue: seniors}}, seniors: {name: Seniors}, spare: {name: Spare}}
            entryPoints: {"101": {queue: help}}
            dispositions: [{key: good, name: Good, below: [{key: sold, name: Sold}]}, {key: bad, name: Bad}]
          empty: {name: Empty, queues: {lost: {name: Lost}}, entryPoints: {"9": {queue: lost}}, dispositions: [{key: x, name: X}]}
        users:
          ana: {role: agent, team: day, projects: [desk], phone: "101", queues: {help: , spare: {priority: 2}}}
          sue: {role: supervisor, projects: [desk], queues: {}}
          ada: {role: administrator}
        """

    private func desk() throws -> SetUpDesk {
        var desk = SetUpDesk()
        try desk.apply(centre)
        return desk
    }

    @Test(arguments: [
        ("teams: [day]", "user ana"), ("trunks: [out]", "project desk"), ("phones: [\"101\"]", "user ana"),
        ("projects: [desk]", "user ana"),
        ("queues: [help]", "entry point 101"), ("queues: [seniors]", "queue help"), ("users: [sue]", "queue help"),
    ])
    func `what something else needs is not taken away, and that is said`(remove: String, user: String) throws {
        var desk = try desk()
        let flaws = desk.flaws("remove: {\(remove)}")
        #expect(flaws.map(\.rule) == [.inUse] && flaws.first?.value == user)
        #expect(flaws.first?.path == "remove.\(remove.prefix { $0 != ":" })[0]")
    }

    @Test func `what nothing needs goes, and comes back with its id when it is named again`() throws {
        var desk = try desk()
        let before = desk.known
        let plan = try desk.apply(
            "remove: {reasons: [lunch], teams: [idle], trunks: [spare], phones: [\"102\"], queues: [spare], projects: [empty], "
                + "dispositions: {desk: [good]}}")
        #expect(desk.known.queues.map(\.key) == ["help", "seniors"])
        #expect(desk.known.dispositions.map(\.key) == ["bad"])
        #expect(desk.known.projects.map(\.key) == ["desk"] && desk.known.entryPoints.count == 1)
        // Who served a queue that went serves it no more.
        #expect(desk.known.agents.first?.profile.entries.count == 1)
        #expect(
            SetUpChanges(from: before, to: plan.wanted, without: plan.removed).changed.sorted() == [
                "disposition good, removed", "disposition sold, removed", "disposition x, removed", "entry point 9, removed",
                "phone 102, removed", "project empty, removed", "queue lost, removed", "queue spare, removed", "reason lunch, removed",
                "team idle, removed", "trunk spare, removed", "user ana",
            ])
        try desk.apply(
            """
            reasons: {lunch: {}}
            teams: {idle: {}}
            trunks: {spare: {}}
            phones: {"102": {}}
            projects: {desk: {queues: {spare: {}}, dispositions: [{key: good, below: [{key: sold}]}]}, empty: {queues: {lost: {}}, entryPoints: {"9": {}}}}
            """)
        #expect(Set(desk.known.queues.map(\.queue)) == Set(before.queues.map(\.queue)))
        #expect(desk.known.reasons == before.reasons && Set(desk.known.phones) == Set(before.phones) && desk.known.trunks == before.trunks)
        #expect(
            desk.known.dispositions.first { $0.key == "sold" }?.disposition == before.dispositions.first { $0.key == "sold" }?.disposition)
        #expect(Set(desk.known.entryPoints) == Set(before.entryPoints))
    }

    @Test func `parts that go together may need each other`() throws {
        var desk = try desk()
        try desk.apply("projects: {desk: {queues: {seniors: {escalation: help}}}}")
        var engine = try CentreEngine(desk.known)
        try engine.take(desk.apply("remove: {queues: [help, seniors, spare], entryPoints: [\"101\"], users: [sue]}"))
        #expect(engine.organization.queues.count == 1)
        #expect(desk.known.queues.map(\.key) == ["lost"])
        #expect(desk.known.agents.map(\.profile.entries.count) == [0])
    }

    @Test func `somebody must be left to set up the centre, and nobody removes or raises himself`() throws {
        var desk = try desk()
        #expect(desk.flaws("remove: {users: [ada]}").map(\.rule) == [.lastAdministrator])
        let flaws = desk.flaws("users: {ada: {role: agent}}")
        #expect(flaws.map(\.rule) == [.lastAdministrator] && flaws.first?.path == "users.ada.role")
        try desk.apply("users: {max: {role: administrator}}")
        #expect(desk.flaws("remove: {users: [ada]}", by: "ada").map(\.rule) == [.ownAccount])
        #expect(desk.flaws("users: {ada: {role: manager}}", by: "ada").map(\.rule) == [.ownAccount])
        #expect(desk.flaws("remove: {users: [ada]}", by: "max") == [])
    }

    @Test func `what is not there, or named beside it, is not taken away`() throws {
        var desk = try desk()
        #expect(desk.flaws("remove: {queues: [nowhere]}").map(\.path) == ["remove.queues[0]"])
        #expect(desk.flaws("remove: {teams: [idle]}\nteams: {idle: {name: Idle}}").map(\.rule) == [.conflict])
        #expect(desk.flaws("remove: {things: [a]}").map(\.rule) == [.unknownKey])
        // What goes is there for nobody any more.
        #expect(desk.flaws("remove: {teams: [idle]}\nusers: {ana: {team: idle}}").map(\.rule) == [.unknownTeam])
    }

    @Test func `agents go before the queues they serve, and dispositions before those above them`() throws {
        var desk = try desk()
        var engine = try CentreEngine(desk.known)
        try engine.take(desk.apply("remove: {users: [ana, sue], projects: []}\nprojects: {desk: {queues: {help: {escalation: null}}}}"))
        try engine.take(desk.apply("remove: {projects: [desk]}"))
        let organization = engine.organization
        #expect(organization.projects.count == 1 && organization.queues.count == 1 && organization.agents.isEmpty)
    }

    @Test func `what the file puts elsewhere does not go with its branch`() throws {
        var desk = try desk()
        let before = desk.known
        var engine = try CentreEngine(before)
        let branch = "{key: new, name: New, below: [{key: good}, {key: fresh, name: Fresh}]}"
        try engine.take(desk.apply("projects: {desk: {dispositions: [\(branch)]}}"))
        let parts = SetUpParts(from: before, to: desk.known).parts
        let plan = try desk.apply(SetUpUndo.document(of: parts).line, isUndo: true)
        try engine.take(plan)
        #expect(plan.removed.dispositions.map(\.key) == ["new", "fresh"])
        #expect(SetUpParts(from: before, to: desk.known).parts == [])
        #expect(engine.organization.dispositions.count == before.dispositions.count)
    }

    @Test func `what goes over to another project is back where it was when that is taken back`() throws {
        var desk = try desk()
        let before = desk.known
        try desk.apply(
            "remove: {queues: [spare], entryPoints: [\"101\"]}\n"
                + "projects: {empty: {queues: {spare: {name: Another}}, entryPoints: {\"101\": {queue: spare}}}}")
        let parts = SetUpParts(from: before, to: desk.known).parts
        #expect(parts.filter { $0.key == "spare" }.map(\.project) == ["empty", "desk"])
        #expect(parts.allSatisfy { SetUpExporter(desk.known).value($0) == $0.after })
        try desk.apply(SetUpUndo.document(of: parts).line, isUndo: true)
        #expect(SetUpParts(from: before, to: desk.known).parts == [])
        #expect(Set(desk.known.queues.map(\.queue.id)) == Set(before.queues.map(\.queue.id)))
    }

    @Test func `who is named again needs another password, and a phone another secret; an undo brings back who went`() throws {
        var desk = try desk()
        try desk.apply("phones: {\"103\": {secret: long-enough-secret}}\nusers: {eva: {password: her-password, projects: [desk]}}")
        let before = desk.known
        try desk.apply("remove: {users: [eva], phones: [\"103\"]}")
        let parts = SetUpParts(from: before, to: desk.known).parts
        let gone = desk
        try desk.apply("users: {eva: {name: Another Eva}}")
        #expect(desk.known.users.map(\.user.id) == before.users.map(\.user.id))
        #expect(desk.known.users.last?.passwordHash == nil)
        #expect(desk.flaws("phones: {\"103\": {}}").map(\.rule) == [.required])
        desk = gone
        try desk.apply(SetUpUndo.document(of: parts).line, isUndo: true)
        #expect(SetUpParts(from: before, to: desk.known).parts == [])
    }

    @Test func `what stands behind a misspelt key is not shown: it may be a secret`() throws {
        var desk = try desk()
        let flaw = try #require(desk.flaws("users: {ana: {pasword: not-to-be-seen}}").first)
        #expect(flaw.rule == .unknownKey && flaw.path == "users.ana.pasword" && !flaw.description.contains("not-to-be-seen"))
    }
}

extension CentreEngine {
    fileprivate init(_ setUp: SetUp) throws {
        self.init()
        try take(setUp.definitions)
    }

    fileprivate mutating func take(_ plan: SetUpPlan) throws { try take(plan.definitions) }

    private mutating func take(_ definitions: [Definition]) throws {
        var random = Random(seed: 1)
        _ = try step(.setUp(definitions), at: Timestamp(microseconds: 1), using: &random)
    }
}
