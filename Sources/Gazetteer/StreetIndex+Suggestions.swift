/// What is found of a typed line.
///
/// Every word of it must be found in a street's names: as they begin, in another script by their consonants, or misspelled, the last only where
/// else too little is found. Digits may be a house's number, the last words the town.
extension StreetIndex {
    /// UTF-16 units of a line; the rest is not looked at.
    package static let lineMax = 200
    package static let limitMax = 20

    /// The best first: whole names, then words that begin so, then other spellings; each first in the town that is known, except that a
    /// whole name elsewhere does not go before one that begins so in it. Equals as the file has them.
    ///
    /// - Parameter city: the town as far as it is known; empty: it is not.
    package func suggestions(for line: String, city: String = "", limit: Int) -> [AddressSuggestion] {
        let limit = min(max(limit, 0), Self.limitMax)
        let readings = readings(of: String(line.prefix(Self.lineMax)))
        let town = towns(called: Spelling.words(of: city))
        var found = Found(limit: limit * Self.rowsPerStreet)
        for reading in readings { collect(reading, town, isNearTaken: false, into: &found) }
        if found.count < limit { for reading in readings { collect(reading, town, isNearTaken: true, into: &found) } }
        return suggestions(of: found, limit: limit)
    }

    /// Rows that are looked at for each suggestion: of a street in several rows all but the first go.
    private static let rowsPerStreet = 8

    // MARK: What a line may say

    private struct Reading {
        var words: [Spelling.Word]
        /// Whether they are numbers of a street's name, and so not half typed: 26 May.
        var isWhole: [Bool]
        var houseNumber: String
        /// Only there; nil: everywhere.
        var towns: Set<UInt32>?
    }

    private func readings(of line: String) -> [Reading] {
        let pieces = line.split { $0.isWhitespace || $0 == "," }
        var readings: [Reading] = []
        func add(_ pieces: [Substring], _ houseNumber: String) {
            var words: [Spelling.Word] = []
            var isWhole: [Bool] = []
            for piece in pieces {
                let spelled = Spelling.words(of: String(piece))
                words += spelled
                isWhole += spelled.map { _ in HouseNumber.isOne(piece) }
            }
            words = Array(words.prefix(Self.wordsMax))
            if words.isEmpty { return }
            readings.append(Reading(words: words, isWhole: isWhole, houseNumber: houseNumber, towns: nil))
            for count in 1..<max(min(words.count, Self.townWordsMax + 1), 1) {
                let towns = towns(called: Array(words.suffix(count)))
                if let towns {
                    readings.append(Reading(words: words.dropLast(count), isWhole: isWhole, houseNumber: houseNumber, towns: towns))
                }
            }
        }
        add(pieces, "")
        let numbers = pieces.indices.filter { HouseNumber.isOne(pieces[$0]) }
        for index in Set([numbers.last, numbers.first].compactMap(\.self)).sorted(by: >) {
            var rest = pieces
            let number = rest.remove(at: index)
            add(rest, String(number))
        }
        return readings
    }

    /// Words of a line; the rest is not looked at.
    private static let wordsMax = 8
    private static let townWordsMax = 3
    private static let townLettersMin = 3

    /// Nil where no town is called so, or nothing is asked for. Whole names before those that begin so before misspelled ones.
    private func towns(called words: [Spelling.Word]) -> Set<UInt32>? {
        guard !words.isEmpty else { return nil }
        let letters = words.flatMap(\.letters)
        let bones = words.flatMap(\.skeleton)
        guard letters.count >= Self.townLettersMin || bones.count >= Self.townLettersMin else { return nil }
        var found: [Int: Set<UInt32>] = [:]
        for (number, locality) in localities.enumerated() {
            let known = locality.words.flatMap(\.letters)
            if known == letters {
                found[0, default: []].insert(UInt32(number))
            } else if words[0].script != locality.words.first?.script, locality.words.flatMap(\.skeleton) == bones {
                found[1, default: []].insert(UInt32(number))
            } else if known.starts(with: letters) {
                found[2, default: []].insert(UInt32(number))
            }
        }
        return found.min { $0.key < $1.key }?.value
    }

    // MARK: Finding

    /// How well a word is found: the less the better.
    private enum Grade {
        static let whole: UInt8 = 0
        static let begun: UInt8 = 1
        static let otherScript: UInt8 = 2
        static let otherScriptBegun: UInt8 = 3
        /// Misspelled by an edit, by two.
        static let near: UInt8 = 3
        static let none = UInt8.max
    }

    private struct Found {
        /// By their rank, the best first.
        var rows: [[(street: Int, houseNumber: String, match: AddressSuggestion.Match)]]
        /// Different ones.
        var count: Int { seen.count }
        let limit: Int
        private var seen: Set<Int> = []

        init(limit: Int) {
            self.limit = limit
            rows = Array(repeating: [], count: Found.ranks)
        }

        static let ranks = 24

