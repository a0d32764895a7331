package import Instances

/// Records in a directory of their own below the archive's own one, `.dicom-node/`; made with the first record.
package struct LocalRecords: RecordStore {
    private let archive: InstanceArchive
    private let threads: IOThreads
    private let directory: String

    /// - Parameter directory: Its name, of `[0-9A-Za-z-]`.
    package init(_ directory: String, of store: LocalArchive) {
        archive = store.archive
        threads = store.threads
        self.directory = directory
    }

    package func put(_ record: [UInt8], as name: String) async throws(StoreError) {
        try await run { archive, directory throws(ArchiveError) in
            try archive.put(record, as: name, in: directory)
        }
    }

    package func remove(_ name: String) async throws(StoreError) {
        try await run { archive, directory throws(ArchiveError) in
            try archive.removeRecord(name, in: directory)
        }
    }

    package func names() async throws(StoreError) -> [String] {
        try await run { archive, directory throws(ArchiveError) in try archive.recordNames(in: directory) }
    }

    package func record(_ name: String, atMost most: Int) async throws(StoreError) -> [UInt8]? {
        try await run { archive, directory throws(ArchiveError) in
            try archive.record(name, in: directory, atMost: most)
        }
    }

    private func run<Value: Sendable>(
        _ work: @escaping @Sendable (InstanceArchive, String) throws(ArchiveError) -> Value
    ) async throws(StoreError) -> Value {
        let (archive, directory) = (archive, directory)
        let result = await threads.run { Result { () throws(ArchiveError) in try work(archive, directory) } }
        do throws(ArchiveError) {
            return try result.get()
        } catch {
            throw StoreError(error, in: archive.configuration.path)
        }
    }
}
