import Glibc
import Instances

/// Finds the files of instances by walking the archive's directories: the way without an index, and behind its back.
///
/// A file whose name is a UID is what its name says, because the archive gives no other instance that name. Of every
/// other file the head is read.
///
/// *Resources*: the names of one directory, and those of the directories above it that are still to be walked.
struct FileSearch {
    private let root: Root
    private let wanted: Set<String>
    private var found: [String: [String]] = [:]

    /// Bytes in which the SOP Instance UID stands in every head that a known writer makes.
    private static let headBytes = 4_096
    /// Directories within each other; a layout that was written by a person has less than ten.
    private static let depthMax = 64

    /// - Parameter wanted: SOP Instance UIDs.
    init(_ root: Root, for wanted: Set<String>) {
        self.root = root
        self.wanted = wanted
    }

    /// The copies of each, their paths in order: the first copy before `~2`.
    ///
    /// *Errors*: what the disk said; then nothing is known.
    consuming func run() throws(ArchiveError) -> [String: [String]] {
        var open = [(path: "", depth: 0)]
        while let (path, depth) = open.popLast() {
            guard let directory = try directory(path) else { continue }
            let names = try attempt("list \(path.isEmpty ? "\(root.path)" : path)") { () throws(SystemError) in
                try root.disk.names(in: directory.descriptor)
            }
            for name in names where !name.hasPrefix(".") {
                let child = path.isEmpty ? name : path + "/" + name
                switch try kind(name, in: directory, child) {
                case .directory: if depth < Self.depthMax { open.append((child, depth + 1)) }
                case .instance(let uid): if wanted.contains(uid) { found[uid, default: []].append(child) }
                case .other: break
                }
            }
        }
        return found.mapValues { $0.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) } }
    }

    private enum Kind {
        case directory
        case instance(String)
        case other
    }

    /// Nil: it has gone meanwhile.
    private func directory(_ path: String) throws(ArchiveError) -> OpenFile? {
        var directory = root.directory
        do throws(SystemError) {
            for component in path.split(separator: "/") {
                directory = try OpenFile(directory: String(component), in: directory)
            }
        } catch {
            guard error.code != ENOENT, error.code != ENOTDIR, error.code != ELOOP else { return nil }
            throw ArchiveError(error, doing: "open \(path)")
        }
        return directory
    }

    private func kind(_ name: String, in directory: OpenFile, _ path: String) throws(ArchiveError) -> Kind {
        let fileExtension = ".dcm"
        if name.hasSuffix(fileExtension) {
            let stem = name.dropLast(fileExtension.utf8.count).prefix { $0 != "~" }
            if Self.isUID(stem) { return .instance(String(stem)) }
        }
        do throws(SystemError) {
            _ = try OpenFile(directory: name, in: directory)
            return .directory
        } catch {
            // ELOOP: a symbolic link, which the archive makes none of.
            guard error.code == ENOTDIR else {
                guard error.code != ENOENT, error.code != ELOOP else { return .other }
                throw ArchiveError(error, doing: "open \(path)")
            }
        }
        return try head(name, in: directory, path)
    }

    private func head(_ name: String, in directory: OpenFile, _ path: String) throws(ArchiveError) -> Kind {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.headBytes, alignment: 16)
        defer { bytes.deallocate() }
        let count: Int
        do throws(SystemError) {
            let file = try OpenFile(on: root.disk) { disk throws(SystemError) in
                try disk.openFile(name, in: directory.descriptor)
            }
            count = try file.read(into: bytes, at: 0)
        } catch {
            guard error.code != ENOENT, error.code != ELOOP else { return .other }
            throw ArchiveError(error, doing: "read \(path)")
        }
        let head = try? FileMetaInformation.parse(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        return head.map { .instance($0.meta.mediaStorageSOPInstanceUID) } ?? .other
    }

    /// Digits and full stops, as a UID by the rules (PS3.5 §9.1). A name made from an odd UID is read like any other's
    /// file.
    private static func isUID(_ stem: Substring) -> Bool {
        !stem.isEmpty && stem.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    }
}
