/// Finds instances in a store by their SOP Instance UIDs, whatever their locations.
package protocol InstanceLookup: Sendable {
    /// Every copy of each of these instances, as ``InstanceStore/open(_:)`` takes it. An instance that is missing in
    /// the answer is in the store under no name: an answer that is not sure is an error.
    ///
    /// *Errors*: what keeps the lookup from being sure; asking again later may help.
    func copies(of sopInstanceUIDs: Set<String>) async throws(StoreError) -> [String: [String]]
}
