import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing

/// What a centre does about something, with names for ids.
extension Centre {
    struct Caller: Hashable {
        let leg: LegID
        var contact: ContactID { ContactID(sameAs: leg) }
    }

    /// What the centre asks of signalling, by name.
    enum Deed: Hashable {
        case ring(Name, for: Caller)
        case answer(Caller)
        /// Takes the call of a phone of ours.
        case answerPhone(Name)
        case refuse(Caller, CallRefusal)
        case stopPhone(Name)
        case hangUp(Caller)
        case play(Sound, to: Caller)
        case connect(Caller, Name)
        /// Calls the number of somebody whom she has dialled.
        case call(Caller, for: Name)
        /// Calls a number for a customer who is sent there.
        case callOutside(Caller, for: Caller)
        /// Two who are both outside hear each other.
        case connectOutside(Caller, Caller)
        /// The agent hears a number outside.
        case connectNumber(Name, Caller)
        case connectThree(Caller, Name, Caller)
        /// The caller does not hear her, she hears him.
        case connectMuted(Caller, Name)
        case press(ID<Keys>, to: Caller)
        case record(Caller)
        case stopRecording(Caller)
        case keepPrivate(Caller, Bool)
        case ringToAsk(Name, about: Caller, for: Name)
        case playPhone(Sound, Name)
        /// Two phones of ours hear each other.
        case connectPhones(Name, Name)
        case connectAll(Caller, Name, Name)
        case ringToSupervise(Name, Caller)
        /// Who hears whom, one for each party.
        case mix([Heard])
        /// Takes up the line of before a restart.
        case recover(Caller)
        case recoverPhone(Name)
        /// Ends a line that the centre does not know.
        case endUnknownLine
    }

    /// Whom one party of a talk hears.
    struct Heard: Hashable {
        let listener: Ear
        let speakers: Set<Ear>

        init(by listener: Ear, _ speakers: Set<Ear>) {
            self.listener = listener
            self.speakers = speakers
        }
    }

    /// A party that listens: somebody outside, or one of us.
    enum Ear: Hashable {
        case outside(Caller)
        case phone(Name)
    }
}
