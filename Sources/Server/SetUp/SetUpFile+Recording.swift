import Operation
import Organization
import Primitives
import Yams

/// Which calls of a project are recorded.
extension SetUpFile {
    static func recording(_ reader: SetUpReader, otherwise fallback: RecordingRule) -> RecordingRule {
        if reader.isLeftOut { return fallback }
        if reader.isNull { return .standard }
        guard reader.node?.mapping != nil else {
            reader.refuse(.mappingNeeded, "what is recorded, and what becomes of it")
            return fallback
        }
        reader.allow("calls", "percent", "announce", "mayPause", "days")
        var rule = fallback
        let percent = reader["percent"]
        let calls = reader["calls"]
        let word = calls.isAbsent ? fallback.word : calls.choice(RecordingRule.words.map { ($0, $0) }) ?? fallback.word
        if word == "share" {
            let old: Int? = if case .share(let percent) = fallback.calls { percent } else { nil }
            rule.calls = .share(
                old.map { percent.whole(RecordingRule.shareAllowed, default: $0) } ?? percent.whole(RecordingRule.shareAllowed))
        } else {
            // Of another rule the percentage says nothing; the settings leave it there for whoever comes back to a share.
            rule.calls = word == "all" ? .all : word == "onDemand" ? .onDemand : .none
        }
        rule.announces = yesOrNo(reader["announce"], otherwise: fallback.announces)
        rule.mayPause = yesOrNo(reader["mayPause"], otherwise: fallback.mayPause)
        rule.days = reader["days"].whole(RecordingRule.daysAllowed, default: fallback.days)
        return rule
    }

    private static func yesOrNo(_ reader: SetUpReader, otherwise fallback: Bool) -> Bool {
        reader.isAbsent ? fallback : reader.choice([("yes", true), ("no", false), ("true", true), ("false", false)]) ?? fallback
    }
}
