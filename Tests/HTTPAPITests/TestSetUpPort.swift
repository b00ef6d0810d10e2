import Operation
import Primitives
import Storage

@testable import HTTPAPI

extension TestCentre {
    /// A set-up that takes every text as it wants to be taken; what it says of a text stands in the text.
    static func port(to store: Store) -> SetUpPort {
        let part = SetUpChangeSight.Part(
            kind: "queue", key: "internet", project: "serviceDesk", before: .mapping([.init("ringTimeout", .whole(20))]),
            after: .mapping([.init("ringTimeout", .whole(30))]), secretChanged: false)
        let author = (login: "ada", name: "Ada")
        let changes = (1...3).map { number in
            SetUpChangeSight(
                number: number, at: Timestamp(microseconds: number), author: number == 2 ? nil : author, parts: [part],
                undoes: number == 3 ? 1 : nil, undoneBy: number == 1 ? 3 : nil)
        }
        return SetUpPort(
            apply: { request in
                if request.text.contains("wrong") {
                    throw SetUpRefused([
                        FieldError(field: "queues[0].wrapUp", rule: "range", value: "soon", expected: "seconds", min: 1, max: 3600)
                    ])
                }
                if let version = request.version, version != "7" { throw SetUpOutdated() }
                return SetUpReport(
                    changed: [request.isFragment ? "fragment" : "queues.internet"], unchanged: 3,
                    change: request.isTrial ? nil : 8, version: "8")
            },
            read: {
                var facts = SetUpFacts()
                facts.phones = [
                    ("101", .init(registers: true, isReachable: false, user: "ana")),
                    ("102", .init(registers: false, isReachable: true, user: nil)),
                ]
                facts.users = [("ana", true)]
                facts.sip = [("udp", 5060)]
                facts.trunks = [("provider", .init(state: .registered, isUsed: true))]
                return SetUpSight(
                    version: "7",
                    document: .mapping([.init("callfloor", .whole(1)), .init("teams", .mapping([.init("red", .mapping([]))]))]),
                    facts: facts,
                    warnings: [
                        .init(.queueWithoutPeople, at: ["projects", "serviceDesk", "queues", "internet"], project: .serviceDesk),
                        .init(.trunkNotReached, at: ["trunks", "sip.provider"], project: nil),
                        .init(.personWithoutPassword, at: ["users", "ana"], project: nil),
                    ])
            },
            file: { "callfloor: 1\n" },
            changes: { before, limit in Array(changes.reversed().filter { $0.number < before ?? .max }.prefix(limit)) },
            undo: { number, _ in
                if number == 2 { throw SetUpChangedSince(parts: ["queue internet"]) }
                return number == 1 ? SetUpReport(changed: ["queue internet"], unchanged: 0, change: 4, version: "4") : nil
            },
            test: { key in
                if key == "busy" { throw TrunkTestUnderWay() }
                guard key == "my provider" else { return nil }
                return TrunkTestSight(
                    outcome: .answered, request: "OPTIONS", address: "192.0.2.1:5060", status: 200, reason: "OK", took: .milliseconds(41))
            },
            welcome: WelcomePort { wanted in
                switch (wanted.token, wanted.password) {
                case ("over", _): return .over
                case (_, "short"):
                    throw SetUpRefused([FieldError(field: "users.ada.password", rule: "secret", value: "(not shown)", expected: "", min: 8)]
                    )
                case ("right", _): return .made(login: "ada")
                default: return .wrongToken
                }
            })
    }
}
