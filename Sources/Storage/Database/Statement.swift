import Synchronization

/// One SQL statement for both databases, with values named `$like_this`. Connections keep it prepared by its identity, so
/// make each once, as a `static let`.
///
/// SQLite would number `$1` by first appearance and PostgreSQL by its digits; names mean the same to both.
final class Statement: Sendable {
    /// The names of its values in the order of their first appearance, without the dollar sign.
    let names: [String]
    private let sqlite: String
    private let postgreSQL: String

    init(_ sql: SQL) {
        sqlite = sql.text(in: .sqlite)
        (postgreSQL, names) = Self.numbered(sql.text(in: .postgreSQL))
    }

    /// With names for SQLite, with numbers for PostgreSQL.
    func text(in dialect: Dialect) -> String {
        switch dialect {
        case .sqlite: sqlite
        case .postgreSQL: postgreSQL
        }
    }

    /// Replaces each `$name` outside quotes and comments by `$1`, `$2`, …
    private static func numbered(_ text: String) -> (text: String, names: [String]) {
        var names: [String] = []
        var result = ""
        var rest = text[...]
        while let character = rest.first {
            switch character {
            case "'", "\"":
                let end = rest.dropFirst().firstIndex(of: character).map { rest.index(after: $0) } ?? rest.endIndex
                result += rest[..<end]
                rest = rest[end...]
            case "-" where rest.hasPrefix("--"):
                let end = rest.firstIndex(of: "\n") ?? rest.endIndex
                result += rest[..<end]
                rest = rest[end...]
            case "$":
                let name = rest.dropFirst().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                let index = names.firstIndex(of: String(name)) ?? names.endIndex
                if index == names.endIndex { names.append(String(name)) }
                result += "$\(index + 1)"
                rest = rest[name.endIndex...]
            default:
                result.append(character)
                rest = rest.dropFirst()
            }
        }
        return (result, names)
    }

    /// Puts `values` into the order of `names`.
    /// - Throws: if one is missing, or has no place in the statement.
    func ordered(_ values: Bindings) throws -> [Value] {
        guard values.pairs.count == names.count else { throw mismatch(values) }
        // Written in the order of the statement, as they mostly are, nothing is searched.
        if zip(values.pairs, names).allSatisfy({ $0.name == $1 }) { return values.pairs.map(\.value) }
        return try names.map { name in
            guard let pair = values.pairs.first(where: { $0.name == name }) else { throw mismatch(values) }
            return pair.value
        }
    }

    private func mismatch(_ values: Bindings) -> DatabaseError {
        DatabaseError(
            kind: .misuse, code: "bindings", message: "values \(values.pairs.map(\.name)) given, \(names) wanted by: \(sqlite)")
    }
}

/// SQL text with places for dialect fragments: `"id \(.bytes) NOT NULL"`.
struct SQL: ExpressibleByStringInterpolation, Sendable {
    fileprivate enum Part: Sendable {
        case text(String)
        case fragment(Fragment)
    }

    private var parts: [Part]

    init(stringLiteral text: String) { parts = [.text(text)] }
    init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []

        init(literalCapacity: Int, interpolationCount: Int) {}
        mutating func appendLiteral(_ text: String) { parts.append(.text(text)) }
        mutating func appendInterpolation(_ fragment: Fragment) { parts.append(.fragment(fragment)) }
        mutating func appendInterpolation(_ sql: SQL) { parts += sql.parts }
    }

    func text(in dialect: Dialect) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let words): text += words
            case .fragment(let fragment): text += fragment.text(in: dialect)
            }
        }
        return text
    }

    static func joined(_ all: [SQL], by separator: String) -> SQL {
        var whole: SQL = ""
        for (index, sql) in all.enumerated() {
            if index > 0 { whole.parts.append(.text(separator)) }
            whole.parts += sql.parts
        }
        return whole
    }
}

/// Statements put together from parts that depend on a request: each combination is made once.
final class Combinations<Key: Hashable & Sendable>: Sendable {
    private let made = Mutex<[Key: Statement]>([:])

    func statement(for key: Key, make: () -> SQL) -> Statement {
        made.withLock { made in
            if let statement = made[key] { return statement }
            let statement = Statement(make())
            made[key] = statement
            return statement
        }
    }
}
