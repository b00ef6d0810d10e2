import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing

extension Actor {
    var words: [String] {
        switch self {
        case .system: ["system"]
        case .network: ["network"]
        case .user(let user): ["user", "\(user)"]
        }
    }

    init(_ words: inout WordReader) throws(RecordingError) {
        let kind = try words.word("an actor")
        switch kind {
        case "system": self = .system
        case "network": self = .network
        case "user": self = .user(try words.id("a user"))
        default: throw words.unexpected(String(kind), wanted: "an actor")
        }
    }
}

extension Input {
    /// Its arguments, behind its kind; a set-up's definitions stand on lines of their own.
    var words: [String] {
        switch self {
        case .setUp, .timePassed: []
        case .audited(let audit): audit.words
        case .restarted(let legs): legs.map { "\($0)" }
        case .callArrived(let leg, let entryPoint): ["\(leg)", "\(entryPoint)"]
        case .legEnded(let leg), .legAnswered(let leg), .legInterrupted(let leg), .legResumed(let leg),
            .soundEnded(let leg):
            ["\(leg)"]
        case .legRefused(let leg, let cause): ["\(leg)", cause.rawValue]
        case .legHeld(let leg, let isHeld): ["\(leg)", "\(isHeld)"]
        case .legLost(let leg, let loss): ["\(leg)", loss.rawValue]
        case .phoneReachable(let phone, let reachable): ["\(phone)", "\(reachable)"]
        case .headsetConnected(let agent, let isConnected): ["\(agent)", "\(isConnected)"]
        case .presenceWanted(let agent, let presence): ["\(agent)"] + presence.words
        case .dialledByPhone(let agent, let contact, let queue, let leg): ["\(agent)", "\(contact)", "\(queue)", "\(leg)"]
        case .dialWanted(let agent, let contact, let queue): ["\(agent)", "\(contact)", "\(queue)"]
        case .numberRefused(let agent, let project, let reason, let rule):
            ["\(agent)", "\(project)", reason.rawValue, rule ?? "-"]
        case .colleagueDialWanted(let agent, let contact, let colleague): ["\(agent)", "\(contact)", "\(colleague)"]
        case .offerDeclined(let agent, let offer): ["\(agent)", "\(offer)"]
        case .contactCompleted(let agent, let contact, let disposition): ["\(agent)", "\(contact)", word(disposition)]
        case .dismissalWanted(let agent, let contact, let reason): ["\(agent)", "\(contact)", reason?.rawValue ?? "-"]
        case .holdWanted(let agent, let contact, let isWanted), .muteWanted(let agent, let contact, let isWanted),
            .recordingWanted(let agent, let contact, let isWanted), .privacyWanted(let agent, let contact, let isWanted):
            ["\(agent)", "\(contact)", "\(isWanted)"]
        case .recordingFated(let recording, let contact, let project, let fate):
            ["\(recording)", "\(contact)", "\(project)", fate.word]
        case .recordingRefused(let leg, let recording): ["\(leg)", "\(recording)"]
        case .keepingChanged(let isKept): ["\(isKept)"]
        case .voiceMeasured(let facts): facts.words
        case .documentPublished(let document, let project, let version): ["\(document)", "\(project)", "\(version)"]
        case .documentRetired(let document, let project): ["\(document)", "\(project)"]
        case .formSubmitted(let agent, let contact, let form, let version): ["\(agent)", "\(contact)", "\(form)", "\(version)"]
        case .contactIdentified(let contact, let customer, let agent): ["\(contact)", "\(customer)", word(agent)]
        case .consultWanted(let agent, let contact, let colleague): ["\(agent)", "\(contact)", "\(colleague)"]
        case .consultDialledByPhone(let agent, let contact, let party, let line): ["\(agent)", "\(contact)"] + party.words + ["\(line)"]
        case .queueConsultWanted(let agent, let contact, let queue): ["\(agent)", "\(contact)", "\(queue)"]
        case .outsideConsultWanted(let agent, let contact, let leg), .outsideTransferWanted(let agent, let contact, let leg):
            ["\(agent)", "\(contact)", "\(leg)"]
        case .consultChangeWanted(let agent, let contact, let stage): ["\(agent)", "\(contact)", stage.rawValue]
        case .consultEndWanted(let agent, let contact, let isTransfer): ["\(agent)", "\(contact)", "\(isTransfer)"]
        case .transferWanted(let agent, let contact, let target): ["\(agent)", "\(contact)"] + target.words
        case .supervisionWanted(let agent, let contact, let mode): ["\(agent)", "\(contact)", mode.rawValue]
        case .microphoneWanted(let agent, let contact, let isWanted): ["\(agent)", "\(contact)", "\(isWanted)"]
        case .supervisionEndWanted(let agent, let contact), .takeOverWanted(let agent, let contact): ["\(agent)", "\(contact)"]
        case .helpWanted(let agent, let isWanted): ["\(agent)", "\(isWanted)"]
        case .agentFreed(let agent), .seatEndWanted(let agent): ["\(agent)"]
        case .seatWanted(let guest, let host): ["\(guest)", "\(host)"]
        case .signOffWanted(let agent, let isSignedOff): ["\(agent)", "\(isSignedOff)"]
        case .wrapUpWanted(let agent, let contact, let isWanted): ["\(agent)", "\(contact)", "\(isWanted)"]
        case .keysWanted(let agent, let contact, let keys): ["\(agent)", "\(contact)", "\(keys)"]
        case .warningGiven(let agent, let contact), .phoneWanted(let agent, let contact), .handOverWanted(let agent, let contact),
            .answerWanted(let agent, let contact), .declineWanted(let agent, let contact):
            ["\(agent)", "\(contact)"]
        }
    }

