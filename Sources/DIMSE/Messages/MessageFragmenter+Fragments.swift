package import struct Associations.DataTF
package import struct Associations.PresentationDataValue
import struct NIOCore.ByteBuffer

extension MessageFragmenter {
    /// The P-DATA-TFs of a command set or data set, one value in each, cut as they are asked for.
    ///
    /// *Resources*: shares the bytes it was made of.
    package struct Fragments: RandomAccessCollection, Sendable {
        private let bytes: ByteBuffer
        private let presentationContextID: UInt8
        private let isCommand: Bool
        private let isLast: Bool
        /// The bytes of data in each but the last; at least 1.
        private let size: Int

        init(bytes: ByteBuffer, presentationContextID: UInt8, isCommand: Bool, isLast: Bool, size: Int) {
            self.bytes = bytes
            self.presentationContextID = presentationContextID
            self.isCommand = isCommand
            self.isLast = isLast
            self.size = size
        }

        package var startIndex: Int { 0 }

        package var endIndex: Int {
            let (full, rest) = bytes.readableBytes.quotientAndRemainder(dividingBy: size)
            return full + (rest > 0 || full == 0 && isLast ? 1 : 0)
        }

        package subscript(position: Int) -> DataTF {
            let start = position * size
            let length = Swift.min(size, bytes.readableBytes - start)
            let data = bytes.getSlice(at: bytes.readerIndex + start, length: length) ?? ByteBuffer()
            let value = PresentationDataValue(
                presentationContextID: presentationContextID,
                isCommand: isCommand,
                isLast: isLast && start + length == bytes.readableBytes,
                data: data
            )
            return DataTF(values: [value])
        }
    }
}
