import Associations
import DIMSE
import DataSets
import Instances
import Logging
import NIOCore
import TestSupport
import Testing

@testable import ServiceClasses

/// Reception in front of another store than the archive, one that fails and waits: a status of 0000H means that the
/// store has the instance, and nothing else does.
@Suite struct StoreFailureTests {
    private static func scp(_ store: MemoryStore) -> StorageSCP {
        StorageSCP(
            store: store,
            limits: StorageSCP.Limits(
                scanner: StructureScanner.Limits(
                    depth: 64,
                    attributeBytes: 4_096,
                    inflatedBytes: 1 << 24,
                    inflateRatio: 1_000,
                    inflateFreeBytes: 1 << 20
                ),
                batch: WriteBatch.Limits(bytes: 1 << 14, slices: 100, copiedSliceBytes: 1_024),
                objectSize: 1 << 20
            ),
            implementationClassUID: "1.2.3",
            implementationVersionName: "TEST"
        )
    }

    private static func store(_ dataSet: [UInt8], _ instance: String, through scp: StorageSCP) async -> Status {
        var reception = scp.begin(
            CStoreRQ(messageID: 7, affectedSOPClassUID: UID(RawUID.ctImage), affectedSOPInstanceUID: UID(instance)),
            on: AcceptedContext(id: 1, abstractSyntax: UID(RawUID.ctImage), transferSyntax: "1.2.840.10008.1.2.1"),
            from: AETitle(asSent: Array("TEST".utf8)),
            to: AETitle(asSent: Array("NODE".utf8)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        for start in stride(from: 0, to: dataSet.count, by: 10_000) {
            let bytes = ByteBuffer(bytes: dataSet[start..<min(start + 10_000, dataSet.count)])
            if reception.receive(bytes) { await reception.settle() }
        }
        return await reception.finish().status
    }

    @Test(
        "the store is given the head, the bytes, the digest it asks for and the attributes",
        arguments: DigestAlgorithm.allCases
    )
    func content(algorithm: DigestAlgorithm) async throws {
        let store = MemoryStore(digestAlgorithm: algorithm)
        let dataSet = RawDataSet.image(sopInstanceUID: "1.2.3.9", pixels: 50_000)
        #expect(await Self.store(dataSet, "1.2.3.9", through: Self.scp(store)) == .success)
        let instance = try #require(store.instances["1.2.3.9"])
        #expect(instance.dataSet == dataSet)
        #expect(instance.head.sourceApplicationEntityTitle == "TEST")
        #expect(instance.head.mediaStorageSOPInstanceUID == "1.2.3.9")
        #expect(instance.head.transferSyntaxUID == "1.2.840.10008.1.2.1")
        #expect((instance.digest == nil) == (algorithm == .none))
        #expect(instance.attributes["Modality"] == "CT")
        #expect(store.violations == [])
    }

    @Test("an object that fits one batch is one call of the store, a longer one a call for each batch")
    func calls() async {
        // A fragment of 10,000 bytes keeps a buffer of 16 KiB alive, which is a batch here.
        for (pixels, appends) in [(1_000, 0), (40_000, 5)] {
            let store = MemoryStore()
            let dataSet = RawDataSet.image(sopInstanceUID: "1.2.3.9", pixels: pixels)
            #expect(await Self.store(dataSet, "1.2.3.9", through: Self.scp(store)) == .success)
            #expect(store.calls.map(\.operation) == Array(repeating: .append, count: appends) + [.commit])
        }
    }

    @Test("each call of the store fails in turn: that instance gets A700H, the others are stored")
    func everyCall() async throws {
        let dataSets = (1...3).map { RawDataSet.image(sopInstanceUID: "1.2.3.\($0)", pixels: 40_000) }
        for number in 1... {
            let store = MemoryStore(failing: number)
            let scp = Self.scp(store)
            var failures = 0
            for (index, dataSet) in dataSets.enumerated() {
                let uid = "1.2.3.\(index + 1)"
                let status = await Self.store(dataSet, uid, through: scp)
                #expect(status == .success || status == .outOfResources)
                #expect(store.instances[uid]?.dataSet == (status == .success ? dataSet : nil))
                if status != .success { failures += 1 }
            }
            #expect(store.violations == [])
            #expect(store.pending == 0)
            guard store.calls.count >= number else {
                #expect(failures == 0)
                return #expect(number > 6)
            }
            #expect(failures == 1, "call \(number)")
        }
    }

    @Test("a duplicate that the store refuses is answered 0111H")
    func duplicate() async {
        let store = MemoryStore(before: { $0.operation == .commit ? StoreError(.duplicate, "it is there") : nil })
        let dataSet = RawDataSet.image(sopInstanceUID: "1.2.3.9")
        #expect(await Self.store(dataSet, "1.2.3.9", through: Self.scp(store)) == .duplicateSOPInstance)
    }

    @Test(
        "whatever fails, waits and is sent again, the store has what was answered 0000H",
        arguments: SeededGenerator.seeds(100)
    )
    func seeded(seed: UInt64) async {
        let store = MemoryStore(seed: seed, failingOneIn: 4)
        let scp = Self.scp(store)
        var generator = SeededGenerator(seed: ~seed)
        let sent = (0..<12).map { _ in
            let uid = "1.2.3.\(Int.random(in: 1...4, using: &generator))"
            let pixels = Int.random(in: 1...3, using: &generator) * 14_000
            return (uid, RawDataSet.image(sopInstanceUID: uid, pixels: pixels))
        }
        // At once, as on several associations.
        let answered = await withTaskGroup(of: (Int, Status).self) { group in
            for (index, (uid, dataSet)) in sent.enumerated() {
                group.addTask { (index, await Self.store(dataSet, uid, through: scp)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let kept = Set(store.instances.values.map(\.dataSet))
        let promised = Set(answered.filter { $0.1 == .success }.map { sent[$0.0].1 })
        #expect(kept == promised)
        #expect(answered.allSatisfy { [.success, .outOfResources].contains($0.1) })
        #expect(store.violations == [])
        #expect(store.pending == 0)
    }
}