    init(_ words: inout WordReader) throws(RecordingError) {
        let kind = try words.word("an input")
        switch kind {
        case "setUp": self = .setUp([])
        case "audited": self = .audited(try Audit(&words))
        case "callArrived": self = .callArrived(try words.id("a leg"), try words.id("an entry point"))
        case "legEnded": self = .legEnded(try words.id("a leg"))
        case "legAnswered": self = .legAnswered(try words.id("a leg"))
        case "legRefused": self = .legRefused(try words.id("a leg"), try words.raw("a cause"))
        case "legHeld": self = .legHeld(try words.id("a leg"), try words.bool("true or false"))
        case "soundEnded": self = .soundEnded(try words.id("a leg"))
        case "legLost": self = .legLost(try words.id("a leg"), try words.raw("a loss"))
        case "phoneReachable": self = .phoneReachable(try words.id("a phone"), try words.bool("true or false"))
        case "headsetConnected": self = .headsetConnected(try words.id("an agent"), try words.bool("true or false"))
        case "legInterrupted": self = .legInterrupted(try words.id("a leg"))
        case "legResumed": self = .legResumed(try words.id("a leg"))
        case "answerWanted": self = .answerWanted(try words.id("an agent"), try words.id("a contact"))
        case "declineWanted": self = .declineWanted(try words.id("an agent"), try words.id("a contact"))
        case "presenceWanted": self = .presenceWanted(try words.id("an agent"), try Presence(&words))
        case "dialledByPhone":
            self = .dialledByPhone(try words.id("an agent"), try words.id("a contact"), try words.id("a queue"), try words.id("a leg"))
        case "dialWanted": self = .dialWanted(try words.id("an agent"), try words.id("a contact"), try words.id("a queue"))
        case "numberRefused":
            let (agent, project): (AgentID, ProjectID) = (try words.id("an agent"), try words.id("a project"))
            let reason: DialRefusal = try words.raw("a reason")
            let rule = String(try words.word("a rule"))
            self = .numberRefused(agent, project, reason, rule: rule == "-" ? nil : rule)
        case "colleagueDialWanted":
            self = .colleagueDialWanted(try words.id("an agent"), try words.id("a contact"), to: try words.id("an agent"))
        case "offerDeclined": self = .offerDeclined(try words.id("an agent"), try words.id("an offer"))
        case "contactCompleted":
            self = .contactCompleted(try words.id("an agent"), try words.id("a contact"), try words.optionalID("a disposition"))
        case "dismissalWanted":
            self = .dismissalWanted(try words.id("an agent"), try words.id("a contact"), try words.optionalRaw("a reason"))
        case "warningGiven": self = .warningGiven(try words.id("an agent"), try words.id("a contact"))
        case "phoneWanted": self = .phoneWanted(try words.id("an agent"), try words.id("a contact"))
        case "holdWanted":
            self = .holdWanted(try words.id("an agent"), try words.id("a contact"), try words.bool("true or false"))
        case "muteWanted":
            self = .muteWanted(try words.id("an agent"), try words.id("a contact"), try words.bool("true or false"))
        case "recordingWanted":
            self = .recordingWanted(try words.id("an agent"), try words.id("a contact"), try words.bool("true or false"))
        case "privacyWanted":
            self = .privacyWanted(try words.id("an agent"), try words.id("a contact"), try words.bool("true or false"))
        case "recordingFated":
            self = .recordingFated(
                try words.id("a recording"), try words.id("a contact"), try words.id("a project"), try RecordingFate(&words))
        case "recordingRefused": self = .recordingRefused(try words.id("a leg"), try words.id("a recording"))
        case "keepingChanged": self = .keepingChanged(try words.bool("true or false"))
        case "voiceMeasured": self = .voiceMeasured(try VoiceFacts(&words))
        case "documentPublished":
            self = .documentPublished(try words.id("a document"), try words.id("a project"), version: try words.integer("a version"))
        case "documentRetired": self = .documentRetired(try words.id("a document"), try words.id("a project"))
        case "formSubmitted":
            self = .formSubmitted(
                try words.id("an agent"), try words.id("a contact"), form: try words.id("a form"), version: try words.integer("a version"))
        case "contactIdentified":
            self = .contactIdentified(try words.id("a contact"), try words.id("a customer"), by: try words.optionalID("an agent"))
        case "wrapUpWanted":
            self = .wrapUpWanted(try words.id("an agent"), try words.id("a contact"), try words.bool("true or false"))
        case "keysWanted": self = .keysWanted(try words.id("an agent"), try words.id("a contact"), try words.id("keys"))
        case "consultWanted":
            self = .consultWanted(try words.id("an agent"), try words.id("a contact"), with: try words.id("an agent"))
        case "consultDialledByPhone":
            self = .consultDialledByPhone(
                try words.id("an agent"), try words.id("a contact"), with: try DialledParty(&words), on: try words.id("a leg"))
        case "queueConsultWanted":
            self = .queueConsultWanted(try words.id("an agent"), try words.id("a contact"), try words.id("a queue"))
        case "outsideConsultWanted":
            self = .outsideConsultWanted(try words.id("an agent"), try words.id("a contact"), try words.id("a leg"))
        case "outsideTransferWanted":
            self = .outsideTransferWanted(try words.id("an agent"), try words.id("a contact"), try words.id("a leg"))
        case "consultChangeWanted":
            self = .consultChangeWanted(try words.id("an agent"), try words.id("a contact"), try words.raw("a stage"))
        case "consultEndWanted":
            self = .consultEndWanted(
                try words.id("an agent"), try words.id("a contact"), isTransfer: try words.bool("true or false"))
        case "transferWanted":
            self = .transferWanted(try words.id("an agent"), try words.id("a contact"), to: try TransferTarget(&words))
        case "handOverWanted": self = .handOverWanted(try words.id("an agent"), try words.id("a contact"))
        case "supervisionWanted":
            self = .supervisionWanted(try words.id("an agent"), try words.id("a contact"), try words.raw("a mode"))
        case "microphoneWanted":
            self = .microphoneWanted(try words.id("an agent"), try words.id("a contact"), try words.bool("true or false"))
        case "supervisionEndWanted": self = .supervisionEndWanted(try words.id("an agent"), try words.id("a contact"))
        case "takeOverWanted": self = .takeOverWanted(try words.id("an agent"), try words.id("a contact"))
        case "helpWanted": self = .helpWanted(try words.id("an agent"), try words.bool("true or false"))
        case "seatWanted": self = .seatWanted(try words.id("an agent"), beside: try words.id("an agent"))
        case "seatEndWanted": self = .seatEndWanted(try words.id("an agent"))
        case "signOffWanted":
            self = .signOffWanted(try words.id("an agent"), isSignedOff: try words.bool("true or false"))
        case "agentFreed": self = .agentFreed(try words.id("an agent"))
        case "timePassed": self = .timePassed
        case "restarted":
            var legs: [LegID] = []
            while !words.isAtEnd { legs.append(try words.id("a leg")) }
            self = .restarted(legs)
        default: throw words.unexpected(String(kind), wanted: "an input")
        }
    }
}

