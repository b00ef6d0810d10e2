import Operation
import Organization
import Primitives

/// The numbers under which the centre is reached, and how numbers are written where it stands.
struct NumberPlan: Sendable {
    private var entryPoints: [String: EntryPointID] = [:]
    /// In the order of the projects; the first that makes a number of what was dialled wins.
    private var plans: [PhoneNumber.NationalPlan] = []

    init() {}

    init(_ setUp: SetUp) {
        for entry in setUp.entryPoints { entryPoints[entry.number] = entry.entryPoint.id }
        for plan in setUp.projects.compactMap(\.numbers) where !plans.contains(plan) { plans.append(plan) }
    }

    /// The entry point for the user part of a request URI, and the number as it is kept; providers send `+44…`, `0044…`,
    /// or the national form.
    func entryPoint(for user: String) -> (EntryPointID, dialled: String)? {
        if let entry = entryPoints[user] { return (entry, user) }
        for plan in plans {
            guard let number = try? PhoneNumber(parsing: user, national: plan) else { continue }
            if let entry = entryPoints[number.description] { return (entry, number.description) }
        }
        return nil
    }

    /// A caller's number in international form where that can be said; the text as it came if it is short; nil if withheld.
    func normalised(_ user: String?) -> String? {
        guard let user, !user.isEmpty, user.lowercased() != "anonymous" else { return nil }
        // Numbers without a plus may be extensions: only a national plan says what they are.
        if user.hasPrefix("+"), let number = try? PhoneNumber(parsing: user) { return number.description }
        if user.utf8.count >= 7, let plan = plans.first, let number = try? PhoneNumber(parsing: user, national: plan) {
            return number.description
        }
        return String(user.prefix(64))
    }
}
