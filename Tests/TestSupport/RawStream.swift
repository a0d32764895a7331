extension RawAssociation {
    /// Stores an image with `bytes` of pixel data, made up while it is sent: no test holds a large object.
    /// - Parameter pduLength: the length of each P-DATA-TF, at most what the node offered.
    /// - Returns: the status of the response.
    package func storeLarge(sopInstanceUID: String, bytes: Int, pduLength: Int) throws -> Int? {
        var head = RawDataSet.image(sopInstanceUID: sopInstanceUID, pixels: 0)
        var pixels = RawDataSet()
        pixels.add(0x7FE0, 0x0010, "OW", [], length: bytes)
        head += pixels.bytes

        let usual = Fragmentation.usual
        try socket.send(
            usual.encoded(command: RawCommand.store(sopInstanceUID: sopInstanceUID).encoded(), dataSet: nil, context: 3)
        )
        try socket.send(RawPDU.data([RawPDV(context: 3, isCommand: false, isLast: false, data: head[...])]).encoded())

        let valueLength = pduLength - 6
        let block = [UInt8](repeating: 0x5A, count: valueLength)
        let full = RawPDU.data([RawPDV(context: 3, isCommand: false, isLast: false, data: block[...])]).encoded()
        var rest = bytes
        while rest > valueLength {
            try socket.send(full)
            rest -= valueLength
        }
        try socket.send(
            RawPDU.data([RawPDV(context: 3, isCommand: false, isLast: true, data: block[..<rest])]).encoded()
        )
        return try receive().command.status
    }
}
