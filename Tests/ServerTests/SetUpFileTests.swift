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
        try SetUpFile.read(yaml, known: known, secrets: secrets, at: Timestamp(microseconds: 1), random: Random(seed: 1)).wanted
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

    @Test func `a queue says how long an agent has for a reason, and where its contacts go then`() throws {
        let queues = "help: {name: Help, reasonTimeout: 45, escalation: later}\n      later: {name: Later}"
        let yaml = small.replacing(
            "help: {name: Help, wrapUp: 30, ringTimeout: 15}\n      later: {name: Later, wrapUp: none}", with: queues)
        let setUp = try read(yaml)
        let later = try #require(setUp.queues.first { $0.key == "later" }).queue
        let help = try #require(setUp.queues.first { $0.key == "help" }).queue
        #expect(help.reasonTimeout == .seconds(45) && help.escalation == later.id)
        #expect(later.reasonTimeout == .seconds(20) && later.escalation == nil)
        for wrong in ["help", "nowhere"] {
            let flawed = yaml.replacing("escalation: later", with: "escalation: \(wrong)")
            #expect(flaws(flawed) == ["projects.desk.queues.help.escalation"], "\(wrong)")
        }
        #expect(flaws(yaml.replacing("45", with: "4")) == ["projects.desk.queues.help.reasonTimeout"])
    }

    @Test func `a person is named to hand over to, alone or before a queue, also one who stands further down`() throws {
        let agent = "\n  deniz: {name: Deniz, role: supervisor, projects: [desk], queues: {}}"
        let manager = "\n  mari: {name: Mari, role: manager, projects: [desk], queues: {}}"
        let stranger = "\n  elsewhere: {name: Elsa, role: agent, projects: [], queues: {}}"
        func yaml(_ escalation: String) -> String {
            small.replacing("help: {name: Help, wrapUp: 30,", with: "help: {name: Help, escalation: \(escalation), wrapUp: 30,") + agent
                + manager
                + stranger
        }
        let setUp = try read(yaml("{user: deniz, queue: later}"))
        let deniz = try #require(setUp.users.first { $0.login == "deniz" }?.user.agent)
        let help = try #require(setUp.queues.first { $0.key == "help" }).queue
        #expect(help.escalationAgent == deniz && help.escalation == setUp.queues.first { $0.key == "later" }?.queue.id)
        let alone = try read(yaml("{user: deniz}")).queues.first { $0.key == "help" }?.queue
        #expect(alone?.escalationAgent != nil && alone?.escalation == nil)
        for wrong in ["nobody", "mari", "elsewhere", "boss"] {
            #expect(flaws(yaml("{user: \(wrong)}")) == ["projects.desk.queues.help.escalation.user"], "\(wrong)")
        }
        #expect(flaws(yaml("{user: deniz, queue: help}")) == ["projects.desk.queues.help.escalation.queue"])
        #expect(flaws(yaml("{}")) == ["projects.desk.queues.help.escalation"])
        #expect(flaws(yaml("{team: deniz}")).contains("projects.desk.queues.help.escalation.team"))
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
        ("callfloor: 1\ntrunks: {a: {}}", ["trunks.a.addresses"]),
        ("callfloor: 1\ntrunks: {a: {server: s.example, addresses: []}}", ["trunks.a.addresses"]),
        ("callfloor: 1\ntrunks: {a: {adresses: [192.0.2.1], server: s.example}}", ["trunks.a.adresses"]),
        ("callfloor: 1\ntrunks: {a: {addresses: [192.0.2.1], login: {user: u, password: p}}}", ["trunks.a.login"]),
        ("callfloor: 1\ntrunks: {a: {addresses: [192.0.2.1], transport: udp}}", ["trunks.a.transport"]),
        ("callfloor: 1\ntrunks: {a: {addresses: [192.0.2.1], presents: {}}}", ["trunks.a.presents"]),
        ("callfloor: 1\ntrunks: {a: {addresses: [192.0.2.1], presents: {header: from}}}", ["trunks.a.presents"]),
        ("callfloor: 1\ntrunks: {a: {server: \"sip .example\"}}", ["trunks.a.server"]),
        ("callfloor: 1\ntrunks: {a: {server: \"s.example:0\"}}", ["trunks.a.server"]),
        ("callfloor: 1\ntrunks: {a: {server: \"192.0.2.1:70000\"}}", ["trunks.a.server"]),
        ("callfloor: 1\ntrunks: {a: {server: 300.1.2.3}}", ["trunks.a.server"]),
        ("callfloor: 1\ntrunks: {a: {server: \"sip:s.example\"}}", ["trunks.a.server"]),
        ("callfloor: 1\ntrunks: {a: {server: s.example, transport: ws}}", ["trunks.a.transport"]),
        ("callfloor: 1\ntrunks: {a: {server: s.example, login: {user: u}}}", ["trunks.a.login.password"]),
        ("callfloor: 1\ntrunks: {a: {server: s.example, login: {password: p}}}", ["trunks.a.login.user"]),
        ("callfloor: 1\ntrunks: {a: {server: s.example, login: {user: u@s.example, password: p}}}", ["trunks.a.login.user"]),
        ("callfloor: 1\ntrunks: {a: {server: s.example, login: {user: u, password: p, registers: maybe}}}", ["trunks.a.login.registers"]),
        (
            "callfloor: 1\ntrunks: {a: {server: s.example, login: {user: u, password: p, registers: false, expires: 600}}}",
            ["trunks.a.login.expires"]
        ),
        ("callfloor: 1\ntrunks: {a: {server: s.example, login: {user: u, password: p, expires: 5}}}", ["trunks.a.login.expires"]),
        ("callfloor: 1\ntrunks: {a: {server: s.example, callers: pai}}", ["trunks.a.callers"]),
        ("callfloor: 1\ntrunks: {a: {server: s.example, presents: {number: 0207}}}", ["trunks.a.presents.number"]),
        ("callfloor: 1\ntrunks: {a: {server: s.example, presents: {format: short}}}", ["trunks.a.presents.format"]),
        // A trunk has no country of its own by which a number could be national.
        ("callfloor: 1\ntrunks: {a: {server: s.example, presents: {format: national}}}", ["trunks.a.presents.format"]),
        ("callfloor: 1\ntrunks: {a: {server: s.example, callsPerSecond: 0}}", ["trunks.a.callsPerSecond"]),
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

    private let registered = """
        callfloor: 1
        trunks:
          provider:
            addresses: [192.0.2.1]
            server: SIP.Provider.example:5061
            transport: tls
            login: {user: 442079460100, password: "only-they-know", realmUser: account-7, expires: 900}
            callers: remoteParty
            presents: {header: assertedIdentity, number: "+44 20 7946 0100", format: digits}
            callsPerSecond: 50
          other: {server: "[2001:db8::1]:5070", login: {user: u, password: p, registers: false}}
        """

    @Test func `a trunk is read with everything a provider asks for`() throws {
        let setUp = try read(registered)
        let provider = try #require(setUp.trunks.first)
        #expect(provider.server == .init(host: .name("sip.provider.example"), port: 5061, transport: .tls))
        #expect(
            provider.login
                == .init(user: "442079460100", password: Secret("only-they-know"), realmUser: "account-7", expires: .seconds(900)))
        #expect(provider.callers == .remoteParty && provider.callsPerSecond == 50)
        #expect(provider.presents?.header == .assertedIdentity && provider.presents?.format == .digits)
        #expect(provider.presents?.number?.description == "+442079460100")
        let other = try #require(setUp.trunks.last)
        #expect(other.server == .init(host: .address(.v6(high: 0x2001_0DB8 << 32, low: 1)), port: 5070))
        #expect(other.addresses.isEmpty && other.login?.registers == false && other.callers == .assertedIdentity)
        #expect(other.presents == nil && other.callsPerSecond == nil)
    }

    @Test func `a trunk's password and login that the file leaves out stay, and what is null goes`() throws {
        let first = try read(registered)
        let without = registered.replacing("password: \"only-they-know\", ", with: "")
        let second = try read(without, known: first)
        #expect(SetUpChanges(from: first, to: second).changed == [])
        let third = try read("callfloor: 1\ntrunks: {provider: {addresses: [192.0.2.1]}}", known: second)
        #expect(third.trunks.first == first.trunks.first)
        let fourth = try read("callfloor: 1\ntrunks: {provider: {login: null, presents: ~}}", known: second)
        #expect(fourth.trunks.first?.login == nil && fourth.trunks.first?.presents == nil)
        #expect(fourth.trunks.first?.server == first.trunks.first?.server)
        let fifth = try read("callfloor: 1\ntrunks: {provider: {server: null}}", known: second)
        #expect(
            fifth.trunks.first
                == TrunkAccount(
                    id: first.trunks[0].id, key: "provider", addresses: first.trunks[0].addresses,
                    callers: .remoteParty, callsPerSecond: 50))
    }

    @Test(arguments: [
        "trunks: {a: {server: s.example, login: {user: u, password: \"hush\\nhush\"}}}", "phones: {\"1\": {secret: hush}}",
        "users: {a: {password: hush}}",
    ])
    func `a secret that is refused is not shown`(yaml: String) {
        let refused = #expect(throws: SetUpRefused.self) { try read("callfloor: 1\n\(yaml)") }
        #expect(refused?.flaws.count == 1 && refused?.description.contains("hush") == false)
    }

    @Test func `what is no YAML is refused, and so is a file that is too large`() {
        #expect(flaws("a: [") == ["(file)"])
        #expect(flaws(String(repeating: "#", count: SetUpFile.bytesMax + 1)) == ["(file)"])
    }

    private let callingOut = """
        callfloor: 1
        trunks: {provider: {server: sip.example.com, presents: {number: "+442079460300"}}, inward: {addresses: [192.0.2.1]}}
        projects: {desk: {name: Desk, outbound: {trunk: provider, allowed: [+44, "!+4490"], callsPerHour: 30}}}
        """

    @Test func `a project says how it calls out, and keeps it until it says otherwise`() throws {
        let setUp = try read(callingOut)
        let rules = try #require(setUp.projects.first?.outbound)
        #expect(rules.trunk == setUp.trunks.first?.id && rules.callerNumber.description == "+442079460300")
        #expect(rules.destinations == Destinations([.init(prefix: "44", isAllowed: true), .init(prefix: "4490", isAllowed: false)]))
        #expect((rules.callsMax, rules.callsPerHourMax) == (20, 30))
        #expect(try read("callfloor: 1\nprojects: {desk: {}}", known: setUp).projects.first?.outbound == rules)
        let changed = try read("callfloor: 1\nprojects: {desk: {outbound: none}}", known: setUp)
        #expect(changed.projects.count == 1 && changed.projects[0].outbound == nil)
    }

    @Test(arguments: [
        ("{trunk: nobody, callerNumber: \"+442079460300\", allowed: [+44]}", "trunk"),
        ("{trunk: inward, callerNumber: \"+442079460300\", allowed: [+44]}", "trunk"),
        ("{trunk: provider, callerNumber: \"02079460300\", allowed: [+44]}", "callerNumber"),
        ("{trunk: provider}", "allowed"), ("{trunk: provider, allowed: [44]}", "allowed[0]"),
        ("{trunk: provider, allowed: [+44], callsAtOnce: 0}", "callsAtOnce"),
        ("{trunk: provider, allowed: [+44], callsPerHour: many}", "callsPerHour"), ("{trunk: provider, allowed: [+44], limit: 1}", "limit"),
    ])
    func `what is wrong with how a project calls out is said`(_ outbound: String, _ field: String) {
        let yaml = callingOut.split(separator: "\n").dropLast().joined(separator: "\n")
        #expect(flaws(yaml + "\nprojects: {desk: {name: Desk, outbound: \(outbound)}}") == ["projects.desk.outbound.\(field)"])
    }
}
