import Gazetteer
import Primitives
import Storage

/// `GET /api/gazetteers`
struct GazetteerListWire: WireType {
    var gazetteers: [One]
    /// Where the caller may bring one in.
    var projects: [NamedWire]

    static let schemaName = "Gazetteers"
    static let schema = Schema.object([
        .required("gazetteers", .array(.reference(One.self))), .required("projects", .array(.reference(NamedWire.self))),
    ])

    struct One: WireType {
        var project: String
        var streets: Int
        var places: Int
        var changedAt: Int64
        var changedBy: String
        /// Whether addresses can be asked for already.
        var isReady: Bool

        static let schemaName = "Gazetteer"
        static let schema = Schema.object([
            .required("project", .id), .required("streets", .integer), .required("places", .integer), .required("changedAt", .time),
            .required("changedBy", .string), .required("isReady", .boolean),
        ])

        init(_ row: GazetteerRow, isReady: Bool, names: Names) {
            project = row.project.description
            streets = row.streets
            places = row.places
            changedAt = row.changedAt.milliseconds
            changedBy = names.user(row.changedBy)
            self.isReady = isReady
        }
    }
}

/// `POST /api/gazetteers/import`
struct GazetteerImportWire: WireType {
    var rows: Int
    var streets: Int
    var places: Int
    /// The first of those that are refused.
    var refused: [RefusalWire]
    var refusedCount: Int
    var imported: Bool

    static let schemaName = "GazetteerImport"
    static let schema = Schema.object([
        .required("rows", .integer), .required("streets", .integer), .required("places", .integer),
        .required("refused", .array(.reference(RefusalWire.self))), .required("refusedCount", .integer), .required("imported", .boolean),
    ])

    init(_ reading: Gazetteers.Reading, isImported: Bool) {
        rows = reading.rows
        streets = reading.streets
        places = reading.places
        refused = reading.refused.map { RefusalWire(row: $0.line, field: $0.column, rule: $0.rule.rawValue, limit: $0.limit) }
        refusedCount = reading.refusedCount
        imported = isImported
    }

    struct RefusalWire: WireType {
        /// In which line of the file it begins, 1 first.
        var row: Int
        /// The column; empty: the row as a whole.
        var field: String
        var rule: String
        @OrNull var limit: Int?

        static let schemaName = "GazetteerRefusal"
        static let schema = Schema.object([
            .required("row", .integer), .required("field", .string),
            .required("rule", .enumeration(GazetteerFile.Refusal.Rule.allCases.map(\.rawValue))), .required("limit", .nullable(.integer)),
        ])
    }
}

/// `GET /api/gazetteer`
struct AddressSuggestionsWire: WireType {
    var isReady: Bool
    /// Whether the project has a gazetteer.
    var hasStreets: Bool
    var suggestions: [One]

    static let schemaName = "AddressSuggestions"
    static let schema = Schema.object([
        .required("isReady", .boolean), .required("hasStreets", .boolean), .required("suggestions", .array(.reference(One.self))),
    ])

    struct One: WireType {
        var street: String
        var houseNumber: String
        var city: String
        var region: String
        var postcode: String
        var country: String
        var match: String

        static let schemaName = "AddressSuggestion"
        static let schema = Schema.object([
            .required("street", .string), .required("houseNumber", .string), .required("city", .string), .required("region", .string),
            .required("postcode", .string), .required("country", .string),
            .required("match", .enumeration(AddressSuggestion.Match.allCases.map(\.rawValue))),
        ])

        init(_ suggestion: AddressSuggestion) {
            street = suggestion.street
            houseNumber = suggestion.houseNumber
            city = suggestion.city
            region = suggestion.region
            postcode = suggestion.postcode
            country = suggestion.country
            match = suggestion.match.rawValue
        }
    }
}

/// `GET /api/gazetteer/check`
struct AddressCheckWire: WireType {
    /// Also where the project has no gazetteer, or none that is ready: then nothing speaks against it.
    var known: Bool
    /// Which part is not known.
    @OrNull var why: String?

    static let schemaName = "AddressCheck"
    static let schema = Schema.object([
        .required("known", .boolean), .required("why", .nullable(.enumeration(UnknownPart.allCases.map(\.rawValue)))),
    ])
}
