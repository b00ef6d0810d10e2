/// How often people do what is more than to call, answer and talk: chances, of each talk where nothing else is said.
struct Habits: Sendable {
    /// Of all calls, those that end at once.
    var hurriedCall = 0.02
    var briefTalk = 0.03
    /// The customer hangs up, not the agent.
    var customerEnds = 0.85
    var holdAtPhone = 0.1
    var vanishing = 0.01
    /// Both hang up at once.
    var crossing = 0.02
    var hold = 0.1
    var mute = 0.1
    /// Keeps a part of the talk out of the recording; asks for one.
    var privacy = 0.08
    var recordingAsked = 0.2
    /// An agent asks for wrap-up, where it is given on request.
    var wrapUpAsked = 0.3
    var keys = 0.05
    var warning = 0.05
    var dismissal = 0.05
    var handOver = 0.03
    var consult = 0.08
    /// Of the consults, those with a number outside, and those with a queue.
    var consultOutside = 0.3
    var consultQueue = 0.2
    var consultByPhone = 0.04
    var sentOutside = 0.04
    /// Talks that a supervisor listens to, and those whose agent asks for one.
    var supervision = 0.12
    var help = 0.05
    var queueTransfer = 0.04
    var agentTransfer = 0.06
    /// Of the wrap-ups, those in which no leaf is chosen at first.
    var branchChosen = 0.05
    /// Of the wrap-ups that have an end, those that are left to it, and those that are done at the very end.
    var unfinishedWrapUp = 0.2
    var lastMoment = 0.05

    /// As rough as a day can be: what may cross, crosses.
    static let rough = Habits()

    /// People who know their work, in a centre that calls nobody outside.
    static let orderly = Habits(
        hurriedCall: 0.01, briefTalk: 0.01, customerEnds: 0.98, holdAtPhone: 0, vanishing: 0.001, crossing: 0.005, hold: 0.15, mute: 0.03,
        privacy: 0, recordingAsked: 0, keys: 0, warning: 0.005, dismissal: 0.01, handOver: 0, consult: 0.04, consultOutside: 0,
        consultQueue: 0, consultByPhone: 0,
        sentOutside: 0, supervision: 0, help: 0, queueTransfer: 0.05, agentTransfer: 0.02, branchChosen: 0, unfinishedWrapUp: 0.04,
        lastMoment: 0.02)
}
