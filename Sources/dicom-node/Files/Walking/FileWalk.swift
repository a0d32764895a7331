import Archive
import CLinux
import Glibc

/// Finds files: those named, and the regular ones in folders that are named. Blocks.
///
/// Symbolic links are followed. Each folder is entered once, whatever leads to it, so that links make no loop. FIFOs,
/// sockets and devices are never opened, because that may block or do something.
struct FileWalk {
    /// A file to look at.
    struct Candidate: Sendable {
        var path: PathBytes
        /// The command line names it, rather than a folder that holds it: then it is meant to be DICOM.
        var isNamed: Bool
    }

    /// What cannot be listed or looked at, and why.
    struct Problem: Sendable {
        var path: PathBytes
        var reason: String
    }

    private(set) var candidates: [Candidate] = []
    private(set) var problems: [Problem] = []
    /// FIFOs, sockets and devices in folders.
    private(set) var others = 0

    private var entered: Set<Identity> = []
    /// The path that is walked leads to a folder that was entered before.
    private var isRepeated = false
    /// Folders and files to look at, the next one last.
    private var pending: [Candidate] = []

    /// A folder, by whatever path.
    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// The files that `paths` name, in the order of the paths, and in folders by the bytes of the names.
    init(_ paths: [PathBytes]) {
        for path in paths {
            pending = [Candidate(path: path, isNamed: true)]
            isRepeated = false
            let before = found
            while let next = pending.popLast() { look(at: next) }
            if found == before, !isRepeated {
                problems.append(Problem(path: path, reason: "the folder holds no file"))
            }
        }
    }

    private var found: Int { candidates.count + problems.count + others }

    private mutating func look(at candidate: Candidate) {
        do throws(SystemError) {
            let status = try candidate.path.status()
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try list(candidate.path)
            case S_IFREG: candidates.append(candidate)
            case _ where candidate.isNamed:
                problems.append(Problem(path: candidate.path, reason: "neither a regular file nor a folder"))
            default: others += 1
            }
        } catch {
            problems.append(Problem(path: candidate.path, reason: "\(error)"))
        }
    }

    private mutating func list(_ folder: PathBytes) throws(SystemError) {
        let descriptor = try folder.open(O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError(code: errno) }
        let identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        guard entered.insert(identity).inserted else {
            isRepeated = true
            return
        }
        let names = try Self.names(descriptor).sorted { $0.lexicographicallyPrecedes($1) }
        pending += names.reversed().map { Candidate(path: folder.appending($0), isNamed: false) }
    }

    private static func names(_ descriptor: Int32) throws(SystemError) -> [ArraySlice<UInt8>] {
        var text: UnsafeMutablePointer<CChar>?
        var size = 0
        let result = linux_list(descriptor, &text, &size)
        defer { free(text) }
        guard result >= 0 else { throw SystemError(code: -result) }
        return Array(UnsafeRawBufferPointer(start: text, count: size)).split(separator: 0)
    }
}
