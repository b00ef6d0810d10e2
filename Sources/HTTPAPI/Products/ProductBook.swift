import FoundationEssentials
import NIOCore
import Organization
import Primitives
import Products
import Storage

/// What a project sells and what is said of it, as read at one moment.
struct ProductBook: Sendable {
    private(set) var products: [KnownProduct]
    private(set) var reasons: [ReasonWire]
    private(set) var currency: String
    private(set) var limits: [AuthorityLimitWire]
    private(set) var licences: [LicenceWire]
    private(set) var revisions: [ProductSheet: Int]

    private struct Reasons: Codable { var reasons: [ReasonWire] }
    private struct Authority: Codable {
        var currency: String
        var limits: [AuthorityLimitWire]
    }
    private struct Licences: Codable { var licences: [LicenceWire] }

    static let usualCurrency = "EUR"

    init(of project: ProjectID, from store: Store) async throws {
        products = try await store.products(of: project).map { try KnownProduct($0) }
        let sheets = try await store.productSheets(of: project)
        func read<Sheet: Decodable>(_ sheet: ProductSheet, _ type: Sheet.Type) throws -> Sheet? {
            guard let row = sheets[sheet] else { return nil }
            guard let value = try? JSONDecoder().decode(type, from: Data(row.body.utf8)) else {
                throw StorageError.unreadable("the \(sheet) of a project's products")
            }
            return value
        }
        reasons = try read(.reasons, Reasons.self)?.reasons ?? []
        let authority = try read(.authority, Authority.self)
        currency = authority?.currency ?? Self.usualCurrency
        limits = authority?.limits ?? []
        licences = try read(.licences, Licences.self)?.licences ?? []
        revisions = sheets.mapValues(\.revision)
    }

    static func text(_ reasons: [ReasonWire]) -> String { String(buffer: json(Reasons(reasons: reasons))) }
    static func text(currency: String, _ limits: [AuthorityLimitWire]) -> String {
        String(buffer: json(Authority(currency: currency, limits: limits)))
    }
    static func text(_ licences: [LicenceWire]) -> String { String(buffer: json(Licences(licences: licences))) }

    /// Kept as a tree; what is no tree is never stored.
    var tree: ReasonTree { (try? ReasonTree(reasons.map { ($0.key, $0.parent) })) ?? ReasonTree() }

    var authority: AuthorityLimits { AuthorityLimits(limits) }

    func product(_ key: String) -> KnownProduct? { products.first { $0.row.key == key } }

    /// What somebody is licensed for on a day.
    func licences(of user: UserID, on day: CivilDate) -> Set<String> {
        Set(licences.filter { $0.user == user.description && $0.until.flatMap { CivilDate($0) }.map { day <= $0 } ?? true }.map(\.licence))
    }
}

extension AuthorityLimits {
    init(_ wires: [AuthorityLimitWire]) {
        self.init()
        for wire in wires {
            guard let role = Role(rawValue: wire.role) else { continue }
            limits[role] = [
                .discount: Amount(wire.discount) ?? .zero, .refund: Amount(wire.refund) ?? .zero, .goodwill: Amount(wire.goodwill) ?? .zero,
            ]
        }
    }
}
