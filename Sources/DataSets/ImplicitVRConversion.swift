internal import CDCMTK

/// Explicit VR to Implicit VR Little Endian (PS3.5 §A.1), by DCMTK: the same values, in another encoding.
package enum ImplicitVRConversion {
    /// DCMTK did not do it.
    package struct ConversionError: Error, Equatable, Sendable, CustomStringConvertible {
        /// In words.
        package let description: String
    }

    /// Whether DCMTK can convert from this transfer syntax: one in explicit VR whose pixel data is not compressed.
    package static func converts(_ transferSyntaxUID: String) -> Bool { encoding(transferSyntaxUID) != nil }

    private static func encoding(_ transferSyntaxUID: String) -> CDCMTKEncoding? {
        switch transferSyntaxUID {
        case "1.2.840.10008.1.2.1": CDCMTKEncodingLittleEndian
        case "1.2.840.10008.1.2.2": CDCMTKEncodingBigEndian
        case "1.2.840.10008.1.2.1.99": CDCMTKEncodingDeflated
        default: nil
        }
    }

    /// Writes the data set that begins at `offset` of the file `input` to the file `output`. Blocks.
    ///
    /// - Parameters:
    ///   - input: Its path. ``StructureScanner`` has walked the data set to its end without a fault, because
    ///     DCMTK trusts lengths and recurses.
    ///   - transferSyntaxUID: One that ``converts(_:)``.
    ///   - output: Its path; what is there is overwritten.
    ///
    /// *Errors*: DCMTK refuses the data set, or cannot write.
    package static func convert(
        _ input: String,
        offset: Int,
        transferSyntaxUID: String,
        to output: String
    ) throws(ConversionError) {
        guard let encoding = encoding(transferSyntaxUID),
            cdcmtk_convert_to_implicit(input, Int64(offset), encoding, output) == CDCMTKResultOK
        else {
            throw ConversionError(description: "DCMTK cannot write it in Implicit VR Little Endian")
        }
    }
}
