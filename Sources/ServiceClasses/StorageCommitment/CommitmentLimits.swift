/// The bounds of storage commitment, each with its unit and its reason.
package enum CommitmentLimits {
    /// Bytes of one request's data set. A reference takes about 110, and the largest studies have some ten thousand
    /// instances.
    static let requestBytes = 8 << 20
    /// Bytes of the requests that arrive at once, on all associations.
    package static let arrivingBytes = 64 << 20
    /// References of one request.
    static let references = 50_000
    /// Transactions under way: those whose result waits for a peer that is down, too.
    static let transactions = 10_000
    /// The same for one calling AE title, so that no peer takes the places of the others.
    static let transactionsPerAETitle = 2_500
    /// Bytes of all records on disk.
    static let recordBytes = 256 << 20
    /// Bytes of one record: each reference is a line of two UIDs and a status.
    static let recordBytesMax = references * 160 + 4_096

    /// References that are looked up together: one walk of an archive without an index for all of them.
    static let lookupReferences = 50_000
    /// Bytes that are read from a file at a time.
    static let readBytes = 1 << 20
    /// How often instances are checked again that could not be read.
    static let attempts = 6
    /// How long after the disk, or the index, could not be asked.
    static let checkAgain = Duration.seconds(10)

    /// What a requestor has, after our N-ACTION-RSP, to release its association instead of waiting for the result on
    /// it: what is sent to one that is releasing comes too late, and has to be sent again.
    static let releaseGrace = Duration.milliseconds(250)
    /// How long after a failed report the next one follows; doubled with each, up to the longest.
    static let retryFirst = Duration.seconds(10)
    static let retryLongest = Duration.seconds(600)
}
