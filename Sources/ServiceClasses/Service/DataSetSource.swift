package import NIOCore

/// A data set to be sent, piece by piece.
package struct DataSetSource: Sendable {
    /// Bytes.
    package let length: Int
    /// Gives `count` bytes of the data set from `offset` on.
    package let piece: @Sendable (_ offset: Int, _ count: Int) async throws -> ByteBuffer

    package init(length: Int, _ piece: @escaping @Sendable (_ offset: Int, _ count: Int) async throws -> ByteBuffer) {
        self.length = length
        self.piece = piece
    }

    /// One that is in memory.
    package init(_ bytes: ByteBuffer) {
        self.init(length: bytes.readableBytes) { offset, count in
            bytes.getSlice(at: bytes.readerIndex + offset, length: count) ?? ByteBuffer()
        }
    }
}
