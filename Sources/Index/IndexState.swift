/// How far the index is behind the files.
package struct IndexState: Equatable, Sendable {
    /// What keeps it from being written, in words; nil: nothing.
    package var failure: String?
    /// It reads files whose instances it may have missed.
    package var isScanning: Bool
    /// Its rows can be read.
    package var isOpen: Bool
    /// Instances that were archived since the start and have no row yet.
    package var missingInstances: Int
    /// When the first of them was received: seconds since 1970; nil: none is missing.
    package var missingSince: Int?
    /// Instances that were found to be archived twice since the start, because they came again while the index was
    /// behind.
    package var filedTwice = 0

    /// There may be files without a row, beyond those that are being gathered for the next transaction.
    package var isBehind: Bool { failure != nil || isScanning || !isOpen }

    /// For how long the first of them has been missing.
    ///
    /// - Parameter now: Seconds since 1970.
    package func lagSeconds(at now: Int) -> Int { missingSince.map { max(0, now - $0) } ?? 0 }
}
