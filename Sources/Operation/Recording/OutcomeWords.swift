import Calls
import Centre
import Contacts
import Organization
import Primitives

// What a step led to, as words: directives and refusals.

extension CallDirective {
    var words: [String] {
        switch self {
        case .ring(let leg, let phone, let customer): ["ring", "\(leg)", "\(phone)", "\(customer)"]
        case .call(let leg, let agent): ["call", "\(leg)", "\(agent)"]
        case .answer(let leg): ["answer", "\(leg)"]
        case .refuse(let leg, let reason): ["refuse", "\(leg)", reason.rawValue]
        case .end(let leg): ["end", "\(leg)"]
        case .play(let leg, let sound): ["play", "\(leg)"] + sound.words
        case .bridge(let one, let other): ["bridge", "\(one)", "\(other)"]
        case .consult(let leg, let phone, let customer, let agent): ["consult", "\(leg)", "\(phone)", "\(customer)", "\(agent)"]
        case .supervise(let leg, let phone, let customer): ["supervise", "\(leg)", "\(phone)", "\(customer)"]
        case .confer(let voices): ["confer"] + voices.flatMap { ["\($0.leg)", $0.hears.word, $0.heardBy.word] }
        case .press(let leg, let keys): ["press", "\(leg)", "\(keys)"]
        case .record(let leg, let recording): ["record", "\(leg)", "\(recording)"]
        case .stopRecording(let leg): ["stopRecording", "\(leg)"]
        case .keepPrivate(let leg, let isWanted): ["keepPrivate", "\(leg)", "\(isWanted)"]
        case .recover(let leg): ["recover", "\(leg)"]
        }
    }

    init(_ words: inout WordReader) throws(RecordingError) {
        let kind = try words.word("a directive")
        switch kind {
        case "ring": self = .ring(try words.id("a leg"), phone: try words.id("a phone"), customer: try words.id("a leg"))
        case "call": self = .call(try words.id("a leg"), for: try words.id("a leg"))
        case "answer": self = .answer(try words.id("a leg"))
        case "refuse": self = .refuse(try words.id("a leg"), try words.raw("a reason"))
        case "end": self = .end(try words.id("a leg"))
        case "play": self = .play(try words.id("a leg"), try Sound(&words))
        case "bridge": self = .bridge(try words.id("a leg"), try words.id("a leg"))
        case "record": self = .record(try words.id("a leg"), try words.id("a recording"))
        case "stopRecording": self = .stopRecording(try words.id("a leg"))
        case "keepPrivate": self = .keepPrivate(try words.id("a leg"), try words.bool("true or false"))
        case "consult":
            self = .consult(
                try words.id("a leg"), phone: try words.id("a phone"), customer: try words.id("a leg"), agent: try words.id("a leg"))
        case "confer":
            var voices: [Voice] = []
            while !words.isAtEnd {
                voices.append(Voice(try words.id("a leg"), hears: try Audience(&words), heardBy: try Audience(&words)))
            }
            self = .confer(voices)
        case "supervise": self = .supervise(try words.id("a leg"), phone: try words.id("a phone"), customer: try words.id("a leg"))
        case "press": self = .press(try words.id("a leg"), try words.id("keys"))
        case "recover": self = .recover(try words.id("a leg"))
        default: throw words.unexpected(String(kind), wanted: "a directive")
        }
    }
}

extension Audience {
    /// `everyone`, `nobody`, or legs with commas between.
    fileprivate var word: String {
        switch self {
        case .everyone: "everyone"
        case .nobody: "nobody"
        case .only(let legs): legs.sorted().map { "\($0)" }.joined(separator: ",")
        }
    }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        let word = try words.word("an audience")
        switch word {
        case "everyone": self = .everyone
        case "nobody": self = .nobody
        default:
            var legs: Set<LegID> = []
            for part in word.split(separator: ",") {
                guard let leg = LegID(String(part)) else { throw words.unexpected(String(part), wanted: "a leg") }
                legs.insert(leg)
            }
            self = .only(legs)
        }
    }
}

