import struct NIOCore.ByteBuffer

/// Walks the elements of a command set, implicit VR little endian (PS3.7 §6.3.1), without copying a value.
///
/// Lengths come from the peer: each is compared with what is left before it is believed.
struct CommandElementReader {
    private let bytes: ByteBuffer
    private var index: Int
    private let end: Int

    /// The element whose value runs past the end of the command set; the walk stops there.
    private(set) var overrun: CommandSet.Tag?

    init(_ bytes: ByteBuffer) {
        self.bytes = bytes
        index = bytes.readerIndex
        end = bytes.writerIndex
    }

    /// The next element and where its value lies in the buffer given; nil at the end, or at an element that runs past
    /// it.
    ///
    /// Fewer than eight bytes at the end cannot be an element. They are padding and ignored: an element that was
    /// cut there is found missing where it is needed.
    mutating func next() -> (tag: CommandSet.Tag, value: Range<Int>)? {
        guard end - index >= 8,
            let (group, element, length) = bytes.getMultipleIntegers(
                at: index,
                endianness: .little,
                as: (UInt16, UInt16, UInt32).self
            )
        else { return nil }
        let tag = CommandSet.Tag(group: group, element: element)
        let start = index + 8
        guard let count = Int(exactly: length), count <= end - start else {
            overrun = tag
            index = end
            return nil
        }
        index = start + count
        return (tag, start..<index)
    }
}
