import Foundation
import Glibc
import Synchronization

@testable import dicom_bench

/// A small Storage SCP for the generator to talk to: it keeps what it gets.
final class Acceptor: Sendable {
    struct Stored: Sendable {
        let uid: String
        let dataSet: [UInt8]
    }

    struct Behaviour: Sendable {
        var pduLength: UInt32 = 16_384
        /// Answer to a proposed asynchronous operations window; nil: none.
        var window: UInt16?
        /// The status of the n-th response, counted from 0.
        var status: @Sendable (Int) -> UInt16 = { _ in 0 }
        /// Requests to wait for before it answers them, the last one first.
        var batch = 1
    }

    let port: Int
    private let listener: Int32
    private let stored = Mutex<[Stored]>([])
    private let behaviour: Behaviour

    var instances: [Stored] { stored.withLock { $0 } }

    init(_ behaviour: Behaviour = Behaviour()) throws {
        self.behaviour = behaviour
        (listener, port) = try listen(port: 0)
        let listener = self.listener
        try JoinableThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let acceptor = self else { return }
                try? JoinableThread {
                    try? acceptor.serve(connection)
                    close(connection)
                }.detach()
            }
        }.detach()
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ connection: Int32) throws {
        let reader = PDUReader()
        try answer(reader.next(connection).body, connection)
        var command: [UInt8] = []
        var dataSet: [UInt8] = []
        var waiting: [[UInt8]] = []
        while true {
            let pdu = try reader.next(connection)
            switch pdu.type {
            case PDUType.releaseRQ:
                return try writeAll(connection, [PDUType.releaseRP, 0, 0, 0, 0, 4, 0, 0, 0, 0])
            case PDUType.dataTF:
                guard pdu.body.count <= Int(behaviour.pduLength) else { return }
                let flags = pdu.body[5]
                let bytes = pdu.body[6...]
                if flags & 1 == 1 { command = Array(bytes) } else { dataSet += bytes }
                guard flags & 2 == 2 else { continue }
                let isEcho = command.field(0x0100) == [0x30, 0]
                if flags & 1 == 1, !isEcho { continue }
                waiting.append(response(to: command, contextID: pdu.body[4], keeping: isEcho ? nil : dataSet))
                dataSet = []
                if waiting.count >= (isEcho ? 1 : behaviour.batch) {
                    for response in waiting.reversed() { try writeAll(connection, response) }
                    waiting = []
                }
            default: return
            }
        }
    }

    private func response(to command: [UInt8], contextID: UInt8, keeping dataSet: [UInt8]?) -> [UInt8] {
        let uid = command.field(0x1000)
        let count = stored.withLock { stored in
            if let dataSet { stored.append(Stored(uid: String(decoding: uid, as: UTF8.self), dataSet: dataSet)) }
            return stored.count
        }
        let status = dataSet == nil ? 0 : behaviour.status(count - 1)
        func element(_ number: UInt16, _ value: [UInt8]) -> [UInt8] {
            [0, 0, UInt8(number & 0xFF), UInt8(number >> 8), UInt8(value.count), 0, 0, 0] + value
        }
        var set = element(0x0100, [command.field(0x0100)[0], 0x80]) + element(0x0120, command.field(0x0110))
        set += element(0x0800, [1, 1]) + element(0x0900, [UInt8(status & 0xFF), UInt8(status >> 8)])
        if dataSet != nil { set += element(0x1000, uid) }
        set = element(0x0000, [UInt8(set.count), 0, 0, 0]) + set
        // In two PDVs, as some peers send it.
        let half = set.count / 2
        func value(_ flags: UInt8, _ bytes: ArraySlice<UInt8>) -> [UInt8] {
            let header: [UInt8] = [0, 0, 0, UInt8(bytes.count + 2), contextID, flags]
            return header + bytes
        }
        let values = value(1, set[..<half]) + value(3, set[half...])
        return [PDUType.dataTF, 0, 0, 0, 0, UInt8(values.count)] + values
    }

    private func answer(_ request: UnsafeRawBufferPointer, _ connection: Int32) throws {
        func item(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
            [type, 0, UInt8(value.count >> 8), UInt8(value.count & 0xFF)] + value
        }
        var body = Array(request[..<68]) + item(0x10, Array("1.2.840.10008.3.1.1.1".utf8))
        for proposed in Items(request, from: 68) where proposed.type == 0x20 {
            let syntax = Items(proposed.value, from: 4).first { $0.type == 0x40 }.map { Array($0.value) } ?? []
            body += item(0x21, [proposed.value[0], 0, 0, 0] + item(0x40, syntax))
        }
        let length = behaviour.pduLength
        var user = item(
            0x51,
            [UInt8(length >> 24), UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF)]
        )
        if let window = behaviour.window { user += item(0x53, [UInt8(window >> 8), UInt8(window & 0xFF), 0, 1]) }
        body += item(0x50, user)
        let size = body.count
        try writeAll(connection, [PDUType.associateAC, 0, 0, 0, UInt8(size >> 8), UInt8(size & 0xFF)] + body)
    }
}

extension [UInt8] {
    /// The value of an element of a command set, without padding.
    func field(_ wanted: UInt16) -> [UInt8] {
        var at = 0
        while at + 8 <= count {
            let length = Int(littleEndian32(at + 4))
            if littleEndian16(at + 2) == wanted {
                let value = Array(self[(at + 8)..<(at + 8 + length)])
                return wanted == 0x1000 ? Array(value.reversed().drop { $0 == 0 }.reversed()) : value
            }
            at += 8 + length
        }
        return []
    }
}
