import Glibc
import Instances
import Synchronization

/// Records of the node's services, in directories of their own below the archive's own one: written with the discipline
/// of an instance, though each by itself, because there are few.
extension InstanceArchive {
    /// Writes a record, in place of the one that had the name.
    func put(_ record: [UInt8], as name: String, in directory: String) throws(ArchiveError) {
        let root = try root.get()
        let records = try root.ensureRecords(directory)
        try attempt("write \(directory)/\(name)") { () throws(SystemError) in
            let temporary = try Temporary(in: root)
            try temporary.file.write(record)
            try temporary.file.synchronize(.data)
            try temporary.replace(name, in: records.descriptor)
            try records.synchronize(.everything)
        }
    }

    /// Removes a record; one that is not there is no error.
    func removeRecord(_ name: String, in directory: String) throws(ArchiveError) {
        guard let records = try root.get().records(directory) else { return }
        try attempt("remove \(directory)/\(name)") { () throws(SystemError) in
            try ignoring(ENOENT) { () throws(SystemError) in
                try records.disk.remove(name, in: records.descriptor)
            }
            try records.synchronize(.everything)
        }
    }

    /// The names of all records in a directory; what has a name that no record can have is left out.
    func recordNames(in directory: String) throws(ArchiveError) -> [String] {
        guard let records = try root.get().records(directory) else { return [] }
        let names = try attempt("list \(directory)") { () throws(SystemError) in
            try records.disk.names(in: records.descriptor)
        }
        return names.filter { name in
            name.utf8.count <= 64 && name.utf8.allSatisfy { PathComponent.isPlain($0) && $0 != UInt8(ascii: ".") }
        }
    }

    /// At most so many bytes of a record; nil: there is none of this name.
    func record(_ name: String, in directory: String, atMost most: Int) throws(ArchiveError) -> [UInt8]? {
        guard let records = try root.get().records(directory) else { return nil }
        do throws(SystemError) {
            let file = try OpenFile(on: records.disk) { disk throws(SystemError) in
                try disk.openFile(name, in: records.descriptor)
            }
            let size = try SystemError.retrying { () throws(SystemError) in try file.disk.status(of: file.descriptor) }
            let bytes = UnsafeMutableRawBufferPointer.allocate(
                byteCount: min(most, Int(clamping: size.size)),
                alignment: 1
            )
            defer { bytes.deallocate() }
            let count = try file.read(into: bytes, at: 0)
            return Array(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        } catch {
            guard error.code != ENOENT else { return nil }
            throw ArchiveError(error, doing: "read \(directory)/\(name)")
        }
    }
}

extension Root {
    /// A directory of records, if there is one.
    fileprivate func records(_ directory: String) throws(ArchiveError) -> OpenFile? {
        do throws(SystemError) {
            return try OpenFile(
                directory: directory,
                in: try OpenFile(directory: Root.ownDirectory, in: self.directory)
            )
        } catch {
            guard error.code != ENOENT else { return nil }
            throw ArchiveError(error, doing: "open \(path)/\(Root.ownDirectory)/\(directory)")
        }
    }

    /// A directory of records, made if it is missing, and durable before anything is in it.
    fileprivate func ensureRecords(_ directory: String) throws(ArchiveError) -> OpenFile {
        let doing = "make \(path)/\(Root.ownDirectory)/\(directory)"
        let own = try Root.ensure(Root.ownDirectory, in: self.directory, doing)
        let isDurable = recordDirectories.withLock { $0.contains(directory) }
        do throws(ArchiveError) {
            let records = try Root.ensure(directory, in: own, doing)
            if !isDurable { try attempt(doing) { () throws(SystemError) in try own.synchronize(.everything) } }
            recordDirectories.withLock { _ = $0.insert(directory) }
            return records
        } catch {
            // What a sync has failed for, no later one makes durable. With records in it, it is not removed.
            if !isDurable { try? disk.removeDirectory(directory, in: own.descriptor) }
            throw error
        }
    }
}
