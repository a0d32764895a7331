/// A protocol data unit of the DICOM upper layer (PS3.8 §9.3).
///
/// The large ones are indirect: a value of this type is a few bytes, and P-DATA-TF, the one that matters for speed,
/// stays inline.
package enum PDU: Equatable, Sendable {
    /// A-ASSOCIATE-RQ, type 01H (PS3.8 §9.3.2).
    indirect case associateRQ(AssociateRQ)
    /// A-ASSOCIATE-AC, type 02H (PS3.8 §9.3.3).
    indirect case associateAC(AssociateAC)
    /// A-ASSOCIATE-RJ, type 03H (PS3.8 §9.3.4).
    case associateRJ(AssociateRJ)
    /// P-DATA-TF, type 04H (PS3.8 §9.3.5). Only sent: what is received comes as ``PDVFragment``s.
    case dataTF(DataTF)
    /// A-RELEASE-RQ, type 05H (PS3.8 §9.3.6).
    case releaseRQ
    /// A-RELEASE-RP, type 06H (PS3.8 §9.3.7).
    case releaseRP
    /// A-ABORT, type 07H (PS3.8 §9.3.8).
    case abort(Abort)
}

/// The PDU types of PS3.8 §9.3.1, by the first byte of a PDU.
enum PDUType: UInt8 {
    case associateRQ = 0x01
    case associateAC = 0x02
    case associateRJ = 0x03
    case dataTF = 0x04
    case releaseRQ = 0x05
    case releaseRP = 0x06
    case abort = 0x07
}
