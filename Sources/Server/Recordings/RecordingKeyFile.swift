import Foundation
import Primitives
import Recording

/// The keys that wrap the keys of recordings, and what is known of those that did before: by that a key that is missing, or is another one
/// than it was, is found at the start, and not when somebody wants to hear something.
struct RecordingKeyFile {
    let ring: RecordingKeyRing
    /// Keys that wrapped earlier recordings and are not in the ring.
    let missing: [String]
    private let checks: String

    /// Why nothing can be kept or opened.
    enum Flaw: Error, CustomStringConvertible {
        case missing(String)
        case unreadable(String, RecordingKeyRing.Flaw)
        /// It is not the key that it was.
        case wrong(String, name: String)

        var description: String {
            switch self {
            case .missing(let path): "\(path), the keys of recordings, is not there"
            case .unreadable(let path, let flaw): "\(path): \(flaw)"
            case .wrong(let path, let name): "\(path): the key \(name) is not the one that sealed earlier recordings"
            }
        }
    }

    /// Reads the keys; where there have never been any, makes one.
    ///
    /// - Parameter folder: of the recordings.
    init(_ path: String, folder: String, today: CivilDate) throws {
        checks = "\(folder)/keys"
        let known = Self.read(checks)
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            guard known.isEmpty, !FileManager.default.fileExists(atPath: path) else { throw Flaw.missing(path) }
            ring = try Self.begin(path, today)
            missing = []
            try note()
            return
        }
        do throws(RecordingKeyRing.Flaw) {
            ring = try RecordingKeyRing(parsing: text)
        } catch {
            throw Flaw.unreadable(path, error)
        }
        for (name, check) in known {
            if let key = ring.key(named: name), key.check != check { throw Flaw.wrong(path, name: name) }
        }
        let names = ring.keys.map(\.name)
        missing = known.map(\.name).filter { !names.contains($0) }
        try note(also: known.filter { missing.contains($0.name) })
    }

    /// Once every recording is wrapped by the newest key, no other has to be there.
    func forgetOthers() throws {
        try "\(ring.newest.name) \(ring.newest.check)\n".write(toFile: checks, atomically: true, encoding: .utf8)
    }

    private func note(also missing: [(name: String, check: String)] = []) throws {
        let lines = (missing + ring.keys.map { ($0.name, $0.check) }).map { "\($0) \($1)\n" }
        try lines.joined().write(toFile: checks, atomically: true, encoding: .utf8)
    }

    private static func read(_ path: String) -> [(name: String, check: String)] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.count == 2 ? (String(words[0]), String(words[1])) : nil
        }
    }

    private static func begin(_ path: String, _ today: CivilDate) throws -> RecordingKeyRing {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<RecordingKey.size).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let line = RecordingKeyRing.line(name: today.description, bytes: bytes)
        guard FileManager.default.createFile(atPath: path, contents: Data(line.utf8), attributes: [.posixPermissions: 0o600]) else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
        return try RecordingKeyRing(parsing: line)
    }
}
