import Associations
import NIOCore

/// The peer's bytes, cut into PDUs: a read buffer goes in, the elements it completes come out.
///
/// *Resources*: between reads it holds the bytes of an element that is not whole yet, and no read buffer.
struct PDUReader {
    private var decoder: PDUDecoder
    /// The beginning of an element that is not whole yet; empty most of the time.
    private var head = ByteBuffer()
    /// What is unread of the read in hand.
    private var bytes = ByteBuffer()
    /// Fragments of the read in hand that are for the user.
    private var fragments: [PDVFragment] = []
    /// After the last read, bytes of a PDU are outstanding.
    private(set) var isWithinPDU = false
    /// The last fragment was not the end of its command set or data set.
    private(set) var isWithinMessage = false

    init(limits: PDUDecoder.Limits) { decoder = PDUDecoder(limits: limits) }

    var expectedAssociatePDU: PDUDecoder.ExpectedAssociatePDU {
        get { decoder.expectedAssociatePDU }
        set { decoder.expectedAssociatePDU = newValue }
    }

    /// One read of the socket; the one before has been worked off.
    mutating func append(_ read: ByteBuffer) { bytes = read }

    /// The next element; nil if more bytes are needed.
    mutating func next() throws(PDUDecodingError) -> PDUDecoder.Element? {
        while head.readableBytes > 0 {
            if let element = try decoder.next(from: &head) { return element }
            guard head.readableBytes > 0 else { break }
            guard bytes.readableBytes > 0 else { return nil }
            complete()
        }
        return try decoder.next(from: &bytes)
    }

    /// Gives the decoder what it lacked. Of the new bytes only a header's worth is copied at a time, never the whole
    /// read; an association PDU, which is decoded when complete, takes all (the decoder has bounded its length).
    private mutating func complete() {
        head.discardReadBytes()
        let isHeader = head.readableBytes < UpperLayerLimits.headerBytes
        let wanted = isHeader ? UpperLayerLimits.headerBytes : bytes.readableBytes
        if var part = bytes.readSlice(length: min(wanted, bytes.readableBytes)) {
            head.writeBuffer(&part)
        }
    }

    /// Keeps a fragment for the user; false if there are too many.
    ///
    /// A short one is copied behind a short one that it continues, because a value of one byte is seven bytes of a
    /// read, and an element of the list is five times that.
    mutating func collect(_ fragment: PDVFragment) -> Bool {
        isWithinMessage = !fragment.isLast
        if let last = fragments.last, last.isContinued(by: fragment) {
            fragments[fragments.count - 1].bytes.writeImmutableBuffer(fragment.bytes)
            fragments[fragments.count - 1].isLast = fragment.isLast
            fragments[fragments.count - 1].endsValue = fragment.endsValue
            return true
        }
        fragments.append(fragment)
        return fragments.count <= UpperLayerLimits.fragmentsInARead
    }

    /// The fragments since the last call.
    mutating func collected() -> [PDVFragment] {
        guard !fragments.isEmpty else { return [] }
        defer { fragments = [] }
        return fragments
    }

    /// The read has been worked off.
    mutating func finish(_ allocator: ByteBufferAllocator) {
        if head.readableBytes == 0 {
            // Copied, so that a few bytes of a header do not pin a read buffer.
            head = bytes.readableBytes > 0 ? allocator.buffer(buffer: bytes) : ByteBuffer()
        }
        bytes = ByteBuffer()
        isWithinPDU = head.readableBytes > 0 || decoder.isWithinPDU
    }

    /// Forgets what has not been taken: nothing follows that would complete it.
    mutating func discard() {
        head = ByteBuffer()
        bytes = ByteBuffer()
        isWithinPDU = false
        isWithinMessage = false
    }
}

extension PDVFragment {
    /// Both are short, and parts of one command set or data set.
    fileprivate func isContinued(by next: PDVFragment) -> Bool {
        next.bytes.readableBytes < UpperLayerLimits.shortFragment
            && bytes.readableBytes < UpperLayerLimits.gatheredFragment
            && !isLast && presentationContextID == next.presentationContextID && isCommand == next.isCommand
    }
}
