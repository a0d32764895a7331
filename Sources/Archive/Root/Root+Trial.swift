import Glibc
import SystemPackage

/// Does once what a C-STORE will do, so that a disk that cannot be used is found out when the node starts, not by a
/// modality.
extension Root {
    static let trialPrefix = ".dicom-node-trial"
    /// Names that are tried before the trial is given up: each that is taken holds what is not the node's.
    private static let trialNames = 100
    private static let trialFile = "instance"
    private static let trialBytes = 4096

    /// Makes a directory of a name of its own; makes, writes, names and syncs a file in it; and removes both.
    ///
    /// *Errors*: what the disk said, with the path. A full disk is one too: whether that keeps the node from starting,
    /// the caller decides.
    func tryOut(_ sync: SyncPolicy) throws(ArchiveError) {
        removeLeftTrials()
        let name = try makeTrial()
        do throws(ArchiveError) {
            try useTrial(name, sync)
        } catch {
            try? removeTrial(name)
            throw error
        }
        try removeTrial(name)
    }

    /// - Returns: The name of a directory that was made.
    private func makeTrial() throws(ArchiveError) -> String {
        var number = 0
        while true {
            let name = "\(Root.trialPrefix)-\(getpid())-\(number)"
            do throws(SystemError) {
                try SystemError.retrying { () throws(SystemError) in
                    try disk.makeDirectory(name, in: directory.descriptor)
                }
                return name
            } catch {
                guard error.code == EEXIST, number < Root.trialNames else {
                    throw ArchiveError(error, doing: "make a directory in \(path)")
                }
                report(ArchiveRemark(.information, "left alone, since not the node's: \(path)/\(name)"))
                number += 1
            }
        }
    }

    /// Removes the trials of starts that were broken off, by a power cut for one: because this process holds the
    /// archive's lock, no other is in a trial.
    private func removeLeftTrials() {
        guard let names = try? disk.names(in: directory.descriptor) else { return }
        for name in names where name.hasPrefix(Root.trialPrefix + "-") && isLeftTrial(name) { try? removeTrial(name) }
    }

    /// There is a directory of this name, and nothing in it but what a trial makes.
    private func isLeftTrial(_ name: String) -> Bool {
        guard let trial = try? OpenFile(directory: name, in: directory),
            let names = try? disk.names(in: trial.descriptor)
        else { return false }
        return names.allSatisfy { $0 == Root.trialFile }
    }

    private func useTrial(_ name: String, _ sync: SyncPolicy) throws(ArchiveError) {
        let trial = path.appending(name)
        let made = try Root.open(name, in: directory, "open \(trial)")
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

    private func removeTrial(_ name: String) throws(ArchiveError) {
        try attempt("remove \(path)/\(name)") { () throws(SystemError) in
            try ignoring(ENOENT) { () throws(SystemError) in
                let trial = try OpenFile(directory: name, in: directory)
                try ignoring(ENOENT) { () throws(SystemError) in
                    try disk.remove(Root.trialFile, in: trial.descriptor)
                }
                try disk.removeDirectory(name, in: directory.descriptor)
            }
        }
    }
}
