import ApplicationEntities
import Archive
import Associations
import DataSets
import Index
import Instances

/// What is known of a file, beside what it says itself.
struct KnownFile: Sendable {
    var row: FileRow?
    /// Beside the file, in an extended attribute, when it was archived.
    var digest: (algorithm: DigestAlgorithm, value: String)?

    /// Which digests are compared.
    var algorithms: Set<DigestAlgorithm> {
        var algorithms: Set<DigestAlgorithm> = []
        if let digest { algorithms.insert(digest.algorithm) }
        if let algorithm = row?.algorithm { algorithms.insert(algorithm) }
        return algorithms
    }
}

extension FileRow {
    /// That of its digest.
    var algorithm: DigestAlgorithm? {
        switch digest.utf8.count {
        case 32: .xxh3
        case 64: .sha256
        default: nil
        }
    }
}

/// One file as it has been read, compared with what is known of it.
struct FileComparison {
    let name: String
    let known: KnownFile
    /// The bytes before the data set.
    let headBytes: [UInt8]
    let head: FileMetaInformation
    /// Of the data set.
    let bytes: Int
    let digests: [DigestAlgorithm: String]
    let identity: Identity
    /// Of a data set that was walked to its end, because no digest vouches for it.
    let fault: Fault?

    /// What is wrong with the file itself; nil: nothing.
    var damage: String? {
        if let digest = known.digest, digests[digest.algorithm] != digest.value {
            return "its data set is not the one that was archived: the digest beside it differs"
        }
        if let fault { return "its data set is not whole: \(fault)" }
        return damageOfHead ?? damageOfIdentity
    }

    /// The instance that it holds.
    private var sopInstanceUID: String { identity.sopInstanceUID ?? head.mediaStorageSOPInstanceUID }

    /// A head that this node wrote has only bytes that it would write again.
    private var damageOfHead: String? {
        let isOurs = head.implementationClassUID == Implementation.classUID.text
        let hasOurVersion = Implementation.isVersionName(head.implementationVersionName)
        guard isOurs || hasOurVersion else { return nil }
        let isWhole = isOurs && hasOurVersion && head.encoded() == headBytes
        return isWhole ? nil : "its head is not as the node has written it"
    }

    private var damageOfIdentity: String? {
        if sopInstanceUID.isEmpty { return "it names no SOP Instance UID" }
        // What no UID may hold stands as a question mark in a head.
        let ofHead = head.mediaStorageSOPInstanceUID
        if let own = identity.sopInstanceUID, !ofHead.isEmpty, own != ofHead, !ofHead.contains("?") {
            return "its head names the instance \(ofHead), its data set \(own)"
        }
        if known.row == nil, !ArchivedName.mayHold(sopInstanceUID, name) {
            return "it holds the instance \(sopInstanceUID), which its name does not say"
        }
        return nil
    }

    /// How the file differs from its row; nil: it does not, or has none.
    var difference: String? {
        guard let row = known.row else { return nil }
        if row.sopInstanceUID != plain(sopInstanceUID) {
            return "it holds the instance \(sopInstanceUID), and the index says \(row.sopInstanceUID)"
        }
        if Int64(bytes) != row.bytes { return "its data set has \(bytes) bytes, and the index says \(row.bytes)" }
        if let algorithm = row.algorithm, digests[algorithm] != row.digest {
            return "its data set is not the one that was archived: the index has another digest"
        }
        let uids = [
            (identity.sopClassUID ?? head.mediaStorageSOPClassUID, row.sopClassUID, "SOP class"),
            (identity.studyInstanceUID ?? "", row.studyInstanceUID, "study"),
            (identity.seriesInstanceUID ?? "", row.seriesInstanceUID, "series"),
        ]
        for (own, ofRow, what) in uids where plain(own) != ofRow {
            return "its \(what) is \(own), and the index says \(ofRow)"
        }
        return differenceOfHead(row)
    }

    private func differenceOfHead(_ row: FileRow) -> String? {
        var expected = head
        expected.transferSyntaxUID = row.transferSyntaxUID
        expected.sourceApplicationEntityTitle = row.callingAETitle
        expected.receivingApplicationEntityTitle = row.calledAETitle
        // As a head has them: shortened, and without what it may not hold.
        let written = expected.encoded().withUnsafeBytes { try? FileMetaInformation.parse($0).meta } ?? expected
        let fields = [
            (head.transferSyntaxUID, written.transferSyntaxUID, "transfer syntax"),
            (head.sourceApplicationEntityTitle, written.sourceApplicationEntityTitle, "source"),
            (head.receivingApplicationEntityTitle, written.receivingApplicationEntityTitle, "receiver"),
        ]
        for (own, ofRow, what) in fields where own != ofRow {
            return "its head says that its \(what) is \(own), and the index says \(ofRow)"
        }
        return nil
    }

    /// As the index keeps text.
    private func plain(_ text: String) -> String { text.filter { $0 != "\0" } }
}
