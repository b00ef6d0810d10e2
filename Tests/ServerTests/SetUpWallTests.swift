import Operation
import Organization
import Primitives
import Testing

@testable import Server

/// What a set-up file says of wallboards and alerts.
struct SetUpWallTests {
    private let centre = """
        projects:
          desk:
            name: Desk
            language: cy
            queues: {help: {name: Help}, spare: {name: Spare}}
            wallboards:
              hall:
                name: {en: Hall, ur: ہال}
                figures: [{measure: waiting, queue: help, good: 2, warn: 5}, {measure: answeredOfOffered, good: 80, warn: 60}, {measure: ready}]
            alerts:
              long: {measure: waitingLongest, queue: spare, threshold: 60}
              calm: {name: Calm, measure: answeredOfOffered, threshold: 70, clears: 80, lasting: 0,
                     webhook: {address: "https://hooks.example/x", secret: sixteen-bytes-ok}}
          other: {name: Other, queues: {theirs: {name: Theirs}}}
        """

    private func desk() throws -> SetUpDesk {
        var desk = SetUpDesk()
        try desk.apply(centre)
        return desk
    }

    @Test func `wallboards and alerts are read, with what is usual where nothing is said`() throws {
        let desk = try desk()
        let project = try #require(desk.known.projects.first)
        let help = try #require(desk.known.queues.first).queue.id
        let hall = try #require(project.wallboards.first)
        #expect(hall.key == "hall" && hall.name.text(in: .urdu) == "ہال" && hall.wallboard.language == nil)
        #expect(
            hall.wallboard.figures == [
                .init(measure: .waiting, queue: help, target: .init(good: 2, warn: 5)),
                .init(measure: .answeredOfOffered, queue: nil, target: .init(good: 80, warn: 60)),
                .init(measure: .ready, queue: nil, target: nil),
            ])
        let (calm, long) = (project.alerts[0], project.alerts[1])
        #expect(long.alert.side == .above && long.alert.clears == 60 && long.alert.lasting == .seconds(30) && long.webhook == nil)
        #expect(calm.alert.side == .below && calm.alert.clears == 80 && calm.alert.lasting == .zero)
        #expect(calm.webhook?.address.description == "https://hooks.example/x" && calm.webhook?.secret.text == "sixteen-bytes-ok")
    }

    @Test func `what is not named stays, and so do ids and secrets`() throws {
        var desk = try desk()
        let before = try #require(desk.known.projects.first)
        try desk.apply("projects: {desk: {wallboards: {hall: {language: ur}}, alerts: {calm: {threshold: 75}, long: {queue: null}}}}")
        let after = try #require(desk.known.projects.first)
        #expect(after.wallboards[0].wallboard.id == before.wallboards[0].wallboard.id && after.wallboards[0].wallboard.language == .urdu)
        #expect(after.wallboards[0].wallboard.figures == before.wallboards[0].wallboard.figures)
        #expect(after.alerts.map(\.alert.id) == before.alerts.map(\.alert.id) && after.alerts[0].alert.threshold == 75)
        #expect(after.alerts[0].webhook == before.alerts[0].webhook && after.alerts[1].alert.place.queue == nil)
        try desk.apply("projects: {desk: {alerts: {calm: {webhook: null}}}}\nremove: {wallboards: {desk: [hall]}}")
        #expect(desk.known.projects.first.map { $0.alerts[0].webhook == nil && $0.wallboards.isEmpty } == true)
        try desk.apply("remove: {alerts: {desk: [long]}}")
        #expect(desk.known.projects.first?.alerts.map(\.key) == ["calm"])
    }

    @Test(arguments: [
        ("wallboards: {hall: {figures: []}}", "wallboards.hall.figures", "required"),
        ("wallboards: {hall: {figures: [{measure: money}]}}", "wallboards.hall.figures[0].measure", "choice"),
        ("wallboards: {hall: {figures: [{}]}}", "wallboards.hall.figures[0].measure", "required"),
        ("wallboards: {hall: {figures: [{measure: waiting, queue: nowhere}]}}", "wallboards.hall.figures[0].queue", "unknownQueue"),
        ("wallboards: {hall: {figures: [{measure: waiting, queue: theirs}]}}", "wallboards.hall.figures[0].queue", "otherProject"),
        ("wallboards: {hall: {figures: [{measure: waiting, good: 5, warn: 2}]}}", "wallboards.hall.figures[0].warn", "conflict"),
        (
            "wallboards: {hall: {figures: [{measure: answeredOfOffered, good: 80, warn: 90}]}}", "wallboards.hall.figures[0].warn",
            "conflict"
        ),
        ("wallboards: {hall: {figures: [{measure: answeredOfOffered, good: 101}]}}", "wallboards.hall.figures[0].good", "range"),
        ("wallboards: {hall: {figures: [{measure: waiting, warn: 2}]}}", "wallboards.hall.figures[0].good", "required"),
        ("wallboards: {hall: {figures: [\(String(repeating: "{measure: ready}, ", count: 7))]}}", "wallboards.hall.figures", "tooMany"),
        ("wallboards: {new: {figures: [{measure: ready}]}}", "wallboards.new.name", "required"),
        ("alerts: {long: {threshold: -1}}", "alerts.long.threshold", "range"),
        ("alerts: {new: {measure: ready}}", "alerts.new.threshold", "required"),
        ("alerts: {long: {clears: 61}}", "alerts.long.clears", "conflict"),
        ("alerts: {calm: {clears: 69}}", "alerts.calm.clears", "conflict"),
        ("alerts: {long: {lasting: 3601}}", "alerts.long.lasting", "range"), ("alerts: {long: {side: left}}", "alerts.long.side", "choice"),
        ("alerts: {long: {webhook: {address: \"ftp://x\", secret: sixteen-bytes-ok}}}", "alerts.long.webhook.address", "webhook"),
        ("alerts: {long: {webhook: {address: \"https://x.example\", secret: short}}}", "alerts.long.webhook.secret", "secret"),
        ("alerts: {long: {webhook: {address: \"https://x.example\"}}}", "alerts.long.webhook.secret", "required"),
        // Nobody's secret goes to another host.
        ("alerts: {calm: {webhook: {address: \"https://x.example\"}}}", "alerts.calm.webhook.secret", "required"),
        ("alerts: {long: {colour: red}}", "alerts.long.colour", "unknownKey"),
    ])
    func `what is wrong is said where it stands`(written: String, path: String, rule: String) throws {
        var desk = try desk()
        let flaws = desk.flaws("projects: {desk: {\(written)}}")
        #expect(flaws.map(\.path) == ["projects.desk.\(path)"] && flaws.map(\.rule.name) == [rule])
    }

    @Test func `a queue that a wall shows or an alert watches is not taken away`() throws {
        var desk = try desk()
        #expect(desk.flaws("remove: {queues: [help]}").map(\.value) == ["wallboard hall"])
        #expect(desk.flaws("remove: {queues: [spare]}").map(\.value) == ["alert long"])
        try desk.apply("remove: {projects: [desk]}")
    }

    @Test func `what is exported reads back as the same, without secrets`() throws {
        var desk = try desk()
        let before = desk.known
        let text = SetUpYAML.text(of: desk.document)
        #expect(!text.contains("sixteen-bytes-ok") && text.contains("https://hooks.example/x"))
        try desk.apply(text, isFragment: false)
        #expect(desk.known == before)
    }

    @Test(arguments: [
        "projects: {desk: {wallboards: {hall: {language: tr, figures: [{measure: offered}]}}}}",
        "projects: {desk: {wallboards: {door: {name: Door, figures: [{measure: offered}]}}, alerts: {new: {measure: ready, threshold: 1}}}}",
        "projects: {desk: {alerts: {long: {threshold: 90, queue: null, name: Long}, calm: {lasting: 5}}}}",
        "remove: {wallboards: {desk: [hall]}, alerts: {desk: [long]}}", "remove: {projects: [desk]}",
    ])
    func `a change is taken back`(change: String) throws {
        var desk = try desk()
        let before = desk.known
        try desk.apply(change)
        let parts = SetUpParts(from: before, to: desk.known).parts
        #expect(!parts.isEmpty)
        try desk.apply(SetUpUndo.document(of: parts).line)
        #expect(SetUpParts(from: before, to: desk.known).parts == [])
    }

    @Test func `another secret is told as such and not shown`() throws {
        var desk = try desk()
        let before = desk.known
        try desk.apply("projects: {desk: {alerts: {calm: {webhook: {secret: another-secret-of-it}}}}}")
        let parts = SetUpParts(from: before, to: desk.known).parts
        #expect(parts.map(\.secretChanged) == [true] && !SetUpParts.line(parts).contains("another"))
    }
}
