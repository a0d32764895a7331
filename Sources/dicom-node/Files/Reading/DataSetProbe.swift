import ApplicationEntities
import DataSets

/// What a file's data set says of itself, read from its beginning. Blocks.
struct DataSetProbe {
    /// Bytes that the scanner is given: group 0008 comes first (PS3.5 §7.1). Behind them, ``IdentityWalk`` goes on.
    private static let identityBytes = 1 << 20
    /// Bytes given to the scanner at once: the UIDs are among the first of nearly every file.
    private static let pieceBytes = 4_096
    /// Bytes read at once where the whole file is looked through.
    private static let searchBytes = 1 << 20

    /// The SOP Class and SOP Instance UID at the data set's top level, without padding; nil where there is none.
    static func identity(
        _ reader: inout HeadReader,
        at offset: Int,
        transferSyntaxUID: String
    ) throws(InstanceFile.Unreadable) -> (sopClassUID: String?, sopInstanceUID: String?) {
        let scanned = try scannedIdentity(&reader, at: offset, transferSyntaxUID: transferSyntaxUID)
        let isFound = scanned.sopClassUID != nil && scanned.sopInstanceUID != nil
        guard !isFound, !TransferSyntaxUID.deflated.contains(transferSyntaxUID) else {
            return (scanned.sopClassUID, scanned.sopInstanceUID)
        }
        var walk = IdentityWalk()
        try walk.walk(&reader, from: offset, isBigEndian: transferSyntaxUID == TransferSyntaxUID.explicitBigEndian)
        return (scanned.sopClassUID ?? walk.sopClassUID, scanned.sopInstanceUID ?? walk.sopInstanceUID)
    }

    private static func scannedIdentity(
        _ reader: inout HeadReader,
        at offset: Int,
        transferSyntaxUID: String
    ) throws(InstanceFile.Unreadable) -> Identity {
        var scanner = StructureScanner(transferSyntaxUID: transferSyntaxUID, limits: Limits().structureScanner)
        var position = offset
        while true {
            let count = min(pieceBytes, reader.file.length - position)
            if count > 0, let piece = try reader.bytes(at: position, count: count) {
                piece.withUnsafeBytes { scanner.consume($0) }
                position += count
            }
            var ended = scanner
            let identity = ended.finish().identity
            let isFound = identity.sopClassUID != nil && identity.sopInstanceUID != nil
            guard !isFound, count == pieceBytes, scanner.fault == nil, position - offset < identityBytes else {
                return identity
            }
        }
    }

    /// The transfer syntax that the first element is written in, if that is plausible.
    static func transferSyntaxUID(_ reader: inout HeadReader, at offset: Int) throws(InstanceFile.Unreadable) -> String?
    {
        guard let first = try reader.bytes(at: offset, count: 2).map(Array.init) else { return nil }
        // A group number below 0100H, which the first one is, has its zero byte in front if it is big endian.
        let isBigEndian = first[0] == 0
        guard let element = try HeadElement(&reader, at: offset, isBigEndian: isBigEndian),
            element.group < 0x0100, element.valueEnd <= reader.file.length
        else { return nil }
        guard element.isExplicit else { return isBigEndian ? nil : TransferSyntaxUID.implicitLittleEndian }
        return isBigEndian ? TransferSyntaxUID.explicitBigEndian : TransferSyntaxUID.explicitLittleEndian
    }

    /// The data set has encapsulated Pixel Data (PS3.5 §A.4), whose compression only a transfer syntax could name.
    static func isEncapsulated(_ file: InputFile, from offset: Int) throws(InstanceFile.Unreadable) -> Bool {
        let headers = ["OB", "OW"].map { [0xE0, 0x7F, 0x10, 0x00] + Array($0.utf8) + [0, 0, 0xFF, 0xFF, 0xFF, 0xFF] }
        var position = offset
        while position < file.length {
            let bytes = try file.read(at: position, count: min(searchBytes, file.length - position))
            if headers.contains(where: { bytes.firstRange(of: $0) != nil }) { return true }
            // A header may lie across the border of two reads.
            guard bytes.count == searchBytes else { return false }
            position += searchBytes - 12
        }
        return false
    }
}
