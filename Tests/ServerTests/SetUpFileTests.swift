import Operation
import Organization
import Primitives
import Testing

@testable import Server

struct SetUpFileTests {
    private let secrets = SetUpFile.Secrets(
        phone: { user, secret in ("md5 of \(user):\(secret)", "sha256 of \(user):\(secret)") },
        password: { password, _ in "hash of \(password)" })

    private func read(_ yaml: String, known: SetUp = SetUp()) throws -> SetUp {
        try SetUpFile.read(yaml, known: known, secrets: secrets, at: Timestamp(microseconds: 1), random: Random(seed: 1))
    }

    private func flaws(_ yaml: String) -> [String] {
        do {
            _ = try read(yaml)
            return []
        } catch let refused as SetUpRefused {
            return refused.flaws.map(\.path)
        } catch {
            return ["\(error)"]
        }
    }

    private let small = """
        callfloor: 1
        trunks: {provider: {addresses: [192.0.2.1, "2001:db8::1"]}}
        phones: {"101": {secret: long-enough-secret}, "102": {address: "192.0.2.9:5062"}}
        reasons: {lunch: {name: {en: Lunch, ka: სადილი}}}
        projects:
          desk:
            name: Desk
            timeZone: Asia/Tbilisi
            language: ka
            numbers: {countryCode: "995"}
            queues:
              help: {name: Help, wrapUp: 30, ringTimeout: 15}
              later: {name: Later, wrapUp: none}
            entryPoints: {"032 2550000": {queue: help, priority: 10}}
            dispositions:
              - {key: good, name: Good, below: [{key: sold, name: Sold, meanings: [sale, reached]}]}
        users:
          ana: {name: Ana, password: secret-word, role: agent, projects: [desk], phone: "101", queues: {help: {priority: 2, delay: 5}, later: }}
          boss: {name: Boss, role: supervisor, projects: [desk]}
        """

    @Test func `a file becomes a set-up with everything it names`() throws {
        let setUp = try read(small)
        let help = try #require(setUp.queues.first { $0.key == "help" })
        #expect(help.queue.wrapUp == .timed(.seconds(30)))
        #expect(help.queue.ringTimeout == .seconds(15))
        #expect(setUp.entryPoints.map(\.number) == ["+995322550000"])
        #expect(setUp.entryPoints.first?.entryPoint.priority == .urgent)
        #expect(setUp.entryPoints.first?.entryPoint.language == .georgian)
        #expect(setUp.dispositions.map(\.key) == ["good", "sold"])
        #expect(setUp.dispositions.last?.disposition.meanings == [.sale, .reached])
        let agent = try #require(setUp.agents.first)
        #expect(agent.profile.entries.map(\.priority) == [1, 2])
        #expect(agent.profile.entries.last?.delay == .seconds(5))
        #expect(setUp.users.map(\.user.agent) == [agent.id, nil])
        #expect(setUp.reasons.first?.name.text(in: .georgian) == "სადილი")
        #expect(setUp.reasons.first?.name.text(in: .welsh) == "Lunch")
        #expect(setUp.phones.map(\.access).last == .fixed(NetworkAddress(.v4(0xC000_0209), port: 5062)))
    }

    @Test func `the same file applied again changes nothing`() throws {
        let first = try read(small)
        let second = try read(small, known: first)
        #expect(SetUpChanges(from: first, to: second).changed == [])
        #expect(second.definitions == first.definitions)
    }

    @Test func `one changed key is the one change`() throws {
        let first = try read(small)
        let second = try read(small.replacing("wrapUp: 30", with: "wrapUp: 45"), known: first)
        #expect(SetUpChanges(from: first, to: second).changed == ["queue help"])
    }

    @Test func `a part of a file refers to what is known`() throws {
        let first = try read(small)
        let second = try read("callfloor: 1\nusers: {carl: {name: Carl, projects: [desk], queues: {help: }}}", known: first)
        #expect(second.agents.first?.profile.entries.map(\.queue) == first.queues.filter { $0.key == "help" }.map(\.queue.id))
    }

    @Test(arguments: [
        ("", ["callfloor"]),
        ("callfloor: 2", ["callfloor"]),
        ("callfloor: 1\nprojcts: {}", ["projcts"]),
        ("callfloor: 1\nusers: {ana: {role: agnet}}", ["users.ana.role"]),
        ("callfloor: 1\nphones: {\"1\": {secret: short}}", ["phones.1.secret"]),
        ("callfloor: 1\nphones: {\"1\": {}}", ["phones.1"]),
        ("callfloor: 1\nphones: {\"1\": {address: \"nowhere:1\"}}", ["phones.1.address"]),
        ("callfloor: 1\ntrunks: {a: {addresses: [example.org]}}", ["trunks.a.addresses[0]", "trunks.a.addresses"]),
        ("callfloor: 1\nprojects: {p: {name: P, timeZone: Mars/Olympus}}", ["projects.p.timeZone"]),
        ("callfloor: 1\nprojects: {p: {name: P, queues: {q: {name: Q, wrapUp: 0}}}}", ["projects.p.queues.q.wrapUp"]),
        ("callfloor: 1\nprojects: {p: {name: P, queues: {q: {name: Q, wrapUp: often}}}}", ["projects.p.queues.q.wrapUp"]),
        ("callfloor: 1\nprojects: {p: {name: P, entryPoints: {\"123\": {queue: none}}}}", ["projects.p.entryPoints.123.queue"]),
        ("callfloor: 1\nprojects: {p: {name: {xx: P}}}", ["projects.p.name.xx"]),
        ("callfloor: 1\nusers: {a: {queues: {nowhere: }}}", ["users.a.queues.nowhere"]),
        ("callfloor: 1\nusers: [a]", ["users"]),
    ])
    func `what is wrong is named by its key path`(yaml: String, expected: [String]) {
        #expect(flaws(yaml) == expected)
    }

    @Test func `what is no YAML is refused, and so is a file that is too large`() {
        #expect(flaws("a: [") == ["(file)"])
        #expect(flaws(String(repeating: "#", count: SetUpFile.bytesMax + 1)) == ["(file)"])
    }
}
