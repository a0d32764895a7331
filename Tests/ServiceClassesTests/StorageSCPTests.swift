import Archive
import Associations
import DIMSE
import DataSets
import Logging
import NIOCore
import TestSupport
import Testing

@testable import ServiceClasses

/// The verdict on one instance: the status, and what is on disk after it.
@Suite struct StorageSCPTests {
    let directory: TemporaryDirectory
    var scp: StorageSCP
    private let archive: InstanceArchive

    init() throws {
        directory = try TemporaryDirectory()
        archive = try InstanceArchive(ArchiveConfiguration(path: directory.archive))
        scp = Self.scp(archive)
    }

    /// On the calling thread: no test depends on threads.
    private static func scp(_ archive: InstanceArchive, acceptsUnwalkable: Bool = false) -> StorageSCP {
        StorageSCP(
            store: LocalArchive(onCallingThread: archive),
            limits: StorageSCP.Limits(
                scanner: StructureScanner.Limits(
                    depth: 64,
                    attributeBytes: 4_096,
                    inflatedBytes: 1 << 24,
                    inflateRatio: 1_000,
                    inflateFreeBytes: 1 << 20
                ),
                batch: WriteBatch.Limits(bytes: 1 << 16, slices: 100, copiedSliceBytes: 1_024),
                objectSize: 1 << 20,
                acceptsUnwalkable: acceptsUnwalkable
            ),
            implementationClassUID: "1.2.3",
            implementationVersionName: "TEST"
        )
    }

    private func store(
        _ dataSet: [UInt8],
        instance: UID = "1.2.3.9",
        sopClass: UID = UID(RawUID.ctImage),
        on context: UID = UID(RawUID.ctImage),
        fragment: Int = 10_000,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) async -> CStoreRSP {
        var reception = scp.begin(
            CStoreRQ(messageID: 7, affectedSOPClassUID: sopClass, affectedSOPInstanceUID: instance),
            on: AcceptedContext(id: 1, abstractSyntax: context, transferSyntax: "1.2.840.10008.1.2.1"),
            from: AETitle(asSent: Array("TEST".utf8)),
            to: AETitle(asSent: Array("NODE".utf8)),
            logger: logger
        )
        for start in stride(from: 0, to: dataSet.count, by: fragment) {
            let bytes = ByteBuffer(bytes: dataSet[start..<min(start + fragment, dataSet.count)])
            if reception.receive(bytes) { await reception.settle() }
        }
        return await reception.finish()
    }

    private func stored() throws -> [String] {
        try filesBelow(directory.path + "/archive").filter { !$0.hasSuffix("marker") }
    }

    @Test("a whole data set is stored as it is, however it was fragmented", arguments: [2, 999, 10_000, 1 << 20])
    func whole(fragment: Int) async throws {
        let dataSet = RawDataSet.image(sopInstanceUID: "1.2.3.9", pixels: 200_000)
        let response = await store(dataSet, fragment: fragment)
        #expect(response.status == .success)
        #expect(response.messageIDBeingRespondedTo == 7)
        #expect(try stored() == ["1.2.3.4/1.2.3.4.5/1.2.3.9.dcm"])
        let file = try contents(of: directory.path + "/archive/1.2.3.4/1.2.3.4.5/1.2.3.9.dcm")
        #expect(Array(file.suffix(dataSet.count)) == dataSet)
    }

