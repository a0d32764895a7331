extension PDUDecoder {
    /// What the receiver is willing to take, in bytes of a PDU's variable field unless said otherwise.
    package struct Limits: Sendable {
        /// A-ASSOCIATE-RQ and -AC, which are parsed only when complete.
        package var associatePDU: Int
        /// P-DATA-TF: longer ones end the association.
        package var dataPDU: Int
        /// P-DATA-TF: the maximum length we offered; longer ones are noticed (PS3.8 §D.1). 0 is unlimited.
        package var offeredDataPDU: Int
        /// A-ASSOCIATE-RJ, A-RELEASE-RQ, A-RELEASE-RP and A-ABORT: what follows the four defined bytes is skipped.
        package var fixedPDU: Int
        /// Presentation data values and P-DATA-TFs without any data, one after the other.
        package var emptyValuesInARow: Int
        /// Items, sub-items and related general SOP classes, however nested, of one A-ASSOCIATE PDU. Together with
        /// ``associatePDU`` it bounds what a decoded request occupies: its bytes, and less than 200 more for each item.
        package var items: Int

        package init(
            associatePDU: Int,
            dataPDU: Int,
            offeredDataPDU: Int,
            fixedPDU: Int,
            emptyValuesInARow: Int,
            items: Int
        ) {
            self.associatePDU = associatePDU
            self.dataPDU = dataPDU
            self.offeredDataPDU = offeredDataPDU
            self.fixedPDU = fixedPDU
            self.emptyValuesInARow = emptyValuesInARow
            self.items = items
        }
    }
}
