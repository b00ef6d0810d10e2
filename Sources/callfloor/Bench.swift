import ArgumentParser
import Foundation
import Logging
import MediaServer
import Primitives
import Server
import Simulation

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure. script/bench sets up what is measured and keeps the results.",
        subcommands: [ACD.self, Media.self, Routing.self, Commit.self, Figures.self, Reports.self, Desk.self, Live.self])
}

extension Bench {
    struct ACD: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "acd", abstract: "Queueing from outside, with telephones, against a server that runs already.")

        @Option(help: "The server's SIP address.") var server = "127.0.0.1:5060"
        @Option(help: "The number that leads into the queue.") var number = "bench"
        @Option(help: "Where the callers' phone is.") var callers = "127.0.0.2:5060"
        @Option(help: "Where the agents' phones are.") var phones = "127.0.0.3:5060"
        @Option(help: "How many agents the queue has.") var agents = 20
        @Option(help: "Calls in each phase.") var calls = 300
        @Option(help: "What is measured, for the rows.") var label = "Callfloor"

        func run() async throws {
            let plan = ACDBench.Plan(
                server: try Bench.address(server), number: number, callers: try Bench.address(callers), phones: try Bench.address(phones),
                agents: agents,
                calls: calls)
            let figures = try await ACDBench.run(plan, logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
            Bench.row(label, "INVITE to INVITE at a free phone", figures.offered)
            Bench.row(label, "agent free to next caller when saturated", figures.freed)
            if figures.failed > 0 {
                print("# \(label): \(figures.failed) calls failed")
                throw ExitCode(1)
            }
        }
    }

    struct Media: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Relayed calls, such as are recorded, rooms of three and browsers' legs on one core, with the delay they add.")

        @Option(help: "Relayed calls, two legs each.") var calls = 500
        @Option(help: "Relayed calls, each recorded.") var recorded = 300
        @Option(help: "Relayed calls, the voices of each measured.") var measured = 300
        @Option(help: "Where recordings are written.") var folder = "."
        @Option(help: "Rooms of three parties.") var rooms = 150
        @Option(help: "Browsers in PCMU, each in a call with a phone.") var browsers = 400
        @Option(help: "Browsers in Opus, each in a call with a phone.") var opus = 150

        func run() throws {
            print("# \(MediaBench.Figures.header)")
            print(try MediaBench(.relay, count: calls).run().row)
            print(try MediaBench(.recorded, count: recorded, folder: folder).run().row)
            print(try MediaBench(.measured, count: measured).run().row)
            print(try MediaBench(.rooms, count: rooms).run().row)
            print(try MediaBench(.browsers, count: browsers).run().row)
            print(try MediaBench(.opusBrowsers, count: opus).run().row)
        }
    }

    struct Routing: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Assignments a second in a centre larger than any.")

        func run() { print(RoutingBench().run().table) }
    }

    struct Commit: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What a commit costs on a disk.")

        @Option(help: "A folder on that disk.") var folder = "."

        func run() {
            Bench.row("disk", "4 KiB and fdatasync", commitSpans(in: folder, count: 500))
        }
    }

    struct Figures: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Simulated days in databases of their own: reports against the log. script/figures runs it.")

        @Option(help: "So many days, with the seeds that follow.") var days = 200
        @Option(help: "The seed of the first.") var firstSeed: UInt64 = 1
        @Option(help: "A folder for the databases.") var folder = "."

        func run() async throws {
            let check = FigureCheck(folder: folder, logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
            var totals = FigureCheck.Totals()
            for seed in firstSeed..<firstSeed &+ UInt64(max(1, days)) {
                // From one quiet queue to a floor that is overrun; the load differs as the seeds do.
                let agents = 5 + Int(seed * 7 % 26)
                let day = SimulatedDay(seed: seed, agents: agents, contacts: agents * Int(10 + seed * 13 % 40), hours: 8)
                try await check.check(day, into: &totals)
            }
            print("days,\(totals.days)\ncontacts,\(totals.contacts)\nvisits to queues,\(totals.visits)\nagents' parts,\(totals.handlings)")
            print("entries of the logs,\(totals.entries)\nquarter hours,\(totals.intervals)")
        }
    }

    struct Reports: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A year of contacts in SQLite: how long the report of a month takes, and the contacts behind a figure.")

        @Option(help: "Contacts in the year.") var contacts = 500_000
        @Option(help: "How often each question is asked.") var rounds = 100
        @Option(help: "A folder for the database; one that is there is used again.") var folder = "."

        func run() async throws {
            var bench = ReportBench(folder: folder, logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
            bench.contacts = contacts
            bench.rounds = rounds
            let figures = try await bench.run()
            let label = "\(figures.contacts) contacts"
            Bench.row(label, "report of four weeks by queue and day", figures.byDay)
            Bench.row(label, "the same by quarter hour", figures.byQuarterHour)
            Bench.row(label, "contacts behind a figure", figures.drillDown)
            print("# the slowest list: \(figures.slowest)")
        }
    }

    struct Desk: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Very many customers in SQLite: how long the desk waits for who calls, his timeline, whom one looks for.")

        @Option(help: "Customers of one project.") var customers = 1_000_000
        @Option(help: "Their contacts.") var contacts = 2_000_000
        @Option(help: "How often each question is asked.") var rounds = 2000
        @Option(help: "A folder for the database; one that is there is used again.") var folder = "."

        func run() async throws {
            var bench = DeskBench(folder: folder, logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
            bench.customers = customers
            bench.contacts = contacts
            bench.rounds = rounds
            let figures = try await bench.run()
            let label = "\(customers) customers"
            Bench.row(label, "who calls", figures.pop)
            Bench.row(label, "what happened with him", figures.timeline)
            Bench.row("\(AddressBench.streets) streets", "address suggestion", figures.addresses)
            for (what, spans) in figures.searches { Bench.row(label, "looked for: \(what)", spans) }
        }
    }

    struct Live: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open desks whose lines change all the time, against a server that runs already; script/bench live starts it.")

        @Option(help: "The process of the server.") var process: Int32
        @Option(help: "The server's HTTP address.") var http: String
        @Option(help: "The server's SIP address.") var sip: String
        @Option(help: "Where the callers' phone is.") var callers: String
        @Option(help: "A file with the cookie of each desk's session, one a line.") var cookies: String
        @Option(parsing: .upToNextOption, help: "The numbers that lead into the queues of the desks.") var numbers: [String]
        @Option(help: "Calls a second; as many callers hang up.") var calls = 5
        @Option(help: "Seconds that are measured.") var seconds = 30
        @Option(help: "What is measured, for the row.") var label = "Callfloor"

        func run() async throws {
            let sessions = try String(contentsOfFile: cookies, encoding: .utf8).split(separator: "\n").map(String.init)
            let figures = try await LiveBench.run(
                LiveBench.Plan(
                    process: process, http: try Bench.address(http), sip: try Bench.address(sip), callers: try Bench.address(callers),
                    numbers: numbers,
                    cookies: sessions, callsPerSecond: calls, seconds: seconds),
                logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
            let kinds = figures.messagesByName.map { "\($0.name) \(rounded($0.mean))" }.joined(separator: " ")
            let cells = [
                figures.changes, figures.messagesFewest, figures.messagesMean, figures.messagesMost, figures.bytesMean / 1024, figures.core,
                figures.coreOfCalls, figures.delays.percentile(0.5), figures.delays.percentile(0.99), figures.delays.percentile(1),
                figures.kibibytesOfStream,
            ]
            print("\(label),\(figures.streams),\(cells.map(rounded).joined(separator: ",")),\(figures.missed),\(kinds)")
        }

        private func rounded(_ number: Double) -> String { String((number * 10).rounded() / 10) }
    }

    private static func address(_ text: String) throws -> NetworkAddress {
        guard let address = NetworkAddress(text) else {
            throw ValidationError("'\(text)': expected an IP address and a port, such as 127.0.0.1:5060")
        }
        return address
    }

    /// One line of CSV: who, what, how often, and milliseconds.
    static func row(_ label: String, _ what: String, _ spans: ACDBench.Spans) {
        func figure(_ part: Double) -> String { String(Double(Int(spans.percentile(part) * 100)) / 100) }
        let cells = [label, what, String(spans.milliseconds.count), figure(0.5), figure(0.9), figure(0.99), figure(1)]
        print(cells.joined(separator: ","))
    }
}
