import Glibc
import Instances
package import SystemPackage

/// Removes archived files for good, also while a node has the archive open.
///
/// A file loses its name whole, so a removal that is broken off leaves whole instances; what it says is removed is so
/// after a power cut too. Folders that are empty then are removed with it. A node that is about to name an instance in
/// such a folder finds it gone, and makes it anew.
///
/// All calls wait for the disk.
///
/// *Resources*: the archive's directory, open.
package struct ArchiveRemoval: Sendable {
    /// A file, and what is known to be in it.
    package struct Target: Sendable {
        /// As ``StoredInstance/path``.
        package var path: String
        package var sopInstanceUID: String

        package init(path: String, sopInstanceUID: String) {
            self.path = path
            self.sopInstanceUID = sopInstanceUID
        }
    }

    /// What has become of some files.
    package struct Outcome: Sendable {
        /// They are not there any more; some may not have been before.
        package var removed: [Target] = []
        /// They are still there, and why.
        package var kept: [(target: Target, reason: String)] = []
    }

    private let path: FilePath
    private let disk: any FileSystem
    private let root: OpenFile

    /// Bytes of a file that hold its head.
    private static let headBytes = 64 << 10

    /// *Errors*: the archive's directory cannot be opened, or is no archive.
    package init(_ path: FilePath, fileSystem: any FileSystem = POSIXFileSystem()) throws(ArchiveError) {
        self.path = path
        disk = fileSystem
        root = try Root.open(path, on: fileSystem)
        let marker = Root.markerPath(in: path)
        guard (try? disk.status(ofPath: marker)) != nil else {
            throw ArchiveError(.notInitialized, "\(path) is no archive: it has no \(marker)")
        }
    }

    /// Removes files, folder by folder.
    ///
    /// *Errors*: what the disk said; what was removed before is given to `report`.
    ///
    /// - Parameter report: Told of the files of each folder, when they are gone for good.
    package func remove(_ targets: [Target], report: (Outcome) throws -> Void) throws {
        var order: [String] = []
        var folders: [String: [(ArchivedPath, Target)]] = [:]
        var unnameable = Outcome()
        for target in targets {
            guard let place = ArchivedPath(target.path) else {
                unnameable.kept.append((target, "no path of an archived instance"))
                continue
            }
            let folder = place.directories.joined(separator: "/")
            if folders[folder] == nil { order.append(folder) }
            folders[folder, default: []].append((place, target))
        }
        if !unnameable.kept.isEmpty { try report(unnameable) }
        for folder in order { try report(try remove(folders[folder] ?? [])) }
    }

    /// Files of one folder.
    private func remove(_ files: [(place: ArchivedPath, target: Target)]) throws(ArchiveError) -> Outcome {
        var outcome = Outcome()
        guard let components = files.first?.place.directories else { return outcome }
        guard let chain = try open(components) else {
            outcome.removed = files.map(\.target)
            return outcome
        }
        for (place, target) in files {
            if let reason = try remove(place, target, in: chain) {
                outcome.kept.append((target, reason))
            } else {
                outcome.removed.append(target)
            }
        }
        try removeEmpty(components, chain)
        return outcome
    }

    /// The archive's directory, and those on the way to a folder; nil: it is not there.
    private func open(_ components: [String]) throws(ArchiveError) -> [OpenFile]? {
        var chain = [root]
        for component in components {
            do throws(SystemError) {
                chain.append(try OpenFile(directory: component, in: chain[chain.count - 1]))
            } catch {
                if error.code == ENOENT || error.code == ENOTDIR {
                    try synchronize(chain[chain.count - 1])
                    return nil
                }
                throw ArchiveError(error, doing: "open \(components.joined(separator: "/"))")
            }
        }
        return chain
    }

    /// Removes one file; nil, or why it is left alone.
    private func remove(_ place: ArchivedPath, _ target: Target, in chain: [OpenFile]) throws(ArchiveError) -> String? {
        let folder = chain[chain.count - 1]
        let file: OpenFile
        do throws(SystemError) {
            file = try OpenFile(on: disk) { disk throws(SystemError) in
                try disk.openFile(place.name, in: folder.descriptor)
            }
        } catch {
            if error.code == ENOENT { return nil }
            return "\(ArchiveError(error, doing: "open it"))"
        }
        // The index may be damaged, or the file be another one by now.
        guard let found = sopInstanceUID(of: file) else { return "it cannot be read as a DICOM file (PS3.10 §7.1)" }
        guard found == target.sopInstanceUID || found.isEmpty else { return "it holds the instance \(found)" }
        try attempt("remove \(target.path)") { () throws(SystemError) in
            try ignoring(ENOENT) { () throws(SystemError) in try disk.remove(place.name, in: folder.descriptor) }
        }
        return nil
    }

    private func sopInstanceUID(of file: OpenFile) -> String? {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.headBytes, alignment: 16)
        defer { bytes.deallocate() }
        guard let count = try? file.read(into: bytes, at: 0) else { return nil }
        return try? FileMetaInformation.parse(UnsafeRawBufferPointer(rebasing: bytes[..<count])).meta
            .mediaStorageSOPInstanceUID
    }

    /// Removes a folder, and those above it, as far as they are empty, and makes durable what has changed.
    private func removeEmpty(_ components: [String], _ chain: [OpenFile]) throws(ArchiveError) {
        for (name, level) in zip(components, components.indices).reversed() {
            do throws(SystemError) {
                try SystemError.retrying { () throws(SystemError) in
                    try disk.removeDirectory(name, in: chain[level].descriptor)
                }
            } catch {
                switch error.code {
                case ENOENT: continue
                // There is something in it, or it is not ours to remove.
                case ENOTEMPTY, EEXIST, EBUSY, EPERM, EACCES: return try synchronize(chain[level + 1])
                default: throw ArchiveError(error, doing: "remove the folder \(name)")
                }
            }
        }
        try synchronize(root)
    }

    private func synchronize(_ directory: OpenFile) throws(ArchiveError) {
        try attempt("sync a folder of \(path)") { () throws(SystemError) in try directory.synchronize(.everything) }
    }
}
