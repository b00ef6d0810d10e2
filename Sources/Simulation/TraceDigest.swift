import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing

/// A number that stands for everything the engine decided on a day: two runs with one seed must agree in it, whatever
/// the process's hash seed. (`Hasher` would not do: it is seeded anew in each process.)
struct TraceDigest: Sendable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ word: UInt64) {
        value = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
        value ^= value >> 29
    }

    mutating func add<Tag>(_ id: ID<Tag>?) {
        add(id?.high ?? 0)
        add(id?.low ?? 0)
    }

    mutating func add(_ moment: Timestamp) { add(UInt64(bitPattern: moment.microseconds)) }

    mutating func add(_ result: StepResult) {
        for entry in result.entries { add(entry) }
        for directive in result.directives { add(directive) }
    }

    private mutating func add(_ entry: LogEntry) {
        add(UInt64(bitPattern: entry.position.number))
        add(entry.at)
        add(entry.contact)
        add(entry.agent)
        add(entry.queue)
        if case .offerMade(let offering) = entry.event {
            add(offering.offer)
            add(offering.leg)
            add(offering.deadline)
            add(UInt64(offering.explanation.free))
            for candidate in offering.explanation.considered { add(candidate.agent) }
            for excluded in offering.explanation.excluded {
                add(UInt64(excluded.count))
                for agent in excluded.agents { add(agent) }
            }
        }
    }

    private mutating func add(_ directive: CallDirective) {
        switch directive {
        case .ring(let leg, let phone, let customer):
            add(1)
            add(leg)
            add(phone)
            add(customer)
        case .answer(let leg):
            add(2)
            add(leg)
        case .refuse(let leg, let reason):
            add(reason == .busy ? 3 : 4)
            add(leg)
        case .end(let leg):
            add(5)
            add(leg)
        case .play(let leg, let sound):
            add(sound == .music ? 6 : sound == .ringBack ? 7 : 8)
            add(leg)
        case .bridge(let one, let other):
            add(9)
            add(one)
            add(other)
        case .consult(let leg, let phone, let customer, let agent):
            add(13)
            add(leg)
            add(phone)
            add(customer)
            add(agent)
        case .call(let leg, let agent):
            add(14)
            add(leg)
            add(agent)
        case .recover(let leg):
            add(10)
            add(leg)
        case .supervise(let leg, let phone, let customer):
            add(15)
            add(leg)
            add(phone)
            add(customer)
        case .confer(let voices):
            add(11)
            for voice in voices {
                add(voice.leg)
                for other in voices where voice.isHeard(by: other) { add(other.leg) }
            }
        case .record(let leg, let recording):
            add(16)
            add(leg)
            add(recording)
        case .stopRecording(let leg):
            add(17)
            add(leg)
        case .keepPrivate(let leg, let isWanted):
            add(isWanted ? 18 : 19)
            add(leg)
        case .press(let leg, let keys):
            add(12)
            add(leg)
            add(keys)
        }
    }
}
