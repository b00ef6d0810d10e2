import Calls

// What becomes of recordings of calls, as words of a recording of inputs.

extension RecordingFate {
    var word: String {
        switch self {
        case .held: "held"
        case .released: "released"
        case .erased(let reason): "erased.\(reason.rawValue)"
        }
    }

    init(_ words: inout WordReader) throws(RecordingError) {
        let word = String(try words.word("a fate"))
        let known: [RecordingFate] = [.held, .released] + ErasureReason.allCases.map { .erased($0) }
        guard let fate = known.first(where: { $0.word == word }) else { throw words.unexpected(word, wanted: "a fate") }
        self = fate
    }
}
