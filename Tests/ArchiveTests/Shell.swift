import Archive
import Glibc
import TestSupport

/// A directory on the real file system that is gone with its last reference.
final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/archive-tests-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw SystemError(code: errno) }
        self.path = String(cString: path)
    }

    deinit { run("chmod -R u+w \(path); rm -rf \(path)") }

    /// The regular files below, sorted, relative to it; without the archive's own directory.
    func files(below name: String = "archive") -> [String] {
        output("cd \(path)/\(name) && find . -path ./.dicom-node -prune -o -type f -print | sort").map {
            String($0.dropFirst(2))
        }
    }

    /// What is left in `incoming`.
    func leftovers() -> [String] { output("ls -A \(path)/archive/.dicom-node/incoming") }

    func bytes(of name: String) throws -> [UInt8] {
        guard let file = fopen("\(path)/\(name)", "r") else { throw SystemError(code: errno) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return bytes
    }
}

extension InstanceArchive {
    /// Opens an archive again that this process has just let go: a process that another test is starting at this moment
    /// may still hold a copy of the lock, until it becomes another program.
    static func again(_ configuration: ArchiveConfiguration) throws(ArchiveError) -> InstanceArchive {
        for _ in 1...1_000_000 {
            do throws(ArchiveError) {
                return try InstanceArchive(configuration)
            } catch {
                guard error.kind == .inUse else { throw error }
                sched_yield()
            }
        }
        throw ArchiveError(.inUse, "somebody has the archive \(configuration.path) open")
    }
}

@discardableResult
func run(_ command: String) -> Bool { (try? TestSupport.run("sh", ["-c", command]).succeeded) == true }

/// The lines that a command prints.
func output(_ command: String) -> [String] {
    let text = (try? TestSupport.run("sh", ["-c", command]).output) ?? ""
    return text.split(separator: "\n").map(String.init)
}
