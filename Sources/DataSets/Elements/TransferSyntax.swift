/// How the scanner walks a data set in a given transfer syntax (PS3.5 Annex A).
struct TransferSyntax: Sendable {
    /// What the data set's elements should be encoded in. The first element may prove it wrong.
    let encoding: Encoding
    /// The whole data set is one deflate stream (PS3.5 Annex A.5).
    let isDeflated: Bool
    /// Not in PS3.5 or PS3.6: walked as explicit VR little endian, else as implicit.
    let isKnown: Bool

    init(uid: String) {
        switch uid {
        case "1.2.840.10008.1.2":
            self.init(.implicitLittleEndian)
        case "1.2.840.10008.1.2.2":
            self.init(.explicitBigEndian)
        case "1.2.840.10008.1.2.1.99",  // Deflated Explicit VR Little Endian
            "1.2.840.10008.1.2.4.95",  // JPIP Referenced Deflate
            "1.2.840.10008.1.2.4.205":  // JPIP HTJ2K Referenced Deflate
            self.init(.explicitLittleEndian, isDeflated: true)
        default:
            // Every other one of DICOM's own, present and future, is explicit VR little endian (PS3.5 Annex A.4).
            self.init(.explicitLittleEndian, isKnown: uid.hasPrefix("1.2.840.10008.1.2."))
        }
    }

    private init(_ encoding: Encoding, isDeflated: Bool = false, isKnown: Bool = true) {
        self.encoding = encoding
        self.isDeflated = isDeflated
        self.isKnown = isKnown
    }
}
