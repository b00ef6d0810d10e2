/// Different keys in the order of their bytes, in one text: found whole, by how they begin, and nearly.
struct KeyTable: Sendable {
    private let text: [UInt8]
    /// Where each begins; behind them where the last ends.
    private let starts: [UInt32]

    /// - Parameter keys: in order, each once.
    init(_ keys: [[UInt8]]) {
        var text: [UInt8] = []
        var starts: [UInt32] = [0]
        text.reserveCapacity(keys.reduce(0) { $0 + $1.count })
        starts.reserveCapacity(keys.count + 1)
        for key in keys {
            text += key
            starts.append(UInt32(text.count))
        }
        self.text = text
        self.starts = starts
    }

    var count: Int { starts.count - 1 }

    subscript(_ index: Int) -> ArraySlice<UInt8> { text[Int(starts[index])..<Int(starts[index + 1])] }

    /// The keys that begin so.
    func range(of prefix: [UInt8]) -> Range<Int> {
        let first = firstIndex(from: 0) { !$0.lexicographicallyPrecedes(prefix) }
        return first..<firstIndex(from: first) { !$0.starts(with: prefix) }
    }

    func index(of key: [UInt8]) -> Int? {
        let first = firstIndex(from: 0) { !$0.lexicographicallyPrecedes(key) }
        return first < count && self[first].elementsEqual(key) ? first : nil
    }

    /// The first for which something is true that is true of all behind it.
    private func firstIndex(from start: Int, where isBehind: (ArraySlice<UInt8>) -> Bool) -> Int {
        var (low, high) = (start, count)
        while low < high {
            let middle = low + (high - low) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The keys that begin with something which so many edits at most make of a word: a letter more, less or other, or two exchanged.
    /// What begins is as long as the word at least, unless it is the whole key: else `main` would be near to all that begins with `mai`.
    func near(_ word: [UInt8], edits: Int) -> [(Range<Int>, edits: Int)] {
        var found: [(Range<Int>, edits: Int)] = []
        let width = word.count + 1
        let depthMax = word.count + edits
        // Row d: what it costs to make the first d letters of the key of the first j letters of the word.
        var rows = [UInt8](repeating: 0, count: (depthMax + 1) * width)
        for column in 0..<width { rows[column] = UInt8(min(column, 255)) }
        var before: ArraySlice<UInt8> = []
        var index = 0
        walk: while index < count {
            let key = self[index]
            var depth = 0
            for (one, other) in zip(before, key).prefix(depthMax) {
                guard one == other else { break }
                depth += 1
            }
            before = key
            while depth < min(key.count, depthMax) {
                let letter = key[key.startIndex + depth]
                let row = (depth + 1) * width
                rows[row] = UInt8(depth + 1)
                var least = rows[row]
                for column in 1..<width {
                    let isSame = word[column - 1] == letter
                    var cost = min(
                        rows[row - width + column - 1] + (isSame ? 0 : 1), rows[row - width + column] + 1, rows[row + column - 1] + 1)
                    if depth > 0, column > 1, word[column - 2] == letter, word[column - 1] == key[key.startIndex + depth - 1] {
                        cost = min(cost, rows[row - 2 * width + column - 2] + 1)
                    }
                    rows[row + column] = cost
                    least = min(least, cost)
                }
                depth += 1
                let cost = Int(rows[row + width - 1])
                let isMet = cost <= edits && (depth >= word.count || depth == key.count)
                guard isMet || Int(least) > edits || depth == depthMax else { continue }
                // All that begin as this one does are like it.
                let prefix = Array(key.prefix(depth))
                let isWhole = isMet && depth < word.count
                let end = isWhole ? index + 1 : firstIndex(from: index) { !$0.starts(with: prefix) }
                if isMet { found.append((index..<end, cost)) }
                index = end
                continue walk
            }
            index += 1
        }
        return found
    }
}
