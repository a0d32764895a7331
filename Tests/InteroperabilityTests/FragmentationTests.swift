import Foundation
import TestSupport
import Testing

@Suite("Any fragmentation, any maximum length: the same bytes on disk")
struct FragmentationTests {
    @Test("every fixture under every fragmentation", arguments: Fragmentation.all)
    func everyFixture(fragmentation: Fragmentation) throws {
        try #require(!fixtures.isEmpty)
        try withNode { node in
            for path in fixtures {
                let file = try Part10File(path: path)
                let context = RawRequest.Context(3, file.sopClassUID, [file.transferSyntaxUID])
                let association = try RawAssociation(port: node.port, RawRequest([context]))
                let response = try association.store(
                    file.dataSet,
                    sopClassUID: file.sopClassUID,
                    sopInstanceUID: file.sopInstanceUID,
                    fragmentation
                )
                #expect(response.status == 0, "\(path): \(response)")
                try association.release()
                #expect(try node.archived(file.sopInstanceUID).dataSet == file.dataSet, "\(path)")
            }
        }
    }

    @Test("the node's own PDUs respect the peer's maximum length", arguments: [0, 7, 8, 12, 128, 16384, 0xFFFF_FFFF])
    func maximumLength(length: Int) throws {
        try withNode { node in
            let request = RawRequest().with { $0.maximumLength = length }
            let association = try RawAssociation(port: node.port, request)
            let uid = "1.2.3.4.5.6"
            let dataSet = RawDataSet.image(sopInstanceUID: uid, pixels: 300_000)
            try association.send(.store(sopInstanceUID: uid), dataSet: dataSet)
            let response = try association.receive()
            #expect(response.command.status == 0)
            #expect(length == 0 || response.longestPDU <= length)
            try association.release()
            #expect(try node.archived(uid).dataSet == dataSet)
        }
    }

    @Test("one byte to a segment: the whole association, drip by drip")
    func drip() throws {
        try withNode { node in
            let socket = try RawSocket(port: node.port)
            for byte in RawRequest().encoded() { try socket.send([byte]) }
            guard case .accepted = socket.answer() else {
                Issue.record("not accepted")
                return
            }
            let uid = "1.2.3.4.5.6"
            let dataSet = RawDataSet.image(sopInstanceUID: uid)
            let message = Fragmentation.usual.encoded(
                command: RawCommand.store(sopInstanceUID: uid).encoded(),
                dataSet: dataSet,
                context: 3
            )
            for byte in message { try socket.send([byte]) }
            guard case .data(let values) = socket.answer(), let value = values.first else {
                Issue.record("no response")
                return
            }
            #expect(try RawCommand(decoding: Array(value.data)).status == 0)
            for byte in RawPDU.releaseRQ.encoded() { try socket.send([byte]) }
            #expect(socket.answer() == .released)
            #expect(try node.archived(uid).dataSet == dataSet)
        }
    }
}
