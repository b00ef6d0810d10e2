import Organization
import Primitives
import Synchronization

/// Who has which record open, by what their browsers say every 20 seconds.
final class CustomerReaders: Sendable {
    private let seen = Mutex<[CustomerID: [UserID: Timestamp]]>([:])

    /// Whoever has not been heard of for so long has closed it.
    private static let patience = Duration.seconds(45)
    /// Records that are remembered; when there are more, all are forgotten, and known again within seconds.
    private static let recordsMax = 20_000

    /// Notes that `user` has the record open, and says who else has.
    func others(at customer: CustomerID, beside user: UserID, at now: Timestamp) -> [UserID] {
        seen.withLock { seen in
            if seen.count >= Self.recordsMax, seen[customer] == nil {
                seen = seen.filter { $0.value.contains { now - $0.value < Self.patience } }
                if seen.count >= Self.recordsMax { seen = [:] }
            }
            var here = (seen[customer] ?? [:]).filter { now - $0.value < Self.patience }
            here[user] = now
            seen[customer] = here
            return here.keys.filter { $0 != user }.sorted()
        }
    }
}
