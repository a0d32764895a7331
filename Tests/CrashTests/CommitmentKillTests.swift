import Foundation
import TestSupport
import Testing

@Suite("kill -9 between a request for storage commitment and its result", .serialized)
struct CommitmentKillTests {
    @Test("what was answered 0000H is reported by the next process", arguments: seeds(usually: 5))
    func kill(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        let archive = directory.path + "/archive"
        var generator = SeededGenerator(seed: seed)
        let isUp = Gate()
        // The SCU is down while the first process lives, so that no result is reported by that.
        let scu = try RawAcceptor { _, association in
            guard isUp.wait(seconds: 0) else { return }
            try association.accept()
            try association.serve()
        }
        let peers = ["--peers", "{ RAW: { host: 127.0.0.1, port: \(scu.port) } }"]
        var node = try ServedArchive(archive, peers)
        let request = RawRequest().with {
            $0.contexts.append(.init(5, RawCommitment.sopClass, [RawUID.explicitLittle]))
        }
        let association = try RawAssociation(port: node.port, request)
        #expect(try association.store(RawDataSet.image(sopInstanceUID: "1.2.3"), sopInstanceUID: "1.2.3").status == 0)
        let count = Int.random(in: 1...20, using: &generator)
        var acknowledged: Set<String> = []
        for number in 1...count {
            let transaction = "2.25.\(number)"
            let dataSet = RawCommitment.dataSet(
                transactionUID: transaction,
                [(RawUID.ctImage, "1.2.3"), (RawUID.ctImage, "1.2.4")]
            )
            try association.send(RawCommitment.action(messageID: number), dataSet: dataSet, context: 5)
            #expect(try association.receive().command.status == 0, "CRASH_SEED=\(seed)")
            acknowledged.insert(transaction)
        }
        if generator.oneIn(2) { try association.release() }
        // No event tells how far the checks are; the moment is drawn.
        usleep(UInt32.random(in: 0...50_000, using: &generator))
        try node.kill()
        if generator.oneIn(3) {
            let second = try ServedArchive.start(archive, peers)
            usleep(UInt32.random(in: 0...100_000, using: &generator))
            second.send(SIGKILL)
            try second.wait()
        }
        isUp.open()
        node = try ServedArchive(archive, peers)
        let deadline = Date(timeIntervalSinceNow: 60)
        while Set(scu.messages.compactMap(Self.transactionUID)) != acknowledged, Date() < deadline { usleep(10_000) }
        #expect(Set(scu.messages.compactMap(Self.transactionUID)) == acknowledged, "CRASH_SEED=\(seed)")
        for message in scu.messages {
            #expect(message.command.number(0x1002) == 2)
            #expect(message.command.text(0x1000) == RawCommitment.instance)
        }
        try node.stop()
        let left = try filesBelow(archive + "/.dicom-node/commitments")
        #expect(left.isEmpty, "CRASH_SEED=\(seed)")
    }

    /// (0008,1195) is the first element of the Event Information, in explicit VR little endian.
    private static func transactionUID(_ message: RawMessage) -> String? {
        let data = message.dataSet
        guard message.command.number(0x0100) == 0x0100, data.count > 8, data.little32(at: 0) == 0x1195_0008 else {
            return nil
        }
        let value = data[8..<min(8 + data.little16(at: 6), data.count)]
        return String(decoding: value.filter { $0 != 0 }, as: UTF8.self)
    }
}
