import Centre
import Contacts
import Organization
import Primitives
import Routing

// How enums with values are written in payloads and tables: a word, and a second one where the case carries something.

extension Presence {
    var words: (presence: String, reason: PresenceReasonID?) {
        switch self {
        case .off: ("off", nil)
        case .ready: ("ready", nil)
        case .notReady(let reason): ("notReady", reason)
        }
    }

    init?(_ presence: String, reason: PresenceReasonID?) {
        switch presence {
        case "off": self = .off
        case "ready": self = .ready
        case "notReady": self = .notReady(reason)
        default: return nil
        }
    }
}

extension ContactOutcome {
    /// The word by which contacts are also filtered: `handled`, `abandoned`, `refused`, `closed`, `failed`, `lostInRestart`, `notReached`.
    var words: (outcome: String, detail: String?) {
        switch self {
        case .handled: ("handled", nil)
        case .abandoned(let phase): ("abandoned", phase.rawValue)
        case .refused(let reason): ("refused", reason.rawValue)
        case .closed: ("closed", nil)
        case .failed: ("failed", nil)
        case .lostInRestart: ("lostInRestart", nil)
        case .notReached(let result): ("notReached", result.rawValue)
        case .internal(let result): ("internal", result.rawValue)
        }
    }

    init?(_ outcome: String, detail: String?) {
        switch outcome {
        case "handled": self = .handled
        case "abandoned":
            guard let phase = detail.flatMap(WaitingPhase.init(rawValue:)) else { return nil }
            self = .abandoned(during: phase)
        case "refused":
            guard let reason = detail.flatMap(RefusalReason.init(rawValue:)) else { return nil }
            self = .refused(reason)
        case "closed": self = .closed
        case "failed": self = .failed
        case "lostInRestart": self = .lostInRestart
        case "notReached":
            guard let result = detail.flatMap(DialResult.init(rawValue:)) else { return nil }
            self = .notReached(result)
        case "internal":
            guard let result = detail.flatMap(DialResult.init(rawValue:)) else { return nil }
            self = .internal(result)
        default: return nil
        }
    }
}

extension Audit.Subject {
    var words: (kind: String, id: String?) {
        let id: String? =
            switch self {
            case .contact(let contact): contact.description
            case .account(let user): user.description
            case .customer(let customer): customer.description
            case .contacts, .customers, .figures, .setUp, .audit, .log, .message: nil
            }
        return (kind.rawValue, id)
    }

    init?(_ kind: String, id: String?) {
        switch Kind(rawValue: kind) {
        case .contact:
            guard let contact = id.flatMap(ContactID.init) else { return nil }
            self = .contact(contact)
        case .account:
            guard let user = id.flatMap(UserID.init) else { return nil }
            self = .account(user)
        case .customer:
            guard let customer = id.flatMap(CustomerID.init) else { return nil }
            self = .customer(customer)
        case .contacts: self = .contacts
        case .customers: self = .customers
        case .figures: self = .figures
        case .setUp: self = .setUp
        case .audit: self = .audit
        case .log: self = .log
        case .message: self = .message
        case nil: return nil
        }
    }
}

extension WrapUpRule {
    var words: (rule: String, limit: Duration?) {
        switch self {
        case .none: ("none", nil)
        case .timed(let limit): ("timed", limit)
        case .untilDisposed: ("untilDisposed", nil)
        case .optional: ("optional", nil)
        case .onRequest(let limit): ("onRequest", limit)
        }
    }

    init?(_ rule: String, limit: Duration?) {
        switch (rule, limit) {
        case ("none", _): self = .none
        case ("timed", let limit?): self = .timed(limit)
        case ("untilDisposed", _): self = .untilDisposed
        case ("optional", _): self = .optional
        case ("onRequest", let limit?): self = .onRequest(limit)
        default: return nil
        }
    }
}

extension RoutingState {
    var words: (state: String, contact: ContactID?, offer: OfferID?) {
        switch self {
        case .off: ("off", nil, nil)
        case .notReady: ("notReady", nil, nil)
        case .idle: ("idle", nil, nil)
        case .offered(let offer, let contact): ("offered", contact, offer)
        case .handling(let contact): ("handling", contact, nil)
        case .wrapUp(let contact): ("wrapUp", contact, nil)
        case .consulted(let contact): ("consulted", contact, nil)
        case .notResponding: ("notResponding", nil, nil)
        }
    }

    init?(_ state: String, contact: ContactID?, offer: OfferID?) {
        switch (state, contact, offer) {
        case ("off", _, _): self = .off
        case ("notReady", _, _): self = .notReady
        case ("idle", _, _): self = .idle
        case ("offered", let contact?, let offer?): self = .offered(offer, contact)
        case ("handling", let contact?, _): self = .handling(contact)
        case ("wrapUp", let contact?, _): self = .wrapUp(contact)
        case ("consulted", let contact?, _): self = .consulted(contact)
        case ("notResponding", _, _): self = .notResponding
        default: return nil
        }
    }
}
