import Glibc
import Instances

/// An instance that is being received: written as it arrives, without a name until it is committed.
///
/// *Resources*: one descriptor. Let it go and nothing is left of it.
package struct PendingInstance: ~Copyable, Sendable {
    /// What is known of it when all of it is written.
    struct Finished: Sendable {
        var keys: InstanceKeys
        var digest: String?
        /// Seconds since 1970.
        var received: time_t
        var attributes: DeferredAttributes
    }

    let temporary: Temporary
    let meta: FileMetaInformation
    /// Of the attributes that its path depends on.
    private let keywords: Set<String>
    /// The file's head, until it went out with the first bytes.
    private var header: [UInt8]
    let headerLength: Int
    /// How many bytes of the data set were taken.
    package private(set) var dataSetLength: UInt64 = 0
    private(set) var finished: Finished?
    /// After a failure the rest is refused with the same error, and so is the commit.
    private(set) var failure: ArchiveError?
    private var writeBack: WriteBack?

    init(_ meta: FileMetaInformation, in temporary: Temporary, keywords: Set<String>, writeBack: WriteBack?) {
        self.meta = meta
        self.temporary = temporary
        self.keywords = keywords
        self.writeBack = writeBack
        header = meta.encoded()
        headerLength = header.count
    }

    /// Writes the next bytes of the data set.
    ///
    /// - Parameter slices: Memory that the caller keeps for the duration of the call; nothing is copied in this
    ///   process.
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

    /// Writes the next bytes of the data set.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        let slice = [bytes]
        let result = slice.withUnsafeBufferPointer { slices in
            Result { () throws(ArchiveError) in try append(slices) }
        }
        try result.get()
    }

    /// All bytes have come. The digest becomes an attribute of the file; where the file system has no room or no
    /// attributes, there is none, and the file is as good.
    package mutating func finish(_ end: InstanceEnd) throws(ArchiveError) {
        if let failure { throw failure }
        // An empty data set. The head alone is a file that says so.
        if !header.isEmpty { try append(UnsafeRawBufferPointer(start: nil, count: 0)) }
        let digest = end.digest.value()
        if let digest {
            let file = temporary.file
            try? SystemError.retrying { () throws(SystemError) in
                try file.disk.setAttribute(end.digest.algorithm.attribute, to: Array(digest.utf8), of: file.descriptor)
            }
        }
        var keys = end.keys
        keys.callingAETitle = meta.sourceApplicationEntityTitle
        keys.calledAETitle = meta.receivingApplicationEntityTitle
        if !keywords.isEmpty {
            let keywords = keywords
            keys.attributes = end.attributes().values.filter { keywords.contains($0.key) }
        }
        finished = Finished(keys: keys, digest: digest, received: Glibc.time(nil), attributes: end.attributes)
    }

    /// From how many bytes on the file system is told of a write before.
    private static let reservedMin: UInt64 = 1 << 18

    private func reserve(_ count: UInt64) {
        guard temporary.root.reservingPays, count >= Self.reservedMin else { return }
        let offset = header.isEmpty ? UInt64(headerLength) + dataSetLength : 0
        temporary.root.disk.reserve(count, at: offset, of: temporary.file.descriptor)
    }
}
