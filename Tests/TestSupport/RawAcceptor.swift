import Foundation
import Synchronization

/// An acceptor that does what a test says, connection by connection; each runs on a thread of its own.
package final class RawAcceptor: Sendable {
    /// What happens on the connection with this number, counted from 0. An error only ends it.
    package typealias Script = @Sendable (Int, RawAcceptedAssociation) throws -> Void

    package let port: UInt16
    private let listener: RawListener
    private let received: Mutex<[RawMessage]>

    /// Listens, and runs `script` for each connection.
    package init(_ script: @escaping Script) throws {
        // For ever, because on a busy machine the test may take its time to connect; `deinit` ends the wait.
        let listener = try RawListener(patience: 0)
        self.listener = listener
        port = listener.port
        received = Mutex([])
        Thread { [weak self] in
            for number in 0... {
                guard let descriptor = try? listener.accept({ fcntl($0, F_DUPFD_CLOEXEC, 0) }), let self else { return }
                let association = RawAcceptedAssociation(RawSocket(adopting: descriptor)) { [weak self] message in
                    self?.received.withLock { $0.append(message) }
                }
                Thread { try? script(number, association) }.start()
            }
        }.start()
    }

    deinit {
        listener.stop()
    }

    /// Refuses every further connection.
    package func stop() {
        listener.stop()
    }

    /// Every message that came whole, in the order of their ends.
    package var messages: [RawMessage] { received.withLock { $0 } }
    /// The SOP Instance UIDs of the C-STORE-RQs that came whole.
    package var stored: [String] { messages.compactMap { $0.command.text(0x1000) } }
}

/// A command set and its data set.
package struct RawMessage: Sendable {
    package var context: UInt8
    package var command: RawCommand
    package var dataSet: [UInt8]
}

/// The acceptor's side of one connection, on a raw socket.
package final class RawAcceptedAssociation: Sendable {
    package let socket: RawSocket
    private let record: @Sendable (RawMessage) -> Void

    init(_ socket: RawSocket, record: @escaping @Sendable (RawMessage) -> Void) {
        self.socket = socket
        self.record = record
    }

    /// Reads the A-ASSOCIATE-RQ: the proposed contexts.
    package func request() throws -> [RawRequest.Context] {
        let pdu = try socket.receivePDU()
        guard pdu.type == 1, let contexts = RawRequest.contexts(in: pdu.body) else {
            throw ProcessError("no A-ASSOCIATE-RQ: \(pdu)")
        }
        return contexts
    }

    /// Reads the request and accepts it; `result` says how each context is answered, 0 being acceptance.
    package func accept(_ result: (RawRequest.Context) -> UInt8 = { _ in 0 }) throws {
        let contexts = try request()
        var body: [UInt8] = [0, 1, 0, 0] + rawTitle("ACCEPTOR") + rawTitle("TEST") + [UInt8](repeating: 0, count: 32)
        body += rawItem(0x10, Array(RawUID.applicationContext.utf8))
        for context in contexts {
            body += rawItem(0x21, [context.id, 0, result(context), 0] + rawItem(0x40, context.transferSyntaxes[0]))
        }
        body += rawItem(0x50, rawItem(0x51, [0, 0, 0x40, 0]))
        try socket.send(RawPDU(type: 2, body: body).encoded())
    }

    /// Reads the request and rejects it.
    package func reject(_ result: UInt8, _ source: UInt8, _ reason: UInt8) throws {
        _ = try request()
        try socket.send(RawPDU(type: 3, body: [0, result, source, reason]).encoded())
        _ = try? socket.receive(limit: 1)
    }

    /// Reads a message; nil if the peer asks for release, or ends.
    package func message() throws -> RawMessage? {
        var command: [UInt8] = []
        var dataSet: [UInt8] = []
        while true {
            guard case .data(let values) = socket.answer() else { return nil }
            for value in values {
                if value.isCommand { command += value.data } else { dataSet += value.data }
                guard value.isLast else { continue }
                let decoded = try RawCommand(decoding: command)
                if value.isCommand, decoded.number(0x0800) != 0x0101 { continue }
                let message = RawMessage(context: value.context, command: decoded, dataSet: dataSet)
                record(message)
                return message
            }
        }
    }

    /// Answers a message.
    package func respond(to message: RawMessage, status: Int = 0) throws {
        let field = (message.command.number(0x0100) ?? 0) | 0x8000
        let response = message.command.setting(0x0100, RawCommand.us(field)).setting(0x0110, nil).setting(0x0700, nil)
            .setting(0x0120, RawCommand.us(message.command.number(0x0110) ?? 0))
            .setting(0x0800, RawCommand.us(0x0101)).setting(0x0900, RawCommand.us(status))
        let value = RawPDV(context: message.context, isCommand: true, isLast: true, data: response.encoded()[...])
        try socket.send(RawPDU.data([value]).encoded())
    }

    /// Answers messages until the peer asks for release, which is answered too.
    package func serve() throws {
        while let message = try message() { try respond(to: message) }
        try release()
    }

    /// Answers the peer's release request.
    package func release() throws {
        try socket.send(RawPDU.releaseRP.encoded())
        _ = try? socket.receive(limit: 1)
    }

    /// Aborts as service-user, and waits until the peer has closed.
    package func abort() throws {
        try socket.send(RawPDU.abort(source: 0, reason: 0).encoded())
        while (try? socket.receive(limit: 65_536)) != nil {}
    }
}
