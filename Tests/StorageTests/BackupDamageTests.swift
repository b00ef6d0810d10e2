import Foundation
import Primitives
import Testing

@testable import Storage

/// What must never be taken for a backup, and leave nothing behind.
struct BackupDamageTests {
    private static let keys: [BackupKey?] = [nil, BackupScratch.key]

    /// A backup of several frames, as bytes.
    private func backup(_ scratch: BackupScratch, key: BackupKey?) async throws -> [UInt8] {
        let source = try await scratch.centre(.sqlite, steps: 60)
        try Data(repeating: 7, count: 3 * BackupFormat.frameSize).write(to: URL(filePath: "\(source.folder)/sound"))
        _ = try scratch.backUp(source, to: "whole", key: key)
        return [UInt8](try Data(contentsOf: URL(filePath: scratch.path("whole"))))
    }

    private func error(_ bytes: [UInt8], _ scratch: BackupScratch, key: BackupKey?) throws -> BackupError? {
        try Data(bytes).write(to: URL(filePath: scratch.path("changed")))
        do {
            _ = try Backup.verify(scratch.path("changed"), key: key)
            return nil
        } catch let error as BackupError {
            return error
        }
    }

    @Test(arguments: keys.indices) func `wherever a backup is cut off, it is refused`(index: Int) async throws {
        let key = Self.keys[index]
        let scratch = try BackupScratch()
        let whole = try await backup(scratch, key: key)
        #expect(try error(whole, scratch, key: key) == nil)
        let frame = BackupFormat.frameSize + (key == nil ? 32 : 16)
        #expect(whole.count > 2 * frame)
        // All of the head, around every frame's end, around the end, and here and there.
        var cuts = Set(0..<200).union(whole.count - 50..<whole.count)
        for end in stride(from: 150, to: whole.count, by: frame) { cuts.formUnion(end..<min(whole.count, end + 100)) }
        var random = Random(seed: UInt64(41 + index))
        for _ in 0..<50 { cuts.insert(Int(random.next() % UInt64(whole.count))) }
        for cut in cuts.sorted() {
            let found = try error(Array(whole.prefix(cut)), scratch, key: key)
            switch found {
            case .cutOff, .damaged, .notABackup: break
            default: Issue.record("cut at \(cut) of \(whole.count): \(found.map { "\($0)" } ?? "taken for whole")")
            }
        }
    }

