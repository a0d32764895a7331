/// Reads a few bytes here and there at the beginning of a file, with few system calls. Blocks.
struct HeadReader {
    let file: InputFile
    private var start = 0
    private var buffer: [UInt8] = []

    /// Bytes read at once: group 0002 and the first attributes of a real file are shorter.
    private static let bufferBytes = 65_536

    init(_ file: InputFile) {
        self.file = file
    }

    /// `count` bytes at `offset`; nil if the file ends before.
    mutating func bytes(at offset: Int, count: Int) throws(InstanceFile.Unreadable) -> ArraySlice<UInt8>? {
        guard offset >= 0, count >= 0, count <= file.length, offset <= file.length - count else { return nil }
        if offset < start || offset + count > start + buffer.count {
            start = offset
            buffer = try file.read(at: offset, count: min(max(count, Self.bufferBytes), file.length - offset))
        }
        return buffer[offset - start..<offset - start + count]
    }
}
