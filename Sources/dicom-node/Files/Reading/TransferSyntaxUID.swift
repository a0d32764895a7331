/// The transfer syntaxes that `send` treats in a way of their own (PS3.5 Annex A).
enum TransferSyntaxUID {
    /// The default transfer syntax (PS3.5 §10.1).
    static let implicitLittleEndian = "1.2.840.10008.1.2"
    static let explicitLittleEndian = "1.2.840.10008.1.2.1"
    static let explicitBigEndian = "1.2.840.10008.1.2.2"
    /// The data set is one deflate stream, padded to an even length (PS3.5 §A.5).
    static let deflated: Set<String> = [
        "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205",
    ]
}
