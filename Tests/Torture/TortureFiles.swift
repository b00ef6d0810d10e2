import Foundation
import Primitives
import Testing

/// What Fuzz/main.swift ends the run with.
func promise(_ isKept: Bool, _ what: @autoclosure () -> String) {
    if !isKept { Issue.record("\(what())") }
}

/// The files of Tests/Torture/<folder>, in the order of their names. (This file is part of several targets by links.)
func tortureFiles(_ folder: String) throws -> [(name: String, bytes: [UInt8])] {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Torture/\(folder)")
    return try FileManager.default.contentsOfDirectory(atPath: url.path).sorted().map { name in
        (name, [UInt8](try Data(contentsOf: url.appending(path: name))))
    }
}

/// Bytes as a damaged or hostile sender would change them: single bytes and bits, parts cut, doubled or brought in from `pieces`
/// or from another file.
struct Mutants {
    var random: Random
    let seeds: [[UInt8]]
    var pieces: [[UInt8]] = [[0], [0xFF, 0xFF], [0x80, 0, 0, 0]]

    mutating func next() -> [UInt8] {
        guard var bytes = seeds.randomElement(using: &random) else { return [] }
        for _ in 0...random.next() % 5 {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
            switch random.next() % 8 {
            case 0 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.next() % 8)
            case 2: bytes.removeSubrange(place..<end)
            case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 4: bytes.removeLast(bytes.count - place)
            case 5:
                let other = seeds.randomElement(using: &random) ?? []
                bytes.replaceSubrange(place..<end, with: other.suffix(from: min(other.count, place)).prefix(200))
            default: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
            }
        }
        return bytes
    }
}