    @Test("identical bytes again: success, and still one file; other bytes: beside the first (quirk 52, 53)")
    func duplicates() async throws {
        let first = RawDataSet.image(sopInstanceUID: "1.2.3.9", pixels: 100)
        #expect(await store(first).status == .success)
        #expect(await store(first).status == .success)
        #expect(try stored() == ["1.2.3.4/1.2.3.4.5/1.2.3.9.dcm"])
        #expect(await store(RawDataSet.image(sopInstanceUID: "1.2.3.9", pixels: 102)).status == .success)
        #expect(
            try stored() == ["1.2.3.4/1.2.3.4.5/1.2.3.9.dcm", "1.2.3.4/1.2.3.4.5/1.2.3.9~2.dcm"]
        )
    }

    @Test(
        "leading and trailing padding is no part of an identity, in the command or in the data set",
        arguments: ["1.2.3.9", " 1.2.3.9", "1.2.3.9 ", "  1.2.3.9\0"],
        ["1.2.3.9", " 1.2.3.9", "   1.2.3.9 "]
    )
    func padding(command: String, dataSet: String) async throws {
        let bytes = RawDataSet.image(
            sopClassUID: " " + RawUID.ctImage,
            sopInstanceUID: dataSet,
            seriesInstanceUID: " 1.2.3.4.5"
        )
        let instance = UID(asSent: command.utf8)
        let response = await store(bytes, instance: instance, sopClass: UID(asSent: (" " + RawUID.ctImage).utf8))
        #expect(response.status == .success)
        #expect(response.affectedSOPInstanceUID?.asSent == Array(command.utf8))
        #expect(await store(bytes).status == .success)
        #expect(try stored() == ["1.2.3.4/1.2.3.4.5/1.2.3.9.dcm"])
    }

    @Test("what cannot be walked is refused, or kept if that is configured and its identity was found")
    mutating func unwalkable() async throws {
        let text = Array("no element at all, and yet no padding".utf8)
        let walkable = RawDataSet.image(sopInstanceUID: "1.2.3.9", pixels: 0)
        #expect(await store(walkable + text).status == .cannotUnderstand)
        scp = Self.scp(archive, acceptsUnwalkable: true)
        #expect(await store(text + walkable).status == .cannotUnderstand)
        #expect(await store(walkable + walkable.dropLast(30) + text, instance: "1.2.3.8").status != .success)
        #expect(await store([]).status == .cannotUnderstand)
        #expect(try stored() == [])
        #expect(await store(walkable + text, fragment: 7).status == .success)
        #expect(await store(walkable + text).status == .success)
        #expect(try stored() == ["1.2.3.4/1.2.3.4.5/1.2.3.9.dcm"])
        let file = try contents(of: directory.path + "/archive/1.2.3.4/1.2.3.4.5/1.2.3.9.dcm")
        #expect(Array(file.suffix(walkable.count + text.count)) == walkable + text)
    }

    @Test("a data set of 65 nested sequences is kept too, if that is configured")
    mutating func tooDeep() async throws {
        var dataSet = RawDataSet.image(sopInstanceUID: "1.2.3.9", pixels: 0)
        for _ in 0..<65 {
            dataSet += [0x40, 0, 0x30, 0xA7, 0x53, 0x51, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
            dataSet += [0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]
        }
        #expect(await store(dataSet).status == .cannotUnderstand)
        scp = Self.scp(archive, acceptsUnwalkable: true)
        #expect(await store(dataSet).status == .success)
        #expect(try stored() == ["1.2.3.4/1.2.3.4.5/1.2.3.9.dcm"])
    }

    @Test("what is odd about a data set is logged only if it is stored")
    func oddAndRefused() async {
        let padded = RawDataSet.image(sopInstanceUID: "1.2.3.9") + [0]
        let refused = RecordedLog()
        #expect(await store(padded, instance: "1.2.3.8", logger: refused.logger).status != .success)
        #expect(await store(padded + [1], logger: refused.logger).status == .success)
        #expect(refused.messages == ["instance refused", "data set is odd"])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var dataSet: [UInt8]
        var sopClass: UID = UID(RawUID.ctImage)
        var status: Status
        var testDescription: String { name }
    }

    static let badInstances: [Case] = [
        Case(name: "empty (hostile 36)", dataSet: [], status: .cannotUnderstand),
        Case(
            name: "random bytes",
            dataSet: (0..<500).map { UInt8(truncatingIfNeeded: $0 &* 197 &+ 13) },
            status: .cannotUnderstand
        ),
        Case(
            name: "cut short, beyond a batch",
            dataSet: RawDataSet.image(sopInstanceUID: "1.2.3.9", pixels: 200_000).dropLast(1).map { $0 },
            status: .cannotUnderstand
        ),
        Case(
            name: "another instance than the command's (quirk 49)",
            dataSet: RawDataSet.image(sopInstanceUID: "1.2.3.8"),
            status: .dataSetDoesNotMatchSOPClass
        ),
        Case(
            name: "another class than the command's",
            dataSet: RawDataSet.image(sopClassUID: RawUID.ctImage + ".9", sopInstanceUID: "1.2.3.9"),
            status: .dataSetDoesNotMatchSOPClass
        ),
        Case(
            name: "no SOP Instance UID",
            dataSet: RawDataSet.image(sopInstanceUID: nil),
            status: .dataSetDoesNotMatchSOPClass
        ),
        Case(
            name: "larger than the limit",
            dataSet: RawDataSet.image(sopInstanceUID: "1.2.3.9", pixels: 1 << 20),
            status: .outOfResources
        ),
        Case(
            name: "a class that is not the context's (quirk 32)",
            dataSet: RawDataSet.image(sopInstanceUID: "1.2.3.9"),
            sopClass: "1.2.840.10008.5.1.4.1.1.4",
            status: .sopClassNotSupported
        ),
    ]

    @Test(
        "a bad instance costs that instance a status, nothing is left, the next one succeeds",
        arguments: badInstances
    )
    func refused(_ bad: Case) async throws {
        let response = await store(bad.dataSet, sopClass: bad.sopClass)
        #expect(response.status == bad.status)
        #expect((response.errorComment ?? "").utf8.count <= 64)
        #expect(response.errorComment?.isEmpty == false)
        #expect(try stored() == [])
        #expect(await store(RawDataSet.image(sopInstanceUID: "1.2.3.9")).status == .success)
    }

    @Test("an instance that is not the command's is refused with the element that says so (PS3.4 Table B.2-1)")
    func offendingElement() async {
        let other = RawDataSet.image(sopInstanceUID: "1.2.3.8")
        #expect(await store(other).offendingElement == CommandSet.Tag(group: 0x0008, element: 0x0018))
        let otherClass = RawDataSet.image(sopClassUID: RawUID.ctImage + ".9", sopInstanceUID: "1.2.3.9")
        #expect(await store(otherClass).offendingElement == CommandSet.Tag(group: 0x0008, element: 0x0016))
    }

    @Test("an instance that is dropped in the middle leaves nothing")
    func dropped() async throws {
        var reception = scp.begin(
            CStoreRQ(messageID: 7, affectedSOPClassUID: UID(RawUID.ctImage), affectedSOPInstanceUID: "1.2.3.9"),
            on: AcceptedContext(
                id: 1,
                abstractSyntax: UID(RawUID.ctImage),
                transferSyntax: "1.2.840.10008.1.2.1"
            ),
            from: AETitle(asSent: Array("TEST".utf8)),
            to: AETitle(asSent: Array("NODE".utf8)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let dataSet = RawDataSet.image(sopInstanceUID: "1.2.3.9", pixels: 500_000)
        for start in stride(from: 0, to: 400_000, by: 10_000) {
            if reception.receive(ByteBuffer(bytes: dataSet[start..<start + 10_000])) { await reception.settle() }
        }
        await reception.discard()
        #expect(try stored() == [])
    }
}
