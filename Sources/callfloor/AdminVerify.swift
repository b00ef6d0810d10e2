import ArgumentParser
import Centre
import Foundation
import HTTPAPI
import Server
import Storage

extension ChainMark: ExpressibleByArgument {}

extension Admin {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check that the log is what was written, to its last entry.",
            discussion: """
                Every entry of the log is hashed together with the hash before it; this computes all hashes again. A server that runs on the \
                data folder does it in the background; without one the database is read directly. Note the last entry elsewhere, as it is \
                printed, and give it with --expecting the next time: then it is also found if the log's end was cut off, or everything \
                was written anew. Exit code 0: whole; 1: not; 2: could not be checked.
                """)

        @OptionGroup var source: DataOptions

        @Option(help: "An entry that was noted before, as position:hash.")
        var expecting: ChainMark?

        @Flag(help: "Read the database directly, also if a server runs.")
        var direct = false

        func run() async throws {
            let outcome: AdministratorClient.ChainState
            do {
                outcome = try await checked()
            } catch {
                say("The log could not be checked: \(error)")
                throw ExitCode(2)
            }
            switch outcome {
            case .whole(let entries, let mark):
                Callfloor.say("The chain is whole: \(entries) entries.")
                if let mark { Callfloor.say("The last entry is \(mark)") }
            case .broken(let entries, let flaw):
                Callfloor.say("The chain is broken: \(Self.words(for: flaw))")
                Callfloor.say("\(entries) entries before it are whole; nothing behind it has been checked.")
                throw ExitCode(1)
            case .running: throw ExitCode(2)
            }
        }

        private func checked() async throws -> AdministratorClient.ChainState {
            if !direct, source.postgresql == nil, let server = try? AddressFile.administrator(of: source.data) {
                do {
                    return try await server.verifyChain(expecting: expecting) { done, all in tell(done, all) }
                } catch is AdministratorClient.NotRunning {
                    // Stopped: the address is that of its last start.
                }
            }
            let report = try Store.verifyChain(in: source.location, expecting: expecting) { report in tell(report.entries, 0) }
            if let flaw = report.flaw { return .broken(entries: report.entries, flaw: flaw) }
            return .whole(entries: report.entries, mark: report.mark?.description)
        }

        /// How far it is, where somebody looks on.
        private func tell(_ done: Int64, _ all: Int64) {
            guard isatty(STDERR_FILENO) == 1 else { return }
            FileHandle.standardError.write(Data("\r\(done)\(all > 0 ? " of \(all)" : "") entries checked".utf8))
        }

        private func say(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

        private static func words(for flaw: ChainFlaw) -> String {
            switch flaw {
            case .changed(let position): "entry \(position), or its hash, was changed."
            case .missing(let position): "entry \(position) is missing."
            case .moved(let position, let place): "entry \(position) was moved; it stands at \(place)."
            case .putIn(let position): "an entry was put in at \(position), where none can be."
            case .cutOff(let last): "the log was cut off after entry \(last)."
            case .rewritten(let position): "entry \(position) is not the one that was noted: the log was written anew."
            }
        }
    }
}
