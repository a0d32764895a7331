package import Associations
package import DIMSE
package import NIOCore
import ServiceClasses
import UpperLayer

// Requests of the node's own (PS3.7 §9.1), each with its response.
extension Association {
    /// C-ECHO (PS3.7 §9.1.5): the status of the response.
    ///
    /// *Errors*: ``RequestorError`` if the association has ended.
    package func echo(on contextID: UInt8) async throws -> Status {
        let response = try await invoke(on: contextID) { .cEchoRQ(CEchoRQ(messageID: $0)) }
        guard case .cEchoRSP(let echo) = response.command else { throw RequestorError.unexpected("no C-ECHO-RSP") }
        return echo.status
    }

    /// C-STORE (PS3.7 §9.1.1): sends a data set in pieces, and waits for the response.
    ///
    /// - Parameters:
    ///   - length: Bytes of the data set.
    ///   - piece: Gives `count` bytes of the data set from `offset` on.
    ///
    /// *Errors*: ``RequestorError`` if the association has ended, and what `piece` throws: then half a message has been
    /// sent, and the association is of no further use.
    package func store(
        sopClassUID: UID,
        sopInstanceUID: UID,
        on contextID: UInt8,
        length: Int,
        _ piece: @escaping @Sendable (_ offset: Int, _ count: Int) async throws -> ByteBuffer
    ) async throws -> CStoreRSP {
        let response = try await invoke(on: contextID, dataSet: DataSetSource(length: length, piece)) {
            .cStoreRQ(
                CStoreRQ(messageID: $0, affectedSOPClassUID: sopClassUID, affectedSOPInstanceUID: sopInstanceUID)
            )
        }
        guard case .cStoreRSP(let store) = response.command else { throw RequestorError.unexpected("no C-STORE-RSP") }
        return store
    }

    /// Makes a request, and waits for its last response.
    ///
    /// - Parameters:
    ///   - dataSet: What follows the command; nil: nothing does.
    ///   - pending: Given each response before the last one, in order.
    ///   - request: The command, which carries the Message ID given to it.
    ///
    /// *Errors*: ``RequestorError/ended(_:)`` if the association has ended, `CancellationError`, and what the closures
    /// throw.
    func invoke(
        on contextID: UInt8,
        dataSet: DataSetSource? = nil,
        pending: (Message) async throws -> Void = { _ in },
        _ request: (_ messageID: UInt16) -> Command
    ) async throws -> Message {
        let invocation = try invocations.open()
        defer { invocations.close(invocation) }
        let command = request(invocation.messageID)
        if let dataSet {
            try await sender.send(command.encoded(), dataSet: dataSet, on: contextID)
        } else {
            try await sender.send(Message(command), on: contextID)
        }
        while true {
            let response = try await invocation.response()
            guard response.command.status?.category == .pending else { return response }
            try await pending(response)
        }
    }
}
