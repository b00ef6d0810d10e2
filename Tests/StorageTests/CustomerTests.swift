import Centre
import Contacts
import Customers
import Foundation
import Logging
import Operation
import Organization
import Primitives
import Testing

@testable import Storage

/// Who calls, on both databases: found, changed by two, merged and parted, brought in from a file.
struct CustomerTests {
    private static let project: ProjectID = Samples.id(2)
    private static let shop: ProjectID = Samples.id(3)
    private static let user: UserID = Samples.id(50)
    private static let now = Timestamp(microseconds: 1_772_452_800_000_000)

    private func stored(on engine: Engine, _ body: (Store) async throws -> Void) async throws {
        try await Scratch.store(on: engine) { store, _ in
            Recorder().start(store)
            try await body(store)
        }
    }

    @discardableResult
    private func add(
        _ number: UInt64, _ name: String, phones: [String] = [], city: String = "", of project: ProjectID = project, to store: Store
    ) async throws -> CustomerID {
        var customer = Customer(id: Samples.id(number), project: project, name: name)
        customer.numbers = phones.map { .init(number: $0) }
        if !city.isEmpty { customer.addresses = [.init(parts: [.city: city])] }
        try await store.addCustomer(customer, by: Self.user, at: Self.now + .seconds(Int(number)))
        return customer.id
    }

    private func found(_ text: String, in store: Store) async throws -> [String] {
        try await store.customers(matching: text, in: [Self.project], limit: 20).map(\.name).sorted()
    }

    // MARK: Finding

