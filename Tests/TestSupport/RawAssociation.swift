/// A requestor on a raw socket: associates, sends whatever it is given, reads what comes back.
package final class RawAssociation: Sendable {
    package let socket: RawSocket
    package let accept: RawAccept

    /// Connects and associates; throws unless the node accepts.
    package init(
        port: UInt16,
        _ request: RawRequest = RawRequest(),
        seconds: Int = 30,
        receiveBuffer: Int32? = nil,
        tls: RawTLS? = nil
    ) throws {
        socket = try RawSocket(port: port, seconds: seconds, receiveBuffer: receiveBuffer, tls: tls)
        try socket.send(request.encoded())
        let answer = socket.answer()
        guard case .accepted(let accept) = answer else { throw ProcessError("not accepted: \(answer)") }
        self.accept = accept
    }

    /// Sends one message.
    package func send(
        _ command: RawCommand,
        dataSet: [UInt8]? = nil,
        context: UInt8 = 3,
        _ fragmentation: Fragmentation = .usual
    ) throws {
        try socket.send(fragmentation.encoded(command: command.encoded(), dataSet: dataSet, context: context))
    }

    /// Reads one response message, in however many fragments it comes.
    package func receive() throws -> (command: RawCommand, context: UInt8, longestPDU: Int) {
        var bytes: [UInt8] = []
        var longest = 0
        while true {
            let answer = socket.answer()
            guard case .data(let values) = answer else { throw ProcessError("not a response: \(answer)") }
            longest = max(longest, values.reduce(0) { $0 + $1.data.count + 6 })
            for value in values {
                guard value.isCommand else { throw ProcessError("a response with a data set: \(values)") }
                bytes += value.data
                if value.isLast { return (try RawCommand(decoding: bytes), value.context, longest) }
            }
        }
    }

    /// Stores one data set and returns the response.
    package func store(
        _ dataSet: [UInt8],
        sopClassUID: String = RawUID.ctImage,
        sopInstanceUID: String,
        messageID: Int = 1,
        context: UInt8 = 3,
        _ fragmentation: Fragmentation = .usual
    ) throws -> RawCommand {
        let command = RawCommand.store(
            messageID: messageID,
            sopClassUID: sopClassUID,
            sopInstanceUID: sopInstanceUID
        )
        try send(command, dataSet: dataSet, context: context, fragmentation)
        return try receive().command
    }

    /// Asks for a C-ECHO-RSP and returns its status.
    package func echo(context: UInt8 = 1, messageID: Int = 7) throws -> Int? {
        try send(.echo(messageID: messageID), context: context)
        return try receive().command.status
    }

    /// Releases in order; throws unless the node answers as it should and then closes.
    package func release() throws {
        try socket.send(RawPDU.releaseRQ.encoded())
        let answer = socket.answer()
        guard answer == .released else { throw ProcessError("not released: \(answer)") }
        let end = socket.answer()
        guard end == .closed else { throw ProcessError("not closed after the release: \(end)") }
    }
}
