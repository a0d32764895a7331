import DataSets
import NIOCore
import TestSupport
import Testing

@testable import ServiceClasses

/// The Event Information (PS3.4 Table J.3-2), byte for byte.
@Suite struct CommitmentResultTests {
    private static let references: [CommitmentRequest.Reference] = [
        .init(sopClassUID: "1.2", sopInstanceUID: "1.2.3"), .init(sopClassUID: "1.2", sopInstanceUID: "1.2.4"),
    ]

    private func item(_ encoding: RawDataSet.Encoding, _ instance: String, _ reason: [UInt8]? = nil) -> [UInt8] {
        var item = RawDataSet(encoding)
        item.add(0x0008, 0x1150, "UI", "1.2")
        item.add(0x0008, 0x1155, "UI", instance)
        if let reason { item.add(0x0008, 0x1197, "US", reason) }
        var items = RawDataSet(encoding)
        items.addTag(0xFFFE, 0xE000, length: item.bytes.count)
        items.add(raw: item.bytes)
        return items.bytes
    }

    @Test(
        "each instance is in the sequence that it belongs to; one without items is absent",
        arguments: [RawDataSet.Encoding.explicitLittle, .implicitLittle, .explicitBig],
        [[nil, nil], [nil, .noSuchObjectInstance], [.noSuchObjectInstance, .noSuchObjectInstance]]
            as [[CommitmentResult.FailureReason?]]
    )
    func eventInformation(encoding: RawDataSet.Encoding, failures: [CommitmentResult.FailureReason?]) {
        let result = CommitmentResult(transactionUID: "2.25.1", references: Self.references, failures: failures)
        #expect(result.eventTypeID == (failures == [nil, nil] ? 1 : 2))
        var expected = RawDataSet(encoding)
        expected.add(0x0008, 0x1195, "UI", "2.25.1")
        let reason: [UInt8] = encoding == .explicitBig ? [0x01, 0x12] : [0x12, 0x01]
        let (first, second) = ("1.2.3", "1.2.4")
        if failures[1] != nil {
            let items = (failures[0] == nil ? [] : item(encoding, first, reason)) + item(encoding, second, reason)
            expected.add(0x0008, 0x1198, "SQ", items)
        }
        if failures[0] == nil {
            let items = item(encoding, first) + (failures[1] == nil ? item(encoding, second) : [])
            expected.add(0x0008, 0x1199, "SQ", items)
        }
        let information = result.eventInformation(transferSyntaxUID: encoding.rawValue)
        #expect(Array(information.readableBytesView) == expected.bytes)
    }
}