    @Test(arguments: keys.indices) func `what the disk has not kept is found before the backup counts`(index: Int) async throws {
        let scratch = try BackupScratch()
        let source = try await scratch.centre(.sqlite, steps: 60)
        #expect(throws: BackupError.self) {
            try scratch.backUp(source, to: "one", key: Self.keys[index]) { table in
                // As if the disk lost a bit of what it has taken: of the head, which is written first.
                guard table == "contact" else { return }
                let file = try FileHandle(forUpdating: URL(filePath: scratch.path("one.partial")))
                try file.seek(toOffset: 40)
                let byte = try #require(try file.read(upToCount: 1)?.first)
                try file.seek(toOffset: 40)
                try file.write(contentsOf: [byte ^ 1])
                try file.close()
            }
        }
        #expect(!FileManager.default.fileExists(atPath: scratch.path("one")))
        #expect(!FileManager.default.fileExists(atPath: scratch.path("one.partial")))
    }

    @Test(arguments: keys.indices) func `any flipped bit is told of`(index: Int) async throws {
        let key = Self.keys[index]
        let scratch = try BackupScratch()
        let whole = try await backup(scratch, key: key)
        var random = Random(seed: UInt64(43 + index))
        let places = Array(0..<150) + (0..<80).map { _ in Int(random.next() % UInt64(whole.count)) } + [whole.count - 1]
        for place in places {
            var changed = whole
            changed[place] ^= 1 << UInt8(random.next() % 8)
            #expect(try error(changed, scratch, key: key) != nil, "byte \(place) of \(whole.count)")
        }
    }

    @Test(arguments: keys.indices) func `frames that are swapped, doubled or left out are told of`(index: Int) async throws {
        let key = Self.keys[index]
        let scratch = try BackupScratch()
        let whole = try await backup(scratch, key: key)
        let size = BackupFormat.frameSize + (key == nil ? 32 : 16)
        let head = BackupFormat.magic.count + 4 + (Int(whole[18]) << 8 | Int(whole[19]))
        /// The head, these frames in this order, and the rest.
        func file(_ frames: [Int]) -> [UInt8] {
            var bytes = Array(whole[..<head])
            for number in frames { bytes += whole[(head + number * size)..<(head + (number + 1) * size)] }
            bytes += whole[(head + 2 * size)...]
            return bytes
        }
        #expect(try error(file([0, 1]), scratch, key: key) == nil)
        for frames in [[1, 0], [0, 0, 1], [0], []] {
            guard case .damaged = try error(file(frames), scratch, key: key) else {
                Issue.record("the frames \(frames) were not refused")
                continue
            }
        }
        #expect(try error(whole + [0], scratch, key: key) != nil)
    }

    @Test(arguments: Engine.all) func `what is refused leaves nothing behind`(engine: Engine) async throws {
        let scratch = try BackupScratch()
        let whole = try await backup(scratch, key: nil)
        var random = Random(seed: 47)
        var flipped = whole
        flipped[whole.count - 500_000] ^= 1
        let kept = try scratch.target(engine)
        for bytes in [flipped, Array(whole.dropLast(1)), Array(whole.prefix(Int(random.next() % UInt64(whole.count)))), []] {
            try Data(bytes).write(to: URL(filePath: scratch.path("changed")))
            #expect(throws: BackupError.self) { try scratch.restore("changed", to: kept) }
            #expect(try scratch.isUntouched(kept))
        }
        _ = try scratch.restore("whole", to: kept)
    }

    @Test func `a backup opens with its own key only`() async throws {
        let scratch = try BackupScratch()
        let source = try await scratch.centre(.sqlite, steps: 5)
        _ = try scratch.backUp(source, to: "locked", key: BackupScratch.key)
        _ = try scratch.backUp(source, to: "open")
        let target = try scratch.target(.sqlite)
        #expect(throws: BackupError.keyNeeded) { try scratch.restore("locked", to: target) }
        #expect(throws: BackupError.wrongKey) { try scratch.restore("locked", to: target, key: BackupScratch.otherKey) }
        #expect(throws: BackupError.notEncrypted) { try scratch.restore("open", to: target, key: BackupScratch.key) }
        #expect(try scratch.isUntouched(target))
        // Nobody reads a name, a number or a hash of a password in it.
        let bytes = try Data(contentsOf: URL(filePath: scratch.path("locked")))
        #expect(bytes.firstRange(of: Data("Nino Person".utf8)) == nil)
        #expect(try Data(contentsOf: URL(filePath: scratch.path("open"))).firstRange(of: Data("Nino Person".utf8)) != nil)
    }

    @Test func `two backups of one moment have nothing in common`() async throws {
        let scratch = try BackupScratch()
        let source = try await scratch.centre(.sqlite, steps: 5)
        _ = try scratch.backUp(source, to: "one", key: BackupScratch.key)
        _ = try scratch.backUp(source, to: "two", key: BackupScratch.key)
        let one = try Data(contentsOf: URL(filePath: scratch.path("one"))).suffix(2000)
        let two = try Data(contentsOf: URL(filePath: scratch.path("two"))).suffix(2000)
        #expect(zip(one, two).count { $0 == $1 } < 60)
    }

    @Test func `a key file holds 32 bytes or their base64`() throws {
        let scratch = try BackupScratch()
        let bytes = Data((0..<32).map { UInt8($0 * 7) })
        let parameters = BackupFormat.SealParameters(key: BackupKey([UInt8](bytes)))
        for content in [bytes, Data("\(bytes.base64EncodedString())\n".utf8)] {
            try content.write(to: URL(filePath: scratch.path("key")))
            #expect(try parameters.fits(BackupKey(contentsOf: scratch.path("key"))))
        }
        for content in [Data(), bytes.dropLast(), bytes + [0], Data("password".utf8)] {
            try content.write(to: URL(filePath: scratch.path("key")))
            #expect(throws: BackupError.badKeyFile(scratch.path("key"))) { try BackupKey(contentsOf: scratch.path("key")) }
        }
    }

    @Test func `a backup of a newer program is refused`() async throws {
        let scratch = try BackupScratch()
        let source = try await scratch.centre(.sqlite, steps: 5)
        _ = try scratch.backUp(source, to: "one")
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: scratch.path("one"))))
        bytes[17] += 1
        #expect(try error(bytes, scratch, key: nil) == .newerFormat(found: 2, known: 1))
        let header = BackupFormat.Header(
            schema: Schema.newest + 1, at: Samples.moment, position: 0, hash: HashChain.start, product: "tomorrow", seal: .init(key: nil))
        let writer = try BackupWriter(to: scratch.path("newer"), header, key: nil)
        try writer.write([0])
        try writer.finish()
        let target = try scratch.target(.sqlite)
        #expect(throws: BackupError.newerSchema(found: Schema.newest + 1, known: Schema.newest)) {
            try scratch.restore("newer", to: target)
        }
        #expect(try scratch.isUntouched(target))
    }

    @Test func `a well-formed backup of nonsense is refused without a trap`() throws {
        let scratch = try BackupScratch()
        var random = Random(seed: 51)
        let header = BackupFormat.Header(
            schema: Schema.newest, at: Samples.moment, position: 0, hash: HashChain.start, product: "x", seal: .init(key: nil))
        for number in 0..<300 {
            var content = (0..<200).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            content[0] = UInt8(number % 3)
            let writer = try BackupWriter(to: scratch.path("nonsense\(number)"), header, key: nil)
            try writer.write(content)
            try writer.finish()
            #expect(throws: (any Error).self) { try Backup.verify(scratch.path("nonsense\(number)"), key: nil) }
        }
    }

    // MARK: What is there stays

    @Test func `a backup overwrites nothing`() async throws {
        let scratch = try BackupScratch()
        let source = try await scratch.centre(.sqlite, steps: 5)
        try Data("dear".utf8).write(to: URL(filePath: scratch.path("one")))
        #expect(throws: BackupError.exists(scratch.path("one"))) { try scratch.backUp(source, to: "one") }
        // Not even if it appears while the backup is written.
        #expect(throws: BackupError.exists(scratch.path("two"))) {
            try scratch.backUp(source, to: "two") { _ in try Data("dear".utf8).write(to: URL(filePath: scratch.path("two"))) }
        }
        for name in ["one", "two"] { #expect(try String(contentsOfFile: scratch.path(name), encoding: .utf8) == "dear") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).filter { $0.hasSuffix("partial") } == [])
    }

    @Test func `one that was cut off is written anew, one that is being written is left alone`() async throws {
        let scratch = try BackupScratch()
        let source = try await scratch.centre(.sqlite, steps: 5)
        let left = try PlainFile(writing: scratch.path("one.partial"))
        try left.write(Array(repeating: 1, count: 100_000))
        #expect(throws: BackupError.inUse(scratch.path("one.partial"))) { try scratch.backUp(source, to: "one") }
        left.close()
        let report = try scratch.backUp(source, to: "one")
        #expect(try Backup.verify(scratch.path("one"), key: nil) == report)
    }

    @Test func `a folder without a centre cannot be backed up`() throws {
        let scratch = try BackupScratch()
        for engine in Engine.all {
            let empty = try scratch.target(engine)
            #expect(throws: BackupError.self) { try scratch.backUp(empty, to: "one") }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == [])
    }

    @Test(arguments: Engine.all) func `a centre is never restored over another`(engine: Engine) async throws {
        let scratch = try BackupScratch()
        let source = try await scratch.centre(engine, steps: 5)
        _ = try scratch.backUp(source, to: "one")
        let before = try scratch.dump(source.location)
        #expect(throws: BackupError.self) { try scratch.restore("one", to: source) }
        if case .postgreSQL = source.location {
            let elsewhere = scratch.path("elsewhere")
            #expect(throws: BackupError.notEmpty("the PostgreSQL database")) {
                try scratch.restore("one", to: (source.location, elsewhere))
            }
            #expect(!FileManager.default.fileExists(atPath: elsewhere))
        }
        #expect(try scratch.dump(source.location) == before)
    }

    @Test func `a restore that was cut off is seen`() async throws {
        let scratch = try BackupScratch()
        let source = try await scratch.centre(.sqlite, steps: 5)
        _ = try scratch.backUp(source, to: "one")
        let target = try scratch.target(.sqlite)
        #expect(!Restore.isUnfinished(in: target.folder))
        let staging = try RestoreStaging(below: target.folder)
        #expect(Restore.isUnfinished(in: target.folder))
        #expect(throws: BackupError.unfinished("\(target.folder)/.restoring")) { try scratch.restore("one", to: target) }
        staging.remove()
        _ = try scratch.restore("one", to: target)
        #expect(!Restore.isUnfinished(in: target.folder))
    }

    @Test func `nothing is restored under a server that runs`() async throws {
        guard Engine.all.contains(.postgreSQL) else { return }
        let scratch = try BackupScratch()
        let source = try await scratch.centre(.sqlite, steps: 5)
        _ = try scratch.backUp(source, to: "one")
        let target = try scratch.target(.postgreSQL)
        let server = target.location.database
        try server.lock()
        defer { server.unlock() }
        let error = #expect(throws: StorageError.self) { try scratch.restore("one", to: target) }
        guard case .inUse = error else { throw error ?? .closed }
        #expect(try scratch.isUntouched(target))
    }
}
