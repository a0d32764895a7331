import ApplicationEntities
import Archive
import DataSets
import Glibc

/// A file's data set in Implicit VR Little Endian, the default transfer syntax (PS3.5 §10.1), for a peer that takes
/// nothing else. Blocks.
enum ConvertedDataSet {
    private static let pieceBytes = 1 << 20

    /// Converts into a file without a name, in the folder of `TMPDIR`.
    ///
    /// *Resources*: the file goes with the last reference to what is returned.
    ///
    /// *Errors*: the data set is not well formed, or cannot be converted.
    static func make(of file: InstanceFile) throws(InstanceFile.Unreadable) -> InputFile {
        let input = try InputFile(file.path)
        try check(file, input)
        let (output, path) = try TemporaryFile.make(for: "the conversion")
        // DCMTK opens it by its name; after that it needs none.
        defer { unlink(path) }
        do {
            try ImplicitVRConversion.convert(
                input.descriptorPath,
                offset: file.dataSetOffset,
                transferSyntaxUID: file.transferSyntaxUID,
                to: path
            )
        } catch {
            close(output)
            throw InstanceFile.Unreadable("cannot be converted to Implicit VR Little Endian: \(error)")
        }
        do throws(SystemError) {
            return try InputFile(adopting: output)
        } catch {
            throw InstanceFile.Unreadable("no temporary file for the conversion: \(error)")
        }
    }

    /// Walks the data set to its end: DCMTK is only given what is well formed.
    private static func check(_ file: InstanceFile, _ input: InputFile) throws(InstanceFile.Unreadable) {
        var scanner = StructureScanner(
            transferSyntaxUID: file.transferSyntaxUID,
            limits: Limits().structureScanner
        )
        var position = 0
        while position < file.dataSetLength, scanner.fault == nil {
            let count = min(pieceBytes, file.dataSetLength - position)
            try input.read(at: file.dataSetOffset + position, count: count).withUnsafeBytes { scanner.consume($0) }
            position += count
        }
        let result = scanner.finish()
        if let fault = result.fault {
            throw InstanceFile.Unreadable("cannot be converted to Implicit VR Little Endian: \(fault)")
        }
        guard !result.notes.contains(.unchecked) else {
            throw InstanceFile.Unreadable("cannot be converted to Implicit VR Little Endian: it inflates to too much")
        }
    }
}
