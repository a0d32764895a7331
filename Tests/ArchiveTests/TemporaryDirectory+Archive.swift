import Archive
import Glibc
import TestSupport

extension TemporaryDirectory {
    /// The files of an archive below, sorted, relative to it; without its own directory.
    func files(below name: String = "archive") throws -> [String] {
        try filesBelow("\(path)/\(name)").filter { !$0.hasPrefix(".dicom-node/") }
    }

    /// What is left in `incoming`.
    func leftovers() throws -> [String] { try filesBelow("\(path)/archive/.dicom-node/incoming") }
}

extension InstanceArchive {
    /// Opens an archive again that this process has just let go: a process that another test is starting at this moment
    /// may still hold a copy of the lock, until it becomes another program.
    static func again(
        _ configuration: ArchiveConfiguration,
        report: @escaping ArchiveRemark.Report = { _ in }
    ) throws(ArchiveError) -> InstanceArchive {
        for _ in 1...1_000_000 {
            do throws(ArchiveError) {
                return try InstanceArchive(configuration, report: report)
            } catch {
                guard error.kind == .inUse else { throw error }
                sched_yield()
            }
        }
        throw ArchiveError(.inUse, "another process has the archive \(configuration.path) open")
    }
}
