import DataSets

/// What bounds the index.
enum IndexLimits {
    /// Instances that wait for the writer: two seconds of small ones.
    static let queuedInstances = 8_192
    /// Bytes of attributes that wait: a peer decides on the length of each.
    static let queuedBytes = 16 << 20
    /// Folders that are remembered of instances for which the queue had no room; with more, all are looked at.
    static let missedFolders = 1_024
    /// Rows of one transaction.
    static let batchInstances = 2_048
    /// Files that a scan reads before the queue has its turn.
    static let scannedFiles = 256
    /// Folders whose times a scan looks at before the queue has its turn.
    static let scannedFolders = 1_024
    /// Folders in folders.
    static let folderDepth = 32
    /// Bytes of a file that are read at once: most heads and attributes are in the first.
    static let readBytes = 32 << 10
    /// Bytes of a file in which its attributes are looked for.
    static let attributesWithin = 16 << 20
    /// Nanoseconds that a folder must have been as it is before its time counts: file systems tell time in steps, of
    /// which FAT's are the longest.
    static let settledNanoseconds: Int64 = 3_000_000_000
    /// Bytes of the filter of SOP Instance UIDs: enough for 45 million.
    static let filterBytes = 64 << 20
    /// Milliseconds that an archive waits for the copies of an instance.
    static let lookupMilliseconds = 100

    /// As a C-STORE is scanned.
    static let scanner = StructureScanner.Limits(
        depth: 64,
        attributeBytes: 4_096,
        inflatedBytes: 1 << 28,
        inflateRatio: 1_000,
        inflateFreeBytes: 1 << 20
    )
}
