import TestSupport
import Testing

@Suite("Requests as modalities send them")
struct NegotiationTests {
    @Test("answered as the standard says, and what follows is stored", arguments: NegotiationCase.all)
    func answer(row: NegotiationCase) throws {
        try withNode(row.options) { node in
            if let rejection = row.rejection {
                let socket = try RawSocket(port: node.port)
                try socket.send(row.request.encoded())
                #expect(socket.answer() == rejection)
                #expect(socket.answer() == .closed)
                return
            }
            let association = try RawAssociation(port: node.port, row.request)
            let accept = association.accept
            if let results = row.results { #expect(accept.contexts.map(\.result) == results) }
            #expect(row.check(accept), "\(accept)")
            #expect(accept.calledAETitle == row.request.calledAETitle, "echoed as sent (PS3.8 §9.3.3)")
            #expect(accept.callingAETitle == row.request.callingAETitle, "echoed as sent (PS3.8 §9.3.3)")

            let uid = "1.2.3.4.5"
            let dataSet = RawDataSet.image(sopInstanceUID: uid)
            try association.send(.store(sopInstanceUID: uid), dataSet: dataSet, context: row.context)
            if let length = row.request.maximumLength, (1...6).contains(length) {
                // A P-DATA-TF with one byte of a message needs 7.
                switch association.socket.answer() {
                case .data, .aborted: return
                case let answer: Issue.record("no answer: \(answer)")
                }
                return
            }
            #expect(try association.receive().command.status == 0)
            try association.release()
            #expect(try node.archived(uid).dataSet == dataSet)
        }
    }
}
