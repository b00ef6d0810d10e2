import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Synchronization
import Testing

@testable import Operation

struct CentreActorTests {
    private let outside = Outside()
    private let leg = LegID(high: 9, low: 1)

    private func key(_ text: String) throws -> CommandKey { try #require(CommandKey(user: SmallCentre.user, key: text)) }

    /// A centre whose set-up is on the disk.
    private func centre() async throws -> CentreActor {
        let centre = outside.centre()
        try await centre.submit(.setUp(SmallCentre.definitions))
        await centre.committed(through: outside.written)
        return centre
    }

    @Test func `what is acknowledged waits for the commit, what is not goes at once`() async throws {
        let centre = try await centre()
        try await centre.submit(.presenceWanted(SmallCentre.agent.id, .ready))
        await centre.committed(through: outside.written)
        try await centre.submit(.callArrived(leg, SmallCentre.entryPoint.id))
        #expect(outside.performed.count == 2)
        guard case .ring = outside.performed.first, outside.performed.last == .play(leg, .ringBack) else {
            Issue.record("the phone does not ring at once: \(outside.performed)")
            return
        }
        await centre.committed(through: outside.written)
        #expect(outside.performed.count == 3 && outside.performed.last == .answer(leg))
    }

    @Test func `a commit lets out only what it covers, in order`() async throws {
        let centre = try await centre()
        let before = outside.written
        let published = outside.published.count
        let other = LegID(high: 9, low: 2)
        let first = try await centre.submit(.callArrived(leg, SmallCentre.entryPoint.id))
        let second = try await centre.submit(.callArrived(other, SmallCentre.entryPoint.id))
        #expect(before < first && first < second)
        func answered() -> [CallDirective] { outside.performed.filter { $0.timing == .afterCommit } }
        await centre.committed(through: before)
        #expect(answered() == [])
        await centre.committed(through: first)
        #expect(answered() == [.answer(leg)])
        await centre.committed(through: second)
        #expect(answered() == [.answer(leg), .answer(other)])
        let positions = outside.published.dropFirst(published).map(\.position)
        #expect(positions.first == before.next && positions.last == second && positions == positions.sorted())
        #expect(await centre.durable == second)
    }

    /// A phone that is known to be gone refuses while it is told to ring.
    @Test func `what an order leads to at once comes after what gave the order`() async throws {
        let centre = try await centre()
        try await centre.submit(.callArrived(leg, SmallCentre.entryPoint.id))
        await centre.committed(through: outside.written)
        outside.reaction.withLock {
            $0 = { directive in
                guard case .ring(let phone, _, _) = directive else { return }
                centre.assumeIsolated { _ = try? $0.submit(.legRefused(phone, .unreachable)) }
            }
        }
        try await centre.submit(.presenceWanted(SmallCentre.agent.id, .ready))
        await centre.committed(through: outside.written)
        let positions = outside.published.map(\.position)
        #expect(positions == positions.sorted())
        #expect(outside.performed.suffix(2) == [.play(leg, .ringBack), .play(leg, .music)])
    }

    @Test func `a caller whose answer could not be stored hears busy`() async throws {
        let centre = try await centre()
        try await centre.submit(.callArrived(leg, SmallCentre.entryPoint.id))
        await centre.commitFailed("the disk is full")
        #expect(outside.performed.last == .refuse(leg, .busy))
    }

    /// A refusal of an unknown number has no event: it waits for nothing but those before it.
    @Test func `what follows from no event waits only for those before it`() async throws {
        let centre = try await centre()
        let stray = EntryPointID(high: 3, low: 9)
        try await centre.submit(.callArrived(LegID(high: 9, low: 8), stray))
        #expect(outside.performed == [.refuse(LegID(high: 9, low: 8), .notInService)])
        try await centre.submit(.callArrived(leg, SmallCentre.entryPoint.id))
        try await centre.submit(.callArrived(LegID(high: 9, low: 7), stray))
        #expect(!outside.performed.contains(.refuse(LegID(high: 9, low: 7), .notInService)))
        await centre.committed(through: outside.written)
        #expect(outside.performed.suffix(2) == [.answer(leg), .refuse(LegID(high: 9, low: 7), .notInService)])
    }

    @Test func `a command is answered when it is durable and not before`() async throws {
        let centre = try await centre()
        let key = try key("a")
        let answered = Answer()
        async let position = answered.note {
            try await centre.perform(.presenceWanted(SmallCentre.agent.id, .ready), by: SmallCentre.user, key: key)
        }
        await outside.untilHandedOver(2)
        _ = await centre.durable  // The actor has taken the command and come to its await.
        #expect(!answered.isThere)
        await centre.committed(through: outside.written)
        let found = try await position
        #expect(found == outside.written)
        #expect(outside.batches[1].filings == [.performed(key, outside.written)])
    }

    @Test func `the same key acts once and gets the same position`() async throws {
        let centre = try await centre()
        let key = try key("a")
        let ready = Input.presenceWanted(SmallCentre.agent.id, .ready)
        async let first = centre.perform(ready, by: SmallCentre.user, key: key)
        await outside.untilHandedOver(2)
        async let again = centre.perform(.presenceWanted(SmallCentre.agent.id, .off), by: SmallCentre.user, key: key)
        await centre.committed(through: outside.written)
        let position = try await first
        let repeated = try await again
        #expect(repeated == position)
        #expect(try await centre.perform(ready, by: SmallCentre.user, key: key) == position)
        #expect(outside.batches.count == 2)
        #expect(await centre.read { $0.routing.agents[SmallCentre.agent.id]?.state.presence } == .ready)
    }

    @Test func `a key of before the restart is still known`() async throws {
        let key = try key("a")
        let centre = outside.centre(performed: [(key, .start)])
        #expect(try await centre.perform(.restarted([]), by: SmallCentre.user, key: key) == .start)
        #expect(outside.records.isEmpty && outside.batches.isEmpty)
    }

    @Test func `a refused command leaves nothing behind, and its key free`() async throws {
        let centre = try await centre()
        let key = try key("a")
        let stranger = AgentID(high: 4, low: 9)
        await #expect(throws: Refusal.agentUnknown(stranger)) {
            try await centre.perform(.presenceWanted(stranger, .ready), by: SmallCentre.user, key: key)
        }
        #expect(outside.batches.count == 1)
        async let position = centre.perform(.presenceWanted(SmallCentre.agent.id, .ready), by: SmallCentre.user, key: key)
        await outside.untilHandedOver(2)
        await centre.committed(through: outside.written)
        let found = try await position
        #expect(found == outside.written)
    }

