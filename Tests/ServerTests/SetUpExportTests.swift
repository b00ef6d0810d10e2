import Foundation
import HTTPAPI
import Operation
import Organization
import Primitives
import Testing

@testable import Server

struct SetUpExportTests {
    private static let example = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../examples/home-internet.yaml")

    /// Whether what is exported, as YAML and in one line, reads back as what it came from.
    private func isStable(_ desk: SetUpDesk) throws -> Bool {
        for written in [SetUpYAML.text(of: desk.document), desk.document.line] {
            var again = desk
            let plan = try again.apply(written, isFragment: false)
            #expect(SetUpChanges(from: desk.known, to: plan.wanted).changed == [], "\(written)")
            #expect(again.known == desk.known)
            guard again.known == desk.known else { return false }
        }
        return true
    }

    @Test func `the example that is exported and applied again changes nothing`() throws {
        var desk = SetUpDesk()
        try desk.apply(try String(contentsOf: Self.example, encoding: .utf8), isFragment: false)
        #expect(try isStable(desk))
        let text = SetUpYAML.text(of: desk.document)
        for secret in ["demo-agent", "take-the-first-call", "md5 of"] { #expect(!text.contains(secret)) }
        #expect(text.contains("ringTimeout: 20") && text.contains("  solved-guided") == false)
    }

    @Test(arguments: UInt64(1)...60) func `any set-up that is exported and applied again changes nothing`(seed: UInt64) throws {
        var writer = SetUpWriter(seed: seed)
        var desk = SetUpDesk()
        try desk.apply(writer.document().line)
        #expect(try isStable(desk), "seed \(seed)")
    }

    @Test(arguments: UInt64(1)...30) func `any change is taken back by what is kept of it`(seed: UInt64) throws {
        var writer = SetUpWriter(seed: seed)
        var desk = SetUpDesk()
        try desk.apply(writer.document().line)
        // Somebody stays to set up the centre.
        try desk.apply("users: {root: {role: administrator}}")
        let before = desk
        // Another centre beside it, and half of the first one's people gone.
        let gone = desk.known.users.prefix(desk.known.users.count / 2).filter { $0.user.role != .administrator }.map(\.login)
        try desk.apply(writer.document().line)
        try desk.apply(SetUpValue.mapping([.init("remove", .mapping([.init("users", .list(gone.map { .text($0) }))]))]).line)
        let parts = SetUpParts(from: before.known, to: desk.known).parts
        let kept = try SetUpParts.parts(SetUpParts.line(parts))
        #expect(kept == parts)
        try desk.apply(SetUpUndo.document(of: kept).line, isUndo: true)
        #expect(SetUpParts(from: before.known, to: desk.known).parts == [], "seed \(seed)")
        #expect(Set(desk.known.users.map(\.user.id)) == Set(before.known.users.map(\.user.id)))
    }

    @Test(arguments: UInt64(1)...60) func `other hours and quotas are exported as they are, and taken back`(seed: UInt64) throws {
        var writer = SetUpWriter(seed: seed)
        var desk = SetUpDesk()
        try desk.apply(writer.document().line)
        let before = desk
        try desk.apply(writer.otherTrade(of: before.known).line)
        #expect(try isStable(desk), "seed \(seed)")
        let parts = SetUpParts(from: before.known, to: desk.known).parts
        try desk.apply(SetUpUndo.document(of: parts).line)
        #expect(SetUpParts(from: before.known, to: desk.known).parts == [], "seed \(seed)")
    }

    @Test func `a quota that had no name has none again, and stands where it stood`() throws {
        var desk = SetUpDesk()
        try desk.apply("projects: {desk: {name: Desk, quotas: {a: {per: hour, target: 1}, b: {name: B, per: hour, target: 2}}}}")
        let before = desk.known
        for change in ["{a: {name: A}}", "{a: null}", "{b: null, c: {per: shift, target: 3}}", "{b: {}, a: {target: 9}}"] {
            try desk.apply("projects: {desk: {quotas: \(change)}}")
            let parts = SetUpParts(from: before, to: desk.known).parts
            #expect(parts.count == 1)
            try desk.apply(SetUpUndo.document(of: parts).line)
            let quotas = desk.known.projects.first?.quotas ?? []
            #expect(quotas.map(\.key) == ["a", "b"] && quotas.map(\.name.texts) == [[:], [.english: "B"]], "\(change)")
        }
    }

    @Test func `what is in a setting that was taken away or given is so again`() throws {
        var desk = SetUpDesk()
        try desk.apply(try String(contentsOf: Self.example, encoding: .utf8), isFragment: false)
        let before = desk
        let changes = [
            "users: {ana: {team: null, phone: null, queues: {billing: {priority: 3}}}}",
            "projects: {home-internet: {numbers: null, queues: {support: {escalation: billing, wrapUp: none}}}}",
            "trunks: {provider: {server: s.example, presents: {number: \"+442079460300\"}, callsPerSecond: 5}}",
            "projects: {home-internet: {dispositions: [{key: silent}, {key: solved, below: [{key: new, name: New}]}]}}",
            "remove: {dispositions: {home-internet: [solved]}, users: [bilal], phones: [\"102\"]}",
            "remove: {queues: [billing], entryPoints: [\"+442079460200\"]}",
        ]
        for change in changes {
            desk = before
            try desk.apply(change)
            let parts = SetUpParts(from: before.known, to: desk.known).parts
            #expect(!parts.isEmpty)
            try desk.apply(SetUpUndo.document(of: parts).line, isUndo: true)
            #expect(SetUpParts(from: before.known, to: desk.known).parts == [], "\(change)")
        }
    }

    @Test func `a secret is not in what is kept of a change, but that it is another`() throws {
        var desk = SetUpDesk()
        try desk.apply("users: {ana: {password: first-one}}\nphones: {\"1\": {secret: first-secret}}")
        let before = desk.known
        try desk.apply("users: {ana: {password: second-one}}\nphones: {\"1\": {secret: second-secret}}")
        let parts = SetUpParts(from: before, to: desk.known).parts
        #expect(parts.map(\.secretChanged) == [true, true] && parts.allSatisfy { $0.before == $0.after })
        #expect(!SetUpParts.line(parts).contains("hash") && !SetUpParts.line(parts).contains("md5"))
    }
}
