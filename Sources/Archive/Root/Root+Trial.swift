import Glibc
import SystemPackage

/// Does once what a C-STORE will do, so that a disk that cannot be used is found out when the node starts, not by a
/// modality.
extension Root {
    static let trialName = ".dicom-node-trial"
    private static let trialFile = "instance"
    private static let trialBytes = 4096

    /// Makes a directory; makes, writes, names and syncs a file in it; and removes both.
    ///
    /// *Errors*: what the disk said, with the path. A full disk is one too: whether that keeps the node from starting,
    /// the caller decides.
    func tryOut(_ sync: SyncPolicy) throws(ArchiveError) {
        try removeTrial()
        do throws(ArchiveError) {
            try makeTrial(sync)
        } catch {
            // What stays is removed by the next start.
            try? removeTrial()
            throw error
        }
        try removeTrial()
    }

    private func makeTrial(_ sync: SyncPolicy) throws(ArchiveError) {
        let trial = path.appending(Root.trialName)
        let made = try Root.ensure(Root.trialName, in: directory, "make a directory in \(path)")
        let temporary = try attempt("make a file in \(path)") { () throws(SystemError) in try Temporary(in: self) }
        try attempt("write a file in \(path)") { () throws(SystemError) in
            try temporary.file.write([UInt8](repeating: 0, count: Root.trialBytes))
        }
        if sync == .always {
            try synchronize(temporary.file, .data, "sync a file in \(path)")
        }
        try attempt("name a file \(trial)/\(Root.trialFile)") { () throws(SystemError) in
            try temporary.place(as: Root.trialFile, in: made.descriptor)
        }
        if sync == .always {
            try synchronize(made, .everything, "sync \(trial)")
            try synchronize(directory, .everything, "sync \(path)")
        }
    }

    /// Twice, because the first may be told of a write-back that failed before this start; nothing of the trial's is
    /// lost by that.
    private func synchronize(
        _ file: OpenFile,
        _ extent: SyncExtent,
        _ doing: @autoclosure () -> String
    ) throws(ArchiveError) {
        do throws(SystemError) {
            try file.synchronize(extent)
        } catch {
            try attempt(doing()) { () throws(SystemError) in try file.synchronize(extent) }
        }
    }

    private func removeTrial() throws(ArchiveError) {
        try attempt("remove \(path)/\(Root.trialName)") { () throws(SystemError) in
            try ignoring(ENOENT) { () throws(SystemError) in
                let trial = try OpenFile(directory: Root.trialName, in: directory)
                try ignoring(ENOENT) { () throws(SystemError) in
                    try disk.remove(Root.trialFile, in: trial.descriptor)
                }
                try disk.removeDirectory(Root.trialName, in: directory.descriptor)
            }
        }
    }
}