    @Test func `a failed commit fails those who wait and refuses what is new`() async throws {
        let centre = try await centre()
        let key = try key("a")
        async let position = centre.perform(.presenceWanted(SmallCentre.agent.id, .ready), by: SmallCentre.user, key: key)
        await outside.untilHandedOver(2)
        try await centre.submit(.callArrived(leg, SmallCentre.entryPoint.id))
        _ = await centre.durable
        await centre.commitFailed("disk full")
        do {
            _ = try await position
            Issue.record("acknowledged what was lost")
        } catch {
            #expect((error as? CentreActor.Unavailable)?.reason == "disk full")
        }
        await #expect(throws: CentreActor.Unavailable.self) { try await centre.submit(.timePassed) }
        await #expect(throws: CentreActor.Unavailable.self) {
            try await centre.perform(.presenceWanted(SmallCentre.agent.id, .ready), by: SmallCentre.user, key: key)
        }
        #expect(await centre.unavailable == "disk full")
        #expect(!outside.performed.contains(.answer(leg)))
        #expect(outside.batches.count == 3)
    }

    @Test func `what happens while nothing can be stored is taken when that is over, and what was lost with it`() async throws {
        let centre = try await centre()
        try await centre.submit(.presenceWanted(SmallCentre.agent.id, .ready))
        try await centre.submit(.callArrived(leg, SmallCentre.entryPoint.id))
        await centre.committed(through: outside.written)
        let stored = await centre.read { $0 }
        guard case .ring(let phone, _, _) = try #require(outside.performed.first) else { return }
        // Decided on and never stored; then what comes while the disk fails.
        try await centre.submit(.legAnswered(phone), by: .network)
        await centre.commitFailed("disk full")
        try await centre.submit(.legHeld(phone, true), by: .network)
        await #expect(throws: CentreActor.Unavailable.self) {
            try await centre.submit(.callArrived(LegID(high: 9, low: 5), SmallCentre.entryPoint.id))
        }
        #expect(await !centre.keepsUp)

        await centre.resume(with: stored)
        #expect(await centre.unavailable == nil)
        let call = try #require(await centre.read { $0.calls[ContactID(sameAs: leg)] })
        #expect(call.isHeld && call.agent == phone)
        #expect(outside.batches.last?.through == outside.written && outside.written > stored.position)
    }

    /// A replay would go on from what was never stored.
    @Test func `a recording ends where the engine goes back to what was stored`() async throws {
        let centre = try await centre()
        let stored = await centre.read { $0 }
        try await centre.submit(.callArrived(leg, SmallCentre.entryPoint.id))
        let count = outside.records.count
        await centre.commitFailed("disk full")
        await centre.resume(with: stored)
        try await centre.submit(.callArrived(leg, SmallCentre.entryPoint.id))
        #expect(count > 0 && outside.records.count == count)
    }

    /// The talk was ended by being answered twice.
    @Test func `what was said to have failed and is stored all the same happens once`() async throws {
        let centre = try await centre()
        try await centre.submit(.presenceWanted(SmallCentre.agent.id, .ready))
        try await centre.submit(.callArrived(leg, SmallCentre.entryPoint.id))
        await centre.committed(through: outside.written)
        guard case .ring(let phone, _, _) = try #require(outside.performed.first) else { return }
        try await centre.submit(.legAnswered(phone), by: .network)
        let stored = await centre.read { $0 }
        await centre.commitFailed("the connection was lost")
        try await centre.submit(.legHeld(phone, true), by: .network)
        await centre.resume(with: stored)
        #expect(!outside.performed.contains(.end(phone)))
        #expect(try #require(await centre.read { $0.calls[ContactID(sameAs: leg)] }).isHeld)
    }

    @Test func `a command that was lost with the disk can be sent again under its key`() async throws {
        let centre = try await centre()
        let stored = await centre.read { $0 }
        let key = try key("a")
        async let position = centre.perform(.presenceWanted(SmallCentre.agent.id, .ready), by: SmallCentre.user, key: key)
        await outside.untilHandedOver(2)
        _ = await centre.durable
        await centre.commitFailed("disk full")
        _ = try? await position
        await centre.resume(with: stored)
        async let again = centre.perform(.presenceWanted(SmallCentre.agent.id, .ready), by: SmallCentre.user, key: key)
        await outside.untilHandedOver(3)
        await centre.committed(through: outside.written)
        #expect(try await again == outside.written)
        #expect(await centre.read { $0.routing.agents[SmallCentre.agent.id]?.state.presence } == .ready)
    }

    @Test func `a disk that is too slow lets new calls be refused in time`() async throws {
        let centre = try await centre()
        try await centre.submit(.callArrived(leg, SmallCentre.entryPoint.id))
        outside.pass(CentreActor.backlogMax)
        #expect(await centre.keepsUp)
        outside.pass(.milliseconds(1))
        #expect(await !centre.keepsUp)
        await centre.committed(through: outside.written)
        #expect(await centre.keepsUp)
    }

    @Test func `a filing without an input goes to the log, and nowhere while nothing can be stored`() async throws {
        let centre = try await centre()
        await centre.file([.registrationEnded(PhoneID(high: 5, low: 1))])
        #expect(
            outside.batches.last
                == LogBatch(
                    entries: [], filings: [.registrationEnded(PhoneID(high: 5, low: 1))], through: outside.written))
        await centre.commitFailed("disk full")
        let count = outside.batches.count
        await centre.file([.registrationEnded(PhoneID(high: 5, low: 2))])
        #expect(outside.batches.count == count)
    }

    /// It asked to be woken for a deadline that it could not handle, again and again.
    @Test func `after a failed commit nobody is woken in vain`() async throws {
        let centre = try await centre()
        try await centre.submit(.presenceWanted(SmallCentre.agent.id, .ready))
        try await centre.submit(.callArrived(leg, SmallCentre.entryPoint.id))
        await centre.commitFailed("disk full")
        let wakes = outside.wakes.count
        outside.pass(.seconds(60))
        await centre.timePassed()
        #expect(outside.wakes.count == wakes)
    }

    @Test func `the clock is set for the next deadline and handles it`() async throws {
        let centre = try await centre()
        try await centre.submit(.presenceWanted(SmallCentre.agent.id, .ready))
        try await centre.submit(.callArrived(leg, SmallCentre.entryPoint.id))
        #expect(outside.wakes.last == .some(outside.now + SmallCentre.queue.ringTimeout))
        await centre.timePassed()
        #expect(await centre.read { $0.routing.waiting(in: SmallCentre.queue.id).count } == 0)
        outside.pass(SmallCentre.queue.ringTimeout)
        await centre.timePassed()
        #expect(await centre.read { $0.routing.waiting(in: SmallCentre.queue.id).count } == 1)
        #expect(outside.records.map(\.input).last == .timePassed)
    }

    @Test func `a key is neither empty nor endless`() {
        #expect(CommandKey(user: SmallCentre.user, key: "") == nil)
        #expect(CommandKey(user: SmallCentre.user, key: String(repeating: "x", count: CommandKey.keyMax)) != nil)
        #expect(CommandKey(user: SmallCentre.user, key: String(repeating: "x", count: CommandKey.keyMax + 1)) == nil)
    }
}
