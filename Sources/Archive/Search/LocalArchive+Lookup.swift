package import Instances

extension LocalArchive: InstanceLookup {
    /// Walks the whole archive, on one of its threads: seconds for a million files.
    package func copies(of sopInstanceUIDs: Set<String>) async throws(StoreError) -> [String: [String]] {
        let archive = archive
        let result = await threads.run {
            Result { () throws(ArchiveError) in try FileSearch(archive.root.get(), for: sopInstanceUIDs).run() }
        }
        do throws(ArchiveError) {
            return try result.get()
        } catch {
            throw StoreError(error, in: archive.configuration.path)
        }
    }
}
