import TestSupport
import Testing

@Suite("Messages, odd and wrong")
struct MessageTests {
    @Test("get their status, and the association goes on", arguments: MessageCase.all)
    func answer(row: MessageCase) throws {
        try withNode { node in
            let association = try RawAssociation(port: node.port)
            try association.send(row.command, dataSet: row.dataSet, context: row.context, row.fragmentation)
            if case .none = row.status {
            } else {
                let response = try association.receive()
                #expect(response.context == row.context)
                check(response.command, row)
            }
            // The next request on the same association is not hurt.
            let uid = "1.2.3.9"
            let status = try association.store(RawDataSet.image(sopInstanceUID: uid), sopInstanceUID: uid).status
            #expect(status == 0)
            #expect(try association.echo() == 0)
            try association.release()
            var expected = ["1.2.3.4/1.2.3.4.5/1.2.3.9.dcm"]
            if row.isFiled { expected.insert("1.2.3.4/1.2.3.4.5/\(MessageCase.uid).dcm", at: 0) }
            #expect(try node.instances() == expected)
            if row.isFiled { #expect(try node.archived(MessageCase.uid).dataSet == row.dataSet) }
        }
    }

    private func check(_ response: RawCommand, _ row: MessageCase) {
        switch row.status {
        case .exactly(let status): #expect(response.status == status, "\(response)")
        case .failure: #expect(isFailure(response.status), "\(response)")
        case .none: break
        }
        let request = row.command
        #expect(response.number(0x0100) == request.number(0x0100).map { $0 | 0x8000 })
        #expect(response.number(0x0120) == request.number(0x0110))
        #expect(response.number(0x0800) == 0x0101)
        #expect(hasShortComment(response))
        if row.isFiled {
            #expect(response.value(0x1000) == even(request.value(0x1000)), "echoed as sent")
            #expect(response.value(0x0002) == even(request.value(0x0002)), "echoed as sent")
        }
    }

    private func even(_ value: [UInt8]?) -> [UInt8]? {
        value.map { $0.count % 2 == 0 ? $0 : $0 + [0] }
    }

    @Test("pipelined requests without a negotiated window are answered in their order (quirk 34)")
    func pipeline() throws {
        try withNode { node in
            let association = try RawAssociation(port: node.port)
            for index in 1...50 {
                let uid = "1.2.3.\(index)"
                let dataSet = RawDataSet.image(sopInstanceUID: uid, pixels: index % 5 == 0 ? 200_000 : 512)
                try association.send(.store(messageID: index, sopInstanceUID: uid), dataSet: dataSet)
                if index % 10 == 0 { try association.send(.echo(messageID: 1000 + index), context: 1) }
            }
            for index in 1...50 {
                let response = try association.receive().command
                #expect(response.number(0x0120) == index)
                #expect(response.status == 0)
                if index % 10 == 0 {
                    let echo = try association.receive().command
                    #expect(echo.number(0x0120) == 1000 + index)
                }
            }
            try association.release()
            let count = try node.instances().count
            #expect(count == 50)
        }
    }

    @Test("P-DATA-TFs without a value before, within and after a message are passed over (quirk 22)")
    func emptyData() throws {
        try withNode { node in
            let association = try RawAssociation(port: node.port)
            let empty = RawPDU(type: 4, body: []).encoded()
            let values = Fragmentation.usual.values(
                command: RawCommand.store(sopInstanceUID: "1.2.3").encoded(),
                dataSet: RawDataSet.image(sopInstanceUID: "1.2.3", pixels: 50_000),
                context: 3
            )
            try association.socket.send(empty + values.flatMap { RawPDU.data($0).encoded() + empty })
            let status = try association.receive().command.status
            #expect(status == 0)
            try association.release()
        }
    }

    @Test("an association that comes one byte in a segment is like any other (quirk 54)")
    func singleBytes() throws {
        try withNode { node in
            let dataSet = RawDataSet.image(sopInstanceUID: "1.2.3")
            let message = Fragmentation.usual.encoded(
                command: RawCommand.store(sopInstanceUID: "1.2.3").encoded(),
                dataSet: dataSet,
                context: 3
            )
            let association = try RawAssociation(port: node.port)
            for byte in message { try association.socket.send([byte]) }
            let status = try association.receive().command.status
            #expect(status == 0)
            try association.release()
            #expect(try node.archived("1.2.3").dataSet == dataSet)
        }
    }

    @Test("with a negotiated window every request is answered once")
    func window() throws {
        try withNode { node in
            let request = RawRequest().with { $0.userItems = rawItem(0x53, [0, 8, 0, 1]) }
            let association = try RawAssociation(port: node.port, request)
            var outstanding: Set<Int> = []
            for index in 1...40 {
                if outstanding.count == 8 {
                    let response = try association.receive().command
                    #expect(response.status == 0)
                    outstanding.remove(try #require(response.number(0x0120)))
                }
                let uid = "1.2.3.\(index)"
                try association.send(
                    .store(messageID: index, sopInstanceUID: uid),
                    dataSet: RawDataSet.image(sopInstanceUID: uid, pixels: 5000 * (index % 7))
                )
                outstanding.insert(index)
            }
            while !outstanding.isEmpty {
                let response = try association.receive().command
                #expect(response.status == 0)
                let id = try #require(response.number(0x0120))
                #expect(outstanding.remove(id) != nil, "a second answer to \(id)")
            }
            try association.release()
        }
    }

    @Test("several contexts of one association, each with its own transfer syntax")
    func contexts() throws {
        let encodings: [RawDataSet.Encoding] = [.implicitLittle, .explicitLittle, .explicitBig]
        try withNode { node in
            let contexts = encodings.enumerated().map {
                RawRequest.Context(UInt8($0.offset * 2 + 1), RawUID.ctImage, [$0.element.rawValue])
            }
            let association = try RawAssociation(port: node.port, RawRequest(contexts))
            for (index, encoding) in encodings.enumerated() {
                let uid = "1.2.3.\(index)"
                let dataSet = RawDataSet.image(encoding, sopInstanceUID: uid)
                let context = UInt8(index * 2 + 1)
                let response = try association.store(dataSet, sopInstanceUID: uid, messageID: index, context: context)
                #expect(response.status == 0)
                let archived = try node.archived(uid)
                #expect(archived.dataSet == dataSet)
                #expect(archived.transferSyntaxUID == encoding.rawValue)
            }
            try association.release()
        }
    }
}

/// A failure of PS3.7 Annex C: neither success nor pending nor a warning.
func isFailure(_ status: Int?) -> Bool {
    guard let status else { return false }
    return status != 0 && status != 1 && !(0xB000...0xBFFF).contains(status) && status & 0xFF00 != 0xFF00
}

/// An Error Comment is an LO: at most 64 characters; a success has none.
func hasShortComment(_ response: RawCommand) -> Bool {
    guard let comment = response.value(0x0902) else { return true }
    return response.status != 0 && comment.count <= 64 && comment.allSatisfy { (0x20...0x7E).contains($0) }
}
