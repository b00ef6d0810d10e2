import Foundation
import Testing

@testable import HTTPAPI

struct JSONEncodingTests {
    private func text(of value: some Encodable) throws -> String { String(decoding: try JSONEncoding.bytes(of: value), as: UTF8.self) }

    private struct Everything: Codable, Equatable {
        struct Inner: Codable, Equatable {
            var name: String
            var list: [Int]
        }
        var text = "ქართული, اردو, हिन्दी \u{1F4DE} \"quoted\" back\\slash / \n\r\t\u{0}\u{1F}\u{7F}\u{2028}"
        var empty = ""
        var small: Int8 = .min
        var large: UInt64 = .max
        var whole = 7.0
        var part = -0.125
        var tiny = 5e-324
        var huge = 1e300
        var yes = true
        var nothing: String?
        var something: Int? = 3
        var inner = Inner(name: "a", list: [])
        var inners = [Inner(name: "b", list: [1, 2, 3]), Inner(name: "", list: [4])]
        var lists: [[String]] = [[], ["x"], ["y", "z"]]
        var table = ["key \"1\"": [1: "one"]]
        var optionals: [Int?] = [1, nil, 3]
    }

    @Test func `what is written is read again by Foundation as it was`() throws {
        let value = Everything()
        let bytes = try JSONEncoding.bytes(of: value)
        #expect(try JSONDecoder().decode(Everything.self, from: Data(bytes)) == value)
    }

    @Test func `fields keep their order, and nothing stands between`() throws {
        struct Point: Encodable {
            var y = 1
            var x = [true, false]
            @OrNull var z: Int?
        }
        #expect(try text(of: [Point()]) == #"[{"y":1,"x":[true,false],"z":null}]"#)
        #expect(try text(of: "a\u{1}b/") == #""a\u0001b/""#)
        #expect(try text(of: [Int]()) == "[]")
        #expect(try text(of: [String: Int]()) == "{}")
    }

    /// Encoders are never told that a container is complete.
    @Test func `containers within containers are closed where the next begins`() throws {
        struct Nested: Encodable {
            enum Key: CodingKey { case a, b, c, d }

            func encode(to encoder: any Encoder) throws {
                var outer = encoder.container(keyedBy: Key.self)
                var list = outer.nestedUnkeyedContainer(forKey: .a)
                var object = list.nestedContainer(keyedBy: Key.self)
                try object.encode(1, forKey: .b)
                _ = object.nestedUnkeyedContainer(forKey: .c)
                var inner = list.nestedUnkeyedContainer()
                try inner.encodeNil()
                try list.encode("last")
                try outer.encode(2, forKey: .b)
                try 3.encode(to: outer.superEncoder(forKey: .c))
                _ = outer.nestedContainer(keyedBy: Key.self, forKey: .d)
            }
        }
        #expect(try text(of: Nested()) == #"{"a":[{"b":1,"c":[]},[null],"last"],"b":2,"c":3,"d":{}}"#)
    }

    @Test func `a value that is written into the object of another joins it`() throws {
        struct Base: Encodable {
            var a = [1]
        }
        struct Both: Encodable {
            enum Key: CodingKey { case b }

            func encode(to encoder: any Encoder) throws {
                try Base().encode(to: encoder)
                var own = encoder.container(keyedBy: Key.self)
                try own.encode("x", forKey: .b)
            }
        }
        #expect(try text(of: [Both(), Both()]) == #"[{"a":[1],"b":"x"},{"a":[1],"b":"x"}]"#)
    }

    @Test func `a value that writes nothing is null, and a number that is none is refused`() throws {
        struct Silent: Encodable {
            func encode(to encoder: any Encoder) throws {}
        }
        #expect(try text(of: [Silent(), Silent()]) == "[null,null]")
        #expect(throws: EncodingError.self) { try JSONEncoding.bytes(of: [1.0, .nan]) }
        #expect(throws: EncodingError.self) { try JSONEncoding.bytes(of: -Float.infinity) }
    }
}
