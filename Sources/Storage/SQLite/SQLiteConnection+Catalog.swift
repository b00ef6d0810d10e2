extension SQLiteConnection {
    func forEachColumn(_ body: (String, String, TableShape.ColumnType?, Int64?) throws -> Void) throws {
        try forEach(Self.columns, [:]) { row in
            let table = try row.text()
            let name = try row.text()
            let type: TableShape.ColumnType? =
                switch try row.text() {
                case "INTEGER": .integer
                case "TEXT": .text
                case "BLOB": .bytes
                default: nil
                }
            try body(table, name, type, try row.integerOrNil())
        }
    }

    func references() throws -> [(from: String, to: String)] {
        try all(Self.references) { row in (from: try row.text(), to: try row.text()) }
    }

    // Only plain tables: a virtual one, such as a full-text index, is made again from those.
    private static let columns = Statement(
        """
        SELECT list.name, info.name, upper(info.type), NULLIF(info.pk, 0)
        FROM pragma_table_list AS list JOIN pragma_table_info(list.name) AS info
        WHERE list.schema = 'main' AND list.type = 'table' AND substr(list.name, 1, 7) <> 'sqlite_'
        ORDER BY list.name, info.cid
        """)

    private static let references = Statement(
        """
        SELECT list.name, refers."table" FROM pragma_table_list AS list JOIN pragma_foreign_key_list(list.name) AS refers
        WHERE list.schema = 'main' AND list.type = 'table'
        """)
}
