import CZlib
import Synchronization

/// A deflate stream (RFC 1951), inflated block by block.
///
/// *Resources*: zlib's state (about 40 KiB), a block of output and the last input, until the last reference goes.
final class Inflater: Sendable {
    /// Some of the inflated bytes.
    struct Block: Sendable {
        var bytes: [UInt8]
        /// Inflated bytes so far, with these.
        var produced: Int
        /// Deflated bytes that they came from.
        var consumed: Int
    }

    /// What comes next.
    enum Step: Sendable {
        /// A full block, or the last one: blocks do not depend on how the input was cut.
        case block(Block)
        /// The input is used up.
        case needsInput
        /// The stream has ended; so many bytes of the input are behind it.
        case end(remaining: Int)
        /// This is no deflate stream.
        case corrupt
    }

    fileprivate struct State {
        /// zlib keeps this address, so the struct must not move.
        var stream: UnsafeMutablePointer<z_stream>
        var input: [UInt8] = []
        var output = [UInt8](repeating: 0, count: Inflater.blockBytes)
        var filled = 0
        var isAtEnd = false
    }

    fileprivate static let blockBytes = 32 * 1024

    /// nil: there was no memory for it. One scanner at a time uses it; the lock makes that plain to the compiler.
    private let state: Mutex<State?>

    /// - Parameter hasHeader: the stream is in zlib's own wrapping (RFC 1950).
    init(hasHeader: Bool) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let bits = hasHeader ? MAX_WBITS : -MAX_WBITS
        guard inflateInit2_(stream, bits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            state = Mutex(nil)
            return
        }
        state = Mutex(State(stream: stream))
    }

    /// A second stream in the same state as `original`, so that a copied scanner goes on by itself.
    init(copying original: Inflater) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let address = UInt(bitPattern: stream)
        let copy = original.state.withLock {
            original -> (input: [UInt8], output: [UInt8], filled: Int, isAtEnd: Bool)? in
            guard let original, inflateCopy(UnsafeMutablePointer(bitPattern: address), original.stream) == Z_OK else {
                return nil
            }
            return (original.input, original.output, original.filled, original.isAtEnd)
        }
        guard let copy else {
            stream.deallocate()
            state = Mutex(nil)
            return
        }
        state = Mutex(
            State(
                stream: stream,
                input: copy.input,
                output: copy.output,
                filled: copy.filled,
                isAtEnd: copy.isAtEnd
            )
        )
    }

    deinit {
        state.withLock { state in
            guard let state else { return }
            inflateEnd(state.stream)
            state.stream.deallocate()
        }
    }

    /// Gives it more input; what was not used up before is forgotten.
    func feed(_ input: [UInt8]) {
        state.withLock { state in
            state?.input = input
            state?.stream.pointee.avail_in = UInt32(clamping: input.count)
        }
    }

    /// Inflates until there is something to say.
    func next() -> Step {
        state.withLock { $0?.step() ?? .corrupt }
    }
}

extension Inflater.State {
    fileprivate mutating func step() -> Inflater.Step {
        while true {
            if filled == Inflater.blockBytes || isAtEnd && filled > 0 {
                defer { filled = 0 }
                return .block(
                    Inflater.Block(
                        bytes: Array(output[..<filled]),
                        produced: Int(clamping: stream.pointee.total_out),
                        consumed: Int(clamping: stream.pointee.total_in)
                    )
                )
            }
            if isAtEnd { return .end(remaining: Int(stream.pointee.avail_in)) }
            let remaining = Int(stream.pointee.avail_in)
            let used = input.count - remaining
            let start = filled
            let result = input.withUnsafeMutableBufferPointer { input in
                output.withUnsafeMutableBufferPointer { output in
                    stream.pointee.next_in = input.baseAddress.map { $0 + used }
                    stream.pointee.next_out = output.baseAddress.map { $0 + start }
                    stream.pointee.avail_out = UInt32(output.count - start)
                    return inflate(stream, Z_NO_FLUSH)
                }
            }
            filled = Inflater.blockBytes - Int(stream.pointee.avail_out)
            switch result {
            case Z_STREAM_END: isAtEnd = true
            case Z_OK: break
            case Z_BUF_ERROR: if filled < Inflater.blockBytes { return .needsInput }
            default: return .corrupt
            }
        }
    }
}
