import Centre
import Contacts
import Operation
import Organization
import Primitives
import Testing

@testable import Storage

/// Scripts, forms and what is answered by them, on both databases.
struct ScriptingTests {
    private static let project: ProjectID = Samples.id(2)
    private static let user: UserID = Samples.id(50)
    private static let document: DocumentID = Samples.id(40)
    private static let now = Timestamp(microseconds: 1_772_452_800_000_000)

    private func stored(on engine: Engine, _ body: (Store) async throws -> Void) async throws {
        try await Scratch.store(on: engine) { store, _ in
            Recorder().start(store)
            try await body(store)
        }
    }

    private func create(_ id: DocumentID = document, key: String = "order", in store: Store) async throws -> Bool {
        try await store.createDocument(id, of: Self.project, .form, key: key, name: "{}", body: "one", by: Self.user, at: Self.now)
    }

    private func save(_ body: String, after revision: Int, in store: Store) async throws -> Int? {
        try await store.saveDocumentDraft(
            Self.document, after: revision, name: "{\"en\":\"\(body)\"}", body: body, by: Self.user, at: Self.now)
    }

    private func file(_ filings: [Filing], in store: Store) async throws {
        store.append(LogBatch(entries: [], filings: filings, through: .start))
        try await store.beat()
    }

    private func version(_ number: Int, of revision: Int, at moment: Timestamp, body: String? = nil) -> Filing {
        .documentVersion(
            DocumentVersionRecord(
                document: Self.document, version: number, revision: revision, body: body ?? "body \(number)", at: moment, by: Self.user))
    }

    @Test(arguments: Engine.all) func `a key belongs to one document of its kind and project`(engine: Engine) async throws {
        try await stored(on: engine) { store in
            #expect(try await create(in: store))
            // The same once more is the same.
            #expect(try await create(in: store))
            #expect(try await !create(Samples.id(41), in: store))
            #expect(try await create(Samples.id(41), key: "other", in: store))
            let keys = try await store.documents(of: [Self.project], limit: 10).map { $0.key }
            #expect(keys == ["order", "other"])
            let first = try await store.documents(of: [Self.project], limit: 1)
            #expect(first.count == 1 && first[0].key == "order")
            #expect(try await store.documents(of: [Samples.id(3)], limit: 10) == [])
            #expect(try await store.document(Samples.id(99)) == nil)
        }
    }

    @Test(arguments: Engine.all) func `a draft is kept only over the revision it was written from`(engine: Engine) async throws {
        try await stored(on: engine) { store in
            _ = try await create(in: store)
            #expect(try await save("two", after: 1, in: store) == 2)
            #expect(try await save("two", after: 1, in: store) == 2)
            #expect(try await save("three", after: 1, in: store) == nil)
            #expect(try await save("three", after: 0, in: store) == nil)
            #expect(try await store.documentDraft(Self.document)?.body == "two")
            try await store.dropDocumentDraft(Self.document, name: "{}")
            #expect(try await store.documentDraft(Self.document) == nil)
            #expect(try await save("two", after: 2, in: store) == nil)
            // No revision is given twice.
            #expect(try await save("four", after: 0, in: store) == 3)
            #expect(try await store.document(Self.document)?.draft == 3)
            let nobody = try await store.saveDocumentDraft(
                Samples.id(99), after: 0, name: "", body: "", by: Self.user, at: Self.now)
            #expect(nobody == nil)
        }
    }