        mutating func add(_ street: Int, _ houseNumber: String, _ match: AddressSuggestion.Match, rank: Int) {
            guard rows[rank].count < limit else { return }
            rows[rank].append((street, houseNumber, match))
            seen.insert(street)
        }
    }

    private func collect(_ reading: Reading, _ town: Set<UInt32>?, isNearTaken: Bool, into found: inout Found) {
        var total: [UInt8] = []
        var firsts: [Range<Int>] = []
        for (index, word) in reading.words.enumerated() {
            let isWhole = reading.isWhole[index]
            var grades = [UInt8](repeating: Grade.none, count: count)
            func mark(_ words: Range<Int>, _ grade: UInt8) {
                for street in streetsOfWord[words] where grades[Int(street)] > grade { grades[Int(street)] = grade }
                if index == 0 { firsts.append(words) }
            }
            find(word, isWhole: isWhole, isNearTaken: isNearTaken, mark)
            if index == 0 {
                total = grades
            } else {
                for street in 0..<count where grades[street] > total[street] { total[street] = grades[street] }
            }
        }
        let called = Set(streets(called: reading.words))
        let isFirst = { (word: Int) in firsts.contains { $0.contains(word) } }
        for street in 0..<count where total[street] != Grade.none {
            if let towns = reading.towns, !towns.contains(localityOf[street]) { continue }
            var match = AddressSuggestion.Match.spelling
            var rank = 0
            if called.contains(UInt32(street)) {
                match = .exact
            } else if total[street] <= Grade.begun {
                match = .prefix
                rank = 2
            } else {
                rank = 4 + 2 * Int(total[street] - Grade.otherScript)
            }
            if match != .exact, !isFirst(Int(firstWord[street])) { rank += 1 }
            if let town, reading.towns == nil, !town.contains(localityOf[street]) { rank += 4 }
            found.add(street, reading.houseNumber, match, rank: rank)
        }
    }

    /// Tells the words of the index that a typed one may mean.
    private func find(_ word: Spelling.Word, isWhole: Bool, isNearTaken: Bool, _ mark: (Range<Int>, UInt8) -> Void) {
        let whole = words.index(of: word.letters)
        if let whole { mark(whole..<whole + 1, Grade.whole) }
        if isWhole { return }
        mark(words.range(of: word.letters), Grade.begun)
        let bones = word.skeleton
        if bones.count >= Self.bonesMin {
            for skeleton in skeletons.range(of: bones) {
                let grade = skeletons[skeleton].count == bones.count ? Grade.otherScript : Grade.otherScriptBegun
                for other in wordsOfSkeleton[skeleton] where !scripts[Int(other)].subtracting(word.script).isEmpty {
                    mark(Int(other)..<Int(other) + 1, grade)
                }
            }
        }
        guard isNearTaken, let edits = Self.edits(in: word.letters) else { return }
        for (range, cost) in words.near(word.letters, edits: edits) { mark(range, Grade.near + UInt8(max(cost, 1))) }
        guard word.script == .arabic, let edits = Self.edits(in: bones) else { return }
        for (range, cost) in skeletons.near(bones, edits: edits) {
            for other in wordsOfSkeleton[range] { mark(Int(other)..<Int(other) + 1, Grade.near + UInt8(max(cost, 1))) }
        }
    }

    /// Consonants by which a word of another script is found.
    private static let bonesMin = 2

    /// Edits that are overlooked: one from four letters on, two from eight.
    private static func edits(in letters: [UInt8]) -> Int? {
        switch letters.count {
        case ..<4: nil
        case ..<8: 1
        default: 2
        }
    }

    // MARK: What is shown

    private func suggestions(of found: Found, limit: Int) -> [AddressSuggestion] {
        struct Key: Hashable {
            var street: String
            var locality: UInt32
            var houseNumber: String
        }
        var order: [Key] = []
        var rows: [Key: (match: AddressSuggestion.Match, streets: [Int])] = [:]
        for row in found.rows.joined() {
            let key = Key(street: name(row.street), locality: localityOf[row.street], houseNumber: row.houseNumber)
            if rows[key] != nil {
                if rows[key]?.streets.contains(row.street) == false { rows[key]?.streets.append(row.street) }
            } else if order.count < limit {
                order.append(key)
                rows[key] = (row.match, [row.street])
            }
        }
        return order.compactMap { key in
            guard let row = rows[key] else { return nil }
            let locality = localities[Int(key.locality)]
            return AddressSuggestion(
                street: key.street, houseNumber: key.houseNumber, city: locality.city, region: locality.region,
                postcode: postcode(of: row.streets, key.houseNumber), country: locality.country, match: row.match)
        }
    }

    private func postcode(of rows: [Int], _ houseNumber: String) -> String {
        let number = HouseNumber.leading(houseNumber)
        let fitting = rows.filter { !houses($0).isEmpty && isHouse(number, $0) }
        let codes = Set((fitting.isEmpty ? rows : fitting).map { postcodeOf[$0] })
        return codes.count == 1 ? codes.first.map { postcodes[Int($0)] } ?? "" : ""
    }
}
