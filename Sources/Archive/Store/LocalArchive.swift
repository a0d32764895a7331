package import Instances
import SystemPackage

/// An archive on a local disk as a store: `InstanceArchive` on threads of its own.
///
/// With `sync: always` its threads make every call, so that no event loop waits for the device. With `sync: never`
/// bytes are written and names are given on the calling thread, because these calls reach only the page cache. What
/// reads (the comparison with an instance that had the name before, and `open`) is done by the threads as well.
///
/// *Resources*: ``withLocalArchive(_:fileSystem:observer:report:_:)`` opens it, and ends its threads.
package final class LocalArchive: InstanceStore {
    let archive: InstanceArchive
    let threads: IOThreads

    init(_ archive: InstanceArchive, threads: IOThreads) {
        self.archive = archive
        self.threads = threads
    }

    /// An archive without threads: every call is made on the calling thread. For tests.
    package convenience init(onCallingThread archive: InstanceArchive) { self.init(archive, threads: .none) }

    package var digestAlgorithm: DigestAlgorithm { archive.configuration.digest }

    /// Calls that reach only the page cache are made on the calling thread.
    var writesOnCallingThread: Bool { archive.configuration.sync == .never }

    /// Runs `body` while no instance is given its name, nor found to be there. Commits wait meanwhile, so it must be
    /// short, and must not commit; it may wait for the disk, and so may the call.
    package func exclusively<Value>(_ body: () throws -> Value) rethrows -> Value {
        try archive.exclusively(body)
    }

    package func begin(_ head: FileMetaInformation) -> any PendingObject { PendingFile(head, in: self) }

    package func open(_ location: String) async throws(StoreError) -> any StoredObject {
        let archive = archive
        let result = await threads.run { Result { () throws(ArchiveError) in try archive.open(location) } }
        do throws(ArchiveError) {
            return StoredFile(try result.get(), on: threads)
        } catch {
            throw StoreError(error, in: archive.configuration.path)
        }
    }
}

/// Runs `body` with an archive, whose threads end after it.
///
/// - Parameters:
///   - observer: Told of instances that are safe.
///   - lookup: Asked for copies under other paths.
///   - report: Told at once of what is no error, and later of what is made again.
/// - Throws: What `body` throws; `ArchiveError` if the archive cannot be opened.
package func withLocalArchive<Value: Sendable>(
    _ configuration: ArchiveConfiguration,
    fileSystem: any FileSystem = POSIXFileSystem(),
    observer: (any ArchiveObserver)? = nil,
    lookup: (any CopyLookup)? = nil,
    report: @escaping ArchiveRemark.Report = { _ in },
    _ body: (LocalArchive) async throws -> Value
) async throws -> Value {
    try await IOThreads.with { threads in
        let archive = try await threads.run {
            Result { () throws(ArchiveError) in
                try InstanceArchive(
                    configuration,
                    fileSystem: fileSystem,
                    observer: observer,
                    lookup: lookup,
                    report: report
                )
            }
        }.get()
        return try await body(LocalArchive(archive, threads: threads))
    }
}

extension StoreError {
    /// What a caller has to know of an archive's error: the rest is in its words.
    ///
    /// - Parameter path: The archive's, which the words are to name.
    init(_ error: ArchiveError, in path: FilePath? = nil) {
        let kind: Kind =
            switch error.kind {
            case .duplicate: .duplicate
            case .outOfSpace: .outOfSpace
            case .notFound: .notFound
            case .damaged: .damaged
            case .io, .unavailable, .unnameable, .configuration, .notInitialized, .inUse: .unavailable
            }
        // Of what the disk refused the words name a path below the archive's, or none.
        let isOfDisk =
            switch error.kind {
            case .io, .outOfSpace, .unavailable: true
            case .duplicate, .notFound, .damaged, .unnameable, .configuration, .notInitialized, .inUse: false
            }
        guard isOfDisk, let path, !error.description.contains(path.string) else {
            self.init(kind, error.description)
            return
        }
        self.init(kind, "\(path): \(error)")
    }
}
