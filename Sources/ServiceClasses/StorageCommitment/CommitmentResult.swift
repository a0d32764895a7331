import DIMSE
import DataSets
package import NIOCore

/// What became of each instance of a request: the Event Information of a Storage Commitment Result (PS3.4 Table J.3-2).
package struct CommitmentResult: Equatable, Sendable {
    /// Failure Reason (0008,1197), PS3.3 §C.14.1.1.
    package enum FailureReason: UInt16, CaseIterable, Sendable {
        /// The instance is here and not as it was stored, or it could not be read.
        case processingFailure = 0x0110
        /// There is no such instance here.
        case noSuchObjectInstance = 0x0112
        /// The instance is of another class.
        case classInstanceConflict = 0x0119
        /// The class is none of those that are stored.
        case referencedSOPClassNotSupported = 0x0122
        /// The store is short of what it would have needed to tell.
        case resourceLimitation = 0x0213
    }

    package var transactionUID: String
    package var references: [CommitmentRequest.Reference]
    /// Of each reference, in the same order; nil: it is kept safely.
    package var failures: [FailureReason?]

    package init(
        transactionUID: String,
        references: [CommitmentRequest.Reference],
        failures: [FailureReason?]
    ) {
        self.transactionUID = transactionUID
        self.references = references
        self.failures = failures
    }

    /// How many instances are not kept safely.
    package var failureCount: Int { failures.count { $0 != nil } }

    /// 1: all are kept safely; 2: failures exist (PS3.4 §J.3.3.1.2).
    package var eventTypeID: UInt16 { failureCount == 0 ? 1 : 2 }

    /// The data set of the N-EVENT-REPORT-RQ.
    ///
    /// - Parameter transferSyntaxUID: One of `ElementWalker.transferSyntaxUIDs`.
    package func eventInformation(transferSyntaxUID: String) -> ByteBuffer {
        var writer = ElementWriter(transferSyntaxUID: transferSyntaxUID)
        writer.write(uid: transactionUID, as: .transactionUID)
        let results = zip(references, failures)
        let failed = results.filter { $1 != nil }
        if !failed.isEmpty {
            writer.write(sequence: failed, as: .failedSOPSequence) { result, item in
                item.write(result.0)
                item.write(unsignedShort: (result.1 ?? .processingFailure).rawValue, as: .failureReason)
            }
        }
        let kept = results.filter { $1 == nil }
        // Absent, not empty, where there is none.
        if !kept.isEmpty {
            writer.write(sequence: kept, as: .referencedSOPSequence) { result, item in item.write(result.0) }
        }
        return ByteBuffer(bytes: writer.bytes)
    }
}

extension ElementWriter {
    fileprivate mutating func write(_ reference: CommitmentRequest.Reference) {
        write(uid: reference.sopClassUID, as: .referencedSOPClassUID)
        write(uid: reference.sopInstanceUID, as: .referencedSOPInstanceUID)
    }
}
