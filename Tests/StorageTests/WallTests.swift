import Centre
import Organization
import Primitives
import Testing

@testable import Operation
@testable import Storage

/// Wallboards, their links and alerts, as the tables keep them.
struct WallTests {
    private static let now = Samples.moment

    private func setUp(_ history: History) throws -> SetUp {
        var setUp = history.setUp
        let project = setUp.projects[0].project.id
        let queue = try #require(setUp.queues.first { $0.queue.project == project }).queue.id
        let figures: [Wallboard.Figure] = [
            .init(measure: .waiting, queue: queue, target: .init(good: 2, warn: 5)),
            .init(measure: .answeredOfOffered, queue: nil, target: nil),
        ]
        setUp.projects[0].wallboards = (1...2).map { number in
            NamedWallboard(
                wallboard: Wallboard(
                    id: Samples.id(900 + number), project: project, language: number == 1 ? .urdu : nil,
                    figures: number == 1 ? figures : figures.reversed()), key: "wall \(number)",
                name: Localised([.english: "Wall \(number)", .hindi: "दीवार"]))
        }
        let webhook = Webhook(address: try #require(WebhookAddress("https://hooks.example/a?b")), secret: Secret("sixteen bytes ok"))
        setUp.projects[0].alerts = (1...2).map { number in
            NamedAlert(
                alert: Alert(
                    id: Samples.id(910 + number), place: MeasuredPlace(project: project, queue: number == 1 ? queue : nil),
                    measure: .waitingLongest, side: number == 1 ? .above : .below, threshold: 60, clears: 20, lasting: .seconds(30)),
                key: "alert \(number)", name: number == 1 ? Localised([:]) : Localised([.georgian: "განგაში"]),
                webhook: number == 1 ? webhook : nil)
        }
        return setUp
    }

    private func file(_ setUp: SetUp, in store: Store) async throws {
        store.append(LogBatch(entries: [], filings: [.setUp(setUp)], through: .start))
        try await store.settle()
    }

    @Test(arguments: Engine.all)
    func `wallboards and alerts come back as they were filed, and go as they are left out`(_ engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let history = History(seed: 31)
            store.startWriting(onCommitted: { _ in }, onFailure: { Issue.record("\($0)") })
            for batch in history.batches { store.append(batch) }
            var setUp = try setUp(history)
            try await file(setUp, in: store)
            #expect(try await store.setUp().projects.first == setUp.projects.first)
            setUp.projects[0].wallboards.removeFirst()
            setUp.projects[0].alerts[0].webhook = nil
            try await file(setUp, in: store)
            #expect(try await store.setUp().projects.first == setUp.projects.first)
        }
    }

    @Test(arguments: Engine.all)
    func `one link opens a wallboard, until there is another, it is ended, or the wallboard goes`(_ engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let history = History(seed: 32)
            store.startWriting(onCommitted: { _ in }, onFailure: { Issue.record("\($0)") })
            for batch in history.batches { store.append(batch) }
            var setUp = try setUp(history)
            try await file(setUp, in: store)
            let (first, second) = (setUp.projects[0].wallboards[0].wallboard.id, setUp.projects[0].wallboards[1].wallboard.id)
            try await store.linkWallboard(first, tokenHash: [1, 2], at: Self.now)
            try await store.linkWallboard(second, tokenHash: [3], at: Self.now)
            #expect(try await store.wallboard(tokenHash: [1, 2]) == first)
            #expect(try await store.wallboard(tokenHash: [1]) == nil)
            try await store.linkWallboard(first, tokenHash: [4], at: Self.now + .seconds(1))
            #expect(try await store.wallboard(tokenHash: [1, 2]) == nil)
            #expect(try await store.wallLinks() == [first: Self.now + .seconds(1), second: Self.now])
            try await store.unlinkWallboard(first)
            #expect(try await store.wallboard(tokenHash: [4]) == nil)
            // A set-up that names it keeps its link; one that leaves it out does not.
            try await file(setUp, in: store)
            #expect(try await store.wallboard(tokenHash: [3]) == second)
            setUp.projects[0].wallboards.removeLast()
            try await file(setUp, in: store)
            #expect(try await store.wallboard(tokenHash: [3]) == nil)
            #expect(try await store.wallLinks().isEmpty)
        }
    }

    private func raised(_ number: UInt64, began: Timestamp = now) -> RaisedAlert {
        let place = MeasuredPlace(project: Samples.id(1), queue: number == 1 ? Samples.id(2) : nil)
        let alert = Alert(
            id: Samples.id(910 + number), place: place, measure: .answeredOfOffered, side: .below, threshold: 80, clears: 85,
            lasting: .seconds(30))
        return RaisedAlert(alert: alert, since: began - .seconds(30), began: .init(at: began, value: number == 1 ? 66.7 : nil))
    }

    @Test(arguments: Engine.all)
    func `alerts are kept from their beginning to their end, also over a restart`(_ engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            var (first, second) = (raised(1), raised(2, began: Self.now + .seconds(5)))
            try await store.keep(AlertChanges(began: [first, second]))
            #expect(try await store.raisedAlerts() == [first.alert.id: first.since, second.alert.id: second.since])
            #expect(try await store.alerts(limit: 10) == [second, first])
            first.ended = .init(at: Self.now + .seconds(9), value: 85.5)
            second.ended = .init(at: Self.now + .seconds(10), value: nil)
            try await store.keep(
                AlertChanges(ended: [first, second].map { .init(alert: $0.alert.id, since: $0.since, turn: $0.ended ?? $0.began) }))
            #expect(try await store.raisedAlerts().isEmpty)
            #expect(try await store.alerts(limit: 10) == [second, first])
            #expect(try await store.alerts(limit: 1) == [second])
            // What has ended ends once, and what has begun begins once.
            try await store.keep(
                AlertChanges(began: [first], ended: [.init(alert: first.alert.id, since: first.since, turn: .init(at: Self.now, value: 1))])
            )
            #expect(try await store.alerts(limit: 10) == [second, first])
        }
    }

    @Test(arguments: Engine.all)
    func `the oldest alerts are forgotten, but not those that go on`(_ engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let many = (0..<Store.alertsMax + 2).map { raised(1, began: Self.now + .seconds($0)) }
            try await store.keep(AlertChanges(began: many))
            #expect(try await store.alerts(limit: .max).count == many.count)
            let ended = many.dropFirst().map { AlertChanges.Ending(alert: $0.alert.id, since: $0.since, turn: $0.began) }
            try await store.keep(AlertChanges(ended: Array(ended)))
            try await store.keep(AlertChanges(began: [raised(2, began: Self.now + .seconds(100_000))]))
            let left = try await store.alerts(limit: .max)
            #expect(left.count == Store.alertsMax + 1 && left.last == many.first)
        }
    }

    @Test(arguments: Engine.all)
    func `what other programs are still to be told outlasts a restart`(_ engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            let messages = [("b", 0), ("a", 1)].map { id, seconds in
                WaitingMessage(id: id, alert: Samples.id(911), body: #"{"id": "\#(id)"}"#, madeAt: Self.now + .seconds(seconds))
            }
            try await store.keep(AlertChanges(messages: messages))
            try await store.keep(AlertChanges(messages: messages))
            #expect(try await store.waitingMessages() == messages)
            try await store.forgetMessage("b")
            #expect(try await store.waitingMessages() == [messages[1]])
        }
    }
}
