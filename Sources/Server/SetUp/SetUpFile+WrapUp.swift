import Organization
import Yams

/// What follows a talk: a span, a word, or a span for those who ask for it.
extension SetUpFile {
    static func wrapUp(_ reader: SetUpReader, otherwise fallback: WrapUpRule) -> WrapUpRule {
        if reader.isAbsent { return fallback }
        if reader.node?.mapping != nil {
            reader.allow("onRequest")
            return .onRequest(.seconds(reader["onRequest"].whole(spans)))
        }
        if reader.node?.int != nil { return .timed(.seconds(reader.whole(spans))) }
        return reader.choice([("none", .none), ("untilDisposed", .untilDisposed), ("optional", .optional)]) ?? fallback
    }

    /// In seconds.
    private static let spans = 1...3600
}
