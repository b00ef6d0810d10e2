import Organization
import Primitives

/// The tag of a recording: what passed between a customer and the centre in one contact, without a break.
package enum Recorded {}

package typealias RecordingID = ID<Recorded>

/// What happens to the recording of a contact while there is a call.
package enum RecordingStep: Hashable, Sendable {
    /// The customer is being told that he is recorded.
    case announced(until: Timestamp)
    /// He has been told, or it was cut off.
    case told(isWhole: Bool)
    case started(RecordingID, AgentID)
    /// From here on nobody hears what is said but those who talk, and nothing is kept of it.
    case paused(AgentID)
    case resumed(AgentID)
    case ended(RecordingID)
    /// Nothing could take it: the keys are not there, or there are too many at once. It never was.
    case refused(RecordingID)
}

/// What becomes of a recording after that.
package enum RecordingFate: Hashable, Sendable {
    /// It is kept whatever the project's rule says: somebody has to show it to a court.
    case held
    case released
    /// Its key and its file are gone.
    case erased(ErasureReason)
}

/// Why a recording was erased.
package enum ErasureReason: String, Sendable, Hashable, CaseIterable {
    /// The project keeps its recordings for so long.
    case retention
    /// Somebody with the right to it did it.
    case wish
}
