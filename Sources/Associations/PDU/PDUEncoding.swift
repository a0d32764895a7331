package import struct NIOCore.ByteBuffer

/// A PDU that has no encoding: an item or sub-item longer than its 16-bit length can say. Our own fault.
package struct PDUEncodingError: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

extension PDU {
    /// Appends the PDU with all its lengths (PS3.8 §9.3).
    ///
    /// *Errors*: nothing is truncated; if a part is too long, `buffer` is left as it was.
    package func encode(into buffer: inout ByteBuffer) throws(PDUEncodingError) {}
}
