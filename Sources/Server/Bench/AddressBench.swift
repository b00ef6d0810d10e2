import Gazetteer
import Primitives

/// A country's streets, half of them written in Georgian too: how long somebody who types an address waits for what he may mean.
package struct AddressBench: Sendable {
    package static let streets = 200_000
    package var rounds = 2000

    private static let syllables = [
        "be", "ri", "dze", "ge", "la", "shvi", "li", "mar", "kho", "tsi", "va", "do", "lan", "kap", "ana", "zu", "gi", "no",
    ]
    private static let georgian = [
        "ბე", "რი", "ძე", "გე", "ლა", "შვი", "ლი", "მარ", "ხო", "ცი", "ვა", "დო", "ლან", "კაპ", "ანა", "ზუ", "გი", "ნო",
    ]
    private static let kinds = ["Street", "Avenue", "Lane", "Square"]
    private static let towns = 400

    package init(rounds: Int) {
        self.rounds = rounds
    }

    private static func name(_ random: inout Random, _ count: Int) -> [Int] {
        (0..<count).map { _ in Int(random.next() % UInt64(syllables.count)) }
    }

    private static func written(_ name: [Int], in script: [String]) -> String { name.map { script[$0] }.joined() }

    /// In turns: what is typed of a street letter by letter, with a house and a town, misspelled, in the other script.
    package func run() -> ACDBench.Spans {
        var random = Random(seed: 3)
        let towns = (0..<Self.towns).map { _ in Self.written(Self.name(&random, 3), in: Self.syllables) }
        var known: [(name: [Int], town: String)] = []
        var builder = StreetIndex.Builder()
        for number in 0..<Self.streets {
            let name = Self.name(&random, 3 + number % 2)
            let town = towns[Int(random.next() % UInt64(Self.towns))]
            known.append((name, town))
            builder.add(
                Street(
                    name: "\(Self.written(name, in: Self.syllables).capitalizedFirst) \(Self.kinds[number % 4])",
                    city: town.capitalizedFirst,
                    postcode: String(1000 + number % 9000), names: number % 2 == 0 ? [Self.written(name, in: Self.georgian)] : []))
        }
        let index = builder.index()
        let clock = ContinuousClock()
        var took: [Double] = []
        for round in 0..<rounds {
            let (name, town) = known[Int(random.next() % UInt64(known.count))]
            let latin = Self.written(name, in: Self.syllables)
            var misspelled = Array(latin)
            misspelled.swapAt(2, 3)
            let text =
                switch round % 6 {
                case 0: String(latin.prefix(1 + round / 6 % 3))
                case 1: latin
                case 2: "\(latin) str 12"
                case 3: "\(latin) 12 \(town)"
                case 4: String(misspelled)
                default: Self.written(name, in: Self.georgian)
                }
            let began = clock.now
            _ = index.suggestions(for: text, city: round % 2 == 0 ? town : "", limit: 8)
            took.append((clock.now - began).inSeconds * 1000)
        }
        return .init(milliseconds: took.sorted())
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
