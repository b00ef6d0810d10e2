extension PostgreSQLConnection {
    func forEachColumn(_ body: (String, String, TableShape.ColumnType?, Int64?) throws -> Void) throws {
        try forEach(Self.columns, [:]) { row in
            let table = try row.text()
            let name = try row.text()
            let type: TableShape.ColumnType? =
                switch try row.text() {
                case "bigint", "integer", "smallint": .integer
                case "text": .text
                case "bytea": .bytes
                default: nil
                }
            try body(table, name, type, try row.integerOrNil())
        }
    }

    func references() throws -> [(from: String, to: String)] {
        try all(Self.references) { row in (from: try row.text(), to: try row.text()) }
    }

    private static let columns = Statement(
        """
        SELECT CAST(made.relname AS TEXT), CAST(col.attname AS TEXT), format_type(col.atttypid, NULL),
            array_position(CAST(by_key.indkey AS INT2[]), col.attnum)
        FROM pg_class AS made
        JOIN pg_attribute AS col ON col.attrelid = made.oid AND col.attnum > 0 AND NOT col.attisdropped AND col.attgenerated = ''
        LEFT JOIN pg_index AS by_key ON by_key.indrelid = made.oid AND by_key.indisprimary
        WHERE made.relkind IN ('r', 'p') AND made.relnamespace = CAST(current_schema() AS REGNAMESPACE)
        ORDER BY CAST(made.relname AS TEXT) COLLATE "C", col.attnum
        """)

    private static let references = Statement(
        """
        SELECT CAST(made.relname AS TEXT), CAST(other.relname AS TEXT)
        FROM pg_constraint AS bound JOIN pg_class AS made ON made.oid = bound.conrelid JOIN pg_class AS other ON other.oid = bound.confrelid
        WHERE bound.contype = 'f' AND made.relnamespace = CAST(current_schema() AS REGNAMESPACE)
        """)
}
