/// Command Data Set Type (0000,0800), PS3.7 §E.1: 0101H says that no data set follows, any other value that one does.
///
/// (ACR-NEMA used further values, which is why peers send more than the usual two.)
enum DataSetType {
    /// No data set follows.
    static let null: UInt16 = 0x0101
    /// What is sent where a data set follows.
    static let present: UInt16 = 0x0001

    /// Whether a data set follows a command of this type and field.
    ///
    /// Where the element is missing, data is taken to follow, except after commands that never have any:
    /// waiting for a data set of a C-ECHO would be waiting for ever.
    static func announcesDataSet(_ type: UInt16?, field: CommandField) -> Bool {
        if let type { return type != null }
        switch field {
        case .cEchoRQ, .cEchoRSP, .cStoreRSP, .cCancelRQ: return false
        default: return true
        }
    }
}
