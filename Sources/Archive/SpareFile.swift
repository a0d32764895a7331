/// A file for an instance that is still to come, so that nobody waits for its making then.
///
/// *Resources*: one descriptor. Let it go and nothing is left of it.
package struct SpareFile: Sendable {
    fileprivate let temporary: Temporary
}

extension InstanceArchive {
    /// Makes a file for ``begin(_:in:)``; nil if that cannot be done now, of which `begin` will say why.
    package func spare() -> SpareFile? {
        (try? Temporary(in: root.last)).map(SpareFile.init)
    }

    /// Begins an instance. Its head is written together with its first bytes.
    ///
    /// - Parameter spare: Used, unless the archive's disk has been exchanged since it was made.
    /// - Throws: `.unavailable` while the archive's disk is gone; `.outOfSpace`; what the disk said.
    package func begin(_ meta: FileMetaInformation, in spare: SpareFile? = nil) throws(ArchiveError) -> PendingInstance
    {
        let root = try root.get()
        try freeSpace.check(root)
        let temporary: Temporary
        if let spare, spare.temporary.root === root {
            temporary = spare.temporary
        } else {
            temporary = try attempt("make a file") { () throws(SystemError) in try Temporary(in: root) }
        }
        let writeBack = configuration.sync == .always ? WriteBack(stride: configuration.writeBackStride) : nil
        return PendingInstance(meta, in: temporary, writeBack: writeBack)
    }
}
