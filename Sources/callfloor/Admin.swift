import ArgumentParser
import Foundation
import HTTPAPI
import Server

struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Administer a running centre.", subcommands: [Apply.self, Export.self, Verify.self])
}

extension Admin {
    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set up projects, users, phones, trunks, queues and dispositions from a YAML file.",
            discussion: """
                What the file names is made or changed, what it does not name stays; the same file can be applied again. If anything in it is \
                wrong, every flaw is printed and nothing changes. Needs read access to the data folder of the running server.
                """)

        @Argument(help: "The YAML file; examples/home-internet.yaml shows everything it may hold.")
        var file: String

        @Option(help: "The data folder of the running server.")
        var data = "var/callfloor"

        func run() async throws {
            let yaml: String
            do {
                yaml = try String(contentsOfFile: file, encoding: .utf8)
            } catch {
                throw ValidationError("'\(file)': expected a readable UTF-8 file")
            }
            let outcome = try await AddressFile.administrator(of: data).apply(yaml)
            switch outcome {
            case .applied(let changed, let unchanged):
                for line in changed { print("changed  \(line)") }
                print("\(changed.count) changed, \(unchanged) unchanged")
            case .refused(let reasons):
                for reason in reasons { FileHandle.standardError.write(Data("\(reason)\n".utf8)) }
                FileHandle.standardError.write(Data("Nothing was changed.\n".utf8))
                throw ExitCode(1)
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the set-up as a YAML file that 'apply' reads.",
            discussion: "Passwords are not in it; they stay as they are when the file is applied to the same centre.")

        @Option(help: "The data folder of the running server.")
        var data = "var/callfloor"

        @Option(name: .shortAndLong, help: "The file to write; left out: standard output.")
        var output: String?

        func run() async throws {
            let yaml = try await AddressFile.administrator(of: data).setUpFile()
            if let output {
                try yaml.write(toFile: output, atomically: true, encoding: .utf8)
            } else {
                print(yaml, terminator: "")
            }
        }
    }
}
