import Centre
import Foundation
import Primitives
import Testing

@testable import Storage

struct EventCodecTests {
    /// One file for each kind, version and look of an event, as it stands in the log: never changed, only added to.
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    private struct Golden {
        let kind: String
        let version: Int
        let contact: String?
        let agent: String?
        let payload: String

        init(_ name: String) throws {
            let data = try Data(contentsOf: EventCodecTests.folder.appending(path: name))
            let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            kind = try #require(object["kind"] as? String)
            version = try #require(object["version"] as? Int)
            contact = object["contact"] as? String
            agent = object["agent"] as? String
            let body = try JSONSerialization.data(
                withJSONObject: try #require(object["payload"]), options: [.sortedKeys, .withoutEscapingSlashes])
            payload = String(decoding: body, as: UTF8.self)
        }
    }

    private static var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }.sorted() }
    }

    @Test func `every kind has a golden file for every version`() throws {
        let names = try Self.names
        for kind in EventKind.allCases {
            for version in 1...kind.version {
                #expect(names.contains { $0.hasPrefix("\(kind.rawValue).v\(version).") }, "no Golden/\(kind.rawValue).v\(version).json")
            }
        }
        #expect(Set(Samples.events.map { EventKind(of: $0.event) }) == Set(EventKind.allCases))
    }

    @Test func `golden files are read as the events they were, and those of today are written the same`() throws {
        let codec = EventCodec()
        for name in try Self.names {
            let golden = try Golden(name)
            let words = name.split(separator: ".")
            let look = words.count > 3 ? "\(words[0]).\(words[2])" : String(words[0])
            let sample = try #require(Samples.events.first { $0.name == look }, "\(name) has no sample")
            let event = try codec.event(
                kind: golden.kind, version: golden.version, payload: golden.payload, contact: golden.contact.flatMap { ID($0) },
                agent: golden.agent.flatMap { ID($0) })
            #expect(event == sample.event, "\(name)")
            if golden.version == EventKind(of: event).version { #expect(codec.payload(of: event) == golden.payload, "\(name)") }
        }
    }

    @Test func `every sample has a golden file`() throws {
        let codec = EventCodec()
        for (look, event) in Samples.events {
            let kind = EventKind(of: event)
            let words = look.split(separator: ".")
            let name = "\(kind.rawValue).v\(kind.version)" + words.dropFirst().map { ".\($0)" }.joined() + ".json"
            let url = Self.folder.appending(path: name)
            if !FileManager.default.fileExists(atPath: url.path),
                ProcessInfo.processInfo.environment["CALLFLOOR_WRITE_GOLDEN"] == "1"
            {
                var object: [String: Any] = ["kind": kind.rawValue, "version": kind.version]
                object["contact"] = event.contact?.description
                object["agent"] = event.agent?.description
                object["payload"] = try JSONSerialization.jsonObject(with: Data(codec.payload(of: event).utf8))
                let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                try (JSONSerialization.data(withJSONObject: object, options: options) + Data("\n".utf8)).write(to: url)
            }
            #expect(FileManager.default.fileExists(atPath: url.path), "CALLFLOOR_WRITE_GOLDEN=1 writes Golden/\(name)")
        }
    }

    @Test(arguments: [1, 42, 2026] as [UInt64])
    func `any event comes back as it was`(seed: UInt64) throws {
        let codec = EventCodec()
        var random = Random(seed: seed)
        for number in 0..<2000 {
            let event = Samples.event(using: &random)
            let kind = EventKind(of: event)
            let payload = codec.payload(of: event)
            let read = try codec.event(
                kind: kind.rawValue, version: kind.version, payload: payload, contact: event.contact, agent: event.agent)
            #expect(read == event, "seed \(seed), event \(number)")
            #expect(codec.payload(of: read) == payload)
        }
    }

    @Test func `a payload is the text that Foundation would write, whatever characters are in it`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for code in (0...0x200).map({ UInt32($0) }) + [0x2028, 0xFFFD, 0x1F4DE] {
            let character = String(try #require(Unicode.Scalar(code)))
            let zone = Payload.ProjectDefined(project: character, timeZone: "a\(character)b", language: character + character)
            let written = ["project": zone.project, "timeZone": zone.timeZone, "language": zone.language]
            #expect(JSONText.object(zone) == String(decoding: try encoder.encode(written), as: UTF8.self), "character \(code)")
        }
    }

    @Test func `a payload's keys stand in ascending order`() throws {
        for (look, event) in Samples.events {
            let payload = EventCodec().payload(of: event)
            let object = try JSONSerialization.jsonObject(with: Data(payload.utf8))
            let sorted = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
            #expect(payload == String(decoding: sorted, as: UTF8.self), "\(look)")
        }
    }

    @Test func `older payloads are brought to the newest version step by step`() throws {
        var upcasters = Upcasters()
        for version in 1...2 {
            upcasters.add(from: version, of: .talkEnded) { Data((String(decoding: $0, as: UTF8.self) + "\(version)").utf8) }
        }
        let old = Data("{}".utf8)
        #expect(try upcasters.current(old, of: .talkEnded, version: 1, newest: 3) == Data("{}12".utf8))
        #expect(try upcasters.current(old, of: .talkEnded, version: 3, newest: 3) == old)
        #expect(throws: Unreadable.self) { try upcasters.current(old, of: .talkEnded, version: 0, newest: 3) }
        #expect(throws: Unreadable.self) { try upcasters.current(old, of: .talkEnded, version: 4, newest: 3) }
    }

    @Test(arguments: [
        ("talkEnded", 1, "{"), ("talkEnded", 1, "{}"), ("talkEnded", 1, #"{"by":"nobody"}"#), ("talkEnded", 2, #"{"by":"agent"}"#),
        ("talkEnded", 0, #"{"by":"agent"}"#), ("somethingElse", 1, "{}"), ("contactQueued", 1, #"{"queue":"4711"}"#),
    ])
    func `what this program cannot have written is refused`(kind: String, version: Int, payload: String) {
        #expect(throws: StorageError.self) {
            try EventCodec().event(kind: kind, version: version, payload: payload, contact: Samples.id(1), agent: Samples.id(2))
        }
    }

    @Test func `an event without its envelope is refused`() {
        #expect(throws: StorageError.self) {
            try EventCodec().event(kind: "talkEnded", version: 1, payload: #"{"by":"agent"}"#, contact: nil, agent: Samples.id(2))
        }
    }
}
