internal import CDCMTK

/// Explicit VR to Implicit VR Little Endian (PS3.5 §A.1), by DCMTK: the same values, in another encoding.
package enum ImplicitVRConversion {
    /// DCMTK did not do it.
    package struct ConversionError: Error, Equatable, Sendable, CustomStringConvertible {
        /// In words.
        package let description: String
    }

    /// Writes the data set that begins at `offset` of the file `input` to the file `output`. Blocks.
    ///
    /// - Parameters:
    ///   - input: Its path. ``StructureScanner`` has walked the data set to its end without a fault, because DCMTK trusts lengths and
    ///     recurses.
    ///   - output: Its path; what is there is overwritten.
    ///
    /// *Errors*: DCMTK refuses the data set, or cannot write.
    package static func convert(
        _ input: String,
        offset: Int,
        isBigEndian: Bool,
        to output: String
    ) throws(ConversionError) {
        guard cdcmtk_convert_to_implicit(input, Int64(offset), isBigEndian, output) == CDCMTKResultOK else {
            throw ConversionError(description: "DCMTK cannot write it in Implicit VR Little Endian")
        }
    }
}
