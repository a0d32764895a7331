import NIOCore

/// An error that the peer is told, in these words, before the connection is closed.
package struct Farewell: Error {
    package let words: String

    package init(_ words: String) {
        self.words = words
    }
}

/// Cuts what a peer sends into lines, of limited length.
package struct LineReader {
    private var chunks: Connection.Inbound.AsyncIterator
    private var buffer = ByteBuffer()
    private let limit: Int

    /// Reads lines of at most `limit` bytes.
    package init(_ inbound: Connection.Inbound, limit: Int) {
        chunks = inbound.makeAsyncIterator()
        self.limit = limit
    }

    /// The next line without its end, and without control characters: a terminal at the other side would obey them. Nil
    /// at the end of input; a last line that was not ended counts.
    ///
    /// *Errors*: a ``Farewell`` if the line is longer than the limit.
    package mutating func next() async throws -> String? {
        while true {
            if let length = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map({ $0 - buffer.readerIndex })
            {
                guard length <= limit else { throw Farewell("The line is too long.") }
                let line = buffer.readSlice(length: length) ?? ByteBuffer()
                buffer.moveReaderIndex(forwardBy: 1)
                return Self.text(line)
            }
            guard buffer.readableBytes <= limit else { throw Farewell("The line is too long.") }
            guard let chunk = try await chunks.next() else {
                guard buffer.readableBytes > 0 else { return nil }
                defer { buffer.clear() }
                return Self.text(buffer)
            }
            buffer.discardReadBytes()
            buffer.writeImmutableBuffer(chunk)
        }
    }

    /// Reads and forgets what is still sent: to close a connection with unread input resets it, and can destroy our
    /// last words.
    package mutating func discardRest() async throws {
        buffer.clear()
        while try await chunks.next() != nil {}
    }

    private static func text(_ line: ByteBuffer) -> String {
        let text = String(decoding: line.readableBytesView, as: UTF8.self)
        return String(
            String.UnicodeScalarView(text.unicodeScalars.filter { $0.properties.generalCategory != .control })
        )
    }
}
