import Glibc

/// Command fields of PS3.7 §E.1.
enum CommandField {
    static let storeRQ: UInt16 = 0x0001
    static let storeRSP: UInt16 = 0x8001
    static let echoRQ: UInt16 = 0x0030
    static let echoRSP: UInt16 = 0x8030
}

/// Sends requests: the command from a small buffer, the data set straight from the instance, with one `writev` for
/// up to 340 PDUs. Nothing is copied but the start of the data set, which holds the SOP Instance UID.
final class MessageWriter {
    private static let pdusPerWrite = 340
    private static let capacity = 16 << 10
    private let command = UnsafeMutableRawPointer.allocate(byteCount: 1_024, alignment: 16)
    private let head = UnsafeMutableRawPointer.allocate(byteCount: MessageWriter.capacity, alignment: 16)
    private let headers = UnsafeMutableRawPointer.allocate(byteCount: 12 * MessageWriter.pdusPerWrite, alignment: 16)
    private let vectors = UnsafeMutablePointer<iovec>.allocate(capacity: 1 + 3 * MessageWriter.pdusPerWrite)
    private var messageID: UInt16 = 0
    /// What the bytes go through; nil: they go to the descriptor as they are.
    var session: TLSSession?

    deinit {
        command.deallocate()
        head.deallocate()
        headers.deallocate()
        vectors.deallocate()
    }

    /// A new association begins to count at 1.
    func resetMessageID() { messageID = 0 }

    /// C-ECHO-RQ (PS3.7 §9.3.5.1).
    /// - Returns: its Message ID.
    func sendEcho(to descriptor: Int32, contextID: UInt8, pduLength: Int) throws -> UInt16 {
        let length = encodeCommand(CommandField.echoRQ, contextID, Proposal.Context.verification.abstractSyntax, nil)
        try send(UnsafeRawBufferPointer(start: command, count: length), to: descriptor)
        return messageID
    }

    /// Bytes that are a whole PDU.
    func send(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        vectors[0] = iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
        try sendVectors(1, descriptor)
    }

    private func sendVectors(_ count: Int, _ descriptor: Int32) throws {
        if let session { try session.writeAll(vectors, count) } else { try writeAll(descriptor, vectors, count) }
    }

