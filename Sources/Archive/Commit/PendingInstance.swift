/// An instance that is being received: written as it arrives, without a name until it is committed.
///
/// *Resources*: one descriptor. Let it go and nothing is left of it.
package struct PendingInstance: ~Copyable, Sendable {
    let temporary: Temporary
    let meta: FileMetaInformation
    /// The file's head, until it went out with the first bytes.
    private(set) var header: [UInt8]
    let headerLength: Int
    /// How many bytes of the data set were taken.
    package private(set) var dataSetLength: UInt64 = 0
    /// After a failure the rest is refused with the same error, and so is the commit.
    private(set) var failure: ArchiveError?
    private var writeBack: WriteBack?

    init(_ meta: FileMetaInformation, in temporary: Temporary, writeBack: WriteBack?) {
        self.meta = meta
        self.temporary = temporary
        self.writeBack = writeBack
        header = meta.encoded()
        headerLength = header.count
    }

    /// Writes the next bytes of the data set.
    ///
    /// - Parameter slices: Memory that the caller keeps for the duration of the call; nothing is copied in this process.
    /// - Throws: What the disk said. The instance is lost then: what is still to come need not be given.
    package mutating func append(_ slices: UnsafeBufferPointer<UnsafeRawBufferPointer>) throws(ArchiveError) {
        if let failure { throw failure }
        var count: UInt64 = 0
        for slice in slices { count += UInt64(slice.count) }
        reserve(UInt64(header.count) + count)
        do throws(SystemError) {
            try temporary.file.write(header: header, slices).get()
            header = []
            dataSetLength += count
            try writeBack?.advance(to: UInt64(headerLength) + dataSetLength, of: temporary.file)
        } catch {
            let failure = ArchiveError(error, doing: "write the instance")
            self.failure = failure
            throw failure
        }
    }

    /// From how many bytes on the file system is told of a write before.
    private static let reservedMin: UInt64 = 1 << 18

    private func reserve(_ count: UInt64) {
        guard temporary.root.reservingPays, count >= Self.reservedMin else { return }
        let offset = header.isEmpty ? UInt64(headerLength) + dataSetLength : 0
        temporary.root.disk.reserve(count, at: offset, of: temporary.file.descriptor)
    }

    /// Keeps the data set's digest with the file. Where the file system has no room or no attributes, there is none:
    /// the file is as good.
    func keep(_ digest: Digest) {
        guard let value = digest.value() else { return }
        let file = temporary.file
        try? SystemError.retrying { () throws(SystemError) in
            try file.disk.setAttribute(digest.algorithm.attribute, to: Array(value.utf8), of: file.descriptor)
        }
    }

    /// Writes the next bytes of the data set.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        let slice = [bytes]
        let result = slice.withUnsafeBufferPointer { slices in
            Result { () throws(ArchiveError) in try append(slices) }
        }
        try result.get()
    }
}