extension Audit {
    fileprivate var words: [String] {
        let subject: [String] =
            switch subject {
            case .contact(let contact): ["contact", "\(contact)"]
            case .account(let user): ["account", "\(user)"]
            case .customer(let customer): ["customer", "\(customer)"]
            case .contacts, .customers, .figures, .setUp, .audit, .log, .message: [subject.kind.rawValue]
            }
        return [action.rawValue, word(project)] + subject + question.map(\.text)
    }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        let action: Action = try words.raw("an action")
        let project: ProjectID? = try words.optionalID("a project")
        let kind: Subject.Kind = try words.raw("a subject")
        let subject: Subject =
            switch kind {
            case .contact: .contact(try words.id("a contact"))
            case .account: .account(try words.id("a user"))
            case .customer: .customer(try words.id("a customer"))
            case .contacts: .contacts
            case .customers: .customers
            case .figures: .figures
            case .setUp: .setUp
            case .audit: .audit
            case .log: .log
            case .message: .message
            }
        var question: [Term] = []
        while !words.isAtEnd {
            let text = try words.word("a term")
            guard let term = Term(parsing: text) else { throw words.unexpected(String(text), wanted: "a term") }
            question.append(term)
        }
        self.init(action, subject, of: project, question: question)
    }
}

extension DialledParty {
    fileprivate var words: [String] {
        switch self {
        case .colleague(let agent): ["colleague", "\(agent)"]
        case .number(let leg): ["number", "\(leg)"]
        }
    }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        let kind = try words.word("whom he calls")
        switch kind {
        case "colleague": self = .colleague(try words.id("an agent"))
        case "number": self = .number(try words.id("a leg"))
        default: throw words.unexpected(String(kind), wanted: "whom he calls")
        }
    }
}

extension TransferTarget {
    fileprivate var words: [String] {
        switch self {
        case .queue(let queue): ["queue", "\(queue)"]
        case .agent(let agent): ["agent", "\(agent)"]
        }
    }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        let kind = try words.word("a target")
        switch kind {
        case "queue": self = .queue(try words.id("a queue"))
        case "agent": self = .agent(try words.id("an agent"))
        default: throw words.unexpected(String(kind), wanted: "a target")
        }
    }
}

extension Presence {
    fileprivate var words: [String] {
        switch self {
        case .off: ["off"]
        case .ready: ["ready"]
        case .notReady(let reason): ["notReady", word(reason)]
        }
    }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        let kind = try words.word("a presence")
        switch kind {
        case "off": self = .off
        case "ready": self = .ready
        case "notReady": self = .notReady(try words.optionalID("a reason"))
        default: throw words.unexpected(String(kind), wanted: "a presence")
        }
    }
}
