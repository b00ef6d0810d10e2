import Contacts
import HTTPAPI
import Organization
import Primitives
import Routing

/// What the server of a demo tells its keeper.
enum DemoReport: Hashable, Sendable {
    /// Where customers call from.
    case trunk(IPAddress)
    /// A number that they call.
    case entryPoint(String)
    /// A colleague whom the keeper plays, and his phone.
    case colleague(AgentID, at: NetworkAddress, user: String)
    case project(ProjectID, key: String)
    /// What can come of a project's contacts.
    case disposition(DispositionID, of: ProjectID)
    case reason(PresenceReasonID)
    /// All of the above has been told, and the server answers.
    case serving(port: Int)
    /// Somebody talks with the customer of this number: a colleague, or a newcomer.
    case answered(caller: String, byColleague: Bool)
    case wrapUp(ContactID, AgentID, of: ProjectID)
    /// The colleague is not ready, and why: he did not respond, or he has left.
    case away(AgentID)
    /// How many colleagues are free, and how many of those whom nobody plays.
    case free(colleagues: Int, newcomers: Int)
    /// One of those that were asked for by `DemoOrder.count`.
    case open(OpenContact)
    /// It is not open any more.
    case closed(ContactID, isLost: Bool)
    /// All that were asked for have been told.
    case counted
    case trafficWanted(Int)
    case plugWanted
}

/// What the keeper wants of the server.
enum DemoOrder: Hashable, Sendable {
    case presence(AgentID, Presence)
    case complete(ContactID, AgentID, DispositionID, note: String)
    /// Tell of all open contacts, and what became of these.
    case count([ContactID])
    case traffic(DemoTraffic)
    case pull(PlugPull)
}

// A line of words for each: there is nothing but ids and numbers in them, and one text at the end. Both ends are of one build; what
// cannot be read all the same is dropped.

extension DemoReport {
    var line: String {
        switch self {
        case .trunk(let address): "trunk \(address)"
        case .entryPoint(let number): "entryPoint \(number)"
        case .colleague(let agent, let address, let user): "colleague \(agent) \(address) \(user)"
        case .project(let id, let key): "project \(id) \(key)"
        case .disposition(let id, let project): "disposition \(id) \(project)"
        case .reason(let id): "reason \(id)"
        case .serving(let port): "serving \(port)"
        case .answered(let caller, let byColleague): "answered \(caller) \(byColleague)"
        case .wrapUp(let contact, let agent, let project): "wrapUp \(contact) \(agent) \(project)"
        case .away(let agent): "away \(agent)"
        case .free(let colleagues, let newcomers): "free \(colleagues) \(newcomers)"
        case .open(let contact):
            "open \(contact.id) \(contact.stage.rawValue) \(contact.queue) \(contact.place) \(contact.isHeard) \(contact.isPages)"
        case .closed(let contact, let isLost): "closed \(contact) \(isLost)"
        case .counted: "counted"
        case .trafficWanted(let factor): "trafficWanted \(factor)"
        case .plugWanted: "plugWanted"
        }
    }

    init?(line: String) {
        guard let report = try? Self.read(line) else { return nil }
        self = report
    }

    private static func read(_ line: String) throws(Words.Missing) -> Self? {
        var words = Words(line)
        return switch try words.word() {
        case "trunk": IPAddress(try words.word()).map { .trunk($0) }
        case "entryPoint": .entryPoint(String(try words.word()))
        case "colleague": .colleague(try words.value(), at: try words.address(), user: words.text())
        case "project": .project(try words.value(), key: words.text())
        case "disposition": .disposition(try words.value(), of: try words.value())
        case "reason": .reason(try words.value())
        case "serving": .serving(port: try words.value())
        case "answered": .answered(caller: String(try words.word()), byColleague: try words.value())
        case "wrapUp": .wrapUp(try words.value(), try words.value(), of: try words.value())
        case "away": .away(try words.value())
        case "free": .free(colleagues: try words.value(), newcomers: try words.value())
        case "open":
            .open(
                OpenContact(
                    id: try words.value(), stage: try words.choice(), queue: try words.value(), place: try words.value(),
                    isHeard: try words.value(), isPages: try words.value()))
        case "closed": .closed(try words.value(), isLost: try words.value())
        case "counted": .counted
        case "trafficWanted": .trafficWanted(try words.value())
        case "plugWanted": .plugWanted
        default: nil
        }
    }
}

extension DemoOrder {
    var line: String {
        switch self {
        case .presence(let agent, .ready): "presence \(agent) ready"
        case .presence(let agent, .off): "presence \(agent) off"
        case .presence(let agent, .notReady(nil)): "presence \(agent) notReady"
        case .presence(let agent, .notReady(let reason?)): "presence \(agent) notReady \(reason)"
        case .complete(let contact, let agent, let disposition, let note): "complete \(contact) \(agent) \(disposition) \(note)"
        case .count(let contacts): (["count"] + contacts.map(\.description)).joined(separator: " ")
        case .traffic(let traffic): "traffic \(traffic.factor) \(traffic.callsAMinute)"
        case .pull(let pull):
            "pull \(pull.number) \(pull.open) \(pull.lost) \(pull.lostPages) \(pull.ended) \(pull.waiting) \(pull.keptPlace) "
                + "\(pull.talks) \(pull.heardAgain) \(pull.awaited) \(pull.milliseconds) \(pull.isOver)"
        }
    }

    init?(line: String) {
        guard let order = try? Self.read(line) else { return nil }
        self = order
    }

    private static func read(_ line: String) throws(Words.Missing) -> Self? {
        var words = Words(line)
        switch try words.word() {
        case "presence":
            let agent: AgentID = try words.value()
            switch try words.word() {
            case "ready": return .presence(agent, .ready)
            case "off": return .presence(agent, .off)
            case "notReady": return .presence(agent, .notReady(words.isAtEnd ? nil : try words.value()))
            default: return nil
            }
        case "complete": return .complete(try words.value(), try words.value(), try words.value(), note: words.text())
        case "count":
            var contacts: [ContactID] = []
            while !words.isAtEnd { contacts.append(try words.value()) }
            return .count(contacts)
        case "traffic": return .traffic(DemoTraffic(factor: try words.value(), callsAMinute: try words.value()))
        case "pull":
            var pull = PlugPull(number: try words.value())
            for count in [
                \PlugPull.open, \.lost, \.lostPages, \.ended, \.waiting, \.keptPlace, \.talks, \.heardAgain, \.awaited, \.milliseconds,
            ] { pull[keyPath: count] = try words.value() }
            pull.isOver = try words.value()
            return .pull(pull)
        default: return nil
        }
    }
}

/// Reads one line, word by word.
private struct Words {
    private var rest: ArraySlice<Substring>

    struct Missing: Error {}

    init(_ line: String) {
        rest = line.split(separator: " ", omittingEmptySubsequences: false)[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func word() throws(Missing) -> Substring {
        guard let word = rest.popFirst() else { throw Missing() }
        return word
    }

    mutating func value<Value: LosslessStringConvertible>() throws(Missing) -> Value {
        guard let value = Value(String(try word())) else { throw Missing() }
        return value
    }

    mutating func choice<Choice: RawRepresentable<String>>() throws(Missing) -> Choice {
        guard let choice = Choice(rawValue: String(try word())) else { throw Missing() }
        return choice
    }

    mutating func address() throws(Missing) -> NetworkAddress {
        guard let address = NetworkAddress(try word()) else { throw Missing() }
        return address
    }

    /// All that is left.
    mutating func text() -> String {
        defer { rest = [] }
        return rest.joined(separator: " ")
    }
}
