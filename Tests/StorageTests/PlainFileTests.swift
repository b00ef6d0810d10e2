import Foundation
import Synchronization
import Testing

@testable import Storage

/// Two who write to one name: neither may touch what the other has finished.
struct PlainFileTests {
    @Test func `a finished file survives those who want its first name again`() async throws {
        let scratch = try BackupScratch()
        let (partial, whole) = (scratch.path("one.partial"), [UInt8](repeating: 7, count: 4096))
        let isOver = Flag()
        async let others: Void = onItsOwnThread {
            while !isOver.isSet { _ = try? PlainFile(writing: partial) }
        }
        for round in 0..<300 {
            let target = scratch.path("\(round)")
            do {
                let file = try PlainFile(writing: partial)
                try file.write(whole)
                try PlainFile.rename(partial, to: target)
                file.close()
            } catch BackupError.inUse {
                continue
            }
            let found = try Data(contentsOf: URL(filePath: target))
            #expect(found.elementsEqual(whole), "round \(round)")
        }
        isOver.set()
        try await others
        // Once more at last: those who came too late have been able to do no more.
        for name in try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) where !name.hasSuffix(".partial") {
            let found = try Data(contentsOf: scratch.folder.appending(path: name))
            #expect(found.elementsEqual(whole), "\(name)")
        }
    }

    @Test func `what a crash has left of a finished file is not written into`() throws {
        let scratch = try BackupScratch()
        // Between giving the second name and taking the first away.
        try Data("finished".utf8).write(to: URL(filePath: scratch.path("one")))
        try #require(link(scratch.path("one"), scratch.path("one.partial")) == 0)
        let file = try PlainFile(writing: scratch.path("one.partial"))
        try file.write(Array("other".utf8))
        file.close()
        #expect(try String(contentsOfFile: scratch.path("one"), encoding: .utf8) == "finished")
        #expect(try String(contentsOfFile: scratch.path("one.partial"), encoding: .utf8) == "other")
    }
}

private final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}
