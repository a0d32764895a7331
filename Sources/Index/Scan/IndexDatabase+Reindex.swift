import Glibc
import NIOPosix
package import SystemPackage

extension IndexDatabase {
    /// Brings the rows in line with the files; makes the database if there is none, or a damaged one, which is put
    /// aside.
    ///
    /// - Parameters:
    ///   - report: Told of what is no error.
    ///   - progress: Told of what has been done so far, every few hundred files.
    ///
    /// *Errors*: `IndexError`.
    package static func reindex(
        _ archive: FilePath,
        into path: FilePath,
        extent: FolderScan.Extent,
        report: (IndexError) -> Void,
        progress: (FolderScan.Progress) -> Void
    ) throws(IndexError) -> FolderScan.Progress {
        do {
            return try scan(archive, into: path, extent, progress)
        } catch {
            guard IndexError.isDamage(error), let aside = putAside(path) else { throw IndexError(error, at: path) }
            report(.damaged(aside))
        }
        do { return try scan(archive, into: path, extent, progress) } catch { throw IndexError(error, at: path) }
    }

    private static func scan(
        _ archive: FilePath,
        into path: FilePath,
        _ extent: FolderScan.Extent,
        _ progress: (FolderScan.Progress) -> Void
    ) throws -> FolderScan.Progress {
        let database = try IndexDatabase(writing: path)
        let parallel = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let threads = NIOThreadPool(numberOfThreads: parallel)
        threads.start()
        defer { try? threads.syncShutdownGracefully() }
        var scan = try FolderScan(database, archive: archive, extent: extent, threads: threads, parallel: parallel)
        var found = FolderScan.Progress()
        while !scan.isDone {
            found = found + (try scan.step())
            progress(found)
        }
        return found
    }
}

extension FolderScan.Progress {
    static func + (left: Self, right: Self) -> Self {
        Self(
            folders: left.folders + right.folders,
            files: left.files + right.files,
            rowsWritten: left.rowsWritten + right.rowsWritten,
            rowsRemoved: left.rowsRemoved + right.rowsRemoved,
            others: left.others + right.others
        )
    }
}
