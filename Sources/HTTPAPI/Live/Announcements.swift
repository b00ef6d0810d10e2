import Centre
import Contacts
import Organization
import Synchronization

/// Where the centre tells what has become durable, and what is wrong. It only writes down and rings a bell: nothing of a step waits for a
/// screen. Made before the centre, whose port it is, and given to the server afterwards.
package final class Announcements: Sendable {
    private struct State {
        var entries: [LogEntry] = []
        /// Too many came unread; what they would have changed must be read anew.
        var isLossy = false
        var hasNewTroubles = false
        /// Whose headset has changed.
        var headsets: Set<AgentID> = []
        /// Who has asked for approvals, or was answered.
        var askers: [AgentID: Set<Place>] = [:]
        /// Whose voices sound otherwise.
        var voices: Set<AgentID> = []
    }

    private let state = Mutex(State())
    private let book = Mutex(TroubleBook())
    private let headsets = Mutex<[AgentID: HeadsetState]>([:])
    private let raised = Mutex<[ShownAlert]>([])
    private let voices = Mutex<[AgentID: VoiceNow]>([:])
    private let bell: AsyncStream<Void>.Continuation
    /// Yields when something waits; for one reader.
    let rings: AsyncStream<Void>
    private let opening: AsyncStream<ContactID>.Continuation
    /// Contacts with customers that have come, for one reader; those of too many at once are left out.
    let opened: AsyncStream<ContactID>

    package init() {
        (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        (opened, opening) = AsyncStream.makeStream(of: ContactID.self, bufferingPolicy: .bufferingOldest(Limits.announcedMax))
    }

    /// For the centre's port `publish`.
    package func publish(_ entries: [LogEntry]) {
        for entry in entries {
            if case .contactOpened(let contact, _) = entry.event, contact.direction != .internal { opening.yield(contact.id) }
        }
        state.withLock { state in
            if state.entries.count + entries.count > Limits.announcedMax {
                state.entries.removeAll()
                state.isLossy = true
            } else {
                state.entries += entries
            }
        }
        bell.yield()
    }

    /// The centre goes on from what is stored, and what was decided beyond that never was: everything is read anew.
    package func startOver() {
        state.withLock { $0.isLossy = true }
        bell.yield()
    }

    // MARK: Troubles

    /// Something is wrong from now on: every screen shows it, and `/health` says so. Said again it only changes its reason.
    package func begin(_ trouble: Trouble) {
        if book.withLock({ $0.begin(trouble) }) { tellTroubles() }
    }

    /// It is over.
    package func end(_ trouble: Trouble.Code) {
        if book.withLock({ $0.end(trouble) }) { tellTroubles() }
    }

    /// What is wrong now, in the order of the codes.
    package var troubles: [Trouble] { book.withLock { $0.troubles } }

    private func tellTroubles() {
        state.withLock { $0.hasNewTroubles = true }
        bell.yield()
    }

    // MARK: Headsets

    /// An agent's headset is connected thus; nil: he has none.
    package func show(_ headset: HeadsetState?, of agent: AgentID) {
        let isNews = headsets.withLock { headsets in
            defer { headsets[agent] = headset }
            return headsets[agent] != headset
        }
        guard isNews else { return }
        state.withLock { _ = $0.headsets.insert(agent) }
        bell.yield()
    }

    func headset(of agent: AgentID) -> HeadsetState? { headsets.withLock { $0[agent] } }

    // MARK: Approvals

    /// Something that this agent asked is asked, decided or withdrawn; who may decide it, may so at `place`.
    func approvalsChanged(of agent: AgentID, at place: Place) {
        state.withLock { _ = $0.askers[agent, default: []].insert(place) }
        bell.yield()
    }

    /// Whose approvals have changed since the last call, and where.
    func takeAskers() -> [AgentID: Set<Place>] {
        state.withLock { state in
            defer { state.askers = [:] }
            return state.askers
        }
    }

    // MARK: Alerts

    /// - Returns: whether they are others than before.
    func show(_ alerts: [ShownAlert]) -> Bool {
        raised.withLock { raised in
            defer { raised = alerts }
            return raised != alerts
        }
    }

    /// Those that have begun and not ended.
    var alerts: [ShownAlert] { raised.withLock { $0 } }

    // MARK: Voices

    /// The voices of an agent's talk are like this; nil: he has none. It waits for the next round of figures, and rings no bell.
    package func show(_ voice: VoiceNow?, of agent: AgentID) {
        let isNews = voices.withLock { voices in
            defer { voices[agent] = voice }
            return voices[agent] != voice
        }
        if isNews { state.withLock { _ = $0.voices.insert(agent) } }
    }

    func voice(of agent: AgentID) -> VoiceNow? { voices.withLock { $0[agent] } }

    /// Whose voices have changed since the last call.
    func takeVoices() -> Set<AgentID> {
        state.withLock { state in
            defer { state.voices = [] }
            return state.voices
        }
    }

    // MARK: The reader's side

    /// What has come since the last call.
    func take() -> (entries: [LogEntry], isLossy: Bool, hasNewTroubles: Bool, headsets: Set<AgentID>) {
        state.withLock { state in
            // Voices go another way.
            defer { state = State(askers: state.askers, voices: state.voices) }
            return (state.entries, state.isLossy, state.hasNewTroubles, state.headsets)
        }
    }

    /// Ends `rings` and `opened`.
    func finish() {
        bell.finish()
        opening.finish()
    }
}
