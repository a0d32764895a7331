import TestSupport
import Testing

@Suite("What is not the upper layer protocol")
struct UpperLayerTests {
    @Test("where an A-ASSOCIATE-RQ should come", arguments: UpperLayerCase.beforeAssociation)
    func beforeAssociation(row: UpperLayerCase) throws {
        try withNode { node in
            let socket = try RawSocket(port: node.port)
            socket.sendWhatIsTaken(row.bytes)
            check(row, socket)
            try stillServes(node)
            #expect(try node.instances() == ["1.2.3.4/1.2.3.4.5/1.2.3.9.dcm"])
        }
    }

    @Test("while associated", arguments: UpperLayerCase.whileAssociated)
    func whileAssociated(row: UpperLayerCase) throws {
        try withNode { node in
            // Context 5 is refused: a class that the node does not serve.
            var request = RawRequest()
            request.contexts.append(.init(5, "1.2.840.10008.5.1.4.1.2.1.1", [RawUID.implicitLittle]))
            let association = try RawAssociation(port: node.port, request)
            #expect(association.accept.contexts.last?.result == 3)
            association.socket.sendWhatIsTaken(row.bytes)
            check(row, association.socket)
            try stillServes(node)
            #expect(try node.instances() == ["1.2.3.4/1.2.3.4.5/1.2.3.9.dcm"])
        }
    }

    private func check(_ row: UpperLayerCase, _ socket: RawSocket) {
        let answer = socket.answer()
        switch row.expected {
        case .exactly(let expected):
            #expect(answer == expected)
        case .providerAbort(let reasons):
            #expect(reasons.contains { answer == .aborted(source: 2, reason: $0) }, "\(answer)")
        case .anyAbort:
            if case .aborted = answer {} else { Issue.record("not an A-ABORT: \(answer)") }
        case .anyAnswer:
            switch answer {
            case .accepted, .rejected, .aborted, .data: return
            default: Issue.record("no answer: \(answer)")
            }
        }
        // The answer was the last; the connection ends in order, not by a reset that could have destroyed the answer.
        if answer != .closed { #expect(socket.answer() == .closed) }
    }
}

/// A well-behaved peer is served as if nothing had happened.
func stillServes(_ node: Node, sopInstanceUID: String = "1.2.3.9") throws {
    let association = try RawAssociation(port: node.port)
    let status = try association.store(
        RawDataSet.image(sopInstanceUID: sopInstanceUID),
        sopInstanceUID: sopInstanceUID
    ).status
    guard status == 0 else { throw ProcessError("a well-behaved peer got status \(status ?? -1)") }
    guard try association.echo() == 0 else { throw ProcessError("a well-behaved peer's echo failed") }
    try association.release()
}
