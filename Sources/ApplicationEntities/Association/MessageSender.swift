import Associations
import DIMSE
import NIOCore
import ServiceClasses
import Synchronization
import UpperLayer

/// Sends the messages of one association, each whole: no fragment of another comes between (PS3.8 Annex E).
///
/// A message that needs more than one write holds the sender; the others wait for it in the order of their coming.
///
/// *Resources*: of a data set, what ``DataSetSource`` gives at a time.
///
/// *Errors*: those of ``AssociationConnection/write(_:)``.
final class MessageSender: Sendable {
    private struct State {
        var isBusy = false
        var waiting = CircularBuffer<UnsafeContinuation<Void, Never>>(initialCapacity: 1)
    }

    private let state = Mutex(State())
    private let connection: AssociationConnection
    private let fragmenter: MessageFragmenter

    init(connection: AssociationConnection, peerMaximumLength: Int?) {
        self.connection = connection
        fragmenter = MessageFragmenter(peerMaximumLength: peerMaximumLength, ownLimit: UpperLayerLimits.sentPDULength)
    }

    /// Sends a message. One without a data set is one write, so that it holds no other up.
    func send(_ message: Message, on contextID: UInt8) async throws {
        let command = message.command.encoded()
        if let dataSet = message.dataSet {
            return try await send(command, dataSet: DataSetSource(dataSet), on: contextID)
        }
        let fragments = fragmenter.fragments(of: command, presentationContextID: contextID, isCommand: true)
        guard state.withLock({ $0.isBusy }) else { return try await connection.write(.data(Array(fragments))) }
        await acquire()
        defer { release() }
        try await connection.write(.data(Array(fragments)))
    }

    /// Sends a command and the data set that follows it. What has room beside the command goes with it: one PDU for a
    /// small object.
    func send(_ command: ByteBuffer, dataSet: DataSetSource, on contextID: UInt8) async throws {
        await acquire()
        defer { release() }
        let offset = min(dataSet.length, UpperLayerLimits.sentPDULength)
        var data = try await dataSet.piece(0, offset)
        let first = fragmenter.commandFragments(
            of: command,
            fillingUpWith: &data,
            dataIsComplete: offset == dataSet.length,
            presentationContextID: contextID
        )
        try await connection.write(.data(first.pdus))
        do {
            try await sendRest(of: dataSet, data, from: offset, isComplete: first.endsDataSet, on: contextID)
        } catch {
            // Half a message has been sent: nothing may follow it.
            try? await connection.write(.abort(cause: "\(error)"))
            throw error
        }
    }

    /// What did not fit beside the command, then the pieces that follow.
    private func sendRest(
        of dataSet: DataSetSource,
        _ first: ByteBuffer,
        from start: Int,
        isComplete endsWithCommand: Bool,
        on contextID: UInt8
    ) async throws {
        var (data, offset) = (first, start)
        var isComplete = endsWithCommand
        while !isComplete {
            isComplete = offset == dataSet.length
            if data.readableBytes > 0 || isComplete {
                let fragments = fragmenter.fragments(
                    of: data,
                    presentationContextID: contextID,
                    isCommand: false,
                    isLast: isComplete
                )
                for fragment in fragments { try await connection.write(.data([fragment])) }
            }
            guard !isComplete else { break }
            let count = min(dataSet.length - offset, UpperLayerLimits.sentPDULength)
            data = try await dataSet.piece(offset, count)
            offset += count
        }
    }

    private func acquire() async {
        await withUnsafeContinuation { continuation in
            let isMine = state.withLock { state in
                if state.isBusy { state.waiting.append(continuation) }
                defer { state.isBusy = true }
                return !state.isBusy
            }
            if isMine { continuation.resume() }
        }
    }

    /// Hands the sender to the message that has waited longest.
    private func release() {
        let next = state.withLock { state in
            let next = state.waiting.popFirst()
            state.isBusy = next != nil
            return next
        }
        next?.resume()
    }
}
