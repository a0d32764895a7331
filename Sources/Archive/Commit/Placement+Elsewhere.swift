import Instances

/// A file of the archive that holds an instance with the same SOP Instance UID under another path.
struct CopyElsewhere {
    let place: ArchivedPath
    let file: OpenFile
}

extension Placement {
    /// The copies of the instance whose paths are not those of its own place: of another layout, another day, another
    /// series.
    ///
    /// What the lookup says is a hint: a file counts only if it is there, is not in doubt, and its head names the
    /// instance.
    func copiesElsewhere(_ entry: Entry, _ path: RelativePath) -> [CopyElsewhere] {
        guard let lookup else { return [] }
        let uid = entry.commit.keys.sopInstanceUID
        var paths = placedPaths.isEmpty ? [] : placedPaths[uid] ?? []
        if lookup.mayHave(uid), let known = lookup.copies(of: uid) { paths = known + paths }
        var seen: Set<String> = []
        return paths.compactMap { other in
            guard seen.insert(other).inserted, !path.isOfCopy(other), !tree.memory.isDoubtful(other),
                let place = ArchivedPath(other), let file = try? tree.root.open(place),
                Self.sopInstanceUID(of: file) == uid
            else { return nil }
            return CopyElsewhere(place: place, file: file)
        }
    }

    /// Bytes of a file in which its head ends, as this archive writes it and others do.
    private static let headBytes = 64 << 10

    private static func sopInstanceUID(of file: OpenFile) -> String? {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: headBytes, alignment: 16)
        defer { bytes.deallocate() }
        guard let count = try? file.read(into: bytes, at: 0) else { return nil }
        let head = try? FileMetaInformation.parse(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        return head?.meta.mediaStorageSOPInstanceUID
    }
}
