/// A zlib stream (RFC 1950), inflated piece by piece.
///
/// *Resources*: zlib's state (about 40 KiB) and a block of output, until the last reference goes.
package struct ZlibInflation: Sendable {
    private let inflater = Inflater(hasHeader: true)
    /// The stream has ended; what comes behind it is no part of it.
    package private(set) var isAtEnd = false

    package init() {}

    /// Takes more of the stream, and gives what it inflates to, block by block; false: it is none.
    ///
    /// - Parameter block: False: that is enough.
    package mutating func inflate(_ input: [UInt8], block: ([UInt8]) -> Bool) -> Bool {
        inflater.feed(input)
        while !isAtEnd {
            switch inflater.next() {
            case .block(let inflated): if !block(inflated.bytes) { return true }
            case .needsInput: return true
            case .end: isAtEnd = true
            case .corrupt: return false
            }
        }
        return true
    }
}