    @Test(arguments: Engine.all) func `somebody is found by beginnings of words and parts of numbers, in his own project`(engine: Engine)
        async throws
    {
        try await stored(on: engine) { store in
            try await add(1, "Nino Beridze", phones: ["+995555123456"], city: "Tbilisi", to: store)
            try await add(2, "ნინო ბერიძე", city: "თბილისი", to: store)
            try await add(3, "प्रिया शर्मा", phones: ["+919876543210"], to: store)
            try await add(4, "بلال احمد", to: store)
            try await add(5, "Çağla Öztürk", city: "İzmir", to: store)
            try await add(6, "Siân Llŷr", to: store)
            try await add(7, "Nino Elsewhere", of: Self.shop, to: store)
            for (text, names) in [
                ("nino", ["Nino Beridze"]), ("NIN ber", ["Nino Beridze"]), ("tbil nino", ["Nino Beridze"]), ("nino gori", []),
                ("ნინ", ["ნინო ბერიძე"]), ("शर्मा", ["प्रिया शर्मा"]), ("أحمد", ["بلال احمد"]), ("cagla", ["Çağla Öztürk"]),
                ("izmir oz", ["Çağla Öztürk"]), ("sian llyr", ["Siân Llŷr"]), ("0555 12-34", ["Nino Beridze"]),
                ("3456", ["Nino Beridze"]), ("+91 98765", ["प्रिया शर्मा"]), ("%", []), ("_ino", []), ("", []),
            ] { #expect(try await found(text, in: store) == names, "\(text)") }
        }
    }

    @Test(arguments: Engine.all) func `who was changed is found by what he is now and no more by what he was`(engine: Engine) async throws {
        try await stored(on: engine) { store in
            let id = try await add(1, "Nino Beridze", phones: ["+995555123456"], to: store)
            let row = try #require(try await store.customer(id))
            var now = CustomerPart()
            now.name = "Nino Gelashvili"
            now.numbers = [.init(number: "+995599000000", label: "mobile")]
            #expect(
                try await store.changeCustomer(id, from: CustomerPart(of: row.customer), to: now, by: Self.user, at: Self.now) == .made(2))
            #expect(try await found("beridze", in: store) == [])
            #expect(try await found("555123456", in: store) == [])
            #expect(try await found("gelash 599000", in: store) == ["Nino Gelashvili"])
            #expect(try await found("gelash", in: store) == ["Nino Gelashvili"])
            #expect(try await store.customers(withNumber: "+995599000000", in: Self.project, limit: 5).map(\.id) == [id])
            #expect(try await store.customers(withNumber: "+995555123456", in: Self.project, limit: 5) == [])
            // Whoever has not seen that is told what it is now.
            var mine = CustomerPart()
            mine.name = "Nina Beridze"
            let late = try await store.changeCustomer(id, from: CustomerPart(of: row.customer), to: mine, by: Self.user, at: Self.now)
            guard case .conflicts(let fields, let kept) = late else { return #expect(Bool(false), "\(late)") }
            #expect(fields == [.name] && kept.customer.name == "Nino Gelashvili")
        }
    }

    @Test(arguments: Engine.all) func `those changed last come first, page by page`(engine: Engine) async throws {
        try await stored(on: engine) { store in
            for number in 1...7 as ClosedRange<UInt64> { try await add(number, "Customer \(number)", to: store) }
            var names: [String] = []
            var cursor: CustomerCursor?
            repeat {
                let page = try await store.customersChanged(in: [Self.project], limit: 3, before: cursor)
                names += page.rows.map(\.name)
                cursor = page.next.flatMap { CustomerCursor($0.description) }
            } while cursor != nil
            #expect(names == (1...7).reversed().map { "Customer \($0)" })
        }
    }

    // MARK: Two who are one

    @Test(arguments: Engine.all) func `a merge takes over what is missing, and undone it leaves both as they were`(engine: Engine)
        async throws
    {
        try await stored(on: engine) { store in
            let id = try await add(1, "Nino Beridze", phones: ["+995555123456"], city: "Tbilisi", to: store)
            let other = try await add(2, "N. Beridze", phones: ["+995555123456", "+995322000000"], city: "Gori", to: store)
            let third = try await add(3, "Nina", phones: ["+995599111111"], to: store)
            let (before, part) = (try await store.customer(id)?.customer, try await store.customer(other)?.customer)
            #expect(try await store.mergeCustomer(other, into: id, by: Self.user, at: Self.now))
            #expect(try await !store.mergeCustomer(other, into: third, by: Self.user, at: Self.now))
            #expect(try await !store.mergeCustomer(id, into: id, by: Self.user, at: Self.now))
            #expect(try await store.customer(id)?.customer.numbers.map(\.number) == ["+995555123456", "+995322000000"])
            #expect(try await found("beridze", in: store) == ["Nino Beridze"])
            #expect(try await found("gori", in: store) == ["Nino Beridze"])
            // A part of a part: all of it is found under the last.
            #expect(try await store.mergeCustomer(id, into: third, by: Self.user, at: Self.now))
            #expect(try await store.customer(third)?.customer.numbers.count == 3)
            #expect(try await store.unmergeCustomer(id, from: third, by: Self.user, at: Self.now + .seconds(1)))
            #expect(try await !store.unmergeCustomer(id, from: third, by: Self.user, at: Self.now + .seconds(1)))
            #expect(try await store.unmergeCustomer(other, from: id, by: Self.user, at: Self.now + .seconds(2)))
            #expect(try await store.customer(id)?.customer == before)
            #expect(try await store.customer(other)?.customer == part)
            #expect(try await store.customer(other)?.mergedInto == nil)
            #expect(try await found("gori", in: store) == ["N. Beridze"])
            let row = try #require(try await store.customer(id))
            let kinds = try await store.timeline(of: row, limit: 10).entries
            #expect(
                kinds == [
                    .unmerged(other, at: Self.now + .seconds(2), by: Self.user), .merged(other, into: id, at: Self.now, by: Self.user),
                ])
        }
    }

