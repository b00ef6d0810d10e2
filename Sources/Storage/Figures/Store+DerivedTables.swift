extension Store {
    /// What each table that comes from the log holds, in a few bytes: equal ones hold the same.
    package func sumsOfDerivedTables() async throws -> [String: [UInt8]] {
        try await readers.read { connection in
            try connection.transaction(.reading) {
                var sums: [String: [UInt8]] = [:]
                for shape in try Catalog(of: connection).tables where Schema.derived.contains(shape.name) {
                    var watch = TableWatch()
                    sums[shape.name] = try watch.forEachRow(of: shape, on: connection) { _ in }.digest
                }
                return sums
            }
        }
    }
}
