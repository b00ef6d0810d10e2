import Calls
import Centre
import Contacts
import Customers
import Foundation
import Logging
import Organization
import Operation
import Primitives
import Storage

/// A project with very many customers and contacts in SQLite: how long the desk waits for who calls, for what happened with him, and for
/// whom somebody looks for.
package struct DeskBench: Sendable {
    package var customers = 1_000_000
    package var contacts = 2_000_000
    package var rounds = 2000
    private let path: String
    private let logger: Logger

    private static let page = 50
    private static let found = 20
    /// Handed over before the writer is waited for: as many become few transactions.
    private static let together = 1000

    /// - Parameter folder: where the database lies; one that is there is used again.
    package init(folder: String, logger: Logger) {
        path = "\(folder)/desk.sqlite"
        self.logger = logger
    }

    package struct Figures: Sendable {
        package var pop: ACDBench.Spans
        package var searches: [(what: String, ACDBench.Spans)]
        package var timeline: ACDBench.Spans
        package var addresses: ACDBench.Spans
    }

    package func run() async throws -> Figures {
        _ = try await Store.create(at: path, logger: logger) { try await fill($0) }
        let store = try await Store.open(.sqlite(path: path), logger: logger)
        do {
            let figures = try await measure(store)
            await store.close()
            return figures
        } catch {
            await store.close()
            throw error
        }
    }

    // MARK: Who there is

    private static let start = Timestamp(microseconds: 1_735_689_600_000_000)
    private static let project = ProjectID(high: 0x0197_0000_0000_7000, low: 0x8000_0000_0000_0001)
    private static let queue = QueueID(high: 0x0197_0000_0000_7000, low: 0x8000_0000_0000_0002)
    private static let user = UserID(high: 0x0197_0000_0000_7000, low: 0x8000_0000_0000_0003)
    private static let first = [
        "Nino", "Giorgi", "Ana", "Luka", "ნინო", "გიორგი", "Ayesha", "Bilal", "عائشہ", "بلال", "Priya", "Rahul", "प्रिया", "राहुल", "Elif",
        "Çağla", "Siân", "Rhys", "Emma", "Oliver",
    ]
    private static let cities = ["Tbilisi", "Batumi", "თბილისი", "Lahore", "لاہور", "Delhi", "दिल्ली", "İzmir", "Caerdydd", "London"]
    private static let syllables = ["be", "ri", "dze", "ge", "la", "shvi", "li", "mar", "kho", "tsi", "va", "do", "lan", "kap", "ana"]

    /// One customer, the same for the same number.
    private static func customer(_ number: Int) -> Customer {
        var random = Random(seed: UInt64(number))
        func one(_ all: [String]) -> String { all[Int(random.next() % UInt64(all.count))] }
        let surname = (0..<3).map { _ in one(syllables) }.joined().capitalized
        var customer = Customer(id: id(number), project: project, name: "\(one(first)) \(surname)")
        customer.numbers = [.init(number: phone(number))]
        let street = (0..<2).map { _ in one(syllables) }.joined()
        customer.addresses = [.init(parts: [.city: one(cities), .street: street, .houseNumber: String(random.next() % 200)])]
        return customer
    }

    private static func id(_ number: Int) -> CustomerID {
        CustomerID(high: 0x0197_0000_0001_7000, low: 0x8000_0000_0000_0000 | UInt64(number))
    }
    private static func phone(_ number: Int) -> String { "+9955\(10_000_000 + number)" }

    private func fill(_ store: Store) async throws {
        let log = LogFill(store)
        for batch in stride(from: 0, to: customers, by: Self.together) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in batch..<min(batch + Self.together, customers) {
                    group.addTask {
                        try await store.addCustomer(Self.customer(number), by: Self.user, at: Self.start + .microseconds(number))
                    }
                }
                try await group.waitForAll()
            }
        }
        var position = LogPosition.start
        var random = Random(seed: 1)
        for number in 0..<contacts {
            let at = Self.start + .seconds(Int64(number))
            let contact = Contact(
                id: ContactID(at: at, using: &random), project: Self.project, channel: .phone, entryPoint: nil, language: .english,
                queue: Self.queue, priority: .normal, openedAt: at)
            // One in a hundred calls most: their timelines are long.
            let whose = Int(random.next() % UInt64(random.next() % 2 == 0 ? max(1, customers / 100) : customers))
            let events: [Event] = [
                .contactOpened(contact, leg: LegID(sameAs: contact.id)), .contactIdentified(contact.id, Self.id(whose), by: nil),
                .contactClosed(contact.id, .abandoned(during: .queue)),
            ]
            let entries = events.map { event in
                position = position.next
                return LogEntry(
                    position: position, at: at, event: event, project: Self.project, contact: contact.id, agent: nil, queue: Self.queue,
                    actor: .system, cause: "bench")
            }
            log.append(
                LogBatch(
                    entries: entries, filings: [.caller(contact.id, number: Self.phone(whose), dialled: "bench")], through: position))
        }
        try await log.settle()
    }

    // MARK: The questions

    private func measure(_ store: Store) async throws -> Figures {
        var random = Random(seed: 2)
        let clock = ContinuousClock()
        func took(_ work: () async throws -> Void) async throws -> Double {
            let began = clock.now
            try await work()
            return (clock.now - began).inSeconds * 1000
        }
        var pop: [Double] = []
        var timeline: [Double] = []
        var searches: [String: [Double]] = [:]
        for round in 0..<rounds {
            let number = Int(random.next() % UInt64(round % 2 == 0 ? customers : max(1, customers / 100)))
            let customer = Self.customer(number)
            pop.append(
                try await took {
                    let matches = try await store.customers(withNumber: Self.phone(number), in: Self.project, limit: Self.found)
                    guard let id = matches.first?.id, try await store.customer(id) != nil else { throw Missing(number: number) }
                    _ = try await store.consents(of: id)
                })
            guard let row = try await store.customer(customer.id) else { throw Missing(number: number) }
            timeline.append(try await took { _ = try await store.timeline(of: row, limit: Self.page) })
            let names = customer.name.split(separator: " ").map(String.init)
            let city = customer.addresses[0].parts[.city] ?? ""
            for (what, text) in [
                ("first letters of a name", String(names[1].prefix(3))), ("a name", customer.name),
                ("a first name and a city", "\(names[0]) \(city)"), ("a city", city), ("two cities", "\(city) \(Self.cities[round % 10])"),
                ("the end of a number", String(Self.phone(number).suffix(6))), ("nobody", "\(names[0]) zzz"),
            ] {
                searches[what, default: []].append(
                    try await took { _ = try await store.customers(matching: text, in: [Self.project], limit: Self.found) })
            }
        }
        return Figures(
            pop: .init(milliseconds: pop.sorted()),
            searches: searches.sorted { $0.key < $1.key }.map { ($0.key, .init(milliseconds: $0.value.sorted())) },
            timeline: .init(milliseconds: timeline.sorted()), addresses: AddressBench(rounds: rounds).run())
    }

    /// The database is of another bench.
    private struct Missing: Error, CustomStringConvertible {
        var number: Int
        var description: String { "customer \(number) is not in the database: remove it, and it is made anew" }
    }
}