extension Sound {
    fileprivate var words: [String] {
        switch self {
        case .silence: ["silence"]
        case .ringBack: ["ringBack"]
        case .music: ["music"]
        case .greeting(let language): ["greeting", language.rawValue]
        case .recorded(let language): ["recorded", language.rawValue]
        case .closed(let language): ["closed", language.rawValue]
        }
    }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        let kind = try words.word("a sound")
        switch kind {
        case "silence": self = .silence
        case "ringBack": self = .ringBack
        case "music": self = .music
        case "greeting": self = .greeting(try words.raw("a language"))
        case "recorded": self = .recorded(try words.raw("a language"))
        case "closed": self = .closed(try words.raw("a language"))
        default: throw words.unexpected(String(kind), wanted: "a sound")
        }
    }
}

extension Refusal {
    var words: [String] {
        switch self {
        case .agentUnknown(let agent): ["agentUnknown", "\(agent)"]
        case .contactUnknown(let contact): ["contactUnknown", "\(contact)"]
        case .staleState: ["staleState"]
        case .notALeaf(let disposition): ["notALeaf", "\(disposition)"]
        case .reasonNeeded: ["reasonNeeded"]
        case .warningNeeded: ["warningNeeded"]
        case .noEscalation: ["noEscalation"]
        case .heldAtPhone: ["heldAtPhone"]
        case .targetUnknown: ["targetUnknown"]
        case .agentNotFree(let agent): ["agentNotFree", "\(agent)"]
        case .nobodyFree(let queue): ["nobodyFree", "\(queue)"]
        case .agentBusy: ["agentBusy"]
        case .notSignedOn: ["notSignedOn"]
        case .traineeAlone(let agent): ["traineeAlone", "\(agent)"]
        case .traineeNeeded: ["traineeNeeded"]
        case .seatTaken: ["seatTaken"]
        case .phoneUnreachable: ["phoneUnreachable"]
        case .setUp(let index, let flaw): ["setUp", "\(index)"] + flaw.words
        case .limit(let name): ["limit", name]
        }
    }

    init(_ words: inout WordReader) throws(RecordingError) {
        let kind = try words.word("a refusal")
        switch kind {
        case "agentUnknown": self = .agentUnknown(try words.id("an agent"))
        case "contactUnknown": self = .contactUnknown(try words.id("a contact"))
        case "staleState": self = .staleState
        case "notALeaf": self = .notALeaf(try words.id("a disposition"))
        case "reasonNeeded": self = .reasonNeeded
        case "warningNeeded": self = .warningNeeded
        case "noEscalation": self = .noEscalation
        case "heldAtPhone": self = .heldAtPhone
        case "targetUnknown": self = .targetUnknown
        case "agentNotFree": self = .agentNotFree(try words.id("an agent"))
        case "nobodyFree": self = .nobodyFree(try words.id("a queue"))
        case "agentBusy": self = .agentBusy
        case "notSignedOn": self = .notSignedOn
        case "traineeAlone": self = .traineeAlone(try words.id("an agent"))
        case "traineeNeeded": self = .traineeNeeded
        case "seatTaken": self = .seatTaken
        case "phoneUnreachable": self = .phoneUnreachable
        case "setUp": self = .setUp(index: try words.integer("an index"), try Organization.Flaw(&words))
        case "limit": self = .limit(String(try words.word("a limit")))
        default: throw words.unexpected(String(kind), wanted: "a refusal")
        }
    }
}

extension Organization.Flaw {
    fileprivate var words: [String] {
        switch self {
        case .projectUnknown(let project): ["projectUnknown", "\(project)"]
        case .queueUnknown(let queue): ["queueUnknown", "\(queue)"]
        case .dispositionUnknown(let disposition): ["dispositionUnknown", "\(disposition)"]
        case .projectChanged: ["projectChanged"]
        case .inUse(let retirement): ["inUse"] + retirement.words
        }
    }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        let kind = try words.word("a flaw")
        switch kind {
        case "projectUnknown": self = .projectUnknown(try words.id("a project"))
        case "queueUnknown": self = .queueUnknown(try words.id("a queue"))
        case "dispositionUnknown": self = .dispositionUnknown(try words.id("a disposition"))
        case "projectChanged": self = .projectChanged
        case "inUse": self = .inUse(try Retirement(&words))
        default: throw words.unexpected(String(kind), wanted: "a flaw")
        }
    }
}
