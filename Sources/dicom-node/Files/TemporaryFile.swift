import Archive
import Glibc

/// Files for a moment, in the folder of `TMPDIR`.
enum TemporaryFile {
    private static let fallbackFolder = "/tmp"

    /// Makes a file, which the caller closes and removes.
    ///
    /// - Parameter purpose: For messages: `the conversion`.
    static func make(for purpose: String) throws(InstanceFile.Unreadable) -> (descriptor: Int32, path: String) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? fallbackFolder
        var name = Array((folder + "/dicom-node-XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else {
            throw InstanceFile.Unreadable("no temporary file for \(purpose) in \(folder): \(SystemError(code: errno))")
        }
        return (descriptor, name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" })
    }
}
