import DIMSE
import DataSets

/// What an SCU asks to be kept safely: the Action Information of a Storage Commitment Request (PS3.4 Table J.3-1).
package struct CommitmentRequest: Equatable, Sendable {
    /// An instance, and what class the SCU says it is of.
    package struct Reference: Hashable, Sendable {
        package var sopClassUID: String
        package var sopInstanceUID: String

        package init(sopClassUID: String, sopInstanceUID: String) {
            self.sopClassUID = sopClassUID
            self.sopInstanceUID = sopInstanceUID
        }
    }

    /// Names the transaction, among those of its SCU.
    package var transactionUID: String
    /// Each once, in the order of the request.
    package var references: [Reference]

    package init(transactionUID: String, references: [Reference]) {
        self.transactionUID = transactionUID
        self.references = references
    }
}

extension CommitmentRequest {
    /// Reads the Action Information.
    ///
    /// - Parameter transferSyntaxUID: One of `ElementWalker.transferSyntaxUIDs`.
    ///
    /// *Errors*: ``Refusal``, with the status of the N-ACTION-RSP.
    package init(_ dataSet: [UInt8], transferSyntaxUID: String) throws(Refusal) {
        var reader = ReferenceReader(dataSet, transferSyntaxUID: transferSyntaxUID)
        do throws(Fault) {
            try reader.read()
        } catch {
            throw Refusal(.invalidArgumentValue, "Action Information: \(error)")
        }
        guard reader.references.count <= CommitmentLimits.references else {
            throw Refusal(.resourceLimitation, "More than \(CommitmentLimits.references) references in a request")
        }
        transactionUID = try Self.uid(reader.transactionUID, "Transaction UID (0008,1195)")
        guard !reader.references.isEmpty else {
            throw Refusal(.invalidArgumentValue, "Referenced SOP Sequence (0008,1199) has no item")
        }
        references = []
        references.reserveCapacity(reader.references.count)
        var seen: Set<Reference> = []
        for raw in reader.references {
            let reference = Reference(
                sopClassUID: try Self.uid(raw.sopClass, "Referenced SOP Class UID (0008,1150)"),
                sopInstanceUID: try Self.uid(raw.sopInstance, "Referenced SOP Instance UID (0008,1155)")
            )
            if seen.insert(reference).inserted { references.append(reference) }
        }
    }

    /// A UID that makes a name. As odd as those that the Storage SCP takes, because what was stored can be asked for.
    private static func uid(_ value: [UInt8]?, _ name: String) throws(Refusal) -> String {
        guard let value, !value.isEmpty else { throw Refusal(.invalidArgumentValue, "\(name) is missing") }
        let isName = value.count <= 64 && value.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2F && $0 != 0x5C }
        guard isName else { throw Refusal(.invalidArgumentValue, "\(name) is no UID") }
        return String(decoding: value, as: UTF8.self)
    }
}

/// Finds in a data set what a Storage Commitment Request has to name.
private struct ReferenceReader {
    struct RawReference {
        var sopClass: [UInt8]?
        var sopInstance: [UInt8]?
    }

    private var walker: ElementWalker
    private(set) var transactionUID: [UInt8]?
    private(set) var references: [RawReference] = []
    /// Sequences that are open, the outermost first.
    private var path: [Tag] = []

    init(_ bytes: [UInt8], transferSyntaxUID: String) {
        // In implicit VR every sequence that is passed over as a value does as well.
        walker = ElementWalker(bytes, transferSyntaxUID: transferSyntaxUID, sequences: [.referencedSOPSequence])
    }

    mutating func read() throws(Fault) {
        while let event = try walker.next() {
            switch event {
            case .sequence(let tag): path.append(tag)
            case .sequenceEnd: path.removeLast()
            case .item: if path == [.referencedSOPSequence] { references.append(RawReference()) }
            case .itemEnd: break
            case .element(let tag, let range): take(tag, range)
            }
            // The rest would only cost.
            if references.count > CommitmentLimits.references { return }
        }
    }

    private mutating func take(_ tag: Tag, _ range: Range<Int>) {
        switch (tag, path) {
        case (.transactionUID, []): transactionUID = value(range)
        case (.referencedSOPClassUID, [.referencedSOPSequence]):
            references[references.count - 1].sopClass = value(range)
        case (.referencedSOPInstanceUID, [.referencedSOPSequence]):
            references[references.count - 1].sopInstance = value(range)
        default: break
        }
    }

    /// Without padding: NULs or spaces behind it, spaces in front.
    private func value(_ range: Range<Int>) -> [UInt8] {
        var value = walker.bytes[range].drop { $0 == 0x20 }
        while let last = value.last, last == 0x00 || last == 0x20 { value.removeLast() }
        return Array(value)
    }
}

extension Tag {
    static let referencedSOPClassUID = Tag(0x0008_1150)
    static let referencedSOPInstanceUID = Tag(0x0008_1155)
    static let transactionUID = Tag(0x0008_1195)
    static let failureReason = Tag(0x0008_1197)
    static let failedSOPSequence = Tag(0x0008_1198)
    static let referencedSOPSequence = Tag(0x0008_1199)
}
