import Associations
import DataSets

/// A DICOM file with an instance: what it is, and where its data set lies.
struct InstanceFile: Sendable {
    var path: PathBytes
    var sopClassUID: String
    var sopInstanceUID: String
    var transferSyntaxUID: String
    var dataSetOffset: Int
    var dataSetLength: Int

    /// Why a file cannot be taken for an instance, or not be read.
    struct Unreadable: Error, CustomStringConvertible {
        var description: String
        /// It can be read, and is something else.
        var isOtherThanDICOM: Bool
        /// It is a DICOMDIR.
        var isDirectory: Bool

        init(_ description: String, isOtherThanDICOM: Bool = false, isDirectory: Bool = false) {
            self.description = description
            self.isOtherThanDICOM = isOtherThanDICOM
            self.isDirectory = isDirectory
        }
    }

    /// A DICOMDIR: a file about files, which no network service takes (PS3.10 §8.6).
    private static let mediaStorageDirectory = "1.2.840.10008.1.3.10"

    /// A data set that ends on an odd byte, against PS3.5 §7.1. A deflated one is padded instead.
    var isOdd: Bool { !isPadded && !dataSetLength.isMultiple(of: 2) }

    /// A deflated data set of odd length gets a NUL behind it (PS3.5 §A.5).
    var isPadded: Bool {
        TransferSyntaxUID.deflated.contains(transferSyntaxUID) && !dataSetLength.isMultiple(of: 2)
    }

    /// Reads a file's beginning. Blocks.
    ///
    /// Identity is the data set's own; what the File Meta Information says counts where the data set says nothing.
    static func read(_ path: PathBytes) throws(Unreadable) -> InstanceFile {
        try read(try InputFile(path), path)
    }

    /// Reads the beginning of a file that is open. Blocks.
    ///
    /// - Parameter path: What it is called.
    static func read(_ file: InputFile, _ path: PathBytes) throws(Unreadable) -> InstanceFile {
        guard file.length > 0 else { throw Unreadable("the file is empty", isOtherThanDICOM: true) }
        var reader = HeadReader(file)
        let head = try FileHead.read(&reader)
        guard head.sopClassUID != mediaStorageDirectory else {
            throw Unreadable("a DICOMDIR is no instance", isDirectory: true)
        }
        do throws(Unreadable) {
            return try read(path, head, &reader)
        } catch  where !head.hasPrefix {
            throw Unreadable("no DICOM file (PS3.10 §7.1): neither its prefix nor a data set", isOtherThanDICOM: true)
        }
    }

    private static func read(
        _ path: PathBytes,
        _ head: FileHead,
        _ reader: inout HeadReader
    ) throws(Unreadable) -> InstanceFile {
        let length = reader.file.length - head.dataSetOffset
        guard length > 0 else { throw Unreadable("the file has no data set") }
        let transferSyntax = try transferSyntaxUID(head, &reader)
        let identity = try DataSetProbe.identity(&reader, at: head.dataSetOffset, transferSyntaxUID: transferSyntax)
        guard let sopClass = plausible(identity.sopClassUID, or: head.sopClassUID) else {
            throw Unreadable("no SOP Class UID, neither in the data set nor before it")
        }
        guard let sopInstance = plausible(identity.sopInstanceUID, or: head.sopInstanceUID) else {
            throw Unreadable("no SOP Instance UID, neither in the data set nor before it")
        }
        if head.transferSyntaxUID.isEmpty, try DataSetProbe.isEncapsulated(reader.file, from: head.dataSetOffset) {
            throw Unreadable("no Transfer Syntax UID, and only it could name the compression of the pixel data")
        }
        return InstanceFile(
            path: path,
            sopClassUID: sopClass,
            sopInstanceUID: sopInstance,
            transferSyntaxUID: transferSyntax,
            dataSetOffset: head.dataSetOffset,
            dataSetLength: length
        )
    }

    private static func transferSyntaxUID(
        _ head: FileHead,
        _ reader: inout HeadReader
    ) throws(Unreadable) -> String {
        guard head.transferSyntaxUID.isEmpty else {
            guard UID(head.transferSyntaxUID).isPlausible else { throw Unreadable("its Transfer Syntax UID is no UID") }
            return head.transferSyntaxUID
        }
        guard let found = try DataSetProbe.transferSyntaxUID(&reader, at: head.dataSetOffset) else {
            throw Unreadable("no Transfer Syntax UID, and the data set does not tell it")
        }
        return found
    }

    private static func plausible(_ own: String?, or other: String) -> String? {
        [own ?? "", other].first { UID($0).isPlausible }
    }
}
