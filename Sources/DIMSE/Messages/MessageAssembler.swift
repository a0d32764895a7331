package import struct Associations.PDVFragment
package import struct NIOCore.ByteBuffer

/// Puts the fragments of P-DATA together to messages: command sets whole, data sets as a stream
/// (PS3.7 §6.3, PS3.8 Annex E).
///
/// Any fragmentation is understood: several messages in one PDU, a command in many PDUs, command and data
/// together, values without data. After an error it stays failed.
///
/// *Resources*: one command set of at most `Limits.commandSet` bytes; of a data set nothing.
package struct MessageAssembler: Sendable {
    /// What a peer may make it hold.
    package struct Limits: Sendable {
        /// The longest command set, in bytes.
        package var commandSet: Int

        /// Limits; the caller that sets them answers for the sum.
        package init(commandSet: Int) {
            self.commandSet = commandSet
        }
    }

    /// What a fragment completes.
    package enum Element: Equatable, Sendable {
        /// A command. If `hasDataSet`, `.data` follows until one that is the last, whatever becomes of the command.
        case command(Command, presentationContextID: UInt8, hasDataSet: Bool)
        /// The next bytes of the data set, possibly none; a slice of the read buffer.
        case data(ByteBuffer, isLast: Bool)
    }

    private enum State {
        case idle
        /// Within a command set of which this much is here.
        case command(ByteBuffer, presentationContextID: UInt8)
        /// Within the data set announced.
        case data(presentationContextID: UInt8)
        case failed(MessageError)
    }

    private let limits: Limits
    private var state = State.idle

    /// An assembler that waits for a command.
    package init(limits: Limits) {
        self.limits = limits
    }

    /// The peer owes the rest of a message: a command has begun, or an announced data set is not complete.
    package var isWithinMessage: Bool {
        switch state {
        case .idle, .failed: false
        case .command, .data: true
        }
    }

    /// Takes the next fragment, in the order received.
    ///
    /// - Returns: What there is to do now; nil if the fragment completes nothing and carries nothing on.
    ///
    /// *Errors*: `MessageError`; the association is to be aborted.
    package mutating func take(_ fragment: PDVFragment) throws(MessageError) -> Element? {
        do {
            return try fragment.isCommand ? takeCommand(fragment) : takeData(fragment)
        } catch {
            state = .failed(error)
            throw error
        }
    }

    private mutating func takeData(_ fragment: PDVFragment) throws(MessageError) -> Element? {
        switch state {
        case .idle, .command: throw .dataBeforeCommand
        case .failed(let error): throw error
        case .data(let id):
            try requireContext(id, fragment)
            if fragment.isLast { state = .idle }
            guard fragment.isLast || fragment.bytes.readableBytes > 0 else { return nil }
            return .data(fragment.bytes, isLast: fragment.isLast)
        }
    }

    private mutating func takeCommand(_ fragment: PDVFragment) throws(MessageError) -> Element? {
        switch state {
        case .data: throw .commandWithinDataSet
        case .failed(let error): throw error
        case .idle:
            try requireRoom(0, fragment)
            // The usual command comes in one piece, and is read where it lies.
            if fragment.isLast { return try complete(fragment.bytes, fragment.presentationContextID) }
            // Copied, so that a command that never ends does not keep read buffers alive.
            var bytes = ByteBuffer()
            bytes.writeImmutableBuffer(fragment.bytes)
            state = .command(bytes, presentationContextID: fragment.presentationContextID)
            return nil
        case .command(var bytes, let id):
            state = .idle  // so that `bytes` is the only reference, and grows in place
            try requireContext(id, fragment)
            try requireRoom(bytes.readableBytes, fragment)
            bytes.writeImmutableBuffer(fragment.bytes)
            if fragment.isLast { return try complete(bytes, id) }
            state = .command(bytes, presentationContextID: id)
            return nil
        }
    }

    private mutating func complete(_ bytes: ByteBuffer, _ id: UInt8) throws(MessageError) -> Element {
        let (command, hasDataSet) = try Command.decode(bytes)
        state = hasDataSet ? .data(presentationContextID: id) : .idle
        return .command(command, presentationContextID: id, hasDataSet: hasDataSet)
    }

    private func requireContext(_ id: UInt8, _ fragment: PDVFragment) throws(MessageError) {
        guard fragment.presentationContextID == id else {
            throw .presentationContextChanged(from: id, to: fragment.presentationContextID)
        }
    }

    private func requireRoom(_ taken: Int, _ fragment: PDVFragment) throws(MessageError) {
        guard fragment.bytes.readableBytes <= limits.commandSet - taken else {
            throw .commandSetTooLong(limit: limits.commandSet)
        }
    }
}
