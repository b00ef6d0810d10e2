import Calls
import Centre
import Contacts
import Organization
import Primitives
import Testing

@testable import Operation
@testable import Storage

/// What a restart takes calls up by.
struct LegTests {
    @Test(arguments: Engine.all, [31, 32, 33] as [UInt64])
    func `every open contact has its legs and no other has`(engine: Engine, seed: UInt64) async throws {
        try await Scratch.store(on: engine) { store, _ in
            var history = History(seed: seed)
            let recorder = Recorder()
            recorder.start(store)
            history.live(steps: 400)
            // As the server does: a customer's leg is filed with the event that brings it, an agent's once his phone is called.
            for batch in history.batches {
                var batch = batch
                var rung: [Filing] = []
                for entry in batch.entries {
                    switch entry.event {
                    case .sentOutside(let contact, _, let leg, _): rung = [.leg(Self.record(of: leg, contact, .outside))]
                    // The number is called once the agent's phone is answered.
                    case .secondLineOpened(let contact, _, let leg): rung.append(.leg(Self.record(of: leg, contact, .secondLine)))
                    case .supervisionStarted(let contact, _, _, let leg, _, _):
                        rung.append(.leg(Self.record(of: leg, contact, .supervisor)))
                    case .dialStarted(let contact, _, let leg, _): rung.append(.leg(Self.record(of: leg, contact, .agent)))
                    case .numberCalled(let contact, _, _): rung.append(.leg(Self.record(of: LegID(sameAs: contact), contact, .customer)))
                    case .contactOpened(let contact, _) where contact.direction == .outbound: break
                    case .contactOpened(let contact, let leg): batch.filings.append(.leg(Self.record(of: leg, contact.id, .customer)))
                    case .offerMade(let offering): rung.append(.leg(Self.record(of: offering.leg, offering.contact, .agent)))
                    default: break
                    }
                }
                store.append(batch)
                store.append(LogBatch(entries: [], filings: rung, through: batch.through))
            }
            try await store.setLanguage(.urdu, of: history.user)
            let legs = try await store.restore().legs
            var expected: [LegRecord] = []
            for (contact, call) in history.engine.calls {
                switch history.engine.contacts[contact]?.state {
                case .wrapUp where call.outside == nil, .writeUp where call.outside == nil: continue
                default: break
                }
                if case .dialling(_, .phone, _) = history.engine.contacts[contact]?.state {
                    expected += [call.agent].compactMap(\.self).map { Self.record(of: $0, contact, .agent) }
                    continue
                }
                expected.append(Self.record(of: call.customer, contact, .customer))
                if let leg = call.agent { expected.append(Self.record(of: leg, contact, .agent)) }
                if let leg = call.outside?.leg { expected.append(Self.record(of: leg, contact, .outside)) }
                expected += call.supervisions.map { Self.record(of: $0.leg, contact, .supervisor) }
                if let leg = call.consult?.secondLine { expected.append(Self.record(of: leg, contact, .secondLine)) }
            }
            #expect(Set(legs) == Set(expected) && legs.count == expected.count, "seed \(seed)")
            #expect(!legs.isEmpty)
        }
    }

    @Test(arguments: Engine.all) func `a later record of a leg replaces the earlier`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            Recorder().start(store)
            let contact = ContactID(high: 1, low: 1)
            var record = Self.record(of: LegID(high: 2, low: 2), contact, .agent)
            store.append(LogBatch(entries: [], filings: [.leg(record)], through: .start))
            record.dialog = Array("answered".utf8)
            record.descriptionVersion = 7
            store.append(LogBatch(entries: [], filings: [.leg(record)], through: .start))
            try await store.beat()
            #expect(try await store.restore().legs == [record])
        }
    }

    @Test(arguments: Engine.all) func `phones are known where they last registered`(engine: Engine) async throws {
        try await Scratch.store(on: engine) { store, _ in
            Recorder().start(store)
            let one = RegistrationRecord(
                phone: PhoneID(high: 1, low: 1), contact: "sip:a@192.0.2.1;ob", source: "udp:192.0.2.1:5060", until: .distantFuture)
            var other = one
            other.phone = PhoneID(high: 1, low: 2)
            var moved = one
            moved.source = "udp:192.0.2.7:1024"
            for filing in [Filing.registration(one), .registration(other), .registration(moved), .registrationEnded(other.phone)] {
                store.append(LogBatch(entries: [], filings: [filing], through: .start))
            }
            try await store.beat()
            #expect(try await store.restore().registrations == [moved])
        }
    }

    private static func record(of leg: LegID, _ contact: ContactID, _ party: Party) -> LegRecord {
        LegRecord(
            leg: leg, contact: contact, party: party, dialog: Array("dialog \(leg)\0".utf8), codec: 8, descriptionVersion: 3,
            callerNumber: party == .customer ? "+995551234567" : nil)
    }
}