    @Test(arguments: Engine.all) func `a version is in force from its publishing until the next, or until it is retired`(engine: Engine)
        async throws
    {
        try await stored(on: engine) { store in
            _ = try await create(in: store)
            func inForce(_ seconds: Int64) async throws -> Int? {
                let all = try await store.documentsInForce(of: Self.project, at: Self.now + .seconds(seconds))
                let one = try await store.documentInForce(Self.document, of: Self.project, at: Self.now + .seconds(seconds))
                #expect(all == [one].compactMap(\.self))
                return one?.version
            }
            #expect(try await store.nextDocumentVersion(Self.document, of: 7) == nil)
            #expect(try await store.nextDocumentVersion(Self.document, of: 1) == 1)
            try await file([version(1, of: 1, at: Self.now)], in: store)
            #expect(try await store.documentDraft(Self.document) == nil)
            #expect(try await store.documentVersion(Self.document, ofRevision: 1) == 1)
            #expect(try await store.documentVersion(Self.document, ofRevision: 2) == nil)
            _ = try await save("two", after: 0, in: store)
            #expect(try await store.nextDocumentVersion(Self.document, of: 2) == 2)
            // Who writes on meanwhile keeps his draft.
            _ = try await save("three", after: 2, in: store)
            try await file([version(2, of: 2, at: Self.now + .seconds(10)), version(2, of: 2, at: Self.now, body: "late")], in: store)
            #expect(try await store.documentDraft(Self.document)?.body == "three")
            func inForce(_ moments: [Int64]) async throws -> [Int?] {
                var found: [Int?] = []
                for moment in moments { found.append(try await inForce(moment)) }
                return found
            }
            #expect(try await inForce([-1, 0, 9, 10]) == [nil, 1, 1, 2])
            try await file([.documentRetired(Self.document, at: Self.now + .seconds(20))], in: store)
            #expect(try await inForce([9, 19, 20, 100]) == [1, 2, nil, nil])
            #expect(try await store.document(Self.document)?.isInForce == false)
            try await file([version(3, of: 3, at: Self.now + .seconds(30))], in: store)
            #expect(try await inForce([25, 30]) == [nil, 3])
            #expect(try await store.document(Self.document)?.isInForce == true)
            let versions = try await store.documentVersions(Self.document, limit: 2).map { $0.version }
            #expect(versions == [3, 2])
            #expect(try await store.documentVersion(Self.document, 2)?.body == "body 2")
            #expect(try await store.documentVersion(Self.document, 4) == nil)
            #expect(try await store.documentInForce(Self.document, of: Samples.id(3), at: Self.now) == nil)
        }
    }

    @Test(arguments: Engine.all) func `work is kept while a contact is open, replaced when it is sent again, and can be erased`(
        engine: Engine
    )
        async throws
    {
        try await Scratch.store(on: engine) { store, scratch in
            var history = History(seed: 5)
            history.live(steps: 400)
            let recorder = Recorder()
            recorder.start(store)
            await recorder.store(history, in: store)
            let (open, closed) = (
                try #require(history.engine.contacts.keys.sorted().first),
                try #require(try await store.contacts(ContactFilter(reach: .all), limit: 500).rows.first { $0.closedAt != nil }?.id)
            )
            let form = Self.document
            let run = ScriptRunRow(document: Samples.id(41), version: 3, steps: [("hello", "yes"), ("lamp", "on")], current: nil)
            await #expect(throws: StorageError.self) { try await store.saveScriptRun(run, of: closed) }
            await #expect(throws: StorageError.self) { try await store.saveFormDraft(["a": []], in: form, of: closed) }
            try await store.saveScriptRun(run, of: open)
            #expect(try await store.work(of: open).run == run)
            #expect(try await store.work(of: open).run?.steps.map(\.answer) == ["yes", "on"])

            try await store.saveFormDraft(
                [
                    "a": [FieldText(field: "a", text: "half \"typed\" गु")],
                    "home": [FieldText(field: "home", part: "city", text: "ბათუმი"), FieldText(field: "home", part: "street", text: "x")],
                ], in: form, of: open)
            try await store.saveFormDraft(["home": [FieldText(field: "home", part: "city", text: "Poti")]], in: form, of: open)
            let typed = try await store.work(of: open).form(form)
            #expect(
                typed?.draft == [FieldText(field: "a", text: "half \"typed\" गु"), FieldText(field: "home", part: "city", text: "Poti")])
            #expect(typed?.submitted == nil)

            func answer(_ text: String, at moment: Timestamp) -> Filing {
                .formAnswer(
                    FormAnswerRecord(
                        contact: open, form: form, version: 2, agent: Samples.id(7), at: moment,
                        values: [FieldText(field: text, text: text)]))
            }
            let through = history.engine.position
            for (text, moment) in [("first", Self.now), ("second", Self.now + .seconds(5))] {
                store.append(LogBatch(entries: [], filings: [answer(text, at: moment)], through: through))
            }
            try await store.beat()
            let sent = try await store.work(of: open).form(form)
            #expect(sent?.values == [FieldText(field: "second", text: "second")])
            #expect(sent?.draft == [])
            #expect(sent?.submitted == .init(version: 2, agent: Samples.id(7), at: Self.now + .seconds(5)))

            try await store.writer.write { connection -> Void in try WorkTable.erase(open, on: connection) }
            #expect(try await store.work(of: open) == ContactWork(run: nil, forms: []))
            _ = scratch
        }
    }
}