    @Test(arguments: Engine.all) func `what two parts have stays when one of them goes, whichever it is`(engine: Engine) async throws {
        try await stored(on: engine) { store in
            let shared = "+995322000000"
            let id = try await add(1, "Nino Beridze", phones: ["+995555123456"], to: store)
            let first = try await add(2, "N. Beridze", phones: [shared], city: "Gori", to: store)
            let second = try await add(3, "Nina", phones: [shared], city: "Gori", to: store)
            for part in [first, second] { #expect(try await store.mergeCustomer(part, into: id, by: Self.user, at: Self.now)) }
            #expect(try await store.unmergeCustomer(first, from: id, by: Self.user, at: Self.now + .seconds(1)))
            #expect(try await store.customer(id)?.customer.numbers.map(\.number) == ["+995555123456", shared])
            #expect(try await store.customer(id)?.customer.addresses.map { $0.parts[.city] } == ["Gori"])
            // Now it is the other's, and goes with him.
            #expect(try await store.unmergeCustomer(second, from: id, by: Self.user, at: Self.now + .seconds(2)))
            #expect(try await store.customer(id)?.customer.numbers.map(\.number) == ["+995555123456"])
            #expect(try await store.customer(id)?.customer.addresses == [])
            #expect(try await store.wasUnmerged(first, from: id))
            #expect(try await !store.wasUnmerged(id, from: first))
        }
    }

    @Test(arguments: Engine.all) func `somebody with two common names is found among many who have one of them`(engine: Engine)
        async throws
    {
        try await stored(on: engine) { store in
            for number in 1...4 as ClosedRange<UInt64> {
                try await add(number, "John Other\(number)", to: store)
                try await add(10 + number, "Any\(number) Smith", to: store)
            }
            try await add(20, "John Smith", to: store)
            let found = try await store.customers(matching: "smith john", in: [Self.project], limit: 10, rowsMax: 4)
            #expect(found.map(\.name) == ["John Smith"])
        }
    }

    @Test(arguments: Engine.all) func `the last word on a channel counts, whoever of the two said it`(engine: Engine) async throws {
        try await stored(on: engine) { store in
            let id = try await add(1, "Nino", to: store)
            let other = try await add(2, "Nina", to: store)
            try await store.keep(Consent(.call, isGiven: true, at: Self.now, by: Self.user), of: id)
            try await store.keep(Consent(.call, isGiven: false, at: Self.now + .seconds(5), by: Self.user), of: other)
            #expect(try await store.consents(of: id).map(\.isGiven) == [true])
            _ = try await store.mergeCustomer(other, into: id, by: Self.user, at: Self.now)
            #expect(try await store.consents(of: id).map(\.isGiven) == [false])
        }
    }

    // MARK: Files

    private func bringIn(_ text: String, _ number: UInt64, in store: Store) async throws -> CustomerImport {
        let file = try CustomerFile(Array(text.utf8), numbers: nil)
        let wanted = CustomerImportID(id: Samples.id(number), project: Self.project, user: Self.user, began: Self.now)
        let preview = try await store.previewImport(file, into: Self.project)
        try await store.keepImport(Array(text.utf8), as: wanted)
        let outcome = try await store.bringIn(file, wanted)
        // What was said beforehand is what became of it.
        #expect(preview == outcome)
        return outcome
    }

    @Test(arguments: Engine.all) func `a file adds, changes and leaves, and names the rows that it refuses`(engine: Engine) async throws {
        try await stored(on: engine) { store in
            let id = try await add(1, "Nino Beridze", phones: ["+995555123456"], to: store)
            try await add(2, "Giorgi Beridze", phones: ["+995555123456"], to: store)
            let text = """
                id,name,numbers,city,kind
                ,nino BERIDZE,+995555123456,Gori,
                ,Ana,+995599000000,,
                ,Giorgi Beridze,+995555123456,,
                ,Ana,+995599000000,,
                \(id),Nino B.,,,company
                \(Samples.id(77) as CustomerID),Nobody,,,
                ,Bad,,,robot
                """
            let outcome = try await bringIn(text, 90, in: store)
            let counts: [Int] = [outcome.rows, outcome.added, outcome.changed, outcome.unchanged, outcome.refusedCount]
            #expect(counts == [7, 1, 2, 2, 2])
            #expect(outcome.refused.map(\.line) == [7, 8] && outcome.refused.map(\.column) == ["id", "kind"])
            let row = try #require(try await store.customer(id))
            #expect(row.customer.name == "Nino B." && row.customer.kind == .company && row.customer.addresses[0].parts[.city] == "Gori")
            #expect(try await found("ana", in: store) == ["Ana"])
            #expect(try await store.importsBegun().isEmpty)
        }
    }

    @Test(arguments: Engine.all) func `a file that a server left in the middle is brought in to its end, each row once`(engine: Engine)
        async throws
    {
        try await stored(on: engine) { store in
            let text = "name,numbers\n" + (1...120).map { "Customer \($0),+4420794\(60_000 + $0)\n" }.joined()
            let wanted = CustomerImportID(id: Samples.id(91), project: Self.project, user: Self.user, began: Self.now)
            try await store.keepImport(Array(text.utf8), as: wanted)
            // It went after some rows.
            let first = try CustomerFile(Array(text.utf8), numbers: nil)
            let task = Task { try await store.bringIn(first, wanted) }
            let again = try await store.importsBegun()
            for (left, bytes) in again { _ = try await store.bringIn(try CustomerFile(bytes, numbers: nil), left) }
            _ = try await task.value
            #expect(try await store.customers(of: Self.project, after: nil, limit: 1000).count == 120)
            #expect(try await store.importsBegun().isEmpty)
            // The same file once more changes nobody it made, whatever became of him.
            var (were, now) = (CustomerPart(), CustomerPart())
            (were.name, now.name) = ("Customer 1", "Somebody")
            let made = CustomerID(high: wanted.id.high, low: wanted.id.low &+ 1)
            _ = try await store.changeCustomer(made, from: were, to: now, by: Self.user, at: Self.now)
            try await store.keepImport(Array(text.utf8), as: wanted)
            await #expect(throws: StorageError.self) { try await store.eraseCustomer(made) }
            #expect(try await store.bringIn(first, wanted).added == 0)
            #expect(try await store.customer(made)?.customer.name == "Somebody")
            #expect(try await store.eraseCustomer(made))
        }
    }

    // MARK: Erasing

    @Test func `what was erased stands nowhere in the files of the database`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "callfloor-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await Store.open(.sqlite(path: folder.appending(path: "data.sqlite").path), logger: .init(label: "test"))
        Recorder().start(store)
        // Among others, so that pages are split and joined.
        for number in 1...40 as ClosedRange<UInt64> {
            try await add(number, "Neighbour \(number)", phones: ["+44207946\(1000 + Int(number))"], to: store)
        }
        let id: CustomerID = Samples.id(100)
        var customer = Customer(id: id, project: Self.project, name: "Zviadauri")
        customer.numbers = [.init(number: "+995577987654", label: "Lisi Lake")]
        customer.emails = ["zviad@lake.example"]
        customer.addresses = [.init(label: "dacha", parts: [.street: "Kvariati", .directions: "behind the chapel"])]
        customer.note = "prefers chacha"
        try await store.addCustomer(customer, by: Self.user, at: Self.now)
        for round in 0..<20 {
            var now = CustomerPart()
            now.note = "prefers chacha \(round)"
            var were = CustomerPart()
            were.note = try #require(try await store.customer(id)).customer.note
            _ = try await store.changeCustomer(id, from: were, to: now, by: Self.user, at: Self.now)
        }
        let words = ["viadauri", "577987654", "Lisi Lake", "lake.example", "dacha", "variati", "chapel", "chacha"]
        func hits() throws -> Set<String> {
            let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            let all = try files.reduce(into: Data()) { $0 += try Data(contentsOf: $1) }
            return Set(words.filter { all.range(of: Data($0.utf8)) != nil })
        }
        #expect(try hits() == Set(words))
        #expect(try await store.eraseCustomer(id))
        #expect(try hits() == [])
        #expect(try await store.customer(id) == nil)
        #expect(try await found("zvia", in: store) == [])
        #expect(try await found("neighbour 40", in: store) == ["Neighbour 40"])
        #expect(try await !store.eraseCustomer(id))
        await store.close()
        #expect(try hits() == [])
    }
}
