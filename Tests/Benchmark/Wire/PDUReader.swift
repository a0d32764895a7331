/// The PDU types of PS3.8 §9.3.1.
enum PDUType {
    static let associateAC: UInt8 = 2
    static let associateRJ: UInt8 = 3
    static let dataTF: UInt8 = 4
    static let releaseRQ: UInt8 = 5
    static let releaseRP: UInt8 = 6
    static let abort: UInt8 = 7
}

/// Reads PDUs from a socket into one buffer and lets the caller look at them in place.
final class PDUReader {
    private static let capacity = 128 << 10
    private let buffer = UnsafeMutableRawPointer.allocate(byteCount: PDUReader.capacity, alignment: 16)
    private var start = 0
    private var end = 0
    /// What the bytes come through; nil: they come from the descriptor as they are.
    var session: TLSSession?

    deinit { buffer.deallocate() }

    /// Forgets what was read: a new connection.
    func reset() { (start, end) = (0, 0) }

    /// The next PDU, whatever its type; its bytes stay valid until the next call.
    func next(_ descriptor: Int32) throws -> (type: UInt8, body: UnsafeRawBufferPointer) {
        try need(6, descriptor)
        let header = buffer + start
        let type = header.load(as: UInt8.self)
        let length = Int(header.bigEndian32(2))
        guard length <= Self.capacity - 6 else {
            throw BenchError.protocolFault("PDU of type \(type) with a length of \(length)")
        }
        try need(6 + length, descriptor)
        let body = UnsafeRawBufferPointer(start: buffer + start + 6, count: length)
        start += 6 + length
        return (type, body)
    }

    /// The next PDU, which must be of `type`; a rejection or an abort is the error it says it is.
    func next(_ descriptor: Int32, expecting type: UInt8) throws -> UnsafeRawBufferPointer {
        let pdu = try next(descriptor)
        if pdu.type == type { return pdu.body }
        guard pdu.body.count >= 4 else { throw BenchError.protocolFault("PDU of type \(pdu.type) is too short") }
        switch pdu.type {
        case PDUType.associateRJ:
            throw BenchError.rejected(result: pdu.body[1], source: pdu.body[2], reason: pdu.body[3])
        case PDUType.abort: throw BenchError.aborted(source: pdu.body[2], reason: pdu.body[3])
        default: throw BenchError.protocolFault("PDU of type \(pdu.type) where \(type) was due")
        }
    }

    private func need(_ count: Int, _ descriptor: Int32) throws {
        if end - start >= count { return }
        if start == end { reset() }
        if start + count > Self.capacity {
            buffer.copyMemory(from: buffer + start, byteCount: end - start)
            (start, end) = (0, end - start)
        }
        while end - start < count {
            let (target, room) = (buffer + end, Self.capacity - end)
            end += try session?.readSome(target, room) ?? readSome(descriptor, target, room)
        }
    }
}

extension UnsafeMutableRawPointer {
    func bigEndian32(_ offset: Int) -> UInt32 {
        UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    func storeBigEndian32(_ value: UInt32, _ offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
    }
    func storeLittleEndian16(_ value: UInt16, _ offset: Int) {
        storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt16.self)
    }
    func storeLittleEndian32(_ value: UInt32, _ offset: Int) {
        storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
    }
}

extension UnsafeRawBufferPointer {
    func bigEndian16(_ offset: Int) -> UInt16 {
        UInt16(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }
    func bigEndian32(_ offset: Int) -> UInt32 {
        UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    func littleEndian16(_ offset: Int) -> UInt16 {
        UInt16(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }
    func littleEndian32(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
