import Foundation

/// Brings payloads of older versions to the one that `EventCodec` reads, version by version, while they are read: what
/// stands in the log is never changed.
struct Upcasters: Sendable {
    /// Reads a payload of one version and writes the next.
    typealias Step = @Sendable (Data) throws -> Data

    private var steps: [Key: Step] = [:]

    private struct Key: Hashable {
        let kind: EventKind
        let version: Int
    }

    /// Those of the program.
    static let all = {
        var upcasters = Upcasters()
        // Until agents had to say why they hung up first, no queue said how long they have for it.
        upcasters.add(from: 1, of: .queueDefined) { try adding(["reasonTimeout": 20_000_000], to: $0) }
        // Until a person could be named, only queues helped.
        upcasters.add(from: 2, of: .queueDefined) { $0 }
        // Until there were opening hours, everybody was always open.
        for kind in [EventKind.projectDefined, .entryPointDefined] { upcasters.add(from: 1, of: kind) { $0 } }
        // Until there were recordings, nothing was recorded.
        upcasters.add(from: 2, of: .projectDefined) { $0 }
        // Until the desk could hold, only phones did.
        for kind in [EventKind.holdStarted, .holdEnded] { upcasters.add(from: 1, of: kind) { try adding(["by": "phone"], to: $0) } }
        // Until agents could dial, customers began every contact, and every agent who stopped responding had failed an offer.
        upcasters.add(from: 1, of: .contactOpened) { try adding(["direction": "inbound"], to: $0) }
        upcasters.add(from: 1, of: .agentStoppedResponding) { $0 }
        // Until a queue could be asked, agents chose their colleagues themselves.
        upcasters.add(from: 1, of: .consultStarted) { $0 }
        return upcasters
    }()

    private static func adding(_ fields: [String: Any], to payload: Data) throws -> Data {
        guard let object = try? JSONSerialization.jsonObject(with: payload) as? [String: Any] else { throw Unreadable("an object") }
        return try JSONSerialization.data(withJSONObject: object.merging(fields) { old, _ in old })
    }

    /// Adds the way from `version` of a kind to the version after it.
    mutating func add(from version: Int, of kind: EventKind, _ step: @escaping Step) {
        steps[Key(kind: kind, version: version)] = step
    }

    /// - Throws: `Unreadable` for a version that is newer than the program, or older than its upcasters.
    func current(_ payload: Data, of kind: EventKind, version: Int, newest: Int? = nil) throws -> Data {
        let newest = newest ?? kind.version
        guard version <= newest else { throw Unreadable("version \(newest) or older") }
        var payload = payload
        for version in version..<newest {
            guard let step = steps[Key(kind: kind, version: version)] else { throw Unreadable("an upcaster from version \(version)") }
            payload = try step(payload)
        }
        return payload
    }
}
