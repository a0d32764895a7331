/// A request for storage commitment (PS3.4 Annex J), built by hand.
package enum RawCommitment {
    package static let sopClass = "1.2.840.10008.1.20.1"
    package static let instance = "1.2.840.10008.1.20.1.1"

    /// The Action Information: a Transaction UID and references to instances, each of a class.
    ///
    /// - Parameter undefined: Sequence and items have no length, and end at their delimiters.
    package static func dataSet(
        _ encoding: RawDataSet.Encoding,
        transactionUID: String? = "2.25.1",
        _ references: [(sopClass: String?, instance: String?)],
        undefined: Bool = false
    ) -> [UInt8] {
        var dataSet = RawDataSet(encoding)
        if let transactionUID { dataSet.add(0x0008, 0x1195, "UI", transactionUID) }
        var items = RawDataSet(encoding)
        for reference in references {
            var item = RawDataSet(encoding)
            if let uid = reference.sopClass { item.add(0x0008, 0x1150, "UI", uid) }
            if let uid = reference.instance { item.add(0x0008, 0x1155, "UI", uid) }
            items.addTag(0xFFFE, 0xE000, length: undefined ? 0xFFFF_FFFF : item.bytes.count)
            items.add(raw: item.bytes)
            if undefined { items.addTag(0xFFFE, 0xE00D, length: 0) }
        }
        if undefined { items.addTag(0xFFFE, 0xE0DD, length: 0) }
        dataSet.add(0x0008, 0x1199, "SQ", items.bytes, length: undefined ? 0xFFFF_FFFF : nil)
        return dataSet.bytes
    }

    /// The same in explicit VR little endian.
    package static func dataSet(
        transactionUID: String? = "2.25.1",
        _ references: [(sopClass: String?, instance: String?)],
        undefined: Bool = false
    ) -> [UInt8] {
        dataSet(.explicitLittle, transactionUID: transactionUID, references, undefined: undefined)
    }

    /// The N-ACTION-RQ.
    package static func action(messageID: Int = 1) -> RawCommand {
        RawCommand([
            (0x0003, [UInt8](even: sopClass)), (0x0100, RawCommand.us(0x0130)), (0x0110, RawCommand.us(messageID)),
            (0x0800, RawCommand.us(0)), (0x1001, [UInt8](even: instance)), (0x1008, RawCommand.us(1)),
        ])
    }
}
