/// The streets of a gazetteer, so laid out that what somebody types finds them: built once, then only read.
///
/// Numbers in a few arrays and texts in one: some 150 bytes a street with its names, 30 MB of 200,000. While it is built, twice that.
package struct StreetIndex: Sendable {
    /// Streets, or parts of streets, as the file has rows.
    package var count: Int { postcodeOf.count }
    /// Towns and villages.
    package var places: Int { localities.count }

    // Of each street; names and houses lie behind each other, `…Starts` has one more.
    let names: [UInt8]
    let nameStarts: [UInt32]
    let localityOf: [UInt32]
    let postcodeOf: [UInt32]
    let houses: [ClosedRange<UInt32>]
    let houseStarts: [UInt32]
    /// The word that its name begins with.
    let firstWord: [UInt32]

    let localities: [Locality]
    let postcodes: [String]

    /// All words of all names, by their letters; in which scripts they are written somewhere, and in which streets.
    let words: KeyTable
    let scripts: [Spelling.Script]
    let streetsOfWord: Lists
    /// The consonants of words, and whose they are.
    let skeletons: KeyTable
    let wordsOfSkeleton: Lists
    /// Whole names, as sums of their words, in order.
    let wholeNames: [UInt64]
    let streetOfWhole: [UInt32]

    struct Locality: Hashable, Sendable {
        var city: String
        var region: String
        var country: String
        var words: [Spelling.Word]
    }

    /// Several lists of numbers in one.
    struct Lists: Sendable {
        private var starts: [UInt32]
        private var numbers: [UInt32]

        /// - Parameter pairs: which list, and what is put into it, in the order of what is put in.
        init(count: Int, _ pairs: some Sequence<(UInt32, UInt32)>) {
            var starts = [UInt32](repeating: 0, count: count + 1)
            for (list, _) in pairs { starts[Int(list) + 1] += 1 }
            for index in 0..<count { starts[index + 1] += starts[index] }
            numbers = [UInt32](repeating: 0, count: Int(starts[count]))
            self.starts = starts
            // From here on: where the next goes.
            for (list, number) in pairs {
                numbers[Int(starts[Int(list)])] = number
                starts[Int(list)] += 1
            }
        }

        subscript(_ list: Int) -> ArraySlice<UInt32> { numbers[Int(starts[list])..<Int(starts[list + 1])] }
        /// What is in those that lie beside each other.
        subscript(_ lists: Range<Int>) -> ArraySlice<UInt32> { numbers[Int(starts[lists.lowerBound])..<Int(starts[lists.upperBound])] }
    }

    /// Takes in street by street.
    package struct Builder {
        private var names: [UInt8] = []
        private var nameStarts: [UInt32] = [0]
        private var localityOf: [UInt32] = []
        private var postcodeOf: [UInt32] = []
        private var houses: [ClosedRange<UInt32>] = []
        private var houseStarts: [UInt32] = [0]
        private var firstWord: [UInt32] = []
        private var localities: [Locality] = []
        private var localityNumbers: [Locality: UInt32] = [:]
        private var postcodes: [String] = []
        private var postcodeNumbers: [String: UInt32] = [:]
        private var words: [[UInt8]] = []
        private var scripts: [Spelling.Script] = []
        private var wordNumbers: [[UInt8]: UInt32] = [:]
        private var uses: [(word: UInt32, street: UInt32)] = []
        private var wholes: [(sum: UInt64, street: UInt32)] = []

        package init() {}

        package mutating func add(_ street: Street) {
            let number = UInt32(localityOf.count)
            names += street.name.utf8
            nameStarts.append(UInt32(names.count))
            localityOf.append(
                self.number(
                    Locality(city: street.city, region: street.region, country: street.country, words: Spelling.words(of: street.city))))
            postcodeOf.append(self.number(street.postcode))
            houses += street.houses
            houseStarts.append(UInt32(houses.count))
            var seen: Set<UInt32> = []
            var first: UInt32?
            for name in [street.name] + street.names {
                let spelled = Spelling.words(of: name)
                if spelled.isEmpty { continue }
                for word in spelled {
                    let known = self.number(word)
                    first = first ?? known
                    if seen.insert(known).inserted { uses.append((known, number)) }
                }
                wholes.append((StreetIndex.sum(of: spelled), number))
            }
            firstWord.append(first ?? 0)
        }

        private mutating func number(_ locality: Locality) -> UInt32 {
            if let number = localityNumbers[locality] { return number }
            localities.append(locality)
            localityNumbers[locality] = UInt32(localities.count - 1)
            return UInt32(localities.count - 1)
        }

        private mutating func number(_ postcode: String) -> UInt32 {
            if let number = postcodeNumbers[postcode] { return number }
            postcodes.append(postcode)
            postcodeNumbers[postcode] = UInt32(postcodes.count - 1)
            return UInt32(postcodes.count - 1)
        }

        private mutating func number(_ word: Spelling.Word) -> UInt32 {
            if let number = wordNumbers[word.letters] {
                scripts[Int(number)].formUnion(word.script)
                return number
            }
            words.append(word.letters)
            scripts.append(word.script)
            wordNumbers[word.letters] = UInt32(words.count - 1)
            return UInt32(words.count - 1)
        }

        package consuming func index() -> StreetIndex {
            let order = words.indices.sorted { words[$0].lexicographicallyPrecedes(words[$1]) }
            var rank = [UInt32](repeating: 0, count: words.count)
            for (place, word) in order.enumerated() { rank[word] = UInt32(place) }
            let sorted = order.map { words[$0] }
            var bones: [(key: [UInt8], word: UInt32)] = []
            for (place, word) in sorted.enumerated() {
                bones.append((Spelling.Word(letters: word, script: .alphabet).skeleton, UInt32(place)))
            }
            bones.sort { $0.key == $1.key ? $0.word < $1.word : $0.key.lexicographicallyPrecedes($1.key) }
            var keys: [[UInt8]] = []
            var members: [(UInt32, UInt32)] = []
            for (key, word) in bones {
                if keys.last != key { keys.append(key) }
                members.append((UInt32(keys.count - 1), word))
            }
            wholes.sort { ($0.sum, $0.street) < ($1.sum, $1.street) }
            return StreetIndex(
                names: names, nameStarts: nameStarts, localityOf: localityOf, postcodeOf: postcodeOf, houses: houses,
                houseStarts: houseStarts, firstWord: firstWord.map { rank.isEmpty ? 0 : rank[Int($0)] }, localities: localities,
                postcodes: postcodes, words: KeyTable(sorted), scripts: order.map { scripts[$0] },
                streetsOfWord: Lists(count: words.count, uses.map { (rank[Int($0.word)], $0.street) }), skeletons: KeyTable(keys),
                wordsOfSkeleton: Lists(count: keys.count, members), wholeNames: wholes.map(\.sum), streetOfWhole: wholes.map(\.street))
        }
    }

    package init(_ streets: some Sequence<Street>) {
        var builder = Builder()
        for street in streets { builder.add(street) }
        self = builder.index()
    }

    private init(
        names: [UInt8], nameStarts: [UInt32], localityOf: [UInt32], postcodeOf: [UInt32], houses: [ClosedRange<UInt32>],
        houseStarts: [UInt32], firstWord: [UInt32], localities: [Locality], postcodes: [String], words: KeyTable,
        scripts: [Spelling.Script], streetsOfWord: Lists, skeletons: KeyTable, wordsOfSkeleton: Lists, wholeNames: [UInt64],
        streetOfWhole: [UInt32]
    ) {
        self.names = names
        self.nameStarts = nameStarts
        self.localityOf = localityOf
        self.postcodeOf = postcodeOf
        self.houses = houses
        self.houseStarts = houseStarts
        self.firstWord = firstWord
        self.localities = localities
        self.postcodes = postcodes
        self.words = words
        self.scripts = scripts
        self.streetsOfWord = streetsOfWord
        self.skeletons = skeletons
        self.wordsOfSkeleton = wordsOfSkeleton
        self.wholeNames = wholeNames
        self.streetOfWhole = streetOfWhole
    }

    // MARK: What stands in it

    func name(_ street: Int) -> String {
        String(decoding: names[Int(nameStarts[street])..<Int(nameStarts[street + 1])], as: UTF8.self)
    }

    func houses(_ street: Int) -> ArraySlice<ClosedRange<UInt32>> { houses[Int(houseStarts[street])..<Int(houseStarts[street + 1])] }

    /// Streets of which these words are a whole name.
    func streets(called words: [Spelling.Word]) -> [UInt32] {
        let sum = Self.sum(of: words)
        var (low, high) = (0, wholeNames.count)
        while low < high {
            let middle = low + (high - low) / 2
            if wholeNames[middle] < sum { low = middle + 1 } else { high = middle }
        }
        return wholeNames[low...].prefix { $0 == sum }.indices.map { streetOfWhole[$0] }
    }

    /// FNV-1a of 64 bits: among some million names two are the same once in 30 million indexes.
    static func sum(of words: [Spelling.Word]) -> UInt64 {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        for word in words {
            for byte in word.letters + [0] { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        return sum
    }

    // MARK: Whether an address is one

    /// What of an address is not known; nil: it is one. What is empty is not asked for.
    package func unknown(street: String, houseNumber: String = "", city: String = "", postcode: String = "") -> UnknownPart? {
        var found = streets(called: Spelling.words(of: street)).map(Int.init)
        if found.isEmpty { return .street }
        let town = Spelling.words(of: city)
        if !town.isEmpty {
            let names = town.map(\.letters)
            found.removeAll { localities[Int(localityOf[$0])].words.map(\.letters) != names }
            if found.isEmpty { return .city }
        }
        if !houseNumber.isEmpty {
            let number = HouseNumber.leading(houseNumber)
            found.removeAll { !isHouse(number, $0) }
            if found.isEmpty { return .houseNumber }
        }
        let code = Spelling.code(of: postcode)
        if !code.isEmpty {
            found.removeAll { street in
                let known = Spelling.code(of: postcodes[Int(postcodeOf[street])])
                return !known.isEmpty && known != code
            }
            if found.isEmpty { return .postcode }
        }
        return nil
    }

    /// Whether a street may have the house: also where nobody has said which it has.
    func isHouse(_ number: UInt32?, _ street: Int) -> Bool {
        let known = houses(street)
        return known.isEmpty || known.contains { range in number.map(range.contains) == true }
    }
}
