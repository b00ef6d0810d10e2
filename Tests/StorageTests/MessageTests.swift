import Calls
import Centre
import Contacts
import Operation
import Organization
import Primitives
import Testing

@testable import Storage

struct MessageTests {
    @Test(arguments: Engine.all) func `a message is kept until all have read it, or for a day`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            Recorder().start(store)
            let (ana, ben) = (AgentID(high: 1, low: 1), AgentID(high: 1, low: 2))
            let noon = Timestamp(microseconds: 1_772_452_800_000_000)
            func message(_ number: UInt64, at moment: Timestamp) -> Message {
                Message(
                    id: MessageID(high: 2, low: number), sender: UserID(high: 3, low: 1), text: "Um, \"eins\"", at: moment,
                    agents: [ana, ben])
            }
            let first = message(1, at: noon)
            // The same once more is the same.
            for _ in 0..<2 { store.append(LogBatch(entries: [], filings: [.message(first)], through: .start)) }
            try await store.beat()
            #expect(try await store.unreadMessages(since: noon) == [first])
            #expect(try await store.unreadMessages(since: noon + .seconds(1)) == [])
            try await store.messageRead(first.id, by: ana)
            #expect(try await store.unreadMessages(since: noon).map(\.agents) == [[ben]])
            let next = message(2, at: noon + Message.age + .seconds(1))
            store.append(LogBatch(entries: [], filings: [.message(next)], through: .start))
            try await store.beat()
            #expect(try await store.unreadMessages(since: noon) == [next])
        }
    }

    @Test(arguments: Engine.all) func `several supervisors have each a leg of their own`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            Recorder().start(store)
            let contact = ContactID(high: 1, low: 1)
            func record(_ number: UInt64, _ party: Party) -> LegRecord {
                LegRecord(
                    leg: LegID(high: 2, low: number), contact: contact, party: party, dialog: [1], codec: 8, descriptionVersion: 1,
                    callerNumber: nil)
            }
            // Of every other party the later leg replaces the earlier.
            for filing in [record(1, .agent), record(2, .supervisor), record(3, .supervisor), record(4, .agent)] {
                store.append(LogBatch(entries: [], filings: [.leg(filing)], through: .start))
            }
            try await store.beat()
            #expect(Set(try await store.restore().legs) == [record(2, .supervisor), record(3, .supervisor), record(4, .agent)])
        }
    }
}