    /// C-STORE-RQ (PS3.7 §9.3.1.1) and the data set.
    /// - Parameter number: the UID to send it under; nil: its own.
    /// - Returns: the Message ID, and the bytes of data set sent.
    func sendStore(
        _ instance: Instance,
        as number: InstanceNumber?,
        to descriptor: Int32,
        contextID: UInt8,
        pduLength: Int
    ) throws -> (messageID: UInt16, bytes: Int) {
        let headLength = number == nil ? 0 : instance.head.count
        guard headLength <= Self.capacity else {
            throw BenchError.unusable("SOP Instance UID too far into the data set")
        }
        let commandLength: Int
        if let number {
            instance.head.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(start: head, count: headLength).copyMemory(from: source)
            }
            let uid = head + (headLength - InstanceNumber.length)
            number.write(to: uid)
            let text = UnsafeRawBufferPointer(start: uid, count: InstanceNumber.length)
            commandLength = encodeCommand(CommandField.storeRQ, contextID, instance.sopClassUID, text)
        } else {
            var uid = instance.sopInstanceUID
            commandLength = uid.withUTF8 {
                encodeCommand(
                    CommandField.storeRQ,
                    contextID,
                    instance.sopClassUID,
                    UnsafeRawBufferPointer($0)
                )
            }
        }
        guard commandLength - 6 <= pduLength else {
            throw BenchError.protocolFault("a maximum length that holds no command")
        }
        let bytes = try instance.dataSet.withUnsafeBytes { dataSet in
            let tail = UnsafeRawBufferPointer(rebasing: dataSet[(number == nil ? 0 : instance.tailOffset)...])
            try sendData(
                UnsafeRawBufferPointer(start: head, count: headLength),
                tail,
                commandLength,
                descriptor,
                contextID,
                pduLength
            )
            return headLength + tail.count
        }
        return (messageID, bytes)
    }

    /// The command just encoded and the data set's two parts, cut into PDUs of one PDV each (PS3.8 §E.2).
    private func sendData(
        _ front: UnsafeRawBufferPointer,
        _ back: UnsafeRawBufferPointer,
        _ commandLength: Int,
        _ descriptor: Int32,
        _ contextID: UInt8,
        _ pduLength: Int
    ) throws {
        let chunk = (pduLength - 6) & ~1
        let total = front.count + back.count
        var sent = 0
        vectors[0] = iovec(iov_base: command, iov_len: commandLength)
        var count = 1
        repeat {
            var pdus = 0
            while sent < total, pdus < Self.pdusPerWrite {
                let length = min(chunk, total - sent)
                let header = headers + 12 * pdus
                header.storeBytes(of: UInt16(PDUType.dataTF).littleEndian, as: UInt16.self)
                header.storeBigEndian32(UInt32(length + 6), 2)
                header.storeBigEndian32(UInt32(length + 2), 6)
                header.storeBytes(of: contextID, toByteOffset: 10, as: UInt8.self)
                header.storeBytes(of: sent + length == total ? 2 : 0, toByteOffset: 11, as: UInt8.self)
                vectors[count] = iovec(iov_base: header, iov_len: 12)
                count += 1
                if sent < front.count { count += gather(front, sent, min(length, front.count - sent), count) }
                let skip = max(sent, front.count) - front.count
                let rest = length - max(0, front.count - sent)
                if rest > 0 { count += gather(back, skip, rest, count) }
                sent += length
                pdus += 1
            }
            try sendVectors(count, descriptor)
            count = 0
        } while sent < total
    }

    private func gather(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ length: Int, _ index: Int) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        vectors[index] = iovec(iov_base: UnsafeMutableRawPointer(mutating: base + offset), iov_len: length)
        return 1
    }

    /// A command set in one PDV of one PDU; returns the PDU's size.
    private func encodeCommand(
        _ field: UInt16,
        _ contextID: UInt8,
        _ sopClass: String,
        _ sopInstance: UnsafeRawBufferPointer?
    ) -> Int {
        messageID = messageID == .max ? 1 : messageID + 1
        var sopClass = sopClass
        var at = 24
        at = sopClass.withUTF8 { uid(0x0002, UnsafeRawBufferPointer($0), at) }
        at = short(0x0100, field, at)
        at = short(0x0110, messageID, at)
        if let sopInstance {
            at = short(0x0700, 0, at)
            at = short(0x0800, 0x0001, at)
            at = uid(0x1000, sopInstance, at)
        } else {
            at = short(0x0800, 0x0101, at)
        }
        elementHeader(0x0000, 4, 12)
        command.storeLittleEndian32(UInt32(at - 24), 20)
        command.storeBytes(of: UInt16(PDUType.dataTF).littleEndian, as: UInt16.self)
        command.storeBigEndian32(UInt32(at - 6), 2)
        command.storeBigEndian32(UInt32(at - 10), 6)
        command.storeBytes(of: contextID, toByteOffset: 10, as: UInt8.self)
        command.storeBytes(of: 3, toByteOffset: 11, as: UInt8.self)
        return at
    }

    private func short(_ element: UInt16, _ value: UInt16, _ at: Int) -> Int {
        elementHeader(element, 2, at)
        command.storeLittleEndian16(value, at + 8)
        return at + 10
    }

    private func uid(_ element: UInt16, _ text: UnsafeRawBufferPointer, _ at: Int) -> Int {
        let length = min(text.count, 64)
        let even = length + length % 2
        elementHeader(element, UInt32(even), at)
        if let base = text.baseAddress { (command + at + 8).copyMemory(from: base, byteCount: length) }
        if even > length { command.storeBytes(of: 0, toByteOffset: at + 8 + length, as: UInt8.self) }
        return at + 8 + even
    }

    private func elementHeader(_ element: UInt16, _ length: UInt32, _ at: Int) {
        command.storeLittleEndian16(0, at)
        command.storeLittleEndian16(element, at + 2)
        command.storeLittleEndian32(length, at + 4)
    }
}
