import Centre
import HTTPAPI
import NIOCore
import Operation
import Organization
import Primitives
import SIP
import SIPTransport
import Storage

extension SetUpPort {
    /// What the settings ask, answered by the applier, the tables and the lines.
    init(_ applier: SetUpApplier, store: Store, control: CallControl, sip: SIPEndpoint, welcome: WelcomePort) {
        let loop = sip.loop
        @Sendable func answering<Value>(_ body: () async throws -> Value) async throws -> Value {
            do {
                return try await body()
            } catch let refused as Server.SetUpRefused {
                throw HTTPAPI.SetUpRefused(refused.flaws.map { FieldError($0) })
            }
        }
        self.init(
            apply: { request in try await answering { try await applier.apply(request) } },
            read: {
                let whole = try await store.wholeSetUp()
                let lines = try await loop.submit { LineStates(whole.known, control) }.get()
                var sight = SetUpSight(whole, lines)
                let reachable = try await sip.reachable()
                sight.facts.sip = [("udp", reachable.udp), ("tcp", reachable.tcp), ("tls", reachable.tls)]
                    .compactMap { transport, address in address.map { (transport, Int($0.port)) } }
                return sight
            },
            file: { SetUpYAML.text(of: SetUpExporter(try await store.setUp()).document) },
            changes: { before, limit in
                try await store.setUpChanges(before: before ?? .max, limit: limit).map { change in
                    SetUpChangeSight(
                        number: change.record.number, at: change.record.at, author: change.author,
                        parts: try SetUpParts.parts(change.record.parts), undoes: change.record.undoes, undoneBy: change.undoneBy)
                }
            },
            undo: { number, author in try await answering { try await applier.undo(number, by: author) } },
            test: { key in
                guard let trunk = try await store.setUp().trunks.first(where: { $0.key == key }) else { return nil }
                guard let answer = await control.answer(of: trunk.id) else { throw TrunkTestUnderWay() }
                return TrunkTestSight(answer, hasLogin: trunk.login != nil)
            },
            welcome: welcome)
    }
}

extension TrunkTestSight {
    fileprivate init(_ answer: TrunkAnswer, hasLogin: Bool) {
        var outcome: Outcome
        var told: (status: Int, reason: String)?
        switch answer.outcome {
        case .answered(let status, let reason):
            // RFC 3261 sections 21.4.2, 21.4.4 and 21.4.8: who we say we are did not please.
            outcome = hasLogin && [401, 403, 407].contains(status) ? .loginRefused : .answered
            told = (status, reason)
        case .silent: outcome = .noAnswer
        case .nameUnknown: outcome = .nameUnknown
        case .notConnected: outcome = .notConnected
        }
        self.init(
            outcome: outcome, request: answer.byRegister ? "REGISTER" : "OPTIONS", address: answer.hop?.address.description,
            status: told?.status, reason: told?.reason, took: told == nil ? nil : answer.took)
    }
}

/// What the lines are like at the moment.
struct LineStates: Sendable {
    var registered: Set<PhoneID> = []
    var trunks: [TrunkID: TrunkState] = [:]

    init() {}

    /// On the loop of `control` only.
    init(_ setUp: SetUp, _ control: CallControl) {
        registered = Set(setUp.phones.map(\.id).filter { control.isRegistered($0) })
        trunks = control.trunks.states
    }
}

extension SetUpSight {
    init(_ whole: WholeSetUp, _ lines: LineStates) {
        let setUp = whole.known
        var facts = SetUpFacts()
        facts.phones = setUp.phones.map { phone in
            let agent = setUp.agents.first { $0.phone == phone.id }?.id
            let user = agent.flatMap { agent in setUp.users.first { $0.user.agent == agent }?.login }
            let registers = if case .registers = phone.access { true } else { false }
            return (phone.user, .init(registers: registers, isReachable: !registers || lines.registered.contains(phone.id), user: user))
        }
        facts.users = setUp.users.map { ($0.login, $0.passwordHash != nil) }
        facts.trunks = setUp.trunks.map { trunk in
            let isUsed = setUp.projects.contains { $0.outbound?.trunk == trunk.id }
            return (trunk.key, .init(state: lines.state(of: trunk), isUsed: isUsed))
        }
        self.init(
            version: SetUpApplier.version(whole), document: SetUpExporter(setUp).document, facts: facts,
            warnings: SetUpWarning.all(in: setUp, lines))
    }
}

extension LineStates {
    func state(of trunk: Operation.TrunkAccount) -> TrunkState {
        trunk.login?.registers == true ? trunks[trunk.id] ?? .registering : .byAddress
    }
}

extension FieldError {
    fileprivate init(_ flaw: SetUpFlaw) {
        self.init(
            field: flaw.path, rule: flaw.rule.name, value: flaw.value, expected: flaw.expected, min: flaw.rule.min, max: flaw.rule.max,
            choices: flaw.rule.choices, line: flaw.line)
    }
}
