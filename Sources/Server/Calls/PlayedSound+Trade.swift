import Audio
import Calls
import MediaServer
import Primitives

extension PlayedSound {
    /// What the trade asks for, as the media plane plays it.
    init(_ sound: Calls.Sound) {
        switch sound {
        case .silence: self = .silence
        case .ringBack: self = .tone(.ringBack)
        case .music: self = .music
        case .greeting(let language): self = .prompt(PromptName("greeting.\(language.rawValue)"), then: .music)
        case .recorded(let language): self = .prompt(PromptName("recorded.\(language.rawValue)"), then: .silence)
        case .closed(let language): self = .prompt(PromptName("closed.\(language.rawValue)"), then: .silence)
        }
    }
}
