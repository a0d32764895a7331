package import struct NIOCore.ByteBuffer

/// A PDU that has no encoding: an item or sub-item longer than its 16-bit length can say. Our own fault.
package struct PDUEncodingError: Error, Hashable, CustomStringConvertible {
    /// What is too long, and how long it is.
    package let description: String

    package init(_ description: String) { self.description = description }
}

extension PDU {
    /// Appends the PDU with all its lengths (PS3.8 §9.3).
    ///
    /// *Errors*: nothing is truncated; if a part is too long, `buffer` is left as it was.
    package func encode(into buffer: inout ByteBuffer) throws(PDUEncodingError) {
        let start = buffer.writerIndex
        do {
            try append(to: &buffer)
        } catch {
            buffer.moveWriterIndex(to: start)
            throw error
        }
    }

    private func append(to buffer: inout ByteBuffer) throws(PDUEncodingError) {
        switch self {
        case .associateRQ(let request): try request.append(to: &buffer)
        case .associateAC(let answer): try answer.append(to: &buffer)
        case .associateRJ(let rejection): buffer.append(.associateRJ, body: rejection.body)
        case .dataTF(let data): try data.append(to: &buffer)
        case .releaseRQ: buffer.append(.releaseRQ, body: 0)
        case .releaseRP: buffer.append(.releaseRP, body: 0)
        case .abort(let abort): buffer.append(.abort, body: abort.body)
        }
    }
}

extension DataTF {
    /// Bytes of the PDU's variable field: what a peer's maximum length is about (PS3.8 §D.1).
    package var length: Int {
        values.reduce(0) { $0 + PresentationDataValue.headerLength + $1.data.readableBytes }
    }

    fileprivate func append(to buffer: inout ByteBuffer) throws(PDUEncodingError) {
        let length = self.length
        guard let pduLength = UInt32(exactly: length) else {
            throw PDUEncodingError("P-DATA-TF of \(length) bytes")
        }
        buffer.reserveCapacity(minimumWritableBytes: PDUDecoder.headerLength + length)
        buffer.writeInteger(PDUType.dataTF.rawValue)
        buffer.writeInteger(UInt8(0))
        buffer.writeInteger(pduLength)
        for value in values {
            // No longer than the PDU, whose length fits.
            buffer.writeInteger(UInt32(truncatingIfNeeded: value.data.readableBytes + 2))
            buffer.writeInteger(value.presentationContextID)
            buffer.writeInteger(UInt8((value.isCommand ? 1 : 0) | (value.isLast ? 2 : 0)))
            buffer.writeImmutableBuffer(value.data)
        }
    }
}

extension ByteBuffer {
    /// A PDU without a variable field.
    fileprivate mutating func append(_ type: PDUType, body: UInt32) {
        writeInteger(type.rawValue)
        writeInteger(UInt8(0))
        writeInteger(UInt32(4))
        writeInteger(body)
    }
}
