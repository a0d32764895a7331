package import struct NIOCore.ByteBuffer

/// P-DATA-TF to be sent (PS3.8 Table 9-22). What is received comes as ``PDVFragment``s.
package struct DataTF: Equatable, Sendable {
    /// The presentation data values, in order; more than one may share a PDU.
    package var values: [PresentationDataValue]

    package init(values: [PresentationDataValue]) { self.values = values }
}

/// One presentation data value: a message fragment with its control header (PS3.8 Table 9-23, Annex E).
package struct PresentationDataValue: Equatable, Sendable {
    /// The context negotiated for the message.
    package var presentationContextID: UInt8
    /// Part of a command set; else of a data set.
    package var isCommand: Bool
    /// The last fragment of its command set or data set.
    package var isLast: Bool
    /// The fragment.
    package var data: ByteBuffer

    package init(presentationContextID: UInt8, isCommand: Bool, isLast: Bool, data: ByteBuffer) {
        self.presentationContextID = presentationContextID
        self.isCommand = isCommand
        self.isLast = isLast
        self.data = data
    }

    /// Bytes before the data: length, context id and control header.
    package static let headerLength = 6
}

/// A received part of a presentation data value: as much of it as one read brought.
package struct PDVFragment: Equatable, Sendable {
    /// The context the value names; it need not be an accepted one.
    package var presentationContextID: UInt8
    /// Part of a command set; else of a data set.
    package var isCommand: Bool
    /// The end of a value that is the last fragment of its command set or data set.
    package var isLast: Bool
    /// The end of a value. A value without data is one empty fragment.
    package var endsValue: Bool
    /// A slice of the read buffer: no copy, and it keeps that buffer alive.
    package var bytes: ByteBuffer

    package init(presentationContextID: UInt8, isCommand: Bool, isLast: Bool, endsValue: Bool, bytes: ByteBuffer) {
        self.presentationContextID = presentationContextID
        self.isCommand = isCommand
        self.isLast = isLast
        self.endsValue = endsValue
        self.bytes = bytes
    }
}
