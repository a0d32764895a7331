/// Small records that outlive the process, each under a name of its own: whole or absent at every moment, and on stable
/// storage when the call that changes them returns.
///
/// *Errors*: every operation throws a ``StoreError``; after one the record is what it was, or what it was to be.
package protocol RecordStore: Sendable {
    /// Writes a record, in place of the one that had the name.
    ///
    /// - Parameter name: Of `[0-9A-Za-z-]`, at most 64 characters.
    func put(_ record: [UInt8], as name: String) async throws(StoreError)

    /// Removes a record; one that is not there is no error.
    func remove(_ name: String) async throws(StoreError)

    /// The names of all records, in no order.
    func names() async throws(StoreError) -> [String]

    /// A record; nil: there is none of this name.
    ///
    /// - Parameter most: Bytes; a longer one is cut there.
    func record(_ name: String, atMost most: Int) async throws(StoreError) -> [UInt8]?
}
